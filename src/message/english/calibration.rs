//! The screen of the calibration.

catalogue! { "calibration";
    TITLE: "calibration";
    SHORT: "cal";
    GO: "go to the calibration";
    MEANING: "Predicted risk against how often the event happened. On the diagonal a risk means what it says; the training rows' curve is also corrected for optimism.";
    reading(place, of): "{place} of {of}   ↑↓ the others, ←→ read values";
}
