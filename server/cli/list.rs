//! `harden rules` and `harden explain`.

use std::io::Write;

use clap::ValueEnum;
use harden_engine::config::Selector;
use harden_engine::output::{entry, explanation, json};
use harden_engine::rules;

use super::{Failure, Outcome};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
}

pub(super) fn rules(format: Format) -> Result<Outcome, Failure> {
    let table: Vec<json::Rule> = rules::all().map(entry).collect();
    let mut out = anstream::stdout().lock();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &table).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            let name = table.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
            for rule in &table {
                let off = if rule.off { " Off by default." } else { "" };
                writeln!(
                    out,
                    "{:name$}  {:8}  {:6}  {}{off}",
                    rule.name, rule.severity, rule.fix, rule.summary
                )?;
            }
        }
        Format::Markdown => {
            writeln!(
                out,
                "| Rule | Severity | Fix | What it finds | Also known as |"
            )?;
            writeln!(out, "|---|---|---|---|---|")?;
            for rule in &table {
                let also = shortened(rule.also);
                writeln!(
                    out,
                    "| `{}` | {}{} | {} | {} | {also} |",
                    rule.name,
                    rule.severity,
                    if rule.off { ", off" } else { "" },
                    if rule.fix == "none" { "–" } else { rule.fix },
                    rule.summary.replace('|', "\\|"),
                )?;
            }
        }
    }
    Ok(Outcome::Clean)
}

/// Ids with a tool's name before them, counted where a table has no room for all.
fn shortened(also: &[&str]) -> String {
    const MANY: usize = 12;
    let tool = |id: &str| id.split_once(':').map(|(tool, _)| tool.to_owned());
    let count = |tool: &str| {
        also.iter()
            .filter(|id| id.split(':').next() == Some(tool))
            .count()
    };
    let mut shown: Vec<String> = Vec::new();
    for id in also {
        let said = match tool(id).map(|tool| (count(&tool), tool)) {
            Some((many, tool)) if many > MANY => format!("{many} of {tool}"),
            _ => (*id).to_owned(),
        };
        if !shown.contains(&said) {
            shown.push(said);
        }
    }
    shown.join(" ")
}

pub(super) fn explain(name: &str) -> Result<Outcome, Failure> {
    let rule = rules::find(name).ok_or_else(|| match Selector::parse(name) {
        Err(message) => Failure::Usage(message),
        Ok(_) => Failure::Usage(format!("`{name}` names several rules: see `harden rules`")),
    })?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "# {}\n\n{}", rule.name, explanation(rule))?;
    Ok(Outcome::Clean)
}

pub(super) fn completions(
    shell: clap_complete::Shell,
    mut command: clap::Command,
) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "harden", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Outcome::Clean)
}
