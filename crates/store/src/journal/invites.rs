//! What an event about invites means for the tables.

use super::{Named, Who};
use crate::rules::RuleChange;
use domain::room::Event;
use model::UserId;

/// The line of the history, and the changes.
pub(super) fn record(event: &Event) -> (Option<Named>, Vec<RuleChange<'_>>) {
    let line = |kind, by: &UserId| Some((kind, None, Some(Who::User(*by))));
    match event {
        Event::Invited { id, invite, by, instead_of } => {
            let mut rules: Vec<_> = instead_of.map(RuleChange::DropInvite).into_iter().collect();
            rules.push(RuleChange::Invite(*id, invite));
            (line("invited", by), rules)
        }
        Event::InviteUsed { id, user, role, instead_of } => {
            let member = RuleChange::Member { user: *user, role: *role, former: None, invite: Some(*id) };
            let mut rules = vec![RuleChange::UseInvite(*id, *user), member];
            rules.extend(instead_of.map(RuleChange::Forget));
            (Some(("invite_used", Some(Who::User(*user)), None)), rules)
        }
        Event::InviteRevoked { id, by } => (line("invite_revoked", by), vec![RuleChange::RevokeInvite(*id)]),
        _ => unreachable!("the other events are told of by their caller"),
    }
}
