//! Which commands a shell text holds, and where their words stand.

use harden_engine::syntax::origin::Origin;
use harden_engine::syntax::shell::{self, Command, Inside, Joint, Script, Word};

/// Before a word: the joint, and letters for what the command stands in. Words that the shell expands end with `~`, words
/// with blanks stand in brackets.
fn shape(text: &str) -> String {
    let script = read(text);
    let commands: Vec<String> = script.commands.iter().map(shape_of).collect();
    commands.join("\n") + if script.open { " …" } else { "" }
}

/// Every span is checked on the way: where nothing was quoted, it covers what the word says.
fn read(text: &str) -> Script {
    let script = shell::read(text, &Origin::at(0));
    let plain = !text.contains(['\\', '`']);
    for command in &script.commands {
        assert!(
            text.get(command.span.range()).is_some(),
            "{text}: {command:?}"
        );
        let assigned = command
            .assignments
            .iter()
            .map(|assignment| &assignment.value);
        for word in command.words.iter().chain(assigned) {
            let written = &text[word.span.range()];
            if plain && !word.quoted && word.dynamic.is_none() {
                assert_eq!(written, word.text, "{text}");
            }
        }
    }
    script
}

fn shape_of(command: &Command) -> String {
    let joint = match command.joint {
        Joint::First => "",
        Joint::And => "&& ",
        Joint::Or => "|| ",
        Joint::Then => "; ",
        Joint::Pipe => "| ",
        Joint::Background => "& ",
    };
    let inside: String = command
        .inside
        .iter()
        .map(|inside| letter(*inside))
        .collect();
    let inside = if inside.is_empty() {
        inside
    } else {
        inside + ": "
    };
    let assigned = command.assignments.iter();
    let assigned = assigned.map(|a| format!("{}={}", a.name, word(&a.value)));
    let words = command.words.iter().map(word);
    let redirected = command.redirections.iter();
    let redirected = redirected.map(|r| format!("{}{}", r.operator, word(&r.target)));
    let all: Vec<String> = assigned.chain(words).chain(redirected).collect();
    format!("{joint}{inside}{}", all.join(" "))
}

fn letter(inside: Inside) -> char {
    match inside {
        Inside::Condition => '?',
        Inside::Branch => 'b',
        Inside::Loop => 'l',
        Inside::Subshell => '(',
        Inside::Group => '{',
        Inside::Function => 'f',
        Inside::Substitution => '$',
        Inside::Script => 's',
    }
}

fn word(word: &Word) -> String {
    let dynamic = if word.dynamic.is_some() { "~" } else { "" };
    match word.text.is_empty() || word.text.contains([' ', '\n', '\t']) {
        true => format!("[{}]{dynamic}", word.text),
        false => format!("{}{dynamic}", word.text),
    }
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, wanted) in table {
        let wanted: Vec<&str> = wanted.split(" / ").collect();
        assert_eq!(shape(text), wanted.join("\n"), "\n{text}");
    }
}

#[test]
fn words_and_quotes() {
    check(&[
        ("a b  c", "a b c"),
        ("a 'b c' \"d 'e'\" f\\ g h''i", "a [b c] [d 'e'] [f g] hi"),
        ("a \"\" ''", "a [] []"),
        ("a \"\\$b \\x \\\"\" '\\n'", "a [$b \\x \"] \\n"),
        ("a $'it\\'s\\n' $\"b\"", "a [it's\n] b"),
        ("a b\\\n  c \\\n d", "a b c d"),
        ("a # b\nc#d", "a / ; c#d"),
        ("a 'open", "a open …"),
        ("a \"open", "a open …"),
        ("a \\", "a []"),
        ("é 🙂 'ü'", "é 🙂 ü"),
        ("", ""),
        ("a\r\nb\r\n", "a / ; b"),
    ]);
}

