//! Command lines that start several workers, in the style in which they are written.

use crate::model::compose;
use crate::model::server::{Arg, Form, Kind, Opt, Server, is_plain};
use crate::rule::{Fix, Place, Safety};

/// What the edits of a command line are, or why there can be none.
pub type Plan = Result<Vec<(Place, String)>, String>;

/// A fix that makes the edits of a plan, or says why it cannot.
pub fn fix(title: impl Into<String>, plan: Plan) -> Fix {
    let fix = Fix::new(title, Safety::Unsafe);
    match plan {
        Ok(edits) => edits
            .into_iter()
            .fold(fix, |fix, (place, text)| fix.replace(place, text)),
        Err(reason) => fix.disabled(reason),
    }
}

/// `--workers N`, where one is said already or behind the last word.
pub fn workers(server: &Server, count: u32) -> Plan {
    let mut desk = Desk::new(server);
    desk.set_workers(count, server.line.args.len() - 1);
    if server.kind == Kind::FastApi && server.command() == "dev" {
        desk.replace(server.others[0], "run");
    }
    desk.done()
}

/// The command line without the word that makes the server watch the code, and without those that say how.
pub fn no_reload(server: &Server) -> Plan {
    let mut desk = Desk::new(server);
    for option in &server.options {
        if option.name == "--reload" || option.name.starts_with("--reload-") {
            desk.remove_option(option);
        }
    }
    desk.done()
}

/// The same application served by gunicorn with workers of uvicorn's; `None` where options are used that it does not know.
pub fn gunicorn(server: &Server, count: u32, class: &str) -> Option<Plan> {
    const SAME: &[(&str, &str)] = &[
        ("--log-level", "--log-level"),
        ("--backlog", "--backlog"),
        ("--timeout-keep-alive", "--keep-alive"),
        ("--limit-max-requests", "--max-requests"),
        ("--forwarded-allow-ips", "--forwarded-allow-ips"),
    ];
    let app = server.app().filter(|_| server.kind == Kind::Uvicorn)?;
    let [_] = server.others[..] else { return None };
    if !server.arg(app).text.contains([':', '$']) {
        return None;
    }
    let mut desk = Desk::new(server);
    desk.program("uvicorn", "gunicorn");
    desk.after(app, &["--worker-class", class]);
    desk.set_workers(count, app);
    let host = server.option("--host");
    let port = server.option("--port");
    desk.bind(host, port, "127.0.0.1", "8000")?;
    for option in &server.options {
        let name = option.name.as_str();
        let trace = option
            .value
            .as_ref()
            .is_some_and(|value| value.text == "trace");
        match name {
            "--host" | "--port" | "--workers" => {}
            "--no-access-log" => desk.remove_option(option),
            _ => {
                let (_, new) = SAME.iter().find(|(old, _)| *old == name && !trace)?;
                if *new != name {
                    desk.rename(option, new)?;
                }
            }
        }
    }
    Some(desk.done())
}

/// Flask's application behind gunicorn: `module:app`. `host` and `port` are those that it has where no option says them.
pub fn flask(server: &Server, count: u32, app: &str, host: &str, port: &str) -> Option<Plan> {
    const GONE: &[&str] = &[
        "--app",
        "--debug",
        "--reload",
        "--debugger",
        "--with-threads",
    ];
    let [run] = server.others[..] else {
        return None;
    };
    // Quotes may stand within quotes there.
    if server.arg(run).form == Form::Word && !is_plain(app) {
        return None;
    }
    let mut desk = Desk::new(server);
    desk.program("flask", "gunicorn");
    desk.replace(run, app);
    let count = count.to_string();
    desk.after(run, &["--workers", &count]);
    let (said_host, said_port) = (server.option("--host"), server.option("--port"));
    if said_host.or(said_port).is_none() {
        desk.after(run, &["--bind", &format!("{host}:{port}")]);
    }
    desk.bind(said_host, said_port, host, port)?;
    for option in &server.options {
        match option.name.as_str() {
            "--host" | "--port" => {}
            name if GONE.contains(&name) || name.starts_with("--no-") => {
                desk.remove_option(option);
            }
            _ => return None,
        }
    }
    Some(desk.done())
}

