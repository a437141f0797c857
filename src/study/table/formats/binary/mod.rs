//! What the formats of statistics programs have in common: numbers in bytes that are not trusted, calendars, labelled codes.

pub mod bytes;
pub mod calendar;
pub mod labelled;

/// More cells than any table of a study has: a table of them would fill the memory.
pub const MOST_CELLS: usize = 50_000_000;
