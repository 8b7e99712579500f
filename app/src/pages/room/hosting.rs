//! What hosts do in the call: to people, from the list, and to the rules of the room.
//!
//! Every press is one [`Deed`]; what became of it is seen in the call's view and nowhere else. Only the
//! rules are shown changed at once, and as they were if the server refused.

use super::call_scene::{Desk, Panel};
use crate::dom;
use crate::language::words;
use crate::room::RoomCall;
use call::view::{Notice, PersonView};
use call::{Action, View};
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::HtmlHeadingElement;
use model::{ParticipantId, Role, RoomCode, Source};
use protocol::{Deed, Tweak};
use ui::words::named;
use ui::{ConfirmDialog, PeoplePanel, Person, PersonDeed, RoomRulesPanel, RuleChange, Rules, WaitingPerson};

/// What a host wants to do and is asked about once more.
#[derive(Clone, PartialEq)]
struct Question {
    deed: PersonDeed,
    participant: ParticipantId,
    name: String,
}

/// Who is here, and who waits.
#[component]
pub fn PeopleBeside(
    /// The call.
    call: RoomCall,
    /// What is open.
    desk: Desk,
) -> impl IntoView {
    let words = words();
    let question = RwSignal::new(None::<Question>);
    let heading = begins_at_the_heading();
    let on_deed = Callback::new(move |(deed, participant): (PersonDeed, ParticipantId)| {
        if asks_first(deed) {
            let name = call.view().with_untracked(|view| name_of(view, participant));
            question.set(Some(Question { deed, participant, name }));
        } else {
            call.act(Action::Do(deed_for(deed, participant)));
        }
    });
    let on_mute_all = Callback::new(move |()| {
        let loud = call.view().with_untracked(|view| {
            let loud = view.people.iter().filter(|person| person.below && !person.muted);
            loud.map(|person| person.participant).collect::<Vec<_>>()
        });
        for participant in loud {
            call.act(Action::Do(deed_for(PersonDeed::Mute, participant)));
        }
    });
    let act = move |deed: fn(ParticipantId) -> Deed| Callback::new(move |id| call.act(Action::Do(deed(id))));
    view! {
        <PeoplePanel
            words
            waiting=call.part(waiting)
            people=call.part(|view| view.people.iter().map(person).collect::<Vec<_>>())
            rights=call.part(|view| view.rights)
            on_admit=act(Deed::Admit)
            on_admit_all=Callback::new(move |()| call.act(Action::Do(Deed::AdmitAll)))
            on_deny_all=Callback::new(move |()| call.act(Action::Do(Deed::DenyAll)))
            on_deny=act(Deed::Deny)
            on_deed
            on_mute_all
            on_close=Callback::new(move |()| desk.panel.set(Panel::None))
            heading
        />
        <AskFirst call question heading />
    }
}

/// The heading of a panel that opens just now; it takes the focus and gives it back when the panel closes.
fn begins_at_the_heading() -> NodeRef<html::H2> {
    let heading = NodeRef::new();
    dom::return_focus();
    Effect::new(move |_| focus(heading.get()));
    heading
}

fn focus(heading: Option<HtmlHeadingElement>) {
    if let Some(heading) = heading {
        // A heading that cannot be focused is no reason to stop.
        drop(heading.focus());
    }
}

