//! Invites: links that make whoever opens them somebody known to the room.
//!
//! | limit | an invite is worth nothing once |
//! |---|---|
//! | `until` | that moment has come |
//! | `uses` | so many people have used it |
//! | `personal` | somebody else has used it |
//! | `revoked` | a host took it back |
//!
//! Using an invite is remembered with the user and not asked for again. Whoever was given another role by
//! a host keeps that role: an invite never undoes what a host decided. Not here: the secret in the link.

use super::Refusal;
use model::{DisplayName, Role, UnixMillis, UserId};

/// One invite.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invite {
    /// For whom or for what, as the host noted it.
    pub label: Option<DisplayName>,
    /// What its holder becomes: a co-host, a participant or a viewer.
    pub role: Role,
    /// Only the first who uses it may use it.
    pub personal: bool,
    pub uses: Option<u16>,
    pub until: Option<UnixMillis>,
    pub made_at: UnixMillis,
    /// How many people have used it.
    pub used: u16,
    /// Who used a personal one.
    pub holder: Option<UserId>,
    pub revoked: bool,
}

impl Invite {
    /// Whether an invite may promise this role.
    pub const fn may_promise(role: Role) -> bool {
        matches!(role, Role::CoHost | Role::Participant | Role::Viewer)
    }

    /// The role that the invite gives to `user`, or why it gives none.
    pub fn promise(&self, user: Option<UserId>, now: UnixMillis) -> Result<Role, Refusal> {
        self.require_alive(now)?;
        if self.holder.is_some_and(|holder| user != Some(holder)) {
            return Err(Refusal::InviteTaken);
        }
        let spent = self.uses.is_some_and(|uses| self.used >= uses);
        if spent && self.holder.is_none() { Err(Refusal::InviteUsedUp) } else { Ok(self.role) }
    }

    /// Refuses if the invite was taken back, or its time is over.
    pub fn require_alive(&self, now: UnixMillis) -> Result<(), Refusal> {
        if self.revoked {
            return Err(Refusal::InviteRevoked);
        }
        if self.until.is_some_and(|until| until <= now) {
            return Err(Refusal::InviteExpired);
        }
        Ok(())
    }
}
