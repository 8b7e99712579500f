//! What payer and host read about their money, and money that a host gives back by hand.
//!
//! ```text
//! session, events, ledger, room ──▶ Paper ──▶ receipt, evidence
//!                                     └──▶ refund: looked at, confirmed, asked of the room's actor
//! ```
//!
//! A paper is read from the database and not from the room's actor, so that it outlives its room. Whoever is
//! neither payer nor host of a session is told that there is none, unless they run this server: operators
//! read and give back what hosts do.
//!
//! Not here: the rules, which are `domain::session`'s, and the words.

mod cancelling;
mod mailing;

pub use cancelling::Cancelling;
pub use mailing::{Left as AddressLeft, Mailing};

use super::Rooms;
use crate::Error;
use crate::room_actor::letter::Letter;
use domain::session::{Act, Bill, Departure, decide};
use model::{Money, ParticipantId, PaymentId, RoomCode, SessionId, UnixMillis, UserId};
use protocol::{ErrorCode, Rule};
use std::collections::BTreeMap;
use store::sessions::papers::{self, Window};
use store::{Store, accounts, sessions};

pub use domain::session::{
    Absent, Command, Dispute, Ending, Event, Fault, Instruction, Party, Payment, PaymentState, Purpose,
    RefundOf, Refusal, Session, Share, Stage, What,
};
pub use store::sessions::papers::{Line, OrderLine, RoomPart, Span, Sums};

/// How many sessions one page of a list shows.
pub const PAGE_ROWS: u32 = 100;
/// How many sessions or packs are read at a time for a file.
pub const FILE_ROWS: u32 = 1_000;

/// Everything about one session that payer or host may read.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Who reads.
    pub reader: Party,
    pub room: RoomPart,
    /// As they are called, as far as anything is known of that.
    pub host: Option<String>,
    pub payer: Option<String>,
    /// What the payer agreed to, word for word.
    pub terms: String,
    /// As it stands at `at`.
    pub session: Session,
    pub events: Vec<Event>,
    /// What the ledger holds; absent where no money is asked.
    pub sums: Option<Sums>,
    /// What the processor and the mailer were asked, and how far that is.
    pub orders: Vec<OrderLine>,
    /// Whether it was paid where no money moves.
    pub is_test: bool,
    /// Whether its payer reads of it by mail.
    pub mailing: Mailing,
    /// When it was read.
    pub at: UnixMillis,
}

/// A part of somebody's list of sessions, the newest first.
#[derive(Clone, Debug)]
pub struct Listing {
    pub lines: Vec<Line>,
    /// How many there are in all.
    pub count: u32,
    /// Which page of them this is; the first is 0.
    pub page: u32,
    /// What all of them came to, for each currency; of what a payer bought nothing.
    pub totals: Vec<Sums>,
    /// Whether this server tries payments out.
    pub is_test: bool,
    /// Whether hosts take the money themselves, in accounts of their own.
    pub is_direct: bool,
}

/// One stay of host or payer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stay {
    pub party: Party,
    pub from: UnixMillis,
    /// Absent while they are inside.
    pub left: Option<(UnixMillis, Left)>,
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Left {
    Dropped,
    Left,
    /// The session was over.
    Over,
    /// The server was away.
    Outage,
}

/// One attempt to pay, with its times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Paid {
    pub payment: Payment,
    pub asked_at: UnixMillis,
    /// When the money came.
    pub came_at: Option<UnixMillis>,
}

/// Money that went back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Returned {
    pub at: UnixMillis,
    pub amount: Money,
    pub why: Why,
}

/// Why it went back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// Host or operator gave it back.
    By(Party),
    /// It was more than the session came to.
    Closing,
    /// Nobody needed it any more when it came.
    NotNeeded,
    /// A dispute was over.
    Dispute,
}

/// What giving money back would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Going {
    /// So much goes to the payer, and the operator bears so much of it.
    Money {
        amount: Money,
        from_fee: Money,
    },
    Minutes {
        millis: i64,
    },
    /// It was done before.
    Nothing,
}

