//! Packs of prepaid minutes: buying them, what somebody has, and what a host sells back.
//!
//! ```text
//! /r/{code}/minutes ──agree, buy──▶ purchase, saved ──▶ the processor ──word──▶ minutes
//! /purchases/… ──sell back──▶ what is not used goes back, and so much of the price
//! ```
//!
//! Buyer and seller have accounts: what is bought today may be used in a year, in another browser. A purchase
//! is of no room and has no actor; whoever decides about one tries again when somebody else was quicker.
//! Whoever is neither buyer nor seller of a purchase is told that there is none, unless they run this server.
//!
//! Not here: the rules, which are `domain::purchase`'s, using minutes, which is a session's, and the words.

mod proof;

pub use proof::{Proof, ProvedUse};

use super::papers::{PAGE_ROWS, file_window, window};
use super::{Identity, Rooms};
use crate::Error;
use crate::payments::{Back, Checkout, Direct};
use crate::room_actor::letter::Letter;
use crate::secret::terms_digest;
use domain::ledger::PackSale;
use domain::limits::CHECKOUT_MS;
use domain::purchase::{Command, Consent, Purchase, decide};
use domain::room::Phase;
use domain::session;
use model::offer::{Access, Pack, Packs};
use model::statement::canonical_pack;
use model::{
    InviteToken, Money, PurchaseId, RefundId, RoomCode, RoomId, RoomName, TermsDigest, UnixMillis, UserId,
};
use protocol::{Barrier, EntryState, ErrorCode, Rule};
use store::ledger::PostError;
use store::purchases::papers::{self, Whose};
use store::purchases::{self, Change};
use store::{accounts, rooms, sessions};

pub use domain::purchase::{Event, Refusal, State, What};
pub use domain::session::{Dispute, Party};
pub use store::purchases::papers::{Balance, Line, Sums, Use};

/// How often it is tried again when somebody else was quicker.
const TRIES: usize = 8;
/// How many purchases somebody may begin in a day.
const A_DAY: u32 = 100;
const DAY_MS: i64 = 24 * 3_600_000;

/// What a room sells, and what its reader has.
#[derive(Clone, Debug)]
pub struct Shop {
    pub room: RoomCode,
    pub name: RoomName,
    /// By which they came.
    pub invite: Option<InviteToken>,
    pub packs: Packs,
    /// Whether the reader can buy: they are signed in.
    pub has_account: bool,
    /// What the reader has with this host, in milliseconds.
    pub left_ms: i64,
    /// Whether a checkout is open whose money may be on its way.
    pub is_waiting: bool,
    pub is_test: bool,
}

/// What somebody has with everybody, what they bought, and what it was used for.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub balances: Vec<Balance>,
    pub purchases: Vec<Line>,
    pub uses: Vec<Use>,
    /// How many purchases there are in all, and how many sessions that used them.
    pub count: u32,
    pub use_count: u32,
    /// Which page of both this is; the first is 0.
    pub page: u32,
    pub is_test: bool,
}

/// A part of a list of purchases, the newest first.
#[derive(Clone, Debug)]
pub struct Sold {
    pub lines: Vec<Line>,
    pub count: u32,
    pub page: u32,
    /// What all of them came to, for each currency.
    pub totals: Vec<Sums>,
    pub is_test: bool,
}

/// Everything about one purchase that buyer or seller may read.
#[derive(Clone, Debug)]
pub struct PurchasePaper {
    /// Who reads: the seller is the host, the buyer the payer.
    pub reader: Party,
    pub purchase: Purchase,
    pub events: Vec<Event>,
    /// As their accounts call them, if these are not deleted.
    pub seller: Option<String>,
    pub buyer: Option<String>,
    /// What the room is called in which it was on sale; absent once it is erased.
    pub room: Option<String>,
    /// What the buyer has with this seller just now, in milliseconds.
    pub left_ms: i64,
    /// What the buyer agreed to, word for word; absent of purchases from before it was asked for.
    pub terms: Option<String>,
    pub sums: Option<Sums>,
    /// What the processor and the mailer were asked, and how far that is.
    pub orders: Vec<sessions::papers::OrderLine>,
    pub asked_at: UnixMillis,
    pub is_test: bool,
}

