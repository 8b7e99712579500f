//! Mails to addresses that nobody confirmed: how many go there, and what does not go twice.
//!
//! | mail | how often to one address |
//! |---|---|
//! | what the session came to (receipt or bill) | once for each such order, and not if the page sent it |
//! | the bill is paid, a hold is taken or gone | as often as it happens; no host decides that |
//! | anything else, such as money that a host gives back in parts | [`NOTICES`] in all, and then silence |
//!
//! The page of the receipt says everything at any time. Not here: who has such an address
//! ([`super::letters`]).

use crate::Error;
use domain::session::Letter;
use store::sessions::addresses;
use store::sessions::orders::Order;
use store::{Deal, Store};

/// How many mails an address gets besides the receipt.
const NOTICES: u32 = 5;

/// Whether the mail of an order may go to the address that was left for its session.
pub(super) async fn admit(store: &Store, order: &Order, letter: Letter) -> Result<bool, Error> {
    let Deal::Session(session) = order.deal else { return Ok(true) };
    Ok(match kind(letter) {
        Kind::Summary => addresses::claim_summary(store, session, (order.at, Some(order.id))).await?,
        Kind::News => true,
        Kind::Notice => addresses::take_notice(store, session, NOTICES).await?,
    })
}

/// Counts a mail no more that did not go out; it is tried again.
pub(super) async fn retract(store: &Store, order: &Order, letter: Letter) -> Result<(), Error> {
    match (order.deal, kind(letter)) {
        (Deal::Session(session), Kind::Notice) => {
            addresses::return_notice(store, session).await.map_err(Error::from)
        }
        // The same order may tell it again.
        (Deal::Session(_) | Deal::Purchase(_), _) => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Summary,
    News,
    Notice,
}

const fn kind(letter: Letter) -> Kind {
    match letter {
        Letter::Receipt | Letter::Bill { .. } => Kind::Summary,
        // That a call is off must not go under in what a host sends back cent by cent.
        Letter::Paid { .. } | Letter::HoldTaken | Letter::TakenEarly { .. } | Letter::HoldGone { .. } => {
            Kind::News
        }
        Letter::Refunded | Letter::Moved | Letter::Dispute { .. } => Kind::Notice,
    }
}
