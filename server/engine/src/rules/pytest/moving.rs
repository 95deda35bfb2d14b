//! Options on their way from one home of pytest's configuration to another.

use crate::model::pytest::Form;
use crate::project::Told;

/// The lines by which a home of this form says what another one says, but for what it says already.
///
/// # Errors
/// The reason why they cannot be written by themselves.
pub(super) fn lines(from: &Told, form: Form, but: &[String]) -> Result<Vec<String>, String> {
    if form == Form::Native && from.form != Form::Native {
        return Err("values there have types: move the options by hand".into());
    }
    let moved = from.options.iter().filter(|(name, _)| !but.contains(name));
    Ok(moved
        .map(|(name, lines)| match form {
            Form::Ini => ini(name, lines),
            Form::IniOptions | Form::Native => toml(name, lines),
        })
        .collect())
}

fn ini(name: &str, lines: &[String]) -> String {
    match lines {
        [] => format!("{name} ="),
        [line] => format!("{name} = {line}"),
        lines => format!("{name} =\n    {}", lines.join("\n    ")),
    }
}

fn toml(name: &str, lines: &[String]) -> String {
    let quoted = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    };
    match lines {
        _ if name == "addopts" => format!("{name} = {}", quoted(&lines.join(" "))),
        [line] if matches!(line.as_str(), "true" | "false") => format!("{name} = {line}"),
        [line] => format!("{name} = {}", quoted(line)),
        lines => {
            let items = lines.iter().map(|line| format!("    {},\n", quoted(line)));
            format!("{name} = [\n{}]", items.collect::<String>())
        }
    }
}
