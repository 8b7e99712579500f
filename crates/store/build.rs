//! Compiles the migrations in again whenever one is added.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
