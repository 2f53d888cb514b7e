//! Carrier documents: the values files that they name, or the config maps that a kustomization generates from files.
use super::node::At;
use super::{Named, Said, ValuesOwner, place};
use crate::pack::glob::glob_file;
use crate::pack::path::{Path, Segment};
use crate::pack::target::Carrier;
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
    let Ok(tree) = crate::yaml::syntax::parse(&text) else { return Said::default() };
    let draft = Draft::new(&text, tree);
    let (folder, _) = place::split(path);
    let mut said = Said::default();
    for document in draft.docs.iter().flat_map(|doc| objects(At::new(&draft, *doc))) {
        for carrier in likely.iter().filter(|c| is_one(document, path, c)) {
            claim(document, carrier, folder, paths, &mut said);
        }
    }
    said
}

/// Whether the bytes can hold such a document that names files.
fn may_hold(path: &str, text: &str, carrier: &Carrier) -> bool {
    let told = match &carrier.file {
        Some(file) => glob_file(file, path),
        None => carrier.kinds.iter().any(|kind| text.contains(kind.as_str())),
    };
    told && carrier.files.iter().any(|path| names(path).all(|name| text.contains(name)))
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
    carrier.speaks_of(document.text_of("kind"), group, path)
}

/// Claims the files of each chart that the document names; what is no file here may be a config map.
fn claim(document: At, carrier: &Carrier, folder: &str, paths: &HashSet<String>, said: &mut Said) {
    let bases: Vec<At> = match carrier.each.as_slice() {
        [] => vec![document],
        each => each.iter().flat_map(|path| document.hits(path)).collect(),
    };
    for base in bases {
        let Some(chart_name) = &carrier.chart_name else { continue };
        let Some(chart) = base.hits(chart_name).into_iter().find_map(At::text) else { continue };
        let chart = chart.rsplit('/').next().unwrap_or(chart);
        let files = carrier.files.iter().flat_map(|path| base.hits(path)).filter_map(At::text);
        for file in files {
            let chart = chart.to_owned();
            match place_of(file, folder).filter(|path| paths.contains(path)) {
                Some(path) => said.values.push((path, ValuesOwner { chart, section: None })),
                None => said.named.push(Named { name: file.to_owned(), folder: folder.to_owned(), chart }),
            }
        }
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
