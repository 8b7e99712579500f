//! The room's link, and copying it.

use crate::dom;
use leptos::prelude::*;
use model::RoomCode;
use std::time::Duration;

/// How long "copied" stands there.
const COPIED: Duration = Duration::from_secs(3);

/// The link as it can be sent to somebody.
#[derive(Clone, Copy)]
pub struct Link {
    pub address: RwSignal<String>,
    pub copied: RwSignal<bool>,
}

impl Link {
    /// The link of a room. Which name the site goes by is only known in the browser.
    pub fn of(code: RoomCode) -> Self {
        let address = RwSignal::new(format!("/r/{code}"));
        Effect::new(move |_| {
            let origin = window().location().origin().unwrap_or_default();
            address.set(format!("{origin}/r/{code}"));
        });
        Self { address, copied: RwSignal::new(false) }
    }

    /// Copies it.
    pub fn copy(self) -> Callback<()> {
        Callback::new(move |()| {
            let text = self.address.get_untracked();
            leptos::task::spawn_local(async move {
                if dom::copy(text).await {
                    self.copied.set(true);
                    set_timeout(
                        move || {
                            self.copied.try_set(false);
                        },
                        COPIED,
                    );
                }
            });
        })
    }
}
