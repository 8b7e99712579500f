//! How many people a room holds, and how long things are kept for somebody who is not there.
//!
//! Some of these numbers are also told to browsers; a test of `service` holds the two lists together.

use model::policy::Capacity;

/// The most people who are inside or have been let in, whatever the host allows.
pub const ROOM_PEOPLE: usize = Capacity::MOST as usize;
/// The most seats that one user has in a room, inside and at its door: one more takes the oldest's place.
pub const SEATS_PER_USER: usize = 4;
/// The most people who wait at one door.
pub const ROOM_WAITING: usize = 50;
/// The most invites that one room remembers.
pub const ROOM_INVITES: usize = 200;
/// The most people who are invited to one room by mail.
pub const ROOM_MAILED: usize = 50;
/// The most people whom one room knows by role.
pub const ROOM_MEMBERS: usize = 500;
/// The most people and devices that one room bans.
pub const ROOM_BANS: usize = 500;
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
/// How long whoever was lost may come back in where the policy is to rejoin, in milliseconds.
pub const REJOIN_MS: i64 = 10 * 60_000;
/// How long after its last planned end an empty room is kept open, in milliseconds.
pub const EXPIRY_PLANNED_MS: i64 = 24 * 60 * 60_000;
/// How long an empty room without a plan is kept, in milliseconds.
pub const EXPIRY_IDLE_MS: i64 = 90 * 24 * 60 * 60_000;
/// How long host or payer of a session may be away before it ends, in milliseconds; and how much of what was
/// agreed on may be missing without anybody's account being touched.
pub const SESSION_GRACE_MS: i64 = 120_000;
/// Two lines that break within so long of each other were cut off by the same thing, in milliseconds.
pub const TOGETHER_MS: i64 = 15_000;
/// A session that its host ends sooner costs nothing, in milliseconds.
pub const SESSION_LEAST_MS: i64 = 60_000;
/// How long the payer may take to pay, in milliseconds; processors allow no less than half an hour.
pub const CHECKOUT_MS: i64 = 30 * 60_000;
/// How long after its checkout was opened money is counted on that a bank keeps ready, in milliseconds: five
/// days. Stripe lets it go after seven if the payer was there, as at a checkout; an order is tried for a day.
pub const HOLD_MS: i64 = 5 * 24 * 60 * 60_000;
/// How long a session without a plan that is paid afterwards waits for its first visitor, in milliseconds.
pub const SESSION_TRUSTED_MS: i64 = 24 * 60 * 60_000;
/// How long a session without a plan may be offered, or wait for its first visitor, in milliseconds.
pub const SESSION_UNPLANNED_MS: i64 = 30 * 24 * 60 * 60_000;
/// The most payments that one session remembers.
pub const SESSION_PAYMENTS: usize = 64;
/// The most refunds that one session remembers.
pub const SESSION_REFUNDS: usize = 64;
/// The most extensions of one session.
pub const SESSION_EXTENSIONS: u16 = 20;
/// The most contacts of one account.
pub const CONTACTS: u64 = 200;
/// The most people who wait for one account's answer, and the most answers that one account waits for.
pub const CONTACT_REQUESTS: u64 = 50;
/// The most people whom one account blocks.
pub const BLOCKS: u64 = 500;
/// How long a direct call rings, in milliseconds.
pub const RING_MS: i64 = 45_000;
/// How long the room of a direct call may be empty before the call is over, in milliseconds.
pub const RING_EMPTY_MS: i64 = 120_000;
/// How long a missed call is remembered, in milliseconds.
pub const MISSED_MS: i64 = 30 * 24 * 60 * 60_000;
/// How long after their last page that rings was closed somebody still counts as there, in milliseconds.
pub const PRESENCE_GRACE_MS: u64 = 6_000;
/// A page that was not heard of for so long is not there any more, in milliseconds.
pub const LINE_SILENCE_MS: u64 = 45_000;
/// The most pages of one person that ring.
pub const LINES_PER_PERSON: usize = 10;
/// The most pages that ring on one server.
pub const LINES: usize = 20_000;
/// The most strangers who look for one another at once on one server.
pub const SEEKERS: usize = 5_000;
/// How long somebody who looks keeps their turn without a word of theirs, in milliseconds.
pub const SEEKER_AWAY_MS: u64 = 5_000;
/// How long two who met are kept apart as long as there is anybody else, in milliseconds.
pub const MET_LATELY_MS: u64 = 10 * 60_000;
/// How long both have to have looked before two who met lately are brought together again, in milliseconds.
pub const SEEKER_PATIENCE_MS: u64 = 10_000;
/// How long the two may take to come, in milliseconds.
pub const ENCOUNTER_ARRIVAL_MS: i64 = 60_000;
/// For how long somebody may report whom they met, in milliseconds.
pub const REPORTABLE_MS: i64 = 24 * 60 * 60_000;
/// How many people have to report somebody within a day before they are kept out without an operator.
pub const REPORTS_TO_BAR: u64 = 3;
/// How long somebody is kept out whom that many have reported, in milliseconds.
pub const BAR_MS: i64 = 24 * 60 * 60_000;
/// How long encounters are remembered that nobody reported, in milliseconds.
pub const ENCOUNTERS_KEPT_MS: i64 = 30 * 24 * 60 * 60_000;
/// How long reports are remembered, in milliseconds.
pub const REPORTS_KEPT_MS: i64 = 180 * 24 * 60 * 60_000;
/// How long strangers are kept apart because one of them wished so, in milliseconds.
pub const STRANGER_BLOCKS_KEPT_MS: i64 = 365 * 24 * 60 * 60_000;
