//! Functions, classes and constants as rules are told of them: by chunk as by whole file, and read once as kept.

use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File, Language};
use harden_engine::model::python::Decorator;
use harden_engine::project::Workspace;
use harden_engine::rule::{Area, Check, Finding, Policy, Rule, Severity};
use harden_engine::work::Work;

use crate::chunk_texts::{own, real};

static TOLD: Rule = Rule {
    name: "test/told",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &[],
    docs: "Says what it was told.",
    checks: &[
        Check::Function(|function, _, sink| {
            assert_eq!(function.text(function.span), &*function.name);
            let mut told = String::new();
            if function.is_async {
                told += "async ";
            }
            told += if function.method { "method" } else { "def" };
            if let Some(around) = &function.function {
                told += &format!(" in {around}");
            }
            let names: Vec<&str> = function.parameters.iter().map(|p| &*p.name).collect();
            for parameter in &function.parameters {
                assert_eq!(function.text(parameter.span), &*parameter.name);
            }
            told += &format!("({})", names.join(" "));
            told += &decorated(&function.decorators, |span| function.text(span));
            sink.at(function.span, told);
        }),
        Check::Class(|class, _, sink| {
            assert_eq!(class.text(class.span), &*class.name);
            let told = decorated(&class.decorators, |span| class.text(span));
            sink.at(class.span, format!("class{told}"));
        }),
        Check::Assignment(|constant, _, sink| {
            assert_eq!(constant.text(constant.span), &*constant.name);
            let value = constant.text(constant.value);
            sink.at(constant.span, format!("{:?} {value}", constant.kind));
        }),
    ],
};

/// ` @name`, `?` for one that is not known, and what it is called with.
fn decorated<'t>(
    decorators: &[Decorator],
    text: impl Fn(harden_engine::text::Span) -> &'t str,
) -> String {
    let mut told = String::new();
    for decorator in decorators {
        told += " @";
        told += decorator.name.as_deref().unwrap_or("?");
        if let Some(arguments) = &decorator.arguments {
            let shown = arguments.iter().map(|argument| match &argument.keyword {
                Some(keyword) => format!("{keyword}={}", text(argument.value)),
                None => text(argument.value).to_owned(),
            });
            told += &format!("({})", shown.collect::<Vec<_>>().join(" "));
        }
        assert!(!text(decorator.span).starts_with('@'));
    }
    told
}

fn engine() -> Engine {
    Engine::once(Rules::new([&TOLD]), Policy::default())
}

fn analysed(file: &Arc<File>, text: &str, chunks: &Chunks) -> (Vec<Finding>, bool) {
    let engine = engine();
    let mut analysis = Analysis::new(&engine, file.clone());
    analysis.update(&engine, &Workspace::default(), text, chunks.list());
    assert!(engine.rules.panicked().is_empty(), "{text}");
    let broken = analysis.parts().any(|(_, part)| part.broken());
    (analysis.findings(), broken)
}

/// What the rule was told, each with the name it is about. All ways of reading agree.
fn told(text: &str) -> Vec<String> {
    let file = Arc::new(File::classify("app.py".as_ref(), text, &[]).unwrap());
    let show = |findings: Vec<Finding>| -> Vec<String> {
        findings
            .iter()
            .map(|f| format!("{}: {}", &text[f.span().range()], f.message))
            .collect()
    };
    let chunks = Chunks::cut(Language::Python, text, &mut Work::default());
    let (cut, _) = analysed(&file, text, &chunks);
    let cut = show(cut);
    let (whole, broken) = analysed(&file, text, &Chunks::whole(Language::Python, text));
    if !broken {
        assert_eq!(cut, show(whole), "by whole:\n{text}");
    }
    let (once, _) = batch::check(&engine(), &Workspace::default(), &file, text);
    assert_eq!(cut, show(once), "read once:\n{text}");
    cut
}

