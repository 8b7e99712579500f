//! The words for everything that is said once: notices, and the rules that changed.

use super::devices::problem;
use super::rights;
use crate::pages::refusal;
use call::View;
use call::view::Notice;
use model::policy::{Circle, Door};
use model::{Role, Source};
use protocol::RoomRules;
use ui::NoticeTone;
use ui::words::{Words, counted, named};

/// What a notice says.
pub fn text(words: &'static Words, view: &View, notice: &Notice) -> String {
    let (notices, told) = (&words.notices, &words.told);
    match notice {
        Notice::Joined { name } => named(notices.joined, name),
        Notice::Left { name } => named(notices.left, name),
        Notice::Removed { name } => named(notices.removed, name),
        Notice::Knocked { name } => named(notices.knocked, name),
        Notice::Device { source, problem: why } => ui::what(words, *source, problem(*why)).to_owned(),
        Notice::Stopped { source, by, held } => stopped(words, *source, by.as_deref(), *held),
        Notice::MaySpeak => told.may_speak.to_owned(),
        Notice::Appointed { role } => appointed(words, *role).to_owned(),
        Notice::MayNotSend { source } => {
            rights::source(words, view, *source).unwrap_or(words.settings.not_allowed).to_owned()
        }
        Notice::EndsSoon { minutes } => {
            counted(told.ends_one, told.ends_many, usize::try_from(*minutes).unwrap_or(usize::MAX))
        }
        Notice::ActionFailed(code) => refusal::text(words, *code).to_owned(),
    }
}

/// How a notice looks, and how urgently it is read out.
pub const fn tone(notice: &Notice) -> NoticeTone {
    match notice {
        Notice::Joined { .. }
        | Notice::Left { .. }
        | Notice::Removed { .. }
        | Notice::Knocked { .. }
        | Notice::MaySpeak
        | Notice::Appointed { .. } => NoticeTone::Note,
        Notice::Device { .. }
        | Notice::Stopped { .. }
        | Notice::MayNotSend { .. }
        | Notice::EndsSoon { .. }
        | Notice::ActionFailed(_) => NoticeTone::Warning,
    }
}

fn stopped(words: &Words, source: Source, by: Option<&str>, held: bool) -> String {
    let told = &words.told;
    let (by_name, by_host) = match (source, held) {
        (Source::Microphone, false) => (told.muted, told.muted_host),
        (Source::Microphone, true) => (told.held, told.held_host),
        (Source::Camera, _) => (told.camera, told.camera_host),
        (Source::Screen, _) => (told.screen, told.screen_host),
    };
    by.map_or_else(|| by_host.to_owned(), |name| named(by_name, name))
}

const fn appointed(words: &'static Words, role: Role) -> &'static str {
    let told = &words.told;
    match role {
        Role::Owner => told.is_owner,
        Role::CoHost => told.is_co_host,
        Role::Participant => told.is_participant,
        Role::Guest => told.is_guest,
        Role::Viewer => told.is_viewer,
    }
}

/// What changed about the rules, for those who listen; the page shows it by marks and resting controls.
pub fn rules_changed(words: &'static Words, was: &RoomRules, now: &RoomRules) -> Option<&'static str> {
    let told = &words.told;
    if was.locked != now.locked {
        return Some(if now.locked { told.locked } else { told.unlocked });
    }
    if was.door != now.door {
        return Some(match now.door {
            Door::Open => told.door_open,
            Door::Knock => told.door_knock,
            Door::Members => told.door_members,
        });
    }
    if was.speak != now.speak {
        return Some(circle(now.speak, [told.speak_hosts, told.speak_participants, told.speak_everybody]));
    }
    if was.share != now.share {
        return Some(circle(now.share, [told.share_hosts, told.share_participants, told.share_everybody]));
    }
    if was.chat != now.chat {
        return Some(circle(now.chat, [told.chat_hosts, told.chat_participants, told.chat_everybody]));
    }
    let hard_mute = if now.hard_mute { told.hard_mute_on } else { told.hard_mute_off };
    (was.hard_mute != now.hard_mute).then_some(hard_mute)
}

const fn circle(circle: Circle, [hosts, participants, everybody]: [&'static str; 3]) -> &'static str {
    match circle {
        Circle::Hosts => hosts,
        Circle::Participants => participants,
        Circle::Everybody => everybody,
    }
}
