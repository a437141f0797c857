//! A study as an R script: glmnet, rms, pROC (and rmda, where it is installed) on the study's own tables.
//!
//! The script begins with the study's settings and cases as R values; what follows, `analysis.R`, is the same for every
//! study. Run in R it does the study again and prints R's numbers beside those of the artefacts, with the largest
//! difference. With `seed_kind: r` it draws the split, the folds and the resamples itself, after `set.seed` with the study's
//! seeds; otherwise it takes the study's split and folds as given, and leaves the calibration's bootstrap out, since R
//! cannot draw radscore's own random numbers.

use std::fmt::Write as _;
use std::path::Path;

use super::artefact::number_text;
use super::engine::Study;
use super::error::StudyError;
use super::guard;
use super::honest::clinical::ClinicalRule;
use super::input::keys::{CONFIDENCE, word_of};
use super::input::virtual_reader::VirtualReader;
use super::learner::asked;
use super::stages::agreement::{FORM, THRESHOLD};
use super::stages::candidates::first_narrowing;
use super::stages::clinical::rule_of;
use super::stages::evaluate::calibration::{BOOTSTRAP, RESAMPLES};
use super::stages::evaluate::decision::THRESHOLDS;
use super::stages::evaluate::settings::BOOT_SEED;
use super::stages::fit::ON;
use super::stages::folds::{FOLD_SEED, FOLDS};
use super::stages::origins::Asked;
use super::stages::split::{RATIO, SEED};
use crate::stats::base::random::SeedKind;
use crate::study::input::cohort::Side;

/// What every script ends with.
const ANALYSIS: &str = include_str!("analysis.R");

/// glmnet's convergence threshold at which its solutions are exact to about 1e-9.
const THRESHOLD_OF_GLMNET: &str = "1e-18";

/// The script; the study must have its split, and its folds too if R cannot draw them.
pub fn r_script(study: &Study) -> Result<String, StudyError> {
    let mut script = String::new();
    let config = study.config();
    // Writing to a string cannot fail.
    let _ = writeln!(
        script,
        "# {}\n# The analysis of {} in R, written by radscore {}. Run it with: Rscript FILE [NUMBERS.csv]\n\
         # Needs glmnet, rms, pROC{}. rmda is used where it is installed.\n",
        config.title.replace(['\n', '\r'], " "),
        config.document.path.display(),
        env!("CARGO_PKG_VERSION"),
        if has_second_readings(study) { ", psych" } else { "" },
    );
    let remarks = remarks(study)?;
    set(&mut script, "results", &text(&path_text(study.out())));
    sources(study, &mut script)?;
    settings(study, &mut script)?;
    set(&mut script, "remarks", &vector(remarks.iter().map(|line| text(line))));
    cases(study, &mut script)?;
    script.push('\n');
    script.push_str(ANALYSIS);
    Ok(script)
}

/// Which numbers the script cannot give, in words.
fn remarks(study: &Study) -> Result<Vec<String>, StudyError> {
    let config = study.config();
    let mut remarks: Vec<String> = guard::labels(study).iter().map(ToString::to_string).collect();
    // R would fit what the settings say now, and score the test cases with it.
    remarks.extend(guard::stale_labels(study).iter().map(|(_, label)| label.to_string()));
    if let Some(breach) = guard::in_the_way(study)
        && !remarks.iter().any(|remark| remark.starts_with(breach.rule))
    {
        remarks.push(guard::label_of(&breach).text.to_string());
    }
    if config.seed_kind == SeedKind::Own {
        remarks.push(
            "The study draws radscore's own random numbers (seed_kind: own): its split and folds are taken as given, its \
             calibration by bootstrap is not repeated. With seed_kind: r everything is drawn by R."
                .to_owned(),
        );
    }
    if config.stated(&RESAMPLES)?.is_some() {
        remarks.push("The study's resamples are given in a file, which rms::calibrate cannot take.".to_owned());
    }
    let penalised = study
        .results()
        .fit()
        .is_some_and(|fit| fit.models.iter().any(|model| model.penalised));
    if penalised {
        remarks.push(
            "A model of the study was fitted with Firth's penalty because the outcome is separated; glm's own fit of it \
             diverges and differs."
                .to_owned(),
        );
    }
    Ok(remarks)
}

