//! Cutting again after an edit gives what cutting afresh gives, from a string as from a rope.

use std::ops::Range;

use harden_engine::chunk::Chunks;
use harden_engine::file::Language;
use harden_engine::work::Work;
use ropey::Rope;

use crate::chunk_texts::{Dice, edits, own, texts};

const LANGUAGES: [Language; 8] = [
    Language::Python,
    Language::Yaml,
    Language::Ini,
    Language::Toml,
    Language::Requirements,
    Language::Dotenv,
    Language::Plain,
    Language::Dockerfile,
];

/// Edits made in a row to one text.
const ROW: usize = 12;

#[test]
fn joining_the_chunks_gives_the_text() {
    for language in LANGUAGES {
        for text in texts(language).iter().chain(&own(language)) {
            let chunks = cut(language, text);
            let joined: String = chunks
                .list()
                .iter()
                .map(|c| &text[c.start..c.end])
                .collect();
            assert_eq!(&joined, text);
            assert!(chunks.list().iter().all(|c| c.start < c.end));
        }
    }
}

#[test]
fn python_again_is_afresh() {
    again_is_afresh(Language::Python, 40);
}

#[test]
fn yaml_again_is_afresh() {
    again_is_afresh(Language::Yaml, 40);
}

#[test]
fn ini_again_is_afresh() {
    again_is_afresh(Language::Ini, 10);
}

#[test]
fn toml_again_is_afresh() {
    again_is_afresh(Language::Toml, 10);
}

#[test]
fn requirements_again_is_afresh() {
    again_is_afresh(Language::Requirements, 10);
}

#[test]
fn dotenv_again_is_afresh() {
    again_is_afresh(Language::Dotenv, 10);
}

#[test]
fn plain_again_is_afresh() {
    again_is_afresh(Language::Plain, 10);
}

#[test]
fn dockerfile_again_is_afresh() {
    again_is_afresh(Language::Dockerfile, 40);
}

/// `share` percent of the edits are made in this language.
fn again_is_afresh(language: Language, share: usize) {
    let texts = texts(language);
    let rows = (edits() * share / 100).div_ceil(ROW);
    let (mut broken, mut cuts) = (0, Vec::new());
    for seed in 0..rows {
        let mut dice = Dice::new(seed as u64 + 1);
        let mut text = dice.pick(&texts).clone();
        let mut rope = Rope::from_str(&text);
        let mut chunks = cut(language, &text);
        for step in 0..ROW {
            let (range, inserted) = random_edit(&mut dice, language, &text);
            let before = text.clone();
            text.replace_range(range.clone(), &inserted);
            let chars = rope.byte_to_char(range.start)..rope.byte_to_char(range.end);
            rope.remove(chars.clone());
            rope.insert(chars.start, &inserted);
            let mut from_rope = chunks.clone();
            let mut work = Work::default();
            chunks.edit(text.as_str(), range.clone(), inserted.len(), &mut work);
            from_rope.edit(&rope, range.clone(), inserted.len(), &mut Work::default());
            let fresh = cut(language, &text);
            assert!(
                chunks == fresh && from_rope == fresh,
                "{language:?} seed {seed} step {step}: {range:?} became {inserted:?} in\n{before}\n{}",
                difference(&chunks, &fresh)
            );
            if chunks.repaired() {
                broken += 1;
            } else {
                cuts.push(work.chunks_cut);
            }
        }
    }
    cuts.sort_unstable();
    let at = |share: usize| cuts[(cuts.len() - 1) * share / 100];
    let (edits, half, most, nearly, all) = (cuts.len(), at(50), at(90), at(99), at(100));
    eprintln!(
        "{language:?}: {edits} edits, and {broken} in broken texts; chunks cut p50 {half} p90 {most} p99 {nearly} max {all}"
    );
}

fn difference(a: &Chunks, b: &Chunks) -> String {
    let pairs = a.list().iter().zip(b.list());
    let at = pairs.take_while(|(a, b)| a == b).count();
    format!(
        "at {at}: {:#?}\nafresh: {:#?}",
        a.list().get(at),
        b.list().get(at)
    )
}

#[test]
fn any_bytes_are_cut() {
    for seed in 0..2_000 {
        let mut dice = Dice::new(seed);
        let language = *dice.pick(&LANGUAGES);
        let mut text = String::new();
        for _ in 0..dice.below(60) {
            if dice.below(3) == 0 {
                let byte = dice.below(256) as u8;
                text += &String::from_utf8_lossy(&[byte]);
            } else {
                text += *dice.pick(tokens(language));
            }
        }
        let chunks = cut(language, &text);
        let joined: String = chunks
            .list()
            .iter()
            .map(|c| &text[c.start..c.end])
            .collect();
        assert_eq!(joined, text, "seed {seed}");
    }
}

