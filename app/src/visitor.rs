//! Who is signed in, as every page shows it in its corner.
//!
//! Asked for once per page, with the page itself; asked again when somebody signed in or out without
//! the page being loaded anew.

use crate::api::accounts;
use leptos::prelude::*;
use protocol::Visitor;

/// The answer, shared by the whole page.
#[derive(Clone, Copy)]
pub struct CurrentVisitor(Resource<Option<Visitor>>);

impl CurrentVisitor {
    /// Waits for the answer; a server that does not answer knows nobody.
    pub async fn known(self) -> Option<Visitor> {
        self.0.await
    }

    /// Asks again.
    pub fn refresh(self) {
        self.0.refetch();
    }
}

/// Asks, and hands the answer to the whole page.
pub fn provide() {
    let ask = |()| async { accounts::current_visitor().await.ok().flatten() };
    provide_context(CurrentVisitor(Resource::new_blocking(|| (), ask)));
}

/// The answer that [`provide`] asked for.
pub fn current() -> CurrentVisitor {
    use_context().unwrap_or_else(|| CurrentVisitor(Resource::new(|| (), |()| async { None })))
}
