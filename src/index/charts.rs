//! Chart.yaml: whose values the files beside it hold.
use super::node::At;
use super::{Said, ValuesOwner, place};
use std::collections::HashMap;

/// The `values*.yaml` files by folder.
pub(super) fn values_files(files: &[String]) -> HashMap<&str, Vec<&str>> {
    let mut found: HashMap<&str, Vec<&str>> = HashMap::new();
    for file in files {
        let (folder, name) = place::split(file);
        if name.starts_with("values") && (name.ends_with(".yaml") || name.ends_with(".yml")) {
            found.entry(folder).or_default().push(file);
        }
    }
    found
}

/// What a Chart.yaml (or requirements.yaml, which has dependencies alone) says about the values files beside it.
pub(super) fn read(chart: At, values: &[&str]) -> Said {
    let dependencies: Vec<At> = chart.list("dependencies").collect();
    let mut owners = Vec::new();
    if let Some(name) = chart.text_of("name") {
        // A chart cannot depend on itself: one that seems to is a wrapper, whose own keys are not the chart's values.
        if !dependencies.iter().any(|d| d.text_of("name") == Some(name)) {
            owners.push(ValuesOwner { chart: name.to_owned(), section: None });
        }
    }
    for dependency in dependencies {
        if let Some(name) = dependency.text_of("name") {
            let section = dependency.text_of("alias").unwrap_or(name);
            owners.push(ValuesOwner { chart: name.to_owned(), section: Some(section.to_owned()) });
        }
    }
    let claims = values.iter().flat_map(|file| owners.iter().map(|owner| ((*file).to_owned(), owner.clone())));
    Said { values: claims.collect(), ..Said::default() }
}