/// The question before what somebody loses by it.
#[component]
fn AskFirst(
    call: RoomCall,
    question: RwSignal<Option<Question>>,
    heading: NodeRef<html::H2>,
) -> impl IntoView {
    let words = words();
    // While the dialog goes away it keeps its words.
    let asked = Memo::new(move |before: Option<&Option<Question>>| {
        question.get().or_else(|| before.cloned().flatten())
    });
    let text = move |part: fn(&'static ui::Words, PersonDeed) -> &'static str| {
        Signal::derive(move || {
            asked
                .with(|asked| asked.as_ref().map(|asked| named(part(words, asked.deed), &asked.name)))
                .unwrap_or_default()
        })
    };
    let on_confirm = Callback::new(move |()| {
        let Some(Question { deed, participant, .. }) = question.get_untracked() else { return };
        question.set(None);
        call.act(Action::Do(deed_for(deed, participant)));
        // The line of whoever is put out goes away, and with it the button that would get the focus.
        request_animation_frame(move || focus(heading.try_get_untracked().flatten()));
    });
    view! {
        <ConfirmDialog
            id="ask-first"
            open=Signal::derive(move || question.with(Option::is_some))
            title=text(|words, deed| question_texts(words, deed).0)
            text=text(|words, deed| question_texts(words, deed).1)
            confirm=text(|words, deed| question_texts(words, deed).2)
            keep=words.deeds.keep
            on_confirm
            on_keep=Callback::new(move |()| question.set(None))
        />
    }
}

/// The question, what will happen, and what the button says.
const fn question_texts(
    words: &'static ui::Words,
    deed: PersonDeed,
) -> (&'static str, &'static str, &'static str) {
    let deeds = &words.deeds;
    match deed {
        PersonDeed::Ban => (deeds.ban_title, deeds.ban_text, deeds.ban_confirm),
        PersonDeed::HandOver => (deeds.hand_over_title, deeds.hand_over_text, deeds.hand_over_confirm),
        PersonDeed::Remove
        | PersonDeed::Mute
        | PersonDeed::StopCamera
        | PersonDeed::StopSharing
        | PersonDeed::LetSpeak
        | PersonDeed::MakeCoHost
        | PersonDeed::TakeBack
        | PersonDeed::MakeParticipant
        | PersonDeed::MakeGuest
        | PersonDeed::MakeViewer
        | PersonDeed::LetTakePart => (deeds.remove_title, deeds.remove_text, deeds.remove_confirm),
    }
}

const fn asks_first(deed: PersonDeed) -> bool {
    matches!(deed, PersonDeed::Remove | PersonDeed::Ban | PersonDeed::HandOver)
}

const fn deed_for(deed: PersonDeed, participant: ParticipantId) -> Deed {
    match deed {
        PersonDeed::Mute => Deed::Mute { participant, source: Source::Microphone },
        PersonDeed::StopCamera => Deed::Mute { participant, source: Source::Camera },
        PersonDeed::StopSharing => Deed::Mute { participant, source: Source::Screen },
        PersonDeed::LetSpeak => Deed::LetSpeak(participant),
        PersonDeed::MakeCoHost => Deed::Appoint { participant, role: Role::CoHost },
        PersonDeed::TakeBack | PersonDeed::LetTakePart => Deed::TakeBack(participant),
        PersonDeed::MakeParticipant => Deed::Appoint { participant, role: Role::Participant },
        PersonDeed::MakeGuest => Deed::Appoint { participant, role: Role::Guest },
        PersonDeed::MakeViewer => Deed::Appoint { participant, role: Role::Viewer },
        PersonDeed::HandOver => Deed::HandOver(participant),
        PersonDeed::Remove => Deed::Remove(participant),
        PersonDeed::Ban => Deed::Ban(participant),
    }
}

fn name_of(view: &View, participant: ParticipantId) -> String {
    let inside = view.people.iter().find(|person| person.participant == participant);
    let at_the_door = view.waiting.iter().find(|guest| guest.id == participant);
    let name = inside.map(|person| person.name.clone());
    name.or_else(|| at_the_door.map(|guest| guest.name.to_string())).unwrap_or_default()
}

fn waiting(view: &View) -> Vec<WaitingPerson> {
    let line = |guest: &protocol::WaitingGuest| WaitingPerson {
        id: guest.id,
        name: guest.name.to_string(),
        pending: false,
    };
    view.waiting.iter().map(line).collect()
}

fn person(person: &PersonView) -> Person {
    Person {
        id: person.participant,
        name: person.name.clone(),
        mine: person.mine,
        role: person.role,
        held: person.held,
        muted: person.muted,
        camera: person.camera,
        screen: person.screen,
        reconnecting: person.reconnecting,
        below: person.below,
    }
}

/// The rules of the room.
#[component]
pub fn RulesBeside(
    /// The call.
    call: RoomCall,
    /// What is open.
    desk: Desk,
    /// The room.
    code: RoomCode,
) -> impl IntoView {
    let words = words();
    let known = call.part(|view| {
        let refused = matches!(view.notice, Some(Notice::ActionFailed(_)));
        (view.rules.map(rules), refused)
    });
    let heading = begins_at_the_heading();
    let shown = RwSignal::new(known.get_untracked().0);
    Effect::new(move |_| shown.set(known.get().0));
    let on_change = Callback::new(move |change| {
        shown.update(|rules| *rules = rules.map(|rules| rules.with(change)));
        call.act(Action::Do(Deed::Tweak(tweak(change))));
    });
    let panel = move |first: Rules| {
        view! {
            <RoomRulesPanel
                words
                rules=Signal::derive(move || shown.get().unwrap_or(first))
                settings=format!("/r/{code}/settings")
                on_change
                on_close=Callback::new(move |()| desk.panel.set(Panel::None))
                heading
            />
        }
    };
    shown.get_untracked().map(panel)
}

const fn rules(rules: protocol::RoomRules) -> Rules {
    let protocol::RoomRules { locked, door, share, speak, chat, hard_mute, .. } = rules;
    Rules { locked, door, share, speak, chat, hard_mute }
}

const fn tweak(change: RuleChange) -> Tweak {
    match change {
        RuleChange::Lock(locked) => Tweak::Lock(locked),
        RuleChange::Door(door) => Tweak::Door(door),
        RuleChange::Share(circle) => Tweak::Share(circle),
        RuleChange::Speak(circle) => Tweak::Speak(circle),
        RuleChange::Chat(circle) => Tweak::Chat(circle),
        RuleChange::HardMute(hard) => Tweak::HardMute(hard),
    }
}
