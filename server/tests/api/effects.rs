//! What must be so once somebody has done what they may do.

use crate::cast::{House, Who};
use model::{Role, Source};
use protocol::{
    Deed, EntryState, EntryView, Errand, ParticipantView, RoomRules, RoomSettings, Snapshot, Tweak,
};
use serde_json::json;

/// Whoever did this finds that it is done.
pub async fn assert_deed_is_done(house: &mut House<'_>, by: Who, deed: Deed) {
    if deed == Deed::End {
        let arguments = json!({ "room": house.room });
        let entry = house.cast[&by].guest.browser.call("/api/rooms/entry", &arguments).await;
        return assert!(matches!(entry.json::<EntryView>().state, EntryState::Ended { .. }));
    }
    let Snapshot { participants, waiting, room, .. } = house.snapshot_of(by).await;
    let waits = |id| waiting.iter().any(|guest| guest.id == id);
    let inside = |id| participants.iter().find(|one| one.id == id);
    let is_a = |id, role| inside(id).map(|one: &ParticipantView| one.role) == Some(role);
    let done = match deed {
        Deed::Admit(id) | Deed::Deny(id) => !waits(id),
        Deed::AdmitAll | Deed::DenyAll => waiting.is_empty(),
        Deed::Remove(id) | Deed::Ban(id) => inside(id).is_none() && !waits(id),
        // The rule is that whoever is muted stays so.
        Deed::Mute { participant, source: Source::Microphone } => {
            inside(participant).is_some_and(|one| one.held && !one.microphone)
        }
        Deed::Mute { participant, source: Source::Camera } => {
            inside(participant).is_some_and(|one| !one.camera)
        }
        Deed::Mute { participant, source: Source::Screen } => {
            inside(participant).is_some_and(|one| !one.screen)
        }
        Deed::LetSpeak(id) => inside(id).is_some_and(|one| !one.held),
        Deed::Appoint { participant, role } => is_a(participant, role),
        // They came by an invite, and were nothing before.
        Deed::TakeBack(id) => is_a(id, Role::Participant),
        Deed::HandOver(id) => is_a(id, Role::Owner),
        Deed::Tweak(tweak) => holds(tweak, room.rules),
        Deed::End => unreachable!("nobody is left to be asked"),
    };
    assert!(done, "{by:?} did {deed:?}, and it is not done: {participants:?} {waiting:?} {room:?}");
}

fn holds(tweak: Tweak, rules: RoomRules) -> bool {
    match tweak {
        Tweak::Lock(locked) => rules.locked == locked,
        Tweak::Door(door) => rules.door == door,
        Tweak::HardMute(hard) => rules.hard_mute == hard,
        Tweak::Speak(circle) => rules.speak == circle,
        Tweak::Share(circle) => rules.share == circle,
        Tweak::Chat(circle) => rules.chat == circle,
    }
}

/// The same for what is done on the room's page.
pub async fn assert_errand_is_done(house: &House<'_>, by: Who, errand: &Errand) {
    let arguments = json!({ "room": house.room });
    let settings = house.cast[&by].guest.browser.call("/api/rooms/settings", &arguments).await;
    let settings: RoomSettings = settings.json();
    let done = match errand {
        Errand::SetPolicy(policy) => settings.policy == **policy,
        Errand::Rename(name) => settings.name == *name,
        Errand::Plan(plan) => settings.schedule == *plan,
        Errand::Invite { id, invite } => {
            settings.invites.iter().any(|one| one.id == *id && one.role == invite.role && !one.revoked)
        }
        Errand::Revoke(id) => settings.invites.iter().any(|one| one.id == *id && one.revoked),
        Errand::Appoint { user, role } => {
            settings.members.iter().any(|one| one.user == *user && one.role == *role)
        }
        Errand::Pardon(user) => settings.banned.iter().all(|one| one.user != *user),
        Errand::End => settings.ended.is_some(),
        Errand::Mail { .. } | Errand::MailAgain(_) => unreachable!("mails have a test of their own"),
    };
    assert!(done, "{by:?} did {errand:?}, and it is not done: {settings:?}");
}
