//! The screens, one a file, and their register: a screen is its file and one line here.

pub mod audit;
pub mod audit_form;
pub mod calibration;
pub mod cases;
pub mod chart;
pub mod decision;
pub mod features;
pub mod home;
pub mod model;
pub mod new_study;
pub mod nomogram;
pub mod pipeline;
pub mod reporting;
pub mod robustness;
pub mod roc;
pub mod selection;
pub mod slices;
pub mod welcome;

use super::command::Row;
use super::screen::{Identity, Screen, ScreenName};

/// A row of the register.
pub struct Registered {
    /// Who the screen is
    pub identity: &'static Identity,
    /// The keys that go there, with its words
    pub row: Row,
    /// Makes the screen in its first state
    pub make: fn() -> Box<dyn Screen>,
}

const fn screen<S: Screen + Default + 'static>(
    keys: &'static [&'static str],
    identity: &'static Identity,
) -> Registered {
    Registered {
        identity,
        row: Row::new(keys, identity.title, identity.about, 0),
        make: || Box::<S>::default(),
    }
}

/// The key that goes to a screen; empty where none does.
pub fn key_of(name: ScreenName) -> &'static str {
    let found = SCREENS.iter().find(|entry| entry.identity.name == name);
    found
        .and_then(|entry| entry.row.keys.first().copied())
        .unwrap_or_default()
}

/// All screens in the order of the tabs.
pub static SCREENS: &[Registered] = &[
    screen::<home::Home>(&["H"], &home::IDENTITY),
    screen::<cases::Cases>(&["1"], &cases::IDENTITY),
    screen::<pipeline::Pipeline>(&["2"], &pipeline::IDENTITY),
    screen::<features::Features>(&["3"], &features::IDENTITY),
    screen::<selection::Selection>(&["4"], &selection::IDENTITY),
    screen::<model::Model>(&["5"], &model::IDENTITY),
    screen::<roc::Roc>(&["6"], &roc::IDENTITY),
    screen::<calibration::Calibration>(&["7"], &calibration::IDENTITY),
    screen::<decision::Decision>(&["8"], &decision::IDENTITY),
    screen::<nomogram::Nomogram>(&["9"], &nomogram::IDENTITY),
    screen::<audit::Audit>(&["0"], &audit::IDENTITY),
    screen::<robustness::Robustness>(&["="], &robustness::IDENTITY),
    screen::<reporting::Reporting>(&["K"], &reporting::IDENTITY),
];
