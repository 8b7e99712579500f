//! Receipts by mail for payers without an account: they leave an address on the page of the receipt.
//!
//! Nobody confirms that address, so that it is asked for only where money has come, each session takes a few,
//! and each address gets few in a time: what a stranger would be sent is a receipt that somebody paid for.

use super::{Paper, Party};
use crate::Error;
use crate::mail::Delivery;
use crate::payments::letters;
use crate::rooms::Rooms;
use domain::session::Session;
use model::{EmailAddress, SessionId, UserId};
use protocol::ErrorCode;
use store::sessions::{self, addresses};

/// How many addresses are taken for one session: a wrong one can be mended.
const ADDRESSES: u32 = 3;

/// Whether the payer of a session reads of it by mail.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Mailing {
    /// By the account, or not at all: this server sends no mails, nothing was paid, or somebody else reads.
    #[default]
    Settled,
    /// They may leave an address.
    Offered,
    /// There, as they asked.
    To(EmailAddress),
}

/// What became of an address that was left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Left {
    /// The receipt was sent there.
    Sent,
    /// It will be, when the session is over.
    Noted,
    /// The mail server does not take it.
    Refused,
    /// The mail server was not reached; what follows is sent there all the same.
    Away,
    /// There were too many already.
    TooMany,
}

impl Rooms {
    /// Whether the reader of a session may leave an address.
    pub(super) async fn mailing(
        &self,
        reader: Party,
        session: &Session,
        is_test: bool,
    ) -> Result<Mailing, Error> {
        let has_paid = session.till.takings().next().is_some();
        if reader != Party::Payer || is_test || !has_paid || self.registry.mailing.is_none() {
            return Ok(Mailing::Settled);
        }
        let store = &self.registry.store;
        if letters::is_reached(store, session.payer_now()).await? {
            return Ok(Mailing::Settled);
        }
        let left = addresses::load(store, session.id).await?;
        Ok(left.map_or(Mailing::Offered, |(to, _)| Mailing::To(to)))
    }

    /// Has what becomes of a payer's money told to an address, and sends the receipt if the session is over.
    pub async fn mail_receipt(
        &self,
        payer: UserId,
        id: SessionId,
        (to, lang): (EmailAddress, &str),
    ) -> Result<Left, Error> {
        let unknown = Error::Refused(ErrorCode::RoomNotFound);
        let Paper { mailing, .. } = self.paper(payer, id).await?;
        let Some(mails) = self.registry.mailing.as_ref().filter(|_| mailing != Mailing::Settled) else {
            return Err(unknown);
        };
        let store = &self.registry.store;
        // First the session's own limit: what is refused here must not use up what an address may get.
        if !addresses::note(store, id, (&to, lang), ADDRESSES).await? || !mails.may_write_to(&to) {
            return Ok(Left::TooMany);
        }
        // Read once the address stands: a session that ends now either sees it or is over here.
        let session = sessions::load(store, id).await?.ok_or(unknown)?;
        let Some(mail) = letters::summary(store, &session).await? else { return Ok(Left::Noted) };
        Ok(match mails.deliver(mail).await {
            Some(Delivery::Sent) => Left::Sent,
            Some(Delivery::Refused) => Left::Refused,
            Some(Delivery::Failed) | None => Left::Away,
        })
    }

    /// Erases the addresses of sessions that were over by then.
    pub async fn forget_addresses(&self, by: model::UnixMillis) -> Result<u64, Error> {
        Ok(addresses::erase(&self.registry.store, by).await?)
    }
}
