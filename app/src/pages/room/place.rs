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
pub struct Kept {
    /// It is another tab's, which waits. Otherwise this page takes it up as soon as it is alive.
    elsewhere: bool,
    /// Whether a host is in the room, for somebody who waits.
    host_present: Option<bool>,
}

/// Which place is shown instead of the way in, if any.
pub fn kept(door: Door, call: RoomCall) -> Memo<Option<Kept>> {
    let returning = call.returning();
    Memo::new(move |_| {
        let host_present = match known(door)? {
            Place::Waiting { host_present } => Some(host_present),
            Place::Inside => None,
        };
        let elsewhere = returning.get() == Some(false);
        // Whoever is inside may come in from here as well, by the way that anybody takes.
        (!elsewhere || host_present.is_some()).then_some(Kept { elsewhere, host_present })
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
    let Kept { elsewhere, host_present } = kept;
    let room = door.room.get_untracked();
    let notice = room.notice.filter(|_| host_present.is_some()).map(String::from);
    let on_here = elsewhere.then(|| Callback::new(move |()| door.anew.set(true)));
    view! {
        <PlacePanel
            words
            room_name=String::from(room.name)
            host_present
            notice
            address=door.address()
            on_here
        />
    }
}
