//! The screen of the decision curves.

catalogue! { "decision";
    TITLE: "decision";
    SHORT: "dec";
    GO: "go to the decision curves";
    MEANING: "The net benefit of acting on the model at each threshold of risk, beside acting on all and on none. A model helps where it lies above both.";
    reading(place, of): "{place} of {of}   ↑↓ the other sets, ←→ read values, s standardised";
    avoided(count): "avoided per 100 {count}";
}
