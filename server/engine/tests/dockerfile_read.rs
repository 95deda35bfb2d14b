//! Instructions, with the place of each of their words.

use std::sync::Arc;

use harden_engine::chunk::State;
use harden_engine::file::Language;
use harden_engine::model::Part;
use harden_engine::syntax::dockerfile::{self, Arguments, Instruction, Piece, Word};
use harden_engine::syntax::{self};

fn read(text: &str) -> Arc<dockerfile::Part> {
    // All of it as one chunk, which gives what its chunks give.
    let state = State::start(Language::Dockerfile);
    match syntax::read(state, &text.into(), &mut None) {
        Part::Dockerfile(part) => part,
        _ => panic!("no part of a Dockerfile"),
    }
}

/// Instructions by line: keyword, flags, arguments; `!` behind what BuildKit would refuse. Spans are checked on the way.
fn shape(text: &str) -> String {
    let part = read(text);
    let all: Vec<String> = part
        .instructions
        .iter()
        .map(|i| shape_of(text, i))
        .collect();
    all.join("\n")
}

fn shape_of(text: &str, instruction: &Instruction) -> String {
    let name = &text[instruction.name.range()];
    assert!(
        name.eq_ignore_ascii_case(instruction.keyword.name())
            || instruction.keyword.name().is_empty()
    );
    let flags = instruction.flags.iter().map(|flag| {
        assert!(text[flag.span.range()].starts_with("--"));
        match &flag.value {
            Some(value) => format!("--{}={value}", flag.name),
            None => format!("--{}", flag.name),
        }
    });
    let arguments: Vec<String> = match &instruction.arguments {
        Arguments::Words(words) => words.iter().map(|w| word(text, w)).collect(),
        Arguments::Pairs(pairs) => pairs
            .iter()
            .map(|pair| match &pair.value {
                Some(value) => format!("{}={}", word(text, &pair.name), word(text, value)),
                None => word(text, &pair.name),
            })
            .collect(),
        Arguments::Run(run) => {
            let words = run.script.commands.iter().map(|command| {
                let words = command.words.iter();
                let words = words.map(|w| match run.exec && command.inside.is_empty() {
                    true => format!("{:?}", w.text),
                    false => w.text.clone(),
                });
                words.collect::<Vec<_>>().join(" ")
            });
            vec![words.collect::<Vec<_>>().join(" ; ")]
        }
        Arguments::Inner(inner) => vec![shape_of(text, inner)],
    };
    let heredocs = instruction.heredocs.iter().map(|heredoc| {
        let mark = &text[heredoc.mark.range()];
        assert!(mark.contains("<<"), "{mark}");
        let end = text[heredoc.terminator.range()].trim_start_matches('\t');
        assert_eq!(end, heredoc.name);
        format!("{mark}{:?}", &text[heredoc.body.range()])
    });
    let broken = if instruction.broken { "!" } else { "" };
    let parts = flags
        .chain(arguments)
        .chain(heredocs)
        .filter(|part| !part.is_empty());
    let parts: Vec<String> = [name.to_uppercase() + broken]
        .into_iter()
        .chain(parts)
        .collect();
    parts.join(" ")
}

/// Without quotes; blanks in it are shown as `_`, variables by their names.
fn word(text: &str, word: &Word) -> String {
    if !text[word.span.range()].contains(['\n', '\\', '`']) {
        let written = text[word.span.range()].trim_matches('"');
        assert_eq!(written, word.written.trim_matches('"'));
    }
    let pieces = word.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.replace(' ', "_"),
        Piece::Variable(variable) => {
            assert!(text[variable.span.range()].starts_with('$'));
            match &variable.modifier {
                Some((kind, inner)) => format!("<{} {kind:?} {}>", variable.name, inner.len()),
                None => format!("<{}>", variable.name),
            }
        }
    });
    pieces.collect()
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, wanted) in table {
        for text in [(*text).to_string(), text.replace('\n', "\r\n")] {
            let found = shape(&text).replace("\\r\\n", "\\n");
            assert_eq!(found, *wanted, "\n{text:?}");
        }
    }
}

