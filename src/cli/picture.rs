//! A chart as files: SVG, PNG, TIFF, PDF; how wide it is on paper, how many pixels an inch, and in which letters.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use super::Global;
use super::output_file::write;
use super::printer::tell;
use crate::figure::paper::{Mark, Paper, lay_out, lay_out_for};
use crate::figure::{Figure, svg};
use crate::file::read;
use crate::study::artefact::digest;

/// Letters below this many points are hard to read in print.
const LEGIBLE: f64 = 5.0;

/// How large pictures are, and their letters.
#[derive(Debug, Clone, Args)]
pub struct PrintArguments {
    /// The width of pictures with its unit (84mm, 17.4cm, 3.3in, 240pt): letters keep a size that can be read; for charts as text, a bare number of columns
    #[arg(long, value_name = "WIDTH")]
    pub width: Option<Width>,
    /// Pixels per inch of PNG and TIFF; 300 by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(36..=2400))]
    pub dpi: Option<u32>,
    /// A font (.ttf, .otf) for signs that the built-in one lacks, such as Chinese; PNG, TIFF and PDF take Latin, Greek and signs from the built-in one
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
}

/// The files of a chart.
#[derive(Debug, Clone, Args)]
pub struct PictureArguments {
    /// Write the figure as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the figure as PNG
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Write the figure as TIFF
    #[arg(long, value_name = "FILE")]
    tiff: Option<PathBuf>,
    /// Write the figure as PDF, with text as text and its fonts embedded
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    #[command(flatten)]
    pub print: PrintArguments,
}

/// A width: of text or on paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Width {
    /// Columns of text
    Columns(usize),
    /// Points on paper
    Points(f64),
}

impl FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(columns) = text.parse() {
            return Ok(Self::Columns(columns));
        }
        let units = [("mm", 72.0 / 25.4), ("cm", 720.0 / 25.4), ("in", 72.0), ("pt", 1.0)];
        let points = units.iter().find_map(|(unit, points)| {
            let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            Some(number * points)
        });
        match points {
            Some(points) if (72.0..=2880.0).contains(&points) => Ok(Self::Points(points)),
            Some(_) => Err("pictures are 1 to 40 inches (25 to 1016 mm) wide".to_owned()),
            None => Err(
                "a width is a number with its unit: 84mm, 17.4cm, 3.3in, 240pt; or columns of text as a bare number"
                    .to_owned(),
            ),
        }
    }
}

/// A kind of picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Text in the fonts of whoever looks at it
    Svg,
    /// Pixels
    Png,
    /// Pixels
    Tiff,
    /// Lines and embedded fonts
    Pdf,
}

impl Kind {
    /// How a file's name ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Tiff => "tiff",
            Self::Pdf => "pdf",
        }
    }

    /// Refuses a name whose ending promises another kind of picture.
    fn is_named(self, path: &Path) -> anyhow::Result<()> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let own = |ending: &str| ending == self.ending() || (self == Self::Tiff && ending == "tif");
        match ending {
            Some(ending) if OF_PICTURES.contains(&ending.as_str()) && !own(&ending) => anyhow::bail!(
                "--{} {}: the name promises another kind of picture; let it end in .{}",
                self.ending(),
                path.display(),
                self.ending()
            ),
            _ => Ok(()),
        }
    }
}

/// Endings by which programs know what kind of picture a file is.
const OF_PICTURES: [&str; 11] = [
    "svg", "png", "tif", "tiff", "pdf", "jpg", "jpeg", "gif", "bmp", "webp", "eps",
];

impl PictureArguments {
    /// The files that are asked for.
    fn files(&self) -> Vec<(Kind, &Path)> {
        let all = [
            (Kind::Svg, &self.svg),
            (Kind::Png, &self.png),
            (Kind::Tiff, &self.tiff),
            (Kind::Pdf, &self.pdf),
        ];
        all.into_iter()
            .filter_map(|(kind, path)| Some((kind, path.as_deref()?)))
            .collect()
    }

    /// Where they are asked for.
    pub fn paths(&self) -> Vec<&Path> {
        self.files().into_iter().map(|(_, path)| path).collect()
    }

