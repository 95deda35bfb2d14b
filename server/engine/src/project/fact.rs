//! What files tell each other, kept until a file changes.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use dashmap::DashMap;
use ropey::Rope;

use super::compose::LastRead;
use super::parts::Parts;
use super::{Content, Files, digest};
use crate::chunk::Chunks;
use crate::file::{File, Kind};
use crate::model::{Part, compose};
use crate::output::slashed;
use crate::rule::{Owner, Place};
use crate::text::Span;
use crate::work::Work;

/// What one file tells the others. It has no offsets: a place is a chunk's number with a span in that chunk.
pub trait Fact: Any + Debug + Hash + Send + Sync + Sized {
    /// `None` for a file that tells nothing of this sort.
    fn read(source: &Source) -> Option<Self>;
}

/// What is known of a file.
#[derive(Debug, Hash)]
pub enum Known<T> {
    Here(Arc<T>),
    /// It is there, and tells nothing of this sort.
    Nothing,
    /// It is there and cannot be read; the reason, as a sentence.
    Strange(String),
    Missing,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Known<T> {
        match self {
            Known::Here(fact) => Known::Here(fact.clone()),
            Known::Nothing => Known::Nothing,
            Known::Strange(reason) => Known::Strange(reason.clone()),
            Known::Missing => Known::Missing,
        }
    }
}

impl<T> Known<T> {
    pub fn here(self) -> Option<Arc<T>> {
        match self {
            Known::Here(fact) => Some(fact),
            _ => None,
        }
    }
}

/// A file from which facts are read.
#[derive(Debug)]
pub struct Source<'a> {
    pub path: &'a Path,
    workspace: &'a Workspace,
    text: OnceCell<Arc<str>>,
    held: Option<Held>,
}

impl Source<'_> {
    /// Without a byte order mark.
    pub fn text(&self) -> &str {
        self.text
            .get_or_init(|| match self.workspace.content(self.path) {
                Content::Text(text) => text,
                Content::Strange(_) | Content::Missing => Arc::from(""),
            })
    }

    /// What the file is, by its name and its text.
    pub fn file(&self) -> Option<Arc<File>> {
        if let Some(held) = &self.held {
            return Some(held.file.clone());
        }
        let siblings = self.workspace.names_beside(self.path);
        let file = self.workspace.classify(self.path, self.text(), &siblings);
        file.map(Arc::new)
    }

    pub fn is(&self, kind: Kind) -> bool {
        let known = match &self.held {
            Some(held) => Some(held.file.kind),
            None => File::kind(&self.workspace.placed(self.path), self.text()),
        };
        known == Some(kind)
    }

    /// The parts of the chunks that `wanted` picks by their text, read as a file of this kind. Whoever has the file open
    /// has all of them.
    pub fn parts(&self, kind: Kind, wanted: impl Fn(&str) -> bool) -> Vec<(usize, Arc<Part>)> {
        if let Some(held) = self.held.as_ref().filter(|held| held.file.kind == kind) {
            return held.parts.to_vec();
        }
        let text = self.text();
        let chunks = Chunks::cut(kind.language(), text, &mut Work::default());
        let chunks = chunks
            .list()
            .iter()
            .filter(|chunk| wanted(&text[chunk.start..chunk.end]));
        chunks
            .map(|chunk| {
                let text = text[chunk.start..chunk.end].into();
                (chunk.start, self.workspace.part(chunk, &text))
            })
            .collect()
    }
}

impl Source<'_> {
    /// The compose file of these parts.
    pub(super) fn compose(&self, parts: &[(usize, Arc<Part>)]) -> Arc<compose::File> {
        self.workspace.compose(self.path, parts)
    }
}

/// The reading of a file that somebody has open.
#[derive(Debug, Clone)]
struct Held {
    file: Arc<File>,
    parts: Arc<[(usize, Arc<Part>)]>,
    /// What was read: places are looked up in it, even if the text has changed since.
    text: Rope,
}

type Anything = Arc<dyn Any + Send + Sync>;

/// A fact that somebody asked for, and how it is read again.
#[derive(Debug, Clone)]
struct Memo {
    known: Anything,
    digest: u64,
    again: fn(&Workspace, &Path) -> (Anything, u64),
}

/// The files of a project, and what they told. Facts are read when they are first asked for, by whoever asks.
#[derive(Debug, Default)]
pub struct Workspace {
    /// `None`: a file alone in the world.
    files: Option<Box<dyn Files>>,
    held: DashMap<PathBuf, Held>,
    told: DashMap<PathBuf, HashMap<TypeId, Memo>>,
    /// How often each file has changed: a fact that was read meanwhile is read again.
    changes: DashMap<PathBuf, u64>,
    index: RwLock<Option<Arc<BTreeSet<PathBuf>>>>,
    revision: AtomicU64,
    derived: DashMap<(TypeId, PathBuf), (u64, Anything)>,
    pub(super) composed: DashMap<PathBuf, LastRead>,
    pub(super) parts: Parts,
}

