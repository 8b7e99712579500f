//! Programs from the machine's packages, installed when they are missing and never otherwise.
//!
//! A need is known by the program or file that answers it, not by its package, so that a machine which has
//! it from elsewhere is left alone. Without apt, or without the right to install, the exact line to type is
//! the error.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::bail;

use crate::{report, tree};

/// Something that must be on the machine.
pub struct Need {
    proof: Proof,
    package: &'static str,
}

enum Proof {
    Program(&'static str),
    File(&'static str),
    Module(&'static str),
}

impl Need {
    /// A program found on the search path.
    pub const fn program(name: &'static str, package: &'static str) -> Self {
        Self { proof: Proof::Program(name), package }
    }

    /// A file or folder at a place Debian fixes.
    pub const fn file(path: &'static str, package: &'static str) -> Self {
        Self { proof: Proof::File(path), package }
    }

    /// A module that the machine's Python can load.
    pub const fn module(name: &'static str, package: &'static str) -> Self {
        Self { proof: Proof::Module(name), package }
    }

    fn is_met(&self) -> bool {
        match self.proof {
            Proof::Module(name) => loads(name),
            Proof::Program(name) => find(name).is_some(),
            Proof::File(path) => Path::new(path).exists(),
        }
    }
}

/// What building needs: a C compiler, for the cryptography and SQLite.
pub const BUILD: &[Need] = &[Need::program("cc", "build-essential"), Need::program("c++", "build-essential")];

/// What a small page needs: binaryen comes as a package of npm. The one in Debian is so old that its result
/// does not run.
pub const RELEASE: &[Need] = &[Need::program("node", "nodejs"), Need::program("npm", "npm")];

/// What the tests need: the browsers, a way to drive them, a speaker to play into, the second database, and a
/// way to write into the first, for what no journey has the time to wait for.
pub const TEST: &[Need] = &[
    Need::program("chromium", "chromium"),
    Need::program("firefox-esr", "firefox-esr"),
    Need::program("node", "nodejs"),
    Need::program("npm", "npm"),
    Need::program("pulseaudio", "pulseaudio"),
    Need::program("sqlite3", "sqlite3"),
    Need::file("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core"),
    Need::file("/usr/lib/postgresql", "postgresql"),
];

/// What a second opinion about Stripe needs.
pub const OPINION: &[Need] = &[Need::module("ensurepip", "python3-venv")];

/// Installs the packages behind the needs that are not met, all in one go.
pub fn require(needs: &[Need]) -> anyhow::Result<()> {
    let mut packages: Vec<&str> =
        needs.iter().filter(|need| !need.is_met()).map(|need| need.package).collect();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {list}");
    if find("apt-get").is_none() {
        bail!("these are missing, and this is not Debian, so install them by hand: {list}");
    }
    let Some(root) = root_prefix() else {
        bail!(
            "some packages are missing, and only root may install them. Please run:\n  sudo sh -c '{line}'"
        );
    };
    report::step(&format!("installing {list}"));
    let failure = format!("could not install the missing packages; by hand it is `{line}`");
    tree::must(apt(root).args(["update", "-qq"]), &failure)?;
    tree::must(apt(root).args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages), &failure)
}

/// Runs a command with the rights of root, or says that it takes them.
pub fn as_root(command: &Command, failure: &str) -> anyhow::Result<()> {
    let Some(root) = root_prefix() else { bail!("{failure}: this takes root or sudo ({command:?})") };
    let mut words =
        root.iter().map(std::ffi::OsStr::new).chain([command.get_program()]).chain(command.get_args());
    let program = words.next().expect("a command has a program");
    tree::must(Command::new(program).args(words), failure)
}

/// Finds a program on the search path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

/// Whether Python is there, and this part of it.
fn loads(module: &str) -> bool {
    let mut python = Command::new("python3");
    let tried = python.args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// What to put before a command so that root runs it: nothing, or sudo if it asks no password.
fn root_prefix() -> Option<&'static [&'static str]> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if String::from_utf8_lossy(&id.stdout).trim() == "0" {
        return Some(&[]);
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status().ok()?;
    sudo.success().then_some(&["sudo", "-n"])
}

fn apt(root: &[&str]) -> Command {
    let words: Vec<&str> =
        root.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_met_by_the_thing_itself_whatever_package_brought_it() {
        assert!(Need::program("sh", "no-such-package").is_met());
        assert!(Need::file("/bin/sh", "no-such-package").is_met());
        assert!(!Need::program("no-such-program-anywhere", "dash").is_met());
        assert!(!Need::file("/no/such/file", "dash").is_met());
        assert!(!Need::module("no_such_module_anywhere", "dash").is_met());
    }
}
