//! What a payer is told by mail about their money: the receipt, the bill, and money that goes back.
//!
//! Only whoever has an account with an address that they confirmed gets mails. Everybody else has the page
//! of the receipt, and what the processor sends by itself.

use crate::Error;
use crate::mail::{Mail, MailAbout, MoneyMail};
use domain::session::{Bill, Letter, Session};
use model::{Money, SessionId};
use store::{Store, accounts, rooms, sessions};

/// The mail of an order; `None` if nobody gets it.
pub(super) async fn letter(store: &Store, id: SessionId, letter: Letter) -> Result<Option<Mail>, Error> {
    let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
    let Some(account) = accounts::load(store, session.payer_now()).await? else { return Ok(None) };
    let Some(to) = account.email.filter(|_| account.verified_at.is_some()) else { return Ok(None) };
    // A free session ordered none, and prepaid time is not sold yet.
    let Some(money) = sums(&session) else { return Ok(None) };
    let room = rooms::load_name(store, session.room).await?;
    let is_test = sessions::papers::is_test(store, id).await?;
    let about = MoneyMail { letter, room, session: id, money, is_test };
    let about = MailAbout::Money(Box::new(about));
    Ok(Some(Mail { to, name: Some(account.name), lang: account.lang, about }))
}

/// What came, what it came to, and what went back, as it stands now.
fn sums(session: &Session) -> Option<[Money; 3]> {
    let none = Money::zero(session.offer.currency()?);
    let add = |sum: Money, money: Money| sum.plus(money);
    let takings = || session.till.takings().map(|(_, takings)| takings);
    let paid = takings().map(|takings| takings.captured).try_fold(none, add)?;
    let back = takings().map(|takings| takings.refunded).try_fold(none, add)?;
    let owed = match session.settlement().map(|settlement| &settlement.bill) {
        Some(Bill::Money(bill)) => bill.owed,
        Some(Bill::Free | Bill::Minutes { .. }) | None => none,
    };
    Some([paid, owed, back])
}
