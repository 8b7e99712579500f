//! The shape of a Rust file: a header first, and nothing so long that it cannot be held in mind.
//!
//! Tests and examples may be as long and as wide as they need. The insides of string
//! literals are not counted, because breaking a sentence in two helps nobody.

use crate::{Finding, scan, tree::File};

/// The longest file, in lines without its tests.
pub const FILE_LINES: usize = 500;
/// The longest function.
pub const FUNCTION_LINES: usize = 60;
/// The longest line, in characters.
pub const LINE_CHARACTERS: usize = 110;

/// Everything about one file that is out of shape.
pub fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.text.starts_with("//!") {
        findings.push(Finding::file(&file.path, "a file opens with a `//!` line that says what it is"));
    }
    if file.name() == "mod.rs" {
        findings.push(Finding::file(
            &file.path,
            "a module `a` with parts lives in `a.rs` beside `a/`, not in `mod.rs`",
        ));
    }
    if file.is_beside_the_product() {
        return findings;
    }
    findings.extend(long_lines(file));
    let product = scan::without_tests(&file.text);
    let lines = product.lines().count();
    if lines > FILE_LINES {
        let why = format!("{lines} lines without tests; a file has at most {FILE_LINES}");
        findings.push(Finding::file(&file.path, why));
    }
    for function in scan::functions(&scan::code_only(product)) {
        if function.lines > FUNCTION_LINES {
            let why = format!(
                "`{}` takes {} lines; a function has at most {FUNCTION_LINES}",
                function.name, function.lines
            );
            findings.push(Finding::line(&file.path, function.line, why));
        }
    }
    findings
}

fn long_lines(file: &File) -> Vec<Finding> {
    let code = scan::code_only(&file.text);
    let mut findings = Vec::new();
    for (at, (line, code)) in file.text.lines().zip(code.lines()).enumerate() {
        let length = length(line, code);
        if length > LINE_CHARACTERS {
            let why = format!("{length} characters; a line has at most {LINE_CHARACTERS}");
            findings.push(Finding::line(&file.path, at + 1, why));
        }
    }
    findings
}

/// How long a line is: all of a comment, unless it is a row of a table, and of code all but its literals.
fn length(line: &str, code: &str) -> usize {
    let start = line.trim_start();
    if ["//! |", "/// |"].iter().any(|row| start.starts_with(row)) {
        return 0;
    }
    if start.starts_with("//") {
        return line.chars().count();
    }
    let words = code.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>();
    line.len() - start.len() + words.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&file).into_iter().map(|finding| finding.why).collect()
    }

    #[test]
    fn a_file_without_a_header_is_found() {
        assert_eq!(findings("a/src/b.rs", "//! B.\n"), Vec::<String>::new());
        assert!(findings("a/src/b.rs", "use c;\n")[0].contains("opens with"));
    }

    #[test]
    fn a_long_file_is_found_unless_its_tests_make_it_long() {
        let body = "//! B.\n".repeat(FILE_LINES);
        assert_eq!(
            findings("a/src/b.rs", &format!("{body}#[cfg(test)]\nmod tests {{\n// more\n}}\n")),
            Vec::<String>::new()
        );
        assert!(findings("a/src/b.rs", &format!("{body}// one more\n"))[0].contains("501 lines"));
        assert_eq!(findings("a/tests/b.rs", &format!("{body}// one more\n")), Vec::<String>::new());
    }

    #[test]
    fn a_long_function_is_found_at_any_depth() {
        let long = format!(
            "//! B.\nimpl A {{\n    fn much() {{\n{}    }}\n}}\n",
            "        work();\n".repeat(FUNCTION_LINES + 1)
        );
        assert!(findings("a/src/b.rs", &long)[0].contains("`much` takes 61 lines"));
    }

    #[test]
    fn a_long_line_is_found_unless_a_text_or_a_table_makes_it_long() {
        let long = "x".repeat(LINE_CHARACTERS + 1);
        assert!(findings("a/src/b.rs", &format!("//! B.\n// {long}\n"))[0].contains("characters"));
        assert!(findings("a/src/b.rs", &format!("//! B.\nlet {long} = 1;\n"))[0].contains("characters"));
        assert_eq!(
            findings("a/src/b.rs", &format!("//! | {long} |\nlet a = \"{long}\";\n")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_mod_file_is_found() {
        assert!(findings("a/src/b/mod.rs", "//! B.\n")[0].contains("mod.rs"));
    }
}
