//! What the screens with charts and lists have in common.

catalogue! { "charts";
    rows(count): "{count} {count|row|rows}";
    sorted_by(column): "sorted by {column}";
    columns_shown(first, last, of): "columns {first} to {last} of {of}; ←→ the others";
    TAB_SHOWS_ALL: "Tab shows all";
    TAB_BACK_TO_CURVES: "Tab goes back to the curves";
}
