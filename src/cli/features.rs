//! `radscore features`: every feature, image type and setting, from the registries.

use clap::Args;
use serde_json::json;

use super::{Global, Outcome};
use crate::features::filter::FILTERS;
use crate::features::ibsi::compliance;
use crate::features::parameters::setting_rows;
use crate::features::settings::VOXEL_SETTINGS;
use crate::features::{CLASSES, Offer};
use crate::message::english::extraction as words;

/// What is listed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore features\n  radscore features glcm\n  radscore features --settings\n  radscore features --compliance"
)]
pub struct FeaturesArguments {
    /// Only the features of this class
    class: Option<String>,
    /// The image types of a parameter file instead
    #[arg(long, conflicts_with = "settings")]
    image_types: bool,
    /// The settings of a parameter file instead
    #[arg(long)]
    settings: bool,
    /// How far the program complies with the Image Biomarker Standardisation Initiative, instead
    #[arg(long, conflicts_with_all = ["settings", "image_types"])]
    compliance: bool,
}

/// Prints the lists.
pub fn run(arguments: &FeaturesArguments, global: &Global) -> anyhow::Result<Outcome> {
    if arguments.settings {
        settings(global)?;
    } else if arguments.image_types {
        image_types(global)?;
    } else if arguments.compliance {
        compliance(global)?;
    } else {
        features(arguments.class.as_deref(), global)?;
    }
    Ok(Outcome::Done)
}

fn features(wanted: Option<&str>, global: &Global) -> anyhow::Result<()> {
    let classes: Vec<_> = CLASSES
        .iter()
        .filter(|class| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(class.name())))
        .collect();
    if classes.is_empty() {
        anyhow::bail!(
            "there is no class {:?}; classes: {}",
            wanted.unwrap_or_default(),
            CLASSES.iter().map(|class| class.name()).collect::<Vec<_>>().join(", ")
        );
    }
    if global.json {
        let document: Vec<_> = classes
            .iter()
            .map(|class| {
                let features: Vec<_> = class
                    .features()
                    .iter()
                    .map(|info| {
                        json!({
                            "name": info.name, "ibsi": info.ibsi, "formula": info.formula, "about": info.about,
                            "offer": word(info.offer),
                        })
                    })
                    .collect();
                json!({"class": class.name(), "about": class.about(), "features": features})
            })
            .collect();
        return super::print_json(&json!(document));
    }
    let mut text = String::new();
    for class in &classes {
        text.push_str(&format!("{}: {}\n", class.name(), class.about()));
        for info in class.features() {
            let note = match info.offer {
                Offer::Default => String::new(),
                other => format!(" [{}]", word(other)),
            };
            text.push_str(&format!(
                "  {:<38} {:<4}  {}{note}\n  {:<44}  = {}\n",
                info.name,
                info.ibsi.unwrap_or("-"),
                info.about,
                "",
                info.formula
            ));
        }
    }
    if wanted.is_none() {
        text.push_str(&format!("\n{}\n", words::COMPLIANCE));
        text.push_str(&compliance::matrix_text(&compliance::compliance()));
    }
    super::print(&text)
}

fn compliance(global: &Global) -> anyhow::Result<()> {
    let families = compliance::compliance();
    if !global.json {
        return super::print(&compliance::matrix_text(&families));
    }
    let list: Vec<_> = families
        .iter()
        .map(|row| {
            json!({
                "data": row.data, "family": row.family, "agree": row.agree, "compared": row.compared,
                "without_consensus": row.without,
            })
        })
        .collect();
    super::print_json(&json!(list))
}

fn word(offer: Offer) -> &'static str {
    match offer {
        Offer::Default => words::BY_DEFAULT.text(),
        Offer::Named => words::BY_NAME.text(),
        Offer::Deprecated => words::DEPRECATED.text(),
        Offer::Retired => words::RETIRED.text(),
    }
}

fn image_types(global: &Global) -> anyhow::Result<()> {
    if global.json {
        let list: Vec<_> = FILTERS
            .iter()
            .map(|filter| json!({"name": filter.image_type(), "about": filter.about()}))
            .collect();
        return super::print_json(&json!(list));
    }
    let mut text = String::new();
    for filter in FILTERS {
        text.push_str(&format!("{:<14} {}\n", filter.image_type(), filter.about()));
    }
    super::print(&text)
}

fn settings(global: &Global) -> anyhow::Result<()> {
    let all = setting_rows()
        .into_iter()
        .map(|row| ("setting", row))
        .chain(VOXEL_SETTINGS.iter().map(|&row| ("voxelSetting", row)));
    if global.json {
        let list: Vec<_> = all
            .map(|(section, row)| {
                json!({
                    "section": section, "name": row.name(), "default": row.default().words(), "about": row.about(),
                    "convention": row.read_by().convention(),
                })
            })
            .collect();
        return super::print_json(&json!(list));
    }
    let mut text = String::new();
    for (section, row) in all {
        text.push_str(&format!(
            "{section:<12} {:<26} {:<12} {}\n",
            row.name(),
            row.default().words(),
            row.about()
        ));
    }
    super::print(&text)
}
