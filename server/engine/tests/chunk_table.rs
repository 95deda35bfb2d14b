//! Where chunks begin, in texts that are meant to be hard: `│` marks the boundaries.

use harden_engine::chunk::{Chunks, State, python, yaml};
use harden_engine::file::Language;
use harden_engine::work::Work;

use crate::chunk_edit::cut;

const MARK: char = '│';

fn check(language: Language, marked: &[&str]) {
    let again = [
        |text: &str| text.to_string(),
        |text: &str| text.replace('\n', "\r\n"),
    ];
    for marked in marked {
        for change in again {
            let marked = change(marked);
            let text = marked.replace(MARK, "");
            let mut found = String::new();
            for (at, chunk) in cut(language, &text).list().iter().enumerate() {
                if at > 0 {
                    found.push(MARK);
                }
                found += &text[chunk.start..chunk.end];
            }
            assert_eq!(found, marked, "\nfound:\n{found}\nwanted:\n{marked}");
        }
    }
}

#[test]
fn python_statements() {
    check(
        Language::Python,
        &[
            // Blanks stay, comments go on, unless they turn out to stand in a body.
            "a = 1\n\n│# b\n\n# b\nb = 2\n  # still b\n│c = 3\n# the end\n",
            "def f():\n    pass\n# in\n    pass\n│# out\ndef g(): pass\n",
            "if a:\n    b\n# c\nelif d:\n    e\nelse:\n    f\n│try:\n    a\nexcept E:\n    b\nfinally:\n    c\n│elsewhere = 1\n",
            "# c\n@a\n# d\n@b(\n'x')\n\ndef f(): pass\n│@c\nclass A: pass\n",
            "  indented = 1\n  more = 2\n│x = 1\n",
            "#!/x\n\n\"\"\"Doc.\"\"\"\n│import a\n",
            // Continuation lines.
            "a = (\n1,\n# c\n]  # kinds need not match\n│b = 1\n",
            "a = \\\n1\n│b = 2 ; c = 3\n│\\\nd = 4\n",
            ")\n│a = 1\n│]}\n│b = (1)\n",
            // Strings.
            "a = ''\n│b = \"\"\n│c = ''''''\n│d = '''\ne = 1\n'''\n│f = '\\''\n│g = 'x\\\ny'\n│h = r'\\'\n│i = 1\n",
            "a = 'open\n│b = \"open ( [\n│c = 1\n",
            "a = \"\"\"x\\\"\"\"\nb\n\"\"\"\n│c = 1\n",
            "xf'{' \n│a = bf'{'\n│b = 1\n",
            // f-strings: nested quotes, newlines in fields, formats, names, doubled braces.
            "a = f'{b['c']}'\n│d = f'{x:{'>'}}'\n│e = f'{{'\n│g = f'\\N{LEFT CURLY BRACKET}'\n│h = f'\\{x}'\n",
            "a = f'''{\nb  # it's\n}'''\n│c = f'{\nd}'\n│e = f\"{x:%H:'%M}\"\n│g = t'{h!r:>{'1'}}'\n",
            "a = f'{b\n│c = f\"{d[\"\n│e = f'{'\n│f = f'#{a}'\n│g = 1\n",
            "a = f'\\{'('}'\n│b = f'{f'({'x'}'}'\n│c = f'{b\n│import c\n│d = e }'\n│g = 1\n",
            "a = f'{f'{f'{1}'}'}'\n│b = f'''{'''x'''}'''\n│c = 1\n",
            // Form feeds begin a column anew.
            "a = 1\n│\x0cb = 2\n│    \x0cc = 3\n",
            "match x:\n    case 1:\n        pass\n│case = 2\n│type X = int\n",
            "\u{feff}a = 1\n│b = 2\n",
        ],
    );
}

