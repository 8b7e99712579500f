//! What operators read about all sessions, and orders that they have tried again.
//!
//! An operator is an account that the settings name, by an address that its owner has proved to be theirs.
//! Not here: what operators see of one session ([`super::papers`]), and whether the books are sound.

use super::Rooms;
use super::papers::{Listing, PAGE_ROWS, window};
use crate::Error;
use model::{PaymentId, UserId};
use store::purchases::papers::{Whose, count_lines};
use store::sessions::{books, orders};
use store::{Store, accounts, refused_words};

pub use store::refused_words::{RefusedLine, RefusedWord};
pub use store::sessions::books::{AccountLine, EntryLine, Holder, Kind, KindTotal};
pub use store::sessions::orders::Troubled;

/// The most orders in trouble that are shown at once.
pub const TROUBLED: u32 = 200;

/// Everything at one look.
#[derive(Clone, Debug)]
pub struct Overview {
    pub all: u32,
    pub open: u32,
    pub disputes: u32,
    /// Packs of prepaid minutes that were paid.
    pub packs: u32,
    /// Orders that are to be carried out, and orders that nobody tries any more.
    pub waiting: u64,
    pub dead: u64,
    /// Words of the processor that were not taken, and that no operator has seen.
    pub refused: u32,
    pub kinds: Vec<KindTotal>,
    /// Whether anything can be sold here, and whether no money moves.
    pub sells: bool,
    pub is_test: bool,
}

/// A part of a list that is shown a page at a time.
#[derive(Clone, Debug)]
pub struct Part<T> {
    pub lines: Vec<T>,
    /// How many there are in all.
    pub count: u32,
    /// The first is 0.
    pub page: u32,
}

impl<T> Part<T> {
    /// How many pages there are, one at least.
    pub fn pages(&self) -> u32 {
        self.count.div_ceil(PAGE_ROWS).max(1)
    }
}

impl Rooms {
    /// Whether somebody runs this server: signed in to an account that the settings name, whose address was
    /// confirmed.
    pub async fn is_operator(&self, user: UserId) -> Result<bool, Error> {
        let operators = &self.registry.operators;
        if operators.is_empty() {
            return Ok(false);
        }
        let account = accounts::load(self.store(), user).await?;
        let confirmed = account.filter(|account| account.verified_at.is_some());
        let email = confirmed.and_then(|account| account.email);
        Ok(email.is_some_and(|email| operators.contains(&email)))
    }

    /// How everything stands.
    pub async fn overview(&self) -> Result<Overview, Error> {
        let store = self.store();
        let (waiting, dead) = orders::count(store).await?;
        Ok(Overview {
            all: books::count_sessions(store, Kind::All).await?,
            open: books::count_sessions(store, Kind::Open).await?,
            disputes: books::count_sessions(store, Kind::Disputes).await?,
            packs: count_lines(store, Whose::Everybody).await?,
            waiting,
            dead,
            refused: refused_words::count_unseen(store).await?,
            kinds: books::load_kinds(store).await?,
            sells: self.sells(),
            is_test: self.tries_payments_out(),
        })
    }

    /// Sessions of everybody.
    pub async fn all_sessions(&self, kind: Kind, page: u32) -> Result<Listing, Error> {
        Ok(Listing {
            lines: books::load_sessions(self.store(), kind, window(page)).await?,
            count: books::count_sessions(self.store(), kind).await?,
            page,
            totals: Vec::new(),
            is_test: self.tries_payments_out(),
            is_direct: false,
        })
    }

    /// Orders that were not carried out when they were tried.
    pub async fn troubled_orders(&self) -> Result<Vec<Troubled>, Error> {
        Ok(orders::load_troubled(self.store(), TROUBLED).await?)
    }

    /// Has an order tried again that was given up; says whether it was.
    pub async fn retry_order(&self, id: &str) -> Result<bool, Error> {
        let is_revived = orders::revive(self.store(), id, self.registry.ambient.now()).await?;
        self.registry.nudge_outbox();
        Ok(is_revived)
    }

    /// Something may be due of what was ordered: it is looked through now.
    pub fn look_at_orders(&self) {
        self.registry.nudge_outbox();
    }

    /// Notes that an order that was given up was carried out by hand; says whether it was given up.
    pub async fn settle_order(&self, id: &str) -> Result<bool, Error> {
        Ok(orders::settle(self.store(), id, self.registry.ambient.now()).await?)
    }

    /// What the processor said and was not taken, what nobody has seen first.
    pub async fn refused_words(&self) -> Result<Vec<RefusedLine>, Error> {
        Ok(refused_words::load(self.store()).await?)
    }

    /// Notes that somebody has seen such a word; says whether there was one that nobody had seen.
    pub async fn see_word(
        &self,
        payment: Option<PaymentId>,
        (said, why): (&str, &str),
    ) -> Result<bool, Error> {
        let key = (payment, said, why);
        Ok(refused_words::mark_seen(self.store(), key, self.registry.ambient.now()).await?)
    }

    /// Accounts of the ledger that hold something.
    pub async fn ledger_accounts(&self, page: u32) -> Result<Part<AccountLine>, Error> {
        let lines = books::load_accounts(self.store(), window(page)).await?;
        Ok(Part { lines, count: books::count_accounts(self.store()).await?, page })
    }

    /// What was posted to one account of the ledger.
    pub async fn ledger_entries(&self, account: (&str, &str), page: u32) -> Result<Part<EntryLine>, Error> {
        let lines = books::load_entries(self.store(), account, window(page)).await?;
        Ok(Part { lines, count: books::count_entries(self.store(), account).await?, page })
    }

    fn store(&self) -> &Store {
        &self.registry.store
    }
}