/// Why nothing was sold back.
#[derive(Debug, thiserror::Error)]
pub enum SellBackError {
    /// A rule said no.
    #[error(transparent)]
    Refused(Refusal),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// What somebody decides about a purchase, given what its buyer may spend.
type Wish = dyn Fn(i64) -> Command + Send + Sync;

impl Rooms {
    /// What a room sells by the minute, for whoever reads its price at the door; nothing for others. Whose
    /// room it is, nobody learns by that.
    pub async fn shop(
        &self,
        reader: Option<Identity>,
        (room, invite): (RoomCode, Option<InviteToken>),
    ) -> Result<Option<Shop>, Error> {
        if self.entry(room, reader, invite).await?.price.is_none() {
            return Ok(None);
        }
        let Counter { name, owner, packs, .. } = self.counter(room).await?;
        let store = &self.registry.store;
        let has_account = match reader {
            Some(reader) => accounts::load(store, reader.user).await?.is_some(),
            None => false,
        };
        let buyer = reader.filter(|_| has_account).map(|reader| reader.user);
        let now = self.registry.ambient.now();
        let (left_ms, open) = match buyer {
            Some(buyer) => (
                purchases::spendable_ms(store, owner, buyer).await?,
                purchases::load_open(store, owner, buyer).await?,
            ),
            None => (0, None),
        };
        Ok(Some(Shop {
            room,
            name,
            invite,
            packs,
            has_account,
            left_ms,
            is_waiting: open.is_some_and(|open| open.open_until().is_some_and(|until| until > now)),
            is_test: self.tries_payments_out(),
        }))
    }

    /// Opens a checkout for a pack that somebody was shown and to whose terms they agree; says where it is.
    /// Pressed twice, it is the same.
    pub async fn buy(
        &self,
        buyer: Identity,
        (room, invite): (RoomCode, Option<InviteToken>),
        (pack, terms): (Pack, TermsDigest),
        back: Back,
    ) -> Result<String, Error> {
        let refused = |rule| Error::Refused(ErrorCode::Rule(rule));
        let entry = self.entry(room, Some(buyer), invite).await?;
        if entry.price.is_none() {
            // Whoever may come in but for the price reads why they cannot pay it.
            if entry.state == (EntryState::Barred { barrier: Barrier::Unpaid }) {
                self.counter(room).await?;
            }
            return Err(refused(Rule::NotSold));
        }
        let buyer = buyer.user;
        let counter = self.counter(room).await?;
        if !counter.packs.list().contains(&pack) || terms != pack_terms(pack) {
            return Err(refused(Rule::OtherTerms));
        }
        let store = &self.registry.store;
        if buyer == counter.owner || accounts::load(store, buyer).await?.is_none() {
            return Err(refused(Rule::NotAllowed));
        }
        let now = self.registry.ambient.now();
        let payments = self.registry.payments().ok_or(refused(Rule::NotSold))?;
        let merchant = payments.receiver(store, counter.owner).await?;
        let sale = PackSale { seller: counter.owner, buyer, pack, fee: payments.fee, merchant };
        let purchase = self.open_purchase((counter.id, sale), Consent { terms, at: now }).await?;
        let checkout = Checkout {
            deal: purchase.id.into(),
            payment: purchase.payment(),
            amount: purchase.price(),
            until: purchase.open_until().unwrap_or(now),
            may_keep_ready: false,
            room,
            name: counter.name,
            direct: merchant.map(|merchant| Direct { merchant, fee: sale.fee() }),
        };
        self.open_checkout(checkout, back).await
    }

