//! What a role allows: the one place that asks whether somebody is a host.
//!
//! | action | host, present | guest, present | anybody else |
//! |---|---|---|---|
//! | admit, deny, remove, end | yes | [`NotHost`](Refusal::NotHost) | [`NotPresent`](Refusal::NotPresent) |
//!
//! A host acts from inside the call only: an absent host's seat is no remote control.

use super::{Refusal, Room, Standing};
use model::{ParticipantId, Role};

/// Refuses unless `by` is a host who is present.
pub(super) fn require_host(room: &Room, by: ParticipantId) -> Result<(), Refusal> {
    let person = room.people.get(&by).ok_or(Refusal::NotPresent)?;
    match (&person.standing, person.role) {
        (Standing::Present { .. }, Role::Host) => Ok(()),
        (Standing::Present { .. }, Role::Guest) => Err(Refusal::NotHost),
        (Standing::Waiting { .. } | Standing::Admitted { .. }, _) => Err(Refusal::NotPresent),
    }
}
