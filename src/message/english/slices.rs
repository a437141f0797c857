//! The slice viewer.

catalogue! { "slices";
    AXIAL: "axial";
    SAGITTAL: "sagittal";
    CORONAL: "coronal";
    BONE: "bone";
    SOFT: "soft";
    LUNG: "lung";
    AUTO: "auto";
    OWN: "own";
    no_window(written): "\"{written}\" is no window: write width and level, as 1500 300";
    reading_scan(case): "reading the scan of {case} …";
    NO_MASK: "there is no mask whose slices could be shown";
    slice_of(plane, slice, slices): "{plane} {slice}/{slices}";
    window_is(name, width, level): "{name}: W {width} L {level}";
    window_of(width, level): "W {width} L {level}";
    window_named(name): "window {name}";
    millimetres(length): "{length} mm";
    mask_voxels(count): "mask {count} {count|voxel|voxels}";
    millilitres(volume): "{volume} ml";
    SECOND_HIDDEN: "second reader hidden (B)";
    SECOND_READER: "second reader";
    virtual_reading(number, of): "virtual reader {number}/{of}";
    second_mask(error): "the second reader's mask: {error}";
    dice(value): "Dice {value}";
    hausdorff(length): "Hausdorff {length} mm";
    within(length): "95 % within {length} mm";
    mean_distance(length): "mean {length} mm";
    dice_and_hausdorff(dice, length): "Dice {dice}, Hausdorff {length} mm";
    value_at(value, place): "value {value}   at {place} mm (LPS)";
}
