//! What is read about money is what the ledger holds, a page at a time, and nobody's but one's own.

use super::{Till, draws, enter, euro, hour, lived, offered};
use crate::heirs;
use crate::sessions::addresses;
use crate::sessions::papers::{self, Line, Sums, Window};
use crate::sessions::{self, Change};
use crate::statement::Statement;
use crate::tests::{ANA, BO, CY, insert_room, new_room, on_both, take, user, writer};
use crate::{Store, ledger};
use domain::ledger::{Account, Unit};
use domain::session::{Command, Party, Purpose, RefundOf, Session, decide};
use model::{EmailAddress, OutboxId, RefundId, RoomId, SessionId, UnixMillis};

const EVER: papers::Span = (UnixMillis(i64::MIN), UnixMillis(i64::MAX));
const ALL: Window = Window { offset: 0, limit: 100 };

async fn sold(store: &Store, host: u128) -> Vec<Line> {
    papers::load_sold(store, user(host), EVER, ALL).await.expect("they are read")
}

#[tokio::test]
async fn sums_are_what_the_accounts_hold() {
    on_both(async |store| {
        let mut till = lived(store.clone()).await;
        let refund = |id, minor| {
            let (refund, what) = (RefundId::from_bits(id), RefundOf::Part(euro(minor)));
            (1_000, Command::Refund { refund, by: Party::Host, what })
        };
        till.script([refund(1, 1_000), refund(2, 501)]).await;
        let expected = Sums {
            paid: euro(6_001),
            back: euro(1_501),
            host: euro(4_050),
            fee: euro(450),
            ..Sums::zero(euro(0).currency)
        };
        assert_eq!(papers::load_sums(&store, &till.session).await.expect("they are read"), Some(expected));
        let lines = sold(&store, ANA).await;
        assert_eq!(lines.iter().map(|line| line.sums).collect::<Vec<_>>(), [Some(expected)]);
        assert_eq!((lines[0].status.as_str(), lines[0].payer_name.as_deref()), ("settled", None));
        let bought = papers::load_bought(&store, user(BO), ALL).await.expect("they are read");
        assert_eq!(bought, lines);
        let totals = papers::load_sold_sums(&store, user(ANA), EVER).await.expect("they are read");
        assert_eq!(totals, [expected]);
        for (account, minor) in [
            (Account::HostPayable(user(ANA)), 4_050),
            (Account::PlatformFee, 450),
            (Account::ProcessorClearing, -4_500),
        ] {
            let balance = ledger::balance(&store, account, Unit::Money(euro(0).currency)).await;
            assert_eq!(balance.expect("it is read"), -minor, "{account:?}");
        }
        let orders = papers::load_orders(&store, till.session.id).await.expect("they are read");
        assert!(orders.len() >= 3 && orders.iter().all(|order| order.done_at.is_none()), "{orders:?}");
        till.assert_saved().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_what_is_not_theirs_and_everybody_finds_their_room() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        till.script([(10, Command::Consent { terms: super::TERMS })]).await;
        till.pay(Purpose::Entry).await;
        till.script([(5, enter(Party::Payer, BO))]).await;
        assert_eq!(sold(&store, ANA).await[0].sums.map(|sums| sums.held), Some(euro(6_001)));
        for who in [BO, CY] {
            assert_eq!(sold(&store, who).await, []);
            assert_eq!(papers::count_sold(&store, user(who), EVER).await.expect("it is read"), 0);
        }
        for who in [ANA, CY] {
            assert_eq!(papers::load_bought(&store, user(who), ALL).await.expect("they are read"), []);
        }
        let room =
            papers::load_room(&store, till.session.room).await.expect("it is read").expect("it is there");
        assert_eq!(room.name.as_deref(), Some(new_room(7).name.as_str()));
        // Bo signs in to the account of Cy: what he pays is Cy's from then on.
        const HEIR: &str = "insert into heirs (user_id, heir_id) values ($1, $2)";
        let heir = Statement::new(HEIR).text(user(BO).to_hex()).text(user(CY).to_hex());
        store.execute(heir).await.expect("it is saved");
        for (who, count) in [(BO, 0), (CY, 1)] {
            let bought = papers::load_bought(&store, user(who), ALL).await.expect("they are read");
            assert_eq!(bought.len(), count);
            assert_eq!(papers::count_bought(&store, user(who)).await.expect("it is read") as usize, count);
        }
        let unknown = papers::load_room(&store, RoomId::from_bits(99)).await.expect("it is read");
        assert_eq!(unknown, None);
    })
    .await;
}

