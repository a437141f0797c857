//! Mending masks: what the command says, and the screens.

catalogue! { "mending";
    step_done(step, before, after): "{step}: {before} voxels, then {after}";
    tied(count): "{count} {count|other part is|other parts are} as large; the first in the file's order stays";
    written(path, voxels, volume): "wrote {path}: {voxels} voxels, {volume} ml";
    history_in(path): "wrote {path}: what was done";
    SEEDS_INSIDE: "seeds inside";
    SEEDS_OUTSIDE: "seeds outside";
    BRUSH: "brush";
    ERASER: "eraser";
    MENDING: "mending the mask";
    tool_is(tool, radius): "{tool}, {radius} mm";
    seeds_are(inside, outside): "seeds: {inside} in, {outside} out";
    steps_taken(count): "{count} {count|step|steps}";
    HELD: "held down (v lifts it)";
    taken_back(step): "{step} taken back";
    taken_again(step): "{step} done again";
    NO_SCAN: "there is no scan to mend a mask on";
    OTHER_GRID: "the mask lies on another grid than the image and cannot be mended here";
    BEYOND_IMAGE: "the crosshair is not on the image";
    NOTHING_DONE: "nothing was done to the mask yet";
    ESC_AGAIN: "Esc again leaves the mask as it was; a keeps what was done";
    MEND_FIRST: "a mask is being mended: a keeps it, Esc leaves it as it was";
    ASK_STEP: "step (largest, fill=z, smooth=2, grow=0.5, cut=z:10-40 …):";
    kept(path, voxels): "wrote {path}: {voxels} {voxels|voxel|voxels}, its history beside it";
    kept_for(case, path, voxels): "{case}: {path} takes the place of its mask, {voxels} {voxels|voxel|voxels}; undo (u) takes it back";
    mask_of(case): "{case}: its mended mask";
    mask_is_not_there(path): "the mask {path} is not there; one can be contoured from nothing (key m)";
    label_is_a_name(label, column): "the region is called {label}, and a mended mask has a number: give the cohort a column {column} first";
}
