//! The browser journeys in `end2end`, against a server that is already built.
//!
//! Playwright starts the server itself, on its own port and with an empty folder for its files; this only
//! says which. It needs a younger Node than Debian 12 has. Where the machine's is too old, npm fetches one
//! into `target`.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use crate::{report, server::Server, tools, tree};

/// The oldest Node that Playwright runs on, and the one fetched where that is missing.
const NODE_OLDEST: u32 = 20;
const NODE_FETCHED: &str = "22.21.1";

/// Runs the journeys that match `filter`, one after the other.
pub fn run(server: &Server, filter: &[OsString]) -> anyhow::Result<()> {
    tools::require(tools::TEST)?;
    let mut playwright = playwright(server)?;
    report::step("walking through the product in Chromium and Firefox");
    tree::must(playwright.args(filter), "a journey failed")
}

/// Runs all journeys: first those in which nobody looks at moving pictures, two at a time, then the others.
pub fn run_all(server: &Server) -> anyhow::Result<()> {
    tools::require(tools::TEST)?;
    for (part, told) in [("quiet", "two at a time, without moving pictures"), ("loud", "one at a time")] {
        report::step(&format!("walking through the product in Chromium and Firefox, {told}"));
        tree::must(playwright(server)?.env("JOURNEYS_PART", part), "a journey failed")?;
    }
    Ok(())
}

/// Looks for names that nobody brought in, before anybody has walked half an hour to find one.
pub fn lint() -> anyhow::Result<()> {
    tools::require(tools::RELEASE)?;
    let (node, folder) = packages()?;
    let mut eslint = Command::new(node);
    eslint.args(["node_modules/eslint/bin/eslint.js", "."]).current_dir(folder);
    tree::must(&mut eslint, "eslint objects to the journeys")
}

/// Playwright, told which server to start.
pub fn playwright(server: &Server) -> anyhow::Result<Command> {
    let (node, folder) = packages()?;
    let mut playwright = Command::new(&node);
    playwright.arg("node_modules/@playwright/test/cli.js").arg("test").current_dir(&folder);
    playwright.envs(server.environment()).env("JOURNEYS_SERVER", server.binary());
    Ok(playwright)
}

/// Node, and the folder in which the locked packages are installed.
pub fn packages() -> anyhow::Result<(PathBuf, PathBuf)> {
    let folder = tree::root().join("end2end");
    let node = node()?;
    install(&folder)?;
    Ok((node, folder))
}

/// Installs the locked packages, unless those are what is there.
fn install(folder: &Path) -> anyhow::Result<()> {
    let lock = tree::read(&folder.join("package-lock.json"))?;
    let stamp = tree::Stamp::new("journeys", tree::fingerprint(&[&lock]));
    let there = |package: &str| folder.join("node_modules").join(package).exists();
    if stamp.holds() && there("eslint/bin/eslint.js") && there("binaryen/bin/wasm-opt") {
        return Ok(());
    }
    report::step("installing what drives the browsers and makes the page small");
    let mut install = npm(&["ci"]);
    // The machine's own browsers are driven, so none is fetched.
    install.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    tree::must(&mut install, "npm could not install the packages of the journeys")?;
    stamp.set()
}

/// Finds a Node that is young enough, fetching one if the machine's is not.
fn node() -> anyhow::Result<PathBuf> {
    let there = tools::find("node").context("Node is installed but not on the search path")?;
    let version =
        Command::new(&there).arg("--version").output().context("cannot ask Node for its version")?;
    if major(&String::from_utf8_lossy(&version.stdout)).is_some_and(|major| major >= NODE_OLDEST) {
        return Ok(there);
    }
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!(
            "the journeys need Node {NODE_OLDEST} or newer; please install it ({other} has no ready package)"
        ),
    };
    let folder = tree::target().join("xtask/node");
    let package = format!("node-linux-{machine}");
    let binary = folder.join("node_modules").join(&package).join("bin/node");
    if !binary.exists() {
        report::step(&format!("fetching Node {NODE_FETCHED}, as this machine's is older than {NODE_OLDEST}"));
        let mut install = npm(&["install", "--no-save", "--prefix"]);
        install.arg(&folder).arg(format!("{package}@{NODE_FETCHED}"));
        tree::must(
            &mut install,
            &format!("npm could not fetch Node; please install Node {NODE_OLDEST} or newer"),
        )?;
    }
    Ok(binary)
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(arguments).args(["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    npm
}

/// The first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_a_node_is_its_first_number() {
        assert_eq!(major("v18.20.4\n"), Some(18));
        assert_eq!(major("v22.1.0"), Some(22));
        assert_eq!(major("nonsense"), None);
    }
}
