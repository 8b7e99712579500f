//! The card of the people: who is what to the room, and who may not come back.

use super::bench::Bench;
use crate::dom;
use leptos::prelude::*;
use model::{Role, UserId};
use protocol::{Errand, MemberView};
use ui::{Member, MemberList, Saving};

/// The people of the room.
#[component]
pub fn People(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let saving = RwSignal::new(Saving::Rest);
    let members = Signal::derive(move || {
        let reader = bench.role();
        let line = |member: &MemberView| entry(member, roles(reader, member.role));
        bench.known.with(|known| known.members.iter().map(line).collect::<Vec<_>>())
    });
    let banned = Signal::derive(move || {
        bench.known.with(|known| known.banned.iter().map(|one| entry(one, Vec::new())).collect::<Vec<_>>())
    });
    // The line that was pressed may be drawn anew: the focus stays with the people.
    let back = |result: Result<(), _>| {
        if result.is_ok() {
            dom::focus("members");
        }
    };
    let on_appoint =
        move |(user, role): (UserId, Role)| bench.run(Errand::Appoint { user, role }, saving, back);
    let on_pardon = move |user| bench.run(Errand::Pardon(user), saving, back);
    view! {
        <MemberList words=bench.words members banned saving locked=bench.locked on_appoint on_pardon />
    }
}

fn entry(member: &MemberView, roles: Vec<Role>) -> Member {
    let name = member.name.as_ref().map(ToString::to_string);
    Member { user: member.user, name, mine: member.mine, role: member.role, roles }
}

/// The roles that a reader of this role may give to somebody of that one; the server decides, this only keeps
/// from offering what would be refused.
fn roles(reader: Role, of: Role) -> Vec<Role> {
    let given = [Role::CoHost, Role::Participant, Role::Viewer, Role::Guest];
    given.into_iter().filter(|role| reader.is_above(of) && reader.is_above(*role)).collect()
}
