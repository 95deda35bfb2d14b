//! Writing files so that nobody ever sees half of one, and either all of them or none.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::read::BOM;

#[derive(Debug)]
pub(super) struct Replacement {
    pub(super) path: PathBuf,
    /// What is in the file; `None` for one that is made.
    pub(super) old: Option<Vec<u8>>,
    pub(super) new: Vec<u8>,
}

/// Whether a file starts with a byte order mark.
pub(super) fn is_marked(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(BOM.as_bytes()))
}

/// Replace what is in the files: all are written aside, then all are renamed. Permissions stay, and a link stays a link.
///
/// # Errors
/// The number of the file that is no longer what `old` says, is read-only, or cannot be written. Then none is changed.
pub(super) fn replace(files: &[Replacement]) -> Result<(), (usize, io::Error)> {
    let mut aside: Vec<(PathBuf, PathBuf)> = Vec::new();
    let cleared = |aside: &[(PathBuf, PathBuf)]| {
        // The first error is the one to tell.
        aside
            .iter()
            .for_each(|(path, _)| drop(fs::remove_file(path)));
    };
    for (at, file) in files.iter().enumerate() {
        match write_aside(file) {
            Ok(paths) => aside.push(paths),
            Err(error) => {
                cleared(&aside);
                return Err((at, error));
            }
        }
    }
    for (at, (written, target)) in aside.iter().enumerate() {
        if let Err(error) = fs::rename(written, target) {
            cleared(&aside[at..]);
            for (file, (_, target)) in files[..at].iter().zip(&aside) {
                // Renaming has just worked for these; if it does not any more, the error below is told all the same.
                drop(match &file.old {
                    Some(old) => fs::write(target, old),
                    None => fs::remove_file(target),
                });
            }
            return Err((at, error));
        }
    }
    Ok(())
}

/// Write the new text beside the file. Returns where it is, and where it belongs.
fn write_aside(file: &Replacement) -> io::Result<(PathBuf, PathBuf)> {
    let (target, permissions) = match &file.old {
        Some(old) => {
            let target = fs::canonicalize(&file.path)?;
            let permissions = fs::metadata(&target)?.permissions();
            if permissions.readonly() {
                let message = "the file is read-only";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
            }
            if fs::read(&target)? != *old {
                return Err(io::Error::other("the file has changed in the meantime"));
            }
            (target, Some(permissions))
        }
        None if file.path.symlink_metadata().is_ok() => {
            return Err(io::Error::other("the file has been made in the meantime"));
        }
        None => (file.path.clone(), None),
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let aside = target.with_file_name(format!(".{name}.harden-{}", std::process::id()));
    match write_new(&aside, &file.new, permissions) {
        Ok(()) => Ok((aside, target)),
        Err(error) => {
            // As above.
            drop(fs::remove_file(&aside));
            Err(error)
        }
    }
}

fn write_new(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // A file that is made may hold secrets (`.env`): nobody else's.
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::OpenOptionsExt;
        let secret = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("..env.harden-"));
        options.mode(if secret { 0o600 } else { 0o666 });
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()
}
