//! The chat: what was written, newest below, and where one writes.
//!
//! The list is drawn from its end (`column-reverse` around one block), so that it stays at the newest
//! message by itself and keeps its place while one reads further up.

use crate::chat_line::{ChatEntry, ChatLine};
use crate::icons::{Glyph, Icon};
use crate::side_panel::SidePanel;
use crate::words::{Words, counted};
use leptos::prelude::*;
use model::{ChatText, MessageId};

/// How near the end of a text the panel begins to count.
const COUNT_FROM: usize = 100;

/// The chat panel.
#[component]
pub fn ChatPanel(
    /// The words.
    words: &'static Words,
    /// The messages, oldest first.
    #[prop(into)]
    entries: Signal<Vec<ChatEntry>>,
    /// What is being written; kept outside, so that it survives closing the panel.
    draft: RwSignal<String>,
    /// Runs with a text that is neither empty nor too long; the draft is then cleared.
    #[prop(into)]
    on_send: Callback<String>,
    /// Sends a message of one's own again.
    #[prop(into)]
    on_retry: Callback<MessageId>,
    /// Closes the panel.
    #[prop(into)]
    on_close: Callback<()>,
    /// Why the reader may not write; they can still read.
    #[prop(optional, into)]
    barred: Signal<Option<String>>,
    /// Where one writes, so that the focus can be moved there.
    #[prop(optional)]
    input: NodeRef<leptos::html::Textarea>,
) -> impl IntoView {
    let chat = &words.chat;
    let line = move |(entry, continued): (ChatEntry, bool)| {
        view! { <ChatLine words=words entry=entry continued=continued on_retry=on_retry /> }
    };
    view! {
        <SidePanel words=words id="chat-title" title=chat.title on_close=on_close>
            <div class="chat-panel">
                <div class="chat-panel__scroll" tabindex="0" role="log" aria-label=chat.log>
                    <Show when=move || entries.with(Vec::is_empty)>
                        <div class="chat-panel__empty">
                            <p>{chat.empty}</p>
                            <p>{chat.empty_hint}</p>
                        </div>
                    </Show>
                    <ul class="chat-panel__list">
                        <For
                            each=move || with_breaks(entries.get())
                            key=|(entry, continued)| (entry.id, entry.delivery, *continued)
                            children=line
                        />
                    </ul>
                </div>
                <Show
                    when=move || barred.with(Option::is_none)
                    fallback=move || view! { <p class="chat-panel__barred">{move || barred.get()}</p> }
                >
                    <Composer words=words draft=draft on_send=on_send input=input />
                </Show>
            </div>
        </SidePanel>
    }
}

#[component]
fn Composer(
    words: &'static Words,
    draft: RwSignal<String>,
    on_send: Callback<String>,
    input: NodeRef<leptos::html::Textarea>,
) -> impl IntoView {
    let chat = &words.chat;
    let left = move || ChatText::LIMIT as i64 - draft.with(|text| text.trim().chars().count()) as i64;
    let sendable = move || left() >= 0 && draft.with(|text| !text.trim().is_empty());
    let send = move || {
        if untrack(sendable) {
            on_send.run(draft.get_untracked().trim().to_owned());
            draft.set(String::new());
        }
    };
    let below = move || match left() {
        left if left < 0 => chat.too_long.replace("{count}", &left.unsigned_abs().to_string()),
        left if left <= COUNT_FROM as i64 => {
            counted(chat.left_one, chat.left_many, left.unsigned_abs() as usize)
        }
        _ => String::new(),
    };
    view! {
        <form
            class="chat-panel__composer"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            // The copy of the text in `data-text` makes the field as high as what is written.
            <div class="chat-panel__field" data-text=move || draft.get()>
                <textarea
                    class="chat-panel__input"
                    rows="1"
                    dir="auto"
                    aria-label=chat.label
                    aria-describedby="chat-below"
                    aria-invalid=move || (left() < 0).then_some("true")
                    placeholder=chat.placeholder
                    prop:value=move || draft.get()
                    on:input=move |event| draft.set(event_target_value(&event))
                    on:keydown=move |event| {
                        // Enter that ends the composition of a character is not meant for us.
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            send();
                        }
                    }
                    node_ref=input
                ></textarea>
            </div>
            <button
                type="submit"
                class="chat-panel__send"
                aria-label=chat.send
                aria-disabled=move || (!sendable()).then_some("true")
            >
                <Icon glyph=Glyph::Send />
            </button>
            <p class="chat-panel__below" id="chat-below" role="status">{below}</p>
        </form>
    }
}

/// Marks the messages that go on where the one before left off.
fn with_breaks(entries: Vec<ChatEntry>) -> Vec<(ChatEntry, bool)> {
    let continued: Vec<bool> = std::iter::once(false)
        .chain(entries.windows(2).map(|pair| pair[0].from == pair[1].from && pair[0].time == pair[1].time))
        .collect();
    entries.into_iter().zip(continued).collect()
}
