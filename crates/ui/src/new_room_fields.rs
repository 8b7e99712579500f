//! What one fills in to make a room: nothing that is needed, so that one press is enough.

use crate::button::{Button, ButtonKind};
use crate::checkbox::Checkbox;
use crate::icons::Glyph;
use crate::text_field::TextField;
use crate::words::Words;
use leptos::prelude::*;
use model::RoomName;

/// The content of the form that makes a room. It works as plain HTML: the fields are called `name` and
/// `waiting_room`, and a ticked box sends `true`. Whoever wants to set more than that is led to the
/// settings of the new room: the second button sends `then=settings`.
#[component]
pub fn NewRoomFields(
    /// The words.
    words: &'static Words,
    /// What stands in the field of the name at first.
    #[prop(optional, into)]
    name: String,
    /// Whether guests wait, at first.
    #[prop(default = true)]
    waiting_room: bool,
    /// The room is being made.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Why it could not be made.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let home = &words.home;
    let press = move || if pending.get() { home.new_room_pending } else { home.new_room };
    view! {
        <div class="new-room-fields">
            <h2 class="new-room-fields__heading">{home.new_heading}</h2>
            <TextField
                id="new-room-name"
                name="name"
                label=home.room_name
                hint=home.room_name_hint
                value=Signal::stored(name)
                error=error
                limit=RoomName::LIMIT
            />
            <Checkbox
                id="new-room-waiting"
                name="waiting_room"
                label=home.waiting_room
                hint=home.waiting_room_hint
                checked=Signal::stored(waiting_room)
            />
            <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Plus pending=pending>{press}</Button>
            <button
                class=ButtonKind::Quiet.class()
                type="submit"
                name="then"
                value="settings"
                disabled=move || pending.get()
            >
                {home.new_room_more}
            </button>
        </div>
    }
}
