//! The screen of the cases.

catalogue! { "cases";
    TITLE: "cases";
    SHORT: "cases";
    GO: "go to the cases";
    MEANING: "A row a case: its patient, whether the event happened, its set, how its mask is judged. Cases are accepted, left out and remarked on here; v opens the scan.";
    NO_STUDY: "there is no study here";
    NO_CASE: "there is no case in hand";
    NO_IMAGES: "this study starts from a table of features: it has no images";
    NO_COHORT: "there is no cohort table";
    ONE_MASK: "this case has one mask: no column mask_reader2, and no virtual reader (agreement.perturb)";
    LAST_CASE: "this is the last case of the list";
    NO_CASES: "the cohort has no cases";
    NO_CASE_MATCHES: "no case matches the filter (Esc takes it away)";
    DETAIL_KEYS: "v: slices   Enter: histogram of the mask";

    BY_COHORT: "cohort";
    BY_ID: "id";
    BY_PATIENT: "patient";
    BY_OUTCOME: "outcome";
    BY_VOXELS: "voxels";
    BY_STATE: "state";

    CASE: "case";
    PATIENT: "patient";
    EVENT: "event";
    SET: "set";
    VOXELS: "voxels";
    SPACING_MM: "spacing mm";
    STATE: "state";
    REMARK: "remark";
    IMAGE: "image";
    MASK: "mask";
    SIZE: "size";
    SPACING: "spacing";
    RAD_SCORE: "Rad-score";
    millimetres(length): "{length} mm";
    YES: "yes";
    NO: "no";
    event_yes(event): "yes ({event})";
    mask_values(voxels): "Values in the mask, {voxels} {voxels|voxel|voxels}";
    VALUE: "value";

    UNCHECKED: "new";
    GOOD: "good";
    ACCEPTED: "accepted";
    DOUBTFUL: "look";
    DROPPED: "dropped";
    FAILED: "failed";

    place(place, of): "{place} of {of}";
    filtered(filter): "filter \"{filter}\"";
    marked(count): "{count} marked";
    changed_cells(count): "{count} {count|cell|cells} changed";
}
