//! Stories of a room with a price, of any length and in any order: real actors over a real database, a worker
//! that carries orders out, and a bank that fails. Servers are killed between two statements and in the middle
//! of everything. At the end the books say what the bank has, to the cent, and what the room remembers.
//!
//! `ANTEROOM_STORIES=500 cargo test -p service --test rooms any_story` tells more, and `ANTEROOM_SEED` others.

use crate::bank::{Bank, Dice, State};
use crate::heirs::{accounts, sign_up};
use crate::paid::{back, price, slot, with_more};
use crate::prepaid::{agreed, half_an_hour, minutes};
use crate::stage::{ANA, BO, CY, Line, Stage, Tab, identity, tab};
use domain::Room;
use domain::ledger::Receiver;
use domain::session::{Command, Instruction, Party, Purpose, RefundOf, Session};
use model::offer::{Access, Length, Overrun, Point, Wait, Wishes};
use model::policy::{Door, Minutes};
use model::schedule::{LocalTime, Repeat};
use model::{
    Currency, MerchantId, Money, Offer, PaymentId, Policy, Price, RefundId, Schedule, SessionId, UnixMillis,
    UserId,
};
use protocol::{Deed, Errand, JoinOutcome};
use service::{Ambient, Closing};
use std::collections::BTreeMap;
use store::purchases;
use store::purchases::papers::{Whose, load_lines};
use store::sessions::books::{self, Kind};
use store::sessions::papers::Window;
use store::sessions::{self, orders};
use store::testing::{TestDatabase, crash_after};
use store::{Deal, Store, ledger, merchants};

const TABS: [Tab; 3] = [ANA, BO, CY];
/// With which they come: Ana and Bo have two.
const SEATS: [Tab; 5] = [ANA, BO, CY, tab("Ana too", 1, 11), tab("Bo too", 2, 12)];
const STEPS: u64 = 90;
const ALL: Window = Window { offset: 0, limit: 10_000 };

/// A room, who is inside, and what happened so far.
struct Story {
    stage: Stage,
    bank: Bank,
    dice: Dice,
    /// In which everything is paid.
    currency: Currency,
    lines: BTreeMap<&'static str, Line>,
    told: Vec<String>,
}

impl Story {
    async fn begin(seed: u64, database: TestDatabase) -> Self {
        let bank = Bank::new(seed);
        let mut stage = Stage::with_provider(database, std::sync::Arc::new(bank.clone())).await;
        let mut dice = Dice(!seed);
        let offer = sold(seed, &mut dice);
        if let Access::Prepaid { .. } = offer.parts().access {
            let accounts = accounts(&stage);
            for tab in TABS {
                sign_up(&accounts, tab).await;
            }
        }
        let currency = offer.currency().expect("it costs something");
        // In every third story whoever comes waits at the door.
        let door = if seed % 3 == 1 { Door::Knock } else { Door::Open };
        let policy = Policy { offer: Some(offer), door, ..stage.saved().await.policy };
        let errand = Errand::SetPolicy(Box::new(policy));
        stage.rooms.errand(ANA.user, stage.room, errand).await.expect("a host may");
        // In every other story hosts take it from the start, and in all of them now and then.
        if seed.is_multiple_of(2) {
            let (store, now) = (&stage.store, stage.ambient.now());
            connect(store, MerchantId::from_bits(1), now).await.expect("it is noted");
            stage.hosts_take_it(true);
            stage = stage.restarted().await;
        }
        Self { stage, bank, dice, currency, lines: BTreeMap::new(), told: Vec::new() }
    }

    /// Something happens; the process may die while it does.
    async fn step(mut self) -> Self {
        let crash = (self.dice.below(8) == 0).then(|| self.dice.below(30));
        let crash = crash.map(|statements| u32::try_from(statements).expect("few"));
        let what = self.dice.below(108);
        self.told.push(format!("{what} crash {crash:?}"));
        crash_after(crash);
        match what {
            0..15 => self.agree().await,
            15..28 => self.bank.books().pay(),
            28..43 => self.tell().await,
            43..62 => self.enter().await,
            62..68 => self.close().await,
            68..70 => self.leave().await,
            70..73 => self.extend().await,
            73..75 => self.pay_bill().await,
            75..79 => self.refund().await,
            79..80 => self.cancel().await,
            80..84 => self.dispute().await,
            84..85 => self.bank.books().lapse(),
            85..87 => self.plan().await,
            87..93 => self.pass().await,
            93..95 => self.reconnect().await,
            95..97 => self.put_out().await,
            97..105 => self.answer_the_door().await,
            _ => self = self.restart().await,
        }
        crash_after(None);
        self
    }

