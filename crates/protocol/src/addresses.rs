//! Addresses that somebody serves and somebody else links to, each written once.
//!
//! `{code}` stands for the room and `{session}` for the session, as routes have it; [`of`] and [`of_session`]
//! put one in its place.

use model::{InviteToken, RoomCode, SessionId};

/// The room's plan as a calendar file.
pub const CALENDAR: &str = "/r/{code}/invitation.ics";
/// What happened in the room, for its hosts.
pub const HISTORY: &str = "/r/{code}/history";
/// The room's history as a table, for its hosts.
pub const HISTORY_CSV: &str = "/r/{code}/history.csv";
/// The same for programs.
pub const HISTORY_JSON: &str = "/r/{code}/history.json";
/// What programs that publish and watch need to know, for its hosts.
pub const PROGRAMS: &str = "/r/{code}/programs";

/// What holds when a paid call there goes otherwise than planned, for its hosts.
pub const POLICIES: &str = "/r/{code}/policies";

/// Where somebody agrees to what a room costs.
pub const PAY: &str = "/r/{code}/pay";
/// Where somebody sees and buys prepaid minutes of a room's host.
pub const MINUTES: &str = "/r/{code}/minutes";
/// Where whoever is inside and paid opens a checkout for more time: a form.
pub const EXTEND: &str = "/r/{code}/extend";
/// Where whoever paid in a room finds what that came to.
pub const CAME_TO: &str = "/r/{code}/receipt";

/// One paid session, as payer and host read it.
pub const RECEIPT: &str = "/sessions/{session}/receipt";
/// Where whoever is mailed about one at an address that nobody confirmed says that they want no more.
pub const MAILS: &str = "/sessions/{session}/mails";
/// Where its payer opens a checkout for its bill: a form.
pub const PAY_BILL: &str = "/sessions/{session}/pay";
/// What somebody paid.
pub const PAYMENTS: &str = "/payments";
/// What somebody has of prepaid minutes.
pub const BALANCE: &str = "/balance";
/// What somebody earned.
pub const EARNINGS: &str = "/earnings";
/// Where a host connects an account of their own.
pub const PAYOUTS: &str = "/earnings/payouts";

/// The address of one room.
pub fn of(room: RoomCode, address: &str) -> String {
    address.replace("{code}", &room.to_string())
}

/// Where a room sells minutes to whoever came by this invite.
pub fn of_minutes(room: RoomCode, invite: Option<InviteToken>) -> String {
    let query = invite.map(|invite| format!("?invite={}", String::from(invite))).unwrap_or_default();
    of(room, MINUTES) + &query
}

/// The address of one session.
pub fn of_session(session: SessionId, address: &str) -> String {
    address.replace("{session}", &session.to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_stands_where_the_route_has_its_place() {
        let room = "bcd-fghj-kmn".parse().expect("a code");
        assert_eq!(of(room, CALENDAR), "/r/bcd-fghj-kmn/invitation.ics");
    }
}
