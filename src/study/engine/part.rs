//! The parts of a stage's input. What a stage takes is what it depends on: each part says which stages it comes from and what
//! of the cohort it holds, and nothing else can make the stage stale.

use std::ops::Deref;

use super::ingredients::Ingredients;
use super::sources::Sources;
use super::store::Stored;
use crate::study::error::StudyError;

/// Something that a stage takes.
pub trait Part<'s>: Sized {
    /// The stages from which it comes.
    fn needs() -> Vec<&'static str> {
        Vec::new()
    }

    /// What it holds besides the results of those stages, for the comparison with an earlier run.
    fn ingredients(_sources: &Sources) -> Result<Ingredients, StudyError> {
        Ok(Ingredients::default())
    }

    /// Takes it; an error if a stage that it needs has left nothing.
    fn take(sources: &'s Sources) -> Result<Self, StudyError>;
}

/// The result of another stage.
#[derive(Debug)]
pub struct Of<'s, A: Stored> {
    value: &'s A::Value,
    digest: String,
}

impl<'s, A: Stored> Of<'s, A> {
    /// The result, for as long as the study lives.
    pub fn value(&self) -> &'s A::Value {
        self.value
    }

    /// One digest of the artefacts that the stage has left.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

impl<A: Stored> Deref for Of<'_, A> {
    type Target = A::Value;

    fn deref(&self) -> &A::Value {
        self.value
    }
}

impl<'s, A: Stored> Part<'s> for Of<'s, A> {
    fn needs() -> Vec<&'static str> {
        vec![A::STAGE]
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        <Option<Self> as Part<'s>>::take(sources)?.ok_or_else(|| {
            StudyError::Stage(format!(
                "the results of {stage} are missing or cannot be read; run {stage} again",
                stage = A::STAGE
            ))
        })
    }
}

/// The result of a stage that not every study has.
impl<'s, A: Stored> Part<'s> for Option<Of<'s, A>> {
    fn needs() -> Vec<&'static str> {
        vec![A::STAGE]
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let found = sources.store().get::<A>().filter(|_| sources.has(A::STAGE));
        Ok(found.map(|value| Of {
            value,
            digest: sources
                .record(A::STAGE)
                .map(super::state::Record::digest)
                .unwrap_or_default(),
        }))
    }
}

macro_rules! parts {
    ($($name:ident)+) => {
        impl<'s, $($name: Part<'s>),+> Part<'s> for ($($name,)+) {
            fn needs() -> Vec<&'static str> {
                let mut needs = Vec::new();
                $(for stage in $name::needs() {
                    if !needs.contains(&stage) {
                        needs.push(stage);
                    }
                })+
                needs
            }

            fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
                Ok(Ingredients::default()$(.and($name::ingredients(sources)?))+)
            }

            fn take(sources: &'s Sources) -> Result<Self, StudyError> {
                Ok(($($name::take(sources)?,)+))
            }
        }
    };
}

parts!(A);
parts!(A B);
parts!(A B C);
parts!(A B C D);
parts!(A B C D E);
parts!(A B C D E F);
parts!(A B C D E F G);
parts!(A B C D E F G H);
parts!(A B C D E F G H I);
