//! Programs: encoders and players that come by WHIP and WHEP, with an invite as their bearer token.
//!
//! | the invite makes | and lets a program |
//! |---|---|
//! | participants | publish |
//! | viewers | watch |
//! | co-hosts | do nothing: a program runs no room |
//!
//! All programs of one invite are one person to the room, who is nobody else. They meet the same at the door
//! as anybody with that invite, with two differences. Whoever has a browser shows an invite once and is known
//! from then on; a program shows it each time it comes, so that an invite which was taken back or is over is
//! worth nothing to it. And a program cannot wait: where others would knock, because a host removed them or
//! made guests of them, its invite counts as revoked.

use super::{Key, Program, Refusal, Room};
use model::{Role, UnixMillis, UserId};

impl Room {
    /// Refuses a program whose invite is worth nothing any more, or never was what it came for.
    pub(super) fn require_token(&self, user: UserId, key: &Key, now: UnixMillis) -> Result<(), Refusal> {
        let Some(program) = key.program else { return Ok(()) };
        let invite = key.invite.and_then(|id| self.invites.get(&id)).ok_or(Refusal::InviteUnknown)?;
        match self.members.contains_key(&user) {
            true => invite.require_alive(now)?,
            false => drop(invite.promise(Some(user), now)?),
        }
        match (program, invite.role) {
            (Program::Publishes, Role::Participant) | (Program::Watches, Role::Viewer) => Ok(()),
            _ => Err(Refusal::NotAllowed),
        }
    }
}