#[test]
fn python_slips_stay_near() {
    check(
        Language::Python,
        &[
            // A keyword that no bracket can hold: code begins at the first line at column 0 below the bracket.
            "a = (\n  1,\n│b = 2\n│c = 3\n│def f():\n    pass\n",
            "def f():\n    g(\n│x = 1\n│import a\n",
            "a = [\n  1\n│b = 2\n│c = 3\n",
            "a = [\nx\nfor x in y\nif x\nelse z]\n│import b\n",
            "a = (yield\nfrom b)\n│c = 1\n",
            "a = (\n│from b import c\n│d = 1\n",
            // A long string that never closes: the docstrings below have flipped.
            "a = 1\n│def f():\n    \"\"\"Open.\n    return 1\n│@b\ndef g():\n    \"\"\"Fine.\"\"\"\n│def h():\n    \"\"\"Fine.\"\"\"\n",
            "a = '''\n│b = 1\n│c = 2\n",
            "a = '''\n│import b\n│T = '''\ndef t(): pass\n'''\n│x = 1\n",
            "T = '''\ndef t():\n'''\n│def f():\n    '''Open.\n│# about g\ndef g():\n    '''Fine.'''\n",
        ],
    );
}

/// A class that is large enough to be cut, from what a small one would be.
fn large(class: &str) -> String {
    class.replace("FILL", &"x".repeat(1100))
}

#[test]
fn python_members() {
    let classes = [
        "a = 1\n│# c\n@d\nclass A(B,\n    C):  # d\n\n│    # first\n    '''Doc FILL'''\n\n│    x: int = 1\n│    # f\n    @p\n    def f(self):\n        pass\n        # in f\n│# at zero\n    def g(self):\n        try: pass\n        finally: pass\n│    if x:\n        y = 1\n    else:\n        y = 2\n\n│    class In:\n        z = 1\n    # the end\n\n│# after\ndef h(): pass\n",
        "class A:\n│\tx = 'FILL'\n│\tdef f(self):\n\t\treturn (\n1)\n│\ty = 1\n",
        // A slip in a member stays in it.
        "class A:\n│    x = 'FILL'\n│    def f(self):\n        return g(\n│    y = 1\n│    def h(self):\n        pass\n│z = 1\n",
        "class A:\n│    x = 'FILL'\n│    def f(self):\n        '''Open.\n        return 1\n\n│    @p\n    def g(self):\n        '''Fine.'''\n│    def h(self):\n        '''Fine.'''\n│z = 1\n",
        "class A:\n│    def f(self):\n        return g(\n│    def h(self):\n        'FILL'\n│    y = 1\n│z = 1\n",
        // Only at the top, and only when large.
        "class A:\n    class B:\n        x = 1\n        y = 2\n│if a:\n    class C:\n        x = 'FILL'\n        y = 1\n",
    ];
    for class in classes {
        check(Language::Python, &[&large(class)]);
    }
}

#[test]
fn python_states() {
    let text = large("import a\n@d\nclass A:\n  x = 'FILL'\n  def f(self): pass\nb = 1\n");
    let states: Vec<State> = cut(Language::Python, &text)
        .list()
        .iter()
        .map(|c| c.state)
        .collect();
    let wanted = [
        python::State::Statement,
        python::State::Header,
        python::State::Member(2),
        python::State::Member(2),
        python::State::Statement,
    ];
    assert_eq!(states, wanted.map(State::Python));
}

#[test]
fn yaml_entries() {
    check(
        Language::Yaml,
        &[
            "# top\nname: x\n\n│# b\nb:\n  c: 1\n  # in b\n│# d\nd: [1,\n  2]\n│e: {\n  a: 1\n}\n",
            "services: # all\n│  # web\n  web:\n    image: x\n    # in web\n\n│  # db\n  db: *x\n│  \"q\":\n    a: 1\n  # end\n\n│# top\nnetworks:\n│  n:\n│volumes: {}\n│secrets:\n│configs: *c\n",
            "groups:\n│- name: a\n  rules:\n  - alert: b\n│- name: c\n│other:\n- a\n- b\n│jobs:\n│    - c\n│    - d\n│e: 1\n",
            // What spans lines holds no boundary.
            "a: |\n  b: 1\n\n  # no comment\n│# c\nc: >-\n  d\n│e: it's\n  [ more\n│f: \"x\n  y: z\"\n│g: 'it''s\n  h: 1'\n│i: [a, 'b\n  c: d', it's]\n│j: 1\n",
            "services:\n│  a:\n    - b: |\n        c\n      d: |\n       e\n    - f\n│  g:\n  - h\n  - i\n│  j: 1\n",
            "services:\n│  a:\n    command: >\n      x: y\n\n      'z\n    b: 1\n│  c:\n    d: [a, # it's\n      'b']\n│  e: 1\n",
            // A key that waits for its value.
            "a:\n  it's text\n [ more\n│b:\n  |\n  c: d\n│e: 1\n",
            "services:\n│  a:\n    it is\n   'text\n│  \"b\":\n    c: 1\n│  d: 1\n",
            "a:\n  - b: |\n      x\n    c: \"y\nzz\"\n│d: [it's]\n│\"e\": 1\n│f: 2\n",
            // Explicit keys.
            "x: 1\n│? a\n: b\n│? |\n  c\n: - d\n│e: 1\n",
            // Documents.
            "%YAML 1.2\n---\na: 1\n│b: 2\n...\n│# c\n---\n- a\n- b\n│---\nc: |\n  ---\n│---\n\"x\"\n# text or not\n│--- # d\n  e: 1\n│  services:\n│    a: 1\n│    b: 2\n│  f: 1\n",
            "--- {a: 1}\nb: 2\n│---\n---\na: 1\n",
            "a: 1\n│# c\n---\nb: 1\n",
            "\u{feff}a: 1\n│b: 2\n",
            "http://x: 1\n│b:c: 2\n│'d e' : 3\n│<<: *f\n",
        ],
    );
}

