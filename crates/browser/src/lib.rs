//! Owns a [`call::Call`] and carries out its effects with the browser's own objects.
//!
//! ```text
//! person ──▶ Driver::handle ──▶ queue ──▶ Call::handle ──▶ effects::carry_out ──▶ browser
//!               on_view ◀── view ◀──────────┘    ▲                                   │
//!                                              Inbox ◀── events, promises, timers ◀──┘
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`driver`] | the queue of inputs, the public handle, the life of everything below |
//! | `effects` | one arm per effect |
//! | `capture`, `devices` | microphone, camera, screen; the list of devices |
//! | `peer`, `senders`, `pictures`, `playback` | the peer connection, what it sends, shows and plays |
//! | `socket`, `timers` | the call socket; the named timers |
//! | [`level`], `sound`, `cues` | the microphone's level; tones |
//! | [`mod@line`], [`bell`] | the line of a page that rings, and its ringing |
//! | [`passkeys`] | passkeys, which have nothing to do with calls |
//! | [`storage`], [`platform`] | what outlives the page; what the browser is and has |
//! | [`page`], [`clock`] | focus, keys, sizes, full screen; times as the reader writes them |
//! | `js`, `listener`, `sources` | bindings and small pieces for the others |
//!
//! Invariants: inputs are handled one at a time, in the order of their arrival, also when one is raised
//! while another's effects are carried out; after [`Driver::close`], or when the last [`Driver`] is
//! dropped, no device is open, no timer runs and no socket or peer connection is left.
//!
//! Not here: any decision about the call; words for people; a server function (the app's
//! [`Api`] calls those).

pub mod bell;
pub mod clock;
pub mod driver;
pub mod level;
pub mod line;
pub mod page;
pub mod passkeys;
pub mod platform;
pub mod storage;

mod capture;
mod cues;
mod devices;
mod effects;
mod js;
mod listener;
mod peer;
mod pictures;
mod playback;
mod senders;
mod socket;
mod sound;
mod sources;
mod timers;

pub use bell::Bell;
pub use driver::{Api, Driver};
pub use level::LevelSubscription;
pub use line::{Heard, RingLine};
pub use platform::{BrowserFamily, can_call, copy_text, family, fresh_key, fresh_message_id, now, reload};
pub use storage::{keep_seat, remember_name, remembered_name, stored_seat};
