//! The first page: what this is in one sentence, and the two ways to begin.

use crate::words::Words;
use leptos::prelude::*;

/// The heading of the first page; the forms and lists are its children.
#[component]
pub fn HomeIntro(
    /// The words.
    words: &'static Words,
    /// Whether strangers meet on this server.
    #[prop(optional)]
    meet: bool,
    /// `HomeIntro` lays its children out as cards: the new room, joining, the list of rooms.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="home-intro">
            <div class="home-intro__words">
                <h1 class="home-intro__title">{words.home.title}</h1>
                <p class="home-intro__lead">{words.home.lead}</p>
                {meet.then(|| {
                    view! {
                        <p class="home-intro__meet"><a href="/meet">{words.meeting.title}</a></p>
                    }
                })}
                <OpenDoor />
            </div>
            <div class="home-intro__ways">{children()}</div>
        </div>
    }
}

/// Two people, one in the light of an open door. Decoration, for wide screens.
#[component]
fn OpenDoor() -> impl IntoView {
    view! {
        <svg class="home-intro__door" viewBox="0 0 240 150" aria-hidden="true">
            <path class="home-intro__glow" d="M92 132 40 150H200L148 132z" />
            <path class="home-intro__opening" d="M92 132V62a28 28 0 0 1 56 0v70z" />
            <path class="home-intro__person" d="M104 132v-14a16 16 0 0 1 32 0v14z" />
            <circle class="home-intro__person" cx="120" cy="88" r="10" />
            <path class="home-intro__frame" d="M82 132V60a38 38 0 0 1 76 0v72M10 132H230" />
            <path class="home-intro__frame" d="M186 132v-12a14 14 0 0 1 28 0v12" />
            <circle class="home-intro__frame" cx="200" cy="94" r="9" />
        </svg>
    }
}
