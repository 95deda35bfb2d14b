//! Texts to cut, and the dice that damage them.

use crate::support::tokens::token;
use std::path::{Path, PathBuf};

use harden_engine::file::Language;

/// xorshift64*: the same dice from the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % limit.max(1)
    }
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// How many random edits a test makes: `HARDEN_EDITS`, or 10,000.
pub(crate) fn edits() -> usize {
    std::env::var("HARDEN_EDITS")
        .ok()
        .and_then(|edits| edits.parse().ok())
        .unwrap_or(10_000)
}

/// The text files of a language below the folder `HARDEN_REAL`, if that is set.
pub(crate) fn real(language: Language) -> Option<Vec<(PathBuf, String)>> {
    let root = std::env::var_os("HARDEN_REAL")?;
    let mut files = Vec::new();
    gather(Path::new(&root), language, &mut files);
    files.sort();
    Some(files)
}

fn gather(folder: &Path, language: Language, files: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        let wanted = match language {
            Language::Python => extension == "py",
            Language::Yaml => matches!(extension, "yml" | "yaml"),
            Language::Ini => matches!(extension, "ini" | "cfg"),
            Language::Toml => extension == "toml",
            Language::Dockerfile => path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.contains("ockerfile") || name.contains("ontainerfile")
            }),
            Language::Requirements => extension == "txt",
            Language::Dotenv => extension == "env",
            Language::Plain => extension == "json",
        };
        if kind.is_dir() {
            gather(&path, language, files);
        } else if wanted
            && kind.is_file()
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.push((path, text));
        }
    }
}

/// Real texts of a handy size where there are any, our own otherwise.
pub(crate) fn texts(language: Language) -> Vec<String> {
    let found: Vec<String> = real(language)
        .unwrap_or_default()
        .into_iter()
        .map(|(_, text)| text)
        .filter(|text| text.len() < 40_000)
        .collect();
    if found.is_empty() {
        own(language)
    } else {
        found
    }
}

pub(crate) fn own(language: Language) -> Vec<String> {
    let texts: Vec<String> = match language {
        Language::Python => vec![PYTHON.into(), python(60), class(40), far()],
        Language::Yaml => YAML
            .iter()
            .map(|text| (*text).into())
            .chain([compose(30)])
            .collect(),
        Language::Ini => vec![INI.into()],
        Language::Toml => vec![TOML.into()],
        Language::Dockerfile => DOCKERFILES
            .iter()
            .map(|text| (*text).into())
            .chain([dockerfile(60)])
            .collect(),
        Language::Requirements => vec![REQUIREMENTS.into()],
        Language::Dotenv => vec![DOTENV.into()],
        Language::Plain => {
            let key = |name| format!("a\n{}\nb\n", token(name));
            vec![
                DOTENV.into(),
                REQUIREMENTS.into(),
                key("pem") + &key("github") + &key("pem-encrypted"),
            ]
        }
    };
    let crlf: Vec<String> = texts.iter().map(|t| t.replace('\n', "\r\n")).collect();
    texts.into_iter().chain(crlf).collect()
}

/// A module of about so many lines: imports, constants, functions.
pub(crate) fn python(lines: usize) -> String {
    let mut text =
        String::from("\"\"\"A module.\"\"\"\n\nimport os\nfrom a import (\n    b,\n    c,\n)\n");
    let mut at = 0;
    while text.lines().count() < lines {
        at += 1;
        text += &format!(
            "\n\n# Number {at}.\n@cached(size={at})\ndef work_{at}(item, *, tries=3):\n    \"\"\"Do it: don't ask.\n\n    def x():\n    \"\"\"\n    for _ in range(tries):\n        try:\n            return {{'at': [{at}], 'é': f\"{{item!r:>{{tries}}}}\"}}\n        except OSError as e:\n            log('failed: %s', e)  # again (\n    return os.environ[\"A_{at}\"]\n\nLIMIT_{at} = {at}\n"
        );
    }
    text
}

/// Boundaries that are decided far behind where they lie: windows of the text must grow.
fn far() -> String {
    let comments = "# comment, and more of it\n".repeat(170);
    let names = "name,\n".repeat(20);
    format!(
        "if a:\n    b\n{comments}else:\n    c\nd = (\n{names}{comments})\nd = (\n{names}class E:\n    f = 1\n"
    )
}

/// A class of about so many lines.
pub(crate) fn class(lines: usize) -> String {
    let mut text = String::from(
        "import os\n\n\n@final\nclass Big(Base):\n    \"\"\"Doc.\"\"\"\n\n    limit = 3\n",
    );
    let mut at = 0;
    while text.lines().count() < lines {
        at += 1;
        text += &format!(
            "\n    # {at}\n    @property\n    def member_{at}(self):\n        '''Doc (of {at}'''\n        if self.limit > {at}:\n            return [self.limit,\n                {at}]\n# left\n        return None\n"
        );
    }
    text + "\n    # the end\n\n# after\ndef after():\n    pass\n"
}

/// A Dockerfile of about so many lines.
pub(crate) fn dockerfile(lines: usize) -> String {
    let mut text = String::from("# syntax=docker/dockerfile:1\nARG VERSION=3.12\n");
    let mut at = 0;
    while text.lines().count() < lines {
        at += 1;
        text += &format!(
            "\n# Stage {at}.\nFROM python:${{VERSION}}-slim AS stage{at}\nENV A={at} \\\n    B=\"it's {at}\"\nWORKDIR /srv/{at}\nRUN apt-get update \\\n    # what it needs\n    && apt-get install -y --no-install-recommends gcc \\\n\n    && rm -rf /var/lib/apt/lists/*\nCOPY --from=build --chown=app:app src/ ./\nRUN <<EOF\nset -e\necho \"stage {at}\" > /x\nEOF\nUSER app\nCMD [\"python\", \"-m\", \"app{at}\"]\n"
        );
    }
    text
}

