//! `yamlift schema`: what editors complete and check the files of a pack and the settings with, and what the report holds.
use super::args::{Schema, SchemaArg};

pub const MIGRATION: &str = include_str!("../../templates/schema/migration.json");
pub const PACK: &str = include_str!("../../templates/schema/pack.json");
const CONFIG: &str = include_str!("../../templates/schema/config.json");
const CARRIERS: &str = include_str!("../../templates/schema/carriers.json");
const REPORT: &str = include_str!("../../docs/report.schema.json");

pub fn run(args: &Schema) -> &'static str {
    match args.of {
        SchemaArg::Migration => MIGRATION,
        SchemaArg::Pack => PACK,
        SchemaArg::Carriers => CARRIERS,
        SchemaArg::Config => CONFIG,
        SchemaArg::Report => REPORT,
    }
}
