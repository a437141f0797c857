//! A stage: a function of its input and its settings that gives its output. What belongs to it is declared with it: settings,
//! artefacts, the report's chapter, the numbers behind its figures.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ingredients::Ingredients;
use super::part::Part;
use super::sources::Sources;
use super::store::Stored;
use super::watch::Watch;
use crate::figure::Results;
use crate::message::Message;
use crate::message::language::in_english;
use crate::study::artefact::{from_json, json_bytes};
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::keys::{Row, Rule};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// A step of the study.
pub trait Stage: Sync + Sized + 'static {
    /// Its name, in commands and in the results' folders
    const NAME: &'static str;
    /// What it does, in a sentence
    const ABOUT: &'static str;
    /// Another name that stands for it and others, in commands
    const GROUP: Option<&'static str> = None;
    /// The artefacts that it makes besides its result, for help; a study may lack some
    const MAKES: &'static [&'static str];
    /// The artefact that holds its output
    const RESULT: &'static str;
    /// Its settings, valid
    type Settings;
    /// All that it reads
    type Input<'s>: Part<'s>;
    /// What it finds
    type Output: Serialize + DeserializeOwned + Send + Sync;

    /// The keys of its settings.
    fn keys() -> Vec<&'static Row> {
        Vec::new()
    }

    /// The artefacts that it makes besides its result, with those of whatever it asks.
    fn makes() -> Vec<&'static str> {
        Self::MAKES.to_vec()
    }

    /// Keys of its settings that have no effect in this study, so that changing them makes nothing stale.
    fn idle(_input: &StudyInput) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether this study has the stage at all; a study on a feature table has nothing to extract.
    fn applies(_input: &StudyInput) -> bool {
        true
    }

    /// What scores the test cases, as values that can be compared, where it shows their outcomes beside what something fitted
    /// makes of them; such a look is judged before the stage runs.
    fn scores_test_cases_by(_sources: &Sources) -> Option<Value> {
        None
    }

    /// Reads its settings.
    fn settings(config: &Config) -> Result<Self::Settings, StudyError>;

    /// Does the work.
    fn run(input: Self::Input<'_>, settings: &Self::Settings, watch: &Watch) -> Result<Self::Output, StudyError>;

    /// The artefacts besides the result, and what was found in words.
    fn present(output: &Self::Output, made: &mut Made);

    /// Reads an earlier output back.
    fn read(out: &Path) -> Option<Self::Output> {
        from_json(&crate::file::read(&out.join(Self::RESULT)).ok()?)
    }

    /// Writes its chapter of the report.
    fn chapter(_output: &Self::Output, _page: &mut Page) {}

    /// Gives the numbers behind its figures.
    fn figures(_output: &Self::Output, _sources: &Sources, _results: &mut Results) {}
}

impl<S: Stage> Stored for S {
    const STAGE: &'static str = S::NAME;
    type Value = S::Output;

    fn read(out: &Path) -> Option<S::Output> {
        <S as Stage>::read(out)
    }
}

/// What a stage has made.
#[derive(Debug, Default)]
pub struct Made {
    /// Artefacts: the path below the results' folder, and the bytes
    pub files: Vec<(String, Vec<u8>)>,
    /// What was found, in words; reports and the status show them
    pub notes: Vec<Message>,
    /// How many cases failed
    pub failed_cases: usize,
    /// How many pieces of work failed for a reason that may have passed by the next run
    pub passing: usize,
    /// Files of the work folder, to be removed once the artefacts are written
    pub leftovers: Vec<String>,
}

impl Made {
    /// Adds an artefact.
    pub fn file(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.files.push((name.to_owned(), bytes.into()));
    }

    /// Adds a word for the reader.
    pub fn note(&mut self, text: impl Into<Message>) {
        self.notes.push(text.into());
    }
}

