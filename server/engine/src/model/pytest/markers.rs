//! Markers: those that need no declaration.

use super::Word;

/// Declared by pytest itself.
const BUILT_IN: &[&str] = &[
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
    "asyncio",
    "benchmark",
    "block_network",
    "browser_context_args",
    "celery",
    "default_cassette",
    "dependency",
    "disable_socket",
    "django_db",
    "enable_socket",
    "flaky",
    "forked",
    "freeze_time",
    "hypothesis",
    "httpx_mock",
    "ignore_template_errors",
    "mpl_image_compare",
    "no_cover",
    "only_browser",
    "order",
    "qt_log_ignore",
    "qt_log_level_fail",
    "qt_no_exception_capture",
    "repeat",
    "respx",
    "skip_browser",
    "sphinx",
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
