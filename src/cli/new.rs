//! `radscore new`: a study of one's own, from a folder of scans and tables.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::global::at_a_terminal;
use super::printer::tell;
use super::run::setting_of;
use super::{Global, Interactive, Look, Outcome, Screens, progress};
use crate::message::english::run as words;
use crate::message::foreign::shown_name;
use crate::study::StudyError;
use crate::study::new::answers::{Answers, Clinical, ClinicalKind};
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;
use crate::study::table::TableError;

/// The study file that is written if none is named.
const OUT: &str = "study.yaml";

/// What to make a study of, and what is known of it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore new scans/ patients.csv --outcome 转移 --event 有 --clinical age,smoking\n  radscore new scans/ --mask zhang --second-reader li --outcome y patients.csv --dry-run\n  radscore new cohort.csv --id case_id --image ct --mask roi --outcome y --event 2\n  radscore new features.csv outcomes.xlsx --outcome y     (features of PyRadiomics instead of scans)\n\nWithout any of the options, at a terminal, the same is asked step by step. What can be told from files and tables is not asked; what cannot is an error that names the choices. The study is checked as by radscore check, and nothing is written unless it passes."
)]
pub struct NewArguments {
    /// A folder of scans, tables of cases, or both; tables are joined on the id
    #[arg(value_name = "FOLDER|TABLE")]
    paths: Vec<PathBuf>,
    /// The sheet of a workbook with several, by its name or its number from 1; of several such tables each may name its own, as
    /// patients.xlsx#baseline
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The column of the ids; where tables call it differently, several: each table's is the first that it has
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    id: Vec<String>,
    /// Ids that differ in how they are written alone (P01 and P1, STS_001 and STS-001) are the same; each stays as it is written,
    /// and the study file says which stands for which
    #[arg(long)]
    same_ids: bool,
    /// The column of the images; in a folder a word in their names, or a pattern as 'images/{id}.nii.gz'
    #[arg(long, value_name = "COL|WORD|PATTERN")]
    image: Option<String>,
    /// The column of the first reader's masks; in a folder a word or a pattern, as above
    #[arg(long, value_name = "COL|WORD|PATTERN")]
    mask: Option<String>,
    /// The same of another reader's masks
    #[arg(long, value_name = "COL|WORD|PATTERN")]
    second_reader: Option<String>,
    /// The same of the first reader's second masks
    #[arg(long, value_name = "COL|WORD|PATTERN")]
    repeat: Option<String>,
    /// The column of the masks' labels, or the region that is meant in every mask, as 1 or liver
    #[arg(long, value_name = "COL|N|NAME")]
    label: Option<String>,
    /// The table whose columns are features and stand for the scans; one with PyRadiomics' names is known by them
    #[arg(long, value_name = "TABLE")]
    features: Option<PathBuf>,
    /// The column of the patient; cases of one patient stay on one side of the split
    #[arg(long, value_name = "COL")]
    patient: Option<String>,
    /// The column of the centre that a case comes from
    #[arg(long, value_name = "COL")]
    centre: Option<String>,
    /// The column of the outcome
    #[arg(long, value_name = "COL")]
    outcome: Option<String>,
    /// The value of the outcome that is the event, where the values are not 0 and 1
    #[arg(long, value_name = "VALUE")]
    event: Option<String>,
    /// There is no outcome yet: the study can be read and extracted
    #[arg(long, conflicts_with_all = ["outcome", "event"])]
    without_outcome: bool,
    /// The clinical columns, or all; numbers that may be codes as stage=category or stage=number
    #[arg(long, value_name = "COL[=KIND],…")]
    clinical: Vec<String>,
    /// The column that holds train or test, instead of a random split
    #[arg(long, value_name = "COL")]
    split: Option<String>,
    /// What means that a value is missing, besides an empty cell and NA, as 不详
    #[arg(long, value_name = "VALUE,…", value_delimiter = ',')]
    missing_values: Vec<String>,
    /// Write the study although some cases cannot be used: they stay in its tables and are left out of what is computed
    #[arg(long)]
    leave_out_bad: bool,
    /// The study's name, for reports
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// Another key of the study file, as select.lambda=1se
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The study file to write; nothing is overwritten
    #[arg(long, value_name = "FILE", default_value = OUT)]
    out: PathBuf,
    /// Print the study file and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl NewArguments {
    /// Whether nothing is answered yet, so that at a terminal a person is asked.
    fn asks(&self) -> bool {
        let words = [
            &self.image,
            &self.mask,
            &self.second_reader,
            &self.repeat,
            &self.label,
            &self.patient,
            &self.centre,
            &self.outcome,
            &self.event,
            &self.split,
            &self.title,
        ];
        let sheet = self.sheet.is_some();
        let lists = [&self.id, &self.clinical, &self.missing_values, &self.settings];
        let flags = sheet
            || self.features.is_some()
            || self.leave_out_bad
            || self.same_ids
            || self.without_outcome
            || self.dry_run
            || self.out != Path::new(OUT);
        words.iter().all(|word| word.is_none()) && lists.iter().all(|list| list.is_empty()) && !flags
    }

