//! Work beside whoever waits for it, so that a run that is cancelled ends soon, whatever it is at.
//!
//! A stage asks whether to go on between its pieces of work (a case, a fit), and a piece may take seconds. Once the run is
//! cancelled and the stage does not end by itself, it is left: what it still does is not taken, and it ends at its next question.
//! It writes nothing but its journal, line by line.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::watch::Watch;
use crate::study::error::StudyError;

/// How often it is asked whether the run is cancelled.
const GLANCE: Duration = Duration::from_millis(20);

/// How long a cancelled stage may take to end by itself.
const PATIENCE: Duration = Duration::from_millis(400);

/// The stack of a program's first thread, on which stages would run otherwise.
const STACK: usize = 8 << 20;

/// Does the work of a name; [`StudyError::Cancelled`] soon after the run is cancelled.
pub fn attended<T: Send + 'static>(
    name: &str,
    watch: &Watch,
    work: impl Fn() -> Result<T, StudyError> + Send + Sync + 'static,
) -> Result<T, StudyError> {
    // Inside a pool of a caller's own the work has to stay there.
    if rayon::current_thread_index().is_some() {
        return work();
    }
    let (sender, done) = mpsc::channel();
    let work = Arc::new(work);
    let there = Arc::clone(&work);
    let worker = thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK)
        .spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(there());
        });
    let Ok(worker) = worker else {
        return work();
    };
    let mut cancelled: Option<Instant> = None;
    loop {
        match done.recv_timeout(GLANCE) {
            Ok(made) => return made,
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => return Err(StudyError::Stage(format!("{name} ended without a result"))),
            },
            Err(RecvTimeoutError::Timeout) if watch.cancelled() => {
                if cancelled.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                    watch.leave();
                    return Err(StudyError::Cancelled);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::study::engine::run::Plan;
    use crate::study::engine::sources::Sources;
    use crate::study::engine::stage::{Made, Stage};
    use crate::study::engine::study::{Registry, Study};
    use crate::study::engine::{ingredients::Ingredients, part::Part};
    use crate::study::input::settings::Config;

    /// A stage whose one piece of work lasts and asks nobody.
    struct Deaf;

    struct Nothing;

    impl<'s> Part<'s> for Nothing {
        fn ingredients(_: &Sources) -> Result<Ingredients, StudyError> {
            Ok(Ingredients::default())
        }

        fn take(_: &'s Sources) -> Result<Self, StudyError> {
            Ok(Self)
        }
    }

    impl Stage for Deaf {
        const NAME: &'static str = "deaf";
        const ABOUT: &'static str = "asks nobody whether to go on";
        const MAKES: &'static [&'static str] = &[];
        const RESULT: &'static str = "deaf/result.json";
        type Settings = ();
        type Input<'s> = Nothing;
        type Output = usize;

        fn settings(_: &Config) -> Result<(), StudyError> {
            Ok(())
        }

        fn run(_: Nothing, (): &(), watch: &Watch) -> Result<usize, StudyError> {
            let begun = Instant::now();
            watch.note("begun");
            while begun.elapsed() < Duration::from_secs(30) {
                thread::yield_now();
            }
            Ok(1)
        }

        fn present(_: &usize, _: &mut Made) {}
    }

    #[test]
    fn a_cancelled_run_does_not_wait_for_a_long_piece_of_work() {
        static REGISTRY: Registry = Registry {
            stages: &[&Deaf],
            refusal: |_| None,
            refusal_to_look: |_, _| None,
            before_results: |_, _| Ok(()),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.yaml");
        std::fs::write(&path, "features: features.csv\n").unwrap();
        std::fs::write(folder.path().join("features.csv"), "id,outcome,f1\na,0,1\nb,1,2\n").unwrap();
        let mut study = Study::open_by(&REGISTRY, &path, None, &[]).unwrap();
        let cancel = Arc::new(AtomicBool::new(false));
        let pressed = Arc::clone(&cancel);
        // As a person who cancels as soon as the stage is at work.
        let mut watch = Watch::new(cancel, move |_| pressed.store(true, Ordering::Relaxed));
        let begun = Instant::now();
        let ended = study.run(&Plan::default(), &mut watch);
        assert!(matches!(ended, Err(StudyError::Cancelled)), "{ended:?}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert!(study.record("deaf").is_none());
    }
}
