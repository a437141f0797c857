//! All that reaches the program, on one channel.

use super::jobs::News;

/// A message to the main loop.
pub enum Message {
    /// From the keyboard, the mouse, or the window's size
    Input(crossterm::event::Event),
    /// From a job
    News(News),
    /// From the system: the program is to end
    Signal(i32),
}