impl Workspace {
    pub fn new(files: impl Files + 'static) -> Workspace {
        Workspace {
            files: Some(Box::new(files)),
            ..Workspace::default()
        }
    }

    /// Grows when something that was told of a file has changed.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Whether there are other files at all.
    pub fn is_alone(&self) -> bool {
        self.files.is_none()
    }

    /// Take the reading of a file that somebody has open, all of its parts, in place of what is read from its text. Whether
    /// this changed anything that was ever asked for.
    pub fn hold(
        &self,
        path: &Path,
        file: Arc<File>,
        parts: Vec<(usize, Arc<Part>)>,
        text: Rope,
    ) -> bool {
        let parts = parts.into();
        self.held
            .insert(path.to_path_buf(), Held { file, parts, text });
        self.told_anew(path)
    }

    /// A file's text has changed, by itself or because nobody has it open any more; or it is new, or gone. Whether this
    /// changed anything that was ever asked for.
    pub fn changed(&self, path: &Path) -> bool {
        self.held.remove(path);
        self.told_anew(path)
    }

    fn told_anew(&self, path: &Path) -> bool {
        *self.changes.entry(path.to_path_buf()).or_default() += 1;
        let known = self.entered(path);
        self.retell(path) || known
    }

    fn times_changed(&self, path: &Path) -> u64 {
        self.changes.get(path).map_or(0, |times| *times)
    }

    /// Bring the list of files, and what is known of folders, up to date for one path.
    fn entered(&self, path: &Path) -> bool {
        let there = self.held.contains_key(path) || self.content(path) != Content::Missing;
        let news = self.is_news(path, there);
        if news {
            // Folders are looked into again.
            self.revision.fetch_add(1, Ordering::AcqRel);
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let Some(list) = index.as_mut() else {
            return news;
        };
        if there == list.contains(path) {
            return news;
        }
        let list = Arc::make_mut(list);
        if there {
            list.insert(path.to_path_buf());
        } else {
            list.remove(path);
        }
        self.revision.fetch_add(1, Ordering::AcqRel);
        true
    }

    fn retell(&self, path: &Path) -> bool {
        // No guard is held while facts are read: reading one may ask for others.
        let Some(memos) = self.told.get(path).map(|memos| memos.clone()) else {
            return false;
        };
        let mut changed = false;
        for (of, memo) in memos {
            let (known, digest) = (memo.again)(self, path);
            changed |= digest != memo.digest;
            let memo = Memo {
                known,
                digest,
                ..memo
            };
            self.told
                .entry(path.to_path_buf())
                .or_default()
                .insert(of, memo);
        }
        if changed {
            self.revision.fetch_add(1, Ordering::AcqRel);
        }
        changed
    }

    /// What a file tells.
    pub fn fact<T: Fact>(&self, path: &Path) -> Known<T> {
        let of = TypeId::of::<T>();
        if let Some(memos) = self.told.get(path)
            && let Some(memo) = memos.get(&of)
            && let Some(known) = memo.known.downcast_ref::<Known<T>>()
        {
            return known.clone();
        }
        loop {
            let times = self.times_changed(path);
            let known = self.read::<T>(path);
            let memo = Memo {
                digest: digest(&known),
                known: Arc::new(known.clone()),
                again: |workspace, path| {
                    let known = workspace.read::<T>(path);
                    let digest = digest(&known);
                    (Arc::new(known), digest)
                },
            };
            // Whoever changes the file counts first and looks at the memos then: either this is seen here, or the memo there.
            let mut memos = self.told.entry(path.to_path_buf()).or_default();
            if self.times_changed(path) == times {
                memos.insert(of, memo);
                return known;
            }
        }
    }

    /// What many files tell that tell anything, in their order. Threads that ask for the same files at the same time begin
    /// at different ones, so that each reads some of them for all.
    pub(super) fn facts<T: Fact>(&self, paths: &[PathBuf]) -> Vec<(PathBuf, Arc<T>)> {
        let thread = rayon::current_thread_index().unwrap_or_default();
        let first = paths.len() * thread / rayon::current_num_threads().max(1);
        let (before, behind) = paths.split_at(first.min(paths.len()));
        for path in behind.iter().chain(before) {
            self.fact::<T>(path);
        }
        let told = |path: &PathBuf| Some((path.clone(), self.fact::<T>(path).here()?));
        paths.iter().filter_map(told).collect()
    }

    fn read<T: Fact>(&self, path: &Path) -> Known<T> {
        let held = self.held.get(path).map(|held| held.clone());
        let text = OnceCell::new();
        if held.is_none() {
            match self.content(path) {
                Content::Text(read) => {
                    // Just made, so it is empty.
                    let _ = text.set(read);
                }
                Content::Strange(reason) => return Known::Strange(reason),
                Content::Missing => return Known::Missing,
            }
        }
        let source = Source {
            path,
            workspace: self,
            text,
            held,
        };
        T::read(&source).map_or(Known::Nothing, |fact| Known::Here(Arc::new(fact)))
    }

    /// What follows from the facts of several files, made once for each state of the project.
    pub fn derived<T: Any + Send + Sync>(&self, path: &Path, make: impl FnOnce() -> T) -> Arc<T> {
        let revision = self.revision();
        if let Some(known) = self.known::<T>(path) {
            return known;
        }
        let made = Arc::new(make());
        let key = (TypeId::of::<T>(), path.to_path_buf());
        self.derived.insert(key, (revision, made.clone()));
        made
    }

    /// What was derived in this state of the project.
    pub(super) fn known<T: Any + Send + Sync>(&self, path: &Path) -> Option<Arc<T>> {
        let key = (TypeId::of::<T>(), path.to_path_buf());
        let known = self.derived.get(&key)?;
        let fresh = known.0 == self.revision();
        fresh.then(|| known.1.clone().downcast::<T>().ok())?
    }

    pub fn content(&self, path: &Path) -> Content {
        match &self.files {
            Some(files) if files.within(path) => files.text(path),
            _ => Content::Missing,
        }
    }

    /// Whether version control has a file.
    pub(super) fn tracked(&self, path: &Path) -> bool {
        self.files.as_ref().is_some_and(|files| files.tracked(path))
    }

    /// Whether a path may be looked at.
    pub fn within(&self, path: &Path) -> bool {
        self.files.as_ref().is_some_and(|files| files.within(path))
    }

    /// What a file is, by its place in the checkout, its name and its text: folders above those that are checked count.
    pub fn classify(&self, path: &Path, text: &str, siblings: &[String]) -> Option<File> {
        let file = File::classify(&self.placed(path), text, siblings)?;
        Some(File {
            path: path.to_path_buf(),
            ..file
        })
    }

    /// A path in the checkout.
    fn placed<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let around = self.files.as_ref().map(|files| files.around());
        match around.filter(|around| !around.as_os_str().is_empty()) {
            Some(around) => crate::path::join(&around, &path.to_string_lossy()).into(),
            None => path.into(),
        }
    }

