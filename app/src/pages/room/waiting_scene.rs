//! At the door.

use super::devices::DevicePanel;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::room::RoomCall;
use call::Action;
use call::view::Stage;
use leptos::prelude::*;
use protocol::EntryView;
use ui::WaitingPanel;

/// What a waiting person sees: that they wait, what happens next, and their own devices.
#[component]
pub fn WaitingScene(
    /// The room.
    room: EntryView,
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let door = call.part(|view| match &view.stage {
        Stage::Waiting { host_present, reconnecting, .. } => (*host_present, *reconnecting),
        Stage::Preview { .. } | Stage::Joining | Stage::InCall { .. } | Stage::Left { .. } => (true, false),
    });
    let notice = call.part(|view| match &view.stage {
        Stage::Waiting { notice, .. } => notice.as_ref().map(ToString::to_string),
        Stage::Preview { .. } | Stage::Joining | Stage::InCall { .. } | Stage::Left { .. } => None,
    });
    view! {
        <Frame>
            <WaitingPanel
                words
                room_name=room.name.to_string()
                host_present=Signal::derive(move || door.get().0)
                reconnecting=Signal::derive(move || door.get().1)
                notice
                on_leave=Callback::new(move |()| call.act(Action::Leave))
            >
                <DevicePanel call />
            </WaitingPanel>
        </Frame>
    }
}