    /// Everything that somebody has, bought and used.
    pub async fn balance(&self, buyer: UserId, page: u32) -> Result<Sheet, Error> {
        let store = &self.registry.store;
        let whose = Whose::BoughtBy(buyer);
        let mut balances = papers::load_balances(store, buyer, window(0)).await?;
        for balance in &mut balances {
            if !self.sells_more(balance.seller).await? {
                balance.room = None;
            }
        }
        Ok(Sheet {
            balances,
            purchases: papers::load_lines(store, whose, window(page)).await?,
            uses: papers::load_uses(store, buyer, window(page)).await?,
            count: papers::count_lines(store, whose).await?,
            use_count: papers::count_uses(store, buyer).await?,
            page,
            is_test: self.tries_payments_out(),
        })
    }

    /// Whether more minutes can be bought of a host just now.
    async fn sells_more(&self, seller: UserId) -> Result<bool, Error> {
        let Some(payments) = self.registry.payments() else { return Ok(false) };
        Ok(payments.refusal(&self.registry.store, seller).await?.is_none())
    }

    /// The packs that somebody sold.
    pub async fn sold_packs(&self, seller: UserId, page: u32) -> Result<Sold, Error> {
        self.packs_of(Whose::SoldBy(seller), page).await
    }

    /// A part of the same with what each came to, for a file, which is read part by part until one is empty.
    /// One that is paid meanwhile may push another into two parts, and none out of both.
    pub async fn sold_packs_part(&self, seller: UserId, part: u32) -> Result<Vec<(Line, Sums)>, Error> {
        let (store, whose) = (&self.registry.store, Whose::SoldBy(seller));
        Ok(papers::load_lines_with_sums(store, whose, file_window(part)).await?)
    }

    /// The packs of everybody, or those that are or were disputed.
    pub async fn all_packs(&self, disputes: bool, page: u32) -> Result<Sold, Error> {
        self.packs_of(if disputes { Whose::Disputed } else { Whose::Everybody }, page).await
    }

    /// A purchase as its buyer or seller may read it, or whoever runs this server.
    pub async fn purchase_paper(&self, user: UserId, id: PurchaseId) -> Result<PurchasePaper, Error> {
        let unknown = || Error::Refused(ErrorCode::RoomNotFound);
        let store = &self.registry.store;
        let purchase = purchases::load(store, id).await?.ok_or_else(unknown)?;
        let PackSale { seller, buyer, .. } = purchase.sale;
        let reader = match user {
            user if user == seller => Party::Host,
            user if user == buyer => Party::Payer,
            user if self.is_operator(user).await? => Party::Operator,
            _ => return Err(unknown()),
        };
        let room = sessions::papers::load_room(store, purchase.room).await?;
        let name =
            async |user| Ok::<_, Error>(accounts::load(store, user).await?.map(|it| it.name.to_string()));
        let events = purchases::load_events(store, id).await?;
        Ok(PurchasePaper {
            reader,
            seller: name(seller).await?,
            buyer: name(buyer).await?,
            room: room.and_then(|room| room.name),
            left_ms: purchases::spendable_ms(store, seller, buyer).await?,
            terms: purchases::load_terms(store, id).await?,
            sums: papers::load_sums_of(store, id).await?,
            orders: sessions::papers::load_orders(store, id).await?,
            asked_at: purchases::load_made_at(store, id).await?.ok_or_else(unknown)?,
            is_test: papers::is_test(store, id).await?,
            purchase,
            events,
        })
    }

    /// Gives back what is not used of a pack, in the name of its seller or of who runs this server; the same
    /// refund twice is one.
    pub async fn sell_back(
        &self,
        user: UserId,
        id: PurchaseId,
        refund: RefundId,
    ) -> Result<(), SellBackError> {
        let by = self.purchase_paper(user, id).await?.reader;
        if by == Party::Payer {
            return Err(Error::Refused(ErrorCode::RoomNotFound).into());
        }
        self.decide_about(id, &move |available_ms| Command::SellBack { refund, by, available_ms }).await
    }

