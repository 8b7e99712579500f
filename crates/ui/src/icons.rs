//! The icons: one outlined set, drawn as inline SVG, so that they take the colour of the text beside
//! them and cost no request.
//!
//! An icon never speaks for itself: the button or the line that holds it carries the words, and the
//! drawing is hidden from screen readers.
//!
//! The shapes are those of Lucide (<https://lucide.dev>), joined to one path each.
//! Copyright (c) for portions of Lucide are held by Cole Bemis 2013-2022 as part of Feather (MIT).
//! All other copyright (c) for Lucide are held by Lucide Contributors 2022. ISC License: permission to
//! use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
//! granted, provided that this copyright notice and this permission notice appear in all copies.
//! THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE
//! INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE
//! LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING
//! FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS
//! ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

use leptos::prelude::*;

/// Declares the drawings: a name, and the outline on a canvas of 24 by 24.
macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident: $path:literal,)*) => {
        /// Which drawing.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Glyph {
            $($(#[$doc])* $name,)*
        }

        impl Glyph {
            const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)*
                }
            }
        }
    };
}

glyphs! {
    /// An open microphone.
    Microphone:
        "M12 2a3 3 0 0 0-3 3v7a3 3 0 0 0 6 0V5a3 3 0 0 0-3-3Z M19 10v2a7 7 0 0 1-14 0v-2 M12 19L12 22",
    /// A silenced microphone.
    MicrophoneOff:
        "M2 2L22 22 M18.89 13.23A7.12 7.12 0 0 0 19 12v-2 M5 10v2a7 7 0 0 0 12 5 M15 9.34V5a3 3 0 0 \
         0-5.68-1.33 M9 9v3a3 3 0 0 0 5.12 2.12 M12 19L12 22",
    /// A running camera.
    Camera:
        "M16 13l5.223 3.482a.5.5 0 0 0 .777-.416V7.87a.5.5 0 0 0-.752-.432L16 10.5 M4 6h10a2 2 0 0 1 2 \
         2v8a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z",
    /// A stopped camera.
    CameraOff:
        "M10.66 6H14a2 2 0 0 1 2 2v2.5l5.248-3.062A.5.5 0 0 1 22 7.87v8.196 M16 16a2 2 0 0 1-2 2H4a2 2 \
         0 0 1-2-2V8a2 2 0 0 1 2-2h2 M2 2l20 20",
    /// Showing a screen.
    Screen:
        "M9 10l3-3 3 3 M12 13V7 M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 \
         0 1 2 -2z M12 17v4 M8 21h8",
    /// Chat.
    Chat:
        "M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z",
    /// The people of a room.
    People:
        "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2 M16 3.128a4 4 0 0 1 0 7.744 M22 21v-2a4 4 0 0 \
         0-3-3.87 M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    /// One person.
    Person:
        "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2 M8 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    /// Hanging up.
    Leave:
        "M10.1 13.9a14 14 0 0 0 3.732 2.668 1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 \
         2 2v3a2 2 0 0 1-2 2 18 18 0 0 1-12.728-5.272 M22 2 2 22 M4.76 13.582A18 18 0 0 1 2 4a2 2 0 0 \
         1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 .244.473",
    /// Closing what is open.
    Close:
        "M18 6 6 18 M6 6l12 12",
    /// Done.
    Check:
        "M20 6 9 17l-5-5",
    /// Copying.
    Copy:
        "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2z M4 16c-1.1 \
         0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
    /// What does not fit on the bar.
    More:
        "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0 M18 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0 M4 12a1 1 0 1 0 2 0a1 \
         1 0 1 0 -2 0",
    /// Filling the screen.
    Grow:
        "M8 3H5a2 2 0 0 0-2 2v3 M21 8V5a2 2 0 0 0-2-2h-3 M3 16v3a2 2 0 0 0 2 2h3 M16 21h3a2 2 0 0 0 \
         2-2v-3",
    /// Leaving full screen.
    Shrink:
        "M8 3v3a2 2 0 0 1-2 2H3 M21 8h-3a2 2 0 0 1-2-2V3 M3 16h3a2 2 0 0 1 2 2v3 M16 21v-3a2 2 0 0 1 \
         2-2h3",
    /// Keyboard shortcuts.
    Keyboard:
        "M10 8h.01 M12 12h.01 M14 8h.01 M16 12h.01 M18 8h.01 M6 8h.01 M7 16h10 M8 12h.01 M4 4h16a2 2 0 \
         0 1 2 2v12a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-12a2 2 0 0 1 2 -2z",
    /// Sound.
    Speaker:
        "M11 4.702a.705.705 0 0 0-1.203-.498L6.413 7.587A1.4 1.4 0 0 1 5.416 8H3a1 1 0 0 0-1 1v6a1 1 0 \
         0 0 1 1h2.416a1.4 1.4 0 0 1 .997.413l3.383 3.384A.705.705 0 0 0 11 19.298z M16 9a5 5 0 0 1 0 \
         6 M19.364 18.364a9 9 0 0 0 0-12.728",
    /// The next page.
    Next:
        "M9 18l6-6-6-6",
    /// The page before.
    Previous:
        "M15 18l-6-6 6-6",
    /// A list that unfolds.
    Open:
        "M6 9l6 6 6-6",
    /// Sending a message.
    Send:
        "M5 12l7-7 7 7 M12 19V5",
    /// Something needs attention.
    Warning:
        "M21.73 18l-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3 M12 9v4 M12 17h.01",
    /// Good to know.
    Note:
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0 M12 16v-4 M12 8h.01",
    /// Making something new.
    Plus:
        "M5 12h14 M12 5v14",
    /// A room.
    Door:
        "M11 20H2 M11 4.562v16.157a1 1 0 0 0 1.242.97L19 20V5.562a2 2 0 0 0-1.515-1.94l-4-1A2 2 0 0 0 \
         11 4.561z M11 4H8a2 2 0 0 0-2 2v14 M14 12h.01 M22 20h-3",
    /// Trying again.
    Retry:
        "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8 M21 3v5h-5 M21 12a9 9 0 0 1-9 9 9.75 9.75 \
         0 0 1-6.74-2.74L3 16 M8 16H3v5",
    /// No connection.
    Offline:
        "M12 20h.01 M8.5 16.429a5 5 0 0 1 7 0 M5 12.859a10 10 0 0 1 5.17-2.69 M19 12.859a10 10 0 0 \
         0-2.007-1.523 M2 8.82a15 15 0 0 1 4.177-2.643 M22 8.82a15 15 0 0 0-11.288-3.764 M2 2l20 20",
    /// Under way; turns.
    Wait:
        "M21 12a9 9 0 1 1-6.219-8.56",
    /// Time.
    Clock:
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0 M12 6L12 12 16 14",
    /// Removing somebody.
    Remove:
        "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2 M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0 M17 8L22 13 M22 \
         8L17 13",
    /// A door that is locked.
    Lock:
        "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z M7 11V7a5 5 0 0 \
         1 10 0v4",
    /// Keeping somebody out.
    Ban:
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0 M4.929 4.929L19.07 19.071",
    /// Who looks after the room, and its rules.
    Rules:
        "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 \
         6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z",
    /// Watching.
    Watch:
        "M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 \
         1-19.876 0 M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
    /// A link.
    Link:
        "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71 M14 11a5 5 0 0 0-7.54-.54l-3 3a5 \
         5 0 0 0 7.07 7.07l1.71-1.71",
}

/// One icon, as high as the text around it.
#[component]
pub fn Icon(
    /// Which drawing.
    #[prop(into)]
    glyph: Signal<Glyph>,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            class:icon--wait=move || glyph.get() == Glyph::Wait
            viewBox="0 0 24 24"
            aria-hidden="true"
        >
            <path d=move || glyph.get().path() />
        </svg>
    }
}
