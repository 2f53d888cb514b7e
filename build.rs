//! Nothing is embedded yet.
fn main() {}