#[tokio::test]
async fn a_long_list_is_read_a_page_at_a_time_and_by_the_month() {
    on_both(async |store| {
        assert!(insert_room(&store, &new_room(7)).await);
        let mut own = take(&store, &writer(1, 1), UnixMillis(5_000)).await;
        let mut draw = draws(11);
        for number in 0..7_u128 {
            // Each is called off, so that the next is another; two were made at the same time.
            let at = UnixMillis(5_000 + i64::try_from(number / 2).expect("few") * 10);
            let id = SessionId::from_bits(u128::from(draw(u64::MAX)) << 8 | number);
            let session = Session { as_of: at, id, ..offered(7, hour()) };
            let mut tx = store.begin_room(&own, at).await.expect("the room is ours");
            assert!(sessions::insert_new(&mut tx, &session, "Words.").await.expect("it is saved"));
            let off =
                decide(&session, &Command::Cancel { by: Party::Host }, at).expect("it can be called off");
            sessions::append(&mut tx, &[Change::new(session, off)]).await.expect("it is saved");
            tx.commit(&mut own).await.expect("a transaction ends");
        }
        let all = sold(&store, ANA).await;
        assert_eq!(all.len(), 7);
        assert!(all.is_sorted_by(|one, next| (one.made_at, one.id) > (next.made_at, next.id)));
        let mut pages = Vec::new();
        for offset in [0, 3, 6, 9] {
            let window = Window { offset, limit: 3 };
            pages.extend(papers::load_sold(&store, user(ANA), EVER, window).await.expect("they are read"));
        }
        assert_eq!(pages, all);
        let span = (UnixMillis(5_010), UnixMillis(5_030));
        assert_eq!(papers::count_sold(&store, user(ANA), span).await.expect("it is read"), 4);
        let within = papers::load_sold(&store, user(ANA), span, ALL).await.expect("they are read");
        assert_eq!(within, all[1..5]);
        assert_eq!(papers::count_bought(&store, user(BO)).await.expect("it is read"), 7);
        assert_eq!(papers::load_sold_sums(&store, user(ANA), EVER).await.expect("they are read"), []);
    })
    .await;
}

#[tokio::test]
async fn an_address_goes_with_its_time_and_with_whoever_left_it() {
    on_both(async |store| {
        let mut till = Till::new(store.clone(), hour()).await;
        let id = till.session.id;
        let address = |text: &str| EmailAddress::parse(text).expect("an address");
        let note = async |text: &str| {
            addresses::note(&store, id, (&address(text), "de"), 2).await.expect("it can be noted")
        };
        let read = async || addresses::load(&store, id).await.expect("it can be read");
        let erase = async |by| addresses::erase(&store, UnixMillis(by)).await.expect("they can be erased");
        assert_eq!(read().await, None);
        assert!(note("bo@example.org").await && note("cy@example.org").await);
        assert!(!note("dee@example.org").await, "a session takes so many");
        let left = |to: Option<&str>, times| {
            Some(addresses::Left { to: to.map(address), lang: "de".to_owned(), times })
        };
        assert_eq!(read().await, left(Some("cy@example.org"), 2));
        assert_eq!(erase(i64::MAX).await, 0, "it is not over");
        till.script([(10, Command::Cancel { by: Party::Payer })]).await;
        let over = till.session.closed_at().expect("it is over").0;
        assert_eq!((erase(over - 1).await, erase(over).await, read().await), (0, 1, None));
        assert!(note("bo@example.org").await);
        // Bo signs in to the account of Cy, which has its own.
        let mut tx = store.begin_room(&till.own, till.now).await.expect("the room is ours");
        heirs::inherit(&mut tx, user(BO), user(CY)).await.expect("Bo is Cy");
        tx.commit(&mut till.own).await.expect("a transaction ends");
        assert_eq!(read().await, None);
    })
    .await;
}

#[tokio::test]
async fn an_address_hears_little_and_goes_when_its_owner_says_so() {
    on_both(async |store| {
        let till = Till::new(store.clone(), hour()).await;
        let id = till.session.id;
        let [bo, cy] = ["bo@example.org", "cy@example.org"];
        let [bo, cy] = [bo, cy].map(|text| EmailAddress::parse(text).expect("an address"));
        let note = async |to: &EmailAddress| {
            addresses::note(&store, id, (to, "en"), 3).await.expect("it can be noted")
        };
        let notice = async || addresses::take_notice(&store, id, 2).await.expect("it can be counted");
        let tell = async |at, by: Option<u128>| {
            let by = by.map(OutboxId::from_bits);
            addresses::claim_summary(&store, id, (UnixMillis(at), by)).await.expect("it can be noted")
        };
        assert!(!notice().await && !tell(10, None).await, "there is nobody to tell");
        assert!(note(&bo).await);
        assert_eq!([notice().await, notice().await, notice().await], [true, true, false]);
        addresses::return_notice(&store, id).await.expect("it can be counted");
        assert_eq!([notice().await, notice().await], [true, false]);

        assert!(tell(10, Some(1)).await && tell(10, Some(1)).await, "the same order tries again");
        assert!(!tell(10, None).await && !tell(10, Some(2)).await, "it is told");
        assert!(tell(20, Some(3)).await, "there is something new");
        addresses::release_summary(&store, id).await.expect("it can be noted");
        assert!(!tell(20, None).await, "that was an order's");
        assert!(note(&cy).await && tell(20, None).await, "nobody has told the new one");
        addresses::release_summary(&store, id).await.expect("it can be noted");
        assert!(tell(20, Some(4)).await, "what a page could not tell an order does");
        assert!(!notice().await, "another address does not begin anew");

        let withdraw = async |who: &EmailAddress, times| {
            addresses::withdraw(&store, id, who, times).await.expect("it can be withdrawn")
        };
        assert!(!withdraw(&bo, 3).await, "it is not the one that stands there");
        assert!(withdraw(&cy, 0).await && !withdraw(&cy, 0).await);
        let left = addresses::load(&store, id).await.expect("it can be read").expect("it is known");
        assert_eq!((left.to, left.times), (None, 2));
        assert!(!tell(30, Some(5)).await && !notice().await, "there is nobody to tell");
        assert!(note(&cy).await && withdraw(&cy, 3).await && !note(&cy).await);
    })
    .await;
}
