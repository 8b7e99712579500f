//! The chat beside the tiles. The people and the rules are [`hosting`](super::hosting)'s.

use super::call_scene::{Desk, Panel};
use super::rights;
use crate::dom;
use crate::language::words;
use crate::room::{RoomCall, fresh_message_id};
use call::Action;
use leptos::html;
use leptos::prelude::*;
use model::{ChatText, MessageId};
use ui::{ChatEntry, ChatPanel, Delivery};

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
    let barred = call.part(move |view| rights::chat(words, view));
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
            barred=Signal::derive(move || barred.get().map(str::to_owned))
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
