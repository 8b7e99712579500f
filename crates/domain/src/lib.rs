//! Rules of rooms.
