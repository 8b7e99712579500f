//! The page for somebody whose request goes no further, where no other page could say why. Server only.
//!
//! It asks the server for nothing, because it is shown to those who have asked for too much.

use crate::leaving::escaped;
use crate::pages::refusal;
use protocol::ErrorCode;
use ui::Words;

/// The page that says what was refused, in the language that a browser prefers (`Accept-Language`), with the
/// way home, and the way to what was asked for, if asking again makes sense.
pub fn page(preferred: &str, code: ErrorCode, again: Option<&str>) -> String {
    let words = Words::of(preferred);
    let link =
        |address: &str, text: &str| format!("<p><a href=\"{}\">{}</a></p>", escaped(address), escaped(text));
    let (lang, said) = (words.lang, escaped(refusal::text(words, code)));
    let again = again.map(|again| link(again, words.common.retry)).unwrap_or_default();
    let home = link("/", words.common.home);
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"dark light\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><title>{said}</title></head>\
         <body><main><h1>{said}</h1>{again}{home}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_the_language_of_the_person_and_leads_on() {
        let page = page("de", ErrorCode::TooManyRequests, Some("/r/a\"><script>?b&c"));
        assert!(page.contains("lang=\"de\"") && page.contains("Das ging sehr schnell"), "{page}");
        assert!(page.contains("href=\"/r/a&quot;&gt;&lt;script&gt;?b&amp;c\""), "{page}");
        assert!(page.contains("href=\"/\"") && !page.contains("<script>"), "{page}");
    }
}
