//! Paths as the files of a project name each other, without asking a disk.

use std::path::{Component, Path, PathBuf};

/// The project's own folder.
pub const HERE: &str = "";

/// Where `reference` leads from `folder`: `.` and `..` are resolved as far as they can be, an absolute reference stays as
/// it is. Backslashes of Windows count as separators, since people write them.
pub fn join(folder: &Path, reference: &str) -> PathBuf {
    let reference = reference.replace('\\', "/");
    let mut path = PathBuf::new();
    let joined = folder.join(&*reference);
    for part in joined.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match path.components().next_back() {
                Some(Component::Normal(_)) => {
                    path.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => path.push(".."),
            },
            part => path.push(part),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_without_a_disk() {
        let to = |folder: &str, reference: &str| {
            join(Path::new(folder), reference)
                .to_string_lossy()
                .into_owned()
        };
        assert_eq!(to("", "./src/app"), "src/app");
        assert_eq!(to("a/b", "../c"), "a/c");
        assert_eq!(to("a", "../../c"), "../c");
        assert_eq!(to("a", "."), "a");
        assert_eq!(to("", "."), "");
        assert_eq!(to("a", "/etc/x"), "/etc/x");
        assert_eq!(to("a", r"..\b\c"), "b/c");
        assert_eq!(to("..", "x/../.."), "../..");
    }
}
