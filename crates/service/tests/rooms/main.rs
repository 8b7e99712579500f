//! Rooms as the server uses them: real actors over a real database, with media threads that only take
//! notes, a seeded die and a clock that moves when the test says so.

mod admission;
mod aftermath;
mod bank;
mod bus;
mod currencies;
mod fading;
mod fence;
mod heirs;
mod lifecycle;
mod lines;
mod media;
mod overdue;
mod paid;
mod paid_after;
mod paid_crash;
mod paid_heirs;
mod paid_let_go;
mod paid_rivals;
mod paid_rush;
mod paid_story;
mod prepaid;
mod programs;
mod restart;
mod rules;
mod stage;
mod strangers;

use domain::limits as numbers;
use protocol::limits as wire;

#[test]
fn the_rules_and_the_wire_have_the_same_limits() {
    assert_eq!(numbers::ROOM_PEOPLE, wire::ROOM_PEOPLE);
    assert_eq!(numbers::ROOM_WAITING, wire::ROOM_WAITING);
    assert_eq!(numbers::GRACE_CLOSED_MS, wire::GRACE_CLOSED_MS);
    assert_eq!(numbers::GRACE_LOST_MS, wire::GRACE_LOST_MS);
}
