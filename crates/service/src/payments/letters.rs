//! What a payer is told by mail about their money: the receipt, the bill, minutes that they bought, what goes
//! back, and what becomes of money that is kept ready; and what a host is told of the last.
//!
//! Only whoever has an account with an address that they confirmed gets mails. Everybody else has the page
//! of the receipt, and what the processor sends by itself.

use crate::Error;
use crate::mail::{Mail, MailAbout, MoneyMail, PackMail};
use domain::session::{Letter, Party, Settlement};
use model::{EmailAddress, Money, PurchaseId, SessionId, UserId};
use store::accounts::AccountRow;
use store::sessions::papers::{self, Sums};
use store::{Deal, Store, accounts, purchases, sessions};

/// The mail of an order; `None` if nobody gets it. `tries_out` says whether no money moves at this server.
pub(super) async fn letter(
    store: &Store,
    (deal, letter): (Deal, Letter),
    tries_out: bool,
) -> Result<Option<Mail>, Error> {
    match deal {
        Deal::Session(id) => about_session(store, (id, letter), tries_out).await,
        Deal::Purchase(id) => about_pack(store, (id, letter)).await,
    }
}

async fn about_session(
    store: &Store,
    (id, letter): (SessionId, Letter),
    tries_out: bool,
) -> Result<Option<Mail>, Error> {
    let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
    let user = match letter {
        Letter::HoldGone { to: Party::Host, .. } => session.host_now(),
        _ => session.payer_now(),
    };
    let Some((account, to)) = reader(store, user).await? else { return Ok(None) };
    let sums = match (papers::load_sums(store, &session).await?, letter, session.offer.currency()) {
        (Some(sums), ..) => sums,
        (None, Letter::Moved | Letter::HoldTaken | Letter::HoldGone { .. }, Some(currency)) => {
            Sums::zero(currency)
        }
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

async fn about_pack(store: &Store, (id, letter): (PurchaseId, Letter)) -> Result<Option<Mail>, Error> {
    let Some(purchase) = purchases::load(store, id).await? else { return Ok(None) };
    let Some((account, to)) = reader(store, purchase.sale.buyer).await? else { return Ok(None) };
    let about = PackMail {
        purchase: id,
        pack: purchase.sale.pack,
        seller: accounts::load(store, purchase.sale.seller).await?.map(|seller| seller.name),
        back: (letter == Letter::Refunded).then(|| (purchase.back_ms, purchase.price_back())),
        is_test: purchases::papers::is_test(store, id).await?,
    };
    let about = MailAbout::Pack(Box::new(about));
    Ok(Some(Mail { to, name: Some(account.name), lang: account.lang, about }))
}

/// Who reads mails about their money, and where.
async fn reader(store: &Store, user: UserId) -> Result<Option<(AccountRow, EmailAddress)>, Error> {
    let Some(account) = accounts::load(store, user).await? else { return Ok(None) };
    let to = account.email.clone().filter(|_| account.verified_at.is_some());
    Ok(to.map(|to| (account, to)))
}
