//! Words that every room uses.

catalogue! { "general";
    verbatim(text): "{text}";
    LIST_SEPARATOR: ", ";
}
