//! TOML through `toml_edit`, one table a chunk, with spans.

#[derive(Debug, Default)]
pub struct Part {
    pub broken: bool,
}

pub(super) fn read(_text: &str) -> Part {
    Part::default()
}