/// A stage whatever its types: an entry of the registry. Every [`Stage`] is one.
pub trait Step: Sync {
    /// Its name
    fn name(&self) -> &'static str;
    /// What it does, in a sentence
    fn about(&self) -> &'static str;
    /// Another name that stands for it and others
    fn group(&self) -> Option<&'static str>;
    /// The stages whose results it takes
    fn needs(&self) -> Vec<&'static str>;
    /// The artefacts that it makes
    fn makes(&self) -> Vec<&'static str>;
    /// The keys of its settings
    fn keys(&self) -> Vec<&'static Row>;
    /// What scores the test cases, where it shows what that makes of them
    fn scores_test_cases_by(&self, sources: &Sources) -> Option<Value>;
    /// Whether it has left a result
    fn has_result(&self, sources: &Sources) -> bool;
    /// Whether this study has it
    fn applies(&self, input: &StudyInput) -> bool;
    /// Those of them that have no effect in this study
    fn idle(&self, input: &StudyInput) -> Vec<&'static str>;
    /// Whether its settings are valid
    fn check(&self, config: &Config) -> Result<(), StudyError>;
    /// What it is made from besides the stages that it needs
    fn made_from(&self, sources: &Sources) -> Result<Ingredients, StudyError>;
    /// Does the work and gives the artefacts
    fn run(&self, sources: &Sources, watch: &Watch) -> Result<Made, StudyError>;
    /// Writes its chapter of the report, if it has run
    fn chapter(&self, sources: &Sources, page: &mut Page);
    /// Gives the numbers behind its figures, if it has run
    fn figures(&self, sources: &Sources, results: &mut Results);
}

impl<S: Stage> Step for S {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn about(&self) -> &'static str {
        S::ABOUT
    }

    fn group(&self) -> Option<&'static str> {
        S::GROUP
    }

    fn needs(&self) -> Vec<&'static str> {
        <S::Input<'static> as Part<'static>>::needs()
    }

    fn makes(&self) -> Vec<&'static str> {
        S::makes().into_iter().chain([S::RESULT]).collect()
    }

    fn keys(&self) -> Vec<&'static Row> {
        S::keys()
    }

    fn scores_test_cases_by(&self, sources: &Sources) -> Option<Value> {
        S::scores_test_cases_by(sources)
    }

    fn has_result(&self, sources: &Sources) -> bool {
        sources.store().get::<S>().is_some()
    }

    fn applies(&self, input: &StudyInput) -> bool {
        S::applies(input)
    }

    fn idle(&self, input: &StudyInput) -> Vec<&'static str> {
        S::idle(input)
    }

    fn check(&self, config: &Config) -> Result<(), StudyError> {
        S::settings(config).map(|_| ())
    }

    fn made_from(&self, sources: &Sources) -> Result<Ingredients, StudyError> {
        let idle = S::idle(sources.input());
        let mut found = Ingredients::of_this_version();
        for row in S::keys() {
            if !idle.contains(&row.name) {
                found = found.and(setting(row, sources.input())?);
            }
        }
        Ok(found.and(<S::Input<'_> as Part<'_>>::ingredients(sources)?))
    }

    fn run(&self, sources: &Sources, watch: &Watch) -> Result<Made, StudyError> {
        let settings = S::settings(sources.input().config())?;
        let input = <S::Input<'_> as Part<'_>>::take(sources)?;
        // Results are the same bytes whatever language their maker reads.
        in_english(|| {
            let output = S::run(input, &settings, watch)?;
            let mut made = Made::default();
            S::present(&output, &mut made);
            made.file(S::RESULT, json_bytes(&output));
            Ok(made)
        })
    }

    fn chapter(&self, sources: &Sources, page: &mut Page) {
        if let Some(output) = sources.store().get::<S>() {
            S::chapter(output, page);
        }
    }

    fn figures(&self, sources: &Sources, results: &mut Results) {
        if let Some(output) = sources.store().get::<S>() {
            S::figures(output, sources, results);
        }
    }
}

/// A setting as an ingredient; of a file its content.
fn setting(row: &'static Row, input: &StudyInput) -> Result<Ingredients, StudyError> {
    let value = input.config().value(row)?;
    match (row.rule, value.as_str()) {
        (Rule::File, Some(file)) => {
            let content = input.digest(&input.config().beside(file))?;
            Ok(Ingredients::default().with_many(row.words, 1, &content))
        }
        (Rule::File, None) => Ok(Ingredients::default()),
        _ if value.is_null() => Ok(Ingredients::default()),
        _ => Ok(Ingredients::default().with(row.words, value)),
    }
}
