//! The rules of the product, pure: who may come in, who is in, when it is over.
//!
//! | module | holds |
//! |---|---|
//! | [`account`] | what a password must be, how long a link of a mail works |
//! | [`room`] | one room: [`decide`] says what a command means, [`Room::apply`] makes it so |
//! | [`calendar`] | which moments a plan means |
//! | [`invitation`] | the plan as calendars read it |
//! | [`mailing`] | what somebody who was invited by mail has to be told |
//! | [`contacts`] | who may ask whom to be a contact |
//! | [`ring`] | one direct call: rung, answered or not, over |
//! | [`matching`], [`encounter`] | who looks for a stranger to talk to; two who were brought together |
//! | [`presence`] | who has a page open that rings |
//! | [`resume`] | what a server that was away means for somebody's seat |
//! | [`ledger`] | double entry: accounts, and transactions that balance |
//! | [`purchase`] | one pack of minutes: from the checkout to the last minute that goes back |
//! | [`session`] | one paid sitting: from the offer to the last refund |
//! | [`places`] | places that are kept for whoever is just paying |
//! | [`two`] | what a room for two says of the two |
//! | [`limits`] | how many people, and how long a seat is kept |
//!
//! Time comes in as an argument. Not here: clocks, sockets, storage, media, and how anything is encoded.

pub mod account;
pub mod calendar;
pub mod contacts;
pub mod encounter;
pub mod invitation;
pub mod ledger;
pub mod limits;
pub mod load;
pub mod mailing;
pub mod matching;
pub mod places;
pub mod presence;
pub mod purchase;
pub mod resume;
pub mod ring;
pub mod room;
pub mod session;
pub mod two;

pub use room::{Command, Event, Refusal, Room, decide};
