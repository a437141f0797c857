//! Internal-external validation against R and metafor.

use std::path::Path;

use crate::bench::{json_in, run_in, text_of};
use crate::golden::{Golden, all_near, near, number, numbers};

#[test]
fn each_centre_is_judged_by_the_model_of_the_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/external");
    let expected = Golden::of(&folder).expected("left_out.json");
    let word = |key: &str| expected[key].as_str().unwrap();
    let call = [
        "validate",
        word("data"),
        "--outcome",
        "y",
        "--terms",
        word("terms"),
        "--leave-out",
        word("centre"),
    ];
    let found = json_in(&folder.join("data"), &call);
    let centres = expected["centres"].as_array().unwrap();
    assert_eq!(found["centres"].as_array().unwrap().len(), centres.len());
    for (found, expected) in found["centres"].as_array().unwrap().iter().zip(centres) {
        assert_eq!(found["centre"], expected["centre"]);
        for key in ["auc", "auc_se", "observed_expected", "slope", "brier"] {
            near(key, number(&found[key]), number(&expected[key]), 1e-9, 0.0);
        }
    }
    for quantity in ["auc", "observed_expected"] {
        let (found, expected) = (&found["pooled"][quantity], &expected[quantity]);
        near(quantity, number(&found["value"]), number(&expected["value"]), 1e-9, 0.0);
        near(
            quantity,
            number(&found["tau_squared"]),
            number(&expected["tau_squared"]),
            1e-7,
            1e-9,
        );
        for key in ["ci", "prediction"] {
            all_near(quantity, &numbers(&found[key]), &numbers(&expected[key]), 1e-7, 0.0);
        }
    }
    let text = text_of(run_in(&folder.join("data"), &call));
    assert!(text.contains("another centre") && text.contains("Bologna"), "{text}");
}
