use super::folder;
use crate::model::coverage::{Covered, Rate, Report, Under};
use crate::project::CoverageHome;
use crate::rule::{Area, Check, Context, Owner, Place, Rule, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "tests/low-coverage",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 60,
    also: &[],
    off: false,
    docs: r#"
The last coverage report is below what is wanted.

What no test runs, nobody knows to work.

```xml coverage.xml bad
<?xml version="1.0" ?>
<coverage version="7.17.3" lines-valid="1000" lines-covered="128" line-rate="0.128" branches-valid="0" branches-covered="0">
</coverage>
```
```xml coverage.xml good
<?xml version="1.0" ?>
<coverage version="7.17.3" lines-valid="1000" lines-covered="812" line-rate="0.812" branches-valid="0" branches-covered="0">
</coverage>
```

Wanted are 80 %, or what the project asks for: `--cov-fail-under` in the configuration of pytest beside the report, else `fail_under` in the settings of coverage.
Another goal than 80 is set by `coverage` in the `[policy]` of `harden.toml`.
Lines and branches are counted together, as coverage.py counts its total.

The files that lack most are named beside the finding.
Where the report names files that are gone, the message says so: then it is older than the code.

There is no fix: run the tests again, and write those that are missing.
"#,
    checks: &[Check::Report(check)],
};

/// Files that are named beside the finding.
const WORST: usize = 5;

fn check(report: &Report, cx: &Context, sink: &mut Sink) {
    let Some(rate) = report.rate else { return };
    let wanted = wanted(cx);
    if reaches(rate, wanted) {
        return;
    }
    let names: Vec<String> = report.files.iter().map(|file| file.name.clone()).collect();
    let places = cx.project.covered_files(folder(cx), &report.sources, names);
    let gone = places.iter().filter(|place| place.is_none()).count();
    let of = if report.branches {
        "lines and branches"
    } else {
        "lines"
    };
    let mut message = format!(
        "{:.1} % of the {of} are covered, {} % are wanted.",
        rate.percent(),
        f64::from(wanted) / 100.0
    );
    match gone {
        0 => message.push_str(" Test the files first that lack most."),
        1 => message
            .push_str(" The report is old: 1 file that it names is gone. Run the tests again."),
        gone => message.push_str(&format!(
            " The report is old: {gone} files that it names are gone. Run the tests again."
        )),
    }
    let mut draft = sink.at(report.place, message);
    let mut worst: Vec<(&Covered, _)> = report.files.iter().zip(&places).collect();
    worst.retain(|(file, _)| !reaches(file.rate, wanted));
    worst.sort_by_key(|(file, _)| std::cmp::Reverse(file.rate.valid - file.rate.covered));
    let there = worst
        .into_iter()
        .filter_map(|(file, place)| Some((file, place.clone()?)));
    for (file, path) in there.take(WORST) {
        let start = Place {
            owner: Owner::File,
            span: Span::default(),
        };
        let said = format!("{:.0} % covered", file.rate.percent().floor());
        draft = draft.related_in(Some(path), start, said);
    }
}

/// In hundredths of a percent.
fn wanted(cx: &Context) -> u32 {
    let homes = cx.project.pytest_homes(folder(cx));
    let argued = homes.first().and_then(|(_, told)| {
        let words = told.words("addopts");
        let (at, word) = words
            .iter()
            .enumerate()
            .rfind(|(_, word)| word.starts_with("--cov-fail-under"))?;
        let value = match word.split_once('=') {
            Some((_, value)) => value,
            None => words.get(at + 1)?,
        };
        Some(Under::read(value))
    });
    let configured = || match cx.project.coverage_home(&cx.file.path, false, None) {
        CoverageHome::Other(_, under) => under,
        _ => None,
    };
    match argued.or_else(configured) {
        Some(Under::Known(under)) if under > 0 => under,
        _ => cx.policy.coverage * 100,
    }
}

/// As coverage.py decides: a percentage is rounded first, but only all is 100.
fn reaches(rate: Rate, wanted: u32) -> bool {
    let exact = rate.percent() * 100.0;
    match wanted {
        10_000.. => rate.covered == rate.valid,
        wanted if wanted % 100 == 0 => rate.percent().round() * 100.0 >= f64::from(wanted),
        wanted => exact >= f64::from(wanted),
    }
}
