//! `radscore view`: slices of a scan with the outline of its mask, as text; interactive on a terminal.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::choice::PlaneName;
use super::output_file::Overwriting;
use super::picture::{PictureArguments, Width};
use super::{Global, Interactive, Look, Outcome, Screens, at_a_terminal};
use crate::figure::paper::planes;
use crate::figure::section::{Footprint, Viewing, Window, aim_at, cut, slices};
use crate::message::foreign::shown_name;
use crate::volume::{Extent, LabelChoice, LoadOptions, load, read_volume};

/// The options that write a picture.
const PICTURES: [&str; 4] = ["svg", "png", "tiff", "pdf"];

/// Which scan, and from where.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore view image.nii.gz mask.nii.gz --plane sagittal --window 1000/400\n  radscore view image.nii.gz mask.nii.gz --tiff planes.tiff --width 174mm --dpi 600"
)]
pub struct ViewArguments {
    /// The image
    image: PathBuf,
    /// The mask
    mask: Option<PathBuf>,
    /// The region: a label's number or the name of a segment or contour; every voxel that is not 0 without it, and of several
    /// layers or contours the first
    #[arg(long)]
    label: Option<String>,
    /// The plane; a picture has all three
    #[arg(long, value_enum, default_value_t = PlaneName::Axial, conflicts_with_all = PICTURES)]
    plane: PlaneName,
    /// The slice, counted from 1; the one with the largest part of the mask without it
    #[arg(long, value_name = "N", conflicts_with_all = PICTURES)]
    slice: Option<usize>,
    /// The grey window as WIDTH/LEVEL; 1000/400, for bone, without it
    #[arg(long, value_name = "W/L", value_parser = window)]
    window: Option<Window>,
    /// What stands above a picture, instead of the image's name; empty for nothing
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Print one slice as text, on a terminal too
    #[arg(long)]
    text: bool,
    #[command(flatten)]
    picture: PictureArguments,
    #[command(flatten)]
    overwriting: Overwriting,
    #[command(flatten)]
    look: Look,
}

/// A grey window as it is written: WIDTH/LEVEL.
pub fn window(text: &str) -> Result<Window, String> {
    let parts: Vec<&str> = text.split(['/', ',']).collect();
    let [width, level] = parts.as_slice() else {
        return Err("a window is WIDTH/LEVEL, as 1000/400".to_owned());
    };
    match (width.trim().parse::<f64>(), level.trim().parse::<f64>()) {
        (Ok(width), Ok(level)) if width > 0.0 && width.is_finite() && level.is_finite() => Ok(Window { width, level }),
        _ => Err("a window is WIDTH/LEVEL, as 1000/400, with a positive width".to_owned()),
    }
}

/// Shows the scan.
pub fn run(arguments: &ViewArguments, global: &Global, screens: Screens) -> anyhow::Result<Outcome> {
    global.refuse_json("view draws a slice")?;
    let plane = arguments.plane.value();
    if arguments.slice == Some(0) {
        anyhow::bail!("--slice is 0, but slices are counted from 1");
    }
    let viewing = Viewing {
        image: arguments.image.clone(),
        mask: arguments.mask.clone(),
        label: arguments.label.as_deref().map_or(LabelChoice::Any, LabelChoice::of),
        plane,
        slice: arguments.slice.map(|slice| slice - 1),
        window: arguments.window,
    };
    let picture = &arguments.picture;
    picture.check()?;
    if let (true, Some(Width::Columns(columns))) = (picture.is_empty(), picture.print.width) {
        anyhow::bail!("--width {columns} is a picture's here: add --svg, --png, --tiff or --pdf FILE, and a unit");
    }
    if arguments.title.is_some() && picture.is_empty() {
        anyhow::bail!("--title stands above a picture: add --svg, --png, --tiff or --pdf FILE");
    }
    for path in picture.paths() {
        let read = std::iter::once(&arguments.image).chain(&arguments.mask);
        arguments.overwriting.judge(path, read.map(PathBuf::as_path))?;
    }
    if at_a_terminal(global) && !arguments.text && picture.is_empty() {
        return (screens.open)(&Interactive {
            study: None,
            new: None,
            form: None,
            scan: Some(viewing),
            color: global.color,
            theme: arguments.look.theme,
            ascii: arguments.look.ascii,
            mouse: arguments.look.mouse,
        });
    }
    let (volume, mask) = match &arguments.mask {
        Some(mask) => {
            let options = LoadOptions {
                label: viewing.label.clone(),
                extent: Extent::Whole,
                facts: false,
                ..LoadOptions::default()
            };
            let scan = load(&arguments.image, mask, &options)?;
            (Arc::unwrap_or_clone(scan.image), Some(scan.mask))
        }
        None => (read_volume(&arguments.image)?, None),
    };
    if !picture.is_empty() {
        let name = arguments.title.clone().unwrap_or_else(|| {
            let name = arguments.image.file_name();
            name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        });
        let window = viewing.window.unwrap_or(Window::BONE);
        let drawn = planes(&shown_name(&name), &volume, mask.as_ref(), window);
        let printer = picture.print.printer(global)?;
        picture.write_paper(&printer, &drawn, global)?;
        return Ok(Outcome::Done);
    }
    let (columns, rows) = (screens.size)().unwrap_or((80, 40));
    let (columns, rows) = (columns.clamp(20, 200), rows.saturating_sub(2).clamp(10, 80) * 2);
    let mut aim = aim_at(&volume, mask.as_ref().map(Footprint::of).as_ref(), plane, columns, rows);
    let count = slices(&volume, plane);
    if let Some(slice) = viewing.slice {
        if slice >= count {
            anyhow::bail!(
                "--slice is {}, but the {} plane has {count} slices",
                slice + 1,
                plane.name()
            );
        }
        aim.slice = slice;
    }
    let section = cut(&volume, mask.as_ref(), &aim, columns, rows);
    let [left, right, top, bottom] = section.letters;
    let mut text = format!(
        "{} slice {} of {count}; left of the picture {left}, right {right}, top {top}, bottom {bottom}; {:.2} mm a pixel\n",
        plane.name(),
        aim.slice + 1,
        aim.pitch
    );
    for line in section.to_lines(viewing.window.unwrap_or(Window::BONE), arguments.look.ascii) {
        text.push_str(&line);
        text.push('\n');
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}
