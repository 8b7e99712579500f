//! A processor that fails as real ones do: before it did something or after, so that nobody knows; whose words
//! come late, twice and in any order. What it has is what it says at the end.

use domain::session::{Command, Confirmation, Instruction};
use model::{MerchantId, Money, OutboxId, PaymentId};
use service::payments::{Back, Checkout, Deal, PaymentProvider, Pending, ProviderError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Cheap to clone; it outlives the servers that ask it.
#[derive(Clone, Default)]
pub struct Bank(Arc<Mutex<Books>>);

#[derive(Default)]
pub struct Books {
    pub payments: BTreeMap<PaymentId, Deposit>,
    /// What it has to tell.
    pub words: Vec<(Deal, Command)>,
    /// How many of a thousand questions fail.
    pub failing: u64,
    pub dice: Dice,
    done: BTreeMap<OutboxId, Instruction>,
}

/// What a checkout came to.
#[derive(Clone, Copy, Debug)]
pub struct Deposit {
    pub deal: Deal,
    pub amount: Money,
    pub state: State,
    /// What went back, in minor units.
    pub back: i64,
    /// What the payer's bank has withdrawn.
    pub withdrawn: i64,
    pub is_disputed: bool,
    /// The account of the host that takes it, and what of all of it is the operator's.
    pub direct: Option<(MerchantId, i64)>,
    /// What of it came to the operator, and has not gone back to the host.
    pub shared: i64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Open,
    Ended,
    /// Kept ready.
    Held,
    /// So much was taken.
    Taken(i64),
    Released,
}

/// SplitMix64.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }

    /// One of them, if there is any.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let count = u64::try_from(all.len()).expect("few");
        (count > 0).then(|| all[usize::try_from(self.below(count)).expect("few")])
    }
}

impl Bank {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Books { dice: Dice(seed), failing: 150, ..Books::default() })))
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().expect("no test panics here")
    }
}

impl Books {
    /// Somebody pays at one of the open checkouts, or gives their word for it.
    pub fn pay(&mut self) {
        let open: Vec<PaymentId> = self.those(|deposit| deposit.state == State::Open);
        let Some(id) = self.dice.one_of(&open) else { return };
        if self.dice.below(5) == 0 {
            let deal = self.payments[&id].deal;
            return self.words.push((deal, Command::PaymentDeclined { payment: id }));
        }
        // Nothing is kept ready for a pack.
        let is_pack = matches!(self.payments[&id].deal, Deal::Purchase(_));
        let is_held = self.dice.below(4) == 0 && !is_pack;
        let deposit = self.payments.get_mut(&id).expect("it is one of them");
        let kind = if is_held { Confirmation::Held } else { Confirmation::Captured };
        deposit.shared = deposit.direct.filter(|_| !is_held).map_or(0, |(_, fee)| fee);
        deposit.state = if is_held { State::Held } else { State::Taken(deposit.amount.minor) };
        let word = Command::PaymentConfirmed { payment: id, amount: deposit.amount, kind };
        self.words.push((deposit.deal, word));
    }

    /// What was kept ready for too long is let go.
    pub fn lapse(&mut self) {
        let held = self.those(|deposit| deposit.state == State::Held);
        let Some(id) = self.dice.one_of(&held) else { return };
        let deposit = self.payments.get_mut(&id).expect("it is one of them");
        deposit.state = State::Released;
        self.words.push((deposit.deal, Command::CheckoutEnded { payment: id }));
    }

    /// Checkouts of packs that nobody uses end by themselves.
    pub fn close_packs(&mut self) {
        let is_pack = |deposit: &Deposit| matches!(deposit.deal, Deal::Purchase(_));
        for id in self.those(|deposit| deposit.state == State::Open && is_pack(deposit)) {
            self.run_out(id);
        }
    }

    /// A checkout that is open ends by itself.
    pub fn run_out(&mut self, id: PaymentId) {
        if let Some(deposit) = self.payments.get_mut(&id).filter(|deposit| deposit.state == State::Open) {
            deposit.state = State::Ended;
            self.words.push((deposit.deal, Command::CheckoutEnded { payment: id }));
        }
    }

    /// A word to tell now, which may be told again later.
    pub fn word(&mut self) -> Option<(Deal, Command)> {
        let count = u64::try_from(self.words.len()).expect("few");
        if count == 0 {
            return None;
        }
        let place = usize::try_from(self.dice.below(count)).expect("few");
        let again = self.dice.below(3) == 0;
        Some(if again { self.words[place] } else { self.words.swap_remove(place) })
    }

    /// Whether there is nothing to tell, nothing is kept ready, and nothing can be paid any more.
    pub fn is_quiet(&self) -> bool {
        let is_over = |deposit: &Deposit| !matches!(deposit.state, State::Held | State::Open);
        self.words.is_empty() && self.payments.values().all(is_over)
    }

    /// What keeps it from being quiet.
    pub fn unquiet(&self) -> String {
        let are = self.those(|deposit| matches!(deposit.state, State::Held | State::Open));
        let these: Vec<_> = are.iter().map(|id| (id, self.payments[id])).collect();
        format!("{:?}, {these:?}", self.words)
    }