    /// Takes a processor's word about a purchase.
    pub(super) async fn purchase_said(&self, id: PurchaseId, word: session::Command) -> Result<(), Error> {
        use session::Command as Word;
        let nothing = Error::Refused(ErrorCode::Rule(Rule::NothingToPay));
        let (payment, command) = match word {
            Word::PaymentConfirmed { payment, amount, kind: session::Confirmation::Captured } => {
                (payment, Command::PaymentConfirmed { amount })
            }
            // The buyer may try again in the same checkout.
            Word::PaymentDeclined { .. } => return Ok(()),
            Word::CheckoutEnded { payment } => (payment, Command::CheckoutEnded),
            Word::DisputeOpened { payment, amount } => (payment, Command::DisputeOpened { amount }),
            Word::DisputeWon { payment, amount } => (payment, Command::DisputeWon { amount }),
            Word::DisputeLost { payment, amount } => (payment, Command::DisputeLost { amount }),
            // Nothing is kept ready for a purchase, and the rest is no word of a processor.
            _ => return Err(nothing),
        };
        let known = purchases::load(&self.registry.store, id).await?;
        let Some(known) = known.filter(|known| known.payment() == payment) else { return Err(nothing) };
        match self.decide_about(id, &move |_| command).await {
            Ok(()) => {
                if let Command::PaymentConfirmed { .. } = command {
                    self.top_up(known.sale).await;
                }
                Ok(())
            }
            Err(SellBackError::Refused(_)) => Err(nothing),
            Err(SellBackError::Failed(error)) => Err(error),
        }
    }

