//! The checkout of the embedded test processor, clearly marked. Server only, and without scripts.

use crate::leaving::escaped;
use ui::Words;
use ui::words::filled;

/// What is to be paid.
pub struct Checkout<'a> {
    /// With its currency.
    pub amount: String,
    /// What it is for.
    pub room: &'a str,
    /// Where the payer came from.
    pub back: &'a str,
    /// Whether it can still be paid.
    pub is_open: bool,
    /// The card was declined just now.
    pub declined: bool,
}

/// The address of its stylesheet.
pub const STYLE_PATH: &str = "/test-checkout.css";
/// Its stylesheet.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ground:light-dark(#f3f5f5,#0f1214);--surface:light-dark(#fff,#171b1e);\
--line:light-dark(#78848a,#75838b);--text:light-dark(#11181b,#edf1f2);--accent:light-dark(#08735e,#45d3b1);\
--on-accent:light-dark(#fff,#05241c);--soft:light-dark(#fbefd9,#352a17);--warn:light-dark(#7d4b00,#f5bf6c)}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--text);\
font:1rem/1.5 system-ui,sans-serif}\
main{box-sizing:border-box;width:min(26rem,100%);padding:1.5rem;display:grid;gap:1rem}\
form{display:grid;gap:.5rem}h1{margin:0;font-size:1.625rem}p{margin:0;overflow-wrap:anywhere}\
.note{padding:.75rem;border-radius:.5rem;background:var(--soft);color:var(--warn)}\
.amount{font-size:1.875rem;font-weight:600}\
button{min-height:2.75rem;padding:0 1rem;border:1px solid var(--line);border-radius:.75rem;font:inherit;\
background:var(--surface);color:inherit;cursor:pointer}\
button.first{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}\
a{color:var(--accent)}";

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn page(preferred: &str, checkout: &Checkout<'_>) -> String {
    let words = Words::of(preferred);
    let (lang, pay) = (words.lang, &words.pay);
    let (amount, room) = (escaped(&checkout.amount), escaped(checkout.room));
    let note = if checkout.declined {
        format!("<p class=\"note\" role=\"alert\">{}</p>", escaped(pay.test_declined))
    } else {
        format!("<p class=\"note\">{}</p>", escaped(pay.test_text))
    };
    let body = if checkout.is_open {
        let button = |choice: &str, class: &str, text: &str| {
            let text = escaped(text);
            format!("<button name=\"choice\" value=\"{choice}\"{class}>{text}</button>")
        };
        format!(
            "{note}<p>{room}</p><p class=\"amount\">{amount}</p><form method=\"post\">{}{}{}</form>",
            button("pay", " class=\"first\"", &filled(pay.test_pay, &[("amount", &checkout.amount)])),
            button("decline", "", pay.test_decline),
            button("cancel", "", pay.test_cancel),
        )
    } else {
        let (back, over) = (escaped(checkout.back), escaped(pay.test_over));
        format!("<p>{over}</p><p><a href=\"{back}\">{}</a></p>", escaped(pay.back))
    };
    let title = escaped(pay.test_title);
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{STYLE_PATH}\">\
         </head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_paid_and_trusts_no_name() {
        let checkout = Checkout {
            amount: "12.50 EUR".to_owned(),
            room: "<script>",
            back: "/r/a\"b",
            is_open: true,
            declined: false,
        };
        let open = page("de", &checkout);
        assert!(open.contains("12.50 EUR zahlen") && open.contains("&lt;script&gt;"), "{open}");
        let over = page("en", &Checkout { is_open: false, ..checkout });
        assert!(!over.contains("<form") && over.contains("href=\"/r/a&quot;b\""), "{over}");
    }
}
