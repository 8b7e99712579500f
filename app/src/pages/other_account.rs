//! As whom the reader stands before a shut door, and the way to stand there as somebody else.

use super::frame::sign_in_way;
use crate::language::words;
use crate::visitor;
use leptos::prelude::*;
use ui::Outcome;

/// One line below a refusal that another account might not meet.
#[component]
pub fn OtherAccount() -> impl IntoView {
    let visitor = visitor::current();
    let name = Signal::derive(move || visitor.seen().map(|visitor| visitor.name.to_string()));
    view! { <ui::OtherAccount words=words() name sign_in=sign_in_way() /> }
}

/// Whether another account might not meet this.
pub const fn depends_on_account(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::MembersOnly | Outcome::InviteTaken | Outcome::InviteUsedUp)
}
