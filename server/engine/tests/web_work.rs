//! Models across files: an edit of a base has only those asked again whose answers it changes.

use std::path::Path;
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::Policy;
use harden_engine::rules;
use harden_engine::work::Work;
use ropey::Rope;

use crate::equal::engine;

const RULE: &str = "python/pydantic-extra-allowed";

/// A file that somebody has open.
struct Open {
    analysis: Analysis,
    text: String,
}

impl Open {
    fn new(engine: &Engine, name: &str, text: &str) -> Open {
        let file = File::classify(Path::new(name), text, &[]).unwrap();
        Open {
            analysis: Analysis::new(engine, Arc::new(file)),
            text: text.to_owned(),
        }
    }

    /// How often rules were asked to bring it up to date.
    fn look(&mut self, engine: &Engine, project: &Workspace) -> usize {
        let language = self.analysis.file().kind.language();
        let chunks = Chunks::cut(language, &self.text, &mut Work::default());
        self.analysis.work = Work::default();
        self.analysis
            .update(engine, project, self.text.as_str(), chunks.list());
        self.analysis.work.rule_calls
    }

    fn tell(&self, project: &Workspace) -> bool {
        let file = self.analysis.file();
        let parts = self.analysis.parts().collect();
        let rope = Rope::from_str(&self.text);
        project.hold(&file.path, file.clone(), parts, rope)
    }

    fn found(&self) -> usize {
        let found = self.analysis.findings();
        found
            .iter()
            .filter(|finding| finding.rule.name == RULE)
            .count()
    }
}

const BASE: &str = "from pydantic import BaseModel, ConfigDict\n\n\nclass Base(BaseModel):\n    model_config = ConfigDict(frozen=True)\n\n    name: str\n";

/// 50 models in files of their own that rest on one base, 20 that do not, and the routes of all of them.
fn files() -> Vec<(String, String)> {
    let mut files = vec![("app/__init__.py".to_owned(), String::new())];
    files.push(("app/base.py".into(), BASE.into()));
    let mut routes = String::from("from fastapi import FastAPI\n");
    let mut handlers = String::from("\napp = FastAPI()\n");
    for n in 0..70 {
        let head = match n < 50 {
            true => "from app.base import Base\n",
            false => "from pydantic import BaseModel as Base\n",
        };
        let text = format!(
            "import random\n{head}\n\ndef drawn():\n    return random.random()\n\n\nclass Model{n}(Base):\n    size: int\n"
        );
        files.push((format!("app/model_{n}.py"), text));
        routes.push_str(&format!("from app.model_{n} import Model{n}\n"));
        handlers.push_str(&format!(
            "\n\n@app.post(\"/{n}\")\ndef add_{n}(model: Model{n}):\n    return model\n"
        ));
    }
    files.push(("app/main.py".into(), routes + &handlers));
    files
}

#[test]
fn an_edit_of_a_base_asks_those_again_whose_answers_change() {
    let engine = engine();
    let files = files();
    let project = Workspace::new(files.iter().cloned().collect::<Texts>());
    let open = files
        .iter()
        .map(|(name, text)| Open::new(&engine, name, text));
    let mut open: Vec<Open> = open.collect();
    for file in &mut open {
        file.look(&engine, &project);
    }
    for file in &open {
        file.tell(&project);
    }
    let settle = |open: &mut Vec<Open>| -> Vec<usize> {
        open.iter_mut()
            .map(|file| file.look(&engine, &project))
            .collect()
    };
    settle(&mut open);
    let found = |open: &[Open]| open.iter().map(Open::found).sum::<usize>();
    assert_eq!(found(&open), 70);

    let edit = |open: &mut Vec<Open>, old: &str, new: &str| -> (bool, Vec<usize>) {
        open[1].text = open[1].text.replacen(old, new, 1);
        open[1].look(&engine, &project);
        let told = open[1].tell(&project);
        (told, settle(open))
    };
    // What nobody else is told of.
    for (old, new) in [
        ("    name", "    names"),
        ("class Base", "# It.\nclass Base"),
    ] {
        let (told, calls) = edit(&mut open, old, new);
        assert!(!told, "{new}");
        assert!(calls.iter().all(|calls| *calls == 0), "{new}: {calls:?}");
    }
    // What it tells the others.
    let (told, calls) = edit(&mut open, "frozen=True", "extra=\"forbid\"");
    assert!(told);
    assert_eq!(found(&open), 20);
    let models = &calls[2..];
    let most = models.iter().max().copied().unwrap_or_default();
    assert!(
        models[..50].iter().all(|calls| (1..=most).contains(calls)),
        "{calls:?}"
    );
    assert!(models[50..].iter().all(|calls| *calls == 0), "{calls:?}");
    // No more than the class of each is asked again.
    let classes = Rules::new(rules::all().filter(|rule| rule.name == RULE));
    let alone = Engine::once(classes, Policy::default());
    let (_, text) = &files[2];
    let mut one = Open::new(&alone, &files[2].0, text);
    let asked = one.look(&alone, &project);
    assert!(asked >= 1 && most <= 4 * asked, "{most} of {asked}");
}
