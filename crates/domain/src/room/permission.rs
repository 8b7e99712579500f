//! Who may do what: the one table, for the server that enforces it and the page that shows it.
//!
//! | action | owner | co-host | participant | guest | viewer |
//! |---|---|---|---|---|---|
//! | admit, deny, mute, remove, ban, lock, set rules, invite, end | yes | yes | – | – | – |
//! | the same to a co-host; appoint co-hosts; hand over | yes | – | – | – | – |
//! | speak, show | yes | yes | by circle | by circle | – |
//! | share | yes | yes | by circle | by circle | – |
//! | chat | yes | yes | by circle | by circle | everybody's circle |
//! | record | yes | yes | by circle | by circle | – |
//!
//! Who rules over whom says [`Role::is_above`], which the page reads as well.
//!
//! Whoever was muted for good does not speak, whatever their role. People at the door act from the call
//! only: a seat whose holder is not inside is no remote control. What concerns the room as a whole is done
//! by the user, from the call or from the room's page.

use super::{Refusal, Room, Standing};
use model::policy::Circle;
use model::{ParticipantId, Policy, Rights, Role, UserId};

/// What somebody of this role may do; `held` if they were muted for good.
pub const fn rights(role: Role, held: bool, policy: &Policy) -> Rights {
    let sends = !matches!(role, Role::Viewer);
    Rights {
        moderate: role.is_host(),
        appoint: matches!(role, Role::Owner),
        speak: sends && !held && reaches(policy.speak, role),
        show: sends && reaches(policy.speak, role),
        share: sends && reaches(policy.share, role),
        chat: reaches(policy.chat, role),
        record: sends && reaches(policy.record, role),
    }
}

/// Whether a circle holds a role.
const fn reaches(circle: Circle, role: Role) -> bool {
    match role {
        Role::Owner | Role::CoHost => true,
        Role::Participant => matches!(circle, Circle::Participants | Circle::Everybody),
        Role::Guest | Role::Viewer => matches!(circle, Circle::Everybody),
    }
}

/// Refuses unless `by` runs the room and is inside.
pub(super) fn require_host_inside(room: &Room, by: ParticipantId) -> Result<Role, Refusal> {
    let person = room.people.get(&by).ok_or(Refusal::NotPresent)?;
    match (&person.standing, person.role.is_host()) {
        (Standing::Present { .. }, true) => Ok(person.role),
        (Standing::Present { .. }, false) => Err(Refusal::NotHost),
        (Standing::Waiting { .. } | Standing::Admitted { .. }, _) => Err(Refusal::NotPresent),
    }
}

/// Refuses unless `by` runs the room, wherever they are.
pub(super) fn require_host(room: &Room, by: UserId) -> Result<Role, Refusal> {
    let role = room.role_of(by);
    if role.is_host() { Ok(role) } else { Err(Refusal::NotHost) }
}

/// Refuses unless `by` owns the room.
pub(super) fn require_owner(room: &Room, by: UserId) -> Result<(), Refusal> {
    match room.role_of(by) {
        Role::Owner => Ok(()),
        Role::CoHost => Err(Refusal::NotOwner),
        Role::Participant | Role::Guest | Role::Viewer => Err(Refusal::NotHost),
    }
}
