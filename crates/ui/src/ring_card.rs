//! A direct call on a page that rings: it rings, it is being rung, or it is talked in elsewhere.
//!
//! The card takes no focus and covers nothing that somebody is doing; screen readers are told at once.

use crate::button::{Button, ButtonKind};
use crate::live_region::{LiveRegion, Urgency};
use crate::words::{Words, named};
use leptos::prelude::*;

/// A call that is under way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RingView {
    /// Who is at the other end.
    pub name: String,
    pub stage: RingStage,
}

/// How far it has come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RingStage {
    Incoming,
    Outgoing,
    /// The address of the room where the two meet.
    Connected(String),
}

/// The call, and what to do about it.
#[component]
pub fn RingCard(
    /// The words.
    words: &'static Words,
    /// The call; nothing while there is none.
    #[prop(into)]
    ring: Signal<Option<RingView>>,
    /// How the last one ended, or what was refused.
    #[prop(into)]
    said: Signal<String>,
    /// An answer is on its way.
    #[prop(into)]
    pending: Signal<bool>,
    /// Answers.
    #[prop(into)]
    on_accept: Callback<()>,
    /// Does not answer.
    #[prop(into)]
    on_decline: Callback<()>,
    /// Calls off.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let text = &words.ringing;
    let heading = move |ring: &RingView| match ring.stage {
        RingStage::Incoming => named(text.incoming, &ring.name),
        RingStage::Outgoing => named(text.outgoing, &ring.name),
        RingStage::Connected(_) => named(text.connected, &ring.name),
    };
    let spoken = Signal::derive(move || ring.get().as_ref().map(heading).unwrap_or_default());
    let ways = move |stage: RingStage| match stage {
        RingStage::Incoming => view! {
            <Button pending=pending on_press=on_decline>{text.decline}</Button>
            <Button kind=ButtonKind::Primary pending=pending on_press=on_accept>
                {text.accept}
            </Button>
        }
        .into_any(),
        RingStage::Outgoing => {
            view! { <Button pending=pending on_press=on_cancel>{text.cancel}</Button> }.into_any()
        }
        RingStage::Connected(href) => {
            view! { <a class=ButtonKind::Primary.class() href=href>{text.go}</a> }.into_any()
        }
    };
    let card = move || {
        let ring = ring.get()?;
        let hint = match ring.stage {
            RingStage::Incoming => Some(text.incoming_text),
            RingStage::Outgoing => Some(text.outgoing_text),
            RingStage::Connected(_) => None,
        };
        Some(view! {
            <div class="ring-card__call">
                <h2 class="ring-card__who" id="ring" dir="auto">{heading(&ring)}</h2>
                <p class="ring-card__hint">{hint}</p>
                <div class="ring-card__ways">{ways(ring.stage)}</div>
            </div>
        })
    };
    view! {
        <section class="ring-card" aria-labelledby=move || ring.get().map(|_| "ring")>
            <LiveRegion text=spoken urgency=Urgency::Assertive />
            {card}
            <p class="ring-card__said" role="status">{move || Some(said.get()).filter(|said| !said.is_empty())}</p>
        </section>
    }
}
