//! A published model typed in field by field: what was typed, its lines on a screen, its file.
//!
//! The fields are the keys of [`crate::audit::published::keys`], in the order in which a paper prints them ([`GROUPS`]). What was
//! typed is kept as text; a [`Form`] gives at any time the value that its file would hold, what the checks find in it, and the
//! file itself with a comment for each key. What cannot be read yet is said, and the rest is judged without it.

mod draft;
mod groups;
mod judged;
mod lines;
mod typed;
mod yaml;

pub use self::draft::Form;
pub use self::groups::{GROUPS, Group};
pub use self::judged::Judged;
pub use self::lines::{Line, LineKind, explained};
