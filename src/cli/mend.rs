//! `radscore mend`: a mask mended step by step, or grown from seeds, and written beside the original with its history.

use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::json;

use super::columns::exact;
use super::output_file::{Overwriting, never_an_input};
use super::printer::tell;
use super::{Global, Outcome};
use crate::message::english::mending as words;
use crate::stats::base::number::significant;
use crate::study::mended::{Kept, Original, history_of, keep};
use crate::volume::LabelChoice;
use crate::volume::mend::{Mended, Mending, Operation};

/// What `radscore mend` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = STEPS)]
pub struct MendArguments {
    /// The image
    image: PathBuf,
    /// The mask; without one the region is what the seeds grow to, or what is painted
    mask: Option<PathBuf>,
    /// The mask to write, by its name NIfTI (.nii.gz, .nii) or NRRD (.nrrd); its history is written beside it
    #[arg(long, short, value_name = "NEW_MASK")]
    output: PathBuf,
    /// The label in the mask, a number or a region's name; every voxel that is not 0 where none is given
    #[arg(long, value_name = "N|NAME", requires = "mask")]
    label: Option<String>,
    /// The value of the region in the new mask; the label's number, or 1, where none is given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    value: Option<u32>,
    /// Seeds on the image's grid: voxels of 1 lie inside, voxels of 2 outside; the region is grown from them first, unless the
    /// step `contour` says when
    #[arg(long, value_name = "SEEDS")]
    seeds: Option<PathBuf>,
    /// A step; as often as needed, and taken in the order given
    #[arg(long = "do", value_name = "STEP")]
    steps: Vec<Operation>,
    #[command(flatten)]
    overwriting: Overwriting,
}

/// The steps, for the help.
const STEPS: &str = "Steps:
  largest             keep the largest connected part
  fill, fill=AXIS     fill holes; slice by slice along the axis x, y or z of the image
  smooth=MM           smooth the surface (Gaussian of so many millimetres, half or more stays)
  grow=MM, shrink=MM  by millimetres, whatever the spacing; grow and shrink by the same to close gaps
  cut=AXIS:A-B        keep the slices A to B along an axis, counted from 1; A- or -B keeps one side
  paint=MM@X,Y,Z;…    add balls of a radius around voxels, counted from 1
  erase=MM@X,Y,Z;…    take them away
  inside=MM@X,Y,Z;…   seeds inside of the region
  outside=MM@X,Y,Z;…  seeds outside of it
  contour, contour=MM grow the region from the seeds (GrowCut) in their box and so many millimetres around it; 5 without MM

Example:
  radscore mend sample-cases/images/P05-T11.nii.gz sample-cases/masks/P05-T11.nii.gz --do largest --do fill --do smooth=1 -o new-mask.nii.gz";

/// Runs `radscore mend`.
pub fn run(arguments: &MendArguments, global: &Global) -> anyhow::Result<Outcome> {
    if arguments.steps.is_empty() && arguments.seeds.is_none() {
        bail!("nothing is to be done: name steps with --do, or --seeds; radscore mend --help lists the steps");
    }
    let inputs = [
        Some(&arguments.image),
        arguments.mask.as_ref(),
        arguments.seeds.as_ref(),
    ];
    let inputs: Vec<&Path> = inputs.into_iter().flatten().map(PathBuf::as_path).collect();
    let history = history_of(&arguments.output);
    for file in [&arguments.output, &history] {
        arguments.overwriting.judge(file, inputs.iter().copied())?;
    }
    if let Some(mask) = &arguments.mask {
        never_an_input(&history, [history_of(mask).as_path()])?;
    }
    let label = arguments.label.as_deref().map_or(LabelChoice::Any, LabelChoice::of);
    let value = match (arguments.value, &label) {
        (Some(value), _) => value,
        (None, LabelChoice::Value(label)) => u32::try_from(*label).unwrap_or(1).max(1),
        (None, LabelChoice::Segment(_) | LabelChoice::Any) => 1,
    };
    let original = Original {
        image: arguments.image.clone(),
        mask: arguments.mask.clone(),
        label,
    };
    let (image, region) = original.read()?;
    let mut mending = Mending::new(region);
    let mut steps = arguments.steps.clone();
    if let Some(seeds) = &arguments.seeds {
        let [inside, outside] = original.seeds(seeds, &image)?;
        mending.sow(inside, outside);
        if !steps.iter().any(|step| matches!(step, Operation::Contour(_))) {
            steps.insert(0, Operation::CONTOUR);
        }
    }
    let mut done: Vec<(String, Mended)> = Vec::new();
    for step in steps {
        let said = step.to_string();
        done.push((said, mending.take(step, &image)?));
    }
    let kept = keep(
        &original,
        arguments.seeds.as_deref(),
        &mending,
        value,
        &arguments.output,
    )?;
    let volume = kept.voxels as f64 * image.geometry.voxel_volume() / 1000.0;
    if global.json {
        let rows = done.iter().map(
            |(step, mended)| json!({"step": step, "before": mended.before, "after": mended.after, "tied": mended.tied}),
        );
        super::print_json(&json!({
            "mask": kept.mask, "history": kept.history, "value": value, "voxels": kept.voxels, "ml": exact(volume),
            "steps": rows.collect::<Vec<_>>(),
        }))?;
    } else {
        super::print(&said(&done))?;
    }
    if !global.quiet {
        tell_written(&kept, volume);
    }
    Ok(Outcome::Done)
}

/// What was done, a line a step.
fn said(done: &[(String, Mended)]) -> String {
    let mut text = String::new();
    for (step, mended) in done {
        text.push_str(&format!("{}\n", words::step_done(step, mended.before, mended.after)));
        if mended.tied > 0 {
            text.push_str(&format!("{}\n", words::tied(mended.tied)));
        }
    }
    text
}

fn tell_written(kept: &Kept, volume: f64) {
    let volume = significant(volume, 4);
    tell!("{}", words::written(kept.mask.display(), kept.voxels, volume));
    tell!("{}", words::history_in(kept.history.display()));
}
