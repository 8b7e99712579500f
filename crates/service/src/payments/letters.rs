//! What a payer is told by mail about their money: the receipt, the bill, and money that goes back.
//!
//! Only whoever has an account with an address that they confirmed gets mails. Everybody else has the page
//! of the receipt, and what the processor sends by itself.

use crate::Error;
use crate::mail::{Mail, MailAbout, MoneyMail};
use domain::session::{Letter, Settlement};
use model::{Money, SessionId};
use store::sessions::papers::{self, Sums};
use store::{Store, accounts, sessions};

/// The mail of an order; `None` if nobody gets it. `tries_out` says whether no money moves at this server.
pub(super) async fn letter(
    store: &Store,
    (id, letter): (SessionId, Letter),
    tries_out: bool,
) -> Result<Option<Mail>, Error> {
    let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
    let Some(account) = accounts::load(store, session.payer_now()).await? else { return Ok(None) };
    let Some(to) = account.email.filter(|_| account.verified_at.is_some()) else { return Ok(None) };
    let sums = match (papers::load_sums(store, &session).await?, letter, session.offer.currency()) {
        (Some(sums), ..) => sums,
        (None, Letter::Moved, Some(currency)) => Sums::zero(currency),
        // Minutes are no money: what became of them stands on the pages of their payer alone.
        (None, ..) => return Ok(None),
    };
    let owed = session.settlement().and_then(Settlement::owed);
    let money = [sums.paid, owed.unwrap_or(Money::zero(sums.paid.currency)), sums.back];
    let room = papers::load_room(store, session.room).await?.and_then(|room| room.name);
    let is_test = match session.till.payments.is_empty() {
        true => tries_out,
        false => papers::is_test(store, id).await?,
    };
    let about = MoneyMail { letter, room, session: id, money, is_test };
    let about = MailAbout::Money(Box::new(about));
    Ok(Some(Mail { to, name: Some(account.name), lang: account.lang, about }))
}
