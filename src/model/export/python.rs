//! A model as a script in Python, of the standard library alone.

use crate::model::error::ModelError;
use crate::model::fitted::Model;

use super::{calculation, heading};

/// What every script ends with.
const APPLY: &str = include_str!("apply.py");

/// The script: `python3 SCRIPT TABLE.csv` prints a row a case.
///
/// # Errors
/// [`ModelError::NoFormula`] if the Rad-score is no sum of features.
pub fn python(model: &Model) -> Result<String, ModelError> {
    let mut script = "#!/usr/bin/env python3\n".to_owned();
    for line in heading(model) {
        script.push_str(&format!("# {line}\n"));
    }
    script.push_str("# Apply it to a table with: python3 FILE.py TABLE.csv; without a table it checks itself.\n\n");
    // A quotation mark within JSON follows a backslash, so that three of them never stand together.
    script.push_str(&format!(
        "import csv\nimport json\nimport math\nimport os\nimport sys\n\nMODEL = json.loads(r\"\"\"\n{:#}\n\"\"\")\n\n\n",
        calculation(model)?
    ));
    script.push_str(APPLY);
    Ok(script)
}
