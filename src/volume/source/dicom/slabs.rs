//! A stream of bytes that is made slice by slice, as many at a time as there are threads, and only where it is looked at.

use std::collections::VecDeque;
use std::io::{self, Read};

use rayon::prelude::*;

use crate::volume::error::VolumeError;
use crate::volume::source::hints::Needed;

/// What makes the bytes of one slice of one component.
pub(super) trait Slabs: Send + Sync {
    /// The bytes of a slice; as many for each.
    fn make(&self, component: usize, slice: usize) -> Result<Vec<u8>, VolumeError>;
}

/// The bytes of all slices of all components, one volume after the other.
pub(super) struct SlabStream<S> {
    slabs: S,
    /// Bytes of a slice
    bytes: usize,
    slices: usize,
    components: usize,
    needed: Needed,
    /// The next slice to be made, counted over all components
    next: usize,
    made: VecDeque<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    at: usize,
}

impl<S: Slabs> SlabStream<S> {
    /// A stream of `slices` slices of `bytes` bytes for each component.
    pub fn new(slabs: S, bytes: usize, slices: usize, components: usize, needed: Needed) -> Self {
        Self {
            slabs,
            bytes,
            slices,
            components,
            needed,
            next: 0,
            made: VecDeque::new(),
            current: Vec::new(),
            at: 0,
        }
    }

    /// The component and the slice of a place in the stream.
    fn place(&self, at: usize) -> (usize, usize) {
        let slices = self.slices.max(1);
        (at.checked_div(slices).unwrap_or(0), at.checked_rem(slices).unwrap_or(0))
    }

    /// Makes the slices that come next.
    fn make(&mut self) {
        let end = self
            .next
            .saturating_add(rayon::current_num_threads())
            .min(self.slices.saturating_mul(self.components));
        let made: Vec<io::Result<Vec<u8>>> = (self.next..end)
            .into_par_iter()
            .map(|at| {
                let (component, slice) = self.place(at);
                if self.needed.has(component, slice) {
                    self.slabs.make(component, slice).map_err(io::Error::other)
                } else {
                    Ok(vec![0; self.bytes])
                }
            })
            .collect();
        self.made.extend(made);
        self.next = end;
    }
}

impl<S: Slabs> Read for SlabStream<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.current.len() {
            if self.made.is_empty() {
                self.make();
            }
            let Some(made) = self.made.pop_front() else {
                return Ok(0);
            };
            self.current = made?;
            self.at = 0;
        }
        let rest = self.current.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(into), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            into.copy_from_slice(from);
        }
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}
