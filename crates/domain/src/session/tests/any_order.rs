//! The processor's words about one session, said at one time in any order, come to the same: the same till, the
//! same ledger, the same status.
//!
//! Which sets of words that holds for, about each payment as often as anybody likes:
//!
//! | words | commute |
//! |---|---|
//! | declined, ended by the processor, captured | yes: money counts, by whatever was said before |
//! | declined, kept ready, captured | yes: money that is there was ready before |
//! | with any of these: a dispute, and one end of it | yes: whoever is told of the end knows of the rest |
//! | kept ready, and ended | no: that is money which was ready and was let go, or which came after all |
//! | a dispute that is won, and lost | no: the first word stands |
//! | captured twice for one thing, by two checkouts | no: the first is taken, and the other goes back |

use super::model::Word;
use super::*;
use crate::ledger::Receiver;
use ::model::MerchantId;
use proptest::prelude::*;

/// Where a session is when the words come.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Somebody agreed, and a checkout is open.
    AtTheDoor,
    /// Host and payer are in, and a checkout for more time is open.
    Inside,
    /// It is over, and a checkout for its bill is open.
    AtTheBill,
}

/// What is said: about which payment, and what.
type Said = (usize, Word);

fn scene(place: Place, merchant: Option<MerchantId>) -> Scene {
    let enter = |party, seat| Command::Enter { party, participant: ParticipantId::from_bits(seat) };
    let wishes = match place {
        Place::AtTheDoor => hour(),
        Place::Inside => extendable(),
        Place::AtTheBill => Wishes { point: Point::After, ..call() },
    };
    let mut scene = Scene::new(offer(wishes), None);
    let mut play = |command: Command| drop(scene.carry_out(&command).expect("the script breaks no rule"));
    play(Command::Consent { terms: TERMS });
    if !matches!(place, Place::AtTheBill) {
        play(Command::StartCheckout { purpose: Purpose::Entry, merchant });
    }
    if let Place::AtTheDoor = place {
        return scene;
    }
    if let Place::Inside = place {
        let command = scene.said(0, Word::Captured, None);
        scene.carry_out(&command).expect("money is taken");
    }
    for command in [enter(Party::Host, 1), enter(Party::Payer, 2)] {
        scene.carry_out(&command).expect("facts are never refused");
    }
    scene.now = at_minute(10);
    let last = match place {
        Place::AtTheBill => {
            scene.carry_out(&Command::EndRoom { by: Party::Payer }).expect("facts are never refused");
            Purpose::Bill
        }
        Place::AtTheDoor | Place::Inside => Purpose::Extension,
    };
    scene.carry_out(&Command::StartCheckout { purpose: last, merchant }).expect("there is something to pay");
    scene
}

/// Words about one payment that commute.
fn about(payment: usize) -> impl Strategy<Value = Vec<Said>> {
    let end = prop_oneof![Just(Word::Held), Just(Word::Ended)];
    let dispute =
        proptest::option::of((0_usize..3, prop_oneof![Just(Word::Won), Just(Word::Lost)], 0_usize..3));
    (0_usize..3, 0_usize..3, end, 0_usize..3, dispute).prop_map(
        move |(declined, captured, end, ended, dispute)| {
            let (opened, verdict, verdicts) = dispute.unwrap_or((0, Word::Won, 0));
            let counts = [
                (Word::Declined, declined),
                (Word::Captured, captured),
                (end, ended),
                (Word::Disputed, opened),
                (verdict, verdicts),
            ];
            counts.into_iter().flat_map(|(word, count)| vec![(payment, word); count]).collect()
        },
    )
}

/// The same words in two orders.
fn twice() -> impl Strategy<Value = (Place, Vec<Said>, Vec<Said>)> {
    let place = prop_oneof![Just(Place::AtTheDoor), Just(Place::Inside), Just(Place::AtTheBill)];
    (place, about(0), about(1)).prop_flat_map(|(place, newest, older)| {
        // Only inside are there two payments: for coming in, and for more time.
        let all = match place {
            Place::Inside => [newest, older].concat(),
            Place::AtTheDoor | Place::AtTheBill => newest,
        };
        (Just(place), Just(all.clone()).prop_shuffle(), Just(all).prop_shuffle())
    })
}

/// What a session comes to when these words are said.
fn comes_to(
    (place, merchant): (Place, Option<MerchantId>),
    words: &[Said],
    disputed: Option<i64>,
) -> (Till, Status, Vec<i64>) {
    let mut scene = scene(place, merchant);
    for (payment, word) in words {
        let is_dispute = matches!(word, Word::Disputed | Word::Won | Word::Lost);
        let command = scene.said(*payment, *word, disputed.filter(|_| is_dispute));
        scene.carry_out(&command).unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
    }
    let receiver = Receiver::of(merchant);
    let accounts = [
        Account::ProcessorClearing,
        Account::PlatformFee,
        Account::Deferred(scene.session.id),
        receiver.clearing(),
        receiver.earned(HOST),
        receiver.reserve(),
        receiver.loss(),
    ];
    let unit = Unit::Money(Currency::parse("EUR").expect("the euro is known"));
    let balances = accounts.map(|account| scene.ledger.balance(account, unit)).to_vec();
    (scene.session.till.clone(), scene.session.status(), balances)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_processors_words_come_to_the_same_in_any_order(
        (place, one, other) in twice(),
        disputed in proptest::option::of(1_i64..999),
        is_the_hosts in any::<bool>(),
    ) {
        let to = (place, is_the_hosts.then_some(MerchantId::from_bits(1)));
        prop_assert_eq!(comes_to(to, &one, disputed), comes_to(to, &other, disputed));
    }
}

/// What the table at the head of this file excepts is excepted because it is so.
#[test]
fn words_that_contradict_each_other_do_not_commute() {
    use Word::{Ended, Held, Lost, Won};
    for pair in [[Held, Ended], [Won, Lost]] {
        let words = pair.map(|word| (0, word));
        let turned = [words[1], words[0]];
        let to = (Place::AtTheDoor, None);
        assert_ne!(comes_to(to, &words, None), comes_to(to, &turned, None));
    }
}