/// Django's application behind gunicorn: `site.wsgi`.
pub fn django(server: &Server, count: u32, module: &str) -> Option<Plan> {
    let (command, address) = match server.others[..] {
        [command] => (command, None),
        [command, address] => (command, Some(address)),
        _ => return None,
    };
    if server.options.iter().any(|option| option.value.is_some()) {
        return None;
    }
    let mut desk = Desk::new(server);
    let app = format!("{module}:application");
    let at = desk.in_place_of_python(&app);
    let count = count.to_string();
    let workers = ["--workers", count.as_str()];
    match address {
        Some(address) => {
            let arg = server.arg(address);
            if !arg.plain {
                return None;
            }
            let bind = match arg.text.rsplit_once(':') {
                Some(("0", port)) => format!("0.0.0.0:{port}"),
                Some(_) => arg.text.clone(),
                None => format!("127.0.0.1:{}", arg.text),
            };
            desk.replace(command, "--bind");
            desk.replace(address, &bind);
            desk.after(address, &workers);
        }
        None => {
            desk.after(at, &workers);
            desk.remove(command);
        }
    }
    for option in &server.options {
        desk.remove_option(option);
    }
    Some(desk.done())
}

/// What a script serves behind gunicorn: `module:app`, with a class of workers where one is needed.
pub fn script(
    server: &Server,
    count: u32,
    app: &str,
    class: Option<&str>,
    bind: &str,
) -> Option<Plan> {
    if !server.options.is_empty() || !server.others.is_empty() {
        return None;
    }
    let mut desk = Desk::new(server);
    let at = desk.in_place_of_python(app);
    if let Some(class) = class {
        desk.after(at, &["--worker-class", class]);
    }
    desk.after(at, &["--workers", &count.to_string(), "--bind", bind]);
    Some(desk.done())
}

/// Edits of one command line in the making.
struct Desk<'a> {
    server: &'a Server<'a>,
    edits: Vec<(Place, String)>,
    refused: Option<&'static str>,
}

impl<'a> Desk<'a> {
    fn new(server: &'a Server) -> Desk<'a> {
        Desk {
            server,
            edits: Vec::new(),
            refused: None,
        }
    }

    fn done(self) -> Plan {
        match self.refused {
            Some(reason) => Err(reason.into()),
            None => Ok(self.edits),
        }
    }

    fn arg(&mut self, at: usize) -> &'a Arg {
        let arg = &self.server.line.args[at];
        self.refused = self.refused.or(arg.frozen);
        arg
    }

    /// Say how many workers there are; `behind` is the word behind which it is said where nothing is.
    fn set_workers(&mut self, count: u32, behind: usize) {
        let count = count.to_string();
        let option = self.server.option("--workers");
        match option.and_then(|option| Some((option, option.value.as_ref()?))) {
            Some((option, value)) if option.is_inline() => {
                self.replace(value.at, &format!("--workers={count}"));
            }
            Some((_, value)) => self.replace(value.at, &count),
            None => self.after(behind, &["--workers", &count]),
        }
    }

    /// Put another program in the place of one, in the same folder where one is named.
    fn program(&mut self, old: &str, new: &str) {
        let at = self.server.program;
        let text = &self.server.arg(at).text;
        let folder = text.strip_suffix(old).unwrap_or_default();
        self.replace(at, &format!("{folder}{new}"));
    }

    /// `gunicorn app` in place of `python -u script`; the word of the application.
    fn in_place_of_python(&mut self, app: &str) -> usize {
        let (first, program) = (self.server.first, self.server.program);
        self.replace(first, "gunicorn");
        for at in first + 1..program {
            self.remove(at);
        }
        match first == program {
            true => self.after(first, &[app]),
            false => self.replace(program, app),
        }
        program
    }

