//! Receipts by mail for payers without an account: they leave an address on the page of the receipt.
//!
//! Nobody confirms that address, so that it is asked for only where money has come, each session takes a few,
//! each payer leaves few and each address gets few in a time, and all of them together: what a stranger would
//! be sent is a receipt that somebody paid for. Whoever reads there withdraws it by a link in each mail, and
//! then the session takes no other; its payer withdraws it on the page of the receipt.

use super::{Paper, Party};
use crate::Error;
use crate::mail::Delivery;
use crate::payments::letters;
use crate::rooms::Rooms;
use crate::secret::email_key;
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
    /// Nowhere any more: whoever read there wanted no more, or too many were left.
    Withdrawn,
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
        Ok(match addresses::load(store, session.id).await? {
            Some(addresses::Left { to: Some(to), .. }) => Mailing::To(to),
            Some(addresses::Left { times, .. }) if times >= ADDRESSES => Mailing::Withdrawn,
            Some(_) | None => Mailing::Offered,
        })
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
        // What is refused by one limit must not use up another.
        if !mails.may_write_receipt(payer, &to)
            || !addresses::note(store, id, (&to, lang), ADDRESSES).await?
            || !mails.count_receipt(payer, &to)
        {
            return Ok(Left::TooMany);
        }
        // Read once the address stands: a session that ends now either sees it or is over here.
        let session = sessions::load(store, id).await?.ok_or(unknown)?;
        let Some(mail) = letters::summary(store, &session, &self.registry.invites).await? else {
            return Ok(Left::Noted);
        };
        // Where it does both, one of the two tells it.
        if !addresses::claim_summary(store, id, (session.as_of, None)).await? {
            return Ok(Left::Sent);
        }
        Ok(match mails.deliver(mail).await {
            Some(Delivery::Sent) => Left::Sent,
            Some(Delivery::Refused) => Left::Refused,
            Some(Delivery::Failed) | None => {
                addresses::release_summary(store, id).await?;
                Left::Away
            }
        })
    }

    /// Forgets the address that a payer left; there may be another. Says whether there was one.
    pub async fn withdraw_address(&self, payer: UserId, id: SessionId) -> Result<bool, Error> {
        let Paper { mailing, .. } = self.paper(payer, id).await?;
        let Mailing::To(to) = mailing else { return Ok(false) };
        Ok(addresses::withdraw(&self.registry.store, id, &to, 0).await?)
    }

    /// Whether a link in a mail about a session was sent to the address that still stands there.
    pub async fn is_mailed(&self, id: SessionId, key: &str) -> Result<bool, Error> {
        Ok(self.mailed_by(id, key).await?.is_some())
    }

    /// Forgets that address, and takes no other for the session: whoever read there did not ask for it.
    pub async fn stop_mails(&self, id: SessionId, key: &str) -> Result<(), Error> {
        if let Some(to) = self.mailed_by(id, key).await? {
            addresses::withdraw(&self.registry.store, id, &to, ADDRESSES).await?;
        }
        Ok(())
    }

    async fn mailed_by(&self, id: SessionId, key: &str) -> Result<Option<EmailAddress>, Error> {
        let to = addresses::load(&self.registry.store, id).await?.and_then(|left| left.to);
        let is_own = |to: &EmailAddress| self.registry.invites.opens_stop((id, email_key(to)), key);
        Ok(to.filter(is_own))
    }

    /// Erases the addresses of sessions that were over by then.
    pub async fn forget_addresses(&self, by: model::UnixMillis) -> Result<u64, Error> {
        Ok(addresses::erase(&self.registry.store, by).await?)
    }
}
