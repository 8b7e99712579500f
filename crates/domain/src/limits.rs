//! How many people a room holds, and how long a seat is kept for somebody who is not connected.
//!
//! Some of these numbers are also told to browsers; a test of `service` holds the two lists together.

/// The most people who are inside or have been let in.
pub const ROOM_PEOPLE: usize = 25;
/// The most people who wait at one door.
pub const ROOM_WAITING: usize = 50;
/// How long a seat is kept after its socket closed cleanly, in milliseconds.
pub const GRACE_CLOSED_MS: i64 = 6_000;
/// How long a seat is kept after its socket broke or fell silent, in milliseconds.
pub const GRACE_LOST_MS: i64 = 45_000;
/// How long somebody who waits is remembered after their socket closed, in milliseconds.
pub const GRACE_WAITING_MS: i64 = 6_000;
/// How long somebody who joined may take to open their socket, in milliseconds.
pub const SOCKET_EXPECTED_MS: i64 = 20_000;
/// How long somebody who was let in may take to come in, in milliseconds.
pub const ADMISSION_MS: i64 = 60_000;