    fn payer(&mut self) -> Tab {
        if self.dice.below(3) == 0 { CY } else { BO }
    }

    /// Answers that a crash or a rule made are as good as any other: what counts is what is true at the end.
    async fn agree(&mut self) {
        let tab = self.payer();
        let view = self.stage.rooms.entry(self.stage.room, Some(identity(tab.user)), None).await;
        let Some(price) = view.ok().and_then(|view| view.price) else { return };
        if price.minutes_left.is_some() && self.dice.below(2) == 0 {
            let buy = self.stage.rooms.buy(
                identity(tab.user),
                (self.stage.room, None),
                agreed(half_an_hour()),
                back(),
            );
            let _ = buy.await;
        }
        let terms = (price.terms.parse().expect("a digest"), None);
        let _ = self.stage.rooms.pay(identity(tab.user), self.stage.room, terms, back()).await;
    }

    async fn tell(&mut self) {
        let word = self.bank.books().word();
        let Some((session, command)) = word else { return };
        if self.stage.rooms.payment_said(session, command).await.is_err() {
            // It could not be saved, so that it is told again.
            self.bank.books().words.push((session, command));
        }
    }

    async fn enter(&mut self) {
        let tab = self.dice.one_of(&SEATS).expect("there are five");
        let asked = self.stage.ask(tab, "good").await;
        let Ok(JoinOutcome::Joined { ticket, .. } | JoinOutcome::Waiting { ticket, .. }) = asked else {
            return;
        };
        if let Ok(connection) = self.stage.rooms.connect(ticket).await {
            self.lines.insert(tab.name, Line { participant: connection.participant, connection });
        }
    }

    async fn close(&mut self) {
        let inside: Vec<&'static str> = self.lines.keys().copied().collect();
        let Some(name) = self.dice.one_of(&inside) else { return };
        let how = if self.dice.below(3) == 0 { Closing::Clean } else { Closing::Lost };
        self.lines.remove(name).expect("they are inside").close(how).await;
    }

    async fn leave(&mut self) {
        let tab = self.dice.one_of(&SEATS).expect("there are five");
        let _ = self.stage.rooms.leave(tab.user, self.stage.seat(tab)).await;
    }

    /// The host plans the room for soon, for another time, or for none.
    async fn plan(&mut self) {
        let minutes = [None, Some(-3), Some(2), Some(20), Some(600), Some(9_000)];
        let minutes = self.dice.one_of(&minutes).expect("there are six");
        let now = self.stage.ambient.now();
        let plan = minutes.map(|minutes| Schedule {
            starts: local(now.plus(minutes * 60_000)),
            zone: "UTC".parse().expect("a zone"),
            length: Minutes::new(30).expect("half an hour"),
            repeat: Repeat::Once,
            until: None,
        });
        let _ = self.stage.rooms.errand(ANA.user, self.stage.room, Errand::Plan(plan)).await;
    }

    /// The host connects an account of their own, disconnects it, or it takes nothing for a while.
    async fn reconnect(&mut self) {
        let (store, now) = (&self.stage.store, self.stage.ambient.now());
        let new = MerchantId::from_bits(self.dice.below(1 << 40).into());
        let Ok(open) = merchants::load_of(store, ANA.user).await else { return };
        let _ = match (open, self.dice.below(4)) {
            (None, _) => connect(store, new, now).await,
            (Some(open), 0) => merchants::close(store, open.id, now).await,
            (Some(open), 1) => {
                merchants::note(store, open.id, (merchants::State::Restricted, None), now).await
            }
            (Some(open), _) => connect(store, open.id, now).await,
        };
    }

    async fn put_out(&mut self) {
        let Some(bo) = self.lines.get(BO.name) else { return };
        let deed = Deed::Remove(bo.participant);
        let _ = self.stage.rooms.act(ANA.user, self.stage.seat(ANA), deed).await;
    }

