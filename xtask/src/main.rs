//! The menu of commands.
fn main() {}