fn has_second_readings(study: &Study) -> bool {
    !second_readings(study).is_empty()
}

/// The kinds of second masks that have features.
fn second_readings(study: &Study) -> Vec<&'static str> {
    let extract = study.results().extract().filter(|_| study.config().features.is_none());
    extract.map_or_else(Vec::new, |extract| {
        extract.second().iter().map(|(kind, _)| *kind).collect()
    })
}

/// The tables of features.
fn sources(study: &Study, script: &mut String) -> Result<(), StudyError> {
    let config = study.config();
    if let Some(source) = &config.features {
        let id = source.table.id.as_deref().unwrap_or(&config.columns.id.name);
        let called_by_row = study.cohort().cases.first().is_some_and(|case| case.id == "row1")
            && !study.cohort().columns().contains(&id);
        set(script, "features_file", &text(&path_text(&source.table.path)));
        set(
            script,
            "features_id",
            &if called_by_row { "NA".to_owned() } else { text(id) },
        );
        let names = &study.features()?.names;
        set(script, "features", &vector(names.iter().map(|name| text(name))));
        set(script, "second_readings", "list()");
        return Ok(());
    }
    let folder = study.out().join("extract");
    set(script, "features_file", &text(&path_text(&folder.join("features.csv"))));
    set(script, "features_id", "\"id\"");
    set(script, "features", "NULL");
    let second: Vec<String> = second_readings(study)
        .into_iter()
        .map(|kind| {
            let file = folder.join(format!("features_{kind}.csv"));
            format!("\"{kind}\" = {}", text(&path_text(&file)))
        })
        .collect();
    set(script, "second_readings", &format!("list({})", second.join(", ")));
    Ok(())
}

fn settings(study: &Study, script: &mut String) -> Result<(), StudyError> {
    let config = study.config();
    let by_r = config.seed_kind == SeedKind::R;
    set(script, "draw_split", logical(by_r && !study.cohort().split_stated));
    set(script, "split_seed", &config.get(&SEED)?.to_string());
    let (training, test) = config.get(&RATIO)?.parts();
    set(
        script,
        "test_fraction",
        &format!("{} / {}", number_text(test), number_text(training + test)),
    );
    set(script, "agreement_form", &text(word_of(config.get(&FORM)?)));
    set(script, "agreement_threshold", &number_text(config.get(&THRESHOLD)?));
    set(script, "draw_folds", logical(by_r && config.fold_column.is_none()));
    set(script, "folds", &config.get(&FOLDS)?.to_string());
    set(script, "fold_seed", &config.get(&FOLD_SEED)?.to_string());
    if VirtualReader::of(config)?.is_some() {
        return Err(StudyError::Stage(
            "the script judges agreement by the masks of readers, but in this study the stage perturb draws them again by chance (agreement.perturb)".to_owned(),
        ));
    }
    if Asked::of(config)?.is_some() {
        return Err(StudyError::Stage(
            "the script takes features as they were measured, but in this study the stage harmonise makes them comparable between centres (harmonise.method)".to_owned(),
        ));
    }
    if let Some((stage, keys)) = first_narrowing(config)? {
        let keys: Vec<&str> = keys.iter().map(|row| row.name).collect();
        return Err(StudyError::Stage(format!(
            "the script takes all candidates, but in this study the stage {stage} leaves some out ({})",
            keys.join(", ")
        )));
    }
    let learner = asked(config)?;
    let in_r = learner.in_r(config)?.ok_or_else(|| {
        StudyError::Stage(format!(
            "the script asks R's glmnet for the Rad-score, but this study's is learnt by {} (select.learner)",
            learner.name()
        ))
    })?;
    for (name, value) in in_r {
        set(script, name, &value);
    }
    set(script, "thresh", THRESHOLD_OF_GLMNET);
    let (rule, limit, named) = match rule_of(config)? {
        ClinicalRule::P(limit) => ("p", number_text(limit), Vec::new()),
        ClinicalRule::Stepwise => ("stepwise", "NA".to_owned(), Vec::new()),
        ClinicalRule::All => ("all", "NA".to_owned(), Vec::new()),
        ClinicalRule::Named(names) => ("named", "NA".to_owned(), names),
    };
    set(script, "clinical_rule", &text(rule));
    set(script, "clinical_p", &limit);
    set(script, "clinical_named", &vector(named.iter().map(|name| text(name))));
    set(script, "fit_on", &text(word_of(config.get(&ON)?)));
    let given = config.stated(&RESAMPLES)?.is_some();
    set(script, "draw_resamples", logical(by_r && !given));
    set(script, "bootstrap", &config.get(&BOOTSTRAP)?.to_string());
    set(script, "boot_seed", &config.get(&BOOT_SEED)?.to_string());
    set(script, "confidence", &number_text(config.get(&CONFIDENCE)?));
    let thresholds = config.get(&THRESHOLDS)?;
    set(
        script,
        "thresholds",
        &vector(thresholds.values().iter().map(|&threshold| number_text(threshold))),
    );
    Ok(())
}

