//! Parsing only what rules can get something from gives what parsing everything gives.
//!
//! `HARDEN_REAL=folder` compares on all Python files below a folder, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::{Finding, Policy};
use harden_engine::rules;

use crate::support::markdown::{Block, blocks};

fn engine() -> Engine {
    Engine::once(Rules::new(rules::all()), Policy::default())
}

/// The findings of a Python text that is alone, and where both ways differ: how.
fn compare(engine: &Engine, name: &str, text: &str) -> (usize, Option<String>) {
    compare_in(engine, &Workspace::default(), name, text)
}

fn compare_in(
    engine: &Engine,
    project: &Workspace,
    name: &str,
    text: &str,
) -> (usize, Option<String>) {
    let Some(file) = File::classify(Path::new(name), text, &[]) else {
        return (0, None);
    };
    let file = Arc::new(file);
    let show = |findings: &[Finding]| -> Vec<String> {
        findings
            .iter()
            .map(|f| {
                format!(
                    "{} {:?} {:?} {} {:?} {:?} {:?}",
                    f.rule.name, f.severity, f.place, f.message, f.also, f.related, f.fixes
                )
            })
            .collect()
    };
    let chosen = show(&batch::check(engine, project, &file, text).0);
    let all = show(&batch::analyse(engine, project, &file, text).findings());
    let differs = (chosen != all).then(|| {
        let only = |a: &[String], b: &[String]| {
            let lines: Vec<&String> = a.iter().filter(|line| !b.contains(line)).collect();
            format!("{lines:#?}")
        };
        format!(
            "{name}: only chosen {}\nonly all {}",
            only(&chosen, &all),
            only(&all, &chosen)
        )
    });
    (all.len(), differs)
}

#[test]
fn names_are_followed_through_chunks_that_are_not_parsed_at_first() {
    let engine = engine();
    let long = "def unrelated():\n    return len('x')\n\n\n".repeat(50);
    let members = "    def unrelated(self):\n        return len('x')\n\n".repeat(50);
    let mut found = Vec::new();
    for text in [
        "import random\nLONG\ndef f():\n    return random.choice('ab')\n",
        "import random as r\nLONG\ndef f():\n    return r.choice('ab')\n",
        "from random import choice as pick\nLONG\nother = pick\nLONG\ndef f():\n    token = other('ab')\n",
        "import random\nrng = random.Random()\nLONG\ndef f():\n    password = rng.choice('ab')\n",
        "from random import *\nLONG\ndef f():\n    return choice('ab')\n",
        "import os, \\\n    random\nLONG\ndef f():\n    return random.random()\n",
        "from contextlib import (\n    # why\n    suppress,\n)\nLONG\nclass A:\n    def f(self):\n        with suppress(Exception):\n            g()\n",
        "import contextlib\nE = Exception\nLONG\ndef f():\n    with contextlib.suppress(E):\n        g()\n",
        "Broad = Exception\nAlias = Broad\nLONG\ndef f():\n    try:\n        g()\n    except Alias:\n        pass\n",
        "import random\nLONG\ndef seed():\n    random.seed(1)\nLONG\ndef f():\n    return random.random()\n",
        "def f():\n    import random\n    return random.random()\nLONG",
        "try:\n    import random\nexcept ImportError:\n    random = None\nLONG\nx = random.random()\n",
        "import requests\nLONG\ndef load():\n    return requests.get('x')\nLONG\ndef again():\n    return load()\nLONG\nasync def f():\n    again()\n",
        "import requests\nLONG\nclass A:\n    def __init__(self):\n        self.http = requests.Session()\nLONG\nasync def f(a: A):\n    a.http.get('x')\n",
        "from time import sleep as wait\nLONG\nclass A:\n    def wait_here(self):\n        wait(1)\nLONG\nclass B(A):\n    async def f(self):\n        self.wait_here()\n",
        "from sqlalchemy.orm import Session\nLONG\nDb = Annotated[Session, Depends(get)]\nLONG\nasync def f(db: Db):\n    db.commit()\n",
        "import time, trio\nLONG\nasync def f():\n    time.sleep(1)\n",
        "from pathlib import Path\nBASE = Path('x').parent\nLONG\nasync def f():\n    (BASE / 'x').exists()\n    BASE.exists()\n",
        "import os\nfrom os import P_WAIT as MODE\nLONG\nasync def f():\n    os.spawnl(MODE)\n    open('x')\n",
        "from pydantic_settings import BaseSettings\nLONG\nclass A(BaseSettings):\n    pass\nLONG\nclass B(A):\n    token: str = 'abc'\n",
        "import os\nenv = os.environ\nLONG\ntoken = env.get('TOKEN', 'abc')\n",
    ] {
        let text = text.replace("LONG", &long);
        for text in [text.replace('\n', "\r\n"), text] {
            let (count, differs) = compare(&engine, "app.py", &text);
            assert_eq!(differs, None, "{text}");
            found.push(count);
        }
    }
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
    for text in [
        // What looks like a finding, and is none for a reason that stands elsewhere.
        "import random\nLONG\ndef random():\n    pass\nLONG\ndef f():\n    return random.choice('ab')\n",
        "LONG\nclass Exception(BaseException):\n    pass\nLONG\ndef f():\n    try:\n        g()\n    except Exception:\n        pass\n",
        "from mine import Exception\nLONG\ndef f():\n    try:\n        g()\n    except Exception:\n        pass\n",
        "import random\nLONG\ndef set():\n    global random\n    random = mine()\nLONG\nx = random.random()\n",
        "",
        "import time\nLONG\ndef helper():\n    time.sleep(1)\nLONG\ndef helper():\n    pass\nLONG\nasync def f():\n    helper()\n",
        "import requests\nLONG\nclass A:\n    def __init__(self):\n        self.http = requests.Session()\nLONG\nclass A:\n    def set(self):\n        self.http = mine()\n    async def f(self):\n        self.http.get('x')\n",
        "def open(x):\n    pass\nLONG\nasync def f():\n    open('x')\n",
        // A name of the module is bound twice behind a colon, in functions.
        "import httpx\nc: Optional[httpx.Client] = None\nLONG\ndef get():\n    global c\n    if not c:\n        c = httpx.Client()\nLONG\ndef drop():\n    global c\n    if c:\n        c = None\nLONG\nasync def f():\n    c.close()\n",
        // What `self.run` is, is said in two members.
        "from subprocess import Popen\nclass Runner:\n    def start(self):\n        Popen('x')\nLONG\nclass A:\nMEMBERS\n    run = Any()\nMEMBERS\n    async def start(self):\n        self.run = Runner()\n        self.run.start()\n",
        "import os\ntoken = os.getenv('TOKEN', '",
        "import os\ntoken = os.getenv('TOKEN', \"é\nLONG",
        "import os\ntoken = os.getenv('TOKEN', f\"\"\"\n",
        "except: pass\nrandom.",
        "import random\n\"\"\"never closed\nrandom.choice()\n",
    ] {
        let text = text.replace("LONG", &long).replace("MEMBERS", &members);
        let (_, differs) = compare(&engine, "app.py", &text);
        assert_eq!(differs, None, "{text}");
    }
    assert!(engine.rules.panicked().is_empty());
}

