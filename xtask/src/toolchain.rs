//! One Rust for the server and the page, with the WebAssembly target in place.
//!
//! ```text
//! the cargo that runs this ──has wasm32?──yes──────────────────────────▶ use it
//!        └─no─▶ rustup target add ──works──────────────────────────────▶ use it
//!                     └─no rustup, or no download─▶ Debian's packages ─▶ use those for everything
//! ```
//!
//! Invariant: page and server are built by the same compiler, so that they agree on every generated name.
//! Debian ships the compiler without the target's standard library, so that is built once from Debian's
//! source.

use std::{env, ffi::OsString, fs, path::Path, process::Command};

use anyhow::{Context, bail};

use crate::{
    report,
    tools::{self, Need},
    tree,
};

/// The compilation target of the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The name under which rustup, where there is one, knows Debian's toolchain.
const LINKED: &str = "debian-wasm";
const DEBIAN_SYSROOT: &str = "/usr";
const DEBIAN: &[Need] = &[
    Need::file("/usr/bin/rustc", "rustc-web"),
    Need::file("/usr/bin/cargo", "cargo-web"),
    Need::file("/usr/share/doc/rust-web-src", "rust-web-src"),
    Need::file("/usr/bin/cargo-clippy", "rust-web-clippy"),
    Need::file("/usr/bin/rustfmt", "rustfmt-web"),
    Need::file("/usr/bin/wasm-ld-22", "lld-22"),
];

/// Which cargo every build step calls.
pub enum Toolchain {
    /// The one that started this program.
    Running,
    /// Debian's, by way of rustup, so that its proxies find the same one.
    Linked,
    /// Debian's, on a machine without rustup.
    Debian,
}

impl Toolchain {
    /// A cargo command of this toolchain: quiet unless a person watches, never asking anything.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = match self {
            Self::Running => Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))),
            Self::Linked | Self::Debian => Command::new("cargo"),
        };
        self.enter(&mut command);
        command.arg(subcommand);
        command
    }

    fn rustc(&self) -> Command {
        let mut command = Command::new("rustc");
        self.enter(&mut command);
        command
    }

    /// Makes every Rust tool that `command` starts one of this toolchain.
    fn enter(&self, command: &mut Command) {
        // Leptos bakes this into the server if it sees it, and then looks for other file names than we
        // write.
        command.env_remove("LEPTOS_OUTPUT_NAME");
        match self {
            Self::Running => {}
            Self::Linked => {
                command.env("RUSTUP_TOOLCHAIN", LINKED).env_remove("LD_LIBRARY_PATH").env_remove("CARGO");
            }
            Self::Debian => {
                let path = env::var_os("PATH").unwrap_or_default();
                let mut first = OsString::from("/usr/bin:");
                first.push(path);
                command.env("PATH", first).env_remove("LD_LIBRARY_PATH").env_remove("CARGO");
            }
        }
    }

    fn builds_for_wasm(&self) -> bool {
        let output = self.rustc().args(["--print", "target-libdir", "--target", WASM]).output();
        let Ok(output) = output else { return false };
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && holds_std(Path::new(&folder))
    }
}

/// Finds a toolchain that builds the page, installing what is missing.
pub fn prepare() -> anyhow::Result<Toolchain> {
    if Toolchain::Running.builds_for_wasm() {
        return Ok(Toolchain::Running);
    }
    let debian = if has_rustup() { Toolchain::Linked } else { Toolchain::Debian };
    if debian.builds_for_wasm() {
        return Ok(debian);
    }
    if has_rustup() {
        report::step("adding the WebAssembly target to Rust");
        let added = Command::new("rustup").args(["target", "add", WASM]).status();
        if added.is_ok_and(|status| status.success()) && Toolchain::Running.builds_for_wasm() {
            return Ok(Toolchain::Running);
        }
    }
    install_debian(&debian)?;
    if !debian.builds_for_wasm() {
        bail!(
            "Rust cannot build for {WASM} here. `rustup target add {WASM}` on a machine with internet access helps."
        );
    }
    Ok(debian)
}

/// Makes sure that `cargo fmt` and `cargo clippy` exist; a minimal installation of Rust lacks them.
pub fn require_lints(toolchain: &Toolchain) -> anyhow::Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let there = toolchain.cargo(subcommand).arg("--version").output();
        if there.is_ok_and(|output| output.status.success()) {
            continue;
        }
        report::step(&format!("adding {component} to Rust"));
        let mut add = Command::new("rustup");
        tree::must(
            add.args(["component", "add", component]),
            &format!("{component} is missing and rustup cannot add it"),
        )?;
    }
    Ok(())
}

fn has_rustup() -> bool {
    Command::new("rustup").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn holds_std(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Installs Debian's Rust and builds the standard library of the page's target with it, once.
fn install_debian(toolchain: &Toolchain) -> anyhow::Result<()> {
    report::step("this Rust cannot be given the WebAssembly target; using Debian's Rust instead");
    tools::require(DEBIAN)?;
    if matches!(toolchain, Toolchain::Linked) {
        let mut link = Command::new("rustup");
        tree::must(
            link.args(["toolchain", "link", LINKED, DEBIAN_SYSROOT]),
            "rustup cannot link Debian's Rust",
        )?;
    }
    report::step("building Rust's standard library for WebAssembly");
    let dummy = tree::target().join("xtask/wasm-std");
    tree::write_if_changed(&dummy.join("src/lib.rs"), b"")?;
    let manifest = b"[package]\nname = \"dummy\"\nedition = \"2024\"\n[workspace]\n";
    tree::write_if_changed(&dummy.join("Cargo.toml"), manifest)?;
    let mut build = toolchain.cargo("build");
    // The compiler's own library needs the compiler's own switches. Nothing of the product does.
    build.env("RUSTC_BOOTSTRAP", "1").current_dir(&dummy).env_remove("CARGO_TARGET_DIR");
    build.args(["--release", "-Z", "build-std=std,panic_abort,test", "--target", WASM]);
    tree::must(&mut build, "the standard library for WebAssembly does not build")?;
    let libraries = dummy.join("target").join(WASM).join("release/deps");
    let sysroot = Path::new(DEBIAN_SYSROOT).join("lib/rustlib").join(WASM).join("lib");
    copy_libraries(&libraries, &sysroot).context("cannot put the standard library beside Debian's Rust")
}

fn copy_libraries(from: &Path, to: &Path) -> anyhow::Result<()> {
    tools::as_root(Command::new("mkdir").arg("-p").arg(to), "cannot create a folder")?;
    for library in tree::files(from)? {
        let name = library.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libdummy") {
            tools::as_root(Command::new("cp").arg(&library).arg(to), "cannot copy a library")?;
        }
    }
    Ok(())
}