    /// Whether no picture is asked for.
    pub fn is_empty(&self) -> bool {
        self.files().is_empty()
    }

    /// Refuses sizes that nothing asked for obeys.
    pub fn check(&self) -> anyhow::Result<()> {
        for (kind, path) in self.files() {
            kind.is_named(path)?;
        }
        let kinds: Vec<Kind> = self.files().into_iter().map(|(kind, _)| kind).collect();
        match self.print.width {
            Some(Width::Columns(columns)) if !kinds.is_empty() => anyhow::bail!(
                "--width {columns} has no unit: how wide is the picture? Write for instance --width {columns}mm"
            ),
            Some(Width::Points(_)) if kinds.is_empty() => anyhow::bail!(
                "--width with a unit is a picture's: add --svg, --png, --tiff or --pdf FILE, or give columns of text as a bare number"
            ),
            Some(Width::Columns(_) | Width::Points(_)) | None => {}
        }
        self.print.check(&kinds)
    }

    /// Writes a chart; of several, each file carries the figure's name before its ending.
    pub fn write(
        &self,
        printer: &Printer,
        figure: &Figure,
        (order, of): (usize, usize),
        global: &Global,
    ) -> anyhow::Result<()> {
        let (paper, scale) = self.print.lay_out(figure);
        let files = self.files().into_iter();
        let files = files.map(|(kind, path)| (kind, numbered(path, figure, order, of)));
        put(printer, (&paper, scale), &files.collect::<Vec<_>>(), global)
    }

    /// Writes what is laid out already, at the width that is asked for.
    pub fn write_paper(&self, printer: &Printer, paper: &Paper, global: &Global) -> anyhow::Result<()> {
        let scale = match self.print.width {
            Some(Width::Points(points)) => points / paper.width,
            Some(Width::Columns(_)) | None => 1.0,
        };
        let files = self.files().into_iter().map(|(kind, path)| (kind, path.to_owned()));
        put(printer, (paper, scale), &files.collect::<Vec<_>>(), global)
    }
}

impl PrintArguments {
    /// Refuses what none of these kinds of file obeys.
    pub fn check(&self, kinds: &[Kind]) -> anyhow::Result<()> {
        let pixels = kinds.iter().any(|kind| matches!(kind, Kind::Png | Kind::Tiff));
        if self.dpi.is_some() && !pixels {
            anyhow::bail!("--dpi is for pictures made of pixels: add --png FILE or --tiff FILE");
        }
        if self.font.is_some() && kinds.iter().all(|kind| *kind == Kind::Svg) {
            anyhow::bail!(
                "--font is put into PNG, TIFF and PDF: add --png, --tiff or --pdf FILE (SVG names fonts only)"
            );
        }
        Ok(())
    }

    /// The chart at the width that is asked for, and the scale at which that is.
    pub fn lay_out(&self, figure: &Figure) -> (Paper, f64) {
        match self.width {
            Some(Width::Points(points)) => lay_out_for(figure, points),
            Some(Width::Columns(_)) | None => (lay_out(figure), 1.0),
        }
    }

    /// Reads the font that is named, and says which one it was.
    pub fn printer(&self, global: &Global) -> anyhow::Result<Printer> {
        let mut font = None;
        if let Some(path) = &self.font {
            let bytes = read(path).map_err(|error| anyhow::anyhow!("--font {}: {error}", path.display()))?;
            if !global.quiet {
                tell!("font {} (SHA-256 {})", path.display(), digest(&bytes));
            }
            font = Some(bytes);
        }
        Ok(Printer {
            font,
            dpi: self.dpi.unwrap_or(300),
        })
    }
}

/// What turns drawings into the bytes of files.
pub struct Printer {
    font: Option<Vec<u8>>,
    dpi: u32,
}

impl Printer {
    /// The font that was named.
    #[cfg(feature = "docx")]
    pub fn font(&self) -> Option<&[u8]> {
        self.font.as_deref()
    }

