//! Paid sessions while their two sign in or are deleted, while places run out, while plans move, and when the room
//! is handed over.

use crate::heirs::{PASSWORD, accounts, on_both, sign_up};
use crate::paid::{
    agree_as, back, is_closed, kept, pay, plan, price, say_paid, seen, session, session_behind, set, slot,
};
use crate::stage::{ANA, BO, CY, DEE, Stage, Tab, identity, refused};
use domain::ledger::{Account, Unit};
use domain::session::Status;
use model::policy::Capacity;
use model::{InviteId, Policy, Role, UnixMillis};
use protocol::{Deed, EntryState, Errand, ErrorCode, InviteRequest, JoinOutcome, JoinRequest};
use store::ledger;

async fn priced(stage: &Stage) {
    set(stage, |policy| Policy { offer: Some(slot("12.50")), ..policy }).await;
}

/// Somebody's browser signs in to the account of Dee, who has one; Dee with that tab.
async fn becomes_dee(stage: &Stage, tab: Tab) -> Tab {
    let accounts = accounts(stage);
    sign_up(&accounts, DEE).await;
    let signed_in = accounts.sign_in(Some(tab.user), "dee@example.org", PASSWORD).await;
    assert_eq!(signed_in.expect("the password is right").user, DEE.user);
    Tab { user: DEE.user, ..tab }
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_signs_in_to_an_older_account_has_paid() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let dee = becomes_dee(&stage, BO).await;
        for stage in [stage.restarted().await] {
            assert_eq!(seen(&stage, dee).await.state, EntryState::Open);
            let _ana = stage.enter(ANA).await;
            let _dee = stage.enter(dee).await;
            assert_eq!(session(&stage, id).await.status(), Status::Live);
            stage.live(30 * 60).await;
            is_closed(&stage, id).await;
            assert_eq!(stage.occupancy().await, (1, 0), "who paid goes when the time is over");
            assert_eq!(kept(&stage, id).await, 1_250);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_payer_who_signs_in_while_inside_goes_when_the_time_is_over() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let _ana = stage.enter(ANA).await;
        let bo = stage.enter(BO).await;
        stage.live(60).await;
        let dee = becomes_dee(&stage, BO).await;
        bo.close(service::Closing::Lost).await;
        stage.settled().await;
        assert_eq!(session(&stage, id).await.status(), Status::Grace);
        let _dee = stage.reconnect(dee).await;
        assert_eq!(session(&stage, id).await.status(), Status::Live);
        stage.live(29 * 60).await;
        is_closed(&stage, id).await;
        assert_eq!(stage.occupancy().await, (1, 0));
        assert_eq!(kept(&stage, id).await, 1_250);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_host_who_signs_in_to_an_older_account_is_the_host_of_what_was_sold() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let dee = becomes_dee(&stage, ANA).await;
        let _bo = stage.enter(BO).await;
        let _dee = stage.enter(dee).await;
        assert_eq!(session(&stage, id).await.status(), Status::Live);
        stage.live(30 * 60).await;
        is_closed(&stage, id).await;
        assert_eq!(kept(&stage, id).await, 1_250);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_books_agree_with_the_room_when_a_payer_is_deleted() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let _ana = stage.enter(ANA).await;
        let _bo = stage.enter(BO).await;
        let accounts = accounts(&stage);
        let login = sign_up(&accounts, BO).await;
        stage.live(30 * 60).await;
        is_closed(&stage, id).await;
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        assert_eq!(kept(&stage, id).await, 1_250);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_owner_who_is_deleted_on_another_server_ends_what_they_sold() {
    on_both(async |ours| {
        priced(&ours).await;
        let id = pay(&ours).await;
        let _ana = ours.enter(ANA).await;
        let _bo = ours.enter(BO).await;
        ours.live(10).await;
        let theirs = ours.rival().await;
        let accounts = accounts(&theirs);
        let login = sign_up(&accounts, ANA).await;
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        assert!(session(&theirs, id).await.is_closed());
        assert_eq!(kept(&theirs, id).await, 0, "the payer had ten seconds of it");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_place_is_kept_for_whoever_has_paid() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    set(&stage, |policy| Policy { capacity: Capacity::new(2).expect("two"), ..policy }).await;
    let cy = agree_as(&stage, CY).await.expect("there is a place when Cy agrees");
    // Longer than a place is kept for whoever is just paying.
    stage.wait(601).await;
    let bo = pay(&stage).await;
    let _ana = stage.enter(ANA).await;
    assert_eq!(seen(&stage, DEE).await.state, EntryState::Full);
    assert_eq!(refused(stage.ask(DEE, "good").await), ErrorCode::RoomFull);

    // Cy was at the checkout when the last place went, and pays all the same.
    let (cys, payment) = session_behind(&stage, &cy).await;
    say_paid(&stage, cys, payment).await;
    assert_eq!(session(&stage, cys).await.status(), Status::Cancelled);
    assert_eq!(kept(&stage, cys).await, 0);
    let _bo = stage.enter(BO).await;
    assert_eq!(session(&stage, bo).await.status(), Status::Live);
}

#[tokio::test(start_paused = true)]
async fn what_was_sold_moves_with_the_plan() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    plan(&stage, "2023-11-14T23:00", 30).await;
    let id = pay(&stage).await;
    let before = session(&stage, id).await.planned.expect("it is planned");
    plan(&stage, "2023-11-14T23:00", 45).await;
    assert_eq!(session(&stage, id).await.planned, Some(before), "its time is still in the plan");
    plan(&stage, "2023-11-15T09:00", 30).await;
    let moved = session(&stage, id).await;
    assert_eq!(moved.planned, Some(UnixMillis(before.0 + 10 * 3_600_000)));
    assert!(moved.moved);
    stage.wait(3_600).await;
    assert_eq!(session(&stage, id).await.status(), Status::Confirmed, "nobody missed the old time");
    assert_eq!(
        stage.rooms.pay(identity(BO.user), stage.room, (moved.terms, None), back()).await.ok(),
        Some(None)
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_pays_as_a_guest_and_as_an_account_pays_once() {
    on_both(async |stage| {
        priced(&stage).await;
        let accounts = accounts(&stage);
        sign_up(&accounts, DEE).await;
        let path = agree_as(&stage, DEE).await.expect("there is a checkout");
        let (first, payment) = session_behind(&stage, &path).await;
        say_paid(&stage, first, payment).await;
        let path = agree_as(&stage, BO).await.expect("there is a checkout");
        let (second, payment) = session_behind(&stage, &path).await;
        accounts.sign_in(Some(BO.user), "dee@example.org", PASSWORD).await.expect("the password is right");
        say_paid(&stage, second, payment).await;
        assert_eq!(session(&stage, second).await.status(), Status::Cancelled);
        assert_eq!(kept(&stage, second).await, 0, "the second payment goes back");
        assert!(session(&stage, first).await.entitles_payer());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_room_is_sold_with_a_place_for_its_owner() {
    let stage = Stage::with_open_door().await;
    priced(&stage).await;
    set(&stage, |policy| Policy { capacity: Capacity::new(2).expect("two"), ..policy }).await;
    pay(&stage).await;
    assert_eq!(seen(&stage, CY).await.state, EntryState::Full, "the other place is Ana's");
    let _bo = stage.enter(BO).await;
    let _ana = stage.enter(ANA).await;
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_handed_over_ends_what_was_sold_in_it() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let lines = (stage.enter(ANA).await, stage.enter(BO).await);
        stage.live(600).await;
        // Bo himself: whoever paid, paid for Ana.
        let deed = Deed::HandOver(lines.1.participant);
        stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("the owner may");
        is_closed(&stage, id).await;
        let over = session(&stage, id).await;
        assert_eq!((over.status(), over.host_now()), (Status::Aborted, ANA.user), "it was Ana's to give");
        assert_eq!(kept(&stage, id).await, 417, "a third of the half hour was had");
        let payment = over.till.payments[0].id;
        stage
            .until("the rest went back", async |stage| {
                store::test_payments::returned(&stage.store, payment).await.expect("it is read") == Some(833)
            })
            .await;
        // What Ana earned stays hers, and Cy pays for Bo from now on.
        let earned = Account::HostPayable(ANA.user);
        let euros = Unit::Money(price("1.00").money().currency);
        assert_eq!(ledger::balance(&stage.store, earned, euros).await.expect("it is read"), -376);
        assert_eq!(seen(&stage, BO).await.price, None, "hosts pay nothing");
        let path = agree_as(&stage, CY).await.expect("there is a checkout");
        let (next, payment) = session_behind(&stage, &path).await;
        say_paid(&stage, next, payment).await;
        assert_eq!(session(&stage, next).await.host, BO.user);
        kept(&stage, next).await;
        drop(lines);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_has_paid_and_not_come_has_it_all_back_when_the_room_is_handed_over() {
    on_both(async |stage| {
        priced(&stage).await;
        let id = pay(&stage).await;
        let path = agree_as(&stage, DEE).await.expect("there is a checkout");
        let (open, _) = session_behind(&stage, &path).await;
        let _ana = stage.enter(ANA).await;
        let co_host = Errand::Invite { id: InviteId::from_bits(9), invite: co_host() };
        stage.rooms.errand(ANA.user, stage.room, co_host).await.expect("Ana may");
        let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("the owner may look");
        let token = settings.invites[0].token.parse().expect("a token");
        let request = JoinRequest { invite: Some(token), ..stage.request(CY) };
        let joined = stage.rooms.join(identity(CY.user), request).await.expect("co-hosts pay nothing");
        let JoinOutcome::Joined { ticket, .. } = joined else { panic!("{joined:?}") };
        let cy = stage.connect(ticket).await;
        let deed = Deed::HandOver(cy.participant);
        stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("the owner may");
        for session_id in [id, open] {
            is_closed(&stage, session_id).await;
            assert_eq!(session(&stage, session_id).await.status(), Status::Cancelled);
        }
        assert_eq!(kept(&stage, id).await, 0);
        let payment = session(&stage, id).await.till.payments[0].id;
        stage
            .until("all of it went back", async |stage| {
                store::test_payments::returned(&stage.store, payment).await.expect("it is read")
                    == Some(1_250)
            })
            .await;
    })
    .await;
}

fn co_host() -> InviteRequest {
    InviteRequest { label: None, role: Role::CoHost, personal: false, uses: None, hours: Some(1) }
}
