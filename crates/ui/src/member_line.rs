//! One person whom the room knows, and their role.

use crate::button::Button;
use crate::select_field::{Choice, SelectField};
use crate::words::{Words, named};
use leptos::prelude::*;
use model::{Role, UserId};

/// Somebody whom the room knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    pub user: UserId,
    /// `None` if they never came and have no account.
    pub name: Option<String>,
    /// Whether it is the reader.
    pub mine: bool,
    pub role: Role,
    /// The roles that the reader may give them; none if the reader may not change it.
    pub roles: Vec<Role>,
}

/// What a role is called.
pub const fn role_name(words: &'static Words, role: Role) -> &'static str {
    let members = &words.members;
    match role {
        Role::Owner => members.owner,
        Role::CoHost => members.co_host,
        Role::Participant => members.participant,
        Role::Guest => members.guest,
        Role::Viewer => members.viewer,
    }
}

/// How a line names somebody: the reader as such, and an owner of whom nothing else is known by that.
fn spoken_name(words: &'static Words, name: Option<String>, mine: bool, role: Role) -> String {
    let members = &words.members;
    match (name, mine) {
        (Some(name), true) => format!("{name} ({})", words.common.you),
        (Some(name), false) => name,
        (None, true) => members.yourself.to_owned(),
        (None, false) if role == Role::Owner => members.unnamed_owner.to_owned(),
        (None, false) => members.unnamed.to_owned(),
    }
}

/// A line with the person's name and role, and a way to change it.
#[component]
pub fn MemberLine(
    /// The words.
    words: &'static Words,
    /// Who it is.
    member: Member,
    /// Whether nothing can be changed just now.
    #[prop(into)]
    locked: Signal<bool>,
    /// Gives the role.
    #[prop(into)]
    on_appoint: Callback<(UserId, Role)>,
) -> impl IntoView {
    let Member { user, name, mine, role, roles } = member;
    let name = spoken_name(words, name, mine, role);
    let chosen = RwSignal::new(role);
    let same = Signal::derive(move || locked.get() || chosen.get() == role);
    let change = (!roles.is_empty()).then(|| {
        let choices = roles.iter().map(|role| Choice::new(role.word(), role_name(words, *role))).collect();
        let label = named(words.members.role_of, &name);
        let spoken = Signal::stored(named(words.members.change_of, &name));
        let value = Signal::derive(move || chosen.get().word().to_owned());
        let give = move || on_appoint.run((user, chosen.get_untracked()));
        let on_change = move |word: String| {
            if let Some(role) = Role::parse(&word) {
                chosen.set(role);
            }
        };
        view! {
            <SelectField id=format!("role-{user}") label=label quiet=true choices value on_change />
            <Button label=spoken disabled=same on_press=move |()| give()>
                {words.members.change}
            </Button>
        }
    });
    view! {
        <li class="member-line">
            <span class="member-line__name" dir="auto">{name}</span>
            <span class="member-line__role">{role_name(words, role)}</span>
            {change.map(|change| view! { <div class="member-line__change">{change}</div> })}
        </li>
    }
}