    /// Reads what was given; a workbook of several sheets by the one that is named.
    fn material(&self) -> anyhow::Result<Material> {
        let mut material = Material::default();
        let features = self.features.iter().filter(|path| !self.paths.contains(path));
        for path in self.paths.iter().chain(features) {
            match (material.add(path), &self.sheet) {
                (Err(StudyError::Table(TableError::SeveralSheets { .. })), Some(sheet)) => {
                    material.add(Path::new(&format!("{}#{sheet}", path.display())))?;
                }
                (other, _) => other?,
            }
        }
        Ok(material)
    }

    fn answers(&self, material: &Material) -> anyhow::Result<Answers> {
        let is_column = |name: &str| material.tables.iter().any(|table| table.find_column(name).is_some());
        let clinical = self.clinical.iter().flat_map(|given| {
            let whole = is_column(given);
            let parts: Vec<&str> = if whole { vec![given] } else { given.split(',').collect() };
            parts
                .into_iter()
                .map(|part| clinical_of(part.trim(), &is_column))
                .collect::<Vec<_>>()
        });
        Ok(Answers {
            image: self.image.clone(),
            mask: self.mask.clone(),
            second_reader: self.second_reader.clone(),
            repeat: self.repeat.clone(),
            label: self.label.clone(),
            id: self.id.clone(),
            same_ids: self.same_ids,
            patient: self.patient.clone(),
            centre: self.centre.clone(),
            features: self.features.clone(),
            outcome: self.outcome.clone(),
            event: self.event.clone(),
            without_outcome: self.without_outcome,
            without_bad: self.leave_out_bad,
            clinical: clinical.collect(),
            split: self.split.clone(),
            missing: self.missing_values.clone(),
            title: self.title.clone(),
            settings: self
                .settings
                .iter()
                .map(|setting| setting_of(setting))
                .collect::<anyhow::Result<_>>()?,
        })
    }
}

/// A clinical column as it is given: with `=number` or `=category` behind it where that is no column's name.
fn clinical_of(given: &str, is_column: &dyn Fn(&str) -> bool) -> Clinical {
    let with_kind = given.rsplit_once('=').filter(|_| !is_column(given));
    match with_kind.and_then(|(column, word)| Some((column, ClinicalKind::of(word)?))) {
        Some((column, kind)) => Clinical {
            column: column.to_owned(),
            kind: Some(kind),
        },
        None => Clinical {
            column: given.to_owned(),
            kind: None,
        },
    }
}

