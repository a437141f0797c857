//! `radscore dice`: how far two masks cover the same voxels, and how far apart their surfaces lie.

use std::path::PathBuf;

use serde_json::json;

use super::columns::exact;
use super::{Global, Outcome};
use crate::message::english::statistics as words;
use crate::stats::agreement::overlap;
use crate::stats::base::number::{share, significant};
use crate::volume::overlap::agreement;
use crate::volume::{Extent, LabelChoice, LoadOptions, load};

/// What `radscore dice` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Both masks must lie on one grid. Example:\n  radscore dice sample-cases/masks/P05-T11.nii.gz sample-cases/masks-reader2/P05-T11.nii.gz"
)]
pub struct DiceArguments {
    /// The first mask
    #[arg(value_name = "MASK")]
    first: PathBuf,
    /// The second mask
    #[arg(value_name = "MASK")]
    second: PathBuf,
    /// The label in both masks, a number or a region's name; every voxel that is not 0 where none is given
    #[arg(long, value_name = "N|NAME")]
    label: Option<String>,
}

/// Runs `radscore dice`.
pub fn run(arguments: &DiceArguments, global: &Global) -> anyhow::Result<Outcome> {
    let options = LoadOptions {
        label: arguments.label.as_deref().map_or(LabelChoice::Any, LabelChoice::of),
        extent: Extent::Whole,
        ..LoadOptions::default()
    };
    // The first mask is the image of both pairs: so the grids are compared.
    let first = load(&arguments.first, &arguments.first, &options)?.mask;
    let second = load(&arguments.first, &arguments.second, &options)?.mask;
    let shared = first
        .voxels
        .iter()
        .zip(&second.voxels)
        .filter(|(a, b)| **a && **b)
        .count();
    let (a, b) = (first.count(), second.count());
    let found = overlap(a, b, shared)?;
    let surfaces = agreement(&first, &second)?;
    let volume: f64 = first.geometry.spacing.iter().product();
    if global.json {
        super::print_json(&json!({
            "dice": exact(found.dice), "jaccard": exact(found.jaccard), "voxels": [a, b], "shared": shared,
            "volume": [exact(a as f64 * volume), exact(b as f64 * volume)],
            "hausdorff": exact(surfaces.hausdorff), "hausdorff_95": exact(surfaces.hausdorff_95),
            "mean_surface_distance": exact(surfaces.mean_surface_distance),
        }))?;
        return Ok(Outcome::Done);
    }
    super::print(&format!(
        "{}\n{}\n{}\n",
        words::overlap(share(found.dice, 4), share(found.jaccard, 4)),
        words::voxels_shared(a, b, shared, share(a as f64 * volume, 1), share(b as f64 * volume, 1)),
        words::surfaces(
            significant(surfaces.hausdorff, 4),
            significant(surfaces.hausdorff_95, 4),
            significant(surfaces.mean_surface_distance, 4)
        )
    ))?;
    Ok(Outcome::Done)
}