/// Why nothing was given back.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// A rule said no.
    #[error(transparent)]
    Refused(Refusal),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Rooms {
    /// A session as its payer or host may read it, or whoever runs this server; nobody else finds a session.
    pub async fn paper(&self, user: UserId, session: SessionId) -> Result<Paper, Error> {
        let unknown = || Error::Refused(ErrorCode::RoomNotFound);
        let store = &self.registry.store;
        let known = sessions::load(store, session).await?.ok_or_else(unknown)?;
        let reader = match known.party_of(user) {
            Some(party) => party,
            None if self.is_operator(user).await? => Party::Operator,
            None => return Err(unknown()),
        };
        let room = papers::load_room(store, known.room).await?.ok_or(CORRUPT)?;
        let events = sessions::load_events(store, session).await?;
        let at = self.registry.ambient.now();
        // Whoever has not paid holds nothing but the link, which says no names.
        let host = match reader == Party::Payer && !was_let_in(&events) {
            true => None,
            false => host_name(store, &known, room.name.is_some()).await?,
        };
        let is_test = match known.till.payments.is_empty() {
            true => self.tries_payments_out(),
            false => papers::is_test(store, session).await?,
        };
        Ok(Paper {
            reader,
            mailing: self.mailing(reader, &known, is_test).await?,
            room,
            host,
            payer: papers::load_name(store, known.room, known.payer_now()).await?,
            terms: sessions::load_terms(store, session).await?.ok_or(CORRUPT)?,
            sums: papers::load_sums(store, &known).await?,
            orders: papers::load_orders(store, session).await?,
            is_test,
            session: if known.is_closed() { known } else { known.at(at) },
            events,
            at,
        })
    }

    /// What somebody agreed to pay for.
    pub async fn bought(&self, payer: UserId, page: u32) -> Result<Listing, Error> {
        let store = &self.registry.store;
        Ok(Listing {
            lines: papers::load_bought(store, payer, window(page)).await?,
            count: papers::count_bought(store, payer).await?,
            page,
            totals: Vec::new(),
            is_test: self.tries_payments_out(),
            is_direct: false,
        })
    }

    /// What somebody sold within a span of time, and what all of it came to.
    pub async fn earnings(&self, host: UserId, span: Span, page: u32) -> Result<Listing, Error> {
        let store = &self.registry.store;
        Ok(Listing {
            lines: papers::load_sold(store, host, span, window(page)).await?,
            count: papers::count_sold(store, host, span).await?,
            page,
            totals: papers::load_sold_sums(store, host, span).await?,
            is_test: self.tries_payments_out(),
            is_direct: self.registry.payments().is_some_and(|payments| payments.direct),
        })
    }

    /// A part of the same for a file, which is read part by part until one is empty. What is sold meanwhile
    /// is not in it, as long as the span is over.
    pub async fn earnings_part(&self, host: UserId, span: Span, part: u32) -> Result<Vec<Line>, Error> {
        Ok(papers::load_sold(&self.registry.store, host, span, file_window(part)).await?)
    }

    /// Gives back what was paid, in its host's name or an operator's; the same refund twice is one.
    pub async fn refund(
        &self,
        user: UserId,
        session: SessionId,
        command: Command,
    ) -> Result<(), RefundError> {
        let paper = self.paper(user, session).await?;
        if paper.reader == Party::Payer {
            return Err(Error::Refused(ErrorCode::RoomNotFound).into());
        }
        // Asked here for the sake of the words: a rule's no keeps its numbers. The actor has the last one.
        paper.going(&command).map_err(RefundError::Refused)?;
        let room = paper.room.code;
        Ok(self.registry.ask(room, |reply| Letter::Session { session, command, reply }).await?)
    }

    /// Lets the bill of a session go, in its host's name or an operator's; harmless if none is open.
    pub async fn waive(&self, user: UserId, session: SessionId) -> Result<(), Error> {
        let paper = self.paper(user, session).await?;
        if paper.reader == Party::Payer {
            return Err(Error::Refused(ErrorCode::RoomNotFound));
        }
        let (room, command) = (paper.room.code, Command::Forgive { by: paper.reader });
        self.registry.ask(room, |reply| Letter::Session { session, command, reply }).await
    }

    /// What somebody agreed to pay for last in a room.
    pub async fn newest_bought(&self, payer: UserId, room: RoomCode) -> Result<Option<SessionId>, Error> {
        Ok(papers::load_newest(&self.registry.store, payer, room).await?)
    }

    /// Calls a session off in the name of its payer, who was told what they gain by it
    /// ([`Cancelling::gain`]). `false` if it is less by now, and nothing happened.
    pub async fn cancel(&self, user: UserId, session: SessionId, told: i64) -> Result<bool, Error> {
        let paper = self.paper(user, session).await?;
        if paper.reader != Party::Payer {
            return Err(Error::Refused(ErrorCode::RoomNotFound));
        }
        if paper.cancelling().is_some_and(|cancelling| cancelling.gain() < told) {
            return Ok(false);
        }
        // As of now: until the room's turn comes, the time may be over by which all of it goes back.
        let (room, at) = (paper.room.code, paper.at);
        self.registry.ask(room, |reply| Letter::CancelSession { session, at, reply }).await?;
        Ok(true)
    }

    /// Whether this server takes money.
    pub fn sells(&self) -> bool {
        self.registry.payments().is_some()
    }

    /// Why somebody may not sell here whatever account they have at the processor, if so.
    pub async fn seller_refusal(&self, user: UserId) -> Result<Option<Rule>, Error> {
        match self.registry.payments() {
            Some(payments) => payments.sellers.refusal(&self.registry.store, user).await,
            None => Ok(Some(Rule::NotSold)),
        }
    }

    /// Whether no money moves here.
    pub fn tries_payments_out(&self) -> bool {
        self.registry.payments().is_some_and(|payments| payments.provider.is_test())
    }
}

