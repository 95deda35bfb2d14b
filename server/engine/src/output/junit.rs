//! JUnit's XML, as CI systems read it: a suite for each file, a failed case for each finding, a passed case for a file
//! without findings, so that a clean run is not an empty report. There is no specification; this keeps to what
//! <https://github.com/testmoapp/junitxml> found to be common.

use std::fmt::Write as _;

use super::json::Finding;

/// The report of files with their findings.
pub fn junit<'a>(files: impl IntoIterator<Item = (&'a str, Vec<&'a Finding>)>) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures) = (0, 0);
    for (file, findings) in files {
        let cases = findings.len().max(1);
        tests += cases;
        failures += findings.len();
        let name = escape(file);
        let _ = writeln!(
            suites,
            "  <testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{}\" errors=\"0\">",
            findings.len()
        );
        if findings.is_empty() {
            let case = format!("    <testcase name=\"harden\" classname=\"{name}\"/>");
            let _ = writeln!(suites, "{case}");
        }
        for finding in findings {
            case(&mut suites, &name, finding);
        }
        suites.push_str("  </testsuite>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"harden\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n\
         {suites}</testsuites>\n"
    )
}

fn case(out: &mut String, file: &str, finding: &Finding) {
    let (line, column) = (finding.range.start.line, finding.range.start.column);
    let rule = escape(finding.rule.name);
    let message = escape(&finding.message);
    let severity = finding.severity.name();
    // GitLab takes cases of the same name for one.
    let _ = writeln!(
        out,
        "    <testcase name=\"{rule} at {line}:{column}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\">\n      \
         <failure type=\"{severity}\" message=\"{message}\">{file}:{line}:{column}: {severity}[{rule}] {message}</failure>\n    \
         </testcase>"
    );
}

/// For attributes and text alike. XML 1.0 has no way to name most control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // As they are, readers make blanks of them.
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
