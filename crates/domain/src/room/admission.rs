//! What a newcomer meets at the door.
//!
//! | who | waiting room off | waiting room on |
//! |---|---|---|
//! | the owner | walks in | walks in |
//! | a user who was removed | knocks | knocks |
//! | anybody else | walks in | knocks, whether or not a host is there |

use super::Room;
use crate::limits::{ROOM_PEOPLE, ROOM_WAITING};
use model::{Role, UserId};

/// The policy's answer to somebody who is not in the room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Admission {
    WalkIn,
    Knock,
    /// No more people fit, inside or at the door.
    Full,
}

/// What `user` would meet at the door just now; somebody unknown is a guest like any other.
pub fn admission(room: &Room, user: Option<UserId>) -> Admission {
    let must_knock = match user.map(|user| (user, room.role_of(user))) {
        Some((_, Role::Host)) => false,
        Some((user, Role::Guest)) => room.waiting_room || room.barred.contains(&user),
        None => room.waiting_room,
    };
    match must_knock {
        true if room.waiting_count() < ROOM_WAITING => Admission::Knock,
        false if room.seated_count() < ROOM_PEOPLE => Admission::WalkIn,
        true | false => Admission::Full,
    }
}
