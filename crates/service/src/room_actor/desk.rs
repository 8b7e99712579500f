//! The door as the entry page shows it, the room as its hosts see it, and what they set.

use super::RoomActor;
use super::seat::Seat;
use crate::Error;
use crate::error::barrier;
use crate::rooms::Identity;
use crate::translate::{Audience, News};
use domain::calendar;
use domain::room::{
    Admission, Command, Invite, Key, Phase, Refusal, Standing, admission, may_know, opens_at,
};
use model::{
    DisplayName, InviteId, InviteToken, Notice, ParticipantId, Passcode, Rights, Role, UnixMillis, UserId,
};
use protocol::{
    Barrier, Change, EntryState, EntryView, Errand, ErrorCode, InviteRequest, InviteView, MailWay,
    MemberView, ParticipantView, Place, RoomSettings, RoomView,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// The longest that an invite may be worth something by the clock, in hours.
const INVITE_HOURS: u16 = 24 * 366;

impl RoomActor {
    /// What somebody before the door is shown. Whoever is banned is refused instead: not even the name of the
    /// room is for them, nor whether anybody is inside.
    pub(super) async fn entry(
        &self,
        visitor: Option<Identity>,
        invite: Option<InviteToken>,
    ) -> Result<EntryView, Error> {
        let (room, now) = (&self.room, self.now());
        let caller = visitor.map(|visitor| (visitor.user, visitor.device));
        if caller.is_some_and(|(user, device)| room.is_banned(user, device)) {
            return Err(Error::Refused(ErrorCode::Door(Barrier::Banned)));
        }
        let met = admission(room, caller, &self.key(visitor.map(|visitor| visitor.user), invite, None), now);
        let known = visitor.map_or(Role::Guest, |visitor| room.role_of(visitor.user));
        let may_know = may_know(&met);
        let place = visitor.and_then(|visitor| self.place_of(visitor));
        let state = self.entry_state(met.map(|(way, _)| way), now);
        let role = met.map_or(known, |(_, role)| role);
        // Whoever holds nothing but the link learns no name by it.
        let host = match role {
            Role::CoHost | Role::Participant | Role::Viewer if may_know => self.name_of(room.owner).await?,
            Role::Owner | Role::CoHost | Role::Participant | Role::Viewer | Role::Guest => None,
        };
        let price = match may_know && !role.is_host() {
            true => self.price(visitor.map(|visitor| visitor.user)).await?,
            false => None,
        };
        Ok(EntryView {
            code: room.code,
            name: room.name.clone(),
            state,
            place,
            role,
            host,
            occurrence: room.schedule.as_ref().and_then(|plan| calendar::current_or_next(plan, now)),
            open_since: match room.phase {
                Phase::Open { since } => Some(since),
                Phase::Idle | Phase::Ended { .. } => None,
            },
            inside: (may_know && room.policy.show_inside).then(|| self.names_inside()),
            // Changes of it reach whoever waits or is inside, so that a reload must not take it away.
            notice: room.policy.notice.clone().filter(|_| may_know || place.is_some()),
            invited_as: self.invited_as(caller.map(|(user, _)| user), invite, now).filter(|_| may_know),
            after: room.policy.after.clone().filter(|_| may_know),
            price,
            now,
        })
    }

    /// What a browser has here already. Somebody who is inside counts more than somebody who waits.
    fn place_of(&self, Identity { user, device, .. }: Identity) -> Option<Place> {
        let mut waiting = None;
        for person in self.room.people.values() {
            match person.standing {
                _ if (person.user, person.device) != (user, device) => {}
                Standing::Present { .. } => return Some(Place::Inside),
                Standing::Waiting { .. } => {
                    waiting = Some(Place::Waiting { host_present: self.room.host_is_present() });
                }
                // The door lets them in, and says so.
                Standing::Admitted { .. } => {}
            }
        }
        waiting
    }

    /// The name on an invite that is for one person, for whoever may use it: whoever is known here comes in
    /// with any link, so that coming in does not make an invite theirs.
    fn invited_as(
        &self,
        user: Option<UserId>,
        invite: Option<InviteToken>,
        now: UnixMillis,
    ) -> Option<DisplayName> {
        let id = self.key(None, invite, None).invite?;
        let invite = self.room.invites.get(&id).filter(|invite| invite.personal)?;
        invite.promise(user, now).ok().and_then(|_| invite.label.clone())
    }

    /// What a user is called here: as whom they are here, came last, or have an account.
    async fn name_of(&self, user: UserId) -> Result<Option<DisplayName>, Error> {
        let here = self.room.people.values().find(|person| person.user == user);
        match here {
            Some(person) => Ok(Some(person.name.clone())),
            None => Ok(store::rules::name_of(&self.registry.store, self.room.id, user).await?),
        }
    }

    fn entry_state(&self, met: Result<Admission, Refusal>, now: UnixMillis) -> EntryState {
        use Admission::{Knock, WalkIn};
        match (met, self.room.phase) {
            (_, Phase::Ended { at, expired }) => EntryState::Ended { at, expired },
            (Ok(WalkIn), _) => EntryState::Open,
            (Ok(Knock), _) => EntryState::Knock { host_present: self.room.host_is_present() },
            (Err(Refusal::Full), _) => EntryState::Full,
            (Err(Refusal::DoorFull), _) => EntryState::DoorFull,
            (Err(Refusal::PasscodeMissing | Refusal::PasscodeWrong), _) => EntryState::Passcode,
            (Err(Refusal::TooEarly), _) => match opens_at(&self.room, now) {
                Some((opens_at, _)) => EntryState::Early { opens_at },
                None => EntryState::Barred { barrier: Barrier::TooEarly },
            },
            (Err(refusal), _) => {
                EntryState::Barred { barrier: barrier(refusal).unwrap_or(Barrier::MembersOnly) }
            }
        }
    }

    fn names_inside(&self) -> Vec<DisplayName> {
        self.room.present().into_iter().map(|(_, person, _)| person.name.clone()).collect()
    }

    /// What somebody shows at the door. An invite that is not our own work is one that the room does not
    /// know, whatever its id says.
    pub(super) fn key(
        &self,
        user: Option<UserId>,
        invite: Option<InviteToken>,
        passcode: Option<Passcode>,
    ) -> Key {
        let invites = &self.room.invites;
        let unknown = || (0..).map(InviteId::from_bits).find(|id| !invites.contains_key(id));
        let open = |token| self.registry.invites.open(self.room.id, token).or_else(unknown);
        let agreed = user.is_some_and(|user| self.is_entitled(user));
        let entitled = user.is_some_and(|user| self.has_place_by_session(user));
        Key { invite: invite.and_then(open), passcode, entitled, agreed, program: None }
    }

    /// Everything that a host may see.
    pub(super) async fn settings(&self, user: UserId) -> Result<RoomSettings, Error> {
        let (room, role, now) = (&self.room, self.room.role_of(user), self.now());
        if !role.is_host() {
            return Err(Error::Refused(ErrorCode::NotHost));
        }
        let names = store::rules::names(&self.registry.store, room.id).await?;
        let member = |who: UserId, role| {
            let name = names.get(&who).cloned();
            MemberView { user: who, name, role, mine: who == user }
        };
        let owner = std::iter::once((&room.owner, &Role::Owner));
        Ok(RoomSettings {
            code: room.code,
            name: room.name.clone(),
            role,
            policy: room.policy.clone(),
            schedule: room.schedule.clone(),
            occurrence: room.schedule.as_ref().and_then(|plan| calendar::current_or_next(plan, now)),
            members: owner.chain(&room.members).map(|(user, role)| member(*user, *role)).collect(),
            banned: room.banned.keys().map(|user| member(*user, room.role_of(*user))).collect(),
            invites: self.invite_views(role),
            // Mails are not the room's concern.
            mail: MailWay::NoServer,
            selling: self.selling().await?,
            least: self.least(),
            ended: match room.phase {
                Phase::Ended { at, .. } => Some(at),
                Phase::Idle | Phase::Open { .. } => None,
            },
        })
    }

    /// The invites, newest first. A link that makes co-hosts is for the owner's eyes.
    fn invite_views(&self, reader: Role) -> Vec<InviteView> {
        let invites = self.room.invites.iter();
        let shown = invites.filter(|(_, invite)| invite.role != Role::CoHost || reader == Role::Owner);
        let mut views: Vec<InviteView> = shown.map(|(id, invite)| self.invite_view(*id, invite)).collect();
        views.sort_by_key(|view| (Reverse(view.made_at), view.id));
        views
    }

    fn invite_view(&self, id: InviteId, invite: &Invite) -> InviteView {
        let token = || String::from(self.registry.invites.token(self.room.id, id));
        InviteView {
            id,
            token: if invite.revoked { String::new() } else { token() },
            label: invite.label.clone(),
            role: invite.role,
            personal: invite.personal,
            uses: invite.uses,
            used: invite.used,
            until: invite.until,
            made_at: invite.made_at,
            revoked: invite.revoked,
            mailed: None,
        }
    }

    /// Does what a host asks for on the room's page.
    pub(super) async fn run_errand(&mut self, by: UserId, errand: Errand) -> Result<(), Error> {
        let command = match errand {
            Errand::SetPolicy(policy) => {
                self.check_price(policy.offer.as_ref()).await?;
                Command::SetPolicy { by, policy }
            }
            Errand::Rename(name) => Command::Rename { by, name },
            Errand::Plan(schedule) => Command::Plan { by, schedule },
            Errand::Invite { id, invite } => {
                Command::Invite { by, id, invite: new_invite(invite, self.now())? }
            }
            Errand::Revoke(id) => Command::Revoke { by, id },
            Errand::Mail { .. } | Errand::MailAgain(_) => return Err(Error::Refused(ErrorCode::BadRequest)),
            Errand::Appoint { user, role } => Command::Appoint { by, user, role },
            Errand::Pardon(user) => Command::Pardon { by, user },
            Errand::End => Command::End { by },
        };
        self.carry_out(&command).await
    }

    /// What everybody inside and at the door may know anew after the rules changed.
    pub(super) fn tell_of_rules(&mut self, before: &Known) {
        let now = self.known();
        for (participant, (room, rights, view)) in now.people {
            let Some((old_room, old_rights, old_view)) = before.people.get(&participant) else { continue };
            if room != *old_room {
                self.tell(Audience::One(participant), &News::Change(Change::Room(room)));
            }
            if rights != *old_rights {
                let change = Change::Rights(rights);
                self.tell(Audience::One(participant), &News::Change(change));
                // Whoever may moderate from now on must know who is at the door.
                if rights.moderate != old_rights.moderate {
                    self.tell_all(participant);
                }
                self.enforce(participant);
            }
            if view != *old_view {
                let change = Change::Updated(view);
                self.tell(Audience::Inside, &News::Change(change));
            }
        }
        if now.notice != before.notice {
            self.tell_the_door();
        }
    }

    /// What people know that follows from the rules.
    pub(super) fn known(&self) -> Known {
        let present = self.room.present().into_iter();
        let people = present
            .filter_map(|(id, ..)| Some((id, (self.room_view(id), self.room.rights_of(id), self.view(id)?))));
        Known { people: people.collect(), notice: self.room.policy.notice.clone() }
    }

    /// Stops what somebody sends and may not send any more.
    pub(super) fn enforce(&mut self, participant: ParticipantId) {
        // A program sends on all the while, and nobody is there to switch anything on again.
        let sent = |seat: &Seat| seat.stream.as_ref().map_or(seat.publishing, |stream| stream.wish);
        if let Some(publishing) = self.seats.get(&participant).map(sent) {
            self.set_publishing(participant, publishing);
        }
    }
}

/// What people know of a room's rules, compared before and after a change.
pub(super) struct Known {
    people: BTreeMap<ParticipantId, (RoomView, Rights, ParticipantView)>,
    notice: Option<Notice>,
}

fn new_invite(request: InviteRequest, now: UnixMillis) -> Result<Invite, Error> {
    let InviteRequest { label, role, personal, uses, hours } = request;
    if uses == Some(0) || hours.is_some_and(|hours| hours == 0 || hours > INVITE_HOURS) {
        return Err(Error::Refused(ErrorCode::BadRequest));
    }
    let until = hours.map(|hours| now.plus(i64::from(hours) * HOUR_MS));
    let (made_at, used, holder, revoked) = (now, 0, None, false);
    Ok(Invite { label, role, personal, uses, until, made_at, used, holder, revoked })
}
