//! Carrier documents: the charts that they name, and the values files, or the config maps that a kustomization generates
//! from files.
use super::node::At;
use super::{Named, Of, Said, place};
use crate::pack::glob::glob_file;
use crate::pack::path::{Path, Segment};
use crate::pack::target::{Carrier, last_part};
use crate::report::{Finding, Level};
use crate::source::{Source, named_yaml};
use crate::yaml::draft::Draft;
use std::collections::HashSet;

/// What the carrier documents of a file say. A file that is none of ours is left to the stages behind, which report it
/// where it matters.
pub(super) fn read(root: &std::path::Path, path: &str, carriers: &[&Carrier], paths: &HashSet<String>) -> Said {
    let Ok(text) = super::text(root, path) else { return Said::default() };
    let likely: Vec<&Carrier> = carriers.iter().copied().filter(|c| may_hold(path, &text, c)).collect();
    if likely.is_empty() {
        return Said::default();
    }
    let source = Source::new(path, text);
    let Ok(tree) = crate::yaml::syntax::parse(&source.text) else { return Said::default() };
    let draft = Draft::new(&source.text, tree);
    let mut said = Said::default();
    for document in draft.docs.iter().flat_map(|doc| objects(At::new(&draft, *doc))) {
        for carrier in likely.iter().filter(|c| is_one(document, path, c)) {
            claim(document, carrier, (root, &source), paths, &mut said);
        }
    }
    said
}

/// Whether the bytes can hold such a document that names a chart.
fn may_hold(path: &str, text: &str, carrier: &Carrier) -> bool {
    let told = match &carrier.file {
        Some(file) => glob_file(file, path),
        None => carrier.kinds.iter().any(|kind| text.contains(kind.as_str())),
    };
    told && carrier.chart_name.iter().chain(&carrier.chart_path).any(|path| names(path).all(|name| text.contains(name)))
}

fn names(path: &Path) -> impl Iterator<Item = &str> {
    path.segments.iter().filter_map(|segment| match segment {
        Segment::Name(name) => Some(name.as_str()),
        _ => None,
    })
}

/// The document, or the items of a list of objects.
fn objects(document: At) -> Vec<At> {
    match document.text_of("kind") {
        Some(kind) if kind.ends_with("List") && document.get("items").is_some() => document.list("items").collect(),
        _ => vec![document],
    }
}

fn is_one(document: At, path: &str, carrier: &Carrier) -> bool {
    let version = document.text_of("apiVersion").unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    carrier.speaks_of(document.text_of("kind"), Some(group), path)
}

/// Claims the files of each chart that the document names; what is no file here may be a config map.
fn claim(document: At, carrier: &Carrier, here: (&std::path::Path, &Source), paths: &HashSet<String>, said: &mut Said) {
    let (root, source) = here;
    let path = source.path.as_str();
    let bases: Vec<At> = match carrier.each.as_slice() {
        [] => vec![document],
        each => each.iter().flat_map(|path| document.hits(path)).collect(),
    };
    let (folder, _) = place::split(path);
    for base in bases {
        let Some(chart) = chart_of(base, carrier, path, paths) else { continue };
        let name = document.get("metadata").and_then(|metadata| metadata.text_of("name"));
        if let (Some(kind), Some(name)) = (document.text_of("kind"), name) {
            said.carriers.push(((kind.to_owned(), name.to_owned()), chart.clone()));
        }
        for named in carrier.files.iter().flat_map(|path| base.hits(path)) {
            let Some(file) = named.text() else { continue };
            let inside = match &chart {
                Of::Folder(chart) if carrier.file.is_none() => in_chart(file, chart),
                _ => None,
            };
            let chart = chart.clone();
            let mut places = [inside, place_of(file, folder)].into_iter().flatten();
            match places.clone().find(|path| paths.contains(path)) {
                Some(path) => said.values.push((path, chart)),
                None if places.any(|path| is_other(root, &path)) => said.unread.push((unread(source, named, file), chart)),
                None => said.named.push(Named { name: file.to_owned(), folder: folder.to_owned(), chart }),
            }
        }
    }
}

/// The chart that a document names: one of the repository, where its path leads to one.
fn chart_of(base: At, carrier: &Carrier, path: &str, paths: &HashSet<String>) -> Option<Of> {
    let text = |at: &Option<Path>| at.iter().flat_map(|at| base.hits(at)).find_map(At::text);
    let name = text(&carrier.chart_name);
    let local = carrier.local(text(&carrier.chart_path), name).and_then(|local| place::folder(carrier.folder(path), local));
    match local.filter(|folder| paths.contains(&format!("{folder}Chart.yaml"))) {
        Some(folder) => Some(Of::Folder(folder)),
        None => name.map(|name| match &carrier.chart_object {
            Some(kind) => Of::Object(kind.clone(), name.to_owned()),
            None => Of::Name(last_part(name).to_owned()),
        }),
    }
}

/// A named file: beside the document, or below the root where it starts with `$ref/`, the checkout of a repository that
/// is most often this one. Only a file that is there counts.
fn place_of(file: &str, folder: &str) -> Option<String> {
    match file.strip_prefix('$') {
        Some(referred) => place::join("", referred.split_once('/')?.1),
        None => place::join(folder, file),
    }
}

/// Whether there is such a file, though it is none that is looked into.
fn is_other(root: &std::path::Path, path: &str) -> bool {
    !named_yaml(std::path::Path::new(path)) && root.join(path).is_file()
}

/// A note on values that nobody looks into, where they are named.
fn unread(source: &Source, named: At, file: &str) -> Finding {
    let why = format!("`{file}` holds values, but was not looked at: its name does not end in .yaml, .yml or .json.");
    let start = named.start();
    Finding::at(source, start..start, "yamlift/index", Level::Note, why).with_help("check it by hand")
}

/// A file named for a chart of the repository: beside its Chart.yaml, or below the root where it starts with `/`.
fn in_chart(file: &str, chart: &str) -> Option<String> {
    match file.strip_prefix('/') {
        Some(below) => place::join("", below),
        None => place::join(chart, file),
    }
}
