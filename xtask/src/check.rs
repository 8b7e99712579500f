//! Format, clippy, the rules of the tree and a linter for the journeys, which needs Node: what is cheap
//! enough to run before every commit.

use std::process::Command;

use crate::{
    journeys,
    page::Flavour,
    report, server,
    toolchain::{self, Toolchain, WASM},
    tree,
};

/// Everything that only runs in a browser. It never shares a cargo call with the server, because Cargo
/// would then build Leptos with the features of both.
pub const BROWSER_ONLY: [&str; 2] = ["frontend", "browser"];

/// Runs all checks.
pub fn all(toolchain: &Toolchain) -> anyhow::Result<()> {
    toolchain::require_lints(toolchain)?;
    report::phase("format", || format(toolchain))?;
    report::phase("lint of the journeys", journeys::lint)?;
    report::phase("tidy", || tidy(toolchain))?;
    report::phase("clippy, server side", || clippy_host(toolchain))?;
    report::phase("clippy, browser side", || clippy_wasm(toolchain, Flavour::Dev))
}

/// Fails if rustfmt would change anything.
pub fn format(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("fmt");
    tree::must(cargo.args(["--all", "--check"]), "run `cargo fmt --all`")
}

/// Runs clippy over all that runs on the host, tests included.
pub fn clippy_host(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("clippy");
    without_browser(server::quiet(&mut cargo)).args(["--all-targets", "--", "-D", "warnings"]);
    tree::must(&mut cargo, "clippy objects")
}

/// Runs clippy over all that runs in a browser.
pub fn clippy_wasm(toolchain: &Toolchain, flavour: Flavour) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("clippy");
    server::quiet(&mut cargo);
    for package in BROWSER_ONLY {
        cargo.args(["--package", package]);
    }
    cargo.args(["--target", WASM, "--profile", flavour.page_profile(), "--", "-D", "warnings"]);
    tree::must(&mut cargo, "clippy objects")
}

/// Selects every package but those for the browser.
pub fn without_browser(cargo: &mut Command) -> &mut Command {
    cargo.arg("--workspace");
    for package in BROWSER_ONLY {
        cargo.args(["--exclude", package]);
    }
    cargo
}

fn tidy(toolchain: &Toolchain) -> anyhow::Result<()> {
    let mut cargo = toolchain.cargo("test");
    tree::must(server::quiet(&mut cargo).args(["--package", "tidy"]), "the tree breaks its own rules")
}
