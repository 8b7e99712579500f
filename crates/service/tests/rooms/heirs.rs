//! Somebody signs in or is deleted while their rooms live, here or on another server.

use crate::stage::{ANA, BO, CY, DEE, Stage, Tab, identity, refused};
use model::{DeviceId, InviteId, InviteToken, Notice, Policy, Role};
use protocol::{AccountRefusal, Barrier, Errand, ErrorCode, InviteRequest, JoinRequest};
use service::accounts::{Applicant, Parts, SignedIn, SignedUp};
use service::{Accounts, Error, Identity};
use store::testing::{Choice, TestDatabase};

pub const PASSWORD: &str = "four brown bears";

/// Runs one test on both databases.
pub async fn on_both(test: impl AsyncFn(Stage)) {
    // The run on PostgreSQL repeats what ran on SQLite alone; this ran on both.
    if Choice::of_this_run() == Choice::Postgres {
        return;
    }
    for database in TestDatabase::both() {
        test(Stage::on(database, false).await).await;
    }
}

pub fn accounts(stage: &Stage) -> Accounts {
    Accounts::new(Parts {
        store: stage.store.clone(),
        ambient: stage.ambient.clone(),
        rooms: stage.rooms.clone(),
        origins: Vec::new(),
        mail: None,
        provider: None,
    })
}

/// Makes an account of whoever this tab is.
pub async fn sign_up(accounts: &Accounts, tab: Tab) -> SignedIn {
    let applicant = Applicant {
        name: tab.name.to_owned(),
        email: format!("{}@example.org", tab.name),
        password: PASSWORD.to_owned(),
        lang: "en".to_owned(),
    };
    match accounts.sign_up(Some(tab.user), applicant).await {
        Ok(SignedUp::In(signed_in)) => signed_in,
        other => panic!("{} should have an account, but: {other:?}", tab.name),
    }
}

