//! `radscore audit`: a published or fitted model judged from what is printed about it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::columns::left;
use super::output_file::{Overwriting, write};
use super::{Global, Interactive, Look, Outcome, Screens, at_a_terminal};
use crate::audit::form::Form;
use crate::audit::items::{ITEMS, Item};
use crate::audit::place::Place;
use crate::audit::published::keys::{self, KEYS, Key};
use crate::audit::{self, AuditError, Check, Finding, Report, Severity};
use crate::figure::{Datum, Sheet};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::message::nearest::nearest;
use crate::study::input::yaml::Document;

/// Which model.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore audit configs/models/lung-vertebra-2021.yaml\n  \
                        radscore audit results/fit/model-2.json --json\n  radscore audit papers/*.yaml --csv review.csv\n  radscore audit --explain performance.auc\n  radscore audit --new paper.yaml\n  radscore audit --checks"
)]
pub struct AuditArguments {
    /// The model file: YAML as in configs/models, or a model that radscore fitted (JSON); several make the table of a review, worst first
    #[arg(required_unless_present_any = ["checks", "explain", "new"], value_name = "MODEL")]
    models: Vec<PathBuf>,
    /// Write the table of a review as CSV
    #[arg(long, value_name = "FILE", conflicts_with = "checks")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
    /// List the checks instead: what each needs, its formula and source
    #[arg(long)]
    checks: bool,
    /// Explain a key of the model file, as auc or performance.ci, or a check by its name; all lists every key
    #[arg(long, value_name = "KEY", conflicts_with_all = ["checks", "csv", "models"])]
    explain: Option<String>,
    /// Type a published model in, field by field, with what the checks find beside, and write it to a file; where there is no
    /// terminal, write a template with a comment for each key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["checks", "csv", "models", "explain", "all"])]
    new: Option<PathBuf>,
    /// Show what is in order, too, with its arithmetic
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    look: Look,
}

/// Judges the model; fails if something in it is impossible.
pub fn run(arguments: &AuditArguments, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    if let Some(file) = &arguments.new {
        return new(file, arguments, global, screens);
    }
    if let Some(asked) = &arguments.explain {
        return explain(asked, global);
    }
    let path = match arguments.models.as_slice() {
        _ if arguments.checks => return list(global),
        [path] if arguments.csv.is_none() => path,
        several => return review(several, arguments, global),
    };
    let Judged { report, document } = judge(path)?;
    if global.json {
        super::print_json(&json(&report, &document))?;
    } else {
        super::print(&text(&report, &document, arguments.all))?;
    }
    Ok(if report.is_impossible() {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

/// The form at a terminal, else a template.
fn new(file: &Path, arguments: &AuditArguments, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    global.refuse_json("audit --new writes a file to type into")?;
    if at_a_terminal(global) {
        return (screens.open)(&Interactive {
            form: Some(file.to_owned()),
            ..Interactive::plain(&arguments.look, global)
        });
    }
    arguments.overwriting.judge(file, [])?;
    write(file, Form::default().yaml().as_bytes(), global)?;
    Ok(Outcome::Done)
}

/// A model that was judged, and its file.
struct Judged {
    report: Report,
    document: Document,
}

fn judge(path: &Path) -> anyhow::Result<Judged> {
    let document = Document::read(path)?;
    let model = audit::fitted::read(document.value.clone()).map_err(|error| faulty(&document, &error))?;
    let report = audit::audit(&model);
    Ok(Judged { report, document })
}

/// What is wrong in a file, with line and column, and how the key is written.
fn faulty(document: &Document, error: &AuditError) -> anyhow::Error {
    let place = error.place();
    let path = document.path.display();
    let at = (document.position(&place.way()))
        .map_or_else(|| format!("{path}"), |(line, column)| format!("{path}:{line}:{column}"));
    // What contradicts itself, or is no key, says by itself how it is mended.
    let key = keys::of(&place).filter(|_| matches!(error, AuditError::Wrong { .. }));
    let how = key.map_or_else(String::new, |key| {
        format!(
            "; for example {}: {} (radscore audit --explain {} says more)",
            key.name,
            key.example,
            key.path()
        )
    });
    anyhow::anyhow!("{at}: {error}{how}")
}

/// What came of a file of a review.
struct Reviewed<'a> {
    path: &'a Path,
    found: anyhow::Result<Judged>,
}

impl Reviewed<'_> {
    /// How many findings of each severity; what cannot be read stands before everything else.
    fn rank(&self) -> (bool, [usize; 5]) {
        match &self.found {
            Ok(judged) => (false, Severity::ALL.map(|severity| judged.report.count(severity))),
            Err(_) => (true, [0; 5]),
        }
    }

    /// The worst that was found, in its words.
    fn worst(&self) -> String {
        match &self.found {
            Ok(judged) => (judged.report.findings.first())
                .filter(|finding| finding.severity < Severity::Note)
                .map_or_else(String::new, |finding| format!("{}: {}", finding.place, finding.says)),
            Err(error) => format!("cannot be judged: {error:#}"),
        }
    }

    fn row(&self) -> Vec<Datum> {
        let path = self.path.display().to_string();
        let mut row: Vec<Datum> = vec![path.into()];
        if let Ok(judged) = &self.found {
            row.push(judged.report.title.clone().into());
            row.extend(self.rank().1.map(|count| Datum::from(count as f64)));
        } else {
            row.push("".into());
            row.extend([f64::NAN; 5].map(Datum::from));
        }
        row.push(self.worst().into());
        row
    }
}

/// Several models as the table of a review, the worst first; a file that cannot be read is a row and ends nothing.
fn review(paths: &[PathBuf], arguments: &AuditArguments, global: &Global) -> anyhow::Result<Outcome> {
    let csv = arguments.csv.as_deref();
    if let Some(path) = csv {
        arguments.overwriting.judge(path, paths.iter().map(PathBuf::as_path))?;
    }
    let mut reviewed: Vec<Reviewed> = paths
        .iter()
        .map(|path| Reviewed {
            path,
            found: judge(path),
        })
        .collect();
    // Files that are as bad as each other stay in the order in which they were named.
    reviewed.sort_by_key(|one| std::cmp::Reverse(one.rank()));
    let mut sheet = Sheet::new(&["file", "model"]);
    let words = Severity::ALL.map(|severity| severity.word().to_string());
    sheet.columns.extend(words);
    sheet.columns.push("worst finding".to_owned());
    sheet.rows = reviewed.iter().map(Reviewed::row).collect();
    if let Some(path) = csv {
        write(path, sheet.to_csv().as_bytes(), global)?;
    }
    if global.json {
        let all = reviewed.iter().map(|one| match &one.found {
            Ok(judged) => json!({"file": one.path, "report": json(&judged.report, &judged.document)}),
            Err(error) => json!({"file": one.path, "error": format!("{error:#}")}),
        });
        super::print_json(&json!({ "review": all.collect::<Vec<_>>() }))?;
    } else if csv.is_none() {
        let mut text = String::new();
        for one in &reviewed {
            text.push_str(&format!("{}\n", one.path.display()));
            if let Ok(judged) = &one.found {
                text.push_str(&format!("  {}: {}\n", judged.report.title, judged.report.counts()));
            }
            if !one.worst().is_empty() {
                text.push_str(&format!("  {}\n", one.worst()));
            }
        }
        super::print(&text)?;
    }
    let failed = |one: &Reviewed| one.found.as_ref().map_or(true, |judged| judged.report.is_impossible());
    Ok(if reviewed.iter().any(failed) {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

/// Line and column of what a finding speaks of.
fn position(finding: &Finding, document: &Document) -> Option<(usize, usize)> {
    document.position(&finding.at.as_ref()?.way())
}

fn json(report: &Report, document: &Document) -> serde_json::Value {
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let check = audit::check(finding.check);
            let position = position(finding, document);
            json!({
                "check": finding.check,
                "severity": finding.severity,
                "place": finding.place,
                "key": finding.at.as_ref().map(Place::to_string),
                "line": position.map(|place| place.0),
                "column": position.map(|place| place.1),
                "says": finding.says,
                "arithmetic": finding.arithmetic,
                "resolve": finding.resolve,
                "formula": check.map(|check| check.formula),
                "source": check.map(|check| check.source),
                "words": check.map(|check| check.words.text()),
            })
        })
        .collect();
    let count = |severity| report.count(severity);
    json!({
        "model": report.title,
        "kind": report.kind,
        "counts": {
            "impossible": count(Severity::Impossible),
            "doubtful": count(Severity::Doubtful),
            "missing": count(Severity::Missing),
            "note": count(Severity::Note),
            "passed": count(Severity::Passed),
        },
        "findings": findings,
        "not_applicable": report.not_applicable,
    })
}

fn text(report: &Report, document: &Document, all: bool) -> String {
    let mut text = format!("{} ({})\n", report.title, report.kind);
    text.push_str(&format!("{}\n", report.counts()));
    let mut section = None;
    let mut explained = Vec::new();
    for finding in &report.findings {
        if section != Some(finding.severity) {
            section = Some(finding.severity);
            text.push_str(&format!("\n{}\n", heading(finding.severity)));
        }
        if finding.severity == Severity::Passed && !all {
            text.push_str(&format!("  {}: {}\n", finding.place, finding.says));
            continue;
        }
        text.push_str(&entry(finding, position(finding, document)));
        if !explained.contains(&finding.check)
            && finding.severity < Severity::Passed
            && let Some(check) = audit::check(finding.check)
        {
            explained.push(finding.check);
            text.push_str(&format!("      {}\n", squeeze(check.words.text())));
        }
    }
    if !report.not_applicable.is_empty() {
        text.push_str(&format!(
            "\n{}\n",
            words::not_looked_at(report.not_applicable.join(", "))
        ));
    }
    text
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Impossible => words::IMPOSSIBLE_SECTION.text(),
        Severity::Doubtful => words::DOUBTFUL_SECTION.text(),
        Severity::Missing => words::MISSING_SECTION.text(),
        Severity::Note => words::NOTES_SECTION.text(),
        Severity::Passed => words::IN_ORDER_SECTION.text(),
    }
}

fn entry(finding: &Finding, position: Option<(usize, usize)>) -> String {
    let check = position.map_or_else(
        || finding.check.to_owned(),
        |(line, _)| words::on_line(finding.check, line).to_string(),
    );
    let mut text = format!("  {}: {} [{check}]\n", finding.place, finding.says);
    for line in &finding.arithmetic {
        text.push_str(&format!("      {line}\n"));
    }
    if !finding.resolve.is_empty() {
        text.push_str(&format!("      {}\n", words::would_resolve(&finding.resolve)));
    }
    text
}

/// Text that was broken over lines of source, on one line.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A check with its formula and source.
fn described(check: &Check) -> String {
    format!(
        "  {}\n    {} {}\n    {} {}\n    {} {}\n    {}\n",
        words::at_worst(check.id, check.severity.word()),
        left(words::NEEDS, 8),
        check.needs,
        left(words::FORMULA, 8),
        squeeze(check.formula),
        left(words::SOURCE, 8),
        check.source,
        squeeze(check.words.text())
    )
}

fn list(global: &Global) -> anyhow::Result<Outcome> {
    if global.json {
        let checks: Vec<_> = audit::CHECKS
            .iter()
            .flat_map(|family| family.checks.iter().map(move |check| (family.name.text(), check)))
            .map(|(family, check)| {
                json!({
                    "id": check.id,
                    "family": family,
                    "needs": check.needs.text(),
                    "formula": squeeze(check.formula),
                    "source": check.source,
                    "severity": check.severity,
                    "words": squeeze(check.words.text()),
                })
            })
            .collect();
        super::print_json(&json!({ "checks": checks }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for family in audit::CHECKS {
        text.push_str(&format!("{}\n", family.name));
        for check in family.checks {
            text.push_str(&described(check));
        }
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// What a key of a model file is and how it is written, an item of `reported`, or a check.
fn explain(asked: &str, global: &Global) -> anyhow::Result<Outcome> {
    let all = asked == "all";
    let keys: Vec<_> = KEYS.iter().filter(|key| all || key.is_meant_by(asked)).collect();
    let item_path = |item: &Item| format!("reported.{}", item.key);
    let items: Vec<_> = ITEMS
        .iter()
        .filter(|item| all || asked == item.key || asked == item_path(item))
        .collect();
    let check = audit::check(asked);
    if keys.is_empty() && items.is_empty() && check.is_none() {
        let paths: Vec<String> = KEYS.iter().map(Key::path).chain(ITEMS.iter().map(item_path)).collect();
        let known = KEYS.iter().map(|key| key.name).chain(paths.iter().map(String::as_str));
        let hint = nearest(asked, known.chain(ITEMS.iter().map(|item| item.key)))
            .map_or_else(String::new, |near| format!(" (did you mean \"{near}\"?)"));
        anyhow::bail!(
            "\"{asked}\" is no key of a model file and no check{hint}; --explain all lists the keys, --checks the checks"
        );
    }
    if global.json {
        let keys = keys.iter().map(
            |key| json!({"key": key.path(), "means": Message::from(key.means), "form": Message::from(key.form.words()), "example": key.example}),
        );
        let items = items
            .iter()
            .map(|item| json!({"key": item_path(item), "means": item.name.text(), "why": item.why.text()}));
        super::print_json(&json!({
            "keys": keys.chain(items).collect::<Vec<_>>(),
            "check": check.map(|check| json!({
                "id": check.id,
                "needs": check.needs.text(),
                "formula": squeeze(check.formula),
                "source": check.source,
                "words": squeeze(check.words.text()),
            })),
        }))?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for key in keys {
        text.push_str(&key.explained());
    }
    for item in items {
        text.push_str(&item.explained());
    }
    if let Some(check) = check {
        text.push_str(&described(check));
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}
