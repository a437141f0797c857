//! The screen of the calibration.

catalogue! { "calibration";
    TITLE: "calibration";
    SHORT: "cal";
    GO: "go to the calibration";
    reading(place, of): "{place} of {of}   ↑↓ the others, ←→ read values";
}
