//! yamlift lifts YAML to the next version of what it configures, without losing a comment.
//!
//! The modules stand in the order the data travels; `pipeline::run` shows the whole product on one screen.
pub mod cli;
pub mod expr;
pub mod forge;
pub mod git;
pub mod golden;
pub mod index;
pub mod input;
pub mod migrate;
pub mod output;
pub mod pack;
pub mod pipeline;
pub mod report;
pub mod schema;
pub mod source;
pub mod view;
pub mod yaml;
