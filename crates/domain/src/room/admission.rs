//! What a newcomer meets at the door.
//!
//! The first line that fits decides:
//!
//! | who | meets |
//! |---|---|
//! | a banned user or device | banned |
//! | somebody who was let in, or may come back, and did not come yet | walks in |
//! | somebody whose invite is worth nothing | why |
//! | before the door opens, while no host is inside | too early, but for hosts |
//! | after the last planned time of a room that closes | too late, but for hosts |
//! | while the door is locked | locked, but for hosts |
//! | a guest, where only members come in | members only |
//! | somebody who has paid, once it is time | comes in, or knocks; no lock, invite or passcode keeps them out |
//! | somebody who has neither paid nor agreed to pay afterwards, where it costs something | what it costs, but for hosts; before the time as well |
//! | a guest without the passcode | passcode missing, or wrong |
//! | a user who was removed; a guest where guests knock | knocks |
//! | anybody else | walks in |
//!
//! Programs meet what `program` says before any of this.
//!
//! Knocking needs a place at the door and walking in one inside, where hosts may exceed the capacity
//! that the policy sets, and a place is kept for whoever has paid and for the owner.

use super::{Key, Phase, Refusal, Room};
use crate::calendar;
use crate::limits::{ROOM_PEOPLE, ROOM_WAITING};
use model::policy::{Door, Ending};
use model::{DeviceId, Occurrence, Role, UnixMillis, UserId};

/// Who stands before the door: nobody known yet, or a user at a device.
pub type Caller = Option<(UserId, DeviceId)>;

/// The way in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Admission {
    WalkIn,
    Knock,
}

/// What `caller` would meet at the door just now, and as what they would come.
pub fn admission(
    room: &Room,
    caller: Caller,
    key: &Key,
    now: UnixMillis,
) -> Result<(Admission, Role), Refusal> {
    if let Phase::Ended { .. } = room.phase {
        return Err(Refusal::Ended);
    }
    let user = caller.map(|(user, _)| user);
    if caller.is_some_and(|(user, device)| room.is_banned(user, device)) {
        return Err(Refusal::Banned);
    }
    if let Some((_, person)) = caller.and_then(|(user, device)| room.promised(user, device)) {
        return Ok((Admission::WalkIn, person.role));
    }
    let role = match role_at_the_door(room, user, key, now) {
        // What they paid for is worth more than the invite with which they came.
        Err(_) if key.entitled => Role::Guest,
        role => role?,
    };
    if !role.is_host() {
        require_time_and_price(room, role, key, now)?;
    }
    if role == Role::Guest && !key.entitled {
        require_passcode(room, key)?;
    }
    let removed = role != Role::Owner && user.is_some_and(|user| room.barred.contains(&user));
    let must_knock = removed || (role == Role::Guest && room.policy.door != Door::Open);
    // Whoever has paid has a place, however many hosts there are.
    let is_kept = key.entitled && user.is_some_and(|user| room.is_kept_a_place(user));
    let fits = match role {
        Role::Owner => room.seated_count() < ROOM_PEOPLE,
        Role::CoHost => room.places_but_the_owners() > 0,
        _ if is_kept => room.seated_count() < ROOM_PEOPLE,
        _ => room.free_places() > 0,
    };
    match must_knock {
        true if room.waiting_count() < ROOM_WAITING => Ok((Admission::Knock, role)),
        true => Err(Refusal::DoorFull),
        false if fits => Ok((Admission::WalkIn, role)),
        false => Err(Refusal::Full),
    }
}

/// Whether somebody who meets this is told what the room is about: they come in, or may another time or with
/// the right word.
pub const fn may_know<T>(met: &Result<T, Refusal>) -> bool {
    matches!(
        met,
        Ok(_)
            | Err(Refusal::Full
                | Refusal::DoorFull
                | Refusal::PasscodeMissing
                | Refusal::PasscodeWrong
                | Refusal::TooEarly
                | Refusal::Unpaid)
    )
}

/// When the door opens for the time that is on or next, if the room has a plan.
pub fn opens_at(room: &Room, now: UnixMillis) -> Option<(UnixMillis, Occurrence)> {
    let next = calendar::current_or_next(room.schedule.as_ref()?, now)?;
    Some((next.starts.plus(-room.policy.early.millis()), next))
}

fn role_at_the_door(room: &Room, user: Option<UserId>, key: &Key, now: UnixMillis) -> Result<Role, Refusal> {
    let known = user.filter(|user| *user == room.owner || room.members.contains_key(user));
    match (known, key.invite) {
        (Some(user), _) => Ok(room.role_of(user)),
        (None, None) => Ok(Role::Guest),
        (None, Some(id)) => room.invites.get(&id).ok_or(Refusal::InviteUnknown)?.promise(user, now),
    }
}

fn require_time(room: &Room, now: UnixMillis) -> Result<(), Refusal> {
    if room.schedule.is_none() || room.host_is_inside() {
        return Ok(());
    }
    match opens_at(room, now) {
        Some((opens, _)) if now < opens => Err(Refusal::TooEarly),
        Some(_) => Ok(()),
        None if room.policy.ending == Ending::Close => Err(Refusal::TooLate),
        None => Ok(()),
    }
}

/// One pays before the time, but never for what one cannot have.
fn require_time_and_price(room: &Room, role: Role, key: &Key, now: UnixMillis) -> Result<(), Refusal> {
    let time = require_time(room, now);
    let pays = room.policy.offer.is_some() && !key.entitled && !key.agreed;
    if !(pays && time == Err(Refusal::TooEarly)) {
        time?;
    }
    // Whoever paid is not kept out by what keeps strangers out.
    if key.entitled {
        return Ok(());
    }
    if room.policy.locked {
        return Err(Refusal::Locked);
    }
    if role == Role::Guest && room.policy.door == Door::Members {
        return Err(Refusal::MembersOnly);
    }
    match pays {
        false => Ok(()),
        true if room.free_places() > 0 => Err(Refusal::Unpaid),
        true => Err(Refusal::Full),
    }
}

fn require_passcode(room: &Room, key: &Key) -> Result<(), Refusal> {
    match (&room.policy.passcode, &key.passcode) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Refusal::PasscodeMissing),
        (Some(right), Some(told)) if right == told => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::PasscodeWrong),
    }
}
