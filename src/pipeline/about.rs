//! What the outputs may tell of the migrations that a report speaks of.
use crate::pack::registry::Run;
use crate::report::{About, Report};
use std::collections::BTreeSet;

/// Fills in what the packs say of them.
pub fn fill(report: &mut Report, runs: &[Run]) {
    let ids: BTreeSet<String> = report.ids().map(str::to_owned).collect();
    for run in runs {
        let migrations = run.active.iter().map(|active| &active.migration);
        for migration in migrations.filter(|migration| ids.contains(&migration.id)) {
            report.about.entry(migration.id.clone()).or_insert_with(|| About {
                id: migration.id.clone(),
                pack: run.pack.title.clone(),
                version: migration.version.as_ref().map(ToString::to_string),
                title: migration.title.clone(),
                why: migration.why.clone(),
                links: migration.links.clone(),
                safety: migration.safety.name(),
            });
        }
    }
}
