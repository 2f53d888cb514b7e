//! What a file says of the version that runs.
use super::document;
use super::lens::Lens;
use super::select::Search;
use super::worlds::Known;
use crate::index::Repo;
use crate::pack::detect::Detector;
use crate::pack::glob::glob_file;
use crate::pack::registry::Run;
use crate::pack::target::On;
use crate::pack::trees::Said;
use crate::report::Answer;
use crate::source::{Source, line_column, unescaped};
use crate::view;
use crate::yaml::draft::{Body, Draft};

/// What a file says of the version of the pack of each run that may be detected, in its own order, each place once. One that
/// cannot be read says nothing: it is reported where it is to be edited.
pub fn said(source: &Source, runs: &[Run], repo: &Repo) -> Vec<Vec<Said>> {
    let plain = unescaped(source.text.as_bytes());
    let plain = std::str::from_utf8(&plain).unwrap_or(&source.text);
    let may_say = |one: &&Detector| one.needles.may_hit(plain) && may_be_in(one, &source.path);
    let mut draft = None;
    let mut of = |run: &Run| {
        let detectors: Vec<&Detector> = run.pack.detect.iter().filter(may_say).collect();
        if !run.may_be_detected() || detectors.is_empty() {
            return Vec::new();
        }
        let read = || view::read(&source.text, repo.chart_templates(&source.path), 0).ok();
        let draft = draft.get_or_insert_with(|| read().map(|read| Draft::new(&source.text, read)));
        draft.as_mut().map_or_else(Vec::new, |draft| of_pack(draft, source, run, &detectors, repo))
    };
    runs.iter().map(&mut of).collect()
}

fn of_pack(draft: &mut Draft, source: &Source, run: &Run, detectors: &[&Detector], repo: &Repo) -> Vec<Said> {
    let (objects, closed) = document::objects(draft, &source.path, &run.carriers, repo);
    let (pack, carriers, path) = (&*run.pack, run.carriers.as_slice(), source.path.as_str());
    let mut search = Search { pack, carriers, repo, path, objects: &objects, worlds: &mut Known::default(), closed };
    let mut found: Vec<(usize, Said)> = Vec::new();
    for detector in detectors {
        for place in search.find(draft, &detector.target) {
            let lens = Lens::new(draft, place.hit, &place.reading);
            let texts = lens.query(draft, &place.reading, &detector.value.source).unwrap_or_default();
            for id in texts.into_iter().map(|text| draft.resolve(text.hit.id)) {
                let Body::Scalar { text, .. } = &draft.node(id).body else { continue };
                let Some(version) = detector.version(text, &pack.chain) else { continue };
                let at = draft.file_span(id).map_or(0, |span| span.start);
                if found.iter().any(|(known, _)| *known == at) {
                    continue;
                }
                let (line, column) = line_column(&source.text, at);
                let answer = Answer { path: path.to_owned(), line, column, value: text.clone(), version: version.to_string() };
                found.push((at, Said { answer, version }));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, said)| said).collect()
}

fn may_be_in(detector: &Detector, path: &str) -> bool {
    detector.target.places.iter().any(|place| !matches!(&place.on, On::File(glob) if !glob_file(glob, path)))
}