/// Nothing that is stored of the room says this name, and the history is whole.
async fn assert_forgotten(stage: &Stage, name: &str) {
    for line in [stage.journal().await, stage.attendance().await].concat() {
        assert!(!line.contains(name), "{line}");
    }
    let room = stage.saved().await;
    assert!(room.people.values().all(|person| person.name.as_str() != name));
    let chat = store::chat::load_newest(&stage.store, room.id, 99).await.expect("chat is read");
    assert!(chat.iter().all(|said| said.name.as_str() != name), "{chat:?}");
    let key = store::audit::AuditKey::derive(b"the secret of the tests");
    let report = store::verify::walk(&stage.store, &key, None).await.expect("a history is walked");
    assert_eq!(report.expect("all rooms").findings, []);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_deleted_vanishes_from_a_live_room_which_goes_on() {
    on_both(async |stage| {
        let mut ana = stage.enter(ANA).await;
        let mut bo = stage.enter(BO).await;
        stage.say(BO, 1, "forget me").await.expect("whoever is inside may speak");
        stage.say(ANA, 2, "good bye").await.expect("whoever is inside may speak");
        stage.heard(&mut ana).await;
        stage.heard(&mut bo).await;
        let accounts = accounts(&stage);
        let login = sign_up(&accounts, BO).await;
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        assert_eq!(stage.heard(&mut bo).await, ["farewell: SignedOut", "closed"]);
        assert_eq!(
            stage.heard(&mut ana).await,
            ["5 gone Bo (Left)", "6 all for Ana: inside [Ana m] waiting [] chat [Ana: good bye] slots 0"]
        );
        assert_eq!(stage.attendance().await, [" 0-0 left", "Ana 0-"]);
        assert_forgotten(&stage, "Bo").await;
        // What the room writes from now on does not say it either, and it comes back from what was saved.
        stage.rooms.leave(ANA.user, stage.seat(ANA)).await.expect("anybody may leave");
        assert_forgotten(&stage, "Bo").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_live_room_of_a_host_who_is_deleted_is_over_and_has_no_name() {
    on_both(async |stage| {
        let policy = Policy { notice: Notice::parse("Ask for Ana").ok(), ..Policy::plain(false) };
        let describe = Errand::SetPolicy(Box::new(policy));
        stage.rooms.errand(ANA.user, stage.room, describe).await.expect("a host may set rules");
        stage.enter(ANA).await;
        let mut bo = stage.enter(BO).await;
        stage.heard(&mut bo).await;
        let accounts = accounts(&stage);
        let login = sign_up(&accounts, ANA).await;
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        assert_eq!(stage.heard(&mut bo).await, ["farewell: Ended", "closed"]);
        let entry = stage.rooms.entry(stage.room, None, None).await.expect("the room can be asked");
        assert_eq!(entry.name.as_str(), "–", "also as the live room shows it");
        assert_eq!(stage.saved().await.policy.notice, None, "what they wrote about it goes, too");
        assert!(stage.rooms.settings(ANA.user, stage.room).await.is_err());
        assert_eq!(stage.attendance().await, [" 0-0 ended", "Bo 0-0 ended"]);
        assert_forgotten(&stage, "Ana").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_deleted_on_one_server_is_not_written_anew_by_another() {
    on_both(async |ours| {
        let mut ana = ours.enter(ANA).await;
        let bo = ours.enter(BO).await;
        ours.say(BO, 1, "forget me").await.expect("whoever is inside may speak");
        ours.heard(&mut ana).await;
        let theirs = ours.rival().await;
        let accounts = accounts(&theirs);
        let login = sign_up(&accounts, BO).await;
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        assert_forgotten(&theirs, "Bo").await;
        // The other server still has the name in mind, and what it would write of it is refused.
        bo.close(service::Closing::Clean).await;
        assert!(matches!(ours.say(ANA, 2, "still here?").await, Err(Error::Elsewhere) | Ok(())));
        assert_eq!(ana.connection.receive().await, None, "browsers look for the room again");
        assert_forgotten(&theirs, "Bo").await;
        theirs.rooms.shut_down().await;
        let mut ana = ours.reconnect(ANA).await;
        let heard = ours.heard(&mut ana).await;
        assert!(heard[0].contains("chat []") || heard[0].contains("chat [Ana: still here?]"), "{heard:?}");
        ours.wait(60).await;
        assert_forgotten(&ours, "Bo").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_signs_in_on_one_server_keeps_their_seat_on_another() {
    on_both(async |ours| {
        let mut cy = ours.enter(CY).await;
        let theirs = ours.rival().await;
        let accounts = accounts(&theirs);
        sign_up(&accounts, DEE).await;
        let signed_in = accounts.sign_in(Some(CY.user), "dee@example.org", PASSWORD).await;
        assert_eq!(signed_in.expect("the password is right").user, DEE.user);
        let loaded = store::rooms::load(&theirs.store, theirs.room).await.expect("the room can be read");
        let users: Vec<_> =
            loaded.expect("there is such a room").seats.iter().map(|seat| seat.user).collect();
        assert_eq!(users, [DEE.user]);
        while ours.heard(&mut cy).await.last().is_none_or(|last| last != "closed") {
            ours.live(1).await;
        }
        let seat = Tab { user: DEE.user, ..CY };
        ours.reconnect(seat).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_signed_out_on_one_server_has_no_seat_on_another() {
    on_both(async |ours| {
        let _ana = ours.enter(ANA).await;
        let mut bo = ours.enter(BO).await;
        let theirs = ours.rival().await;
        let accounts = accounts(&theirs);
        let login = sign_up(&accounts, BO).await;
        let elsewhere = DeviceId::from_bits(99);
        accounts.sign_out_everywhere(login.user, elsewhere).await.expect("there is such an account");
        assert_eq!(theirs.attendance().await, ["Ana 0-", "Bo 0-0 left"]);
        while ours.heard(&mut bo).await.last().is_none_or(|last| last != "closed") {
            ours.live(1).await;
        }
        assert_eq!(refused(ours.rooms.reconnect(BO.user, ours.seat(BO)).await), ErrorCode::NotPresent);
        ours.reconnect(ANA).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_login_that_has_ended_brings_nobody_in_who_was_on_the_way() {
    on_both(async |stage| {
        let accounts = accounts(&stage);
        let before = sign_up(&accounts, BO).await;
        let join = async |login: SignedIn| {
            let bo = Identity { epoch: Some(login.epoch), ..identity(BO.user) };
            stage.rooms.join(bo, stage.request(BO)).await
        };
        let here = identity(BO.user).device;
        let after = accounts.sign_out_everywhere(BO.user, here).await.expect("there is such an account");
        let signed_out = ErrorCode::Account(AccountRefusal::NotSignedIn);
        assert_eq!(refused(join(before).await), signed_out);
        assert_eq!((stage.occupancy().await, stage.attendance().await), ((0, 0), vec![]));
        assert!(join(after).await.is_ok());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whoever_becomes_a_host_by_signing_in_sees_so_in_the_tab_that_is_open() {
    on_both(async |stage| {
        let _ana = stage.enter(ANA).await;
        let accounts = accounts(&stage);
        sign_up(&accounts, DEE).await;
        let appoint = Errand::Appoint { user: DEE.user, role: Role::CoHost };
        stage.rooms.errand(ANA.user, stage.room, appoint).await.expect("an owner may appoint");
        let mut cy = stage.enter(CY).await;
        stage.heard(&mut cy).await;
        let signed_in = accounts.sign_in(Some(CY.user), "dee@example.org", PASSWORD).await;
        assert_eq!(signed_in.expect("the password is right").user, DEE.user);
        let heard = stage.heard(&mut cy).await;
        assert!(heard[0].starts_with("2 rights moderate"), "{heard:?}");
        assert!(heard.iter().any(|line| line.ends_with("updated Cy (co_host) m")), "{heard:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_personal_invite_that_was_used_stays_used_when_its_holder_is_deleted() {
    on_both(async |stage| {
        let invite =
            InviteRequest { label: None, role: Role::Participant, personal: true, uses: None, hours: None };
        stage
            .rooms
            .errand(ANA.user, stage.room, Errand::Invite { id: InviteId::from_bits(1), invite })
            .await
            .expect("a host may invite");
        let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("a host may look");
        let token: InviteToken = settings.invites[0].token.parse().expect("the link is whole");
        let with = |tab| JoinRequest { invite: Some(token), ..stage.request(tab) };
        let accounts = accounts(&stage);
        let login = sign_up(&accounts, BO).await;
        assert!(stage.rooms.join(identity(BO.user), with(BO)).await.is_ok());
        accounts.delete(login, PASSWORD).await.expect("whoever knows the password may delete it");
        for _as_it_lives_and_as_it_is_read in 0..2 {
            let late = stage.rooms.join(identity(CY.user), with(CY)).await;
            assert_eq!(refused(late), ErrorCode::Door(Barrier::InviteTaken));
            stage.wait(61).await;
            stage.wait(61).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_owner_is_not_locked_out_by_what_was_done_to_their_second_browser() {
    on_both(async |stage| {
        let accounts = accounts(&stage);
        sign_up(&accounts, ANA).await;
        let _ana = stage.enter(ANA).await;
        let cy = stage.enter(CY).await;
        let put_out = protocol::Deed::Remove(cy.participant);
        stage.rooms.act(ANA.user, stage.seat(ANA), put_out).await.expect("a host may remove");
        let signed_in = accounts.sign_in(Some(CY.user), "ana@example.org", PASSWORD).await;
        assert_eq!(signed_in.expect("the password is right").user, ANA.user);
        let stage = stage.restarted().await;
        let here_too = Tab { user: ANA.user, ..CY };
        let _cy = stage.enter(here_too).await;
        assert!(!stage.saved().await.barred.contains(&ANA.user));
    })
    .await;
}