#[test]
fn what_is_expanded() {
    check(&[
        ("a $b ${c} \"$d e\" '$f'", "a $b~ ${c}~ [$d e]~ $f"),
        (
            "a ${b:-c d} ${e#*/} $1 $? $ %$",
            "a [${b:-c d}]~ ${e#*/}~ $1~ $?~ $ %$",
        ),
        ("a $((1 + (2))) b", "a [$((1 + (2)))]~ b"),
        ("a ${b:-${c:-d}} ${e", "a ${b:-${c:-d}}~ ${e~ …"),
        (
            "a ${#b} ${!c} ${d[0]} ${e/x/y}",
            "a ${#b}~ ${!c}~ ${d[0]}~ ${e/x/y}~",
        ),
    ]);
    let script = read("a --workers=${WORKERS:-4} x$PORT ${A-} ${B:?no} $(n)");
    let words = &script.commands[0].words;
    assert_eq!(words[1].head(), "--workers=");
    assert_eq!(words[1].fixed(), None);
    assert_eq!(words[1].by_default().unwrap(), "--workers=4");
    assert_eq!(words[1].variables[0].name, "WORKERS");
    assert_eq!((words[2].head(), words[2].by_default()), ("x", None));
    assert_eq!(words[3].by_default().unwrap(), "");
    assert_eq!(words[4].variables[0].name, "B");
    assert_eq!(words[4].by_default(), None);
    assert_eq!(words[5].by_default(), None);
    assert_eq!(words[0].by_default().unwrap(), "a");
}

#[test]
fn commands_and_what_joins_them() {
    check(&[
        (
            "a && b || c; d | e & f\ng |& h",
            "a / && b / || c / ; d / | e / & f / ; g / | h",
        ),
        ("a &&\n# c\n b", "a / && b"),
        ("a;\n;b", "a / ; b"),
        ("A=1 B='c d' e=f g h=i", "A=1 B=[c d] e=f g h=i"),
        ("A=$B; C+=d; E=(f g\nh) ; i", "A=$B~ / ; C=d / ; E=[] / ; i"),
        ("a > b 2>&1 < c >>d &>e f", "a f >b >&1 <c >>d &>e"),
        ("a 2>/dev/null 2b", "a 2b >/dev/null"),
        ("> a", ">a"),
        ("! a && time b", "a / && time b"),
        ("&& a | | b ) c", "&& a / | b / ; c"),
    ]);
}

#[test]
fn bodies() {
    check(&[
        (
            "if a; then b; elif c; then d; else e; fi > f; g",
            "?: a / ; b: b / ; ?: c / ; b: d / ; b: e / ; g",
        ),
        ("while a; do b; done | c", "?: a / ; l: b / | c"),
        ("for x in a $(b) c; do d $x; done", "l$: b / l: d $x~"),
        ("for x\ndo a\ndone\nb", "l: a / ; b"),
        (
            "case $x in a|b) c;; (d) e ;; *) f; g; esac; h",
            "b: c / ; b: e / ; b: f / ; b: g / ; h",
        ),
        ("case x in\n  # c\n  a) b\n  ;;\nesac\n", "b: b"),
        (
            "(a; b) && { c; d; } 2>e",
            "(: a / ; (: b / && {: c / ; {: d",
        ),
        ("f() { a; }; function g { b; }; f", "f{: a / ; f{: b / ; f"),
        ("f () (\n a\n)\nb", "f(: a / ; b"),
        (
            "[[ a && b > c ]] && [ d ] || ((x > 1)) && e",
            "[[ a b c ]] / && [ d ] / && e",
        ),
        ("echo if then fi", "echo if then fi"),
        ("'if' a", "if a"),
        ("if a; then b", "?: a / ; b: b …"),
        ("} fi done", "fi done"),
    ]);
}

#[test]
fn commands_within_words() {
    check(&[
        (
            "a $(b \"$(c)\" | d) e",
            "a [$(b \"$(c)\" | d)]~ e / $: b $(c)~ / $$: c / | $: d",
        ),
        (
            "a `b \\`c\\` d` e",
            "a [`b \\`c\\` d`]~ e / $: b `c`~ d / $$: c",
        ),
        ("a <(b) > c", "a <(b)~ >c / $: b"),
        ("A=$(b) && c", "A=$(b)~ / $: b / && c"),
        ("a $(b", "a $(b~ / $: b …"),
        (
            "a $(case x in y) b;; esac) c",
            "a [$(case x in y) b;; esac)]~ c / $b: b",
        ),
        ("a $(f=(1 2)) b", "a [$(f=(1 2))]~ b / $: f=[]"),
    ]);
}

