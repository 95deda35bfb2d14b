//! What was found → standard output, in the format that is wanted.

use std::io::{self, BufWriter, Write};

use clap::ValueEnum;
use harden_engine::batch;
use harden_engine::fix::{Rendered, View, render};
use harden_engine::output::{Secrets, json};
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Fix, Severity};
use serde::Serialize;

use super::page::Checked;
use super::summary::Summary;
use super::{Failure, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Jsonl,
}

/// What is printed of one file.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) summary: Summary,
    pub(super) text: String,
    pub(super) json: Vec<json::Finding>,
    pub(super) unread: Option<NotRead>,
    /// For stderr.
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct NotRead {
    pub(super) file: String,
    pub(super) message: String,
}

/// What is done with what is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    pub(super) format: Format,
    pub(super) least: Severity,
    pub(super) diff: bool,
    /// Only say what was fixed.
    pub(super) quiet: bool,
}

impl Sheet {
    /// A file with findings only: one that could not be read, or a configuration.
    pub(super) fn of(mode: Mode, path: &str, text: &str, mut findings: Vec<Finding>) -> Sheet {
        let alone = Workspace::default();
        findings.retain(|finding| finding.severity >= mode.least);
        let mut sheet = Sheet::default();
        sheet.summary.count(&findings);
        let secrets = Secrets::default();
        match mode.format {
            Format::Text => sheet.text = text::render(path, text, &findings, &secrets, &alone),
            _ => {
                let render = |_: &Fix| Ok(Rendered::default());
                sheet.json = json::findings(path, text, &findings, &secrets, &alone, render);
            }
        }
        sheet
    }

    /// Count and render what is left in a page.
    pub(super) fn take(&mut self, mode: Mode, page: &mut Checked, workspace: &Workspace) {
        page.findings
            .retain(|finding| finding.severity >= mode.least);
        self.summary.count(&page.findings);
        if page.findings.is_empty() || mode.quiet || mode.diff {
            return;
        }
        let secrets = Secrets::new(&page.text, page.secrets.iter().copied());
        if mode.format == Format::Text {
            self.text = text::render(&page.path, &page.text, &page.findings, &secrets, workspace);
            return;
        }
        let parts = batch::surroundings(&page.file, &page.text, &page.findings);
        let view = View {
            file: &page.file,
            text: &page.text,
            parts: &parts,
            workspace,
        };
        let render = |fix: &Fix| render(&view, fix);
        self.json = json::findings(
            &page.path,
            &page.text,
            &page.findings,
            &secrets,
            workspace,
            render,
        );
    }
}

pub(super) fn print(mode: Mode, sheets: &[Sheet], summary: &Summary) -> Result<(), Failure> {
    match mode.format {
        Format::Text => {
            let mut out = BufWriter::new(anstream::stdout().lock());
            for sheet in sheets {
                out.write_all(sheet.text.as_bytes())?;
            }
            summary.write(&mut out, mode.quiet || mode.diff)?;
            out.flush()?;
        }
        Format::Jsonl => {
            let mut out = BufWriter::new(io::stdout().lock());
            for finding in sheets.iter().flat_map(|sheet| &sheet.json) {
                serde_json::to_writer(&mut out, finding).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            out.flush()?;
        }
        Format::Json => {
            let mut out = BufWriter::new(io::stdout().lock());
            let whole = serde_json::json!({
                "findings": sheets.iter().flat_map(|sheet| &sheet.json).collect::<Vec<_>>(),
                "files": {
                    "checked": summary.checked,
                    "unread": sheets.iter().filter_map(|sheet| sheet.unread.as_ref()).collect::<Vec<_>>(),
                },
                "advisories": {},
            });
            serde_json::to_writer_pretty(&mut out, &whole).map_err(io::Error::from)?;
            writeln!(out)?;
            out.flush()?;
        }
    }
    Ok(())
}
