//! What holds in a room is in the database as it is in memory, after every single change.

use super::{ANA, BO, CY, Stage, load, on_both, participant, user};
use crate::owners;
use crate::rooms;
use crate::statement::Statement;
use domain::room::{Command, Invite};
use model::offer::{Access, Wishes};
use model::policy::{Capacity, Circle, Door, Ending, Minutes, Reconnect};
use model::schedule::Repeat;
use model::{
    Currency, InviteId, Notice, Offer, Passcode, Policy, Price, Role, RoomName, Schedule, Source, UnixMillis,
};

fn schedule() -> Schedule {
    Schedule {
        starts: "2030-01-01T09:30".parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(50).expect("less than a day"),
        repeat: Repeat::Weekly,
        until: "2030-06-30".parse().ok(),
    }
}

fn price(text: &str) -> Price {
    Price::parse(text, Currency::parse("EUR").expect("a currency")).expect("a price")
}

fn policy() -> Policy {
    Policy {
        door: Door::Members,
        locked: true,
        passcode: Passcode::parse("tulip").ok(),
        capacity: Capacity::new(9).expect("nine fit"),
        speak: Circle::Participants,
        share: Circle::Hosts,
        chat: Circle::Participants,
        record: Circle::Everybody,
        hard_mute: true,
        reconnect: Reconnect::Rejoin,
        favour: model::policy::Favour::Quality,
        show_inside: true,
        early: Minutes::new(5).expect("five minutes"),
        longest: Minutes::new(90).ok(),
        ending: Ending::Close,
        notice: Notice::parse("Two minutes").ok(),
        after: model::WebAddress::parse("https://desk.example.org/17").ok(),
        offer: Offer::new(Wishes::plain(Access::PerCall { price: price("12.50") })).ok(),
    }
}

fn invite(role: Role, personal: bool) -> Invite {
    Invite {
        label: Some(super::name("Choir")),
        role,
        personal,
        uses: Some(2),
        until: Some(UnixMillis(9_000_000_000_000)),
        made_at: UnixMillis(0),
        used: 0,
        holder: None,
        revoked: false,
    }
}

#[tokio::test]
async fn every_rule_survives_a_restart() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        stage.arrive(CY, "Cy").await;
        stage.play(Command::AdmitAll { by: participant(ANA) }).await;
        stage.join(BO, "Bo").await;
        stage.join(CY, "Cy").await;
        let (ana, bo, cy) = (user(ANA), user(BO), user(CY));
        let (first, second) = (InviteId::from_bits(1), InviteId::from_bits(2));
        let commands = [
            Command::SetPolicy { by: ana, policy: Box::new(policy()) },
            Command::Rename { by: ana, name: RoomName::parse("Evening choir").expect("a name") },
            Command::Plan { by: ana, schedule: Some(schedule()) },
            Command::Invite { by: ana, id: first, invite: invite(Role::Viewer, true) },
            Command::Invite { by: ana, id: second, invite: invite(Role::CoHost, false) },
            Command::Revoke { by: ana, id: second },
            Command::Appoint { by: ana, user: bo, role: Role::CoHost },
            Command::Appoint { by: ana, user: cy, role: Role::Viewer },
            Command::Mute { by: participant(ANA), participant: participant(CY), source: Source::Microphone },
            Command::Mute { by: participant(ANA), participant: participant(CY), source: Source::Camera },
            Command::LetSpeak { by: participant(BO), participant: participant(CY) },
            Command::Mute { by: participant(BO), participant: participant(CY), source: Source::Microphone },
            Command::Ban { by: participant(BO), participant: participant(CY) },
            Command::Pardon { by: ana, user: cy },
            Command::TakeBack { by: ana, user: cy },
            Command::HandOver { by: ana, participant: participant(BO) },
            Command::Appoint { by: bo, user: ana, role: Role::Guest },
            Command::SetPolicy { by: bo, policy: Box::new(Policy::plain(false)) },
            Command::Plan { by: bo, schedule: None },
            Command::Leave { participant: participant(BO) },
            Command::End { by: bo },
        ];
        for command in commands {
            stage.play(command).await;
            stage.assert_saved().await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_invite_is_counted_and_bound_where_it_is_saved() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let id = InviteId::from_bits(1);
        let made = Command::Invite { by: user(ANA), id, invite: invite(Role::Participant, true) };
        stage.play(made).await;
        let mut tx = stage.begin().await;
        let seat = super::seat(BO);
        crate::participants::insert_new(&mut tx, &seat, &super::name("Bo")).await.expect("a seat");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let visitor = domain::room::Visitor { user: seat.user, device: seat.device, name: super::name("Bo") };
        let key = domain::room::Key { invite: Some(id), ..Default::default() };
        stage.play(Command::Join { participant: seat.participant, visitor, key }).await;
        stage.assert_saved().await;
        assert_eq!(stage.room.invites[&id].holder, Some(user(BO)));
        assert_eq!(stage.room.role_of(user(BO)), Role::Participant);
    })
    .await;
}