    /// Adds what somebody bought to the session that they are in, as far as one session may use it. Whoever
    /// cannot be reached just now lets the time run out, and the minutes stay their buyer's.
    async fn top_up(&self, PackSale { seller, buyer, .. }: PackSale) {
        let store = &self.registry.store;
        let added = async {
            for (session, room) in sessions::load_underway(store, seller, buyer).await? {
                let available_ms = purchases::spendable_ms(store, seller, buyer).await?;
                let command = session::Command::Reserve { available_ms };
                match self.registry.ask(room, |reply| Letter::Session { session, command, reply }).await {
                    // It is paid otherwise, or has all that it may use.
                    Ok(()) | Err(Error::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        if let Err(error) = added.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "Minutes that were bought could not be added to a session under way.");
        }
    }

    async fn packs_of(&self, whose: Whose, page: u32) -> Result<Sold, Error> {
        let store = &self.registry.store;
        Ok(Sold {
            lines: papers::load_lines(store, whose, window(page)).await?,
            count: papers::count_lines(store, whose).await?,
            page,
            totals: papers::load_sums(store, whose).await?,
            is_test: self.tries_payments_out(),
        })
    }

    /// What a room sells by the minute, if it does.
    async fn counter(&self, room: RoomCode) -> Result<Counter, Error> {
        let store = &self.registry.store;
        let room = rooms::load(store, room).await?.ok_or(Error::Refused(ErrorCode::RoomNotFound))?.room;
        if let Phase::Ended { .. } = room.phase {
            return Err(Error::Refused(ErrorCode::RoomEnded));
        }
        let not_sold = || Error::Refused(ErrorCode::Rule(Rule::NotSold));
        let payments = self.registry.payments().ok_or_else(not_sold)?;
        let packs = match room.policy.offer.as_ref().map(|offer| &offer.parts().access) {
            Some(Access::Prepaid { packs, .. }) => packs.clone(),
            _ => return Err(not_sold()),
        };
        match payments.refusal(store, room.owner).await? {
            Some(Rule::SellerNeedsStripe) => {
                return Err(Error::Refused(ErrorCode::Rule(Rule::SellerNeedsStripe)));
            }
            Some(_) => return Err(not_sold()),
            None if accounts::load(store, room.owner).await?.is_none() => return Err(not_sold()),
            None => {}
        }
        Ok(Counter { id: room.id, name: room.name, owner: room.owner, packs })
    }

    /// The purchase of which the checkout is open: the one that is there, if it is for the same, or a new
    /// one.
    async fn open_purchase(
        &self,
        (room, sale): (RoomId, PackSale),
        consent: Consent,
    ) -> Result<Purchase, Error> {
        let (store, now) = (&self.registry.store, consent.at);
        let words = canonical_pack(sale.pack);
        for _ in 0..TRIES {
            let open = purchases::load_open(store, sale.seller, sale.buyer).await?;
            // Also of this room: its checkout leads back there. The first consent to the same words counts.
            let is_good = |open: &Purchase| {
                open.sale == sale
                    && open.consent.is_some_and(|agreed| agreed.terms == consent.terms)
                    && open.room == room
                    && open.open_until().is_some_and(|until| until > now)
            };
            if let Some(open) = open.clone().filter(is_good) {
                return Ok(open);
            }
            if purchases::count_since(store, sale.buyer, now.plus(-DAY_MS)).await? >= A_DAY {
                return Err(Error::Refused(ErrorCode::TooManyRequests));
            }
            let id = PurchaseId::from_bits(self.registry.ambient.draw());
            let new = Purchase::asked(id, (room, sale), now.plus(CHECKOUT_MS), now).agreed(Some(consent));
            let mut tx = store.begin().await?;
            if let Some(open) = open {
                let events = decide(&open, &Command::Supersede, now).unwrap_or_default();
                match purchases::append(&mut tx, &Change::new(open, events)).await {
                    Ok(()) => {}
                    Err(PostError::Store(store::Error::Stale)) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            if purchases::insert_new(&mut tx, &new, &words).await? {
                tx.commit().await?;
                self.registry.nudge_outbox();
                return Ok(new);
            }
        }
        Err(Error::Gone)
    }

    /// Decides about a purchase and saves it, again and again while others are quicker.
    async fn decide_about(&self, id: PurchaseId, wish: &Wish) -> Result<(), SellBackError> {
        let store = &self.registry.store;
        for _ in 0..TRIES {
            let purchase = purchases::load(store, id).await.map_err(Error::from)?;
            let purchase = purchase.ok_or(Error::Refused(ErrorCode::RoomNotFound))?;
            let PackSale { seller, buyer, .. } = purchase.sale;
            let available_ms = purchases::spendable_ms(store, seller, buyer).await.map_err(Error::from)?;
            let now = self.registry.ambient.now();
            let events = decide(&purchase, &wish(available_ms), now).map_err(SellBackError::Refused)?;
            if events.is_empty() {
                return Ok(());
            }
            let mut tx = store.begin().await.map_err(Error::from)?;
            match purchases::append(&mut tx, &Change::new(purchase, events)).await {
                Ok(()) => {
                    tx.commit().await.map_err(Error::from)?;
                    self.registry.nudge_outbox();
                    return Ok(());
                }
                // Somebody else was quicker, here or with the minutes.
                Err(PostError::Store(store::Error::Stale) | PostError::Overdrawn { .. }) => {}
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Gone.into())
    }
}

/// The digest of what the buyer of a pack agrees to.
pub fn pack_terms(pack: Pack) -> TermsDigest {
    terms_digest(&canonical_pack(pack))
}

/// What a room sells, and who.
struct Counter {
    id: RoomId,
    name: RoomName,
    owner: UserId,
    packs: Packs,
}

impl Sheet {
    /// How many pages there are, one at least.
    pub fn pages(&self) -> u32 {
        self.count.max(self.use_count).div_ceil(PAGE_ROWS).max(1)
    }
}

impl Sold {
    /// How many pages there are, one at least.
    pub fn pages(&self) -> u32 {
        self.count.div_ceil(PAGE_ROWS).max(1)
    }
}

impl PurchasePaper {
    /// What selling back would do now: so much time and of the price; the reason if a rule forbids it.
    pub fn going(&self, refund: RefundId) -> Result<Option<(i64, Money)>, Refusal> {
        let wish = Command::SellBack { refund, by: self.reader, available_ms: self.left_ms };
        let events = decide(&self.purchase, &wish, self.purchase.as_of)?;
        Ok(events.iter().find_map(|event| match event.what {
            What::SoldBack { millis, amount, .. } => Some((millis, amount)),
            _ => None,
        }))
    }
}
