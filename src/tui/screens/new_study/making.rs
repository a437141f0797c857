//! A study that is being made at the screen: what was given, what was answered, and what follows from both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::study::new::answers::{Answers, Clinical, ClinicalKind};
use crate::study::new::columns::{Cases, may_be_codes};
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;
use crate::study::new::pairing::Pairing;
use crate::study::new::scans::{Wanted, paired};

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Making {
    /// Folders and tables
    pub(super) paths: Vec<PathBuf>,
    /// What they hold
    pub(super) material: Arc<Material>,
    /// What was answered
    pub(super) answers: Answers,
    /// Where the study file is to stand
    pub(super) out: PathBuf,
    /// What the names of the scans say, or why nothing
    pub(super) pairing: Option<Result<Pairing, String>>,
    /// The cases, or what is open
    pub(super) cases: Option<Result<Cases, String>>,
    /// The study that was checked, and what came of it
    pub(super) checked: Option<(Box<Draft>, Box<Checked>)>,
}

/// What files or a column of files are used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The images
    Image,
    /// The first reader's masks
    Mask,
    /// Another reader's
    SecondReader,
    /// The first reader's second ones
    Repeat,
}

impl Making {
    /// Takes what was read.
    pub(super) fn take(&mut self, paths: Vec<PathBuf>, material: Material) {
        if self.paths.is_empty()
            && let Some(first) = paths.first()
        {
            self.out = first.parent().unwrap_or(Path::new("")).join("study.yaml");
        }
        self.paths = paths;
        self.material = Arc::new(material);
        self.refresh();
    }

    /// Finds anew what follows from the answers.
    pub(super) fn refresh(&mut self) {
        self.checked = None;
        let wanted = Wanted {
            image: self.answers.image.as_deref(),
            mask: self.answers.mask.as_deref(),
            second_reader: self.answers.second_reader.as_deref(),
            repeat: self.answers.repeat.as_deref(),
        };
        let known = self.material.possible_ids();
        let found = self.material.found.as_ref();
        self.pairing = found.map(|found| paired(found, wanted, &known).map_err(|error| error.to_string()));
        self.cases = (!self.paths.is_empty())
            .then(|| Cases::of(&self.material, &self.answers).map_err(|error| error.to_string()));
    }

    /// The cases, where they can be told.
    pub(super) fn known_cases(&self) -> Option<&Cases> {
        self.cases.as_ref().and_then(|cases| cases.as_ref().ok())
    }

    /// What is to be used as something.
    fn place(&mut self, role: Use) -> &mut Option<String> {
        match role {
            Use::Image => &mut self.answers.image,
            Use::Mask => &mut self.answers.mask,
            Use::SecondReader => &mut self.answers.second_reader,
            Use::Repeat => &mut self.answers.repeat,
        }
    }

    /// What a reader's masks or a column are used as.
    pub(super) fn use_of(&self, name: &str) -> Option<Use> {
        let answers = &self.answers;
        let uses = [
            (&answers.image, Use::Image),
            (&answers.mask, Use::Mask),
            (&answers.second_reader, Use::SecondReader),
            (&answers.repeat, Use::Repeat),
        ];
        let mut uses = uses.into_iter();
        uses.find(|(word, _)| word.as_deref() == Some(name))
            .map(|(_, role)| role)
    }

    /// The next use of a reader's masks or a column, of those that it may have.
    pub(super) fn next_use(&mut self, name: &str, uses: &[Use]) {
        let now = self.use_of(name);
        let at = now.and_then(|role| uses.iter().position(|other| *other == role));
        if let Some(role) = now {
            *self.place(role) = None;
        }
        if let Some(role) = uses.get(at.map_or(0, |at| at + 1)) {
            *self.place(*role) = Some(name.to_owned());
        }
        self.refresh();
    }

    /// The column of a table's ids from now on.
    pub(super) fn identify(&mut self, table: usize, column: &str) {
        let header = self.material.tables[table].header.clone();
        self.answers.id.retain(|name| !header.contains(name));
        self.answers.id.insert(0, column.to_owned());
        self.refresh();
    }

    /// The clinical column of a name, where it is taken.
    pub(super) fn taken(&self, column: &str) -> Option<&Clinical> {
        self.answers.clinical.iter().find(|clinical| clinical.column == column)
    }

    /// Takes a clinical column, as a number or as categories, or leaves it.
    pub(super) fn next_kind(&mut self, column: &str) {
        use ClinicalKind::{Category, Number};
        let Some(facts) = self
            .known_cases()
            .map(|cases| cases.facts(&self.material, &self.answers, column))
        else {
            return;
        };
        // Numbers that may be codes have to be called one or the other.
        let kinds: &[Option<ClinicalKind>] = if may_be_codes(&facts) {
            &[Some(Number), Some(Category)]
        } else {
            &[None]
        };
        let at = self
            .taken(column)
            .map(|clinical| kinds.iter().position(|kind| *kind == clinical.kind).unwrap_or(0));
        let clinical = &mut self.answers.clinical;
        let place = clinical.iter().position(|clinical| clinical.column == column);
        match (place, kinds.get(at.map_or(0, |at| at + 1))) {
            (Some(place), Some(kind)) => clinical[place].kind = *kind,
            (Some(place), None) => {
                clinical.remove(place);
            }
            (None, Some(kind)) => clinical.push(Clinical {
                column: column.to_owned(),
                kind: *kind,
            }),
            (None, None) => {}
        }
        self.refresh();
    }

    /// The study as it is now.
    pub(super) fn draft(&self) -> Result<Draft, String> {
        let draft = Draft::compose(&self.material, &self.answers, &self.out).map_err(|error| error.to_string())?;
        draft.is_free().map_err(|error| error.to_string())?;
        Ok(draft)
    }
}
