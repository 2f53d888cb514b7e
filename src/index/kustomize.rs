//! kustomization.yaml: which files are patches, which hold the values of its charts, which make up its config maps.
use super::node::At;
use super::{Generated, Of, Said, Selector, place};
use crate::yaml::draft::Draft;
use std::collections::HashSet;
use std::path::Path;

/// What a kustomization in `folder` says. An entry of `patchesStrategicMerge` that is a patch itself names no file.
pub(super) fn read(root: At, disk: &Path, path: &str, paths: &HashSet<String>) -> Said {
    let (folder, _) = place::split(path);
    let operations = operations(root, disk, path);
    let named = root.list("patchesStrategicMerge").filter_map(|file| Some((file.text()?, None)));
    let with_target = root.list("patches").chain(root.list("patchesJson6902"));
    let with_target = with_target.filter_map(|patch| Some((patch.text_of("path")?, patch.get("target").map(selector))));
    let patches = named.chain(with_target).filter_map(|(path, target)| Some((place::join(folder, path)?, target)));
    let patches = patches.filter(|(path, _)| paths.contains(path)).collect();

    let mut values = Vec::new();
    let mut claim = |chart: Option<&str>, file: Option<&str>| {
        let file = file.and_then(|f| place::join(folder, f)).filter(|f| paths.contains(f));
        if let (Some(chart), Some(file)) = (chart, file) {
            values.push((file, Of::Name(chart.to_owned())));
        }
    };
    for chart in root.list("helmCharts") {
        let name = chart.text_of("name");
        claim(name, chart.text_of("valuesFile"));
        chart.list("additionalValuesFiles").for_each(|file| claim(name, file.text()));
    }
    for chart in root.list("helmChartInflationGenerator") {
        claim(chart.text_of("chartName"), chart.text_of("values"));
    }

    let generated = root.list("configMapGenerator").filter_map(|map| {
        let files = map.list("files").filter_map(At::text).map(|file| file.split_once('=').map_or(file, |(_, path)| path));
        let files = files.filter_map(|file| place::join(folder, file)).filter(|file| paths.contains(file)).collect();
        Some(Generated { name: map.text_of("name")?.to_owned(), folder: folder.to_owned(), files })
    });
    Said { values, patches, operations, generated: generated.collect(), ..Said::default() }
}

/// The paths of the JSON patches that a kustomization holds, or names.
fn operations(root: At, disk: &Path, path: &str) -> Vec<(Selector, String, String)> {
    let (folder, _) = place::split(path);
    let mut out = Vec::new();
    for patch in root.list("patches").chain(root.list("patchesJson6902")) {
        let Some(target) = patch.get("target").map(selector) else { continue };
        let named = patch.text_of("path").and_then(|file| place::join(folder, file));
        let text =
            named.as_ref().and_then(|file| super::text(disk, file).ok()).or_else(|| patch.text_of("patch").map(str::to_owned));
        let Some(text) = text.filter(|text| text.contains("path")) else { continue };
        let Ok(tree) = crate::yaml::syntax::parse(&text) else { continue };
        let draft = Draft::new(&text, tree);
        let operations = draft.docs.first().into_iter().flat_map(|list| At::new(&draft, *list).items());
        let file = named.unwrap_or_else(|| path.to_owned());
        out.extend(operations.filter_map(|one| Some((target.clone(), one.text_of("path")?.to_owned(), file.clone()))));
    }
    out
}

fn selector(target: At) -> Selector {
    Selector::of(|key| target.text_of(key).map(str::to_owned))
}
