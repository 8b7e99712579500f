//! The browser's half.

use crate::api::people;
use browser::line::AskTicket;
use browser::{Bell, Heard, RingLine};
use call::line::Reach;
use leptos::prelude::*;
use protocol::LineMessage;

/// Opens a line for as long as the caller's page is there.
pub fn open(on_message: impl Fn(LineMessage) + 'static, on_reach: impl Fn(Reach) + 'static) {
    let ask: AskTicket = Box::new(|| Box::pin(async { people::line().await.map_err(|error| error.code) }));
    let line = RingLine::open(
        ask,
        Box::new(move |heard| match heard {
            Heard::Message(message) => on_message(message),
            Heard::Reach(reach) => on_reach(reach),
        }),
    );
    let kept = StoredValue::new_local(Some(line));
    on_cleanup(move || drop(kept.try_update_value(Option::take)));
}

/// A bell that rings while it is told to.
#[derive(Clone, Copy)]
pub struct RingBell(StoredValue<Option<Bell>, LocalStorage>);

impl RingBell {
    /// A bell that is silent.
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// Rings, or rings no more.
    pub fn set(self, rings: bool) {
        self.0.try_update_value(|bell| match (rings, bell.is_some()) {
            (true, false) => *bell = Bell::ring(),
            (false, true) => *bell = None,
            (true, true) | (false, false) => {}
        });
    }
}
