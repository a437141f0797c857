//! The program's state: which screen is in front, what runs, what is asked. Messages change it, [`App::draw`] shows it.
//!
//! ```text
//! radscore · study · 120 cases            ✓ check ✓ extract ▸ select · score      header
//! 1 cases  2 run  3 feat  4 select  5 model  6 ROC  7 calib  8 decide …          tabs
//!                                                                                 body
//! ⠋ extract 34 of 120  3.2/s  27 s left                                           status: job, toast, or reading
//! Enter open  / filter  ? help  q quit                                            keys that work now
//! ```

mod chrome;
mod commands;
mod effects;
mod keys;
mod left;
mod obey;
mod overlay;
mod overlay_drawing;
mod pointer;
mod prompt;
mod session;
mod state;

pub use self::commands::program_rows;
pub use self::state::{App, Look, Requests};
