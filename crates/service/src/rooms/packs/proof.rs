//! What a seller can show of a pack to a bank: the purchase, everything that was asked of the processor, and
//! each session that used minutes of its buyer since it was paid.
//!
//! All packs of one seller are one balance, and nobody can tell of which pack a minute was used. What is
//! listed is therefore every session that had minutes set aside and was not over when the pack was paid.

use super::super::Rooms;
use super::super::papers::{Stay, stays_of};
use super::{Party, PurchasePaper, What};
use crate::Error;
use domain::ledger::PackSale;
use model::{PurchaseId, RoomCode, SessionId, TermsDigest, UnixMillis, UserId};
use protocol::ErrorCode;
use store::purchases::papers::load_users_of;
use store::sessions;
use store::sessions::papers::load_room;

/// The most sessions that one file lists, the first ones.
pub const PROOF_SESSIONS: u32 = 200;

/// A purchase with everything that proves it.
#[derive(Clone, Debug)]
pub struct Proof {
    pub paper: PurchasePaper,
    /// The first of the sessions that used minutes, the oldest first.
    pub uses: Vec<ProvedUse>,
    /// How many of these sessions there are.
    pub count: u32,
    /// When it was read.
    pub at: UnixMillis,
}

/// A session that used minutes.
#[derive(Clone, Debug)]
pub struct ProvedUse {
    pub session: SessionId,
    pub room: Option<RoomCode>,
    pub status: &'static str,
    /// To what its payer agreed, and when.
    pub terms: TermsDigest,
    pub consented_at: Option<UnixMillis>,
    /// In milliseconds.
    pub reserved_ms: i64,
    pub used_ms: i64,
    /// What of that was given back by hand.
    pub returned_ms: i64,
    pub stays: Vec<Stay>,
}

impl Rooms {
    /// What proves a purchase, for its seller and whoever runs this server; for everybody else, its buyer
    /// among them, there is none.
    pub async fn proof(&self, user: UserId, id: PurchaseId) -> Result<Proof, Error> {
        let paper = self.purchase_paper(user, id).await?;
        if paper.reader == Party::Payer {
            return Err(Error::Refused(ErrorCode::RoomNotFound));
        }
        let store = &self.registry.store;
        let PackSale { seller, buyer, .. } = paper.purchase.sale;
        let paid = paper.events.iter().find(|event| matches!(event.what, What::Paid));
        let (ids, count) = match paid {
            Some(paid) => load_users_of(store, (seller, buyer), paid.at, PROOF_SESSIONS).await?,
            None => (Vec::new(), 0),
        };
        let mut uses = Vec::with_capacity(ids.len());
        for id in ids {
            uses.extend(self.proved_use(id).await?);
        }
        Ok(Proof { paper, uses, count, at: self.registry.ambient.now() })
    }

    async fn proved_use(&self, id: SessionId) -> Result<Option<ProvedUse>, Error> {
        let store = &self.registry.store;
        let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
        let events = sessions::load_events(store, id).await?;
        let agreed =
            |event: &&domain::session::Event| matches!(event.what, domain::session::What::Consented { .. });
        let consented_at = events.iter().find(agreed).map(|event| event.at);
        let session = if session.is_closed() { session } else { session.at(self.registry.ambient.now()) };
        Ok(Some(ProvedUse {
            session: id,
            room: load_room(store, session.room).await?.map(|room| room.code),
            status: session.status().word(),
            terms: session.terms,
            consented_at,
            reserved_ms: session.till.reserved_ms,
            used_ms: session.tally.attended_ms,
            returned_ms: session.till.returned_ms,
            stays: stays_of(&events),
        }))
    }
}
