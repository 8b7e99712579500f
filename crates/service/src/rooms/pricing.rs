//! Rooms as whoever runs the server prices them.
//!
//! The price is set by what hosts set theirs ([`domain::room::Command::Price`]), with the same refusals. Not
//! here: who runs the server ([`super::books`]), which its callers ask first.

use super::Rooms;
use crate::Error;
use crate::room_actor::letter::Letter;
use model::{DisplayName, EmailAddress, Offer, RoomCode, UnixMillis, UserId};
use store::{accounts, journal, rules};

pub use crate::room_actor::on_sale::Priced;
pub use store::journal::{PRICED, UNPRICED};

/// One room, and what it costs.
#[derive(Clone, Debug)]
pub struct PricedRoom {
    pub room: Priced,
    /// What its owner is called there, or by their account.
    pub owner_name: Option<DisplayName>,
    /// The address of their account, and whether they have confirmed it.
    pub owner_email: Option<(EmailAddress, bool)>,
    /// When whoever runs the server priced it last, and whether they set a price rather than take it away.
    pub deed: Option<(UnixMillis, bool)>,
}

impl Rooms {
    /// A room with its price, for whoever runs the server.
    pub async fn priced_room(&self, room: RoomCode) -> Result<PricedRoom, Error> {
        let room = self.registry.ask(room, |reply| Letter::Priced { reply }).await?;
        let store = &self.registry.store;
        let account = accounts::load(store, room.owner).await?;
        let owner_email = account.and_then(|account| Some((account.email?, account.verified_at.is_some())));
        let owner_name = rules::name_of(store, room.id, room.owner).await?;
        let deed = journal::load_priced(store, room.id).await?;
        Ok(PricedRoom { room, owner_name, owner_email, deed })
    }

    /// When whoever runs the server priced a room last, and whether they set a price then.
    pub async fn operators_price(&self, room: RoomCode) -> Result<Option<(UnixMillis, bool)>, Error> {
        let room = self.registry.ask(room, |reply| Letter::Priced { reply }).await?;
        Ok(journal::load_priced(&self.registry.store, room.id).await?)
    }

    /// Sets what a room costs, or makes it free, as an operator.
    pub async fn price(&self, by: UserId, room: RoomCode, offer: Option<Offer>) -> Result<(), Error> {
        let offer = offer.map(Box::new);
        self.registry.ask(room, |reply| Letter::Price { by, offer, reply }).await
    }
}
