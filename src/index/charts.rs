//! Chart.yaml: whose values the files beside it hold.
use super::node::At;
use super::{Said, ValuesOwner, place};
use std::collections::{HashMap, HashSet};

/// The `values*.yaml` files of each folder that has a Chart.yaml.
pub(super) fn values_files(paths: &HashSet<String>) -> HashMap<&str, Vec<&str>> {
    let mut found: HashMap<&str, Vec<&str>> = HashMap::new();
    for file in paths {
        let (folder, name) = place::split(file);
        let named = name.starts_with("values") && (name.ends_with(".yaml") || name.ends_with(".yml"));
        if named && paths.contains(&format!("{folder}Chart.yaml")) {
            found.entry(folder).or_default().push(file);
        }
    }
    found
}

/// What the Chart.yaml (or requirements.yaml, which has dependencies alone) of `folder` says about the values files there,
/// and in the chart whose `charts/` it lies in: Helm takes it for a dependency of that one, declared or not.
pub(super) fn read(chart: At, folder: &str, values: &HashMap<&str, Vec<&str>>) -> Said {
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
    let files = |folder: &str| values.get(folder).into_iter().flatten().map(|file| (*file).to_owned());
    let mut claims: Vec<_> = files(folder).flat_map(|file| owners.iter().map(move |o| (file.clone(), o.clone()))).collect();
    if let (Some(name), Some(above)) = (chart.text_of("name"), chart_above(folder)) {
        let section = Some(name.to_owned());
        claims.extend(files(above).map(|file| (file, ValuesOwner { chart: name.to_owned(), section: section.clone() })));
    }
    Said { values: claims, ..Said::default() }
}

/// `a/` of `a/charts/b/`.
fn chart_above(folder: &str) -> Option<&str> {
    let (above, _) = place::split(folder.strip_suffix('/')?);
    above.strip_suffix("charts/").filter(|above| above.is_empty() || above.ends_with('/'))
}
