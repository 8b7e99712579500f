//! The frame of every page outside the call: the logo above, the page below.

use crate::wordmark::Wordmark;
use crate::words::Words;
use leptos::prelude::*;

/// A page with the logo, which leads home, and a way past it for keyboards.
#[component]
pub fn PageFrame(
    /// The words.
    words: &'static Words,
    /// Who is signed in, at the end of the header.
    #[prop(optional, into)]
    corner: Option<ViewFn>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let home = format!("{}: {}", words.common.product, words.common.home);
    view! {
        <div class="page-frame">
            <a class="page-frame__skip" href="#content">{words.common.skip}</a>
            <header class="page-frame__header">
                <a class="page-frame__home" href="/" aria-label=home>
                    <Wordmark name=words.common.product />
                </a>
                {corner.map(|corner| view! { <div class="page-frame__corner">{corner.run()}</div> })}
            </header>
            <main class="page-frame__content" id="content" tabindex="-1">{children()}</main>
        </div>
    }
}
