//! One picture of the grid, with what one must know about it and nothing else.

use crate::arrangement::Rect;
use crate::avatar::Avatar;
use crate::icons::{Glyph, Icon};
use crate::words::{Words, named};
use leptos::prelude::*;
use model::ParticipantId;

/// What a tile shows.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TileKind {
    /// A person, cut to the tile's shape.
    #[default]
    Person,
    /// One's own picture, as in a mirror.
    Me,
    /// A shared screen, shown whole.
    Screen,
    /// One's own shared screen, shown whole.
    MyScreen,
}

/// One tile. The `<video>` is its child and stays there while there is no picture.
#[component]
pub fn Tile(
    /// The words.
    words: &'static Words,
    /// Whose tile it is; decides the colour of the avatar.
    id: ParticipantId,
    /// What it shows.
    #[prop(optional)]
    kind: TileKind,
    /// The person's name.
    #[prop(into)]
    name: Signal<String>,
    /// Where it stands; out of sight without a place.
    #[prop(into)]
    place: Signal<Option<Rect>>,
    /// Whether there is a picture; otherwise the avatar shows.
    #[prop(into)]
    picture: Signal<bool>,
    /// Whether the microphone is off.
    #[prop(optional, into)]
    muted: Signal<bool>,
    /// Whether the person speaks just now.
    #[prop(optional, into)]
    speaking: Signal<bool>,
    /// Whether the person's connection is being rebuilt.
    #[prop(optional, into)]
    reconnecting: Signal<bool>,
    /// Why a picture that is sent is not shown, with a place for the person's name.
    #[prop(optional, into)]
    missing: Signal<Option<&'static str>>,
    /// The `<video>`.
    children: Children,
) -> impl IntoView {
    let class = match kind {
        TileKind::Person => "tile",
        TileKind::Me => "tile tile--me",
        TileKind::Screen => "tile tile--screen",
        TileKind::MyScreen => "tile tile--screen tile--me",
    };
    let caption = Signal::derive(move || caption(words, kind, &name.get()));
    view! {
        <figure
            class=class
            class:tile--speaking=move || speaking.get()
            class:tile--picture=move || picture.get()
            class:tile--reconnecting=move || reconnecting.get()
            hidden=move || place.get().is_none()
            style=move || place.get().unwrap_or_default().style()
        >
            <div class="tile__picture">{children()}</div>
            {match kind {
                // One's own screen is not drawn, so the place says what others see there.
                TileKind::MyScreen => view! { <SharingNote words=words /> }.into_any(),
                TileKind::Person | TileKind::Me | TileKind::Screen => {
                    view! { <Avatar name=name id=id /> }.into_any()
                }
            }}
            <p class="tile__paused" hidden=move || missing.get().is_none()>
                <Icon glyph=Glyph::CameraOff />
                <span>{move || missing.get().map(|why| named(why, &name.get()))}</span>
            </p>
            <p class="tile__veil" hidden=move || !reconnecting.get()>
                <Icon glyph=Glyph::Wait />
                <span>{words.call.tile_reconnecting}</span>
            </p>
            <figcaption class="tile__caption">
                <span class="tile__muted" hidden=move || !muted.get()>
                    <Icon glyph=Glyph::MicrophoneOff />
                    <span class="visually-hidden">{words.call.tile_muted}</span>
                </span>
                <span class="tile__name" dir="auto" title=move || caption.get()>{move || caption.get()}</span>
            </figcaption>
        </figure>
    }
}

#[component]
fn SharingNote(words: &'static Words) -> impl IntoView {
    view! {
        <p class="tile__note">
            <Icon glyph=Glyph::Screen />
            <span>{words.notices.sharing}</span>
        </p>
    }
}

fn caption(words: &Words, kind: TileKind, name: &str) -> String {
    match kind {
        TileKind::Person => name.to_owned(),
        TileKind::Me => named(words.call.tile_you, name),
        TileKind::Screen => named(words.call.tile_screen, name),
        TileKind::MyScreen => words.call.tile_my_screen.to_owned(),
    }
}
