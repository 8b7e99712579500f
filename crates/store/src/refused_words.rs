//! Words of a processor that a session or a purchase did not take, for whoever runs the server to look at.
//!
//! The same word about the same payment is one row, however often it comes. There are [`MOST`] rows: the
//! oldest of those that somebody has seen go first. An account of a host's own, whose owner may have much
//! said of it, has few of them, and pushes nobody else's off. What was seen stays seen when it is said again,
//! unless it is about another amount. Nothing of a message is kept but what stands here.

use crate::sessions::papers::count;
use crate::statement::Statement;
use crate::{Deal, Error, Store};
use model::{Currency, Money, PaymentId, UnixMillis};

/// The most rows that are kept.
pub const MOST: u32 = 500;
/// The most that are about payments to one account of a host's own.
pub const OF_HOST: u32 = 50;
/// So many of these are as good as those about payments to the operator; the others go first.
const FIRST: u32 = 5;

/// A word that was not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefusedWord {
    /// About which payment, and what that was for; absent of a message that could not be read.
    pub about: Option<(PaymentId, Deal)>,
    /// What was said, by its name.
    pub said: String,
    /// Why it was not taken, by its name.
    pub why: String,
    /// The amount that it named, in a currency that is known here.
    pub amount: Option<Money>,
}

/// The same as it stands in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefusedLine {
    pub word: RefusedWord,
    pub first_at: UnixMillis,
    pub last_at: UnixMillis,
    pub times: u64,
    pub is_seen: bool,
}

#[derive(sqlx::FromRow)]
struct Raw {
    payment_id: String,
    session_id: Option<String>,
    purchase_id: Option<String>,
    said: String,
    why: String,
    amount: Option<i64>,
    currency: Option<String>,
    first_at: i64,
    last_at: i64,
    times: i64,
    seen_at: Option<i64>,
}

/// Notes a word that was not taken. What is read once more, or asked about, is the word that was told: it is
/// no newer than it was.
pub async fn note(
    store: &Store,
    word: &RefusedWord,
    (is_told, now): (bool, UnixMillis),
) -> Result<(), Error> {
    const SQL: &str = "insert into refused_words \
         (payment_id, session_id, purchase_id, said, why, amount, currency, first_at, last_at, times) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1) on conflict (payment_id, said, why) do update set \
         times = refused_words.times + $9, amount = excluded.amount, \
         last_at = case when $9 > 0 then excluded.last_at else refused_words.last_at end, \
         currency = excluded.currency, seen_at = case when refused_words.amount is not distinct from \
         excluded.amount and refused_words.currency is not distinct from excluded.currency \
         then refused_words.seen_at end";
    const TRIM: &str = "delete from refused_words where (payment_id, said, why) in \
         (select payment_id, said, why from (select payment_id, said, why, merchant_id, place, \
          row_number() over (order by case when seen_at is null then 0 else 1 end, \
          case when merchant_id is null or place <= $2 then 0 else 1 end, \
          last_at desc, payment_id, said, why) as total from \
          (select refused_words.payment_id, said, why, seen_at, last_at, merchant_id, \
           row_number() over (partition by merchant_id order by case when seen_at is null then 0 else 1 end, \
           last_at desc, refused_words.payment_id, said, why) as place from refused_words \
           left join stripe_checkouts on stripe_checkouts.payment_id = refused_words.payment_id) as placed) \
          as counted where total > $1 or (merchant_id is not null and place > $3))";
    let [session, purchase] = word.about.map(|(_, deal)| deal.columns()).unwrap_or_default();
    let statement = Statement::new(SQL)
        .text(payment_column(word.about.map(|(payment, _)| payment)))
        .optional_text(session)
        .optional_text(purchase)
        .text(word.said.as_str())
        .text(word.why.as_str())
        .optional_integer(word.amount.map(|amount| amount.minor))
        .optional_text(word.amount.map(|amount| amount.currency.code().to_owned()))
        .time(now)
        .integer(i64::from(is_told));
    let mut tx = store.begin().await?;
    tx.execute(statement).await?;
    let trim = Statement::new(TRIM).integer(MOST.into()).integer(FIRST.into()).integer(OF_HOST.into());
    tx.execute(trim).await?;
    tx.commit().await
}

/// All of them, what nobody has seen first, and then the newest.
pub async fn load(store: &Store) -> Result<Vec<RefusedLine>, Error> {
    const SQL: &str = "select payment_id, session_id, purchase_id, said, why, amount, currency, first_at, \
         last_at, times, seen_at from refused_words order by case when seen_at is null then 0 else 1 end, \
         last_at desc, payment_id, said, why limit $1";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).integer(MOST.into())).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// How many of them nobody has seen.
pub async fn count_unseen(store: &Store) -> Result<u32, Error> {
    count(store, Statement::new("select count(*) from refused_words where seen_at is null")).await
}

/// Notes that somebody has seen a word, by its payment, its name and the reason; says whether there is one
/// that nobody had seen.
pub async fn mark_seen(
    store: &Store,
    (payment, said, why): (Option<PaymentId>, &str, &str),
    now: UnixMillis,
) -> Result<bool, Error> {
    const SQL: &str = "update refused_words set seen_at = $4 \
         where payment_id = $1 and said = $2 and why = $3 and seen_at is null";
    let statement = Statement::new(SQL).text(payment_column(payment)).text(said).text(why).time(now);
    Ok(store.execute(statement).await? == 1)
}

/// A key holds no absent values.
fn payment_column(payment: Option<PaymentId>) -> String {
    payment.map(PaymentId::to_hex).unwrap_or_default()
}

impl Raw {
    fn parse(self) -> Result<RefusedLine, Error> {
        const CORRUPT: Error = Error::Corrupt { table: "refused_words" };
        let about = match &*self.payment_id {
            "" => None,
            payment => Some((
                payment.parse().map_err(|_| CORRUPT)?,
                Deal::parse(self.session_id.as_deref(), self.purchase_id.as_deref()).ok_or(CORRUPT)?,
            )),
        };
        let amount = match (self.amount, self.currency) {
            (Some(minor), Some(code)) => {
                Some(Money::new(minor, Currency::parse(&code).map_err(|_| CORRUPT)?))
            }
            _ => None,
        };
        Ok(RefusedLine {
            word: RefusedWord { about, said: self.said, why: self.why, amount },
            first_at: UnixMillis(self.first_at),
            last_at: UnixMillis(self.last_at),
            times: u64::try_from(self.times).map_err(|_| CORRUPT)?,
            is_seen: self.seen_at.is_some(),
        })
    }
}