#[tokio::test]
async fn somebody_is_called_as_they_came_and_else_as_their_account_is() {
    on_both(async |store| {
        let account =
            "insert into accounts (id, name, lang, epoch, created_at) values ($1, 'Account', 'en', 1, 0)";
        for who in [ANA, BO] {
            let added = store.execute(Statement::new(account).text(user(who).to_hex())).await;
            added.expect("an account can be added");
        }
        let mut stage = Stage::new(store).await;
        stage.arrive(BO, "Bo").await;
        let names = crate::rules::names(&stage.store, stage.room.id).await.expect("names can be read");
        let name_of = async |who| {
            let name = crate::rules::name_of(&stage.store, stage.room.id, user(who)).await;
            name.expect("a name can be read").map(String::from)
        };
        assert_eq!(names.get(&user(ANA)).map(model::DisplayName::as_str), Some("Account"));
        assert_eq!(names.get(&user(BO)).map(model::DisplayName::as_str), Some("Bo"));
        assert_eq!(name_of(ANA).await.as_deref(), Some("Account"));
        assert_eq!((name_of(BO).await.as_deref(), name_of(CY).await), (Some("Bo"), None));
        stage.play(Command::Rename { by: user(ANA), name: RoomName::parse("Choir").expect("a name") }).await;
        let lines = crate::journal::load_newest(&stage.store, stage.room.id, 1).await.expect("lines");
        assert_eq!(lines[0].by_name.as_deref(), Some("Account"));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_invited_by_mail_is_known_until_nothing_is_left_to_tell() {
    use crate::invite_mails::{self as mails, Addressee, State};
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let (id, code) = (InviteId::from_bits(1), stage.room.code);
        let made = Command::Invite { by: user(ANA), id, invite: invite(Role::Participant, true) };
        stage.play(made).await;
        let to = model::EmailAddress::parse("bo@example.org").expect("an address");
        let whom = Addressee { to: to.clone(), lang: "de".to_owned(), by: user(ANA) };
        for _ in 0..2 {
            mails::insert(&stage.store, code, id, &whom, UnixMillis(5)).await.expect("a row can be added");
        }
        let due = async || mails::load_due(&stage.store, 9).await.expect("rows can be read");
        let known = async || mails::load_of_room(&stage.store, code).await.expect("rows can be read");
        let first = due().await.remove(0);
        assert_eq!((&first.addressee, first.told.invited, first.sequence), (&whom, false, 0));
        assert!(mails::claim(&stage.store, &first, None, UnixMillis(6)).await.expect("a claim"));
        assert!(!mails::claim(&stage.store, &first, None, UnixMillis(6)).await.expect("no second claim"));
        mails::save_state(&stage.store, &first, State::Sent).await.expect("a state can be saved");
        assert_eq!(known().await, [(id, to, State::Sent)]);
        assert!(due().await.is_empty());

        stage.play(Command::Plan { by: user(ANA), schedule: Some(schedule()) }).await;
        let planned = mails::load_due(&stage.store, 9).await.expect("rows can be read").remove(0);
        assert_eq!((planned.change, planned.sequence, planned.told.invited), (1, 1, true));
        assert!(mails::claim(&stage.store, &planned, Some(1), UnixMillis(7)).await.expect("a claim"));
        let told =
            mails::load(&stage.store, code, id).await.expect("a row can be read").expect("it is there");
        assert_eq!(told.told.plan, Some(1));
        assert!(mails::repeat(&stage.store, code, id).await.expect("it can be asked for again"));

        stage.play(Command::Revoke { by: user(ANA), id }).await;
        let off = mails::load_due(&stage.store, 9).await.expect("rows can be read").remove(0);
        assert!(off.revoked && off.sequence == 2 && off.told.plan == Some(1));
        let plan = crate::plans::load(&stage.store, code).await.expect("a plan can be read").expect("a plan");
        assert_eq!((plan.sequence, plan.ever_planned), (2, true));
        assert!(mails::forget(&stage.store, &off).await.expect("it can be forgotten"));
        assert!(mails::load_of_room(&stage.store, code).await.expect("rows can be read").is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_invite_by_mail_follows_whoever_invited_to_their_account_and_loses_them_with_it() {
    use crate::invite_mails::{self as mails, Addressee};
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let (id, code) = (InviteId::from_bits(1), stage.room.code);
        let made = Command::Invite { by: user(ANA), id, invite: invite(Role::Participant, true) };
        stage.play(made).await;
        let to = model::EmailAddress::parse("bo@example.org").expect("an address");
        let whom = Addressee { to, lang: "en".to_owned(), by: user(ANA) };
        mails::insert(&stage.store, code, id, &whom, UnixMillis(5)).await.expect("a row can be added");
        let by = async || {
            let mail = mails::load(&stage.store, code, id).await.expect("a row can be read");
            mail.expect("it is there").addressee.by
        };
        let mut tx = stage.begin().await;
        crate::accounts::adopt(&mut tx, user(ANA), user(CY)).await.expect("it can be moved");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(by().await, user(CY));
        let mut tx = stage.begin().await;
        crate::accounts::forget(&mut tx, user(CY), user(99)).await.expect("it can be forgotten");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        assert_eq!(by().await, user(99));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_it_in_their_calendar_is_told_the_name_of_a_room_whose_owner_is_gone() {
    use crate::invite_mails::{self as mails, Addressee};
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let code = stage.room.code;
        let named = stage.room.name.clone();
        let told = InviteId::from_bits(1);
        for id in [told, InviteId::from_bits(2)] {
            let made = Command::Invite { by: user(ANA), id, invite: invite(Role::Participant, true) };
            stage.play(made).await;
            let to = model::EmailAddress::parse("bo@example.org").expect("an address");
            let whom = Addressee { to, lang: "en".to_owned(), by: user(ANA) };
            mails::insert(&stage.store, code, id, &whom, UnixMillis(5)).await.expect("a row can be added");
        }
        let mail = async |id| {
            let mail = mails::load(&stage.store, code, id).await.expect("a row can be read");
            mail.expect("it is there")
        };
        let first = mail(told).await;
        assert!(mails::claim(&stage.store, &first, Some(1), UnixMillis(6)).await.expect("a claim"));
        for (gone, ghost) in [(ANA, 99), (BO, 98)] {
            let mut tx = stage.begin().await;
            crate::accounts::forget(&mut tx, user(gone), user(ghost)).await.expect("they can be forgotten");
            tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        }
        assert_eq!(load(&stage.store).await.room.name.as_str(), "–");
        assert_eq!(mail(told).await.room_name, named);
        let due = mails::load_due(&stage.store, 9).await.expect("rows can be read");
        let due = due.into_iter().find(|mail| mail.invite == told).expect("it is due");
        assert_eq!(due.room_name, named);
        let untold = mail(InviteId::from_bits(2)).await;
        assert_eq!(untold.room_name.as_str(), "–", "who gets no mail is no reason to keep a name");
    })
    .await;
}

#[tokio::test]
async fn a_room_for_which_something_is_due_is_found_though_nobody_is_there() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        let mut tx = stage.begin().await;
        rooms::save_due(&mut tx, Some(UnixMillis(90_000))).await.expect("a deadline can be saved");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let node = owners::NodeId(1);
        let orphaned = async |now| {
            rooms::load_orphaned(&stage.store, node, UnixMillis(now)).await.expect("rooms can be listed")
        };
        assert!(orphaned(89_999).await.is_empty());
        assert_eq!(orphaned(90_000).await, [stage.room.code]);
    })
    .await;
}
