//! Any order of paying, coming, going, clock jumps, restarts, refunds, disputes, and of the processor's
//! words said twice and in the wrong order, keeps the books and the clock right.
//!
//! `ANTEROOM_STEPS=1000000 cargo test -p domain any_order_of_a_session` searches longer, as the checks of
//! every change do, each time from another `ANTEROOM_SEED`, which it prints.

use super::*;
use ::model::{MerchantId, PaymentId, RefundId, offer as part_of_offer};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestCaseError;
use std::cell::RefCell;
use std::collections::HashSet;
use std::env;
use std::mem::{Discriminant, discriminant};

/// The longest history, of which the mean is half.
const STEPS: usize = 160;
/// How many search at once, each elsewhere.
const SEARCHERS: u64 = 4;

/// What the model test may do. Payments are named by their place, so that most words are about one.
#[derive(Clone, Debug)]
enum Step {
    Jump(i64),
    Do(Command),
    /// Paid to the operator, or to one of two accounts of the host's own.
    Checkout(Purpose, Option<u128>),
    Reserve,
    Say {
        place: usize,
        word: Word,
        amount: Option<i64>,
    },
    /// The server stops, and comes back so much later.
    Away(i64),
    Refund {
        id: u128,
        by: Party,
        part: Option<i64>,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    Captured,
    Held,
    Declined,
    Ended,
    Disputed,
    Won,
    Lost,
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn cases() -> u32 {
    let steps = number("ANTEROOM_STEPS", 40_000) / SEARCHERS;
    // Histories are half as long in the mean; a few more than that, so that no seed comes to fewer steps.
    let cases = steps * 2 / STEPS as u64;
    u32::try_from(cases + cases / 100 + 10).unwrap_or(u32::MAX)
}

fn offers() -> Vec<Offer> {
    let free = wait(3);
    let steps = vec![
        part_of_offer::Step { hours: 1, refund: permille(1_000) },
        part_of_offer::Step { hours: 0, refund: permille(333) },
    ];
    let cancellation = Cancellation::new(steps).expect("the steps are in order");
    let no_show = NoShow { wait: wait(10), host: permille(1_000), payer: permille(333), both: permille(500) };
    let dinar = Access::Fixed { price: price("1.990 KWD"), length: length(7) };
    let yen = Access::Fixed { price: price("1000 JPY"), length: length(30) };
    let more_yen = Point::During { price: price("333 JPY"), length: length(10) };
    let short = Access::Fixed { price: price("0.99"), length: length(4) };
    let largest = Access::Fixed { price: price("999999.99"), length: length(1_440) };
    let strict = |wishes| Wishes { no_show, cancellation: cancellation.clone(), ..wishes };
    let wishes = [
        Wishes::plain(Access::Free),
        hour(),
        on_plan(strict(hour())),
        strict(extendable()),
        on_plan(extendable()),
        Wishes { overrun: Overrun::RunOn { free }, point: Point::After, ..strict(hour()) },
        on_plan(Wishes { overrun: Overrun::RunOn { free }, fee: permille(333), ..Wishes::plain(dinar) }),
        strict(Wishes {
            point: more_yen,
            overrun: Overrun::Extension,
            fee: permille(333),
            ..Wishes::plain(yen)
        }),
        Wishes { fee: permille(333), overrun: Overrun::RunOn { free }, ..strict(Wishes::plain(short)) },
        Wishes { fee: permille(500), ..Wishes::plain(largest) },
        call(),
        Wishes { point: Point::After, ..strict(call()) },
        minutes(),
        Wishes { overrun: Overrun::RunOn { free }, ..minutes() },
    ];
    wishes.into_iter().map(offer).collect()
}

fn party_of_two() -> impl Strategy<Value = Party> {
    prop_oneof![Just(Party::Host), Just(Party::Payer)]
}

fn anybody() -> impl Strategy<Value = Party> {
    prop_oneof![Just(Party::Host), Just(Party::Payer), Just(Party::Operator)]
}

fn purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![2 => Just(Purpose::Entry), 3 => Just(Purpose::Extension), 2 => Just(Purpose::Bill)]
}

fn receiver() -> impl Strategy<Value = Option<u128>> {
    prop_oneof![4 => Just(None), 3 => Just(Some(1)), 1 => Just(Some(2))]
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        8 => Just(Word::Captured),
        2 => Just(Word::Held),
        1 => Just(Word::Declined),
        2 => Just(Word::Ended),
        1 => Just(Word::Disputed),
        1 => Just(Word::Won),
        1 => Just(Word::Lost),
    ]
}

fn jump() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => 0_i64..20_000,
        6 => 0_i64..150_000,
        3 => 0_i64..1_200_000,
        1 => 0_i64..4_000_000,
        1 => -300_000_i64..0,
        // Longer than a bank keeps money ready.
        1 => 400_000_000_i64..600_000_000,
    ]
}

