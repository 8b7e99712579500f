//! The page that leads on to another service. Server only.
//!
//! It is no redirect, because a form of ours may only lead to pages of ours: browsers hold the answer to a
//! form to `form-action` wherever it is sent on. It works without scripts; its link is for whoever has to
//! press.

use model::DisplayName;
use ui::Words;
use ui::words::named;

/// What is said on the way, in the language of the person.
pub struct Leaving(&'static Words);

impl Leaving {
    /// In the language that a browser prefers (`Accept-Language`).
    pub fn of(preferred: &str) -> Self {
        Self(Words::of(preferred))
    }

    /// The language, as HTML names it.
    pub fn lang(&self) -> &'static str {
        self.0.lang
    }

    /// What somebody is called of whom no name is known.
    pub fn nameless(&self) -> DisplayName {
        DisplayName::parse(self.0.account.nameless).expect("every language has a name for this")
    }

    /// The page that leads on to `address`, a service that people call `name`.
    pub fn page(&self, name: &str, address: &str) -> String {
        let title = named(self.0.account.provider_leaving, name);
        self.leading_on(&title, &named(self.0.account.provider_sign_in, name), address)
    }

    /// The page that leads on to a checkout at somebody else's.
    pub fn to_checkout(&self, address: &str) -> String {
        let host = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or(host);
        let title = named(self.0.account.provider_leaving, host);
        self.leading_on(&title, &title, address)
    }

    fn leading_on(&self, title: &str, press: &str, address: &str) -> String {
        let lang = self.0.lang;
        let (title, press, address) = (escaped(title), escaped(press), escaped(address));
        format!(
            "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"dark light\">\
             <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
             <meta http-equiv=\"refresh\" content=\"0; url={address}\"><title>{title}</title></head>\
             <body><main><h1>{title}</h1><p><a href=\"{address}\">{press}</a></p></main></body></html>"
        )
    }
}

/// Text as it may stand between tags and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_becomes_a_tag() {
        let page = Leaving::of("de").page("<b>Evil</b>", "https://id.test/?a=1&b=\"><script>");
        assert!(page.contains("lang=\"de\"") && page.contains("&lt;b&gt;Evil"), "{page}");
        assert!(page.contains("url=https://id.test/?a=1&amp;b=&quot;&gt;&lt;script&gt;\""), "{page}");
        assert!(!page.contains("<b>") && !page.contains("<script>"), "{page}");
        let page = Leaving::of("en").to_checkout("https://pay.test/c/1?a=1&b=2#x");
        assert!(page.contains("<h1>On to pay.test…</h1>"), "{page}");
        assert!(page.contains("href=\"https://pay.test/c/1?a=1&amp;b=2#x\""), "{page}");
    }
}