    /// What it has of a session in all, at an account of the host's own or at the operator's, to which the
    /// shares come of what hosts take.
    pub fn balance(&self, deal: Deal, merchant: Option<MerchantId>) -> i64 {
        let of = self.payments.values().filter(|deposit| deposit.deal == deal);
        of.map(|deposit| {
            let has = match deposit.state {
                State::Taken(taken) => taken - deposit.back - deposit.withdrawn,
                State::Open | State::Ended | State::Held | State::Released => 0,
            };
            match deposit.direct.map(|(merchant, _)| merchant) {
                direct if direct == merchant => has - deposit.shared,
                Some(_) if merchant.is_none() => deposit.shared,
                _ => 0,
            }
        })
        .sum()
    }

    fn those(&self, are: impl Fn(&Deposit) -> bool) -> Vec<PaymentId> {
        self.payments.iter().filter(|(_, deposit)| are(deposit)).map(|(id, _)| *id).collect()
    }

    fn fails(&mut self) -> bool {
        self.dice.below(1_000) < self.failing
    }

    fn open(&mut self, checkout: &Checkout) {
        let Checkout { deal, amount, direct, .. } = *checkout;
        let direct = direct.map(|direct| (direct.merchant, direct.fee.minor));
        assert!(direct.is_none_or(|(_, fee)| (0..amount.minor).contains(&fee)), "{checkout:?}");
        let (state, is_disputed) = (State::Open, false);
        let new = Deposit { deal, amount, state, back: 0, withdrawn: 0, is_disputed, direct, shared: 0 };
        let known = self.payments.entry(checkout.payment).or_insert(new);
        assert_eq!((known.deal, known.amount), (deal, amount), "one payment is one thing");
    }

    /// Whether money is to go back that was let go.
    fn has_let_go(&self, what: Instruction) -> bool {
        let (Instruction::Refund { payment, .. } | Instruction::ReturnFee { payment, .. }) = what else {
            return false;
        };
        self.payments.get(&payment).is_some_and(|deposit| deposit.state == State::Released)
    }

    /// Does it, unless it was done; each order once.
    fn carry_out(&mut self, order: OutboxId, what: Instruction) {
        if let Some(done) = self.done.insert(order, what) {
            return assert_eq!(done, what, "one order is one thing");
        }
        match what {
            Instruction::Refund { payment, amount } => {
                let deposit = self.payments.get_mut(&payment).expect("it was paid here");
                let State::Taken(taken) = deposit.state else { panic!("{deposit:?} is refunded") };
                deposit.back += amount.minor;
                // What was withdrawn meanwhile may go back as well: that is what disputes cost.
                assert!(amount.minor > 0 && deposit.back <= taken, "{deposit:?}");
            }
            Instruction::EndCheckout { payment } => {
                // One whose opening was never heard of needs no end.
                if let Some(deposit) = self.payments.get_mut(&payment)
                    && deposit.state == State::Open
                {
                    deposit.state = State::Ended;
                    self.words.push((deposit.deal, Command::CheckoutEnded { payment }));
                }
            }
            Instruction::ReturnFee { payment, amount } => {
                let deposit = self.payments.get_mut(&payment).expect("it was paid here");
                deposit.shared -= amount.minor;
                assert!(amount.minor > 0 && deposit.shared >= 0, "{deposit:?}");
            }
            Instruction::Capture { payment, amount, fee } => {
                let deposit = self.payments.get_mut(&payment).expect("it was paid here");
                assert!(amount.minor > 0 && amount.minor <= deposit.amount.minor, "{deposit:?}");
                let deal = deposit.deal;
                // What was let go meanwhile cannot be taken any more, and that was told.
                if deposit.state == State::Held {
                    deposit.state = State::Taken(amount.minor);
                    deposit.shared = fee.map_or(0, |fee| fee.minor);
                    assert!(deposit.direct.is_some() || fee.is_none(), "{deposit:?}");
                    assert!(deposit.shared <= amount.minor, "{deposit:?}");
                    let kind = Confirmation::Captured;
                    self.words.push((deal, Command::PaymentConfirmed { payment, amount, kind }));
                } else {
                    assert_eq!(deposit.state, State::Released);
                }
            }
            Instruction::VoidHold { payment } => {
                let deposit = self.payments.get_mut(&payment).expect("it was paid here");
                assert!(matches!(deposit.state, State::Held | State::Released), "{deposit:?}");
                deposit.state = State::Released;
            }
            Instruction::Mail(_) => panic!("a bank writes no letters"),
        }
    }
}

impl PaymentProvider for Bank {
    fn open(&self, checkout: Checkout, _: Back) -> Pending<'_, String> {
        Box::pin(async move {
            self.unless_failing(|books| {
                books.open(&checkout);
                format!("/bank/{}", checkout.payment.to_hex())
            })
        })
    }

    fn carry_out(&self, order: OutboxId, what: Instruction) -> Pending<'_, ()> {
        Box::pin(async move {
            // Nothing of it can go back; what it let go it tells sooner or later.
            if self.books().has_let_go(what) {
                return Err(ProviderError::Away("it was let go".to_owned()));
            }
            self.unless_failing(|books| books.carry_out(order, what))
        })
    }

    fn is_test(&self) -> bool {
        true
    }
}

impl Bank {
    fn unless_failing<T>(&self, act: impl FnOnce(&mut Books) -> T) -> Result<T, ProviderError> {
        let mut books = self.books();
        if books.fails() {
            return Err(ProviderError::Away("nobody answered".to_owned()));
        }
        let done = act(&mut books);
        // It is done, and nobody hears of it.
        if books.fails() { Err(ProviderError::Away("the answer was lost".to_owned())) } else { Ok(done) }
    }
}
