//! The parameters of an extraction: a file of PyRadiomics' form, and settings of the command line over it.

use anyhow::{Context, bail};
use serde_json::Value;

use super::arguments::CaseArguments;
use crate::features::{Parameters, Road, asks_for_nothing};
use crate::study::input::yaml::read_value;

/// The parameter file with the settings of the command line over it.
pub fn parameters(asked: &CaseArguments) -> anyhow::Result<Parameters> {
    let document = document(asked)?;
    if let (Some(document), Some(path)) = (&document, &asked.param) {
        Parameters::from_value(document).with_context(|| format!("{}", path.display()))?;
    }
    parameters_of(document.as_ref(), &asked.settings())
}

/// What the parameter file says, where there is one.
pub fn document(asked: &CaseArguments) -> anyhow::Result<Option<Value>> {
    Ok(asked.param.as_deref().map(read_value).transpose()?)
}

/// The parameters of a document, or those of none, with settings over them, each NAME:VALUE.
pub fn parameters_of(document: Option<&Value>, settings: &[String]) -> anyhow::Result<Parameters> {
    let mut parameters = match document {
        Some(document) => Parameters::from_value(document)?,
        None => Parameters::default(),
    };
    for given in settings {
        let Some((name, text)) = given.split_once(':') else {
            bail!("--setting {given}: a setting is given as NAME:VALUE, such as binWidth:10");
        };
        parameters = parameters
            .with_setting_text(name.trim(), text.trim())
            .with_context(|| format!("--setting {given}"))?;
    }
    Ok(parameters)
}

/// Parameters that ask for nothing are an error.
pub fn judge_parameters(parameters: &Parameters) -> anyhow::Result<()> {
    if asks_for_nothing(parameters) {
        bail!(
            "the parameters ask for no feature: {}",
            parameters.warnings(Road::Regions).join("; ")
        );
    }
    Ok(())
}
