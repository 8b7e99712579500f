//! Where things are in the checkout, and small file work that several steps share.
//!
//! A step is skipped when the fingerprint of its inputs is the one noted after its last success.
//! Fingerprints are of contents, never of times, so that a fresh clone or a copied tree behaves alike.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

/// The top folder of the checkout. Cargo says where it is, so that a moved checkout is found.
pub fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().expect("xtask is a folder of the checkout").to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |path| root().join(path))
}

/// Every file below `folder`, in a fixed order. A folder that does not exist has no files.
pub fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot list {}", folder.display())),
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a whole file, or says which one could not be read.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file together with the folders above it, unless it holds these bytes already. Says whether it
/// wrote.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

/// A name for contents: equal for equal bytes, different for all practical purposes otherwise.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The note a step leaves when it succeeded.
pub struct Stamp {
    path: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// The stamp of the step called `name` for inputs of this fingerprint.
    pub fn new(name: &str, fingerprint: String) -> Self {
        Self { path: target().join("xtask/stamps").join(name), fingerprint }
    }

    /// Whether the step succeeded with just these inputs, and nothing came after.
    pub fn holds(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|noted| noted == self.fingerprint)
    }

    /// Notes the success.
    pub fn set(&self) -> anyhow::Result<()> {
        write_if_changed(&self.path, self.fingerprint.as_bytes()).map(drop)
    }
}

/// Runs a command to its end; its output goes to the terminal, and `failure` is said if it does not
/// succeed.
pub fn must(command: &mut Command, failure: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{failure}: cannot start {command:?}"))?;
    if !status.success() {
        bail!("{failure} (see above)");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_contents_apart_but_not_their_age() {
        assert_eq!(fingerprint(&[b"one", b"two"]), fingerprint(&[b"one", b"two"]));
        assert_ne!(fingerprint(&[b"one", b"two"]), fingerprint(&[b"onet", b"wo"]));
    }

    #[test]
    fn a_file_is_written_once_for_equal_bytes() {
        let file = env::temp_dir().join(format!("xtask-{}/a/b", std::process::id()));
        assert!(write_if_changed(&file, b"x").expect("a temporary folder can be written"));
        assert!(!write_if_changed(&file, b"x").expect("a temporary folder can be written"));
        assert!(write_if_changed(&file, b"y").expect("a temporary folder can be written"));
        fs::remove_dir_all(file.ancestors().nth(2).expect("two folders up")).expect("it was just made");
    }
}
