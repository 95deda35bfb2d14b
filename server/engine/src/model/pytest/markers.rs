//! Markers: those that need no declaration.

use super::Word;

/// Declared by pytest itself.
pub const BUILT_IN: &[&str] = &[
    "filterwarnings",
    "parametrize",
    "skip",
    "skipif",
    "tryfirst",
    "trylast",
    "usefixtures",
    "xfail",
];

/// Declared by plugins that many projects have, each when it is loaded.
const OF_PLUGINS: &[&str] = &[
    "allow_hosts",
    "allure_description",
    "allure_display_name",
    "allure_label",
    "allure_link",
    "anyio",
    "array_compare",
    "asyncio",
    "benchmark",
    "block_network",
    "browser_context_args",
    "capabilities",
    "celery",
    "datafiles",
    "default_cassette",
    "dependency",
    "depends",
    "disable_socket",
    "django_db",
    "doctest_plus",
    "enable_socket",
    "firefox_arguments",
    "flaky",
    "forked",
    "freeze_time",
    "httpx2_mock",
    "httpx_mock",
    "hypothesis",
    "ignore_template_errors",
    "internet_off",
    "iterations",
    "limit_leaks",
    "limit_memory",
    "live_server",
    "looptime",
    "mpl_image_compare",
    "no_cover",
    "nondestructive",
    "only_browser",
    "openfiles_ignore",
    "order",
    "parallel_threads",
    "qt_log_ignore",
    "qt_log_level_fail",
    "qt_no_exception_capture",
    "random_order",
    "remote_data",
    "repeat",
    "respx",
    "skip_browser",
    "sphinx",
    "test_params",
    "thread_unsafe",
    "timeout",
    "trio",
    "urls",
    "vcr",
    "xdist_group",
];

/// Whether pytest or a plugin that is known well declares the marker.
pub fn is_known(name: &str) -> bool {
    BUILT_IN.contains(&name) || OF_PLUGINS.contains(&name)
}

/// Whether a text may use a marker that pytest and well-known plugins do not declare: a name behind `mark.`.
pub fn mentions_own(text: &str) -> bool {
    text.match_indices("mark")
        .any(|(at, _)| is_own(text, at + "mark".len()))
}

/// Whether what follows the `mark` that ends there may be such a marker.
pub fn is_own(text: &str, end: usize) -> bool {
    let rest = text[end..].trim_start();
    let Some(name) = rest.strip_prefix('.') else {
        return rest.starts_with('\\');
    };
    let name = name.trim_start();
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    !is_known(&name[..end.unwrap_or(name.len())])
}

/// The name in a line of `markers`: up to its description or its parameters.
pub(super) fn declared(line: Word) -> Word {
    let name = line
        .text
        .split([':', '('])
        .next()
        .unwrap_or_default()
        .trim_end();
    let mut span = line.span;
    // An array's line has its quotes within the span: then the whole of it is the place.
    if span.len() == line.text.len() {
        span.end = span.start + name.len() as u32;
    }
    Word {
        text: name.into(),
        span,
    }
}
