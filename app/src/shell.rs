//! The HTML document around every page.

use crate::{App, language};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// What runs before the program is there.
const EARLY: &str = include_str!("early.js");

/// The document that the server sends.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = language::preferred().lang;
    view! {
        <!DOCTYPE html>
        <html lang=lang>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="dark light" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet id="anteroom" options=options.clone() />
                <script nonce=use_nonce()>{EARLY}</script>
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
