//! The cases of a run as lines: what a shard needs of the table, and no more.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::arguments::CaseArguments;
use super::batch::Case;
use super::parameters::{document, parameters_of};
use crate::features::Parameters;
use crate::study::shards::plan::Plan;
use crate::volume::LabelChoice;

/// What is asked of every case of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// What the parameter file says; none is not the same as an empty one
    pub document: Option<Value>,
    /// Settings over it, each NAME:VALUE
    pub settings: Vec<String>,
    /// Whether features without a value are left out
    pub skip_nans: bool,
    /// The columns before the results; a case names its own by their place here
    pub headers: Vec<Vec<String>>,
}

/// A case.
#[derive(Serialize, Deserialize)]
struct Line {
    number: usize,
    image: PathBuf,
    mask: PathBuf,
    label: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    volume: Option<usize>,
    header: usize,
    cells: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// Which voxels of the mask.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Value(i64),
    Segment(String),
    Any,
}

impl Question {
    /// What is asked of these cases.
    pub fn new(asked: &CaseArguments, cases: &[Case]) -> anyhow::Result<Self> {
        let mut headers: Vec<Vec<String>> = Vec::new();
        for case in cases {
            if !headers.contains(&case.header) {
                headers.push(case.header.to_vec());
            }
        }
        Ok(Self {
            document: document(asked)?,
            settings: asked.settings(),
            skip_nans: asked.skip_nans,
            headers,
        })
    }

    /// What a plan asks.
    pub fn of_plan(plan: &Plan) -> anyhow::Result<Self> {
        serde_json::from_value(plan.asked.clone()).context("run.json: what is asked of the cases cannot be read")
    }

    /// The parameters.
    pub fn parameters(&self) -> anyhow::Result<Parameters> {
        parameters_of(self.document.as_ref(), &self.settings).context("run.json")
    }
}

/// A case as a line.
pub fn line(case: &Case, question: &Question) -> std::io::Result<String> {
    let line = Line {
        number: case.number,
        image: case.image.clone(),
        mask: case.mask.clone(),
        label: match &case.label {
            LabelChoice::Value(value) => Label::Value(*value),
            LabelChoice::Segment(name) => Label::Segment(name.clone()),
            LabelChoice::Any => Label::Any,
        },
        channel: case.channel,
        volume: case.volume,
        header: question
            .headers
            .iter()
            .position(|header| *header == *case.header)
            .unwrap_or_default(),
        cells: case.cells.clone(),
        fault: case.fault.clone(),
    };
    // A path that is no Unicode cannot be written, and says so.
    Ok(serde_json::to_string(&line)? + "\n")
}

/// The cases of lines.
pub fn cases(lines: &str, question: &Question) -> anyhow::Result<Vec<Case>> {
    let headers: Vec<Arc<Vec<String>>> = question.headers.iter().cloned().map(Arc::new).collect();
    lines
        .lines()
        .map(|text| {
            let line: Line = serde_json::from_str(text).context("cases.jsonl: a line is no case")?;
            let Some(header) = headers.get(line.header) else {
                bail!(
                    "cases.jsonl: case {} names columns that run.json does not have",
                    line.number
                );
            };
            Ok(Case {
                number: line.number,
                image: line.image,
                mask: line.mask,
                label: match line.label {
                    Label::Value(value) => LabelChoice::Value(value),
                    Label::Segment(name) => LabelChoice::Segment(name),
                    Label::Any => LabelChoice::Any,
                },
                channel: line.channel,
                volume: line.volume,
                header: Arc::clone(header),
                cells: line.cells,
                fault: line.fault,
            })
        })
        .collect()
}