const CORRUPT: store::Error = store::Error::Corrupt { table: "sessions" };

pub(super) const fn window(page: u32) -> Window {
    Window { offset: page.saturating_mul(PAGE_ROWS), limit: PAGE_ROWS }
}

pub(super) const fn file_window(part: u32) -> Window {
    Window { offset: part.saturating_mul(FILE_ROWS), limit: FILE_ROWS }
}

/// Whether the payer was entitled to come in.
fn was_let_in(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event.what, What::Confirmed))
}

/// Of a host who has not been inside, the name of the account, if they have one: somebody sold this.
async fn host_name(store: &Store, session: &Session, is_known: bool) -> Result<Option<String>, Error> {
    if !is_known {
        return Ok(None);
    }
    if let Some(name) = papers::load_name(store, session.room, session.host_now()).await? {
        return Ok(Some(name));
    }
    Ok(accounts::load(store, session.host_now()).await?.map(|account| account.name.to_string()))
}

impl Listing {
    /// How many pages there are, one at least.
    pub const fn pages(&self) -> u32 {
        let pages = self.count.div_ceil(PAGE_ROWS);
        if pages == 0 { 1 } else { pages }
    }
}

impl Paper {
    /// What could still be given back by hand.
    pub fn refundable(&self) -> Option<Money> {
        let amounts = self.session.till.takings().map(|(_, takings)| takings.refundable());
        amounts.filter(|amount| !amount.is_zero()).reduce(|one, other| one.plus(other).unwrap_or(one))
    }

    /// What a refund would do now; the reason if a rule forbids it.
    pub fn going(&self, command: &Command) -> Result<Going, Refusal> {
        let events = decide(&self.session, command, self.at)?;
        let zero = || self.session.offer.currency().map(Money::zero);
        let going = events.iter().find_map(|event| match &event.what {
            What::Refunded { parts, .. } => {
                let sum = |of: fn(&domain::session::RefundPart) -> Money| {
                    parts.iter().map(of).fold(zero(), |sum, part| sum.and_then(|sum| sum.plus(part)))
                };
                Some(Going::Money { amount: sum(|part| part.amount)?, from_fee: sum(|part| part.from_fee)? })
            }
            What::MinutesReturned { millis, .. } => Some(Going::Minutes { millis: *millis }),
            _ => None,
        });
        Ok(going.unwrap_or(Going::Nothing))
    }

    /// When the payer agreed.
    pub fn consented_at(&self) -> Option<UnixMillis> {
        self.first(|what| matches!(what, What::Consented { .. }))
    }

    /// From when on the payer was let in.
    pub fn entitled_at(&self) -> Option<UnixMillis> {
        self.first(|what| matches!(what, What::Confirmed))
    }

    /// When both were inside for the first time, and the clock began.
    pub fn began_at(&self) -> Option<UnixMillis> {
        self.first(|what| matches!(what, What::Began { .. }))
    }