#[test]
fn scripts_within_scripts() {
    check(&[
        ("sh -c 'a b && c'", "sh -c [a b && c] / s: a b / && s: c"),
        (
            "/bin/bash -lc \"a \\\"b c\\\"\"",
            "/bin/bash -lc [a \"b c\"] / s: a [b c]",
        ),
        (
            "bash -euo pipefail -c 'a'",
            "bash -euo pipefail -c a / s: a",
        ),
        ("exec env A=b sh -ec 'c'", "exec env A=b sh -ec c / s: c"),
        (
            "su app -c 'a'; su-exec app sh -c b",
            "su app -c a / s: a / ; su-exec app sh -c b / s: b",
        ),
        ("sh a.sh -c b", "sh a.sh -c b"),
        ("sh -c", "sh -c"),
        (
            "sh -c \"sh -c 'sh -c a'\"",
            "sh -c [sh -c 'sh -c a'] / s: sh -c [sh -c a] / ss: sh -c a / sss: a",
        ),
    ]);
}

#[test]
fn heredocs_are_passed_over() {
    check(&[
        ("cat <<E > f\nno $(no)\nE\na", "cat <<E >f / ; a"),
        (
            "cat <<-'E F' <<G\n\tE F\nno\nG\na",
            "cat <<-[E F] <<G / ; a",
        ),
        ("cat <<E\na", "cat <<E / ; a"),
        ("cat <<<'a b'", "cat <<<[a b]"),
    ]);
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "x=1 sh -c \"gunicorn 'a b' \\\"c d\\\" e\\\"f\"";
    let script = read(text);
    let inner = &script.commands[1];
    let slices: Vec<&str> = inner
        .words
        .iter()
        .map(|word| &text[word.span.range()])
        .collect();
    assert_eq!(slices, ["gunicorn", "'a b'", "\"c d\\\"", "e\\\"f"]);
    assert_eq!(&text[script.commands[0].span.range()], text);
    let text = "a `b \\`é f\\``";
    let script = read(text);
    let slices: Vec<&str> = script
        .commands
        .iter()
        .map(|c| &text[c.span.range()])
        .collect();
    assert_eq!(slices, ["a `b \\`é f\\``", "b \\`é f\\`", "é f"]);
}

#[test]
fn what_a_command_runs() {
    for (text, wanted) in [
        ("exec uvicorn a", "uvicorn a"),
        ("exec -a x uvicorn", "uvicorn"),
        (
            "env -u X A=b nice -n 5 /usr/bin/python3 -m x",
            "/usr/bin/python3 -m x",
        ),
        ("tini -s -- sudo -u app -E A=b c -u", "c -u"),
        ("timeout -k 5 10 a b", "a b"),
        ("exec", "exec"),
        ("sudo -u", "sudo -u"),
        ("nohup a &", "a"),
    ] {
        let script = read(text);
        let words = script.commands[0]
            .argv()
            .iter()
            .map(|word| word.text.as_str());
        assert_eq!(words.collect::<Vec<_>>().join(" "), wanted, "{text}");
    }
    assert_eq!(
        read("exec /usr/bin/python3 -m x").commands[0].name(),
        "python3"
    );
}

/// Deep and long texts take a time that follows their length.
#[test]
fn nothing_is_too_deep() {
    for (piece, close) in [
        ("$(", ")"),
        ("\"$(", ")\""),
        ("${a:-", "}"),
        ("(", ")"),
        ("`", "`"),
        ("{ ", "; }"),
        ("sh -c \"", "\""),
        ("if a; then ", "; fi"),
        ("$((", "))"),
        ("case a in b) ", ";; esac"),
        ("<<E ", "\n"),
        ("a=(", ")"),
        ("f() ", ";"),
        ("\\\"$(`", ""),
    ] {
        let open = piece.repeat(3_000);
        read(&open);
        read(&(open.clone() + "a" + &close.repeat(3_000)));
        read(&(open + "\n" + &close.repeat(2_000)));
    }
}
