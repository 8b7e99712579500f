//! The tiles: measured space in, places out, and the demand that follows from what is on the screen.

use super::link::Link;
use super::picture::LivePicture;
use crate::dom;
use crate::language::words;
use crate::room::RoomCall;
use call::Action;
use call::view::{Missing, TileSource, TileView};
use leptos::html;
use leptos::prelude::*;
use model::{ParticipantId, Source};
use protocol::Wanted;
use ui::{AloneCard, Arrangement, NobodyCard, Tile, TileGrid, TileKind, Words, arrange};

/// A tile stays the same element while its participant stays.
type TileId = (ParticipantId, TileSource);

/// The grid of the call.
#[component]
pub fn Tiles(
    /// The call.
    call: RoomCall,
    /// The room's link, for whoever is alone.
    link: Link,
) -> impl IntoView {
    let words = words();
    let space = NodeRef::<html::Div>::new();
    let size = RwSignal::new((0.0, 0.0));
    Effect::new(move |_| {
        if let Some(space) = space.get() {
            dom::on_size(&space, move |width, height| size.set((width, height)));
        }
    });
    let ids = call.part(|view| view.tiles.iter().map(id).collect::<Vec<TileId>>());
    let people = call.part(|view| view.people.len());
    let alone = Memo::new(move |_| people.get() == 1);
    let nobody = Memo::new(move |_| !alone.get() && ids.with(Vec::is_empty));
    let arrangement = Memo::new(move |_| {
        ids.with(|ids| {
            let screens = ids.iter().filter(|(_, source)| *source == TileSource::Screen).count();
            // Whoever is alone gets the invitation as a second tile.
            let people = ids.len() - screens + usize::from(alone.get());
            arrange(screens, people, size.get())
        })
    });
    let wish = RwSignal::new(0_usize);
    let pages = Memo::new(move |_| arrangement.with(Arrangement::pages));
    let page = Memo::new(move |_| wish.get().min(pages.get().saturating_sub(1)));
    demand(call, ids, arrangement, page);
    let place = move |id: TileId| {
        Signal::derive(move || {
            let index = ids.with(|ids| ids.iter().position(|known| *known == id))?;
            let index = if alone.get() { index + 1 } else { index };
            arrangement.with(|arrangement| arrangement.place(index, page.get()))
        })
    };
    let card = Signal::derive(move || arrangement.with(|arrangement| arrangement.place(0, page.get())));
    view! {
        <TileGrid words space page pages on_page=Callback::new(move |to| wish.set(to))>
            <Show when=move || alone.get()>
                <AloneCard words place=card link=link.address copied=link.copied on_copy=link.copy() />
            </Show>
            <Show when=move || nobody.get()>
                <NobodyCard words />
            </Show>
            <For each=move || ids.get() key=|id| *id let:id>
                <OneTile call id place=place(id) />
            </For>
        </TileGrid>
    }
}

const fn id(tile: &TileView) -> TileId {
    (tile.participant, tile.source)
}

/// Tells the server what is on the screen, and how large. A page that nobody sees shows nothing.
fn demand(call: RoomCall, ids: Memo<Vec<TileId>>, arrangement: Memo<Arrangement>, page: Memo<usize>) {
    let hidden = RwSignal::new(false);
    Effect::new(move |_| dom::watch_hidden(hidden));
    let me = call.part(|view| view.me);
    let wanted = Memo::new(move |_| {
        if hidden.get() {
            return Vec::new();
        }
        let places = arrangement.with(|arrangement| arrangement.on_page(page.get()));
        let one = |(index, rect): (usize, ui::Rect)| {
            let (participant, source) = ids.with(|ids| ids.get(index).copied())?;
            let source = match source {
                TileSource::Person => Source::Camera,
                TileSource::Screen => Source::Screen,
            };
            let height = (rect.height * pixel_ratio()).clamp(1.0, f64::from(u16::MAX)) as u16;
            (Some(participant) != me.get()).then_some(Wanted { participant, source, height })
        };
        places.into_iter().filter_map(one).collect::<Vec<Wanted>>()
    });
    Effect::new(move |_| call.act(Action::Show(wanted.get())));
}

/// Device pixels per CSS pixel; more than two are wasted on video.
fn pixel_ratio() -> f64 {
    if cfg!(feature = "hydrate") { window().device_pixel_ratio().clamp(1.0, 2.0) } else { 1.0 }
}

/// Why the picture that somebody sends is not shown.
fn missing(words: &Words, tile: &Option<TileView>) -> Option<&'static str> {
    Some(match tile.as_ref()?.missing? {
        Missing::Network => words.call.tile_paused,
        Missing::Codec => words.call.tile_undecodable,
        Missing::Slot => words.call.tile_crowded,
    })
}

/// One tile, which looks up its own part of the view.
#[component]
fn OneTile(call: RoomCall, id: TileId, place: Signal<Option<ui::Rect>>) -> impl IntoView {
    let words = words();
    let tile = call.part(move |view| view.tiles.iter().find(|tile| self::id(tile) == id).cloned());
    let mine = tile.with_untracked(|tile| tile.as_ref().is_some_and(|tile| tile.mine));
    let kind = match (id.1, mine) {
        (TileSource::Person, false) => TileKind::Person,
        (TileSource::Person, true) => TileKind::Me,
        (TileSource::Screen, false) => TileKind::Screen,
        (TileSource::Screen, true) => TileKind::MyScreen,
    };
    let has = move |part: fn(&TileView) -> bool| {
        Signal::derive(move || tile.with(|tile| tile.as_ref().is_some_and(part)))
    };
    let picture = Memo::new(move |_| tile.with(|tile| tile.as_ref().and_then(|tile| tile.picture)));
    let name = Memo::new(move |before: Option<&String>| {
        let known = tile.with(|tile| tile.as_ref().map(|tile| tile.name.clone()));
        known.or_else(|| before.cloned()).unwrap_or_default()
    });
    view! {
        <Tile
            words
            id=id.0
            kind
            name
            place
            picture=Signal::derive(move || picture.get().is_some())
            muted=has(|tile| tile.muted)
            speaking=has(|tile| tile.speaking)
            reconnecting=has(|tile| tile.reconnecting)
            missing=Signal::derive(move || missing(words, &tile.read()))
        >
            <LivePicture call picture />
        </Tile>
    }
}
