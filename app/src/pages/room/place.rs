//! A place in the room that this browser has already, in this tab or in another.
//!
//! | whose it is | somebody who waits reads | somebody who is inside reads |
//! |---|---|---|
//! | this tab's, or not known yet | that the page takes it up by itself | the same |
//! | another tab's | so, and may ask from here as well | so, above the form or the shut door |
//!
//! The server names the place by the cookie, so that a reload says the truth before any script runs; whose
//! it is follows from the seat that the tab remembers. Once this page has been at the door by itself, it
//! goes by that alone ([`Door::anew`]).

use super::door::Door;
use crate::language::words;
use crate::room::RoomCall;
use leptos::prelude::*;
use protocol::Place;
use ui::PlacePanel;

/// A place that stands on the page instead of the way in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kept {
    /// Taken up by this page as soon as it is alive.
    Here,
    /// Another tab's, which waits.
    Elsewhere,
}

/// Which place is shown instead of the way in, if any.
pub fn kept(door: Door, call: RoomCall) -> Memo<Option<Kept>> {
    let returning = call.returning();
    Memo::new(move |_| match (returning.get(), known(door)?) {
        (None | Some(true), _) => Some(Kept::Here),
        (Some(false), Place::Waiting { .. }) => Some(Kept::Elsewhere),
        (Some(false), Place::Inside) => None,
    })
}

/// Whether another tab is inside while this one offers the way in.
pub fn is_inside(door: Door) -> bool {
    known(door) == Some(Place::Inside)
}

fn known(door: Door) -> Option<Place> {
    if door.anew.get() { None } else { door.room.with(|room| room.place) }
}

/// The place.
#[component]
pub fn KeptPlace(
    /// Whose it is.
    kept: Kept,
    /// The door.
    door: Door,
) -> impl IntoView {
    let words = words();
    let name = door.room.with_untracked(|room| room.name.to_string());
    let host_present = Memo::new(move |_| match door.room.with(|room| room.place) {
        Some(Place::Waiting { host_present }) => Some(host_present),
        Some(Place::Inside) | None => None,
    });
    let notice = Memo::new(move |_| {
        let notice = door.room.with(|room| room.notice.as_ref().map(ToString::to_string));
        notice.filter(|_| host_present.get().is_some())
    });
    let address = door.address();
    match kept {
        Kept::Here => view! { <PlacePanel words room_name=name host_present notice address /> }.into_any(),
        Kept::Elsewhere => {
            let on_here = Callback::new(move |()| door.anew.set(true));
            view! { <PlacePanel words room_name=name host_present notice address on_here /> }.into_any()
        }
    }
}
