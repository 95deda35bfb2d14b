use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("server") => harden::lsp::run(),
        _ => {
            eprintln!("usage: harden server");
            ExitCode::from(2)
        }
    }
}
