//! From text to commands: separators, bodies, redirections.

use super::word::{Making, is_meta, name_length};
use super::{Assignment, Command, Inside, Joint, Origin, Redirection, argv};

/// Levels of substitutions and of scripts within scripts that are read; deeper ones are passed over.
pub(super) const DEEPEST: usize = 24;
/// Levels of bodies that a command tells of.
const MOST_INSIDE: usize = 64;
/// Searches for the end of a heredoc that may fail: each reads all of the rest.
const MOST_VAIN: usize = 32;

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) origin: &'a Origin,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// Something is not closed.
    pub(super) open: bool,
    /// What all of it stands in.
    around: Vec<Inside>,
    blocks: Vec<Block>,
    /// A function's name was read, so that what opens next is its body.
    function: bool,
    heredocs: Vec<(String, bool)>,
    vain: usize,
    out: &'a mut Vec<Command>,
}

struct Block {
    kind: Kind,
    inside: Inside,
    function: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    If,
    Loop,
    Case,
    Brace,
    Bracket,
}

/// Add the commands of a text; whether something in it is not closed.
pub(super) fn read(
    text: &str,
    origin: &Origin,
    around: &[Inside],
    depth: usize,
    out: &mut Vec<Command>,
) -> bool {
    let mut reader = Reader {
        text,
        origin,
        at: 0,
        depth,
        open: false,
        around: around.to_vec(),
        blocks: Vec::new(),
        function: false,
        heredocs: Vec::new(),
        vain: 0,
        out,
    };
    reader.list(false);
    reader.open || !reader.blocks.is_empty()
}

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn starts(&self, with: &str) -> bool {
        self.text[self.at..].starts_with(with)
    }

    /// Commands up to the end, or to the bracket that closes a substitution; whether there was one.
    fn list(&mut self, closing: bool) -> bool {
        let mut joint = Joint::First;
        loop {
            self.blanks();
            let Some(c) = self.peek() else { return false };
            match c {
                '#' => self.comment(),
                '\n' => {
                    self.at += 1;
                    self.bodies();
                }
                ';' => {
                    let case = self.text[self.at + 1..].starts_with([';', '&']);
                    self.at += self.text[self.at..]
                        .bytes()
                        .take_while(|byte| matches!(byte, b';' | b'&'))
                        .count();
                    if case && self.top() == Some(Kind::Case) {
                        self.pattern();
                    }
                }
                '&' if !self.starts("&>") => {
                    let and = self.starts("&&");
                    self.at += 1 + usize::from(and);
                    joint = if and { Joint::And } else { Joint::Background };
                }
                '|' => {
                    let or = self.starts("||");
                    self.at += 1 + usize::from(or || self.starts("|&"));
                    joint = if or { Joint::Or } else { Joint::Pipe };
                }
                ')' => {
                    self.at += 1;
                    if self.top() == Some(Kind::Bracket) {
                        self.blocks.pop();
                    } else if closing {
                        return true;
                    }
                }
                '(' if self.starts("((") && self.is_arithmetic() => {}
                '(' => {
                    self.at += 1;
                    self.push(Kind::Bracket, Inside::Subshell);
                }
                _ => {
                    let before = self.at;
                    if self.command(joint) {
                        joint = Joint::Then;
                    }
                    // Whatever could not be read is passed over: each round gets on.
                    if self.at == before {
                        self.at += c.len_utf8();
                    }
                }
            }
        }
    }

    fn top(&self) -> Option<Kind> {
        self.blocks.last().map(|block| block.kind)
    }

    fn push(&mut self, kind: Kind, inside: Inside) {
        let function = std::mem::take(&mut self.function);
        self.blocks.push(Block {
            kind,
            inside,
            function,
        });
    }

    fn pop(&mut self, kind: Kind) {
        if let Some(at) = self.blocks.iter().rposition(|block| block.kind == kind) {
            self.blocks.truncate(at);
        }
    }

    fn inside(&self) -> Vec<Inside> {
        let blocks = self.blocks.iter().flat_map(|block| {
            let function = block.function.then_some(Inside::Function);
            function.into_iter().chain([block.inside])
        });
        self.around
            .iter()
            .copied()
            .chain(blocks)
            .take(MOST_INSIDE)
            .collect()
    }

    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.starts("\\\n") => self.at += 2,
                Some('\\') if self.starts("\\\r\n") => self.at += 3,
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        self.at = self.text[self.at..]
            .find('\n')
            .map_or(self.text.len(), |n| self.at + n);
    }

    /// `((`…`))`, if it closes so: else two subshells.
    fn is_arithmetic(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let line = rest.split('\n').next().unwrap_or(rest);
        let Some(end) = line.find("))") else {
            return false;
        };
        self.at += end + 2;
        true
    }

    /// One simple command, or a word of the grammar. Whether a command was added.
    fn command(&mut self, joint: Joint) -> bool {
        let first = self.out.len();
        let start = self.at;
        let mut assignments = Vec::new();
        let mut words: Vec<Making> = Vec::new();
        let mut redirections = Vec::new();
        // Behind `fi` and its kin only redirections follow.
        let mut closed = false;
        let mut end = start;
        loop {
            self.blanks();
            let Some(c) = self.peek() else { break };
            match c {
                '\n' | ';' | '|' | ')' | '#' => break,
                '&' if !self.starts("&>") => break,
                '(' => {
                    if words.len() == 1 && assignments.is_empty() && self.brackets() {
                        self.function = true;
                        self.out.truncate(first);
                        return false;
                    }
                    if words.is_empty() && assignments.is_empty() {
                        break;
                    }
                    if self.text[..self.at].ends_with('=') {
                        self.array();
                    } else {
                        self.at += 1;
                    }
                    end = self.at;
                    continue;
                }
                _ => {}
            }
            if let Some(operator) = self.operator() {
                self.blanks();
                let target = self.word().unwrap_or_default().word;
                if let "<<" | "<<-" = operator {
                    self.heredocs.push((target.text.clone(), operator == "<<-"));
                }
                redirections.push(Redirection { operator, target });
                end = self.at;
                continue;
            }
            let from = self.at;
            let Some(making) = self.word() else { break };
            end = self.at;
            let alone = words.is_empty() && assignments.is_empty() && redirections.is_empty();
            if alone && !closed && !making.word.quoted {
                match self.reserved(&making.word.text) {
                    Reserved::No => {}
                    Reserved::Opens => return false,
                    Reserved::Closes => {
                        closed = true;
                        continue;
                    }
                    Reserved::Test => {
                        words.push(making);
                        self.test(&mut words);
                        end = self.at;
                        continue;
                    }
                }
            }
            match assignment(self, from, &making) {
                Some(assignment) if words.is_empty() => assignments.push(assignment),
                _ => words.push(making),
            }
        }
        if words.is_empty() && assignments.is_empty() && (closed || redirections.is_empty()) {
            return false;
        }
        let (words, origins): (Vec<_>, Vec<_>) = words
            .into_iter()
            .map(|making| (making.word, making.origin))
            .unzip();
        let command = Command {
            joint,
            inside: self.inside(),
            assignments,
            words,
            redirections,
            span: self.origin.span(start..end),
        };
        let script = argv::script(&command.words);
        let script = script.map(|at| (command.words[at].text.clone(), &origins[at]));
        self.out.insert(first, command);
        if let Some((text, origin)) = script {
            self.read(&text, origin, Inside::Script);
        }
        true
    }

    /// The items of `a=( … )`, which is no command.
    fn array(&mut self) {
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                None => self.open = true,
                Some(')') => self.at += 1,
                Some(c) => {
                    if self.word().is_none() {
                        self.at += c.len_utf8();
                    }
                    continue;
                }
            }
            return;
        }
    }

    /// `()` of a function.
    fn brackets(&mut self) -> bool {
        let rest = self.text[self.at + 1..].trim_start_matches([' ', '\t']);
        if !rest.starts_with(')') {
            return false;
        }
        self.at = self.text.len() - rest.len() + 1;
        true
    }

    fn reserved(&mut self, word: &str) -> Reserved {
        let top = |blocks: &mut Vec<Block>, kind, inside| {
            if let Some(block) = blocks.iter_mut().rfind(|block| block.kind == kind) {
                block.inside = inside;
            }
        };
        match word {
            "if" => self.push(Kind::If, Inside::Condition),
            "then" | "else" => top(&mut self.blocks, Kind::If, Inside::Branch),
            "elif" => top(&mut self.blocks, Kind::If, Inside::Condition),
            "while" | "until" => self.push(Kind::Loop, Inside::Condition),
            "do" => top(&mut self.blocks, Kind::Loop, Inside::Loop),
            "for" | "select" => {
                self.push(Kind::Loop, Inside::Loop);
                while !matches!(self.peek(), None | Some(';' | '\n')) {
                    self.blanks();
                    if self.word().is_none() && !matches!(self.peek(), None | Some(';' | '\n')) {
                        self.at += 1;
                    }
                }
            }
            "case" => {
                self.blanks();
                self.word();
                self.push(Kind::Case, Inside::Branch);
                self.space();
                if self.starts("in") {
                    self.at += 2;
                    self.pattern();
                }
            }
            "{" => self.push(Kind::Brace, Inside::Group),
            "!" => {}
            "function" => {
                self.blanks();
                self.word();
                self.blanks();
                if self.starts("(") {
                    self.brackets();
                }
                self.function = true;
            }
            "[[" => return Reserved::Test,
            "fi" | "done" | "esac" | "}" => {
                self.pop(match word {
                    "fi" => Kind::If,
                    "done" => Kind::Loop,
                    "esac" => Kind::Case,
                    _ => Kind::Brace,
                });
                return Reserved::Closes;
            }
            _ => return Reserved::No,
        }
        Reserved::Opens
    }

    /// The words up to `]]`, in which operators are words.
    fn test(&mut self, words: &mut Vec<Making>) {
        loop {
            self.blanks();
            match self.peek() {
                None | Some('\n') => return,
                Some(c) if is_meta(c) => self.at += 1,
                Some(_) => {
                    let Some(making) = self.word() else { return };
                    let end = making.word.text == "]]";
                    words.push(making);
                    if end {
                        return;
                    }
                }
            }
        }
    }

    /// Blanks, newlines, comments.
    fn space(&mut self) {
        loop {
            self.blanks();
            match self.peek() {
                Some('\n') => self.at += 1,
                Some('#') => self.comment(),
                _ => return,
            }
        }
    }

    /// `a|b)`, where a branch of a `case` starts.
    fn pattern(&mut self) {
        self.space();
        let rest = &self.text[self.at..];
        if rest.starts_with("esac") && !rest[4..].starts_with(|c: char| !is_meta(c)) {
            return;
        }
        while let Some(c) = self.peek() {
            match c {
                ')' => {
                    self.at += 1;
                    return;
                }
                '\n' => return,
                _ if self.word().is_some() => {}
                _ => self.at += c.len_utf8(),
            }
        }
    }

    fn operator(&mut self) -> Option<&'static str> {
        let rest = &self.text[self.at..];
        let bare = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let known = OPERATORS.iter().find(|known| bare.starts_with(*known))?;
        let substitution = matches!(*known, "<" | ">") && bare[1..].starts_with('(');
        if substitution || known.starts_with('&') && bare.len() < rest.len() {
            return None;
        }
        self.at += rest.len() - bare.len() + known.len();
        Some(known)
    }

    /// Behind a newline: pass over the heredocs of its line.
    fn bodies(&mut self) {
        for (name, chomp) in std::mem::take(&mut self.heredocs) {
            if self.vain == MOST_VAIN {
                return;
            }
            let mut at = self.at;
            let end = loop {
                let line = self.text[at..].split_inclusive('\n').next();
                let Some(line) = line else { break None };
                at += line.len();
                let line = line.trim_end_matches(['\n', '\r']);
                let tabs = if chomp { "\t" } else { "" };
                if line == name || !tabs.is_empty() && line.trim_start_matches(tabs) == name {
                    break Some(at);
                }
            };
            match end {
                Some(end) => self.at = end,
                None => self.vain += 1,
            }
        }
    }

    /// Read the commands of a substitution at the reader's place, up to its bracket.
    pub(super) fn nested(&mut self, what: Inside) {
        if self.depth >= DEEPEST {
            self.close(1);
            return;
        }
        let inside = self.inside();
        let around = std::mem::replace(&mut self.around, inside);
        self.around.push(what);
        let blocks = std::mem::take(&mut self.blocks);
        let function = std::mem::take(&mut self.function);
        self.depth += 1;
        let closed = self.list(true);
        self.depth -= 1;
        self.open |= !closed;
        self.function = function;
        self.blocks = blocks;
        self.around = around;
    }

    /// Read the commands of another text.
    pub(super) fn read(&mut self, text: &str, origin: &Origin, what: Inside) {
        if self.depth < DEEPEST {
            let mut around = self.inside();
            around.push(what);
            self.open |= read(text, origin, &around, self.depth + 1, self.out);
        }
    }
}

