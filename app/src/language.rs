//! Which language a page speaks: the reader's first choice that we have, or English.

use leptos::prelude::*;
use ui::Words;

/// The words of this page. Provided once by [`provide`], at the root.
pub fn words() -> &'static Words {
    use_context::<&'static Words>().unwrap_or_else(|| Words::of("en"))
}

/// Decides on the language and hands it to the whole page.
pub fn provide() {
    provide_context(preferred());
}

/// On the server the reader's `Accept-Language` decides (RFC 9110, section 12.5.4); the page carries the
/// decision in `<html lang>`, so that the browser's half cannot come to another one.
#[cfg(feature = "ssr")]
pub fn preferred() -> &'static Words {
    let parts = use_context::<http::request::Parts>();
    let header = parts.as_ref().and_then(|parts| parts.headers.get(http::header::ACCEPT_LANGUAGE));
    Words::of(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// In the browser the page already says it.
#[cfg(not(feature = "ssr"))]
pub fn preferred() -> &'static Words {
    let root = document().document_element();
    Words::of(&root.and_then(|root| root.get_attribute("lang")).unwrap_or_default())
}
