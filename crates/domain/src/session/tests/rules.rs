//! What was settled by older rules stays what it came to.

use super::*;

/// Sixty euros were captured before the end, twenty of them given back by hand, and then the capture failed.
fn given_back() -> (Session, UnixMillis) {
    let mut scene = Scene::new(offer(Wishes::plain(Access::PerCall { price: price("60") })), None);
    let script =
        "consent\n checkout\n held p0\n host in\n payer in\n wait 7200m\n refund a 20 by host\n ended p0";
    scene.run(script);
    (scene.session, scene.now)
}

#[test]
fn what_was_given_back_by_hand_is_billed_by_the_first_rules_alone() {
    let (session, now) = given_back();
    let due = |rules| session.settled_by(rules, Ending::Completed, now).due().map(|due| due.minor);
    assert_eq!(Rules::ALL.map(due), [Some(6_000), Some(4_000), Some(4_000)]);
    assert_eq!(session.settled(Ending::Completed, now).due().map(|due| due.minor), due(Rules::NEWEST));
}

#[test]
fn whatever_happens_is_decided_by_the_newest() {
    let (session, now) = given_back();
    let command = Command::EndRoom { by: Party::Host };
    let events = decide(&session, &command, now).expect("facts are never refused");
    assert!(events.iter().any(|event| matches!(event.what, What::Closed { .. })));
    assert!(events.iter().all(|event| event.rules == Rules::NEWEST), "{events:?}");
}

#[test]
fn by_the_first_rules_nobody_is_told_of_what_is_kept_ready() {
    let mut scene = Scene::new(offer(hour()), None);
    scene.run("consent\n checkout\n held p0");
    let payment = scene.session.till.payments[0].id;
    let ordered = |rules, what: What| {
        let event = Event { at: scene.now, rules, what };
        orders(&scene.session, &event).into_iter().map(|order| (order.id, order.what)).collect::<Vec<_>>()
    };
    let is_mail = |(_, what): &(_, Instruction)| matches!(what, Instruction::Mail(_));
    for what in [What::HoldTaken { payment }, What::CheckoutEnded { payment, by_us: false }] {
        let mut newest = ordered(Rules::NEWEST, what.clone());
        assert!(newest.iter().any(is_mail), "{what:?}");
        newest.retain(|order| !is_mail(order));
        assert_eq!(ordered(Rules::One, what), newest, "the others are the same by their ids");
    }
}

/// An hour for sixty euros that were kept ready, and ten minutes more for ten, of which eight were given back by
/// hand; then what was kept ready is gone. The host ends it when half of it is over.
fn gone() -> (Session, UnixMillis) {
    let mut scene = Scene::new(offer(extendable()), None);
    let script = "consent\n checkout\n held p0\n host in\n payer in\n wait 1m\n extend\n captured p1\n \
                  refund a 8 by host\n ended p0\n wait 34m";
    scene.run(script);
    (scene.session, scene.now)
}

#[test]
fn what_is_gone_is_billed_whatever_was_given_back_of_something_else() {
    let (session, now) = gone();
    let ending = Ending::Aborted(Fault::Host);
    let owed = session.settled(ending, now).owed().expect("it is paid with money").minor;
    assert_eq!(owed, 3_500, "half of seventy euros");
    let due = |rules| session.settled_by(rules, ending, now).due().map(|due| due.minor);
    // Two euros of the extension are kept; had the sixty been there, they would have paid the rest of it.
    assert_eq!(Rules::ALL.map(due), [Some(2_500), Some(2_500), Some(3_300)]);
}

#[test]
fn since_the_third_rules_a_mail_says_how_much_is_taken_early() {
    let mut scene = Scene::new(offer(hour()), None);
    scene.run("consent\n checkout\n held p0");
    let payment = scene.session.till.payments[0].id;
    let told = |rules| {
        let event = Event { at: scene.now, rules, what: What::HoldTaken { payment } };
        let mails = orders(&scene.session, &event).into_iter().filter_map(|order| match order.what {
            Instruction::Mail(letter) => Some(letter),
            _ => None,
        });
        mails.collect::<Vec<_>>()
    };
    let amount = price("60").money();
    assert_eq!(Rules::ALL.map(told), [vec![], vec![Letter::HoldTaken], vec![Letter::TakenEarly { amount }]]);
}
