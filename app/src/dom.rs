//! The few things that pages ask of the browser outside a call: the address, the clipboard, the clock,
//! full screen, keys, sizes. Only called from event handlers and effects; inert on the server.

#[cfg_attr(feature = "hydrate", path = "dom/client.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "dom/inert.rs")]
mod half;

pub use half::{
    can_share_screen, clock_time, copy, day, expect_seat, family, focus, moment, now, on_full_screen_change,
    on_key, on_size, own_zone, reload, remember_name, remembered_name, return_focus, set_shortcuts_enabled,
    shortcuts_enabled, toggle_full_screen, wake, wall_clock, watch_hidden, zones,
};

#[cfg(feature = "hydrate")]
pub use browser::page::Key;
#[cfg(not(feature = "hydrate"))]
pub use half::Key;
