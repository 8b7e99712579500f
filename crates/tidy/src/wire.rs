//! The protocol and its document: whoever adds a message or a field also tells those who write other
//! clients.

use std::collections::BTreeSet;

use crate::{Finding, scan, tree::File};

/// Where the messages are declared.
pub const SOURCES: &[&str] = &["client.rs", "server.rs", "join.rs", "snapshot.rs", "line.rs", "people.rs"];

/// Every name on the wire that `document` does not mention.
pub fn check(source: &File, document: &str) -> Vec<Finding> {
    let words: BTreeSet<&str> = document.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    names(&source.text)
        .into_iter()
        .filter(|(_, name)| !words.contains(name.as_str()))
        .map(|(line, name)| {
            Finding::line(&source.path, line, format!("docs/PROTOCOL.md does not mention `{name}`"))
        })
        .collect()
}

/// The variants and fields of a file's types with their lines, as they are written on the wire.
fn names(text: &str) -> Vec<(usize, String)> {
    let code = scan::code_only(scan::without_tests(text));
    let mut found = Vec::new();
    let mut inside: Option<Declared> = None;
    for (at, line) in code.lines().enumerate() {
        if line.starts_with('}') {
            inside = None;
        } else if line.starts_with("pub struct ") {
            inside = Some(Declared::Struct);
        } else if line.starts_with("pub enum ") {
            inside = Some(Declared::Enum);
        }
        let Some(kind) = inside else { continue };
        let name = line.trim_start();
        let depth = line.len() - name.len();
        match kind {
            Declared::Struct if depth == 4 => {
                found.extend(field(name.trim_start_matches("pub ")).map(|name| (at + 1, name)))
            }
            Declared::Enum if depth == 4 => {
                found.extend(variant(name).map(|name| (at + 1, name)));
                let fields = name.split_once('{').map_or("", |(_, fields)| fields);
                found.extend(
                    fields.split(',').filter_map(|part| field(part.trim_start())).map(|name| (at + 1, name)),
                );
            }
            Declared::Enum if depth == 8 => found.extend(field(name).map(|name| (at + 1, name))),
            Declared::Struct | Declared::Enum => {}
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Declared {
    Struct,
    Enum,
}

/// The field that a piece of code such as `mid: Mid` declares.
fn field(code: &str) -> Option<String> {
    let (name, _) = code.split_once(':')?;
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    is_name.then(|| name.to_owned())
}

/// The variant that a piece of code such as `KnockEnded { … }` declares, in the snake case of the wire.
fn variant(code: &str) -> Option<String> {
    let name: String = code.chars().take_while(char::is_ascii_alphanumeric).collect();
    name.starts_with(|first: char| first.is_ascii_uppercase()).then(|| snake(&name))
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! Messages.
/// One.
#[derive(Clone)]
pub struct Slot {
    /// Not a name: really.
    pub mid: Mid,
}
impl Slot {
    pub fn other(&self) {}
}
pub enum Message {
    KnockEnded { participant: ParticipantId, why: Reason },
    Ping,
    Said {
        text: String,
    },
}
";

    #[test]
    fn names_are_read_as_they_are_on_the_wire() {
        let found: Vec<_> = names(SOURCE).into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, ["mid", "knock_ended", "participant", "why", "ping", "said", "text"]);
    }

    #[test]
    fn a_name_that_the_document_leaves_out_is_found() {
        let file = File { path: "client.rs".to_owned(), text: SOURCE.to_owned() };
        let document = "`mid`, knock_ended {participant, why}, `ping`, said: the texts of others";
        let findings: Vec<_> =
            check(&file, document).into_iter().map(|finding| finding.to_string()).collect();
        assert_eq!(findings, ["client.rs:15: docs/PROTOCOL.md does not mention `text`"]);
    }
}
