//! The candidates of the selection, handed on by the last of the stages that hold them: a line each.

use super::handed_on::{Candidates, HandsOn};
use super::standardise::Standardise;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::honest::learner::Narrowing;
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;

/// The register: the stages that hand candidates on, in the order in which they run.
macro_rules! handed_on_by {
    ($($stage:path),+ $(,)?) => {
        impl<'s> Part<'s> for Candidates {
            fn needs() -> Vec<&'static str> {
                vec![$(<$stage as Stage>::NAME),+]
            }

            fn take(sources: &'s Sources) -> Result<Self, StudyError> {
                let mut last = Err(StudyError::Stage("no stage has left candidates".to_owned()));
                $(if sources.has(<$stage as Stage>::NAME) {
                    last = Ok(<$stage as HandsOn>::candidates(<Of<'s, $stage> as Part<'s>>::take(sources)?.value()));
                })+
                last
            }
        }

        /// What narrows the candidates, in its order.
        pub(super) fn narrowings(config: &Config) -> Result<Vec<Box<dyn Narrowing>>, StudyError> {
            Ok([$(<$stage as HandsOn>::narrowing(config)?),+].into_iter().flatten().collect())
        }

        /// The keys of their settings.
        pub(super) fn keys() -> impl Iterator<Item = &'static Row> {
            [$(<$stage as Stage>::keys()),+].into_iter().flatten()
        }
    };
}

handed_on_by!(Standardise);
