//! What hosts do to the room: rules, name, plan, invites; and what operators do: its price.

use super::permission::{require_host, require_owner};
use super::{Event, Invite, Refusal, Room, Ruler};
use crate::calendar;
use crate::limits::ROOM_INVITES;
use model::offer::{Access, Point};
use model::{InviteId, Offer, Policy, Role, RoomName, Schedule, UnixMillis, UserId};

impl Room {
    pub(super) fn set_policy(&self, by: UserId, policy: &Policy) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        self.rule(Ruler::Host(by), policy)
    }

    /// What whoever runs the server asks for in this room; that they do is known by whoever asks this.
    pub(super) fn price(&self, by: UserId, offer: Option<&Offer>) -> Result<Vec<Event>, Refusal> {
        self.rule(Ruler::Operator(by), &Policy { offer: offer.cloned(), ..self.policy.clone() })
    }

    fn rule(&self, by: Ruler, policy: &Policy) -> Result<Vec<Event>, Refusal> {
        if *policy == self.policy {
            return Ok(Vec::new());
        }
        if policy.offer.as_ref().is_some_and(|offer| !is_sold(offer)) {
            return Err(Refusal::NotSold);
        }
        Ok(vec![Event::PolicySet { policy: Box::new(policy.clone()), by }])
    }

    pub(super) fn rename(&self, by: UserId, name: &RoomName) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        if *name == self.name {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Renamed { name: name.clone(), by }])
    }

    pub(super) fn plan(
        &self,
        by: UserId,
        schedule: Option<&Schedule>,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        if let Some(schedule) = schedule {
            if !calendar::is_known(&schedule.zone) {
                return Err(Refusal::UnknownZone);
            }
            if calendar::current_or_next(schedule, now).is_none() {
                return Err(Refusal::PlanOver);
            }
        }
        if schedule == self.schedule.as_ref() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Planned { schedule: schedule.cloned(), by }])
    }

    pub(super) fn invite(
        &self,
        by: UserId,
        id: InviteId,
        invite: &Invite,
        now: UnixMillis,
    ) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        if !Invite::may_promise(invite.role) {
            return Err(Refusal::NotAppointable);
        }
        if invite.role == Role::CoHost {
            require_owner(self, by)?;
        }
        // Made twice, by a repeated request, it is made once. Whoever may not make it must not name it as
        // theirs either: what follows, a mail, would be about it.
        if let Some(made) = self.invites.get(&id) {
            if made.role == Role::CoHost {
                require_owner(self, by)?;
            }
            return Ok(Vec::new());
        }
        let is_crowded = self.invites.len() >= ROOM_INVITES;
        let instead_of = is_crowded.then(|| self.spent_invite(now).ok_or(Refusal::TooMany)).transpose()?;
        let invite = Invite { made_at: now, used: 0, holder: None, revoked: false, ..invite.clone() };
        Ok(vec![Event::Invited { id, invite, by, instead_of }])
    }

    /// The oldest invite that was taken back or has run out. One that is used up is still somebody's: a
    /// program shows it each time, and whoever was mailed theirs hears of changes by it.
    fn spent_invite(&self, now: UnixMillis) -> Option<InviteId> {
        let is_over = |invite: &Invite| invite.revoked || invite.until.is_some_and(|until| until <= now);
        let spent = self.invites.iter().filter(|(_, invite)| is_over(invite));
        spent.min_by_key(|(id, invite)| (invite.made_at, **id)).map(|(id, _)| *id)
    }

    pub(super) fn revoke(&self, by: UserId, id: InviteId) -> Result<Vec<Event>, Refusal> {
        require_host(self, by)?;
        let invite = self.invites.get(&id).ok_or(Refusal::InviteUnknown)?;
        if invite.role == Role::CoHost {
            require_owner(self, by)?;
        }
        Ok(if invite.revoked { Vec::new() } else { vec![Event::InviteRevoked { id, by }] })
    }
}

/// Whether a room may ask for it: a price that is paid before, perhaps with more time to be had, or after; or
/// minutes that were bought before. What is free asks for nothing.
const fn is_sold(offer: &Offer) -> bool {
    match (&offer.parts().access, offer.parts().point) {
        (Access::Fixed { .. } | Access::PerCall { .. }, Point::Before | Point::After)
        | (Access::Fixed { .. }, Point::During { .. })
        | (Access::Prepaid { .. }, Point::Before) => true,
        (Access::PerCall { .. }, Point::During { .. })
        | (Access::Prepaid { .. }, Point::During { .. } | Point::After)
        | (Access::Free, _) => false,
    }
}
