//! A command's chart: as text where the command prints it, and as files.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Global;
use super::output_file::{self, Overwriting};
use super::picture::{PictureArguments, Width};
use crate::figure::Figure;
use crate::figure::cells::{Ink, Layout, paint};

/// Rows of a chart in text.
const HEIGHT: usize = 26;
/// Its columns, where nothing else is asked for.
const WIDTH: usize = 80;

/// Where a command's chart goes.
#[derive(Debug, Clone, Args)]
pub struct ChartFiles {
    #[command(flatten)]
    picture: PictureArguments,
    /// Write the numbers behind the chart to this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
}

/// The same of a command that prints its chart, too.
#[derive(Debug, Clone, Args)]
pub struct ChartArguments {
    #[command(flatten)]
    files: ChartFiles,
    /// Draw with ASCII signs only
    #[arg(long)]
    ascii: bool,
}

impl ChartFiles {
    /// Whether the files asked for may be written; `inputs` are what the command reads.
    ///
    /// # Errors
    /// If one is an input, or is there and was not to be replaced, and where a size is given that nothing obeys.
    pub fn judge<'a>(&self, inputs: impl IntoIterator<Item = &'a Path> + Clone) -> anyhow::Result<()> {
        if let Some(Width::Columns(columns)) = self.picture.print.width
            && self.picture.is_empty()
        {
            anyhow::bail!("--width {columns} is a picture's here: add --svg, --png, --tiff or --pdf FILE, and a unit");
        }
        self.judge_files(inputs)
    }

    fn judge_files<'a>(&self, inputs: impl IntoIterator<Item = &'a Path> + Clone) -> anyhow::Result<()> {
        self.picture.check()?;
        let paths: Vec<&Path> = self.picture.paths().into_iter().chain(self.csv.as_deref()).collect();
        for (at, path) in paths.iter().enumerate() {
            anyhow::ensure!(
                !paths[..at].contains(path),
                "{} is named for two files: each needs a name of its own",
                path.display()
            );
            self.overwriting.judge(path, inputs.clone())?;
        }
        Ok(())
    }

    /// Whether any is asked for.
    pub fn is_empty(&self) -> bool {
        self.picture.is_empty() && self.csv.is_none()
    }

    /// Writes the files asked for, if any is and there is a chart.
    pub fn draw(&self, figure: impl FnOnce() -> Option<Figure>, global: &Global) -> anyhow::Result<()> {
        match (!self.is_empty()).then(figure).flatten() {
            Some(figure) => self.write(&figure, global),
            None => Ok(()),
        }
    }

    /// Writes the files asked for.
    pub fn write(&self, figure: &Figure, global: &Global) -> anyhow::Result<()> {
        let printer = self.picture.print.printer(global)?;
        self.picture.write(&printer, figure, (0, 1), global)?;
        if let Some(path) = &self.csv {
            output_file::write(path, figure.sheet.to_csv().as_bytes(), global)?;
        }
        Ok(())
    }
}

impl ChartArguments {
    /// As [`ChartFiles::judge`], but that columns of text are a width, too.
    pub fn judge<'a>(&self, inputs: impl IntoIterator<Item = &'a Path> + Clone) -> anyhow::Result<()> {
        self.files.judge_files(inputs)
    }

    /// Writes the files asked for.
    pub fn write(&self, figure: &Figure, global: &Global) -> anyhow::Result<()> {
        self.files.write(figure, global)
    }

    /// The chart as text.
    pub fn text(&self, figure: &Figure) -> String {
        let layout = Layout {
            ink: if self.ascii { Ink::Ascii } else { Ink::Braille },
            ascii: self.ascii,
            title: true,
            ..Layout::default()
        };
        let columns = match self.files.picture.print.width {
            Some(Width::Columns(columns)) => columns,
            Some(Width::Points(_)) | None => WIDTH,
        };
        let cells = paint(figure, columns.clamp(40, 400), HEIGHT, &layout);
        let lines: Vec<String> = (0..HEIGHT)
            .map(|row| cells.line(row, self.ascii).trim_end().to_owned())
            .collect();
        format!("{}\n", lines.join("\n").trim_end())
    }
}
