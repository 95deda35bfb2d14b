//! Which chunks of a file may have to do with the web, by their words.

use std::collections::HashSet;

use memchr::memmem;

/// What a function must mention to be worth a look; every other chunk is.
pub(crate) struct Words<'t> {
    /// Names of applications, routers and functions that become routes by a call. None where words do not tell.
    names: Option<HashSet<&'t str>>,
}

/// What calls make that serves, or change of that.
const WORDS: &[&str] = &[
    "@",
    "FastAPI",
    "Starlette",
    "Flask",
    "Router",
    "Blueprint",
    "Limiter",
    "Route(",
    "include_router",
    "register_blueprint",
    ".mount(",
    "iddleware",
    "before_request",
    "add_api_route",
    "add_url_rule",
    "add_route",
    ".limit(",
    "shared_limit",
];

/// What has routes, by the ends of its classes' names.
const CLASSES: &[&str] = &["FastAPI", "Starlette", "Flask", "Router", "Blueprint"];
/// What makes routes of functions that it is given.
const ADDS: &[&str] = &["add_api_route", "add_url_rule", "add_route", "Route("];

impl<'t> Words<'t> {
    pub(crate) fn of(text: &'t str) -> Words<'t> {
        let mut names = HashSet::new();
        for class in CLASSES {
            for at in memmem::find_iter(text.as_bytes(), class) {
                let rest = &text[at + class.len()..];
                let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
                let line = text[start..at].trim_start();
                let renamed = rest.trim_start().starts_with("as ");
                let base = line.starts_with("class ");
                if renamed
                    || base
                    || rest.starts_with('(') && line.trim_end_matches(is_dotted).is_empty()
                {
                    return Words { names: None };
                }
                if rest.starts_with('(')
                    && let Some((target, _)) = line.rsplit_once('=')
                {
                    let target = target.split(':').next().unwrap_or_default();
                    names.extend(identifiers(target).last());
                }
            }
        }
        for adds in ADDS {
            for at in memmem::find_iter(text.as_bytes(), adds) {
                let end = text.ceil_char_boundary(text.len().min(at + LONGEST));
                names.extend(identifiers(&text[at + adds.len()..end]));
            }
        }
        Words { names: Some(names) }
    }

    /// Whether a chunk may tell something of the web. What says what names mean does: imports, classes, statements.
    pub(crate) fn wants(&self, chunk: &str) -> bool {
        let Some(names) = &self.names else {
            return true;
        };
        let code = chunk.trim_start();
        let function = code.starts_with("def ") || code.starts_with("async def ");
        !function
            || WORDS
                .iter()
                .any(|word| memmem::find(chunk.as_bytes(), word.as_bytes()).is_some())
            || identifiers(chunk).any(|word| names.contains(word))
    }
}

/// Bytes behind the name of a call in which its handler stands.
const LONGEST: usize = 400;

fn is_dotted(c: char) -> bool {
    c == '.' || c == '_' || c.is_alphanumeric()
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c != '_' && !c.is_alphanumeric());
    words.filter(|word| word.starts_with(|c: char| c == '_' || c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_have_nothing_to_do_with_it_are_left_out() {
        let wanted = |text: &str, chunk: &str| Words::of(text).wants(chunk);
        let text = "app: FastAPI = FastAPI()\napi.add_api_route('/x', serve)\n";
        for chunk in [
            "import a\n",
            "class A:\n    pass\n",
            "def f():\n    start(app)\n",
            "def serve():\n    return 1\n",
            "    async def f(self):\n        @route\n        def g(): 0\n",
            "def f(api):\n    api.include_router(a)\n",
        ] {
            assert!(wanted(text, chunk), "{chunk}");
        }
        let other = "def f():\n    application(1)\n";
        assert!(!wanted(text, other));
        for text in [
            "from fastapi import FastAPI as App\n",
            "class App(FastAPI):\n    pass\n",
            "app = (\n    FastAPI()\n)\n",
        ] {
            assert!(wanted(text, other), "{text}");
        }
    }
}
