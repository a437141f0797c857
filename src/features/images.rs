//! The features of every image type of a case, several images at a time.
//!
//! A filter hands on one image after the other. While it makes the next one, the features of those before are computed by
//! other threads, and other filters run. What is open at a time is bounded by the number of threads, and where a batch keeps
//! all of them busy with cases of their own, each case stays on its thread: so memory does not grow with image types or
//! cases. The results are put together in the order of the columns, whatever was done first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::Scope;

use super::columns::{absences, compute, of_image, on_edges};
use super::parameters::{ChosenClass, ImageType};
use super::prepare::Prepared;
use super::region::Region;
use super::{Convention, FeatureError, Parameters};

/// The features of one image, and why some have no value.
#[derive(Default)]
struct Part {
    features: Vec<(String, f64)>,
    reasons: Vec<String>,
    ties: Option<String>,
}

/// What comes of all images: features in the order of the columns, warnings, and what rounding decides.
#[derive(Default)]
pub(super) struct OfImages {
    pub(super) features: Features,
    pub(super) warnings: Vec<String>,
    pub(super) ties: Vec<String>,
}

/// Cases whose image types are being computed, in this process.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// A case that counts as open as long as this lives.
struct Open;

impl Open {
    fn new() -> Self {
        OPEN.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the threads of a case share.
struct Work<'a> {
    prepared: &'a Prepared<'a>,
    parameters: &'a Parameters,
    /// By image type and image
    parts: Mutex<BTreeMap<(usize, usize), Result<Part, FeatureError>>>,
    /// By image type: the filter's warnings
    warnings: Mutex<BTreeMap<usize, Vec<String>>>,
    /// Pieces of work that other threads have
    given: AtomicUsize,
    /// The first image type in which something went wrong, so that those behind it need not be begun
    failed: AtomicUsize,
}

/// Column and value, in order.
type Features = Vec<(String, f64)>;

/// The features of every image type; the first error in the order of the columns ends it.
pub(super) fn of_images(prepared: &Prepared<'_>, parameters: &Parameters) -> Result<OfImages, FeatureError> {
    let _open = Open::new();
    let work = Work {
        prepared,
        parameters,
        parts: Mutex::default(),
        warnings: Mutex::default(),
        given: AtomicUsize::new(0),
        failed: AtomicUsize::new(usize::MAX),
    };
    rayon::in_place_scope(|scope| {
        for (number, image_type) in parameters.image_types().iter().enumerate() {
            let work = &work;
            work.share(scope, move |scope| work.filter(scope, number, image_type));
        }
    });
    let mut parts = unlocked(work.parts).into_iter().peekable();
    let mut filter_warnings = unlocked(work.warnings);
    let mut found = OfImages::default();
    for number in 0..parameters.image_types().len() {
        let mut reasons = Vec::new();
        while let Some((_, part)) = parts.next_if(|((of, _), _)| *of == number) {
            let mut part = part?;
            found.features.append(&mut part.features);
            found.ties.extend(part.ties);
            reasons.append(&mut part.reasons);
        }
        found
            .warnings
            .extend(filter_warnings.remove(&number).unwrap_or_default());
        found.warnings.append(&mut reasons);
    }
    Ok(found)
}

impl Work<'_> {
    /// Gives work to another thread if one may be free, else does it here.
    fn share<'s>(&'s self, scope: &Scope<'s>, work: impl FnOnce(&Scope<'s>) + Send + 's) {
        let threads = rayon::current_num_threads();
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        if given + 1 < threads && OPEN.load(Ordering::Relaxed) < threads {
            scope.spawn(move |scope| {
                work(scope);
                self.given.fetch_sub(1, Ordering::Relaxed);
            });
        } else {
            self.given.fetch_sub(1, Ordering::Relaxed);
            work(scope);
        }
    }

    /// Runs a filter, and shares the features of each of its images.
    fn filter<'s>(&'s self, scope: &Scope<'s>, number: usize, image_type: &'s ImageType) {
        if self.failed.load(Ordering::Relaxed) < number {
            return;
        }
        let (prepared, mut warnings, mut images) = (self.prepared, Vec::new(), 0);
        let done = image_type.filter.apply(
            &prepared.image,
            prepared.filter_mask(),
            &prepared.needed,
            &image_type.settings,
            &mut warnings,
            &mut |filtered| {
                let place = (number, images);
                images += 1;
                let unchanged = image_type.filter.unchanged();
                let wanted = self.parameters.matrices();
                let region = prepared.region(&filtered, unchanged, &image_type.settings, wanted);
                let name = filtered.name;
                self.share(scope, move |_| {
                    let part = self.part(&region, &name, unchanged);
                    self.keep(place, part);
                });
                Ok(())
            },
        );
        self.warnings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(number, warnings);
        if let Err(error) = done {
            self.keep((number, images), Err(error));
        }
    }

    /// The features of one image.
    fn part(&self, region: &Region<'_>, name: &str, unchanged: bool) -> Result<Part, FeatureError> {
        let convention = region.rules().convention;
        let mut features = Vec::new();
        let mut ends: Vec<(&ChosenClass, usize)> = Vec::new();
        for chosen in of_image(self.parameters, convention, unchanged) {
            compute(region, chosen, name, &mut features)?;
            ends.push((chosen, features.len()));
        }
        let mut begin = 0;
        let parts: Vec<_> = ends
            .into_iter()
            .map(|(chosen, end)| (chosen, &features[std::mem::replace(&mut begin, end)..end]))
            .collect();
        let reasons = match convention {
            Convention::PyRadiomics => absences(region, name, &parts),
            Convention::Ibsi => Vec::new(),
        };
        // Without texture no grey levels are looked at.
        let levels = self.parameters.classes().iter().any(|chosen| !chosen.class.of_mask());
        Ok(Part {
            features,
            reasons,
            ties: levels.then(|| on_edges(region, name)).flatten(),
        })
    }

    fn keep(&self, place: (usize, usize), part: Result<Part, FeatureError>) {
        if part.is_err() {
            self.failed.fetch_min(place.0, Ordering::Relaxed);
        }
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(place, part);
    }
}

fn unlocked<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
