//! Names of Python: what a call is called, by scopes, imports and aliases.

use std::sync::Arc;

use harden_engine::chunk::{State, python};
use harden_engine::model::Part;
use harden_engine::model::python::{Call, Resolver, markers_declared, markers_used};
use harden_engine::outside::{Outside, Table};
use harden_engine::syntax;

fn read(state: python::State, text: &str) -> Arc<Part> {
    Arc::new(syntax::read(State::Python(state), &text.into(), &mut None))
}

/// The names of all calls of a text of several chunks, in the order in which they end.
fn calls(chunks: &[(python::State, &str)]) -> Vec<String> {
    let parts: Vec<Arc<Part>> = chunks
        .iter()
        .map(|(state, text)| read(*state, text))
        .collect();
    let mut table = Table::default();
    parts.iter().for_each(|part| table.add(part));
    let outside = Outside::new(&table);
    let mut names = Vec::new();
    for part in &parts {
        let Part::Python(part) = &**part else {
            unreachable!("a Python chunk gives a Python part");
        };
        let resolver = Resolver::new(part, &outside);
        names.extend(resolver.calls().map(|(_, name)| name.unwrap_or("?".into())));
    }
    names
}

fn names(text: &str) -> Vec<String> {
    calls(&[(python::State::Statement, text)])
}

#[test]
fn imports_in_every_form() {
    let text = "import a.b\nimport a.c as ac\nfrom .x import y as z, w\nfrom . import v\nfrom a import (\n    d, # one\n    e as f,\n)\n\
                a.b.g()\nac.g()\nz()\nw.k()\nv()\nd()\nf. g()\n";
    let expected = ["a.b.g", "a.c.g", ".x.y", ".x.w.k", ".v", "a.d", "a.e.g"];
    assert_eq!(names(text), expected);
}

#[test]
fn the_order_of_parts_does_not_matter() {
    let import = (python::State::Statement, "import a\n");
    let none = (python::State::Statement, "a = None\n");
    let call = (python::State::Statement, "a.b()\n");
    for chunks in [
        [import, none, call],
        [call, none, import],
        [none, call, import],
    ] {
        assert_eq!(calls(&chunks), ["a.b"]);
    }
    let other = (python::State::Statement, "a = c()\n");
    for chunks in [[import, other, none, call], [none, import, other, call]] {
        assert_eq!(calls(&chunks).last().unwrap(), "?");
    }
}

#[test]
fn a_function_sees_its_own_names_wherever_they_are_bound() {
    let text = "import a\n\
                def f():\n    a.b()\n    a = 1\n\
                def g():\n    def h():\n        a.b()\n    a = c\n\
                def i():\n    a.b()\n    global a\n    a = 1\n";
    assert_eq!(names(text), ["?", "?", "?"]);
    let text = "import a\n\
                def f():\n    a.b()\n\
                def g():\n    from d import e as a\n    a.b()\n    (lambda: a.b())()\n\
                def h(x=a.b()):\n    [a.b() for q in a.b()]\n";
    let expected = ["a.b", "d.e.b", "d.e.b", "?", "a.b", "a.b", "a.b"];
    assert_eq!(names(text), expected);
}

#[test]
fn a_class_body_binds_nothing() {
    let text = "import a\nclass C:\n    a = 1\n    def f(self):\n        a.b()\n    a.b()\n";
    assert_eq!(names(text), ["a.b", "a.b"]);
    let cut = [
        (python::State::Statement, "import a\n"),
        (python::State::Header, "class C(a.D()):  # why\n"),
        (python::State::Member(4), "    # here\n    a = 1\n"),
        (
            python::State::Member(4),
            "    @a.d()\n    def f(self):\n        a.b()\n",
        ),
    ];
    assert_eq!(calls(&cut), ["a.D", "a.d", "a.b"]);
}

#[test]
fn receivers_are_known_by_what_made_them() {
    let text = "import a\nx = a.B(1)\nx.c()\na.B().c().d()\ny = a.B\ny().c()\n";
    let expected = [
        "a.B",
        "a.B().c",
        "a.B",
        "a.B().c",
        "a.B().c().d",
        "a.B",
        "a.B().c",
    ];
    assert_eq!(names(text), expected);
}

#[test]
fn spans_of_members_are_their_own() {
    let text = "    def f(self):\n        print(1)\n";
    let part = read(python::State::Member(4), text);
    let Part::Python(part) = &*part else {
        unreachable!("a Python chunk gives a Python part");
    };
    assert!(!part.broken);
    let table = Table::default();
    let outside = Outside::new(&table);
    let resolver = Resolver::new(part, &outside);
    let call: Call = resolver.call(0).unwrap();
    assert_eq!(
        (call.text(call.span), call.text(call.list)),
        ("print(1)", "(1)")
    );
    assert_eq!(call.function.as_deref(), Some("f"));
}

#[test]
fn nesting_has_an_end() {
    // On a stack as small as a worker's.
    let run = || {
        for (open, close) in [
            ("(", ")"),
            ("f(", ")"),
            ("[", "]"),
            ("a.b().", "c"),
            ("not ", "x"),
            ("x + ", "x"),
        ] {
            let text = open.repeat(20_000)
                + "f()"
                + &close.repeat(if close.len() == 1 && open != "not " && open != "x + " {
                    20_000
                } else {
                    1
                });
            names(&text);
        }
        let mut text = String::new();
        for depth in 0..2_000 {
            text += &format!("{}if x:\n", " ".repeat(depth));
        }
        names(&(text + &" ".repeat(2_000) + "f()\n"));
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn half_typed_text_is_read() {
    let text = "import random\n\n@dec(\nclass A(B:\n    def f(self, x=random.random(), *, y: int = 1\n        try:\n            with a as b, c(\n\
                        except (E, as e:\n            return [x for x in\n    match x:\n        case {'a': [b, *c]} | D(e=f) as g:\n  lambda x: \n";
    for end in 0..text.len() {
        for state in [
            python::State::Statement,
            python::State::Header,
            python::State::Member(4),
        ] {
            read(state, &text[..end]);
            read(state, &text[end..]);
        }
    }
}

#[test]
fn markers_are_facts() {
    let text = "import pytest\nfrom pytest import mark\npytestmark = [pytest.mark.slow, mark.net]\n\n\
                @pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.big(1))])\n@mark.gpu\ndef test_a(x):\n    other.mark.no()\n\n\
                class TestA:\n    @pytest.mark.inner\n    def test_b(self): pass\n\n\
                def pytest_configure(config):\n    config.addinivalue_line('markers', 'own(name): what it is')\n    config.addinivalue_line(\"markers\", \"two\")\n";
    let parts = [(0, read(python::State::Statement, text))];
    let names = |markers: Vec<harden_engine::model::python::Marker>| -> Vec<String> {
        for marker in &markers {
            assert_eq!(&text[marker.span.range()], marker.name);
        }
        markers.into_iter().map(|marker| marker.name).collect()
    };
    let used = ["slow", "net", "parametrize", "big", "gpu", "inner"];
    let mut found = names(markers_used(&parts));
    found.sort_by_key(|name| used.iter().position(|known| known == name));
    assert_eq!(found, used);
    assert_eq!(names(markers_declared(&parts)), ["own", "two"]);
}
