//! Names that say nothing: a helper helps with anything, a manager manages everything.

use crate::{Finding, scan, tree::File};

/// Words that no file and no function is called by, alone or as a part.
const EMPTY_WORDS: &[&str] = &["helper", "helpers", "manager", "util", "utils"];
/// How no function begins: a getter is named for what it returns, an action for what it does.
const EMPTY_STARTS: &[&str] = &["get_", "do_", "process_"];

/// Every name in and of one file that says nothing.
pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(word) = empty_word(file.stem()) {
        findings.push(Finding::file(
            &file.path,
            format!("“{word}” in a file's name says nothing of what is in it"),
        ));
    }
    if !file.is_rust() {
        return findings;
    }
    for function in scan::functions(&scan::code_only(&file.text)) {
        let word = empty_word(&function.name)
            .or_else(|| EMPTY_STARTS.iter().copied().find(|start| function.name.starts_with(start)));
        if let Some(word) = word {
            let why = format!("“{word}” in `{}` says nothing of what it does", function.name);
            findings.push(Finding::line(&file.path, function.line, why));
        }
    }
    findings
}

fn empty_word(name: &str) -> Option<&str> {
    name.split(['_', '-']).find(|part| EMPTY_WORDS.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&File { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn empty_names_are_found_and_full_ones_are_not() {
        assert_eq!(found("a/src/room_manager.rs", ""), 1);
        assert_eq!(found("a/support/utils.mjs", ""), 1);
        assert_eq!(
            found("a/src/b.rs", "fn get_name() {}\nfn do_it() {}\nfn process_all() {}\nfn test_helper() {}"),
            4
        );
        assert_eq!(
            found("a/src/b.rs", "// fn get_name()\nfn name() {} fn forget_it() {} fn undo_all() {}"),
            0
        );
    }
}
