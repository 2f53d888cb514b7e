//! One file once more, with other answers of a person.
use super::{Ground, Input, Job, Stage, facts, needles, once, unless_generated};
use crate::input::prefilter::Prefilter;
use crate::migrate::{Order, Waits};
use crate::report::FileReport;
use crate::source::Source;

/// Takes the text of a file, as it was read in a run, through its runs once more. What is known of the repository stays what it
/// was, whatever has been written since.
///
/// # Errors
/// Needles that the machine cannot hold.
pub fn again(ground: &mut Ground, job: &Job, source: &Source) -> anyhow::Result<FileReport> {
    let Ground { input, repo, said, pool, facts } = ground;
    let runs = job.trees.runs_of(&source.path);
    let mut report = loop {
        let order = Order { runs, repo, facts, crds: job.crds, decisions: job.decisions };
        match (once(source.clone(), &order), &*input) {
            (Ok(report), _) => break report,
            (Err(_), Input::Text(..)) => break FileReport::left_alone(source.clone()),
            (Err(Waits(ids)), Input::Files(found)) => {
                let filter = Prefilter::new(needles(runs)).map_err(anyhow::Error::msg)?;
                let stage = Stage { root: &found.root, job, filter: &filter, repo, facts, pool };
                let places = facts::read(&stage, &found.around, &ids)?;
                facts.add(job.trees.runs(), &ids, places);
            }
        }
    };
    report.findings.extend(said.iter().filter(|finding| finding.path == source.path).cloned());
    report.findings.sort_by_key(|finding| finding.span.start);
    Ok(if job.generated { report } else { unless_generated(report) })
}