/// Longer ones first.
const OPERATORS: &[&str] = &[
    "<<<", "<<-", "&>>", "<<", ">>", ">&", "<&", ">|", "<>", "&>", "<", ">",
];

enum Reserved {
    No,
    /// A command comes next.
    Opens,
    Closes,
    Test,
}

/// `NAME=…`, `NAME+=…`
fn assignment(reader: &Reader, from: usize, making: &Making) -> Option<Assignment> {
    let written = &reader.text[from..reader.at];
    let name = name_length(written);
    let rest = &written[name..];
    let equals = if rest.starts_with("+=") { 2 } else { 1 };
    if name == 0 || !rest.starts_with(['=', '+']) || !rest[equals - 1..].starts_with('=') {
        return None;
    }
    let cut = name + equals;
    let word = &making.word;
    let mut value = word.clone();
    value.text = word.text.get(cut..)?.to_owned();
    value.dynamic = word.dynamic.map(|at| at.saturating_sub(cut as u32));
    for variable in &mut value.variables {
        variable.start = variable.start.saturating_sub(cut as u32);
        variable.end = variable.end.saturating_sub(cut as u32);
    }
    value.span = reader.origin.span(from + cut..reader.at);
    Some(Assignment {
        name: written[..name].into(),
        value,
        span: word.span,
    })
}