pub(crate) fn cut(language: Language, text: &str) -> Chunks {
    Chunks::cut(language, text, &mut Work::default())
}

/// One random edit, of the kinds that people and accidents make.
pub(crate) fn random_edit(
    dice: &mut Dice,
    language: Language,
    text: &str,
) -> (Range<usize>, String) {
    let at = |offset: usize| text.floor_char_boundary(offset);
    let start = at(dice.below(text.len() + 1));
    match dice.below(10) {
        0..5 => (start..start, (*dice.pick(tokens(language))).into()),
        5..8 => {
            let end = at((start + 1 + dice.below(9)).min(text.len()));
            (start.min(end)..end, String::new())
        }
        8 => {
            let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let end = text[start..]
                .find('\n')
                .map_or(text.len(), |n| start + n + 1);
            (first..end, String::new())
        }
        _ => {
            let from = at(dice.below(text.len() + 1));
            let to = at((from + dice.below(200)).min(text.len()));
            let end = at((start + dice.below(50)).min(text.len()));
            (start.min(end)..end, text[from.min(to)..to].into())
        }
    }
}

fn tokens(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &[
            "\"",
            "'",
            "\"\"\"",
            "'''",
            "f\"{",
            "f'''",
            "{",
            "}",
            "(",
            ")",
            "[",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "\\",
            "\\\n",
            "\\\r\n",
            "else:",
            "\nelse:\n",
            "@d\n",
            "\n@d\n",
            "#",
            "\n# c\n",
            "\nclass A:\n",
            "class B(A):\n    x = 1\n",
            "\ndef f(a):\n    pass\n",
            "    ",
            "    def m(self):\n",
            "\nx = 1\n",
            "🙂",
            "é",
            "\u{feff}",
            "\x0c",
            ":",
            ";",
            "\nif __name__ == 'x':\n",
            "x",
            "\nfrom a import b\n",
            "\0",
        ],
        Language::Plain => &["\n", "\r\n", "\r", "x", "é", "🙂", "\0"],
        Language::Dotenv => &[
            "\n", "\r\n", "\r", "'", "\"", "\\", "=", "\nA=", "#", " ", "export ", "\u{feff}", "é",
            "🙂", "\0",
        ],
        Language::Dockerfile => &[
            "\n",
            "\r\n",
            "\r",
            "\\",
            "\\\n",
            " \\ \n",
            "\\\r\n",
            "`",
            "`\n",
            "#",
            "\n# c\n",
            "  # c\n",
            "# escape=`\n",
            "# escape=\\\n",
            "# syntax=a\n",
            "\"",
            "'",
            "<<",
            "<<EOF",
            " <<EOF\n",
            " <<-'B C'\n",
            "\nEOF\n",
            "EOF\n",
            "\tB C\n",
            "B C\n",
            "\nRUN ",
            "\nONBUILD ",
            "\nRUN cat <<EOF > x\n",
            "\nCOPY <<A <<B /\n",
            "\nA\n",
            "\nB\n",
            "[",
            "]",
            "FROM a AS b\n",
            "\nENV a=b c='d\n",
            "--flag=x ",
            "$",
            "${a:-",
            "}",
            " ",
            "\t",
            "🙂",
            "é",
            "\u{feff}",
            "\u{a0}",
            "\0",
        ],
        Language::Requirements => &[
            "\n", "#", "\\\n", "\"", "=", "<<EOF\n", "EOF\n", "\r\n", " ",
        ],
        Language::Yaml => &[
            "\"",
            "'",
            "[",
            "]",
            "{",
            "}",
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "  ",
            "---",
            "\n---\n",
            "\n...\n",
            "services:",
            "\nservices:\n  a:\n",
            "\njobs:\n- b\n",
            "&a ",
            "*a",
            "!t ",
            ": ",
            ":",
            "- ",
            "\n- x\n",
            "? ",
            "|",
            ">\n",
            "#",
            " # c",
            "\n# c\n",
            "\n  # c\n",
            "a: b: c",
            "key:\n",
            "\n  key:\n",
            "🙂",
            "é",
            "\u{feff}",
            "%x\n",
            ",",
            "it's",
        ],
        Language::Ini | Language::Toml => &[
            "[",
            "]",
            "[[",
            "]]",
            "\n",
            "\r\n",
            "\r",
            "[a]",
            "\n[b]\n",
            "\n[[c]]\n",
            "\n# c\n",
            "#",
            "; ",
            "\"",
            "'",
            "\"\"\"",
            "'''",
            "\\",
            "=",
            "x = [\n",
            " ",
            "\t",
            "{",
            "}",
            "🙂",
            "\u{feff}",
            "\n; c\n",
            "\n[true]\n",
        ],
    }
}
