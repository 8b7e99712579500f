//! What is told by mail about money: to a payer the receipt, the bill, minutes that they bought, what goes
//! back, and what becomes of money that is kept ready, which a host is told, too; to whoever sold something,
//! and whoever runs the server, that a bank asks for money and what the bank decides.
//!
//! Payers and sellers get mails if they have an account with an address that they confirmed, operators at the
//! addresses in the settings. Every other payer of a session may leave an address on the page of its receipt.

use crate::Error;
use crate::invites::InviteKey;
use crate::mail::{DisputeMail, Mail, MailAbout, MinutesMail, MoneyLetter, MoneyMail, PackMail, PaidFor};
use crate::secret::email_key;
use domain::session::{Answerable, Letter, Party, Session, Settlement};
use model::{DisplayName, EmailAddress, Money, PurchaseId, SessionId, UserId};
use protocol::addresses::{MAILS, of_session};
use store::accounts::AccountRow;
use store::sessions::addresses::{self, Left};
use store::sessions::papers::{self, Sums};
use store::{Deal, Store, accounts, disputes, purchases, sessions};

/// What mails about money are written with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk<'a> {
    pub store: &'a Store,
    /// For links by which somebody wants no more.
    pub key: &'a InviteKey,
    /// Whether no money moves at this server.
    pub tries_out: bool,
    pub operators: &'a [EmailAddress],
}

/// The mails of an order, one for each who gets it.
pub(super) async fn letters(desk: Desk<'_>, (deal, letter): (Deal, Letter)) -> Result<Vec<Mail>, Error> {
    let store = desk.store;
    let mail = match (deal, letter) {
        (_, Letter::Dispute { .. }) => return about_dispute(store, (deal, letter), desk.operators).await,
        (Deal::Session(id), _) => about_session(desk, (id, letter)).await?,
        (Deal::Purchase(id), _) => about_pack(store, (id, letter)).await?,
    };
    Ok(mail.into_iter().collect())
}

/// Whoever sold it and runs the server as well is told once.
async fn about_dispute(
    store: &Store,
    (deal, letter): (Deal, Letter),
    operators: &[EmailAddress],
) -> Result<Vec<Mail>, Error> {
    let Letter::Dispute { payment, amount, news, to } = letter else { return Ok(Vec::new()) };
    let Some((seller, paid_for, is_test)) = disputed(store, deal).await? else { return Ok(Vec::new()) };
    let until = disputes::load_deadline(store, payment).await?;
    let about = DisputeMail { news, amount, paid_for, until, is_test };
    let mail = |reader: Reader| reader.mail(MailAbout::Dispute(Box::new(about.clone())));
    let seller = reader(store, seller).await?;
    match to {
        Answerable::Seller => Ok(seller.map(mail).into_iter().collect()),
        Answerable::Operators => {
            let mut mails = Vec::new();
            for to in operators.iter().filter(|to| seller.as_ref().is_none_or(|own| own.to != **to)) {
                let account = accounts::load_by_email(store, to).await?;
                // Anybody may claim an address; how they call themselves is told once it is theirs.
                let account = account.filter(|account| account.verified_at.is_some());
                let (name, lang) = account.map(|account| (account.name, account.lang)).unzip();
                mails.push(mail(Reader { to: to.clone(), name, lang: lang.unwrap_or_default(), stop: None }));
            }
            Ok(mails)
        }
    }
}

/// Who sold what a payment was for, what it was, and whether no money moved.
async fn disputed(store: &Store, deal: Deal) -> Result<Option<(UserId, PaidFor, bool)>, Error> {
    match deal {
        Deal::Session(id) => {
            let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
            let room = papers::load_room(store, session.room).await?.and_then(|room| room.name);
            let is_test = papers::is_test(store, id).await?;
            Ok(Some((session.host_now(), PaidFor::Session(id, room), is_test)))
        }
        Deal::Purchase(id) => {
            let Some(purchase) = purchases::load(store, id).await? else { return Ok(None) };
            let paid_for = PaidFor::Purchase(id, purchase.sale.pack.minutes);
            let is_test = purchases::papers::is_test(store, id).await?;
            Ok(Some((purchase.sale.seller, paid_for, is_test)))
        }
    }
}

async fn about_session(desk: Desk<'_>, (id, letter): (SessionId, Letter)) -> Result<Option<Mail>, Error> {
    let Desk { store, key, tries_out, .. } = desk;
    let Some(session) = sessions::load(store, id).await? else { return Ok(None) };
    let reader = match letter {
        Letter::HoldGone { to: Party::Host, .. } => reader(store, session.host_now()).await?,
        // A host may move a plan again and again, which is no business of an address that nobody confirmed.
        Letter::Moved => reader(store, session.payer_now()).await?,
        _ => payer(store, &session, key).await?,
    };
    let Some(reader) = reader else { return Ok(None) };
    let room = papers::load_room(store, session.room).await?.and_then(|room| room.name);
    let sums = match (papers::load_sums(store, &session).await?, letter, session.offer.currency()) {
        (Some(sums), ..) => sums,
        (
            None,
            Letter::Moved | Letter::HoldTaken | Letter::TakenEarly { .. } | Letter::HoldGone { .. },
            Some(currency),
        ) => Sums::zero(currency),
        // Minutes are no money.
        (None, ..) => {
            let about = minutes(&session, letter, room).map(|about| MailAbout::Minutes(Box::new(about)));
            return Ok(about.map(|about| reader.mail(about)));
        }
    };
    let owed = session.settlement().and_then(Settlement::owed);
    let money = [sums.paid, owed.unwrap_or(Money::zero(sums.paid.currency)), sums.back];
    let is_test = match session.till.payments.is_empty() {
        true => tries_out,
        false => papers::is_test(store, id).await?,
    };
    let Some(letter) = told(letter, sums.paid) else { return Ok(None) };
    let about = MoneyMail { letter, room, session: id, money, is_test };
    Ok(Some(reader.mail(MailAbout::Money(Box::new(about)))))
}