#[test]
fn yaml_slips_stay_near() {
    check(
        Language::Yaml,
        &[
            "services:\n│  a:\n    image: \"x\n    ports: [1,\n│  b:\n    image: 'y\n│c: 1\n",
            "services:\n│  a:\n    x: 1\n│  half\n│  b:\n    im\n    x: \"1\"\n│ c:\n    x: 1\n│d: 1\n",
            "services:\n│  a:\n\tb: 1\n│  c: a: b: c\n│half\n│d: 1\n",
            "a: \"x\n│---\nb: [\n│---\nc: 1\n",
        ],
    );
}

#[test]
fn yaml_states() {
    let text = "x: 1\nservices:\n  a: 1\ngroups:\n- b\n---\n- c\n";
    let chunks = cut(Language::Yaml, text);
    let states: Vec<State> = chunks.list().iter().map(|c| c.state).collect();
    let child = |section, indent, sequence| yaml::State::Child {
        section,
        outer: 0,
        indent,
        sequence,
    };
    let header = |section| yaml::State::Section { section, indent: 0 };
    let wanted = [
        yaml::State::Entry { indent: 0 },
        header(yaml::Section::Services),
        child(yaml::Section::Services, 2, false),
        header(yaml::Section::Groups),
        child(yaml::Section::Groups, 0, true),
        yaml::State::Document,
    ];
    assert_eq!(states, wanted.map(State::Yaml));
}

#[test]
fn ini_sections() {
    check(
        Language::Ini,
        &[
            "# c\na = 1\n\n│; d\n# d\n[b]\nx =\n  [no]\n# in x\n  y\n z\n│[c d] # e\n[]\n[open\n  [no]\n│[]]\n",
            "[a]\nx = 1\n  # in x\n│[b]\n",
            "\u{feff}[a]\n│[b]\n",
        ],
    );
    assert_eq!(cut(Language::Ini, "[a]\rx = 1\r[b]\r").list().len(), 2);
}

