//! State in, [`View`] out: the only place that knows both.

use crate::roster::Roster;
use crate::seated::{Seated, Standing};
use crate::view::{ChatLine, Delivery, Missing, PersonView, Picture, Stage, TileSource, TileView, View};
use crate::{Call, Phase};
use model::{Role, Source};
use protocol::{ChatMessage, Link, ParticipantView, Publishing, SlotView};

pub fn view(call: &Call) -> View {
    let mut view = View {
        stage: stage(call),
        devices: call.devices.view(),
        publishing: call.devices.publishing(),
        notice: call.notice.clone(),
        playback_blocked: call.playback_blocked,
        ..View::default()
    };
    if let Phase::Seated(seated) = &call.phase
        && let Standing::Inside(roster) = &seated.standing
    {
        fill(&mut view, seated, roster);
    }
    view
}

fn stage(call: &Call) -> Stage {
    match &call.phase {
        Phase::Preview { problem } => Stage::Preview { problem: *problem },
        Phase::Left { reason, .. } => Stage::Left { reason: *reason },
        Phase::Seated(seated) => match &seated.standing {
            Standing::Joining => Stage::Joining,
            Standing::Waiting { host_present, notice } => Stage::Waiting {
                host_present: *host_present,
                reconnecting: !seated.signalling(),
                notice: notice.clone(),
            },
            Standing::Inside(_) => Stage::InCall { link: seated.link() },
        },
    }
}

fn fill(view: &mut View, seated: &Seated, roster: &Roster) {
    view.room_name = Some(roster.room.name.clone());
    view.me = Some(roster.me);
    view.hosting = roster.hosting();
    view.rights = roster.rights;
    view.rules = Some(roster.room.rules);
    view.ends_at = roster.ends_at();
    view.paid = roster.room.paid;
    view.extension.clone_from(&roster.room.extension);
    view.tiles = tiles(roster, view.publishing);
    view.people = roster.participants.iter().map(|one| person(one, roster, view.publishing)).collect();
    view.waiting.clone_from(&roster.waiting);
    view.chat = chat(roster);
    view.unread = seated.unread;
}

/// Shared screens first, then everybody by arrival, the reader last. Whoever has the role of a viewer can
/// send nothing, so they stand in the list of people only.
fn tiles(roster: &Roster, publishing: Publishing) -> Vec<TileView> {
    let (me, others): (Vec<_>, Vec<_>) = roster.participants.iter().partition(|one| one.id == roster.me);
    let everybody = || others.iter().chain(&me);
    let screens = everybody()
        .filter(|one| sends(one, roster, publishing).screen)
        .map(|one| tile(one, TileSource::Screen, roster, publishing));
    let watched = everybody().filter(|one| one.role != Role::Viewer);
    let people = watched.map(|one| tile(one, TileSource::Person, roster, publishing));
    screens.chain(people).collect()
}

/// What somebody sends. Of oneself the devices know it first.
fn sends(one: &ParticipantView, roster: &Roster, publishing: Publishing) -> Publishing {
    if one.id == roster.me {
        publishing
    } else {
        Publishing { microphone: one.microphone, camera: one.camera, screen: one.screen }
    }
}

fn tile(one: &ParticipantView, about: TileSource, roster: &Roster, publishing: Publishing) -> TileView {
    let mine = one.id == roster.me;
    let sends = sends(one, roster, publishing);
    let source = match about {
        TileSource::Person => Source::Camera,
        TileSource::Screen => Source::Screen,
    };
    let slot = roster.slot(one.id, source);
    let picture = match (sends.has(source), mine) {
        (false, _) => None,
        // One's own shared screen is not drawn: a screen inside a screen inside a screen helps nobody.
        (true, true) => (source == Source::Camera).then_some(Picture::Local(source)),
        (true, false) => {
            slot.filter(|slot| !slot.paused && !slot.undecodable).map(|slot| Picture::Slot(slot.mid))
        }
    };
    TileView {
        participant: one.id,
        source: about,
        name: one.name.to_string(),
        mine,
        muted: !sends.microphone,
        speaking: sends.microphone && roster.speaking.contains(&one.id),
        reconnecting: one.link == Link::Reconnecting && !mine,
        missing: (sends.has(source) && !mine).then(|| missing(slot, roster)).flatten(),
        picture,
    }
}

fn missing(slot: Option<&SlotView>, roster: &Roster) -> Option<Missing> {
    match slot {
        Some(slot) if slot.undecodable => Some(Missing::Codec),
        Some(slot) => slot.paused.then_some(Missing::Network),
        None => roster.pictures_are_full().then_some(Missing::Slot),
    }
}

fn person(one: &ParticipantView, roster: &Roster, publishing: Publishing) -> PersonView {
    let mine = one.id == roster.me;
    let sends = sends(one, roster, publishing);
    // The server decides; this only keeps a menu from offering what would be refused.
    let rules = roster.participant(roster.me).is_some_and(|me| me.role.is_above(one.role));
    PersonView {
        participant: one.id,
        name: one.name.to_string(),
        mine,
        role: one.role,
        held: one.held,
        muted: !sends.microphone,
        camera: sends.camera,
        screen: sends.screen,
        reconnecting: one.link == Link::Reconnecting && !mine,
        below: !mine && rules,
    }
}

fn chat(roster: &Roster) -> Vec<ChatLine> {
    let said = roster.chat.iter().map(|message| ChatLine {
        message: message.clone(),
        mine: message.from == roster.me,
        delivery: Delivery::Sent,
    });
    let me = roster.participant(roster.me);
    let outbox = roster.outbox.iter().filter_map(|mine| {
        let me = me?;
        let at = roster.chat.last().map_or(me.joined_at, |last| last.at);
        let message =
            ChatMessage { id: mine.id, from: me.id, name: me.name.clone(), text: mine.text.clone(), at };
        Some(ChatLine { message, mine: true, delivery: mine.delivery })
    });
    said.chain(outbox).collect()
}