#[test]
fn what_other_files_do_is_followed_without_parsing_all() {
    let engine = engine();
    let long = "def unrelated():\n    return len('x')\n\n\n".repeat(50);
    let main = "from .io import load\nfrom . import io\nLONG\nclass A:\n    def __init__(self):\n        self.io = io.Io()\n\n\
                LONGasync def f(a: A):\n    load()\n    io.load()\n    a.io.load()\n    near()\n\nLONGdef near():\n    load()\n";
    let io = "import time\nLONG\nclass Io:\n    def load(self):\n        wait()\nLONG\ndef load():\n    wait()\nLONG\ndef wait():\n    time.sleep(1)\n";
    let io = io.replace("LONG", &long);
    let files = [("app/__init__.py", ""), ("app/io.py", io.as_str())];
    let project = Workspace::new(files.into_iter().collect::<Texts>());
    let text = main.replace("LONG", &long);
    let file = Arc::new(File::classify(Path::new("app/main.py"), &text, &[]).unwrap());
    let told = |findings: Vec<Finding>| -> Vec<String> {
        let told = findings.iter().map(|finding| {
            let related = &finding.related[0];
            let path = related.file.clone().unwrap();
            let (text, span) = project.locate(&path, &related.place).unwrap();
            format!("{} {}", finding.message, &text[span.range()])
        });
        told.collect()
    };
    let chosen = told(batch::check(&engine, &project, &file, &text).0);
    let all = told(batch::analyse(&engine, &project, &file, &text).findings());
    assert_eq!(chosen, all);
    assert_eq!(all.len(), 4, "{all:#?}");
    assert!(
        all.iter().all(|told| told.ends_with("time.sleep(1)")),
        "{all:#?}"
    );
}

#[test]
fn the_rules_own_examples_and_the_fixtures_agree() {
    let engine = engine();
    let mut faults = Vec::new();
    for rule in rules::all() {
        for block in blocks(rule.docs) {
            if let Block::Fence(fence) = block
                && fence.has("python")
            {
                faults.extend(compare(&engine, "app.py", &fence.body).1);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    faults.extend(folder(&engine, &root).1);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn real_files_agree() {
    let Some(root) = std::env::var_os("HARDEN_REAL") else {
        return;
    };
    let (found, faults) = folder(&engine(), Path::new(&root));
    assert!(
        faults.is_empty(),
        "{} of many\n{}",
        faults.len(),
        faults[..faults.len().min(10)].join("\n")
    );
    assert!(found > 0, "nothing was found below {}", root.display());
}

/// All Python files below a folder, each alone and among the others.
fn folder(engine: &Engine, root: &Path) -> (usize, Vec<String>) {
    let mut texts: Vec<(PathBuf, String)> = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Some(text) = python(&path) {
                let path = path.strip_prefix(root).unwrap().to_path_buf();
                texts.push((path, text));
            }
        }
    }
    let files = texts.iter().map(|(path, text)| (path, text.as_str()));
    let project = Workspace::new(files.collect::<Texts>());
    let (mut found, mut faults) = (0, Vec::new());
    for (path, text) in &texts {
        let name = path.to_string_lossy();
        let (count, differs) = compare(engine, &name, text);
        found += count;
        faults.extend(differs);
        faults.extend(compare_in(engine, &project, &name, text).1);
    }
    (found, faults)
}

fn python(path: &PathBuf) -> Option<String> {
    let is_python = path.extension().is_some_and(|kind| kind == "py");
    is_python.then(|| fs::read_to_string(path).ok()).flatten()
}