    /// A file's path from a folder above it, with slashes.
    pub(super) fn below(&self, folder: &Path, file: &Path) -> String {
        let file = self.placed(file);
        slashed(file.strip_prefix(self.placed(folder)).unwrap_or(&file))
    }

    /// The names in a folder as it is now, open files included, sorted; and whether each is a folder.
    pub(super) fn look_into(&self, path: &Path) -> Option<Vec<(String, bool)>> {
        let files = self.files.as_ref()?;
        if !files.within(path) {
            return None;
        }
        let mut found = files.folder(path);
        let held = self.held.iter();
        let held: Vec<PathBuf> = held
            .filter_map(|held| Some(held.key().strip_prefix(path).ok()?.to_path_buf()))
            .collect();
        for below in held {
            let mut names = below.components();
            let name = names.next().and_then(|name| name.as_os_str().to_str());
            if let Some(name) = name {
                let folder = names.next().is_some();
                found
                    .get_or_insert_default()
                    .push((name.to_owned(), folder));
            }
        }
        if let Some(names) = &mut found {
            names.sort();
            names.dedup();
        }
        found
    }

    fn names_beside(&self, path: &Path) -> Vec<String> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let names = self.folder(folder).unwrap_or_default();
        names.files().map(str::to_owned).collect()
    }

    /// The paths of all files, in their order.
    pub fn list(&self) -> Arc<BTreeSet<PathBuf>> {
        let known = self.index.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = &*known {
            return list.clone();
        }
        drop(known);
        let mut list: BTreeSet<PathBuf> = match &self.files {
            Some(files) => files.list().into_iter().collect(),
            None => BTreeSet::new(),
        };
        list.extend(self.held.iter().map(|held| held.key().clone()));
        let list = Arc::new(list);
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.get_or_insert(list).clone()
    }

    /// The text of a file, and where in it a place lies: the text from which the file's facts were read.
    pub fn locate(&self, path: &Path, place: &Place) -> Option<(Arc<str>, Span)> {
        let held = self.held.get(path).map(|held| held.clone());
        let text = match &held {
            Some(held) => String::from(&held.text).into(),
            None => match self.content(path) {
                Content::Text(text) => text,
                Content::Strange(_) | Content::Missing => return None,
            },
        };
        let start = match (&place.owner, held) {
            (Owner::Nth(at), Some(held)) => held.parts.get(*at as usize)?.0,
            (Owner::Nth(at), None) => {
                let siblings = self.names_beside(path);
                let kind = self.classify(path, &text, &siblings).map(|file| file.kind);
                // A file of another name is read as what it was taken for: what is mounted for a server is called so by its
                // last part, Dockerfiles have any name.
                let conf = path
                    .extension()
                    .is_some_and(|end| end == "conf" || end == "cnf");
                let kind = kind.unwrap_or(match conf {
                    true => Kind::ServerConf,
                    false => Kind::Dockerfile,
                });
                let chunks = Chunks::cut(kind.language(), &text, &mut Work::default());
                chunks.list().get(*at as usize)?.start
            }
            _ => 0,
        };
        let span = place.span.shifted(start);
        text.get(span.range())?;
        Some((text, span))
    }
}
