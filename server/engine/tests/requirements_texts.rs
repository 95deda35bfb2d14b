//! What lines of requirements files say, as pip and packaging read them.

use harden_engine::chunk::State;
use harden_engine::model::Part;
use harden_engine::model::requirements::{self, Line, What};
use harden_engine::syntax;
use harden_engine::text::Span;

fn read(text: &str) -> requirements::Part {
    match syntax::read(State::Requirements, &text.into(), &mut None) {
        Part::Requirements(part) => part,
        other => panic!("{other:?}"),
    }
}

/// One word for each thing that was read, as it is written.
fn shape(text: &str) -> Vec<String> {
    let part = read(text);
    let slice = |span: Span| text[span.range()].to_string();
    let said = |line: &Line| {
        let mut said = match &line.what {
            What::Named(requirement) => {
                let mut said = vec![requirement.key.clone()];
                assert_eq!(slice(requirement.name.span), requirement.name.text);
                said.extend(
                    requirement
                        .extras
                        .iter()
                        .map(|extra| format!("[{}]", slice(extra.span))),
                );
                said.extend(
                    requirement
                        .specifiers
                        .iter()
                        .map(|specifier| slice(specifier.span)),
                );
                said.extend(requirement.url.iter().map(|url| format!("@{}", url.text)));
                said.extend(
                    requirement
                        .marker
                        .iter()
                        .map(|marker| format!(";{}", marker.text)),
                );
                said
            }
            What::Source(source) => {
                let editable = if source.editable { "-e" } else { "" };
                vec![
                    format!("{editable}<{}>", source.target.text),
                    source.key.clone().unwrap_or_default(),
                ]
            }
            What::Options => vec!["-".into()],
            What::Unreadable => vec!["?".into()],
        };
        for option in &line.options {
            let value = option.value.as_ref().map(|value| value.text.as_str());
            said.push(format!("--{}={}", option.name, value.unwrap_or_default()));
        }
        said.extend(
            line.problem
                .iter()
                .map(|problem| format!("! {}", slice(problem.span))),
        );
        said.join(" ")
    };
    part.lines.iter().map(said).collect()
}

#[test]
fn requirements_are_read() {
    for (text, expected) in [
        ("\u{feff}Django==5.2 # why\r\n\r\n# no\r\n", "django ==5.2"),
        (
            "Foo.Bar__b [a, B_c] >= 1.0 ,<2 ; python_version<'3.9' and (os_name == \"nt\")",
            "foo-bar-b [a] [B_c] >= 1.0 <2 ;python_version<'3.9' and (os_name == \"nt\")",
        ),
        ("a(>=1,<2)", "a >=1 <2"),
        ("a===what.ever", "a ===what.ever"),
        (
            "a @ https://x.org/a#sha1=1 ; extra == 'x'",
            "a @https://x.org/a#sha1=1 ;extra == 'x'",
        ),
        ("a@git+https://x.org/a@v1", "a @git+https://x.org/a@v1"),
        (
            "a==1 \\\n    --hash=sha256:ab \\\n    --hash sha256:cd\n",
            "a ==1 --hash=sha256:ab --hash=sha256:cd",
        ),
        ("-r base.txt", "- --requirement=base.txt"),
        ("-cconstraints.txt", "- --constraint=constraints.txt"),
        (
            "--index-url https://u:p@x.org --pre",
            "- --index-url=https://u:p@x.org --pre=",
        ),
        ("-e ./pkg[x]", "-e<./pkg[x]>  --editable=./pkg[x]"),
        (
            "-e git+ssh://git@x.org/a.git@main#egg=A_b&subdirectory=c",
            "-e<git+ssh://git@x.org/a.git@main#egg=A_b&subdirectory=c> a-b --editable=git+ssh://git@x.org/a.git@main#egg=A_b&subdirectory=c",
        ),
        (
            "./dist/My_pkg-1.0-py3-none-any.whl",
            "<./dist/My_pkg-1.0-py3-none-any.whl> my-pkg",
        ),
        (
            "https://x.org/a.zip ; python_version > '3'",
            "<https://x.org/a.zip> ",
        ),
        ("a-1.0.tar.gz", "<a-1.0.tar.gz> "),
        ("a # b \\\n==1", "a"),
        ("a\\\n==\\\n1", "a ==\\\n1"),
        ("# c \\\nb", "b"),
        ("a==1 \\\n# c \\\nb==2", "a ==1|b ==2"),
        ("é==1\n🙂", "? ! é==1|? ! 🙂"),
        ("a=1", "? ! =1"),
        ("a>=2.*", "? ! >=2.*"),
        ("a==1 b==2", "? ! b==2"),
        ("a==1; python_version", "? ! python_version"),
        ("a[x", "? ! [x"),
        ("a ==1 --hush=1", "a ==1 ! --hush=1"),
        ("-r", "? --requirement= ! -r"),
        ("-", "? ! -"),
        ("a==1 -é", "a ==1 ! -é"),
        ("{{ name }}", "? ! {{ name }}"),
        ("<<<<<<< HEAD", "? ! <<<<<<< HEAD"),
        ("a==1\rb==2", "a ==1|b ==2"),
    ] {
        assert_eq!(shape(text).join("|"), expected, "{text:?}");
    }
}

#[test]
fn pins_are_known() {
    let pin = |text: &str| {
        let part = read(text);
        part.lines[0].named().unwrap().pin().is_some()
    };
    assert!(pin("a==1.0") && pin("a===x") && pin("a == 1.0, <2"));
    assert!(!pin("a==1.*") && !pin("a>=1") && !pin("a") && !pin("a~=1.0"));
}
