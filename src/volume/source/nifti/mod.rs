//! NIfTI-1 and NIfTI-2: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`.
//!
//! The nifti crate reads the version 1 header and writes images; everything that it takes on trust is checked here, and the
//! voxel stream is ours. Orientation: the sform where its code is above 0, else the qform, else the voxel sizes alone (with a
//! warning). Spacing is `pixdim`, as ITK and so PyRadiomics have it. World coordinates are turned from RAS to LPS. Names of
//! labels are taken from the header's extensions.
//!
//! Reference: the NIfTI-1.1 and NIfTI-2 header definitions (nifti.nimh.nih.gov).

mod fields;
mod names;
mod orientation;
mod write;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use self::fields::{Fields, HEADER_2, version_1, version_2};
pub use self::write::write_nifti;
use super::bytes::{self, Behind};
use super::checks::voxel_count;
use super::hints::{Hints, Volumes};
use super::place::Place;
use super::stream::Voxels;
use super::{Content, Grid, Header, Labels, Source};
use crate::volume::error::VolumeError;

/// Where voxels begin at most in a file that nothing was put into before them: behind the header of version 2.
const USUAL_OFFSET: u64 = 544;

/// The NIfTI format.
pub struct Nifti;

impl Source for Nifti {
    fn name(&self) -> &'static str {
        "NIfTI"
    }

    fn endings(&self) -> &'static str {
        ".nii, .nii.gz, .hdr/.img"
    }

    fn recognises(&self, place: &Place) -> bool {
        version_1(place.head()) || version_2(place.head())
    }

    fn open(&self, place: &Place) -> Result<Content, VolumeError> {
        let path = place.path();
        let file = bytes::File::open(path)?;
        let most = file.most();
        let checked = file.gzip;
        let mut behind = Behind::default();
        let mut content = file.content(&behind);
        let mut head = Vec::with_capacity(HEADER_2);
        // More is asked for than a version 1 header: what is wrong behind it comes up where it matters.
        let mut failure = match (&mut content).take(HEADER_2 as u64).read_to_end(&mut head) {
            Err(error) if error.raw_os_error().is_some() => return Err(VolumeError::open(path, error)),
            read => read.err(),
        };
        let fields = if version_2(&head) {
            Fields::version_2(&head)
        } else {
            Fields::version_1(path, &head)?
        };
        let mut warnings = Vec::new();
        let size = fields.size(path, &mut warnings)?;
        let layout = fields.layout(path)?;
        let geometry = fields.geometry(path, size, &mut warnings)?;
        let count = voxel_count(path, size, layout.stored.bytes())?;
        let volumes = layout.components;
        let bytes = (count as u64)
            .saturating_mul(layout.stored.bytes() as u64)
            .saturating_mul(volumes as u64);
        let extended = fields.extensions(&head);
        let mut until = names::MOST;
        if fields.single {
            until = until.min(fields.offset(path)?);
        }
        if let Some(more) = until.checked_sub(head.len() as u64)
            && extended.is_some()
            && failure.is_none()
        {
            failure = (&mut content).take(more).read_to_end(&mut head).err();
        }
        let segments = extended.map_or_else(Vec::new, |start| {
            let end = usize::try_from(until).unwrap_or(usize::MAX).min(head.len());
            names::segments(head.get(start..end).unwrap_or_default(), fields.big_endian)
        });
        let (stream, checked): (Box<dyn Read + Send>, bool) = if fields.single {
            let offset = fields.offset(path)?;
            beyond(path, offset, most)?;
            if most < offset.saturating_add(bytes) {
                return Err(VolumeError::Truncated {
                    path: path.to_path_buf(),
                    expected: bytes,
                    found: most.saturating_sub(offset),
                });
            }
            if !checked {
                behind = Behind::of(most.saturating_sub(offset.saturating_add(bytes)));
            }
            // The header may have been read past the first voxel: a version 1 header is shorter than what was read.
            let begin = io::Cursor::new(head).chain(Failure(failure)).chain(content);
            (Box::new(Later::new(path, begin, offset)), checked)
        } else {
            let candidates = companions(path);
            let Some(data) = companion(&candidates)? else {
                return Err(VolumeError::Header {
                    path: path.to_path_buf(),
                    field: "magic".to_string(),
                    problem: format!(
                        "the voxels are in a second file, but neither {} lies beside the header",
                        candidates.each_ref().map(|path| name_of(path)).join(" nor ")
                    ),
                });
            };
            let file = bytes::File::open(&data)?;
            let offset = fields.offset(path)?;
            beyond(path, offset, file.most())?;
            if file.most() < offset.saturating_add(bytes) {
                return Err(VolumeError::Truncated {
                    path: data,
                    expected: bytes,
                    found: file.most().saturating_sub(offset),
                });
            }
            let checked = file.gzip;
            if !checked {
                behind = Behind::of(file.length.saturating_sub(offset.saturating_add(bytes)));
            }
            (Box::new(Later::new(path, file.content(&behind), offset)), checked)
        };
        let grid = Grid {
            header: Header {
                path: path.to_path_buf(),
                format: fields.format,
                fields: [
                    "dim",
                    "pixdim",
                    "srow_x/y/z or qoffset_x/y/z",
                    "srow_x/y/z or quatern_b/c/d",
                ],
                geometry,
                sample_type: layout.sample_type(),
                components: 1,
                plane: fields.plane(),
                warnings,
            },
            voxels: Voxels {
                path: path.to_path_buf(),
                bytes: stream,
                layout,
                count,
                checked,
                behind,
            },
            hints: Hints {
                volumes: Volumes::of(volumes, || format!("dim[4] = {volumes}")),
                ..Hints::default()
            },
        };
        Ok(if segments.is_empty() {
            Content::Image(grid)
        } else {
            Content::Labels(Labels { grid, segments })
        })
    }

    fn beside(&self, place: &Place) -> Result<Vec<PathBuf>, VolumeError> {
        let (path, head) = (place.path(), place.head());
        let single = if version_2(head) {
            Fields::version_2(head).single
        } else {
            Fields::version_1(path, head)?.single
        };
        if single {
            return Ok(Vec::new());
        }
        let [usual, other] = companions(path);
        let found = companion(&[usual.clone(), other])?;
        Ok(vec![found.unwrap_or(usual)])
    }
}

