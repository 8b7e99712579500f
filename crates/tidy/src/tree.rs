//! The checkout as a list of text files.

use std::{fs, io, path::Path};

/// One text file.
pub struct File {
    /// The path from the top of the checkout, with slashes.
    pub path: String,
    pub text: String,
}

impl File {
    /// The file's name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The file's name without folders and ending.
    pub fn stem(&self) -> &str {
        let name = self.name();
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Whether this is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether this is Rust that no product is made of: tests and examples.
    pub fn is_beside_the_product(&self) -> bool {
        let folder = ["/tests/", "/examples/"].iter().any(|folder| self.path.contains(folder));
        self.is_rust() && (folder || matches!(self.stem(), "tests" | "testing"))
    }
}

/// What is made by tools or kept by a running server, and therefore is nobody's style.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules", "data", "test-results", "playwright-report"];

/// Every text file of the checkout in a fixed order. Files that are not text are left out.
pub fn load(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !NOT_OURS.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(text) = String::from_utf8(fs::read(&path)?) {
                let path = path.strip_prefix(root).map_err(io::Error::other)?;
                files.push(File { path: path.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