#[test]
fn dockerfile_instructions() {
    check(
        Language::Dockerfile,
        &[
            // Comments go on, blanks stay.
            "# syntax=a\n\n# c\nFROM a\n\n \t\n│# d\n\n# d\nRUN b\n│# the end\n",
            // Continuations: over comments and blank lines, not behind two escapes.
            "FROM a\n│RUN b \\\n  # c\n\n# d\n  && e \\ \t\n  f\n│RUN g \\\\\n│RUN h \\ i\n│\\\nRUN j\n│RUN k\\\n",
            // The escape is what the directive says, if nothing comes before it.
            "# escape=`\nFROM a\n│RUN b `\n  c\n│RUN d \\\n│RUN e ``\n│RUN f\n",
            "# SYNTAX = x\n#escape = `\nFROM a `\n b\n",
            "# note\n# escape=`\nFROM a `\n│RUN b \\\n c\n",
            "\n# escape=`\nFROM a `\n│RUN b\n",
            "# other=x\n# escape=`\nFROM a `\n│RUN b\n",
            "# escape=x\nFROM a \\\n b\n│# escape=`\nRUN a \\\n b\n",
            "\u{feff}# escape=`\nFROM a `\n b\n│RUN c\n",
            // Heredocs.
            "RUN <<EOF\nRUN no\n# no\n\n EOF\nEOF \nEOF\n│# on\nRUN b\n",
            "run cat <<-EOF | x\nno\n\t\tEOF\n│COPY <<A <<\"B C\" /x\nB C\nA\nA\nB C\n\n│add <<'A' /\nA\n│RUN a\n",
            "ONBUILD RUN <<EOF\nRUN no\nEOF\n│RUN --mount=type=cache,target=/x \\\n  # c\n  <<EOF cat \\\n  && b\nno\nEOF\n│RUN c\n",
            // No heredocs.
            "CMD <<EOF\n│RUN [\"a\", \"<<EOF\"]\n│RUN a <<<EOF\n│RUN a<<EOF\n│RUN $((1<<2))\n│RUN 'a <<EOF\n│RUN << EOF\n│EOF\n",
            // One that does not end is a line.
            "RUN <<EOF\n│RUN a\n│COPY <<A <<B /x\n│A\n│RUN b\n",
            "FROM a\n│nonsense ☃ \\\n  more\n│RUN b\n",
        ],
    );
    for (text, wanted) in [
        // A lone CR ends no line to Docker, and a final newline is not needed.
        ("RUN a\rRUN b\nRUN c", 2),
        ("RUN a \\", 1),
        ("RUN <<EOF\na\nEOF", 1),
        ("\\", 1),
        ("#", 1),
        ("\r\n", 1),
    ] {
        assert_eq!(
            cut(Language::Dockerfile, text).list().len(),
            wanted,
            "{text:?}"
        );
    }
}

/// Heredocs that never end: each is sought to the end of the file, so that the search must be given up at some point.
#[test]
fn endless_heredocs_cost_no_square() {
    let text = "RUN cat <<EOF\n".repeat(10_000);
    let mut work = Work::default();
    let chunks = Chunks::cut(Language::Dockerfile, &text, &mut work);
    assert_eq!(chunks.list().len(), 10_000);
    assert!(work.bytes_scanned < 50 * text.len(), "{work:?}");
}

#[test]
fn toml_tables() {
    check(
        Language::Toml,
        &[
            "a = 1\n\n│# b\n[b]\nx = [\n  [1],\n[2], # [\n]\n│  [ c . \"d\" ] # e\ny = \"\"\"\n[no]\n\\\"\"\"\"\n│[[e]]\nz = '\\'\n│[f]\nw = '''\n[no]''''\n│[g]\nv = { a = '[' }\n",
            "x = [\"\"\"a\"\"\"\"]\n│[\"q\"]\n│[c]\n",
            // Slips.
            "[a]\nx = [1,\n│[b]\ny = \"open\n│[c]\nz = { a = [\n│[[d.e]]\n",
            "[a]\nx = [\n[true],\n[nan]\n]\n│[b]\n",
        ],
    );
}

#[test]
fn requirement_lines() {
    check(
        Language::Requirements,
        &["# c \\\n│a \\\n b\\\n # c\\\n│d # e \\\n\n│\n│f\\"],
    );
    assert_eq!(cut(Language::Requirements, "a\\\rb\rc").list().len(), 2);
}

#[test]
fn environment_entries() {
    check(
        Language::Dotenv,
        &[
            "# c\n│A=1\n│\n│export B = \"x\ny\\\"\n\" # c\n│C='\n'",
            // Slips.
            "A=\"open\n│B=\"shut\"\n│C=\"x\" y\n│D='\n│E",
        ],
    );
    assert_eq!(cut(Language::Dotenv, "A=1\rB=2\r").list().len(), 2);
}

#[test]
fn a_large_class_comes_out_as_its_members() {
    let text = crate::chunk_texts::class(5_000);
    let mut work = Work::default();
    let chunks = Chunks::cut(Language::Python, &text, &mut work);
    let members = text.matches("def member_").count();
    assert!(chunks.list().len() > members);
    let largest = chunks.list().iter().map(|c| c.end - c.start).max().unwrap();
    assert!(largest < 400, "{largest}");
    // Each byte is read about once, though the header looks ahead.
    assert!(work.bytes_scanned < text.len() * 2);
}
