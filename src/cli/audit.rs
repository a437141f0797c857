//! `radscore audit`: a published or fitted model judged from what is printed about it.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::{Global, Outcome};
use crate::audit::{self, Finding, Report, Severity};
use crate::study::input::yaml::read_value;

/// Which model.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore audit configs/models/lung-vertebra-2021.yaml\n  \
                        radscore audit results/fit/model-2.json --json\n  radscore audit --checks"
)]
pub struct AuditArguments {
    /// The model file: YAML as in configs/models, or a model that radscore fitted (JSON)
    #[arg(required_unless_present = "checks")]
    model: Option<PathBuf>,
    /// List the checks instead: what each needs, its formula and source
    #[arg(long)]
    checks: bool,
    /// Show what is in order, too, with its arithmetic
    #[arg(long)]
    all: bool,
}

/// Judges the model; fails if something in it is impossible.
pub fn run(arguments: &AuditArguments, global: &Global) -> anyhow::Result<Outcome> {
    let Some(path) = arguments.model.as_ref().filter(|_| !arguments.checks) else {
        return list(global);
    };
    let value = read_value(path)?;
    let model = audit::fitted::read(value).with_context(|| path.display().to_string())?;
    let report = audit::audit(&model);
    if global.json {
        super::print_json(&json(&report))?;
    } else {
        super::print(&text(&report, arguments.all))?;
    }
    Ok(if report.is_impossible() {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

fn json(report: &Report) -> serde_json::Value {
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let check = audit::check(finding.check);
            json!({
                "check": finding.check,
                "severity": finding.severity,
                "place": finding.place,
                "says": finding.says,
                "arithmetic": finding.arithmetic,
                "resolve": finding.resolve,
                "formula": check.map(|check| check.formula),
                "source": check.map(|check| check.source),
                "words": check.map(|check| check.words),
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

fn text(report: &Report, all: bool) -> String {
    let mut text = format!("{} ({})\n", report.title, report.kind);
    let counts: Vec<String> = [
        Severity::Impossible,
        Severity::Doubtful,
        Severity::Missing,
        Severity::Note,
        Severity::Passed,
    ]
    .iter()
    .map(|severity| format!("{} {}", report.count(*severity), severity.word()))
    .collect();
    text.push_str(&counts.join(", "));
    text.push('\n');
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
        text.push_str(&entry(finding));
        if !explained.contains(&finding.check)
            && finding.severity < Severity::Passed
            && let Some(check) = audit::check(finding.check)
        {
            explained.push(finding.check);
            text.push_str(&format!("      {}\n", squeeze(check.words)));
        }
    }
    if !report.not_applicable.is_empty() {
        text.push_str(&format!(
            "\nNot looked at, since the file does not hold what they need: {}\n",
            report.not_applicable.join(", ")
        ));
    }
    text
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Impossible => "IMPOSSIBLE: no rounding can save it",
        Severity::Doubtful => "DOUBTFUL: possible, but in need of an explanation",
        Severity::Missing => "MISSING: a reader needs it and does not find it",
        Severity::Note => "NOTES",
        Severity::Passed => "IN ORDER",
    }
}

fn entry(finding: &Finding) -> String {
    let mut text = format!("  {}: {} [{}]\n", finding.place, finding.says, finding.check);
    for line in &finding.arithmetic {
        text.push_str(&format!("      {line}\n"));
    }
    if !finding.resolve.is_empty() {
        text.push_str(&format!("      → would resolve it: {}\n", finding.resolve));
    }
    text
}

/// Text that was broken over lines of source, on one line.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn list(global: &Global) -> anyhow::Result<Outcome> {
    if global.json {
        let checks: Vec<_> = audit::CHECKS
            .iter()
            .flat_map(|family| family.checks.iter().map(move |check| (family.name, check)))
            .map(|(family, check)| {
                json!({
                    "id": check.id,
                    "family": family,
                    "needs": check.needs,
                    "formula": squeeze(check.formula),
                    "source": check.source,
                    "severity": check.severity,
                    "words": squeeze(check.words),
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
            text.push_str(&format!(
                "  {} (at worst {})\n    needs    {}\n    formula  {}\n    source   {}\n    {}\n",
                check.id,
                check.severity.word(),
                check.needs,
                squeeze(check.formula),
                check.source,
                squeeze(check.words)
            ));
        }
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}
