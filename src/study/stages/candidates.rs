//! The candidates of the selection, handed on by the last of the stages that hold them: a line each.

use super::handed_on::{Before, Candidates, HandsOn};
use super::screen::Screen;
use super::standardise::Standardise;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::honest::learner::Narrowing;
use crate::study::input::StudyInput;
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;

/// The register: the stages that hand candidates on, in the order in which they run.
macro_rules! handed_on_by {
    ($($stage:path),+ $(,)?) => {
        /// Their names.
        const REGISTER: &[&str] = &[$(<$stage as Stage>::NAME),+];

        /// What the last of some of them has left.
        fn left_by(stages: &[&str], sources: &Sources) -> Result<Candidates, StudyError> {
            let mut last = Err(StudyError::Stage("no stage has left candidates".to_owned()));
            $(if stages.contains(&<$stage as Stage>::NAME) && sources.has(<$stage as Stage>::NAME) {
                last = Ok(<$stage as HandsOn>::candidates(<Of<'_, $stage> as Part<'_>>::take(sources)?.value()));
            })+
            last
        }

        /// The first that chooses among the candidates in this study, and the keys of its settings.
        pub(crate) fn first_narrowing(config: &Config) -> Result<Option<(&'static str, Vec<&'static Row>)>, StudyError> {
            $(if <$stage as HandsOn>::narrowing(config)?.is_some() {
                return Ok(Some((<$stage as Stage>::NAME, <$stage as Stage>::keys())));
            })+
            Ok(None)
        }

        /// What narrows the candidates, in its order.
        pub(crate) fn narrowings(config: &Config) -> Result<Vec<Box<dyn Narrowing>>, StudyError> {
            Ok([$(<$stage as HandsOn>::narrowing(config)?),+].into_iter().flatten().collect())
        }

        /// Those of their keys that have no effect in this study.
        pub(crate) fn idle(input: &StudyInput) -> impl Iterator<Item = &'static str> {
            [$(<$stage as Stage>::idle(input)),+].into_iter().flatten()
        }

        /// The keys of their settings.
        pub(crate) fn keys() -> impl Iterator<Item = &'static Row> {
            [$(<$stage as Stage>::keys()),+].into_iter().flatten()
        }
    };
}

handed_on_by!(Standardise, Screen);

/// Those of the register that run before a stage.
fn before(stage: &str) -> Vec<&'static str> {
    REGISTER.iter().copied().take_while(|&name| name != stage).collect()
}

impl<'s> Part<'s> for Candidates {
    fn needs() -> Vec<&'static str> {
        REGISTER.to_vec()
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        left_by(REGISTER, sources)
    }
}

impl<'s, S: Stage> Part<'s> for Before<S> {
    fn needs() -> Vec<&'static str> {
        before(S::NAME)
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        left_by(&before(S::NAME), sources).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::stages::select::Select;

    #[test]
    fn a_stage_of_the_register_takes_what_those_before_it_have_left() {
        for (place, name) in REGISTER.iter().enumerate() {
            assert_eq!(before(name), REGISTER[..place]);
        }
        assert_eq!(<Before<Screen> as Part>::needs(), [Standardise::NAME]);
        // What is no stage of the register takes what all of them have left.
        assert_eq!(before(Select::NAME), REGISTER);
        assert_eq!(<Candidates as Part>::needs(), REGISTER);
    }
}
