//! A `<video>` that follows one picture of the call.

use crate::room::RoomCall;
use call::view::Picture;
use leptos::html;
use leptos::prelude::*;

/// Draws a picture, whatever track it has just now. Always muted: sound comes from its own elements.
#[component]
pub fn LivePicture(
    /// The call.
    call: RoomCall,
    /// What to draw.
    #[prop(into)]
    picture: Signal<Option<Picture>>,
) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    Effect::new(move |_| {
        let picture = picture.get();
        if let Some(video) = video.get() {
            call.attach(&video, picture);
        }
    });
    on_cleanup(move || {
        if let Some(video) = video.try_get_untracked().flatten() {
            call.attach(&video, None);
        }
    });
    view! { <video node_ref=video autoplay playsinline prop:muted=true tabindex="-1" aria-hidden="true"></video> }
}
