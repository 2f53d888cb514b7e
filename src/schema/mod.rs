//! What a cluster takes: the structural schemas of CustomResourceDefinitions, and where a value does not fit one. Knows of no
//! file and of no edit.
//!
//! Own code, as a structural schema is a small part of JSON Schema with rules of its own that no library of JSON Schema has:
//! fields that are dropped where nobody names them, null that is as good as nothing, int-or-string, parts of objects.
mod check;
mod crd;
mod given;
mod structural;

pub use check::{Violation, check};
pub use crd::{Crd, Crds, Version};
pub use given::{Data, Given, Member};
