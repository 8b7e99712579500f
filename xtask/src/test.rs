//! Everything that must hold before a change lands, cheapest first.
//!
//! | phase | shares its compiled crates with |
//! |---|---|
//! | format, lint of the journeys, pure cores, clippy, documentation | each other |
//! | page: the visitors' build and its size | — |
//! | tests, and those of rooms and server once more on PostgreSQL | the journeys' server |
//! | journeys in Chromium and Firefox | — |
//!
//! The journeys walk through the page that visitors get, hashed names and all, for that is the one that must
//! not break. Its server is the quickly built one: compiling it a second time for speed would take longer
//! than every test together.

use crate::{
    check, journeys, opinion,
    page::{self, Flavour},
    report, server, site, size,
    toolchain::{self, Toolchain, WASM},
    tools, tree,
};

use std::num::NonZero;
use std::thread;

/// The crates without a socket, a clock or an operating system.
const PURE: [&str; 4] = ["model", "protocol", "domain", "call"];

/// Runs every phase and stops at the first that fails.
pub fn all() -> anyhow::Result<()> {
    for needs in [tools::BUILD, tools::RELEASE, tools::TEST] {
        tools::require(needs)?;
    }
    let toolchain = toolchain::prepare()?;
    toolchain::require_lints(&toolchain)?;
    report::phase("format", || check::format(&toolchain))?;
    report::phase("lint of the journeys", journeys::lint)?;
    report::phase("pure crates build without an operating system", || pure(&toolchain))?;
    report::phase("clippy, browser side", || check::clippy_wasm(&toolchain, Flavour::Release))?;
    report::phase("clippy, server side", || check::clippy_host(&toolchain))?;
    report::phase("documentation", || documentation(&toolchain))?;
    report::phase("tests", || tests(&toolchain))?;
    report::phase("rooms and server on PostgreSQL", || tests_on_postgres(&toolchain))?;
    report::phase("page size", || size::check(&page::build(&toolchain, Flavour::Release)?))?;
    report::phase("browser journeys", || {
        let site = site::build(&page::build(&toolchain, Flavour::Release)?)?;
        journeys::run_all(&server::build(&toolchain, Flavour::Dev, site)?)
    })
}

/// Builds the pure crates for a target that has no clock, no threads and no files to reach for.
fn pure(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("build");
    server::quiet(&mut cargo).args(["--target", WASM, "--profile", Flavour::Release.page_profile()]);
    for package in PURE {
        cargo.args(["--package", package]);
    }
    tree::must(&mut cargo, "a pure crate does not build for WebAssembly")
}

/// Builds the documentation of our own crates; a broken link fails.
fn documentation(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("doc");
    check::without_browser(server::quiet(&mut cargo)).args(["--no-deps", "--document-private-items"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
    tree::must(&mut cargo, "the documentation has broken links")
}

/// Runs the unit, transcript, property, store and black-box tests.
fn tests(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut own = toolchain.cargo("test");
    // The menu was built into its own folder, so its tests are, too.
    own.args(["--package", "xtask", "--target-dir"]).arg(tree::target().join("xtask"));
    tree::must(&mut own, "a test of the menu failed")?;
    let mut cargo = toolchain.cargo("test");
    check::without_browser(&mut cargo).args(["--exclude", "xtask", "--no-fail-fast"]);
    // By hand the search through the lives of paid sessions is shorter.
    cargo.env("ANTEROOM_STEPS", "1000000");
    cargo.env("ANTEROOM_SECONDS", "300");
    cargo.env("RUST_TEST_THREADS", threads());
    if let Some(program) = opinion::localstripe() {
        cargo.env("ANTEROOM_LOCALSTRIPE", program);
    }
    tree::must(&mut cargo, "a test failed")
}

/// Runs those tests once more that open a database, on the other one; the tests of the store are on both
/// anyway. The same packages as before, so that nothing is compiled again.
fn tests_on_postgres(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("test");
    check::without_browser(&mut cargo).args(["--exclude", "xtask", "--no-fail-fast"]);
    cargo.args(["--test", "rooms", "--test", "api"]).env("ANTEROOM_TEST_DATABASE", "postgres");
    cargo.env("RUST_TEST_THREADS", threads());
    tree::must(&mut cargo, "a test failed on PostgreSQL")
}

/// How many tests run at once. Most of them wait: for a database, for a deadline, for somebody else.
fn threads() -> String {
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    (3 * cores).to_string()
}
