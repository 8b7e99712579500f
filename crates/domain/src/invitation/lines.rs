//! Content lines (RFC 5545, section 3.1): folded after 75 octets, ended by CR LF, text escaped.

/// No line has more octets, its end left out.
const OCTETS: usize = 75;

/// The lines of a file.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds a line that holds nothing of what people write.
    pub fn line(&mut self, line: &str) {
        let mut octets = 0;
        for letter in line.chars() {
            if octets + letter.len_utf8() > OCTETS {
                // The space counts for the line that it begins.
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a text that somebody wrote.
    pub fn text(&mut self, name: &str, text: &str) {
        let mut escaped = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '\\' | ';' | ',' => escaped.extend(['\\', letter]),
                '\n' => escaped.push_str("\\n"),
                letter if letter.is_control() => {}
                letter => escaped.push(letter),
            }
        }
        self.line(&format!("{name}:{escaped}"));
    }

    /// Adds an address; what no address may hold is left out.
    pub fn uri(&mut self, name: &str, uri: &str) {
        let plain: String = uri.chars().filter(|letter| !letter.is_control()).collect();
        self.line(&format!("{name}:{plain}"));
    }

    /// The file.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_after_75_octets_and_never_inside_a_letter() {
        let mut lines = Lines::default();
        let name = "Überlänge 🎻 ".repeat(20);
        lines.text("SUMMARY", &name);
        let file = lines.finish();
        for line in file.split_terminator("\r\n") {
            assert!(line.len() <= OCTETS, "{line}");
        }
        assert_eq!(file.replace("\r\n ", ""), format!("SUMMARY:{name}\r\n"));
    }

    #[test]
    fn nothing_that_people_write_ends_a_line_or_a_value() {
        let mut lines = Lines::default();
        lines.text("SUMMARY", "a;b,c\\d\r\nEND:VEVENT");
        lines.uri("URL", "https://x\r\nEND:VEVENT");
        assert_eq!(lines.finish(), "SUMMARY:a\\;b\\,c\\\\d\\nEND:VEVENT\r\nURL:https://xEND:VEVENT\r\n");
    }
}
