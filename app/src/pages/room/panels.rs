//! The panels beside the tiles: chat and people.

use super::call_scene::{Desk, Panel};
use crate::dom;
use crate::language::words;
use crate::room::{RoomCall, fresh_message_id};
use call::Action;
use leptos::html;
use leptos::prelude::*;
use model::{ChatText, MessageId};
use ui::{ChatEntry, ChatPanel, Delivery, PeoplePanel, Person, WaitingPerson};

/// The chat.
#[component]
pub fn ChatBeside(
    /// The call.
    call: RoomCall,
    /// What is open.
    desk: Desk,
) -> impl IntoView {
    let words = words();
    let entries = call.part(|view| view.chat.iter().map(chat_entry).collect::<Vec<_>>());
    let input = NodeRef::<html::Textarea>::new();
    dom::return_focus();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            drop(input.focus());
        }
    });
    let say = move |id, text: &str| {
        if let Ok(text) = ChatText::parse(text) {
            call.act(Action::Say { id, text });
        }
    };
    let on_retry = Callback::new(move |id: MessageId| {
        let text = entries.with_untracked(|entries| {
            entries.iter().find(|entry| entry.id == id).map(|entry| entry.text.clone())
        });
        if let Some(text) = text {
            say(id, &text);
        }
    });
    view! {
        <ChatPanel
            words
            entries
            draft=desk.draft
            on_send=Callback::new(move |text: String| say(fresh_message_id(), &text))
            on_retry
            on_close=Callback::new(move |()| desk.panel.set(Panel::None))
            input
        />
    }
}

fn chat_entry(line: &call::view::ChatLine) -> ChatEntry {
    ChatEntry {
        id: line.message.id,
        from: line.message.from,
        name: line.message.name.to_string(),
        time: dom::clock_time(line.message.at),
        text: line.message.text.to_string(),
        mine: line.mine,
        delivery: match line.delivery {
            call::view::Delivery::Sending => Delivery::Sending,
            call::view::Delivery::Sent => Delivery::Sent,
            call::view::Delivery::Failed(_) => Delivery::Failed,
        },
    }
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
    let people = call.part(|view| view.people.iter().map(person).collect::<Vec<_>>());
    let waiting = call.part(|view| {
        let line = |guest: &protocol::WaitingGuest| WaitingPerson {
            id: guest.id,
            name: guest.name.to_string(),
            pending: false,
        };
        view.waiting.iter().map(line).collect::<Vec<_>>()
    });
    let heading = NodeRef::<html::H2>::new();
    dom::return_focus();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            drop(heading.focus());
        }
    });
    view! {
        <PeoplePanel
            words
            waiting
            people
            on_admit=Callback::new(move |id| call.act(Action::Admit(id)))
            on_admit_all=Callback::new(move |()| call.act(Action::AdmitAll))
            on_deny=Callback::new(move |id| call.act(Action::Deny(id)))
            on_remove=Callback::new(move |id| call.act(Action::Remove(id)))
            on_close=Callback::new(move |()| desk.panel.set(Panel::None))
            heading
        />
    }
}

fn person(person: &call::view::PersonView) -> Person {
    Person {
        id: person.participant,
        name: person.name.clone(),
        mine: person.mine,
        host: person.host,
        muted: person.muted,
        camera: person.camera,
        screen: person.screen,
        reconnecting: person.reconnecting,
        removable: person.removable,
    }
}
