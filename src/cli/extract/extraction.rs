//! All cases of an extraction, several at a time; those that share an image together.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use rayon::prelude::*;

use super::arguments::{MapFormat, Mode};
use super::batch::Case;
use super::columns::Columns;
use super::group::{Seen, groups};
use super::log::Log;
use super::maps;
use super::output::{self, Format, Target};
use super::resume::{Finished, Known};
use super::row::Row;
use crate::features::{FeatureError, Parameters, extract, load_options};
use crate::message::english::extraction as words;
use crate::study::input::stamp::Sighting;
use crate::volume::{LabelChoice, Regions, VolumeError, load_regions};

/// What is made of every case.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub mode: Mode,
    pub map_format: MapFormat,
    pub skip_nans: bool,
    /// A folder for the files by case, or for the maps
    pub folder: Option<&'a Path>,
}

/// What the threads of an extraction share.
pub(super) struct Extraction<'a> {
    pub work: Work<'a>,
    pub parameters: &'a Parameters,
    pub cases: &'a [Case],
    pub finished: &'a Finished,
    pub log: &'a Log,
    pub interrupted: &'a AtomicBool,
    /// The columns of the rows so far
    pub columns: Mutex<Columns>,
    /// How many cases are done
    pub count: AtomicUsize,
    /// How many failed for a reason that may pass
    pub passing: AtomicUsize,
}

impl<'a> Extraction<'a> {
    /// Nothing is done yet.
    pub fn new(
        work: Work<'a>,
        parameters: &'a Parameters,
        cases: &'a [Case],
        finished: &'a Finished,
        log: &'a Log,
        interrupted: &'a AtomicBool,
    ) -> Self {
        Self {
            work,
            parameters,
            cases,
            finished,
            log,
            interrupted,
            columns: Mutex::default(),
            count: AtomicUsize::new(0),
            passing: AtomicUsize::new(0),
        }
    }

    /// Does every case with that many threads, or those that there are.
    pub fn all_with(&self, jobs: Option<u16>) -> anyhow::Result<bool> {
        match jobs {
            Some(jobs) => rayon::ThreadPoolBuilder::new()
                .num_threads(usize::from(jobs))
                .build()
                .context("the worker threads cannot be started")?
                .install(|| self.all()),
            None => self.all(),
        }
    }

    /// Does every case that is not finished, in parallel; whether all came to their end.
    fn all(&self) -> anyhow::Result<bool> {
        if let Some(folder) = self.work.folder {
            std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let groups = groups(self.cases);
        // Where there are groups enough for all threads, each is left to one: what is open at a time stays bounded.
        let apart = groups.len() < rayon::current_num_threads();
        (0..groups.len())
            .into_par_iter()
            .with_max_len(1)
            .try_for_each(|group| self.group(groups.get(group), apart))?;
        Ok(self.count.load(Ordering::Relaxed) == self.cases.len())
    }

    /// The cases of one image.
    fn group(&self, places: &[usize], apart: bool) -> anyhow::Result<()> {
        let mut seen = Seen::default();
        let mut left = Vec::new();
        for &place in places {
            let case = &self.cases[place];
            match self.finished.known(case, |file| seen.holds(file)) {
                Known::Finished(row) => self.done(case, &row),
                Known::Changed => {
                    let text = words::files_changed(case.number);
                    self.log.say(self.log.warnings, &text);
                    left.push(case);
                }
                Known::Nothing => left.push(case),
            }
        }
        if left.is_empty() || self.interrupted.load(Ordering::Relaxed) {
            return Ok(());
        }
        for case in left.iter().filter(|case| case.fault.is_none()) {
            seen.look(&case.image);
            seen.look(&case.mask);
        }
        let regions = match self.work.mode {
            Mode::Segment => Some(self.regions(&left)),
            Mode::Voxel => None,
        };
        if regions.is_some() {
            seen.look_again();
        }
        let one = |(number, case): (usize, &&Case)| {
            if self.interrupted.load(Ordering::Relaxed) {
                return Ok(());
            }
            let region = regions.as_ref().map(|(regions, loaded)| (regions, loaded[number]));
            self.case(case, region, &seen)
        };
        if apart {
            left.par_iter().enumerate().with_max_len(1).try_for_each(one)
        } else {
            left.iter().enumerate().try_for_each(one)
        }
    }

    /// The regions of cases of one image, and for each case the number of its region; none for a case that cannot be begun.
    fn regions(&self, cases: &[&Case]) -> (Regions, Vec<Option<usize>>) {
        let mut asked: Vec<(PathBuf, LabelChoice)> = Vec::new();
        let numbers = cases
            .iter()
            .map(|case| {
                case.fault.is_none().then(|| {
                    asked.push((case.mask.clone(), case.label.clone()));
                    asked.len() - 1
                })
            })
            .collect();
        let mut options = load_options(LabelChoice::Any, self.parameters);
        // Image, channel and volume are the same for all, mask and label those of each.
        let first = cases[0];
        if let Some(channel) = first.channel {
            options.label_channel = usize::try_from(channel).unwrap_or(usize::MAX);
        }
        options.volume = first.volume.or(options.volume);
        (load_regions(&first.image, &asked, &options), numbers)
    }

    /// One case: its row goes to the disk.
    fn case(&self, case: &Case, region: Option<(&Regions, Option<usize>)>, seen: &Seen) -> anyhow::Result<()> {
        let mut row = Row::new(case.columns());
        let mut passing = false;
        if let Err(error) = self.fill(&mut row, case, region) {
            passing = error.downcast_ref().is_some_and(FeatureError::is_of_the_system)
                || error.downcast_ref().is_some_and(VolumeError::is_of_the_system);
            row.error = Some(format!("{error:#}"));
        }
        if let (Mode::Segment, Some(folder)) = (self.work.mode, self.work.folder) {
            let path = case.file_in(folder);
            let mut columns = Columns::default();
            columns.add(0, &row);
            let target = Target {
                format: Format::Csv,
                single: false,
                out: Some(&path),
                append: false,
            };
            output::write(std::slice::from_ref(&row), &columns, &target)?;
        }
        self.passing.fetch_add(usize::from(passing), Ordering::Relaxed);
        self.done(case, &row);
        let files = seen
            .files_of(case)
            .filter(|files| !passing && (region.is_some() || files.iter().all(Sighting::holds)));
        self.finished.keep(case, row, files)
    }

    /// What comes of a case, in its row.
    fn fill(&self, row: &mut Row, case: &Case, region: Option<(&Regions, Option<usize>)>) -> anyhow::Result<()> {
        if let Some(fault) = &case.fault {
            bail!("{fault}");
        }
        let parameters = case.parameters(self.parameters)?;
        let Some((regions, number)) = region else {
            let folder = self.work.folder.unwrap_or(Path::new("."));
            return maps::write(row, case, &parameters, folder, self.work.map_format);
        };
        let Some(number) = number else {
            bail!("the case has no region");
        };
        let scan = regions.scan(number)?;
        let found = extract(&scan, &parameters).map_err(|error| error.of_files(&case.image, &case.mask))?;
        row.add(found, parameters.settings().additional_info(), self.work.skip_nans);
        Ok(())
    }

    /// Counts a case that is done.
    fn done(&self, case: &Case, row: &Row) {
        self.columns
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(case.number, row);
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        self.log.case(case, row, count, self.cases.len());
    }
}
