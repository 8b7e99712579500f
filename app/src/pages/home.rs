//! `/`: make a room, join one, find your own again.

use crate::api::ApiError;
use crate::api::rooms::{CreateRoom, hosted_rooms};
use crate::dom;
use crate::language::words;
use crate::pages::chunks::fetch_room;
use crate::pages::frame::Frame;
use crate::pages::refusal;
use crate::{typed, visitor};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use protocol::HostedRoom;
use ui::{HomeIntro, HostedRoomLine, HostedRooms, JoinByCode, NewRoomFields, RoomList};

/// The first page.
#[component]
pub fn Home(
    /// What somebody tried to join by and what is no code.
    #[prop(optional, into)]
    refused_code: Option<String>,
) -> impl IntoView {
    let words = words();
    let create = ServerAction::<CreateRoom>::new();
    let error = Signal::derive(move || match create.value().get() {
        Some(Err(error)) => Some(refusal::text(words, error.code).to_owned()),
        Some(Ok(_)) | None => None,
    });
    let rooms = Resource::new_blocking(|| (), |()| hosted_rooms());
    let refused = refused_code.is_some();
    // The reader's zone is only known in the browser.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| {
        in_browser.set(true);
        dom::wake();
        leptos::task::spawn_local(fetch_room());
    });
    view! {
        <Title text=words.home.title_bar />
        <Frame>
            <HomeIntro words meet=visitor::meet_strangers()>
                <ActionForm action=create>
                    <NewRoomFields
                        words
                        name=typed::text("name")
                        waiting_room=typed::ticked("waiting_room", true)
                        pending=create.pending()
                        error
                    />
                </ActionForm>
                <JoinByCode words code=refused_code.unwrap_or_default() refused />
                <Suspense fallback=move || view! { <HostedRooms words rooms=RoomList::Loading /> }>
                    {move || Suspend::new(async move {
                        let rooms = rooms.await;
                        let rooms = Signal::derive(move || list(&rooms, in_browser.get()));
                        view! { <HostedRooms words rooms /> }
                    })}
                </Suspense>
            </HomeIntro>
        </Frame>
    }
}

fn list(rooms: &Result<Vec<HostedRoom>, ApiError>, in_browser: bool) -> RoomList {
    let Ok(rooms) = rooms else { return RoomList::Failed };
    let lines = rooms.iter().map(|room| HostedRoomLine {
        code: room.code.to_string(),
        name: room.name.to_string(),
        href: format!("/r/{}", room.code),
        present: usize::from(room.present),
        waiting: usize::from(room.waiting),
        next: room.occurrence.filter(|_| in_browser).map(|next| dom::moment(next.starts)),
    });
    RoomList::Ready(lines.collect())
}
