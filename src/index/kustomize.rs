//! kustomization.yaml: which files are patches, which hold the values of its charts, which make up its config maps.
use super::node::At;
use super::{Generated, Of, Said, Selector, place};
use std::collections::HashSet;

/// What a kustomization in `folder` says. An entry of `patchesStrategicMerge` that is a patch itself names no file.
pub(super) fn read(root: At, folder: &str, paths: &HashSet<String>) -> Said {
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
    Said { values, patches, generated: generated.collect(), ..Said::default() }
}

fn selector(target: At) -> Selector {
    let text = |key: &str| target.text_of(key).unwrap_or_default().to_owned();
    Selector {
        kind: target.text_of("kind").map(str::to_owned),
        group: target.text_of("group").map(str::to_owned),
        version: text("version"),
        name: text("name"),
        namespace: text("namespace"),
    }
}
