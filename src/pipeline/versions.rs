//! Which version runs where: the few files that can say it are asked, before any is migrated.
use super::{Buffers, Ground, Input, caught, each, says};
use crate::input::{decode, prefilter::Prefilter};
use crate::migrate::detect;
use crate::pack::registry::{Library, Request, Run};
use crate::pack::trees::{Said, Trees};
use std::io::Read;
use std::path::Path;

/// The runs of each file. Where nobody said which version runs, the files of the repository are asked.
///
/// # Errors
/// Needles that the machine cannot hold; those of `Library::runs`, of migrations that come in.
pub fn trees(ground: &Ground, library: &Library, request: &Request, runs: Vec<Run>) -> anyhow::Result<Trees> {
    if !runs.iter().any(Run::may_be_detected) {
        return Ok(Trees::of(runs));
    }
    let said = match &ground.input {
        Input::Text(name, bytes) => vec![said_in(ground, &runs, name, Path::new(""), bytes)],
        Input::Files(found) => {
            let filter = filter(&runs)?;
            let one = |buffers: &mut Buffers, path: &String| {
                let disk = found.root.join(path);
                buffers.bytes.clear();
                std::fs::File::open(&disk).and_then(|mut file| file.read_to_end(&mut buffers.bytes)).ok()?;
                says(&filter, &buffers.bytes, &mut buffers.needles)
                    .then(|| said_in(ground, &runs, path, &disk, &buffers.bytes))
                    .flatten()
            };
            each(&ground.pool, &found.around, one)
        }
    };
    let mut by_run = vec![Vec::new(); runs.len()];
    for of_file in said.into_iter().flatten() {
        by_run.iter_mut().zip(of_file).for_each(|(all, more)| all.extend(more));
    }
    let files = match &ground.input {
        Input::Text(name, _) => std::slice::from_ref(name),
        Input::Files(found) => &found.files,
    };
    Ok(Trees::detected(library, request, &runs, &by_run, files)?)
}

fn filter(runs: &[Run]) -> anyhow::Result<Prefilter> {
    let detectors = runs.iter().filter(|run| run.may_be_detected()).flat_map(|run| run.pack.detect.iter());
    Prefilter::new(detectors.map(|one| one.needles.groups.as_slice())).map_err(anyhow::Error::msg)
}

/// What a file says, for each run; what cannot be read says nothing.
fn said_in(ground: &Ground, runs: &[Run], path: &str, disk: &Path, bytes: &[u8]) -> Option<Vec<Vec<Said>>> {
    let source = decode::decode(path, disk.to_owned(), bytes).ok()?;
    caught(|| detect::said(&source, runs, &ground.repo)).ok()
}
