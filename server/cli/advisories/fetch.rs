//! A file over HTTP, which may come in several attempts.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, Response, StatusCode};

/// A file that was fetched whole, as far as its length tells.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) file: PathBuf,
    note: PathBuf,
}

impl Fetched {
    pub(super) fn discard(self) {
        // It is in nobody's way.
        let _ = fs::remove_file(self.file);
        let _ = fs::remove_file(self.note);
    }
}

/// More is not fetched, in bytes: OSV's file has less than a tenth.
const MOST_BYTES: u64 = 1 << 30;

/// What is known of a file of which a part is here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Note {
    url: String,
    /// By which the server tells whether it is still the same file.
    tag: String,
}

impl Note {
    fn read(path: &Path) -> Option<Note> {
        let text = fs::read_to_string(path).ok()?;
        let (url, tag) = text.trim_end().split_once('\n')?;
        Some(Note {
            url: url.into(),
            tag: tag.into(),
        })
    }

    fn text(&self) -> String {
        format!("{}\n{}\n", self.url, self.tag)
    }
}

/// Fetch a file into a folder. What an earlier attempt has left is taken up where the file is still the same.
///
/// # Errors
/// The reason; what has come so far is kept for the next attempt.
pub(super) fn fetch(url: &str, folder: &Path, progress: &impl Fn(&str)) -> Result<Fetched, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let fetched = Fetched {
        file: folder.join("osv.zip.part"),
        note: folder.join("osv.zip.note"),
    };
    let agent: Agent = Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .http_status_as_error(false)
        .user_agent(concat!("harden/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let known = Note::read(&fetched.note).filter(|note| note.url == url && !note.tag.is_empty());
    let here = fs::metadata(&fetched.file).map_or(0, |file| file.len());
    if let Some(note) = known.filter(|_| here > 0) {
        let request = agent
            .get(url)
            .header("Range", format!("bytes={here}-"))
            .header("If-Range", &note.tag);
        let response = request.call().map_err(|error| failed(url, &error))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                if let Some(total) = total_from(response.headers(), here) {
                    return take(response, fetched, here, Some(total), progress);
                }
            }
            StatusCode::OK => return whole(response, url, fetched, progress),
            // The part is as long as the file, or longer: from the start, then.
            _ => {}
        }
    }
    let response = agent.get(url).call().map_err(|error| failed(url, &error))?;
    whole(response, url, fetched, progress)
}

fn failed(url: &str, error: &ureq::Error) -> String {
    format!("{url} could not be fetched: {error}")
}

/// The length of the whole file, if the part that is sent starts at `here`: `bytes 10-99/100`.
fn total_from(headers: &HeaderMap, here: u64) -> Option<u64> {
    let range = headers.get("Content-Range")?.to_str().ok()?;
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    (start.parse() == Ok(here)).then(|| total.parse().ok())?
}

fn whole(
    response: Response<ureq::Body>,
    url: &str,
    fetched: Fetched,
    progress: &impl Fn(&str),
) -> Result<Fetched, String> {
    if response.status() != StatusCode::OK {
        return Err(format!(
            "{url} could not be fetched: the server says {}",
            response.status()
        ));
    }
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    // A weak tag does not say that the bytes are the same.
    let tag = header("ETag").filter(|tag| !tag.starts_with("W/"));
    let note = Note {
        url: url.to_owned(),
        tag: tag.or_else(|| header("Last-Modified")).unwrap_or_default(),
    };
    let total = header("Content-Length").and_then(|length| length.parse().ok());
    File::create(&fetched.file)
        .and_then(|_| fs::write(&fetched.note, note.text()))
        .map_err(|error| format!("{}: {error}", fetched.file.display()))?;
    take(response, fetched, 0, total, progress)
}

/// Write what comes behind what is here already.
fn take(
    response: Response<ureq::Body>,
    fetched: Fetched,
    here: u64,
    total: Option<u64>,
    progress: &impl Fn(&str),
) -> Result<Fetched, String> {
    let unwritten = |error: std::io::Error| format!("{}: {error}", fetched.file.display());
    let opened = OpenOptions::new().append(true).open(&fetched.file);
    let mut file = opened.map_err(unwritten)?;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    let mut done = here;
    let broke = loop {
        if done > MOST_BYTES {
            fetched.discard();
            return Err("what is sent is larger than any such file: it was thrown away".into());
        }
        match body.read(&mut buffer) {
            Ok(0) => break None,
            Ok(count) => {
                file.write_all(&buffer[..count]).map_err(unwritten)?;
                done += count as u64;
                progress(&match total {
                    Some(total) => format!("{} of {} KiB fetched", done >> 10, total >> 10),
                    None => format!("{} KiB fetched", done >> 10),
                });
            }
            Err(error) => break Some(error.to_string()),
        }
    };
    progress("");
    let short = total.is_some_and(|total| done < total);
    if broke.is_some() || short {
        let reason = broke.unwrap_or_else(|| "the connection ended".into());
        let of = total
            .map(|total| format!(" of {total}"))
            .unwrap_or_default();
        return Err(format!(
            "after {done}{of} bytes: {reason}; nothing was changed, the same command goes on from there"
        ));
    }
    if total.is_some_and(|total| done > total) {
        fetched.discard();
        return Err("more was sent than the server said: it was thrown away".into());
    }
    file.sync_all().map_err(unwritten)?;
    Ok(fetched)
}