/// A compose file of about so many lines.
pub(crate) fn compose(lines: usize) -> String {
    let mut text = String::from("# top\nname: x\n\nx-env: &env\n  A: 1\n\nservices:\n");
    let mut at = 0;
    while text.lines().count() < lines {
        at += 1;
        text += &format!(
            "  # Number {at}\n  web_{at}:\n    image: \"nginx:{at}\"\n    environment:\n      <<: *env\n      TEXT: it's {at}\n    command: >\n      run {at}\n\n      [more\n    ports: [\"80:{at}\",\n      '90:90']\n    healthcheck:\n      test: |\n        curl: x\n"
        );
    }
    text + "\nnetworks:\n  front: {}\n  back:\n    internal: true\nvolumes:\n  data:\n"
}

const PYTHON: &str = r####"#!/usr/bin/env python
"""Doc."""
from __future__ import annotations
import a, \
    b
if TYPE_CHECKING:
    import c
else:
    c = None

x = f"{a['b']:>{w}} {{no}} \N{DASH}" ; y = rb'\''
z = f'''{
    a  # it's
}'''
empty = ''
# one
# two

@deco(
    "x"
)
# between
@deco2
async def f(
    a, b=")",
):
    # in
    return (yield
        )
# at zero in the body
    pass
# for the next
try:
    pass
except* E:
    pass
finally:
    pass
class Small(Base): x = 1
class Other:
	'''tab'''
	def f(self): return "🙂"
match x:
    case 1: pass
data = {
'a': 1,
"b": """
def not_code():
""",
}
	
s = 'unclosed
t = 1
"####;

const YAML: [&str; 4] = [
    "# first\n---\nversion: '3'\nservices: &s # all\n\n  # a\n  \"web\":\n    command: [\"a\",\n      'b', # c\n      it's]\n    # deep\n  # b\n  db: *x\n  plain:\n    text: it's\n      more [ text\n      \"and\n  - odd\n# top\nnetworks: {a: 1}\nvolumes:\n",
    "groups:\n- name: a\n  rules:\n  - alert: x\n    expr: |\n      a > 1\n    # c\n- name: 'b'\n\n# tail\n...\n# next\n%YAML 1.2\n---\n  jobs:\n    build:\n      steps:\n      - run: |-\n          it: 's\n      - {a: b}\n    test: {}\n  other: \"two\n    lines: x\"\n--- |\n# text\n---\n- a\n- b\n",
    "scrape_configs:\n  - job_name: x\n    static_configs:\n    - targets: ['a:1']\n  - job_name: y\n? a\n: b\n? |\n  c\n: - d\nplain\nsecrets:\n\tx: 1\n  y: 2\n",
    "services:\n  a:\n    image: \"x\n    ports:\n      - [1,\n  b:\n    image: y\n z:\n    image: q\nnetworks:\n  n:\n  - a\n",
];

const DOCKERFILES: [&str; 5] = [
    "# syntax=docker/dockerfile:1\n# escape=`\n\n# c\nFROM windows AS base\nRUN a `\n  # in\n\n  && b\n\n\n# d\nSHELL [\"cmd\", \"/S\"]\nRUN c \\\nRUN d ``\n# the end\n",
    "\u{feff}FROM a\nRUN <<EOF <<-'B C' cat\nRUN no\n# no\nEOF\n\tx\n\tB C\n# on\nCOPY <<E /x\nE\nADD <<\"E\" <<F /x/\ne $f\nE\nF\nONBUILD RUN cat <<E\nx\nE\n\tENV a=1 \\\n  b=\"c \\\n  d\" # e\n",
    "from a\nrun cat <<EOF\nno end\nrun [\"x\", \"<<EOF\"]\nrun echo 'open <<EOF\nrun x \\\n\\\n \\\n\ny\ncopy a \\\n",
    "FROM a\r\nRUN b \\\r\n\r\n# c\r\n  && d <<EOF\r\nx\r\nEOF\r\nCMD e\rf\nHEALTHCHECK --interval=5s \\\n  CMD curl \\\n  -f localhost\nexposé 80",
    "\n\n# only\n\n# comments\n\\\n\\\n",
];

const INI: &str = "# c\n[pytest]\naddopts =\n    -x\n    [no]\n# inside\n    -v\n\n; next\n[tool:x]\nkey = [y]\n  # in\n[]\n[]]\n[open\n [indented]\na: b\n[last] # c\nx\n";

const REQUIREMENTS: &str = "# c\n-r base.txt\n\na==1 \\\n  --hash=sha256:ab \\\n  # via b\nb[x,y]>=1,<2 ; os_name == 'nt' # c \\\nc\\\n\n# d \\\ne @ https://x.org/e\n\\";

const DOTENV: &str = "# c\nA=1\n\nexport B = 'two\nlines' # c\nC=\"x\\\"y\n\nz\"\nD=\"open\nE=\"shut\" more\nF: g\nH=it's #\n'\nlast";

const TOML: &str = "# c\ntop = 1\n\n# table\n[a.b]\nx = \"\"\"\n[no]\n\"\"\"\"\ny = [\n  [1, 2], # ]\n[3],\n]\nz = 'a\\'\n[[c]]\n  [ d ] # e\ns = '''\n[no]'''\nt = { a = \"[\\\"\" }\n[\"q\".'r']\nu = [1,\n[next]\nv = \"open\n[end]\n";