    /// A drawing as a file of a kind.
    #[cfg(feature = "print")]
    pub fn bytes(&self, paper: &Paper, scale: f64, kind: Kind) -> anyhow::Result<Vec<u8>> {
        use crate::figure::print::{Print, Typefaces, pdf, png, tiff};
        if kind == Kind::Svg {
            return Ok(svg::write(paper, scale).into_bytes());
        }
        let typefaces = Typefaces::new(self.font.as_deref()).map_err(|error| anyhow::anyhow!("--font: {error}"))?;
        let print = Print { scale, dpi: self.dpi };
        Ok(match kind {
            Kind::Svg => svg::write(paper, scale).into_bytes(),
            Kind::Png => png(paper, print, &typefaces)?,
            Kind::Tiff => tiff(paper, print, &typefaces)?,
            Kind::Pdf => pdf(paper, print, &typefaces)?,
        })
    }

    /// A drawing as a file of a kind.
    #[cfg(not(feature = "print"))]
    pub fn bytes(&self, paper: &Paper, scale: f64, kind: Kind) -> anyhow::Result<Vec<u8>> {
        if kind == Kind::Svg {
            return Ok(svg::write(paper, scale).into_bytes());
        }
        let _ = (&self.font, self.dpi);
        anyhow::bail!("this radscore was built without PNG, TIFF and PDF; build it with the Cargo feature print")
    }
}

/// Writes a drawing as files; none where one of them cannot be made.
fn put(
    printer: &Printer,
    (paper, scale): (&Paper, f64),
    files: &[(Kind, PathBuf)],
    global: &Global,
) -> anyhow::Result<()> {
    let made = files
        .iter()
        .map(|(kind, path)| {
            let bytes = printer.bytes(paper, scale, *kind);
            bytes.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for ((_, path), bytes) in files.iter().zip(made) {
        write(path, &bytes, global)?;
        small(paper, scale, path, global);
    }
    Ok(())
}

/// Says where letters are too small to be read in print.
fn small(paper: &Paper, scale: f64, path: &Path, global: &Global) {
    let mut sizes = Vec::new();
    for mark in &paper.marks {
        if let Mark::Text(words) = mark {
            sizes.push(words.size);
        }
    }
    let least = scale * sizes.into_iter().fold(f64::INFINITY, f64::min);
    if least < LEGIBLE && !global.quiet {
        tell!(
            "radscore: {}: its smallest letters are {least:.1} pt; most journals ask for 5 or more: choose a larger --width",
            path.display()
        );
    }
}

/// The file itself for one figure; for several, the figure's name goes before the ending.
pub fn numbered(path: &Path, figure: &Figure, order: usize, of: usize) -> PathBuf {
    if of == 1 {
        return path.to_owned();
    }
    let stem = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let ending = path
        .extension()
        .map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    let part = figure
        .name
        .split_once('-')
        .map_or_else(|| (order + 1).to_string(), |(_, part)| part.to_owned());
    path.with_file_name(format!("{stem}-{part}{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_no_other_kind_of_picture() {
        for (kind, name, good) in [
            (Kind::Png, "a.png", true),
            (Kind::Png, "a.PNG", true),
            (Kind::Png, "a", true),
            (Kind::Png, "a.v2", true),
            (Kind::Tiff, "a.tif", true),
            (Kind::Png, "a.jpg", false),
            (Kind::Svg, "a.pdf", false),
        ] {
            assert_eq!(kind.is_named(Path::new(name)).is_ok(), good, "{name}");
        }
    }

    #[test]
    fn a_width_has_a_unit_or_is_columns() {
        assert_eq!("100".parse(), Ok(Width::Columns(100)));
        assert_eq!("72pt".parse(), Ok(Width::Points(72.0)));
        assert_eq!("2 in".parse(), Ok(Width::Points(144.0)));
        let Ok(Width::Points(points)) = "84mm".parse() else {
            panic!("84mm is a width")
        };
        assert!((points - 238.110_236).abs() < 1e-6);
        for wrong in ["84 km", "mm", "-84mm", "1mm", "9000mm", "NaNmm", ""] {
            assert!(wrong.parse::<Width>().is_err(), "{wrong}");
        }
    }
}
