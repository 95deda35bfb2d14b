//! How old the data is, and how far it reaches: never "no vulnerabilities".

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::str::FromStr;

use harden_engine::model::advisories::{Advisories, Head};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Format, cache};

/// Data of more days is called old.
const OLD: i64 = 90;

pub(super) fn show(format: Format, today: Date) -> io::Result<()> {
    let advisories = cache::current();
    let heads = advisories.heads();
    let file = cache::file();
    let mut out = anstream::stdout().lock();
    if format == Format::Json {
        let mut whole = report(&advisories, today, None);
        whole["tables"] = heads.iter().map(table).collect();
        whole["cache"] = json!(file.map(|file| file.display().to_string()));
        whole["problem"] = json!(cache::problem());
        return writeln!(out, "{whole:#}");
    }
    for (head, name) in heads.iter().zip(["with the program", "imported"]) {
        let extent = if head.complete {
            ""
        } else {
            ", a part of all packages"
        };
        writeln!(
            out,
            "{name}: {} ranges on {} packages{extent}, of {}; {}",
            head.rows, head.packages, head.date, head.source
        )?;
    }
    if let Some(problem) = cache::problem() {
        writeln!(out, "imported: {problem}")?;
    } else if heads.len() == 1 {
        writeln!(out, "imported: nothing")?;
    }
    if let Some(file) = file {
        writeln!(out, "imports are kept in {}", file.display())?;
    }
    let date = advisories.date();
    match age(&date, today) {
        Some(days) if days > OLD => writeln!(
            out,
            "the newest is {days} days old: what became known later is missing, `harden advisories update` fetches it"
        ),
        Some(days) => writeln!(out, "the newest is {days} days old"),
        None => writeln!(out, "how old it is nobody says"),
    }
}

fn table(head: &Head) -> Value {
    json!({
        "date": head.date,
        "source": head.source,
        "complete": head.complete,
        "rows": head.rows,
        "packages": head.packages,
    })
}

/// Days since a date; `None` where it is none.
fn age(date: &str, today: Date) -> Option<i64> {
    let date = Date::from_str(date).ok()?;
    Some(i64::from(today.since(date).ok()?.get_days()))
}

/// The distributions that were held against advisories, by the normal forms of their names.
#[derive(Debug, Default)]
pub(in crate::cli) struct Tally(BTreeSet<String>);

impl Tally {
    pub(in crate::cli) fn take(&mut self, keys: &[String]) {
        self.0.extend(keys.iter().cloned());
    }

    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn unknown(&self, advisories: &Advisories) -> usize {
        self.0.iter().filter(|key| !advisories.know(key)).count()
    }

    /// One line that says against what they were held. It does not change from day to day, as an age would.
    pub(in crate::cli) fn line(&self, advisories: &Advisories, today: Date) -> String {
        let complete = advisories.heads().iter().any(|head| head.complete);
        let date = advisories.date();
        let old = match age(&date, today) {
            Some(days) if days <= OLD => "",
            Some(_) => ", more than 90 days old",
            None => ", of no known age",
        };
        let many = self.0.len();
        let unknown = self.unknown(advisories);
        let gap = if unknown == 0 || complete {
            String::new()
        } else if unknown == many {
            ", which has none of them".into()
        } else {
            format!(", which has nothing on {unknown} of them")
        };
        let more = if old.is_empty() && complete {
            ""
        } else {
            " (`harden advisories update` fetches newer data)"
        };
        let what = if many == 1 {
            "dependency was"
        } else {
            "dependencies were"
        };
        format!("{many} {what} held against advisory data of {date}{old}{gap}{more}")
    }
}

/// The data, and how many of the dependencies that were checked it knows.
pub(in crate::cli) fn report(advisories: &Advisories, today: Date, tally: Option<&Tally>) -> Value {
    let heads = advisories.heads();
    let date = advisories.date();
    let days = age(&date, today);
    let sources: Vec<&str> = heads.iter().map(|head| head.source.as_str()).collect();
    let mut whole = json!({
        "date": date,
        "age_days": days,
        "old": days.is_none_or(|days| days > OLD),
        "complete": heads.iter().any(|head| head.complete),
        "packages": advisories.packages(),
        "sources": sources,
    });
    if let Some(tally) = tally {
        whole["dependencies"] = json!({
            "checked": tally.0.len(),
            "unknown": tally.unknown(advisories),
        });
    }
    whole
}
