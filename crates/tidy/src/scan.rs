//! Just enough reading of Rust to count lines and braces: where code is, and where functions begin and end.
//!
//! [`code_only`] turns comments and the insides of literals into blanks and keeps every line break, so that
//! a brace in a string is not counted and line numbers still hold. It is no parser, and needs none: rustfmt
//! has been there first.

/// One function in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Function {
    pub name: String,
    /// The line of `fn`, counted from one.
    pub line: usize,
    /// How many lines lie between its braces. What a component says about its props is not among them.
    pub lines: usize,
}

/// The part of a file that is not its tests at the end.
pub fn without_tests(text: &str) -> &str {
    let tail =
        ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\npub mod "].iter().filter_map(|mark| text.find(mark)).min();
    // A declaration (`mod tests;`) is a line like any other; only a body is a tail.
    match tail {
        Some(at) if text[at + 1..].lines().nth(1).is_some_and(|line| line.ends_with('{')) => &text[..=at],
        _ => text,
    }
}

/// Blanks out comments and literals.
pub fn code_only(text: &str) -> String {
    let mut scanner = Scanner { rest: text, out: String::with_capacity(text.len()) };
    while scanner.step() {}
    scanner.out
}

/// Finds the functions of a file. `code` is what [`code_only`] made of it.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = code[from..].find("fn ").map(|at| from + at) {
        from = at + 3;
        let starts_word = !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let name: String = code[from..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        // `fn(u8) -> u8` is a type and has no name.
        if starts_word && !name.is_empty() {
            let (open, close) = body_of(code, from);
            let lines = (line_of(code, close) - line_of(code, open)).saturating_sub(1);
            found.push(Function { name, line: line_of(code, at), lines });
        }
    }
    found
}

/// Where the braces are of the function that was named just before `from`; at one place if it has none.
fn body_of(code: &str, from: usize) -> (usize, usize) {
    let mut open = None;
    let mut depth = 0_usize;
    let mut nested = 0_usize;
    for (at, c) in code[from..].char_indices().map(|(at, c)| (from + at, c)) {
        match c {
            '(' | '[' => nested += 1,
            ')' | ']' => nested = nested.saturating_sub(1),
            ';' if depth == 0 && nested == 0 => return (at, at),
            '{' => {
                depth += 1;
                open.get_or_insert(at);
            }
            '}' if depth <= 1 => return (open.unwrap_or(at), at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    (code.len(), code.len())
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

struct Scanner<'a> {
    rest: &'a str,
    out: String,
}

impl Scanner<'_> {
    /// Reads one thing; says whether there may be more.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let after_word = self.out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(end_of_block_comment(self.rest));
        } else if let Some(end) = (!after_word).then(|| end_of_raw_string(self.rest)).flatten() {
            self.blank(end);
        } else if first == '"' {
            self.blank(end_of_quoted(self.rest, '"'));
        } else if first == '\'' && is_char(self.rest) {
            self.blank(end_of_quoted(self.rest, '\''));
        } else {
            self.out.push(first);
            self.rest = &self.rest[first.len_utf8()..];
        }
        true
    }

    fn blank(&mut self, length: usize) {
        let (blanked, rest) = self.rest.split_at(length);
        self.out.extend(blanked.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

fn end_of_block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a raw string at the start of `text`, if there is one.
fn end_of_raw_string(text: &str) -> Option<usize> {
    let marks =
        text.strip_prefix("br").or_else(|| text.strip_prefix("cr")).or_else(|| text.strip_prefix('r'))?;
    let hashes = marks.len() - marks.trim_start_matches('#').len();
    let body = marks[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// The length of a quoted literal at the start of `text`, its quotes included.
fn end_of_quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a quote opens a character and not a lifetime.
fn is_char(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => true,
        (Some(_), Some(second)) => second == '\'',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_become_blanks_of_equal_length() {
        let text = "let a = \"{\\\"}\"; // }\nlet b = '{'; /* { /* } */ */ let c: &'a str = r#\"}\"#;\n";
        let code = code_only(text);
        assert_eq!(code.len(), text.len());
        assert!(!code.contains(['{', '}', '"']), "{code}");
        assert!(code.contains("&'a str"), "{code}");
        assert_eq!(code.matches('\n').count(), 2);
    }

    #[test]
    fn functions_are_measured_between_their_braces() {
        let text = "impl A {\n    pub async fn one(\n        x: [u8; 2],\n    ) {\n        \"}\";\n    }\n    fn two();\n}\n";
        let found: Vec<_> =
            functions(&code_only(text)).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("one".to_owned(), 2, 1), ("two".to_owned(), 7, 0)]);
    }

    #[test]
    fn a_function_type_is_no_function() {
        assert_eq!(functions("type F = fn(u8) -> u8; struct Fn {}"), []);
    }

    #[test]
    fn the_tests_at_the_end_are_cut_off_and_a_declaration_is_not() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {\n}\n"), "a\n");
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests;\nb\n"), "a\n#[cfg(test)]\nmod tests;\nb\n");
    }
}
