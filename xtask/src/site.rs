//! The folder that the server serves files from.
//!
//! ```text
//! target/site/              dev                   target/site-release/                release
//!   favicon.svg …           from public/            favicon.svg  favicon.svg.br  favicon.svg.gz …
//!   pkg/anteroom.js                                 pkg/anteroom.<hash>.js          + .br, .gz
//!   pkg/anteroom_bg.wasm                            pkg/anteroom.<hash>.wasm        + .br, .gz
//!   pkg/anteroom.css                                pkg/anteroom.<hash>.css         + .br, .gz
//!   pkg/split_room.wasm                             pkg/split_room.<hash>.wasm      + .br, .gz
//!   pkg/__wasm_split.______________________.js      pkg/__wasm_split.<hash>.js      + .br, .gz
//!   pkg/__wasm_split_manifest.json                  pkg/__wasm_split_manifest.<hash>.json
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

use anyhow::{Context, bail};

use crate::{
    page::{Flavour, NAME, Page},
    report,
    split::FETCHER,
    style, tree,
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
    let mut files = public_files()?;
    for (path, bytes) in page.snippets()? {
        files.insert(Path::new(PACKAGE_FOLDER).join(path), bytes);
    }
    let style = style::build()?;
    let built = match page.flavour {
        Flavour::Dev => plain(page, style)?,
        Flavour::Release => hashed(page, style)?,
    };
    files.extend(built.files.into_iter().map(|(name, bytes)| (Path::new(PACKAGE_FOLDER).join(name), bytes)));
    let folder = if page.flavour == Flavour::Dev { "site" } else { "site-release" };
    let root = tree::target().join(folder);
    put(&root, &files, page.flavour == Flavour::Release)?;
    Ok(Site { root, hashes: built.hashes })
}

/// The files that were built, under their final names.
struct Built {
    files: BTreeMap<String, Vec<u8>>,
    hashes: Option<String>,
}

/// Files under the names by which Leptos looks for them where names carry no hash.
fn plain(page: &Page, style: Vec<u8>) -> anyhow::Result<Built> {
    let mut files = BTreeMap::from([
        (format!("{NAME}.js"), page.script()?),
        (format!("{NAME}_bg.wasm"), page.wasm()?),
        (format!("{NAME}.css"), style),
        (FETCHER.to_owned(), page.fetcher()?),
        ("__wasm_split_manifest.json".to_owned(), serde_json::to_vec(&page.manifest()?)?),
    ]);
    files.extend(page.chunks()?.into_iter().map(|(name, bytes)| (format!("{name}.wasm"), bytes)));
    Ok(Built { files, hashes: None })
}

/// Files whose names change with their contents, and so do all mentions of them.
fn hashed(page: &Page, style: Vec<u8>) -> anyhow::Result<Built> {
    let (script, fetcher, wasm) = (page.script()?, page.fetcher()?, page.wasm()?);
    let chunks = page.chunks()?;
    // The two scripts name each other, and one of them the chunks: one hash stands for all of it.
    let parts: Vec<&[u8]> =
        [&script, &fetcher].into_iter().chain(chunks.values()).map(Vec::as_slice).collect();
    let scripts = tree::fingerprint(&parts);
    let hash = |bytes: &[u8]| tree::fingerprint(&[bytes]);
    let (script_name, fetcher_name) = (format!("{NAME}.{scripts}.js"), format!("__wasm_split.{scripts}.js"));

    let mut files = BTreeMap::new();
    let mut fetcher = replaced(&fetcher, &format!("\"./{NAME}.js\""), &format!("\"./{script_name}\""))?;
    let mut manifest = page.manifest()?;
    for (name, bytes) in chunks {
        let full = format!("{name}.{}", hash(&bytes));
        fetcher = replaced(&fetcher, &format!("\"./{name}.wasm\""), &format!("\"./{full}.wasm\""))?;
        for entry in manifest.values_mut().flatten().filter(|entry| **entry == name) {
            entry.clone_from(&full);
        }
        files.insert(format!("{full}.wasm"), bytes);
    }
    let script = replaced(&script, &format!("from \"./{FETCHER}\""), &format!("from \"./{fetcher_name}\""))?;
    let manifest = serde_json::to_vec(&manifest)?;
    let hashes = [
        ("js", &scripts),
        ("wasm", &hash(&wasm)),
        ("css", &hash(&style)),
        ("manifest", &hash(&manifest)),
        ("split", &scripts),
    ]
    .map(|(kind, hash)| format!("{kind}: {hash}\n"))
    .concat();
    files.insert(format!("{NAME}.{}.wasm", hash(&wasm)), wasm);
    files.insert(format!("{NAME}.{}.css", hash(&style)), style);
    files.insert(format!("__wasm_split_manifest.{}.json", hash(&manifest)), manifest);
    files.insert(fetcher_name, fetcher);
    files.insert(script_name, script);
    Ok(Built { files, hashes: Some(hashes) })
}

/// The script with another name in it. A script without the old one is not what this was written for.
fn replaced(script: &[u8], old: &str, new: &str) -> anyhow::Result<Vec<u8>> {
    let text = std::str::from_utf8(script).context("a script is text")?;
    if !text.contains(old) {
        bail!("the page's scripts do not mention {old}");
    }
    Ok(text.replace(old, new).into_bytes())
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

/// The same for browsers that came by plain HTTP: those take no brotli.
fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressor = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    compressor.write_all(bytes)?;
    Ok(compressor.finish()?)
}

/// How files are compressed, by the ending of the twin.
type Compress = fn(&[u8]) -> anyhow::Result<Vec<u8>>;
const TWINS: [(&str, Compress); 2] = [(".br", brotli), (".gz", gzip)];

/// Makes `root` hold just these files, with compressed twins of each that gains by it if `compress`.
fn put(root: &Path, files: &BTreeMap<PathBuf, Vec<u8>>, compress: bool) -> anyhow::Result<()> {
    let mut kept = Vec::new();
    for (name, bytes) in files {
        let path = root.join(name);
        let written = tree::write_if_changed(&path, bytes)?;
        if compress && is_text_or_code(&path) {
            for (ending, compress) in TWINS {
                let twin = beside(&path, ending);
                if written || !twin.exists() {
                    report::step(&format!("compressing {}{ending}", name.display()));
                    tree::write_if_changed(&twin, &compress(bytes)?)?;
                }
                kept.push(twin);
            }
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
        assert_eq!(names, [root.join("pkg/a.2.js"), root.join("pkg/a.2.js.br"), root.join("pkg/a.2.js.gz")]);
    }
}