#[test]
fn functions_with_their_parameters_and_surroundings() {
    let text = "def a(x, /, y: int, *rest, z=1, **more):\n    async def b(): pass\n    def c[T](t: T) -> T:\n        def d(): pass\n    return lambda q: q\n\
                class A:\n    if x:\n        def e(self): pass\n    class B:\n        async def f(self): pass\n\
                def g():\n    class C:\n        def h(self):\n            def i(): pass\n";
    let expected = [
        "a: def(x y rest z more)",
        "b: async def in a()",
        "c: def in a(t)",
        "d: def in c()",
        "A: class",
        "e: method(self)",
        "B: class",
        "f: async method(self)",
        "g: def()",
        "C: class",
        "h: method in g(self)",
        "i: def in h()",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn decorators_are_known_by_imports_aliases_and_constructors() {
    let text = "import functools as ft\nfrom fastapi import FastAPI, APIRouter as R\nfrom . import own\n\n\
                app = FastAPI()\nroutes = R(prefix='/x')\ncached = ft.cache\n\n\
                @app.get('/', tags=['a'])\n@cached # why\n@own\ndef a(): pass\n\
                @routes.post()\nasync def b(): pass\n\
                @(ft.wraps(a))\n@ft.lru_cache\ndef c(): pass\n\
                @ft.total_ordering\n@ft.partial(own, 1)\nclass A:\n    @property\n    def p(self): pass\n    @p.setter\n    @staticmethod\n    def q(self): pass\n\
                @table[0]\ndef d(): pass\n\
                @undefined\ndef e(): pass\ndef plain(): pass\n";
    let expected = [
        "a: def() @fastapi.FastAPI().get('/' tags=['a']) @functools.cache @.own",
        "b: async def() @fastapi.APIRouter().post()",
        "c: def() @? @functools.lru_cache",
        "A: class @functools.total_ordering @functools.partial(own 1)",
        "p: method(self) @property",
        "q: method(self) @? @staticmethod",
        "d: def() @?",
        "e: def() @?",
        "plain: def()",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn decorators_respect_what_hides_a_name() {
    let text = "import a\nimport b\n\
                def f(a):\n    @a.x\n    def g(): pass\n    @b.x\n    def h(): pass\n\
                def i():\n    from c import d as a\n    @a.x(1)\n    class J: pass\n\
                def b(): pass\n";
    let expected = [
        "f: def(a)",
        "g: def in f() @?",
        // `b` is bound twice.
        "h: def in f() @?",
        "i: def()",
        "J: class @c.d.x(1)",
        "b: def()",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn a_class_cut_into_members_is_told_of_as_a_whole() {
    let mut text =
        "import a\n\n@a.model(frozen=True)\nclass Large(a.Base):\n    LIMIT = 1\n".to_owned();
    let mut expected = vec!["Large: class @a.model(frozen=True)".to_owned()];
    for at in 0..60 {
        text += &format!(
            "\n    # The next one.\n    @a.route({at})\n    @a.b\n    async def f{at}(self, x):\n        def inner(y): pass\n"
        );
        expected.push(format!("f{at}: async method(self x) @a.route({at}) @a.b"));
        expected.push(format!("inner: def in f{at}(y)"));
    }
    text += "\nAFTER = 2\n";
    expected.push("AFTER: Number 2".to_owned());
    let chunks = Chunks::cut(Language::Python, &text, &mut Work::default());
    assert!(chunks.list().len() > 60, "the class was not cut");
    assert_eq!(told(&text), expected);
    told(&text.replace('\n', "\r\n"));
}

#[test]
fn constants_are_bound_once_to_a_literal() {
    let text = "A = 1\nB: str = 'b'\nC = (\n    'c'\n    'd'\n)\nD = -1.5\nE = F = True\nG = 1, 2\nH = {'a': f()}\nI = b'i'\n";
    let expected = [
        "A: Number 1",
        "B: Str 'b'",
        "C: Str 'c'\n    'd'",
        "D: Number -1.5",
        "E: True True",
        "F: True True",
        "G: Collection 1, 2",
        "H: Collection {'a': f()}",
        "I: Str b'i'",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn what_is_bound_twice_or_to_no_literal_is_no_constant() {
    for text in [
        "A = 1\nA = 1\n",
        "A = 1\nA = 2\n",
        "A = 1\nA += 1\n",
        "if x:\n    A = 1\nelse:\n    A = 2\n",
        "try:\n    import A\nexcept ImportError:\n    A = 1\n",
        "for A in x: pass\nA = 1\n",
        "from x import A\n\nA = 1\n",
        "if TYPE_CHECKING:\n    A = 1\n",
        "A = None\nB = f'{x}'\nC = f()\nD = x\nE, F = 1, 2\nG: int\nH = not 1\nI = 1 + 1\nx.J = 1\nx['K'] = 1\n",
        "with x as A: pass\nA = 1\n",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
    let text =
        "A = 1\ndef f():\n    global A\n    A = 2\n    B = 1\nclass C:\n    D = 1\ndef A(): pass\n";
    assert_eq!(told(text), ["f: def()", "C: class", "A: def()"]);
}

#[test]
fn a_second_binding_takes_a_constant_away_and_its_removal_gives_it_back() {
    let file = Arc::new(File::classify("app.py".as_ref(), "", &[]).unwrap());
    let engine = engine();
    let mut analysis = Analysis::new(&engine, file);
    for (text, count) in [
        ("A = 1\n\n\nB = 2\n", 2),
        ("A = 1\n\n\nA = 1\n", 0),
        ("A = 1\n\n\nA\n", 1),
    ] {
        let chunks = Chunks::cut(Language::Python, text, &mut Work::default());
        analysis.update(&engine, &Workspace::default(), text, chunks.list());
        assert_eq!(analysis.findings().len(), count, "{text}");
    }
}

#[test]
fn half_typed_definitions_are_read() {
    let text = "@a.b(\n@c\nclass A(B:\n    @d.e(f=1\n    def g(self, x: int = , *\n        pass\n@\ndef h():\nX = \nY = [1\n";
    for end in 0..=text.len() {
        told(&text[..end]);
        told(&text[end..]);
    }
}

#[test]
fn all_ways_of_reading_agree() {
    let mut texts = own(Language::Python);
    texts.extend(
        real(Language::Python)
            .unwrap_or_default()
            .into_iter()
            .map(|(_, text)| text),
    );
    let found: usize = texts.iter().map(|text| told(text).len()).sum();
    println!("{} texts, {found} definitions", texts.len());
    assert!(found > 0, "nothing was compared");
}