    /// The host lets somebody in who waits, or sends them away; whoever has paid and is sent away has not had
    /// what they paid for.
    async fn answer_the_door(&mut self) {
        let room = self.stage.saved().await;
        let waiting: Vec<_> = room.waiting().into_iter().map(|(id, person, _)| (id, person.user)).collect();
        let Some((participant, user)) = self.dice.one_of(&waiting) else { return };
        let deed = match self.dice.below(6) {
            0 => Deed::Deny(participant),
            1 => Deed::DenyAll,
            2 => Deed::AdmitAll,
            _ => Deed::Admit(participant),
        };
        let before = self.open_session(user).await;
        let done = self.stage.rooms.act(ANA.user, self.stage.seat(ANA), deed).await;
        self.told.push(format!("{deed:?} of {user} is {done:?}"));
        let (Some(before), Ok(()), Deed::Deny(_)) = (before, done, deed) else { return };
        let is_inside = |room: &Room| room.present().iter().any(|(_, person, _)| person.user == user);
        if before.keeps_place() && !is_inside(&room) && !is_inside(&self.stage.saved().await) {
            let after = sessions::load(&self.stage.store, before.id).await.expect("it is read");
            let after = after.expect("it was there before");
            assert!(after.is_closed(), "a payer who is denied waits for nothing: {:?}", after.status());
        }
    }

    /// The session of somebody that is not over.
    async fn open_session(&self, user: UserId) -> Option<Session> {
        for id in self.sessions().await {
            let session = sessions::load(&self.stage.store, id).await.expect("it is read");
            let session = session.expect("it is listed");
            if !session.is_closed() && session.payer_now() == user {
                return Some(session);
            }
        }
        None
    }

    async fn extend(&mut self) {
        let tab = self.payer();
        let site = "https://meet.test".to_owned();
        let _ = self.stage.rooms.extend(tab.user, self.stage.room, site).await;
    }

    async fn pay_bill(&mut self) {
        let Some(session) = self.some_session().await else { return };
        let site = "https://meet.test".to_owned();
        let _ = match self.dice.below(4) {
            0 => self.stage.rooms.waive(ANA.user, session.id).await.map(drop),
            _ => self.stage.rooms.pay_bill(session.payer, session.id, site).await.map(drop),
        };
    }

    async fn refund(&mut self) {
        let sold = load_lines(&self.stage.store, Whose::Everybody, ALL).await.expect("they are read");
        let sold: Vec<_> = sold.iter().map(|line| line.id).collect();
        if let Some(purchase) = self.dice.one_of(&sold) {
            let refund = RefundId::from_bits(self.dice.below(1 << 40).into());
            let _ = self.stage.rooms.sell_back(ANA.user, purchase, refund).await;
        }
        let Some(session) = self.some_session().await else { return };
        let part = 1 + i64::try_from(self.dice.below(900)).expect("little");
        let part = RefundOf::Part(Money::new(part, self.currency));
        let what = if self.dice.below(3) == 0 { RefundOf::All } else { part };
        let refund = RefundId::from_bits(self.dice.below(1 << 40).into());
        let command = Command::Refund { refund, by: Party::Host, what };
        let _ = self.stage.rooms.refund(ANA.user, session.id, command).await;
    }

    async fn cancel(&mut self) {
        let Some(session) = self.some_session().await else { return };
        let _ = self.stage.rooms.cancel(session.payer, session.id, 0).await;
    }

    async fn dispute(&mut self) {
        let sold = load_lines(&self.stage.store, Whose::Everybody, ALL).await.expect("they are read");
        let sold: Vec<_> = sold.iter().map(|line| line.id).collect();
        if let Some(id) = self.dice.one_of(&sold) {
            let purchase = purchases::load(&self.stage.store, id).await.expect("it is read");
            let purchase = purchase.expect("it is listed");
            let left = purchase.price().minus(purchase.price_back()).expect("it is one currency");
            return self.dispute_what(id.into(), purchase.payment(), left).await;
        }
        let Some(session) = self.some_session().await else { return };
        let taken = session.till.takings().filter(|(_, takings)| !takings.net().is_zero());
        let Some((payment, takings)) = taken.map(|(payment, takings)| (payment.id, takings)).next() else {
            return;
        };
        self.dispute_what(session.id.into(), payment, takings.net()).await;
    }

    /// The payer's bank asks for money that has not gone back, and the bank says so; how it ends is told later.
    async fn dispute_what(&mut self, deal: Deal, payment: PaymentId, amount: Money) {
        let command = Command::DisputeOpened { payment, amount };
        let deposit = self.bank.books().payments[&payment];
        if deposit.is_disputed || deposit.state != State::Taken(deposit.back + amount.minor) {
            return;
        }
        if amount.is_zero() {
            return;
        }
        // Whatever else goes wrong, it may have been saved, and the bank says it again.
        if let Err(service::Error::Refused(_)) = self.stage.rooms.payment_said(deal, command).await {
            return;
        }
        let is_won = self.dice.below(2) == 0;
        let end = match is_won {
            true => Command::DisputeWon { payment, amount },
            false => Command::DisputeLost { payment, amount },
        };
        let mut books = self.bank.books();
        let deposit = books.payments.get_mut(&payment).expect("it was paid there");
        deposit.is_disputed = true;
        deposit.withdrawn = if is_won { 0 } else { amount.minor };
        books.words.extend([(deal, end), (deal, command)]);
    }

