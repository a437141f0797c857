//! The digest of a model file's contents, kept in the file itself: a file that was changed on its way is known by it. It is no
//! signature; who changes a file on purpose can renew it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fitted::Model;

/// The key under which a file keeps its digest.
pub const SEAL: &str = "sha256";

/// The SHA-256 of a model's document without its own digest, whatever its indentation and the order of its keys.
pub fn contents_digest(document: &Value) -> String {
    let mut rest = document.clone();
    if let Value::Object(map) = &mut rest {
        map.shift_remove(SEAL);
    }
    rest.sort_all_objects();
    let bytes = rest.to_string();
    let digits: Vec<String> = Sha256::digest(bytes.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.concat()
}

impl Model {
    /// Puts the digest of the contents into the model.
    pub fn seal(&mut self) {
        // A model is plain data: turning it into a value cannot fail.
        let document = serde_json::to_value(&*self).unwrap_or_default();
        self.sha256 = Some(contents_digest(&document));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_digest_knows_contents_and_not_their_order() {
        let one = json!({"a": 1.0, "b": {"c": 2, "d": [1.5e-7]}, "sha256": "x"});
        let other = json!({"b": {"d": [1.5e-7], "c": 2}, "sha256": "y", "a": 1.0});
        assert_eq!(contents_digest(&one), contents_digest(&other));
        let changed = json!({"b": {"d": [1.6e-7], "c": 2}, "a": 1.0});
        assert_ne!(contents_digest(&one), contents_digest(&changed));
    }
}
