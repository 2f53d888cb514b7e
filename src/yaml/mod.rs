//! Lossless YAML: parse to a tree with exact byte spans, edit a draft of it, render the difference as splices.
//! Knows YAML only: no Kubernetes, no pack.
pub mod branch;
pub mod draft;
pub mod fold;
pub mod render;
pub mod scalar;
pub mod second;
pub mod style;
pub mod syntax;
pub mod tree;
pub mod trivia;
pub mod value;