/// Refuses voxels that would begin where the file that should hold them has ended. A file that ends where voxels usually begin
/// has been cut off rather than given a wrong offset.
fn beyond(path: &Path, offset: u64, most: u64) -> Result<(), VolumeError> {
    if offset < most || offset <= USUAL_OFFSET {
        return Ok(());
    }
    Err(VolumeError::Header {
        path: path.to_path_buf(),
        field: "vox_offset".to_string(),
        problem: format!("the voxels would begin at byte {offset}, behind the end of the file that should hold them"),
    })
}

/// A reader of nothing that fails once, where there is something to fail with.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A reader that leaves out its first bytes, once it is read.
struct Later<R> {
    inner: R,
    skip: u64,
    path: PathBuf,
}

impl<R: Read> Later<R> {
    fn new(path: &Path, inner: R, skip: u64) -> Self {
        Self {
            inner,
            skip,
            path: path.to_path_buf(),
        }
    }
}

impl<R: Read> Read for Later<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.skip > 0 {
            let bytes = std::mem::take(&mut self.skip);
            bytes::skip(&mut self.inner, bytes).map_err(|error| match beyond(&self.path, bytes, 0) {
                Err(said) if error.kind() == io::ErrorKind::UnexpectedEof => io::Error::other(said),
                _ => error,
            })?;
        }
        self.inner.read(buffer)
    }
}

/// The files of which one goes with a `.hdr`: `.img`, compressed or not.
fn companions(path: &Path) -> [PathBuf; 2] {
    let name = name_of(path);
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let stem = stem.strip_suffix(".hdr").unwrap_or(stem);
    [format!("{stem}.img"), format!("{stem}.img.gz")].map(|name| path.with_file_name(name))
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The first of them that is there.
fn companion(candidates: &[PathBuf]) -> Result<Option<PathBuf>, VolumeError> {
    for candidate in candidates {
        match candidate.try_exists() {
            Ok(true) => return Ok(Some(candidate.clone())),
            Ok(false) => {}
            Err(error) => return Err(VolumeError::open(candidate, error)),
        }
    }
    Ok(None)
}
