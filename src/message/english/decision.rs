//! The screen of the decision curves.

catalogue! { "decision";
    TITLE: "decision";
    SHORT: "dec";
    GO: "go to the decision curves";
    reading(place, of): "{place} of {of}   ↑↓ the other sets, ←→ read values, s standardised";
    avoided(count): "avoided per 100 {count}";
}
