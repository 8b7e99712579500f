//! One message of the chat.

use crate::words::Words;
use leptos::prelude::*;
use model::{MessageId, ParticipantId};

/// A message as the panel shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChatEntry {
    pub id: MessageId,
    pub from: ParticipantId,
    pub name: String,
    /// When it was written, in the reader's own manner.
    pub time: String,
    pub text: String,
    pub mine: bool,
    pub delivery: Delivery,
}

/// What became of a message of one's own.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Delivery {
    Sending,
    #[default]
    Sent,
    Failed,
}

/// One message. Who wrote it and when is said once for messages that follow each other.
#[component]
pub fn ChatLine(
    /// The words.
    words: &'static Words,
    /// The message.
    entry: ChatEntry,
    /// Whether the message before is by the same person in the same minute.
    continued: bool,
    /// Sends a message of one's own again.
    #[prop(into)]
    on_retry: Callback<MessageId>,
) -> impl IntoView {
    let chat = &words.chat;
    let id = entry.id;
    let author = if entry.mine { words.common.you.to_owned() } else { entry.name };
    let fate = match entry.delivery {
        Delivery::Sent => None,
        Delivery::Sending => Some(view! { <p class="chat-line__fate">{chat.sending}</p> }.into_any()),
        Delivery::Failed => Some(
            view! {
                <p class="chat-line__fate chat-line__fate--failed">
                    {chat.failed} " "
                    <button type="button" class="chat-line__retry" on:click=move |_| on_retry.run(id)>
                        {chat.retry}
                    </button>
                </p>
            }
            .into_any(),
        ),
    };
    view! {
        <li class="chat-line" class:chat-line--mine=entry.mine class:chat-line--continued=continued>
            <p class="chat-line__head" class:visually-hidden=continued>
                <span class="chat-line__name" dir="auto">{author}</span>
                <time class="chat-line__time">{entry.time}</time>
            </p>
            <p class="chat-line__text" dir="auto">{entry.text}</p>
            {fate}
        </li>
    }
}