    async fn pass(&mut self) {
        let seconds =
            [1, 5, 30, 119, 121, 300, 1_799, 3_600][usize::try_from(self.dice.below(8)).expect("few")];
        let half = seconds / 2;
        self.stage.try_wait(half).await;
        self.stage.try_wait(seconds - half).await;
    }

    async fn restart(mut self) -> Self {
        crash_after(None);
        std::mem::take(&mut self.lines).into_values().for_each(std::mem::forget);
        self.stage.ambient.freeze();
        let away = self.dice.below(200_000);
        self.stage.hosts_take_it(self.dice.below(3) > 0);
        self.stage.pass(away).await;
        self.stage = self.stage.restarted().await;
        self
    }

    async fn some_session(&mut self) -> Option<Session> {
        let all = self.sessions().await;
        let id = self.dice.one_of(&all)?;
        sessions::load(&self.stage.store, id).await.expect("it is read")
    }

    async fn sessions(&self) -> Vec<SessionId> {
        let lines = books::load_sessions(&self.stage.store, Kind::All, ALL).await.expect("they are read");
        lines.into_iter().map(|line| line.id).collect()
    }

    /// The bank recovers, tells everything that it has to tell, and everything that is due is done.
    async fn end(mut self) -> Self {
        crash_after(None);
        self.bank.books().failing = 0;
        self.bank.books().close_packs();
        self = self.restart().await;
        self.tell_everything().await;
        let mut ended = Vec::new();
        for _ in 0..40 {
            let end = self.stage.rooms.errand(ANA.user, self.stage.room, Errand::End).await;
            ended.push(format!("{end:?}"));
            self.stage.try_wait(1_900).await;
            self.let_bills_lie().await;
            self.tell_everything().await;
            if self.is_done().await {
                return self;
            }
        }
        let open = books::load_sessions(&self.stage.store, Kind::Open, ALL).await;
        let open: Vec<_> = open.expect("they are read").iter().map(|line| line.id).collect();
        let (undone, at_bank) = (self.undone().await, self.bank.books().unquiet());
        panic!(
            "something is never done: {undone:?}, open {open:?}, at the bank {at_bank}, {:?}",
            ended.last()
        );
    }

    /// Nobody orders the end of a checkout for a bill; one that nobody uses ends by itself.
    async fn let_bills_lie(&self) {
        for id in self.sessions().await {
            let session = sessions::load(&self.stage.store, id).await.expect("it is read");
            let till = session.expect("it is listed").till;
            if let Some(open) = till.open_checkout(Purpose::Bill) {
                self.bank.books().run_out(open.id);
            }
        }
    }

    async fn tell_everything(&self) {
        let words = std::mem::take(&mut self.bank.books().words);
        // The last one first, and once more in order.
        for (session, command) in words.iter().rev().chain(&words) {
            if self.stage.rooms.payment_said(*session, *command).await.is_err() {
                // The old server's last breath may still hold the room.
                self.bank.books().words.push((*session, *command));
            }
        }
    }

    /// Orders that nobody has carried out; mails have no way out here.
    async fn undone(&self) -> Vec<orders::Order> {
        let later = self.stage.ambient.now().plus(10 * 24 * 3_600_000);
        let due = orders::load_due(&self.stage.store, later, 1_000).await.expect("they are read");
        due.into_iter().filter(|order| !matches!(order.instruction, Instruction::Mail(_))).collect()
    }

    async fn is_done(&self) -> bool {
        let open = books::count_sessions(&self.stage.store, Kind::Open).await.expect("they are counted");
        open == 0 && self.undone().await.is_empty() && self.bank.books().is_quiet()
    }

    /// The books say what the bank has, and everything else that they have to say.
    async fn is_true(&self) {
        let store = &self.stage.store;
        let played = sessions::verify::replay(store, self.stage.ambient.now()).await.expect("they are read");
        assert!(played.findings.is_empty(), "{:?}", played.findings);
        let bought = purchases::verify::replay(store).await.expect("they are read");
        assert!(bought.findings.is_empty(), "{:?}", bought.findings);
        let added = ledger::verify::add_up(store).await.expect("the books are read");
        assert!(added.faults.is_empty(), "{:?}", added.faults);
        let dead = orders::load_troubled(store, 100).await.expect("they are read");
        assert!(dead.iter().all(|order| order.due_at.is_some()), "{dead:?}");
        self.has_what_the_bank_has(None).await;
        let direct: Vec<_> =
            self.bank.books().payments.values().filter_map(|deposit| deposit.direct).collect();
        for (merchant, _) in direct {
            self.has_what_the_bank_has(Some(merchant)).await;
        }
    }

