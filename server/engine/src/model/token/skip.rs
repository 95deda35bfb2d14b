//! Files in which nobody looks for tokens, by their names: what programs write, what is no text, what lists known secrets.

use std::path::Path;

/// Whether tokens are looked for in a file of this name.
pub fn is_looked_at(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let lower = name.to_ascii_lowercase();
    if NAMES.contains(&&*lower)
        || lower.contains(".min.")
        || lower.contains("-min.")
        || lower.contains(".bundle.")
    {
        return false;
    }
    let extension = lower
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    let generated = path.components().any(|part| {
        let part = part.as_os_str().to_str().unwrap_or_default();
        part == "node_modules" || part.ends_with(".dist-info") || part.ends_with(".egg-info")
    });
    !generated && EXTENSIONS.binary_search(&extension).is_err()
}

/// Whether a file's name says that it is to be copied and filled in.
pub fn is_template(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let mut words = name.split(['.', '-', '_']);
    words.any(|word| {
        TEMPLATES
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    })
}

const TEMPLATES: &[&str] = &[
    "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults",
    "schema",
];

const NAMES: &[&str] = &[
    ".gitleaksignore",
    ".secrets.baseline",
    "bun.lock",
    "cargo.lock",
    "composer.lock",
    "deno.lock",
    "flake.lock",
    "gemfile.lock",
    "go.sum",
    "gradle.lockfile",
    "harden.toml",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pdm.lock",
    "pipfile.lock",
    "pixi.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "pylock.toml",
    "record",
    "uv.lock",
    "yarn.lock",
];

/// In order.
const EXTENSIONS: &[&str] = &[
    "7z", "a", "avi", "avif", "bin", "bmp", "bz2", "class", "db", "dll", "doc", "docx", "dylib",
    "ear", "eot", "exe", "flac", "gif", "gz", "ico", "jar", "jpeg", "jpg", "lib", "lock", "lz4",
    "map", "mo", "mov", "mp3", "mp4", "npy", "npz", "o", "obj", "ogg", "onnx", "otf", "parquet",
    "pdf", "pickle", "pkl", "png", "po", "pot", "ppt", "pptx", "psd", "pt", "pyc", "pyd", "pyo",
    "rar", "so", "sqlite", "sqlite3", "svg", "swf", "tar", "tgz", "tif", "tiff", "ttf", "war",
    "wasm", "wav", "webm", "webp", "whl", "woff", "woff2", "xls", "xlsx", "xz", "zip", "zst",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_write_what_is_not_looked_at() {
        assert!(EXTENSIONS.is_sorted());
        for path in [
            "a/uv.lock",
            "Cargo.lock",
            "app.min.js",
            "logo.svg",
            "node_modules/a/b.js",
            ".secrets.baseline",
        ] {
            assert!(!is_looked_at(Path::new(path)), "{path}");
        }
        for path in [
            "README.md",
            "a/b.ts",
            "Makefile",
            "main.py",
            ".env",
            "conf.ini",
            "key.pem",
            "id_rsa",
        ] {
            assert!(is_looked_at(Path::new(path)), "{path}");
        }
    }
}
