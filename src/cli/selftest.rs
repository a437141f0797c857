//! `radscore selftest ibsi`: the program against the consensus values of the Image Biomarker Standardisation Initiative.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::printer::tell;
use super::{Global, Outcome};
use crate::features::Parameters;
use crate::features::ibsi::compliance::{by_family, table};
use crate::features::ibsi::selftest::{Check, CtPhantom, digital, filtered_features, response_maps};
use crate::message::english::extraction as words;
use crate::study::input::yaml::Document;

/// What is tested, and with which data.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  radscore selftest ibsi\n  radscore selftest ibsi --data ibsi-data --json\n\n\
    The digital phantom is built in. DIR has ct_phantom/, reference_ct_configA.csv … and ibsi2/; what is missing is skipped and said so."
)]
pub struct SelftestArguments {
    /// The standard
    what: Standard,
    /// Folder with the CT phantom, the filter phantoms and their reference values
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A standard that the program can be held to.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Standard {
    /// The Image Biomarker Standardisation Initiative
    Ibsi,
}

/// The parameter files of the configurations of part 1.
const CONFIGURATIONS: [(char, &str); 5] = [
    ('A', include_str!("../../configs/extraction/ibsi-a.yaml")),
    ('B', include_str!("../../configs/extraction/ibsi-b.yaml")),
    ('C', include_str!("../../configs/extraction/ibsi-c.yaml")),
    ('D', include_str!("../../configs/extraction/ibsi-d.yaml")),
    ('E', include_str!("../../configs/extraction/ibsi-e.yaml")),
];

/// Compares every value; fails where one is beyond its tolerance.
pub fn run(arguments: &SelftestArguments, global: &Global) -> anyhow::Result<Outcome> {
    let Standard::Ibsi = arguments.what;
    let mut checks = digital()?;
    let mut skipped = Vec::new();
    match &arguments.data {
        Some(folder) => with_data(folder, &mut checks, &mut skipped)?,
        None => skipped.push(words::NOT_BUILT_IN.text().to_owned()),
    }
    let failed = checks.iter().any(|check| !check.pass);
    if global.json {
        super::print_json(&document(&checks))?;
        for line in skipped.iter().filter(|_| !global.quiet) {
            tell!("{}", words::skipped(line));
        }
    } else {
        super::print(&text(&checks, &skipped, global.verbose))?;
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

fn with_data(folder: &Path, checks: &mut Vec<Check>, skipped: &mut Vec<String>) -> anyhow::Result<()> {
    anyhow::ensure!(
        folder.is_dir(),
        "{}: is no folder; --data takes the folder that holds ct_phantom/ and ibsi2/",
        folder.display()
    );
    let before = checks.len();
    if folder.join("ct_phantom/image.nii.gz").exists() {
        let ct = CtPhantom::read(folder)?;
        for (letter, settings) in CONFIGURATIONS {
            let table = folder.join(format!("reference_ct_config{letter}.csv"));
            let Some(table) = read_if_there(&table)? else {
                skipped.push(words::configuration_missing(letter, table.display()).to_string());
                continue;
            };
            let file = Path::new("ibsi").with_extension(format!("{letter}.yaml"));
            let parameters = Parameters::from_value(&Document::parse(&file, settings.as_bytes())?.value)?;
            checks.extend(ct.configuration(letter, &table, &parameters)?);
        }
        let table = folder.join("ibsi2/reference_features_ct_phantom.csv");
        match read_if_there(&table)? {
            Some(table) => checks.extend(filtered_features(&ct, &table)),
            None => skipped.push(words::phantom_missing(table.display()).to_string()),
        }
    } else {
        skipped.push(words::configurations_missing(folder.join("ct_phantom/image.nii.gz").display()).to_string());
    }
    let maps = response_maps(folder)?;
    if maps.is_empty() {
        skipped.push(words::no_response_maps(folder.join("ibsi2/response_maps").display()).to_string());
    }
    checks.extend(maps);
    anyhow::ensure!(
        checks.len() > before,
        "{}: holds none of the IBSI's data (ct_phantom/, reference_ct_configA.csv …, ibsi2/)",
        folder.display()
    );
    Ok(())
}

fn read_if_there(path: &Path) -> anyhow::Result<Option<String>> {
    if !path.exists() {
        return Ok(None);
    }
    crate::file::read_text(path)
        .map(Some)
        .with_context(|| format!("{}: cannot be read", path.display()))
}

fn document(checks: &[Check]) -> Value {
    let values: Vec<Value> = checks
        .iter()
        .map(|check| {
            json!({
                "data": check.data,
                "tag": check.tag,
                "family": check.family,
                "aggregation": check.aggregation,
                "reference": check.reference,
                "value": check.value.is_finite().then_some(check.value),
                "tolerance": check.tolerance,
                "consensus": check.consensus,
                "pass": check.pass,
            })
        })
        .collect();
    json!({ "values": values })
}

fn text(checks: &[Check], skipped: &[String], every_value: bool) -> String {
    let mut text = table(&by_family(checks));
    let compared = checks.iter().filter(|check| check.reference.is_some()).count();
    let failed: Vec<&Check> = checks.iter().filter(|check| !check.pass).collect();
    text.push_str(&format!("\n{}\n", words::agree(compared - failed.len(), compared)));
    let listed: Vec<&Check> = if every_value { checks.iter().collect() } else { failed };
    for check in listed {
        let reference = check.reference.map_or_else(
            || words::NO_CONSENSUS.text().to_owned(),
            |reference| format!("{reference} ± {}", check.tolerance),
        );
        text.push_str(&format!(
            "{}\n",
            words::checked(
                match (check.reference, check.pass) {
                    (None, _) => words::WITHOUT.text(),
                    (Some(_), true) => words::AGREES.text(),
                    (Some(_), false) => words::DIFFERS.text(),
                },
                &check.data,
                &check.tag,
                &check.aggregation,
                check.value,
                reference,
                &check.consensus
            )
        ));
    }
    for line in skipped {
        text.push_str(&format!("{}\n", words::skipped(line)));
    }
    text.push_str(&format!("{}\n", words::REFERENCE_VALUES));
    text
}
