//! The folder that the server serves files from.
//!
//! ```text
//! target/site/              dev                   target/site-release/                release
//!   favicon.svg …           from public/            favicon.svg  favicon.svg.br …
//!   pkg/anteroom.js                                 pkg/anteroom.<hash>.js          + .br
//!   pkg/anteroom_bg.wasm                            pkg/anteroom.<hash>.wasm        + .br
//!   pkg/anteroom.css                                pkg/anteroom.<hash>.css         + .br
//!                                                 hash.txt, for the folder of the server's binary
//! ```
//!
//! Names with hashes can be kept by browsers for ever. Leptos finds them through `hash.txt`, one `kind:
//! hash` a line. Invariant: a file that is right already is not touched, and a file that no longer belongs
//! is removed.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::{
    page::{Flavour, NAME, Page},
    report, style, tree,
};

/// The folder below the site's root for what is built rather than copied.
pub const PACKAGE_FOLDER: &str = "pkg";

/// A site on disk, ready to be served.
pub struct Site {
    pub root: PathBuf,
    /// The contents of `hash.txt`, if names carry hashes.
    pub hashes: Option<String>,
}

/// Puts page, stylesheet and public files together.
pub fn build(page: &Page) -> anyhow::Result<Site> {
    let (script, wasm, style) = (page.script()?, page.wasm()?, style::build()?);
    let mut files = public_files()?;
    for (path, bytes) in page.snippets()? {
        files.insert(Path::new(PACKAGE_FOLDER).join(path), bytes);
    }
    let hashes = match page.flavour {
        Flavour::Dev => None,
        Flavour::Release => {
            let parts = [("js", &script), ("wasm", &wasm), ("css", &style)];
            Some(parts.map(|(kind, bytes)| format!("{kind}: {}\n", tree::fingerprint(&[bytes]))).concat())
        }
    };
    let named = |ending: &str, bytes: &[u8]| match page.flavour {
        // Leptos expects this one ending of wasm-bindgen's when names carry no hash.
        Flavour::Dev if ending == "wasm" => format!("{NAME}_bg.wasm"),
        Flavour::Dev => format!("{NAME}.{ending}"),
        Flavour::Release => format!("{NAME}.{}.{ending}", tree::fingerprint(&[bytes])),
    };
    for (ending, bytes) in [("js", script), ("wasm", wasm), ("css", style)] {
        files.insert(Path::new(PACKAGE_FOLDER).join(named(ending, &bytes)), bytes);
    }
    let folder = if page.flavour == Flavour::Dev { "site" } else { "site-release" };
    let root = tree::target().join(folder);
    put(&root, &files, page.flavour == Flavour::Release)?;
    Ok(Site { root, hashes })
}

/// The size of `bytes` as browsers fetch it.
pub fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    const BUFFER: usize = 1 << 16;
    const BEST: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), BUFFER, BEST, WINDOW);
    compressor.write_all(bytes)?;
    compressor.flush()?;
    Ok(compressor.into_inner())
}

fn public_files() -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let folder = tree::root().join("public");
    let mut found = BTreeMap::new();
    for file in tree::files(&folder)? {
        found.insert(file.strip_prefix(&folder)?.to_path_buf(), tree::read(&file)?);
    }
    Ok(found)
}

/// Makes `root` hold just these files, with a compressed twin of each that gains by it if `compress`.
fn put(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>, compress: bool) -> anyhow::Result<()> {
    let mut kept = Vec::new();
    for (name, bytes) in files {
        let path = root.join(name);
        let written = tree::write_if_changed(&path, bytes)?;
        if compress && is_text_or_code(&path) {
            let twin = beside(&path, ".br");
            if written || !twin.exists() {
                report::step(&format!("compressing {}", name.display()));
                tree::write_if_changed(&twin, &brotli(bytes)?)?;
            }
            kept.push(twin);
        }
        kept.push(path);
    }
    for file in tree::files(root)? {
        if !kept.contains(&file) {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    Ok(())
}

fn is_text_or_code(path: &Path) -> bool {
    const ENDINGS: &[&str] = &["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"];
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn a_site_holds_what_belongs_and_nothing_older() {
        let root = env::temp_dir().join(format!("xtask-site-{}", std::process::id()));
        let first = BTreeMap::from([
            (PathBuf::from("pkg/a.1.js"), b"one".repeat(99)),
            (PathBuf::from("b.png"), vec![1]),
        ]);
        put(&root, &first, true).expect("a temporary folder can be written");
        let second = BTreeMap::from([(PathBuf::from("pkg/a.2.js"), b"two".repeat(99))]);
        put(&root, &second, true).expect("a temporary folder can be written");
        let names = tree::files(&root).expect("it was just written");
        fs::remove_dir_all(&root).expect("it was just written");
        assert_eq!(names, [root.join("pkg/a.2.js"), root.join("pkg/a.2.js.br")]);
    }
}
