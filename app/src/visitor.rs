//! Who is signed in, as every page shows it in its corner.
//!
//! The server knows before it renders: `server::login` has looked at the account already. The page carries
//! the answer, so nothing waits for it; it is asked for again when somebody signed in or out without the
//! page being loaded anew.

use crate::api::accounts;
use leptos::prelude::*;
use protocol::Visitor;

/// The answer, shared by the whole page.
#[derive(Clone, Copy)]
pub struct CurrentVisitor(RwSignal<Option<Visitor>>);

impl CurrentVisitor {
    /// Who is signed in, if somebody is.
    pub fn seen(self) -> Option<Visitor> {
        self.0.get()
    }

    /// Asks again; a server that does not answer changes nothing.
    pub fn refresh(self) {
        leptos::task::spawn_local(async move {
            if let Ok(visitor) = accounts::current_visitor().await {
                self.0.set(visitor);
            }
        });
    }
}

/// Whether strangers meet on this server.
#[derive(Clone, Copy)]
struct Meets(bool);

/// Hands the answers to the whole page.
pub fn provide() {
    provide_context(Meets(SharedValue::new(meets).into_inner()));
    let known = SharedValue::new(known).into_inner();
    provide_context(CurrentVisitor(RwSignal::new(known)));
}

/// The answer that [`provide`] hands out.
pub fn current() -> CurrentVisitor {
    use_context().unwrap_or_else(|| CurrentVisitor(RwSignal::new(None)))
}

/// Whether strangers meet on this server.
pub fn meet_strangers() -> bool {
    use_context::<Meets>().is_some_and(|Meets(meets)| meets)
}

#[cfg(feature = "ssr")]
fn meets() -> bool {
    let parts = use_context::<http::request::Parts>();
    let services = parts.and_then(|parts| parts.extensions.get::<service::Services>().cloned());
    services.is_some_and(|services| services.people.brings_strangers_together())
}

/// In the browser the page says it already.
#[cfg(not(feature = "ssr"))]
fn meets() -> bool {
    false
}

/// What the server found out before it began to render.
#[cfg(feature = "ssr")]
fn known() -> Option<Visitor> {
    use_context::<http::request::Parts>()?.extensions.get::<Visitor>().cloned()
}

/// In the browser the page says it already.
#[cfg(not(feature = "ssr"))]
fn known() -> Option<Visitor> {
    None
}