    /// `--bind host:port` in place of the first of two options, without the other.
    fn bind(
        &mut self,
        host: Option<&Opt>,
        port: Option<&Opt>,
        default_host: &str,
        default_port: &str,
    ) -> Option<()> {
        let mut given: Vec<&Opt> = host.into_iter().chain(port).collect();
        given.sort_by_key(|option| option.at);
        let Some((first, others)) = given.split_first() else {
            return Some(());
        };
        let said = |option: Option<&Opt>, default: &str| match option {
            Some(option) => self.value(option),
            None => Some(default.to_owned()),
        };
        let (mut host, port) = (said(host, default_host)?, said(port, default_port)?);
        if host.contains(':') && !host.contains(['[', '$']) {
            host = format!("[{host}]");
        }
        self.rewrite(first, "--bind", &format!("{host}:{port}"))?;
        for option in others {
            self.remove_option(option);
        }
        Some(())
    }

    /// The value of an option as it may be written elsewhere in the line.
    fn value(&self, option: &Opt) -> Option<String> {
        let value = option.value.as_ref()?;
        let plain = self.server.arg(value.at).plain;
        plain.then(|| value.text.clone())
    }

    fn rename(&mut self, option: &Opt, name: &str) -> Option<()> {
        let value = self.value(option)?;
        self.rewrite(option, name, &value)
    }

    fn rewrite(&mut self, option: &Opt, name: &str, text: &str) -> Option<()> {
        let value = option.value.as_ref()?;
        if option.is_inline() {
            self.replace(option.at, &format!("{name}={text}"));
        } else {
            self.replace(option.at, name);
            self.replace(value.at, text);
        }
        Some(())
    }

    fn replace(&mut self, at: usize, text: &str) {
        let arg = self.arg(at);
        if arg.text != text {
            let written = written(arg, text);
            self.edits.push((arg.place.clone(), written));
        }
    }

    fn after(&mut self, at: usize, words: &[&str]) {
        let edit = behind(self.arg(at), words);
        self.edits.push(edit);
    }

    fn remove_option(&mut self, option: &Opt) {
        for at in option.at..option.at + option.words() {
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) {
        let arg = self.arg(at);
        let args = &self.server.line.args;
        if let Form::Item(item) = &arg.form
            && let Some(block) = &item.block
        {
            self.edits.push((block.lines.clone(), String::new()));
            return;
        }
        let near = |other: &Arg| other.place.owner == arg.place.owner && other.group == arg.group;
        let mut place = arg.place.clone();
        let before = at.checked_sub(1).map(|at| &args[at]);
        match (before.filter(|other| near(other)), args.get(at + 1)) {
            (Some(before), _) => place.span.start = before.place.span.end.min(place.span.start),
            // The first word of a CMD whose program is in the ENTRYPOINT.
            (None, Some(next)) if near(next) => {
                place.span.end = next.place.span.start.max(place.span.end);
            }
            (None, _) => {}
        }
        self.edits.push((place, String::new()));
    }
}

/// The edit that puts words behind one of a command line, each as that one is written.
pub fn behind(arg: &Arg, words: &[&str]) -> (Place, String) {
    let words = words.iter().map(|word| written(arg, word));
    let behind = |mut place: Place| {
        place.span.start = place.span.end;
        place
    };
    match &arg.form {
        Form::Json => (
            behind(arg.place.clone()),
            words.map(|word| format!(", {word}")).collect(),
        ),
        Form::Word => (
            behind(arg.place.clone()),
            words.map(|word| format!(" {word}")).collect(),
        ),
        Form::Item(compose::Item { place, block: None }) => (
            behind(place.clone()),
            words.map(|word| format!(", {word}")).collect(),
        ),
        Form::Item(compose::Item {
            block: Some(block), ..
        }) => {
            let indent = " ".repeat(block.indent as usize);
            (
                block.end.clone(),
                words.map(|word| format!("\n{indent}- {word}")).collect(),
            )
        }
    }
}

/// A text in the quotes of the word that it follows or replaces. None of the texts written here needs escapes.
fn written(arg: &Arg, text: &str) -> String {
    match &arg.form {
        Form::Word => text.to_owned(),
        Form::Json => format!("\"{text}\""),
        Form::Item(item) => {
            let span = item.place.span;
            let quotes = (span.end - span.start) as usize > arg.text.len();
            // A number must be a string there, and a flow item must not hold its marks.
            let plain = !quotes
                && item.block.is_some()
                && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
                && !text.contains([':', '{', '[']);
            match plain {
                true => text.to_owned(),
                false => format!("\"{text}\""),
            }
        }
    }
}
