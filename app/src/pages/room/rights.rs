//! Why a person may not do something just now, in words: the rule that stands in the way, the strongest
//! first.

use crate::room::RoomCall;
use call::View;
use leptos::prelude::*;
use model::policy::Circle;
use model::{Role, Source};
use ui::{BarredControls, Words};

/// Why a source may not be sent; nothing if it may.
pub fn source(words: &'static Words, view: &View, source: Source) -> Option<&'static str> {
    let barred = &words.barred;
    let may = match source {
        Source::Microphone => view.rights.speak,
        Source::Camera => view.rights.show,
        Source::Screen => view.rights.share,
    };
    let (me, rules) = (view.people.iter().find(|person| person.mine)?, view.rules?);
    Some(match (may, me.role, source) {
        (true, ..) => return None,
        (false, Role::Viewer, _) => barred.viewer,
        (false, _, Source::Microphone) if me.held => barred.held,
        (false, _, Source::Microphone | Source::Camera) => {
            within(rules.speak, barred.speak_hosts, barred.speak_participants)
        }
        (false, _, Source::Screen) => within(rules.share, barred.share_hosts, barred.share_participants),
    })
}

/// Why nothing may be written in the chat; nothing if it may.
pub fn chat(words: &'static Words, view: &View) -> Option<&'static str> {
    let barred = &words.barred;
    let rules = view.rules.filter(|_| !view.rights.chat)?;
    Some(within(rules.chat, barred.chat_hosts, barred.chat_participants))
}

/// Why the controls of the own devices are at rest.
pub fn controls(words: &'static Words, call: RoomCall) -> BarredControls {
    let why = move |of| {
        let why = call.part(move |view| source(words, view, of));
        Signal::derive(move || why.get().map(str::to_owned))
    };
    BarredControls {
        microphone: why(Source::Microphone),
        camera: why(Source::Camera),
        screen: why(Source::Screen),
    }
}

const fn within(circle: Circle, hosts: &'static str, participants: &'static str) -> &'static str {
    match circle {
        Circle::Hosts => hosts,
        Circle::Participants | Circle::Everybody => participants,
    }
}