#[test]
fn words() {
    check(&[
        ("FROM a", "FROM a"),
        (
            "from --platform=$BUILDPLATFORM a:${V} as b\n",
            "FROM --platform=$BUILDPLATFORM a:<V> as b",
        ),
        (
            "COPY --from=b --chown=1:1 a \\\n  # c\n\n  b \\\n c/\n",
            "COPY --from=b --chown=1:1 a b c/",
        ),
        ("COPY [\"a b\", \"$c\\u0041\"]", "COPY a_b <cA>"),
        ("ADD \"a b\" c", "ADD! a b c"),
        ("USER  app : x ", "USER app_:_x"),
        ("WORKDIR '/a b'/$C", "WORKDIR /a_b/<C>"),
        ("WORKDIR C:\\\\app", "WORKDIR C:\\app"),
        (
            "EXPOSE 80 ${P:-90}/tcp",
            "EXPOSE 80 <P DefaultIfEmpty 1>/tcp",
        ),
        ("VOLUME /a /b", "VOLUME /a /b"),
        ("VOLUME [\"/a\"]", "VOLUME /a"),
        ("SHELL [\"cmd\", \"/S\"]", "SHELL cmd /S"),
        (
            "STOPSIGNAL 9\nMAINTAINER A <b>",
            "STOPSIGNAL 9\nMAINTAINER A_<b>",
        ),
        ("HEALTHCHECK none", "HEALTHCHECK none"),
    ]);
}

#[test]
fn pairs() {
    check(&[
        (
            "ENV a=b c='d e' f=\"g $h\" i=j\\ k",
            "ENV a=b c=d_e f=g_<h> i=j_k",
        ),
        ("ENV a b  c=d ", "ENV a=b__c=d"),
        (
            "ENV a=b \\\n    c=d \\\n    # e\n    f=g\n",
            "ENV a=b c=d f=g",
        ),
        ("ENV a=", "ENV a="),
        (
            "ENV a=$b${c}${d:+e}${f#g}'$h'\\$i",
            "ENV a=<b><c><d AlternativeIfEmpty 1><f Changed 1>$h$i",
        ),
        ("ARG a b=c d=\"e\"", "ARG a b=c d=e"),
        ("LABEL \"a b\"=c d=", "LABEL a_b=c d="),
        ("ENV a", "ENV! a"),
        ("ENV a=b c", "ENV! a=b c"),
        ("ENV a='b c", "ENV! a=b_c"),
        ("ENV a=${b", "ENV! a=${b"),
        ("ENV a=${b:-${c:-${d", "ENV! a=${b:-${c:-${d"),
        ("ENV a=${b^^} c=$", "ENV! a=${b^^} c=$"),
    ]);
}

#[test]
fn command_lines() {
    check(&[
        ("RUN a && \\\n  # b\n  c \\\n\n  'd e'", "RUN a ; c d e"),
        ("RUN a b\\\nc d", "RUN a bc d"),
        ("RUN [\"a\", \"b c\"]", "RUN \"a\" \"b c\""),
        (
            "CMD [ \"sh\" , \"-c\",\"exec \\\"a b\\\" \\u00e9\" ]",
            "CMD \"sh\" \"-c\" \"exec \\\"a b\\\" é\" ; exec a b é",
        ),
        ("ENTRYPOINT [\"a\", 'b']", "ENTRYPOINT [a, b]"),
        (
            "ENTRYPOINT [\"a\",]\nCMD []\nCMD",
            "ENTRYPOINT [a,]\nCMD\nCMD",
        ),
        ("CMD [1]", "CMD! [1]"),
        ("RUN [ -f a ] || b", "RUN [ -f a ] ; b"),
        (
            "RUN --mount=type=cache,target=/x --network=none a --b",
            "RUN --mount=type=cache,target=/x --network=none a --b",
        ),
        (
            "HEALTHCHECK --interval=5s CMD a || b",
            "HEALTHCHECK --interval=5s a ; b",
        ),
        ("HEALTHCHECK cmd [\"a\"]", "HEALTHCHECK \"a\""),
        ("# escape=`\nRUN a `\n  b\\`\n c", "RUN a b c"),
    ]);
}

#[test]
fn heredocs() {
    check(&[
        (
            "RUN <<EOF\na\nb c\nEOF\nRUN d",
            "RUN  ; a ; b c <<EOF\"a\\nb c\\n\"\nRUN d",
        ),
        (
            "RUN <<EOF\n#!/usr/bin/env python3\nimport a\nEOF",
            "RUN <<EOF\"#!/usr/bin/env python3\\nimport a\\n\"",
        ),
        (
            "RUN <<EOF\n#!/bin/bash -e\na\nEOF",
            "RUN  ; a <<EOF\"#!/bin/bash -e\\na\\n\"",
        ),
        (
            "RUN bash -e <<EOF && b\na\nEOF",
            "RUN bash -e ; b ; a <<EOF\"a\\n\"",
        ),
        ("RUN python3 <<EOF\na\nEOF", "RUN python3 <<EOF\"a\\n\""),
        (
            "RUN cat <<-'A' <<B > c\n\ta\n\tA\nb\nB",
            "RUN cat <<-'A'\"\\ta\\n\" <<B\"b\\n\"",
        ),
        (
            "COPY <<A b <<\"C\" /d/\n1\nA\n2\nC",
            "COPY <<A b <<C /d/ <<A\"1\\n\" <<\"C\"\"2\\n\"",
        ),
        (
            "ONBUILD RUN <<E\na\nE",
            "ONBUILD RUN  ; a <<E\"a\\n\" <<E\"a\\n\"",
        ),
        ("RUN <<EOF\na", "RUN!\nA!"),
    ]);
}