/// Makes the study, or lets the screens ask for what is not known.
pub fn run(arguments: &NewArguments, look: &Look, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    if arguments.asks() && at_a_terminal(global) {
        return (screens.open)(&Interactive {
            new: Some(arguments.paths.clone()),
            ..Interactive::plain(look, global)
        });
    }
    anyhow::ensure!(
        !arguments.paths.is_empty() || arguments.features.is_some(),
        "name a folder of scans, a table of cases, or both, as: radscore new scans/ patients.csv"
    );
    let material = arguments.material()?;
    let answers = arguments.answers(&material)?;
    let draft = Draft::compose(&material, &answers, &arguments.out)?;
    if !arguments.dry_run {
        draft.is_free()?;
    }
    let mut watch = progress::watch_without_findings(&Global {
        quiet: global.quiet || global.json,
        ..global.clone()
    })?;
    let checked = match draft.check(&mut watch) {
        Err(StudyError::Cancelled) => return Ok(Outcome::Interrupted),
        other => other?,
    };
    let passes = checked.passes();
    let written = passes && !arguments.dry_run;
    if written {
        draft.write()?;
    }
    if global.json {
        super::print_json(&document(&draft, &checked, written))?;
    } else {
        tell_of(&draft, &checked, global);
        if arguments.dry_run {
            super::print(&draft.text)?;
        }
        if written {
            let path = draft.path.display();
            super::print(&format!("{}\n", words::wrote_study(path.to_string())))?;
        } else if !passes {
            tell!("{}", words::NOT_WRITTEN);
            if checked.can_go_without_bad() {
                tell!("{}", words::LEAVE_OUT_BAD);
            }
        }
    }
    Ok(if passes { Outcome::Done } else { Outcome::Failed })
}

/// What was found, in lines on standard error.
fn tell_of(draft: &Draft, checked: &Checked, global: &Global) {
    const SHOWN: usize = 10;
    if !global.quiet {
        for note in draft.notes.iter().chain(&checked.notes) {
            tell!("{note}");
        }
        if let Some((path, table)) = &draft.scans {
            tell!(
                "{}",
                words::images_with_masks(path.display().to_string(), table.rows.len())
            );
        }
        let most = if global.verbose { usize::MAX } else { SHOWN };
        if !draft.left_over.is_empty() {
            tell!("{}", words::left_over(draft.left_over.len()));
        }
        for left in draft.left_over.iter().take(most) {
            tell!("  {}: {}", left.path, left.why);
        }
        if draft.left_over.len() > most {
            tell!("  {}", words::LISTS_ALL);
        }
        let patients = match checked.patients {
            Some(patients) => words::of_patients(patients).to_string(),
            None => words::EACH_A_PATIENT.text().to_owned(),
        };
        let [with, without] = checked.events;
        tell!("{}", words::cases_found(checked.cases, patients, with, without));
        for (count, what) in checked
            .again
            .iter()
            .zip([words::SECOND_MASK.text(), words::REPEATED_MASK.text()])
        {
            if *count > 0 {
                tell!("{}", words::cases_have(count, what));
            }
        }
        for (name, count) in checked.missing.iter().filter(|(_, count)| *count > 0) {
            tell!("{}", words::missing_in(name, count));
        }
    }
    for (id, why) in &checked.bad {
        tell!("{}", words::bad_case(shown_name(id), why));
    }
    if !global.quiet || !checked.passes() {
        for line in super::guard::text(&checked.breaches).lines() {
            tell!("{line}");
        }
    }
}

fn document(draft: &Draft, checked: &Checked, written: bool) -> Value {
    let [with, without] = checked.events;
    let [second_reader, repeat] = checked.again;
    let left_over: Vec<Value> = draft
        .left_over
        .iter()
        .map(|left| json!({ "path": left.path, "why": left.why }))
        .collect();
    let bad: Vec<Value> = checked
        .bad
        .iter()
        .map(|(id, why)| json!({ "id": id, "why": why }))
        .collect();
    let missing: serde_json::Map<String, Value> = checked
        .missing
        .iter()
        .map(|(name, count)| (name.clone(), json!(count)))
        .collect();
    json!({
        "study": draft.path,
        "written": written,
        "passes": checked.passes(),
        "text": draft.text,
        "scans": draft.scans.as_ref().map(|(path, _)| path),
        "cases": checked.cases,
        "events": with,
        "without_event": without,
        "patients": checked.patients,
        "second_reader": second_reader,
        "repeat": repeat,
        "missing": missing,
        "left_over": left_over,
        "bad": bad,
        "notes": draft.notes.iter().chain(&checked.notes).collect::<Vec<_>>(),
        "guard": checked.breaches,
    })
}