/// Two seats of each party.
fn seat(party: Party, tab: u128) -> ParticipantId {
    ParticipantId::from_bits(if party == Party::Host { tab } else { 10 + tab })
}

fn step() -> impl Strategy<Value = Step> {
    let at_seat = || (party_of_two(), 0_u128..2);
    prop_oneof![
        14 => jump().prop_map(Step::Jump),
        8 => Just(Step::Do(Command::Tick)),
        10 => at_seat().prop_map(|(party, tab)| {
            Step::Do(Command::Enter { party, participant: seat(party, tab) })
        }),
        5 => at_seat().prop_map(|(party, tab)| Step::Do(Command::Drop { participant: seat(party, tab) })),
        2 => at_seat().prop_map(|(party, tab)| Step::Do(Command::Leave { participant: seat(party, tab) })),
        2 => any::<bool>().prop_map(|wrong| {
            Step::Do(Command::Consent { terms: if wrong { TermsDigest([0; 32]) } else { TERMS } })
        }),
        6 => (purpose(), receiver()).prop_map(|(purpose, merchant)| Step::Checkout(purpose, merchant)),
        3 => Just(Step::Reserve),
        10 => (0_usize..4, word(), proptest::option::weighted(0.15, 1_i64..10_000))
            .prop_map(|(place, word, amount)| Step::Say { place, word, amount }),
        1 => jump().prop_map(Step::Away),
        1 => proptest::option::of(0_i64..180).prop_map(|minutes| {
            Step::Do(Command::Move { to: minutes.map(|minutes| UnixMillis(minutes * 60_000)) })
        }),
        1 => anybody().prop_map(|by| Step::Do(Command::Cancel { by })),
        1 => anybody().prop_map(|by| Step::Do(Command::EndRoom { by })),
        1 => anybody().prop_map(|by| Step::Do(Command::Forgive { by })),
        3 => (0_u128..12, anybody(), proptest::option::weighted(0.8, 0_i64..3_000))
            .prop_map(|(id, by, part)| Step::Refund { id, by, part }),
    ]
}

/// Most histories begin with what most sessions begin with, so that the search does not stay at the door.
fn opening(length: usize, paid: Word, merchant: Option<u128>) -> Vec<Step> {
    let enter = |party| Step::Do(Command::Enter { party, participant: seat(party, 0) });
    let all = vec![
        Step::Do(Command::Consent { terms: TERMS }),
        Step::Checkout(Purpose::Entry, merchant),
        Step::Reserve,
        Step::Say { place: 0, word: paid, amount: None },
        enter(Party::Host),
        enter(Party::Payer),
    ];
    all.into_iter().take(length).collect()
}

impl Scene {
    fn command_of(&mut self, step: Step) -> Option<Command> {
        Some(match step {
            Step::Jump(millis) => {
                self.now = self.now.plus(millis);
                return None;
            }
            Step::Do(command) => command,
            Step::Checkout(purpose, merchant) => {
                Command::StartCheckout { purpose, merchant: merchant.map(MerchantId::from_bits) }
            }
            Step::Reserve => {
                let account = Account::Minutes { seller: HOST, buyer: PAYER };
                Command::Reserve { available_ms: -self.ledger.balance(account, Unit::Time) }
            }
            Step::Away(millis) => {
                let last_alive = self.now;
                self.now = self.now.plus(millis);
                Command::Revive { last_alive }
            }
            Step::Refund { id, by, part } => {
                let currency = self.session.offer.currency();
                let is_prepaid = matches!(self.session.offer.parts().access, Access::Prepaid { .. });
                let what = match (part, currency) {
                    (Some(part), _) if is_prepaid => RefundOf::Minutes { millis: part * 100 },
                    (Some(part), Some(currency)) => RefundOf::Part(Money::new(part, currency)),
                    (Some(_), None) | (None, _) => RefundOf::All,
                };
                Command::Refund { refund: RefundId::from_bits(id), by, what }
            }
            Step::Say { place, word, amount } => self.said(place, word, amount),
        })
    }

    pub(super) fn said(&self, place: usize, word: Word, amount: Option<i64>) -> Command {
        let payments = &self.session.till.payments;
        let known = payments.iter().rev().nth(place);
        let payment = known.map_or(PaymentId::from_bits(5), |payment| payment.id);
        let asked = known.map_or(price("1").money(), |payment| payment.amount);
        let amount = amount.map_or(asked, |minor| Money::new(minor, asked.currency));
        match word {
            Word::Captured => Command::PaymentConfirmed { payment, amount, kind: Confirmation::Captured },
            Word::Held => Command::PaymentConfirmed { payment, amount, kind: Confirmation::Held },
            Word::Declined => Command::PaymentDeclined { payment },
            Word::Ended => Command::CheckoutEnded { payment },
            Word::Disputed => Command::DisputeOpened { payment, amount },
            Word::Won => Command::DisputeWon { payment, amount },
            Word::Lost => Command::DisputeLost { payment, amount },
        }
    }
}

