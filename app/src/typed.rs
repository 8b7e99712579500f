//! What stood in a form that was refused where no script keeps it: shown once more, with the refusal.
//!
//! `server::typed` brings it along with the request. In the browser there is nothing to do: fields that the
//! server filled in stay as they are.
//!
//! Invariant: never a password, never a token.

#[cfg(feature = "ssr")]
pub use server::{KEPT, Typed};

/// What stood in a field; empty if nothing did.
#[cfg(feature = "ssr")]
pub fn text(field: &str) -> String {
    server::typed().and_then(|typed| typed.find(field)).unwrap_or_default()
}

/// Whether a box was ticked; `otherwise` says what it is at first.
#[cfg(feature = "ssr")]
pub fn ticked(field: &str, otherwise: bool) -> bool {
    // A box that is not ticked is not sent.
    server::typed().map_or(otherwise, |typed| typed.find(field).is_some())
}

/// Whoever fills in a form in the browser has never left the page.
#[cfg(not(feature = "ssr"))]
pub const fn text(_: &str) -> String {
    String::new()
}

/// Whoever fills in a form in the browser has never left the page.
#[cfg(not(feature = "ssr"))]
pub const fn ticked(_: &str, otherwise: bool) -> bool {
    otherwise
}

#[cfg(feature = "ssr")]
mod server {
    use leptos::prelude::use_context;

    /// The fields that are kept, by their names in the forms.
    pub const KEPT: [&str; 3] = ["name", "email", "waiting_room"];

    /// The fields of a form that was refused just now.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Typed(pub Vec<(String, String)>);

    impl Typed {
        pub(super) fn find(self, field: &str) -> Option<String> {
            self.0.into_iter().find(|(name, _)| name == field).map(|(_, value)| value)
        }
    }

    pub(super) fn typed() -> Option<Typed> {
        use_context::<http::request::Parts>()?.extensions.get::<Typed>().cloned()
    }
}
