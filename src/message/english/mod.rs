//! The catalogue: every message with its English words, a file a room.
//!
//! A row is `NAME: "words";`, or `name(value, …): "words with {value}";` where values stand in it. The first is an
//! [`Id`](super::id::Id), the second a function of its values that gives a [`Message`](super::said::Message). Words and values agree,
//! or the crate does not compile; a row that nobody uses is a warning.

#![cfg_attr(
    not(all(feature = "cli", feature = "tui")),
    allow(dead_code, reason = "what is not built says nothing")
)]

/// Declares the messages of a room.
macro_rules! catalogue {
    ($room:literal; $( $name:ident $( ( $( $value:ident ),+ ) )? : $english:literal; )*) => {
        $( $crate::message::english::message! { $room $name [ $( $( $value )+ )? ] $english } )*

        /// All messages of the room.
        pub static ENTRIES: &[$crate::message::id::Entry] = &[
            $( $crate::message::id::Entry {
                name: concat!($room, ".", stringify!($name)),
                english: $english,
                values: &[ $( $( stringify!($value) ),+ )? ],
            }, )*
        ];
    };
}

/// Declares one message.
macro_rules! message {
    ($room:literal $name:ident [] $english:literal) => {
        pub(crate) const $name: $crate::message::id::Id = {
            assert!(
                $crate::message::pattern::agrees($english, &[]),
                "a message without values has no braces"
            );
            $crate::message::id::Id::new(concat!($room, ".", stringify!($name)), $english)
        };
    };
    ($room:literal $name:ident [ $( $value:ident )+ ] $english:literal) => {
        #[allow(clippy::too_many_arguments, reason = "one for each placeholder")]
        pub(crate) fn $name( $( $value: impl Into<$crate::message::said::Value> ),+ ) -> $crate::message::said::Message {
            const ID: $crate::message::id::Id = {
                assert!(
                    $crate::message::pattern::agrees($english, &[ $( stringify!($value) ),+ ]),
                    "the words and the values of a message disagree"
                );
                $crate::message::id::Id::new(concat!($room, ".", stringify!($name)), $english)
            };
            $crate::message::said::Message::new(ID, vec![ $( (stringify!($value), $value.into()) ),+ ])
        }
    };
}

#[cfg(test)]
pub(crate) use catalogue;
pub(crate) use message;

pub mod audit;
pub mod audit_form;
pub mod audit_keys;
pub mod audit_screen;
pub mod calibration;
pub mod cases;
pub mod charts;
pub mod commands;
pub mod decision;
pub mod extraction;
pub mod features;
pub mod figure;
pub mod guard;
pub mod home;
pub mod mending;
pub mod model;
pub mod new_study;
pub mod nomogram;
pub mod opened;
pub mod output;
pub mod pipeline;
pub mod program;
pub mod report;
pub mod reporting;
pub mod robustness;
pub mod roc;
pub mod run;
pub mod selection;
pub mod slices;
pub mod stages;
pub mod statistics;
pub mod survival;
pub mod welcome;

use super::id::Entry;

/// The rows of every room.
pub static ROOMS: &[&[Entry]] = &[
    audit::ENTRIES,
    audit_form::ENTRIES,
    audit_keys::ENTRIES,
    audit_screen::ENTRIES,
    calibration::ENTRIES,
    cases::ENTRIES,
    charts::ENTRIES,
    commands::ENTRIES,
    decision::ENTRIES,
    extraction::ENTRIES,
    features::ENTRIES,
    figure::ENTRIES,
    guard::ENTRIES,
    home::ENTRIES,
    mending::ENTRIES,
    model::ENTRIES,
    new_study::ENTRIES,
    nomogram::ENTRIES,
    opened::ENTRIES,
    output::ENTRIES,
    pipeline::ENTRIES,
    program::ENTRIES,
    report::ENTRIES,
    reporting::ENTRIES,
    robustness::ENTRIES,
    roc::ENTRIES,
    run::ENTRIES,
    super::said::ENTRIES,
    selection::ENTRIES,
    slices::ENTRIES,
    stages::ENTRIES,
    statistics::ENTRIES,
    survival::ENTRIES,
    welcome::ENTRIES,
];

/// Every message.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ROOMS.iter().copied().flatten()
}