/// Whether saying it again must change nothing.
fn is_said_once(command: &Command) -> bool {
    match command {
        Command::Consent { .. }
        | Command::StartCheckout { .. }
        | Command::PaymentConfirmed { .. }
        | Command::CheckoutEnded { .. }
        | Command::Enter { .. }
        | Command::Drop { .. }
        | Command::Leave { .. }
        | Command::Tick
        | Command::Move { .. }
        | Command::EndRoom { .. }
        | Command::Refund { .. }
        | Command::Forgive { .. }
        | Command::DisputeOpened { .. }
        | Command::DisputeWon { .. }
        | Command::DisputeLost { .. } => true,
        Command::Reserve { .. }
        | Command::PaymentDeclined { .. }
        | Command::Revive { .. }
        | Command::Cancel { .. } => false,
    }
}

/// How many kinds of events there are.
const KINDS: usize = 31;
/// How many words there are for a session.
const WORDS: usize = 16;

/// The same histories every time, unless another seed is given.
fn seed() -> u64 {
    number("ANTEROOM_SEED", 0x5e55)
}

fn search(searcher: u64) -> ProptestConfig {
    ProptestConfig {
        cases: cases(),
        rng_seed: RngSeed::Fixed(seed().wrapping_add(searcher)),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

/// What a search came by.
#[derive(Default)]
struct Seen {
    steps: usize,
    events: HashSet<Discriminant<What>>,
    words: HashSet<Discriminant<Status>>,
}

#[test]
fn any_order_of_a_session_keeps_the_books_and_the_clock() {
    // Shown first if it fails.
    let asked = number("ANTEROOM_STEPS", 40_000);
    println!("ANTEROOM_SEED={} ANTEROOM_STEPS={asked}", seed());
    let mut all = Seen::default();
    std::thread::scope(|scope| {
        let searchers: Vec<_> = (0..SEARCHERS).map(|nth| scope.spawn(move || search_from(nth))).collect();
        for searcher in searchers {
            let seen = searcher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.steps += seen.steps;
            all.events.extend(seen.events);
            all.words.extend(seen.words);
        }
    });
    println!("{} steps", all.steps);
    assert!(u64::try_from(all.steps).is_ok_and(|steps| steps >= asked), "all that was asked for");
    assert_eq!(all.events.len(), KINDS, "the search comes by everything that can happen");
    assert_eq!(all.words.len(), WORDS, "and by everything that a session can be called");
}

fn search_from(searcher: u64) -> Seen {
    let all = RefCell::new(Seen::default());
    proptest!(search(searcher), |(
        offer in proptest::sample::select(offers()),
        planned in proptest::option::of(-20_i64..120),
        opened in 0_usize..=6,
        paid in prop_oneof![Just(Word::Captured), Just(Word::Held)],
        merchant in receiver(),
        steps in proptest::collection::vec(step(), 1..STEPS),
    )| {
        let mut scene = Scene::new(offer, planned.map(at_minute));
        let mut seen = all.borrow_mut();
        for step in opening(opened, paid, merchant).into_iter().chain(steps) {
            seen.steps += 1;
            let Some(command) = scene.command_of(step) else { continue };
            let events = live_through(&mut scene, &command)?;
            seen.words.insert(discriminant(&scene.session.status()));
            seen.events.extend(events.iter().map(|event| discriminant(&event.what)));
        }
    });
    all.into_inner()
}

/// Carries a command out, and holds what happened against what a command may do.
fn live_through(scene: &mut Scene, command: &Command) -> Result<Vec<Event>, TestCaseError> {
    let before = scene.session.clone();
    // This asserts what must always hold.
    let Ok(events) = scene.carry_out(command) else {
        prop_assert_eq!(&before, &scene.session, "a refusal changes nothing");
        return Ok(Vec::new());
    };
    for event in &events {
        let What::HoldTaken { payment } = event.what else { continue };
        let payment = scene.session.till.payment(payment).expect("it was kept ready");
        let is_as_planned = !scene.session.moved && !scene.watch.is_vague;
        prop_assert!(!(is_as_planned && scene.session.may_keep_ready(payment)), "it was over in time");
    }
    let now = scene.now.max(scene.session.as_of);
    let is_due = scene.session.next_deadline().is_some_and(|due| due <= now);
    prop_assert!(!is_due, "nothing that is due is left over");
    prop_assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at));
    if is_said_once(command) {
        let again = decide(&scene.session, command, scene.now);
        prop_assert!(again.is_err() || again == Ok(Vec::new()), "said twice, {:?} counts once", command);
    }
    if let Command::PaymentConfirmed { payment, kind: Confirmation::Captured, .. } = command {
        let payment = scene.session.till.payment(*payment).expect("it was not refused");
        prop_assert!(matches!(payment.state, PaymentState::Taken(_)), "money that came is never lost");
    }
    let payer_asked = matches!(command, Command::Refund { by: Party::Payer, .. });
    prop_assert!(!payer_asked, "a payer takes nothing back by their own hand");
    Ok(events)
}