    /// The same of one account there: the operator's, or one of the host's own.
    async fn has_what_the_bank_has(&self, merchant: Option<MerchantId>) {
        let store = &self.stage.store;
        let name = Receiver::of(merchant).clearing().name();
        let unit = self.currency.code();
        let entries = books::load_entries(store, (&name, unit), ALL).await.expect("they are read");
        let mut booked = BTreeMap::<Deal, i64>::new();
        for entry in entries {
            *booked.entry(entry.deal.expect("it is about something")).or_default() += entry.amount;
        }
        let sold = load_lines(store, Whose::Everybody, ALL).await.expect("they are read");
        let sessions = self.sessions().await.into_iter().map(Deal::Session);
        for deal in sessions.chain(sold.iter().map(|line| line.id.into())) {
            let at_bank = self.bank.books().balance(deal, merchant);
            assert_eq!(booked.get(&deal).copied().unwrap_or(0), at_bank, "of {deal:?} at {name}");
        }
    }
}

/// What the room of a story sells: each of eight kinds in turn.
fn sold(seed: u64, dice: &mut Dice) -> Offer {
    let offer = |wishes| Offer::new(wishes).expect("an offer");
    let parts = |offer: Offer| offer.parts().clone();
    let overrun = Overrun::RunOn { free: Wait::new(4).expect("a few minutes") };
    let call = Wishes::plain(Access::PerCall { price: price("7.00") });
    match seed % 8 {
        0 => slot("12.50"),
        1 => offer(Wishes { overrun, ..parts(slot("12.50")) }),
        2 => with_more(),
        3 => offer(call),
        4 => offer(Wishes { point: Point::After, ..call }),
        5 if dice.below(2) == 0 => offer(Wishes { overrun, ..parts(minutes()) }),
        5 => minutes(),
        6 => yen(),
        _ => offer(Wishes { point: Point::After, overrun, ..parts(slot("12.50")) }),
    }
}

/// Half an hour for 1,000 yen, which have no parts, and more of it for 333.
fn yen() -> Offer {
    let price = |text| Price::parse(text, Currency::parse("JPY").expect("a currency")).expect("a price");
    let length = |minutes| Length::new(minutes).expect("it is within the limits");
    let access = Access::Fixed { price: price("1000"), length: length(30) };
    let point = Point::During { price: price("333"), length: length(15) };
    let wishes = Wishes { point, overrun: Overrun::Extension, ..Wishes::plain(access) };
    Offer::new(wishes).expect("an offer")
}

/// An account of the host's own takes payments from now on.
async fn connect(store: &Store, id: MerchantId, now: UnixMillis) -> Result<(), store::Error> {
    merchants::begin(store, id, ANA.user, now).await?;
    merchants::name(store, id, &format!("acct_{}", id.to_hex())).await?;
    merchants::note(store, id, (merchants::State::Ready, None), now).await
}

/// A moment of the last two months of 2023, in which stories take place, by the clock of UTC.
fn local(at: UnixMillis) -> LocalTime {
    const FIRST_OF_NOVEMBER: i64 = 19_662;
    let (day, minute) = (at.0.div_euclid(86_400_000) - FIRST_OF_NOVEMBER, at.0 / 60_000 % 1_440);
    let (month, day) = if day < 30 { (11, day + 1) } else { (12, day - 29) };
    let text = format!("2023-{month:02}-{day:02}T{:02}:{:02}", minute / 60, minute % 60);
    text.parse().expect("a time of that year")
}

fn number(name: &str, plain: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(plain)
}

/// On one thread, for that is what crashes.
#[tokio::test(start_paused = true)]
async fn any_story_ends_with_books_that_say_what_the_bank_has() {
    let (first, count) = (number("ANTEROOM_SEED", 1), number("ANTEROOM_STORIES", 8));
    let mut shared = 0;
    for seed in first..first + count {
        let mut story = Story::begin(seed, TestDatabase::chosen()).await;
        for _ in 0..STEPS {
            story = story.step().await;
        }
        // Shown if it fails.
        println!("seed {seed}: {}", story.told.join(", "));
        let story = story.end().await;
        story.is_true().await;
        let books = story.bank.books();
        shared += books.payments.values().filter(|deposit| deposit.shared > 0).count();
    }
    assert!(shared > 0 || count < 8, "hosts took something themselves");
}
