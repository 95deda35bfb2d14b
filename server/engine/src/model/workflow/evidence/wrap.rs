//! Commands that only start another one: `uv run`, `npx`, `docker compose run`.

use super::words::base;
use crate::syntax::shell::Word;

/// Words that are looked at behind such a command.
const MOST: usize = 48;

/// Where the command may begin that these words start: each place behind a starter that may be one, in their order.
pub(super) fn inner(all: &[Word]) -> impl Iterator<Item = usize> {
    let first = all.first().map_or("", |word| base(&word.text));
    let second = all.iter().skip(1).map(|word| word.text.as_str());
    let has = |words: &[&str]| {
        let mut near = second.clone().take(8);
        near.any(|word| words.contains(&word))
    };
    let starts = match first {
        "uv" | "poetry" | "pipenv" | "pdm" | "hatch" | "rye" | "pixi" | "conda" | "mamba"
        | "micromamba" | "pipx" | "doppler" | "infisical" | "op" | "devbox" | "coverage"
        | "coverage3" | "mise" | "asdf" => has(&["run", "exec", "x"]),
        "docker" | "podman" | "docker-compose" | "kubectl" | "nerdctl" => has(&["run", "exec"]),
        "pnpm" | "npm" | "yarn" | "bun" => has(&["exec", "dlx", "x"]),
        "bundle" => has(&["exec"]),
        "nix" => has(&["develop", "shell", "run"]),
        "uvx"
        | "npx"
        | "bunx"
        | "pnpx"
        | "xvfb-run"
        | "nix-shell"
        | "dotenv"
        | "dotenvx"
        | "cross-env"
        | "retry"
        | "c8"
        | "nyc"
        | "dbus-run-session"
        | "wait-for-it"
        | "wait-for-it.sh"
        | "start-server-and-test"
        | "concurrently"
        | "chronic"
        | "op-run"
        | "with-contenv" => true,
        _ => false,
    };
    let last = if starts { all.len().min(MOST) } else { 0 };
    let stop = |word: &Word| {
        matches!(
            word.text.as_str(),
            "install" | "pip" | "pip3" | "add" | "sync" | "lock" | "uninstall"
        )
    };
    let stops = all[..last].iter().skip(1).position(stop);
    let last = stops.map_or(last, |at| at + 1);
    let skipped: Vec<bool> = (0..last)
        .map(|at| {
            at == 0 || all[at].text.starts_with('-') && all[at].text != "-m" || is_value(all, at)
        })
        .collect();
    (1..last).filter(move |at| !skipped[*at])
}

/// Whether a word belongs to the option before it.
fn is_value(all: &[Word], at: usize) -> bool {
    const VALUED: &[&str] = &[
        "--with",
        "--with-editable",
        "--from",
        "--extra",
        "--group",
        "--only-group",
        "--package",
        "--python",
        "-p",
        "-n",
        "-e",
        "--env",
        "-v",
        "--volume",
        "--env-file",
        "-w",
        "--workdir",
        "--name",
        "--network",
        "--user",
        "-u",
        "--entrypoint",
        "-f",
        "--file",
        "--project",
        "--project-name",
        "--directory",
        "--profile",
        "-C",
        "--filter",
        "-F",
        "--prefix",
        "--with-requirements",
        "--platform",
        "--mount",
        "--index-url",
        "--retries",
        "--source",
    ];
    let before = at.checked_sub(1).map(|at| all[at].text.as_str());
    before.is_some_and(|before| VALUED.contains(&before))
}