#[test]
fn what_is_refused() {
    check(&[
        (
            "FROM\nRUN\nCOPY a\nUSER\nENV\nARG\nWORKDIR\nEXPOSE\nVOLUME\nLABEL\nONBUILD\nSHELL\nHEALTHCHECK",
            "FROM!\nRUN!\nCOPY! a\nUSER!\nENV!\nARG!\nWORKDIR!\nEXPOSE!\nVOLUME!\nLABEL!\nONBUILD!\nSHELL!\nHEALTHCHECK!",
        ),
        (
            "FROM a b\nFROM a b c\nFROM a as b c",
            "FROM! a b\nFROM! a b c\nFROM! a as b c",
        ),
        ("SHELL a", "SHELL! a"),
        ("RUM a 'b", "RUM! a b"),
        (
            "ONBUILD FROM a\nONBUILD ONBUILD RUN a\nONBUILD USER",
            "ONBUILD! FROM a\nONBUILD! ONBUILD! RUN a\nONBUILD! USER!",
        ),
        ("HEALTHCHECK what", "HEALTHCHECK! what"),
        ("RUN a \\", "RUN! a"),
    ]);
}

/// What is being typed hurts its own instruction.
#[test]
fn half_typed_text_leaves_the_others() {
    let before = "FROM a AS b\nENV c='d e'\n";
    let after = "\nUSER f\nCMD [\"g\", \"h\"]\n";
    let around = |text: &str| {
        let found = shape(&format!("{before}{text}{after}"));
        found.starts_with("FROM a AS b\nENV c=d_e\n")
            && found.ends_with("\nUSER f\nCMD \"g\" \"h\"")
    };
    for text in [
        "RUN 'a",
        "RUN \"a $(b",
        "RUN <<EOF",
        "COPY <<EOF <<B /c",
        "FROM",
        "RUN",
        "ENV a=\"b",
        "ENV a=${b",
        "COPY --from=",
        "COPY [\"a\"",
        "RUN [\"a\", \"b]",
        "é",
        "R",
        "ONBUILD",
        "ONBUILD RUN <<EOF",
        "HEALTHCHECK --interval=",
    ] {
        assert!(
            around(text),
            "{text:?}:\n{}",
            shape(&format!("{before}{text}{after}"))
        );
    }
    // A backslash does take the next line, as it would in a build; at the end of the file there is none.
    assert_eq!(
        shape(&format!("{before}RUN a \\\n  # b\n")),
        "FROM a AS b\nENV c=d_e\nRUN! a"
    );
    assert_eq!(
        shape("FROM a\nRUN b \\\nUSER c\nCMD d"),
        "FROM a\nRUN b USER c\nCMD d"
    );
}

#[test]
fn places() {
    let text = "\u{feff}# Syntax = x\n# escape=`\n\n# c\n  from é`\n  as b\n# d\n\n\nrun x `\n  && y`\nz \"🙂\"\n\n";
    let part = read(text);
    let slice = |span: harden_engine::text::Span| &text[span.range()];
    let directives: Vec<_> = part
        .directives
        .iter()
        .map(|d| (&*d.name, &*d.value, slice(d.span)))
        .collect();
    assert_eq!(
        directives,
        [
            ("syntax", "x", "# Syntax = x"),
            ("escape", "`", "# escape=`")
        ]
    );
    let [from, run] = &part.instructions[..] else {
        panic!("{part:?}")
    };
    assert_eq!(slice(from.span), "from é`\n  as b");
    assert_eq!(&text[from.end as usize..][..3], "# d");
    let words: Vec<_> = from.words().iter().map(|word| slice(word.span)).collect();
    assert_eq!(words, ["é", "as", "b"]);
    assert_eq!(slice(run.span), "run x `\n  && y`\nz \"🙂\"");
    assert_eq!(text.len(), run.end as usize + 1);
    let commands = &run.run().unwrap().script.commands;
    let words = commands.iter().flat_map(|command| &command.words);
    let words: Vec<_> = words.map(|word| slice(word.span)).collect();
    assert_eq!(words, ["x", "y`\nz", "\"🙂\""]);
}