    /// How it ended.
    pub const fn ending(&self) -> Option<Ending> {
        match &self.session.stage {
            Stage::Closed { ending, .. } => Some(*ending),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Live(_)
            | Stage::Grace(_) => None,
        }
    }

    /// What it costs as it went, once it is over and where it is paid with money.
    pub fn owed(&self) -> Option<Money> {
        self.session.settlement()?.owed()
    }

    /// Whether the host let the bill go, or the operator.
    pub fn is_waived(&self) -> bool {
        self.first(|what| matches!(what, What::Forgiven { .. })).is_some()
    }

    /// Every attempt to pay, the oldest first.
    pub fn payments(&self) -> Vec<Paid> {
        let times = |payment: PaymentId| {
            let asked = self
                .first(|what| matches!(what, What::CheckoutStarted { payment: id, .. } if *id == payment));
            let came = self.first(|what| match what {
                What::Captured { payment: id }
                | What::HoldTaken { payment: id }
                | What::BillPaid { payment: id }
                | What::SentBack { payment: id, .. } => *id == payment,
                What::Closed { settlement, .. } => match &settlement.bill {
                    Bill::Money(bill) => {
                        let captured = |part: &Act| matches!(part, Act::Capture { .. });
                        bill.moves.iter().any(|part| part.payment == payment && captured(&part.act))
                    }
                    Bill::Free | Bill::Minutes { .. } => false,
                },
                _ => false,
            });
            (asked, came)
        };
        let payments = self.session.till.payments.iter().map(|payment| {
            let (asked, came_at) = times(payment.id);
            Paid { payment: *payment, asked_at: asked.unwrap_or(self.at), came_at }
        });
        payments.collect()
    }

    /// All money that went back, in order.
    pub fn returned(&self) -> Vec<Returned> {
        let mut returned = Vec::new();
        for Event { at, what, .. } in &self.events {
            let mut note = |amount: Money, why| returned.push(Returned { at: *at, amount, why });
            match what {
                What::Refunded { by, parts, .. } => {
                    parts.iter().for_each(|part| note(part.amount, Why::By(*by)));
                }
                What::SentBack { amount, .. } => note(*amount, Why::NotNeeded),
                What::DisputeWon { release: Some(release), .. }
                | What::DisputeLost { release: Some(release), .. } => note(release.refund, Why::Dispute),
                What::Closed { settlement, .. } => {
                    let Bill::Money(bill) = &settlement.bill else { continue };
                    for part in &bill.moves {
                        if let Act::Divide { refund, .. } = part.act {
                            note(refund, Why::Closing);
                        }
                    }
                }
                _ => {}
            }
        }
        returned.retain(|back| !back.amount.is_zero());
        returned
    }

    /// When each of both was inside, in order of arrival; with two tabs, once for each.
    pub fn stays(&self) -> Vec<Stay> {
        stays_of(&self.events)
    }

    fn first(&self, is: impl Fn(&What) -> bool) -> Option<UnixMillis> {
        self.events.iter().find(|event| is(&event.what)).map(|event| event.at)
    }
}

/// When host and payer of a session were inside, by its events.
pub(super) fn stays_of(events: &[Event]) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    let mut inside = BTreeMap::<ParticipantId, usize>::new();
    let end = |stays: &mut Vec<Stay>, place: usize, at: UnixMillis, how| {
        stays[place].left = Some((at.max(stays[place].from), how));
    };
    for Event { at, what, .. } in events {
        match what {
            What::Entered { party, participant } => {
                inside.entry(*participant).or_insert(stays.len());
                if inside[participant] == stays.len() {
                    stays.push(Stay { party: *party, from: *at, left: None });
                }
            }
            What::Gone { participant, how, .. } => {
                let how = match how {
                    Departure::Dropped => Left::Dropped,
                    Departure::Left => Left::Left,
                };
                if let Some(place) = inside.remove(participant) {
                    end(&mut stays, place, *at, how);
                }
            }
            What::Revived { last_alive } => {
                let all = std::mem::take(&mut inside).into_values();
                all.for_each(|place| end(&mut stays, place, *last_alive, Left::Outage));
            }
            What::Closed { .. } => {
                let all = std::mem::take(&mut inside).into_values();
                all.for_each(|place| end(&mut stays, place, *at, Left::Over));
            }
            _ => {}
        }
    }
    stays
}
