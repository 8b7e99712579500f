//! Sizes, counts and rates that both sides honour. One place, so that they cannot disagree.

/// The longest message on the call socket in either direction, in bytes.
pub const SOCKET_MESSAGE_BYTES: usize = 256 * 1024;
/// The longest message that a browser may send on the call socket, in bytes.
pub const CLIENT_MESSAGE_BYTES: usize = 16 * 1024;
/// The longest session description, in bytes.
pub const SDP_BYTES: usize = 64 * 1024;
/// The longest body of a server function, in bytes.
pub const REQUEST_BYTES: usize = 128 * 1024;
/// The most m-lines in one offer.
pub const SDP_MEDIA_LINES: usize = 64;
/// The most people present in one room.
pub const ROOM_PEOPLE: usize = 25;
/// The most people waiting at one door.
pub const ROOM_WAITING: usize = 50;
/// How many chat messages a snapshot carries, newest last.
pub const SNAPSHOT_CHAT: usize = 200;
/// How many chat messages a room keeps.
pub const ROOM_CHAT: usize = 5_000;
/// The most tiles that one demand may name.
pub const DEMAND_TILES: usize = 64;
/// How many audio slots a browser offers: everybody's voice up to eight people.
pub const AUDIO_SLOTS: usize = 7;
/// How many video slots a browser offers. More pictures than slots: the demand decides.
pub const VIDEO_SLOTS: usize = 12;
/// How often a browser shows that it lives, in milliseconds.
pub const HEARTBEAT_MS: u64 = 4_000;
/// After this silence either side takes the socket for dead, in milliseconds.
pub const SILENCE_MS: u64 = 12_000;
/// How long a seat is kept after its socket closed cleanly (a closed tab, a reload), in milliseconds.
pub const GRACE_CLOSED_MS: i64 = 6_000;
/// How long a seat is kept after its socket fell silent or broke (a lost network), in milliseconds.
pub const GRACE_LOST_MS: i64 = 45_000;
/// How long a socket ticket may lie before it is used, in milliseconds.
pub const TICKET_MS: i64 = 30_000;
/// How many messages may queue towards one socket before it is closed as too slow.
pub const SOCKET_QUEUE: usize = 256;
/// The longest message that a browser may send on its line, in bytes.
pub const LINE_WORD_BYTES: usize = 64;
/// How often the server asks on a line whether the page is there, in milliseconds.
pub const PULSE_MS: u64 = 15_000;
/// After this silence of the server a browser takes its line for dead, in milliseconds.
pub const LINE_SILENCE_MS: u64 = 45_000;