/// What a mail about a paid call says; of disputes there are others. `paid` is what has come so far.
const fn told(letter: Letter, paid: Money) -> Option<MoneyLetter> {
    Some(match letter {
        Letter::Receipt => MoneyLetter::Receipt,
        Letter::Bill { due } => MoneyLetter::Bill { due },
        Letter::Paid { amount } => MoneyLetter::Paid { amount },
        Letter::Refunded => MoneyLetter::Refunded,
        Letter::Moved => MoneyLetter::Moved,
        // It was ordered before orders said how much.
        Letter::HoldTaken => MoneyLetter::TakenEarly { amount: paid },
        Letter::TakenEarly { amount } => MoneyLetter::TakenEarly { amount },
        Letter::HoldGone { to, is_off } => MoneyLetter::HoldGone { to, is_off },
        Letter::Dispute { .. } => return None,
    })
}

/// What became of the minutes of a session that is over, or that were given back.
fn minutes(session: &Session, letter: Letter, room: Option<String>) -> Option<MinutesMail> {
    let (reserved_ms, used_ms) = (session.till.reserved_ms, session.tally.attended_ms);
    let returned_ms = match letter {
        Letter::Receipt => None,
        Letter::Refunded => Some(session.till.returned_ms),
        // Of money alone.
        Letter::Bill { .. }
        | Letter::Paid { .. }
        | Letter::Moved
        | Letter::HoldTaken
        | Letter::TakenEarly { .. }
        | Letter::HoldGone { .. }
        | Letter::Dispute { .. } => return None,
    };
    let unused_ms = reserved_ms - used_ms;
    (reserved_ms > 0).then_some(MinutesMail { room, session: session.id, used_ms, unused_ms, returned_ms })
}

async fn about_pack(store: &Store, (id, letter): (PurchaseId, Letter)) -> Result<Option<Mail>, Error> {
    let Some(purchase) = purchases::load(store, id).await? else { return Ok(None) };
    let Some(reader) = reader(store, purchase.sale.buyer).await? else { return Ok(None) };
    let about = PackMail {
        purchase: id,
        pack: purchase.sale.pack,
        seller: accounts::load(store, purchase.sale.seller).await?.map(|seller| seller.name),
        back: (letter == Letter::Refunded).then(|| (purchase.back_ms, purchase.price_back())),
        is_test: purchases::papers::is_test(store, id).await?,
    };
    Ok(Some(reader.mail(MailAbout::Pack(Box::new(about)))))
}

/// Who reads mails about their money, and where.
struct Reader {
    to: EmailAddress,
    name: Option<DisplayName>,
    lang: String,
    /// Where they say that they want no more, if nobody confirmed the address.
    stop: Option<String>,
}

impl Reader {
    fn mail(self, about: MailAbout) -> Mail {
        Mail { to: self.to, name: self.name, lang: self.lang, about, stop: self.stop }
    }
}

/// Somebody with an account, if its address is confirmed.
async fn reader(store: &Store, user: UserId) -> Result<Option<Reader>, Error> {
    let account = accounts::load(store, user).await?.filter(|account| account.verified_at.is_some());
    let read = |AccountRow { email, name, lang, .. }| {
        Some(Reader { to: email?, name: Some(name), lang, stop: None })
    };
    Ok(account.and_then(read))
}

/// The payer of a session: their account, or else the address that they left.
async fn payer(store: &Store, session: &Session, key: &InviteKey) -> Result<Option<Reader>, Error> {
    if let Some(reader) = reader(store, session.payer_now()).await? {
        return Ok(Some(reader));
    }
    let left = addresses::load(store, session.id).await?;
    Ok(left.and_then(|Left { to, lang, .. }| {
        let to = to?;
        let stop = Some(stop(key, session.id, &to));
        Some(Reader { to, name: None, lang, stop })
    }))
}

/// Where the reader of mails about a session at this address says that they want no more.
fn stop(key: &InviteKey, session: SessionId, to: &EmailAddress) -> String {
    format!("{}?key={}", of_session(session, MAILS), key.stop(session, email_key(to)))
}

/// Whether mails about their money reach somebody already, by their account.
pub(crate) async fn is_reached(store: &Store, user: UserId) -> Result<bool, Error> {
    Ok(reader(store, user).await?.is_some())
}

/// What a session that is over came to, for its payer.
pub(crate) async fn summary(
    store: &Store,
    session: &Session,
    key: &InviteKey,
) -> Result<Option<Mail>, Error> {
    if !session.is_closed() {
        return Ok(None);
    }
    let letter = session.owing().map_or(Letter::Receipt, |due| Letter::Bill { due });
    about_session(Desk { store, key, tries_out: false, operators: &[] }, (session.id, letter)).await
}
