//! The rules of the tree as functions: text in, findings out.
//!
//! | module | holds that |
//! |---|---|
//! | [`arrows`] | crates depend only on those below them, and keep out what they must not contain |
//! | [`shape`] | files open with `//!` and stay short, functions and lines too |
//! | [`names`] | names say something: no helpers, no `get_` |
//! | [`styles`] | every component has its stylesheet and every stylesheet its component |
//! | [`wire`] | the protocol's document names every message and field |
//! | [`traces`] | no text names a path of somebody's machine or a package registry |
//!
//! `tests/tree.rs` runs them over the checkout. Here each is tested on snippets that it must object to, so
//! that a rule which stopped working is noticed.

pub mod arrows;
pub mod names;
pub mod scan;
pub mod shape;
pub mod styles;
pub mod traces;
pub mod tree;
pub mod wire;

use std::fmt;

/// One place that breaks a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The path from the top of the checkout.
    pub path: String,
    /// The line, counted from one; none if the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong, as a sentence.
    pub why: String,
}

impl Finding {
    /// A finding about a file as a whole.
    pub fn file(path: &str, why: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, why: why.into() }
    }

    /// A finding about one line.
    pub fn line(path: &str, line: usize, why: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), why: why.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.why),
            None => write!(f, "{}: {}", self.path, self.why),
        }
    }
}