/// The cases that take part, in the cohort's order, with what the study has made of their outcome and clinical values.
fn cases(study: &Study, script: &mut String) -> Result<(), StudyError> {
    let config = study.config();
    let lacking = |stage: &str| {
        StudyError::Stage(format!(
            "the script repeats what the study has done, and the stage {stage} has not run; run: radscore run {}",
            config.document.path.display()
        ))
    };
    let split = study.results().split().ok_or_else(|| lacking("split"))?;
    let folds = study.results().select();
    if folds.is_none() && (config.seed_kind == SeedKind::Own || config.fold_column.is_some()) {
        return Err(lacking("select"));
    }
    let cohort = study.cohort();
    script.push_str("cases <- read.csv(check.names = FALSE, colClasses = c(\"character\", \"character\", \"integer\", \"character\", \"integer\"), text = \"\nid,patient,event,split,fold\n");
    let mut clinical = vec![Vec::with_capacity(split.cases.len()); cohort.clinical.len()];
    for case in &split.cases {
        let fold = folds
            .and_then(|select| select.folds.iter().find(|other| other.id == case.id))
            .map_or("NA".to_owned(), |fold| (fold.fold + 1).to_string());
        let row = [
            quoted(&case.id),
            quoted(&case.patient),
            u8::from(case.event).to_string(),
            match case.side {
                Side::Training => "training".to_owned(),
                Side::Test => "test".to_owned(),
            },
            fold,
        ];
        script.push_str(&escaped(&row.join(",")));
        script.push('\n');
        let position = cohort
            .position(&case.id)
            .ok_or_else(|| StudyError::Stage(format!("case {} is no longer in the cohort", case.id)))?;
        for (column, values) in clinical.iter_mut().enumerate() {
            values.push(number_text(cohort.cases[position].clinical[column]));
        }
    }
    script.push_str("\")\n");
    let columns: Vec<String> = cohort
        .clinical
        .iter()
        .zip(clinical)
        .map(|(term, values)| format!("\n  {} = {}", text(&term.name), vector(values.into_iter())))
        .collect();
    set(
        script,
        "clinical",
        &if columns.is_empty() {
            "data.frame(row.names = seq_len(nrow(cases)))".to_owned()
        } else {
            format!("data.frame(check.names = FALSE,{})", columns.join(","))
        },
    );
    set(
        script,
        "clinical_column",
        &vector(cohort.clinical.iter().map(|term| text(&term.column))),
    );
    Ok(())
}

fn set(script: &mut String, name: &str, value: &str) {
    let _ = writeln!(script, "{name} <- {value}");
}

fn logical(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// An absolute path with forward slashes, as R takes it on every system.
fn path_text(path: &Path) -> String {
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_owned())
        .to_string_lossy()
        .replace('\\', "/")
}

/// Text as an R string.
fn text(value: &str) -> String {
    format!("\"{}\"", escaped(value))
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

/// Text as a cell of a CSV table, always in quotes: an id 007 stays one.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// An R vector, in lines of at most a hundred signs or so; `character()` for none.
fn vector(values: impl Iterator<Item = String>) -> String {
    let mut lines = vec![String::new()];
    let mut any = false;
    for value in values {
        any = true;
        let line = lines.last().map_or(0, String::len);
        if line > 0 && line + value.len() > 100 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&value);
            line.push_str(", ");
        }
    }
    if !any {
        return "character()".to_owned();
    }
    let body = lines
        .iter()
        .map(|line| line.trim_end())
        .collect::<Vec<_>>()
        .join("\n  ");
    format!("c({})", body.trim_end_matches(','))
}
