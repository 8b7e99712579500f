//! Wrong passcodes, counted three times: by who typed them, by where they are, and by the door.
//!
//! | counted at a door | burst | then a minute | keeps out |
//! |---|---|---|---|
//! | per user | 8 | 2 | one browser |
//! | per address | 20 | 2 | one guesser with many browsers, for identities are free |
//! | together | 120 | 6 | guessers at many addresses, and until they stop everybody with a passcode |
//!
//! Whoever guesses alone is stopped long before the door is, so that the others still come in by the right
//! word; why the numbers are these: `docs/decisions/0017-who-guesses-is-stopped-before-the-door-is.md`.
//! What is counted outlives the room's actor, for an empty room leaves and comes back as often as somebody
//! guesses. An address is known here for as long as it is counted, and nowhere else.

use crate::rate::{Limiter, Rate};
use model::{RoomCode, UnixMillis, UserId};

/// One user at one door.
const USERS: Rate = Rate { burst: 8, refill_ms: 30_000 };
/// One address at one door. An office or a class sits behind one.
const ADDRESSES: Rate = Rate { burst: 20, refill_ms: 30_000 };
/// One door, whoever guesses from wherever.
const DOORS: Rate = Rate { burst: 120, refill_ms: 10_000 };
/// Of how many doors, and of how many guessers at them, it is remembered how often they were wrong.
const REMEMBERED: usize = 20_000;

/// Where a request comes from, as limits count it: an IPv4 address, or the /64 of one IPv6 customer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Address(pub u128);

/// Who types a passcode.
#[derive(Clone, Copy, Debug)]
pub struct Guesser {
    pub user: UserId,
    /// Absent where callers cannot be told apart by it.
    pub address: Option<Address>,
}

/// How many wrong passcodes may still be typed.
#[derive(Debug)]
pub struct Guesses {
    users: Limiter<(RoomCode, UserId)>,
    addresses: Limiter<(RoomCode, Address)>,
    doors: Limiter<RoomCode>,
}

impl Guesses {
    /// Nobody has guessed yet.
    pub const fn new() -> Self {
        Self {
            users: Limiter::new(USERS, REMEMBERED),
            addresses: Limiter::new(ADDRESSES, REMEMBERED),
            doors: Limiter::new(DOORS, REMEMBERED),
        }
    }

    /// Whether somebody may try a passcode at a door now.
    pub fn allow(&self, door: RoomCode, guesser: Guesser, now: UnixMillis) -> bool {
        let Guesser { user, address } = guesser;
        self.users.has_one((door, user), now)
            && address.is_none_or(|address| self.addresses.has_one((door, address), now))
            && self.doors.has_one(door, now)
    }

    /// Counts a wrong one.
    pub fn note_wrong(&mut self, door: RoomCode, guesser: Guesser, now: UnixMillis) {
        self.users.take((door, guesser.user), now);
        if let Some(address) = guesser.address {
            self.addresses.take((door, address), now);
        }
        if self.doors.take(door, now) && !self.doors.has_one(door, now) {
            tracing::warn!(room.code = %door, "Passcodes are guessed from many places; the door takes few more.");
        }
    }
}
