//! Accounts, their links and keys, and what they own, on both databases.

use super::{ANA, BO, CY, Stage, load, name, new_room, on_both, user};
use crate::accounts::{self, AccountRow};
use crate::identities::{self, IdentityRow, PasskeyRow};
use crate::links::{self, SignUp};
use crate::logins::{self, LoginRow};
use crate::rules::RuleChange;
use crate::{Store, Transaction, rooms};
use model::{EmailAddress, Role, UnixMillis, UserId};

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("the tests' addresses are addresses")
}

fn account(bits: u128, address: Option<&str>) -> AccountRow {
    AccountRow {
        id: user(bits),
        email: address.map(email),
        name: name("Ana"),
        password_hash: Some("$argon2id$…".to_owned()),
        lang: "de".to_owned(),
        epoch: 1,
        created_at: UnixMillis(1_000),
        verified_at: None,
    }
}

async fn begin(store: &Store) -> Transaction {
    store.begin().await.expect("a transaction begins")
}

async fn commit(tx: Transaction) {
    tx.commit().await.expect("a transaction ends");
}

async fn add(store: &Store, row: &AccountRow) -> bool {
    let mut tx = begin(store).await;
    let added = accounts::insert_new(&mut tx, row).await.expect("an account can be written");
    commit(tx).await;
    added
}

async fn read(store: &Store, id: UserId) -> Option<AccountRow> {
    accounts::load(store, id).await.expect("accounts can be read")
}

const DEE: u128 = 4;

#[tokio::test]
async fn an_account_survives_and_neither_its_id_nor_its_address_is_given_twice() {
    on_both(async |store| {
        let ana = account(ANA, Some("ana@example.org"));
        assert!(add(&store, &ana).await);
        assert_eq!(read(&store, ana.id).await, Some(ana.clone()));
        let found = accounts::load_by_email(&store, &email("ANA@example.org")).await;
        assert_eq!(found.expect("accounts can be read"), Some(ana.clone()));
        assert!(!add(&store, &account(ANA, Some("other@example.org"))).await);
        assert!(!add(&store, &account(BO, Some("ana@example.org"))).await);
        assert!(add(&store, &account(BO, None)).await);
        assert!(add(&store, &account(CY, None)).await, "several may have no address");
        assert_eq!(read(&store, user(99)).await, None);
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_login_of_the_account_alone() {
    on_both(async |store| {
        add(&store, &account(ANA, None)).await;
        for (id, user) in [("a", Some(user(ANA))), ("b", Some(user(ANA))), ("c", Some(user(BO))), ("d", None)]
        {
            let row =
                LoginRow { id: id.to_owned(), user, body: "{}".to_owned(), expires_at: UnixMillis(9_000) };
            logins::save(&store, &row).await.expect("logins are saved");
        }
        let mut tx = begin(&store).await;
        let begun = accounts::sign_out_everywhere(&mut tx, user(ANA)).await.expect("it can be done");
        let nobody = accounts::sign_out_everywhere(&mut tx, user(CY)).await.expect("it can be done");
        commit(tx).await;
        assert_eq!((begun, nobody), (Some(2), None));
        let ana = accounts::load(&store, user(ANA)).await.expect("it can be read");
        assert_eq!(ana.map(|row| row.epoch), Some(2));
        for (id, there) in [("a", false), ("b", false), ("c", true), ("d", true)] {
            let found = logins::load(&store, id, UnixMillis(0)).await.expect("logins can be read");
            assert_eq!(found.is_some(), there, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_password_and_the_proof_of_an_address_are_saved() {
    on_both(async |store| {
        add(&store, &account(ANA, Some("ana@example.org"))).await;
        let mut tx = begin(&store).await;
        accounts::save_password(&mut tx, user(ANA), "new").await.expect("it can be saved");
        accounts::save_verified(&mut tx, user(ANA), UnixMillis(5)).await.expect("it can be saved");
        accounts::save_verified(&mut tx, user(ANA), UnixMillis(6)).await.expect("it can be saved");
        commit(tx).await;
        let saved = read(&store, user(ANA)).await.expect("she is there");
        assert_eq!((saved.password_hash.as_deref(), saved.verified_at), (Some("new"), Some(UnixMillis(5))));
    })
    .await;
}

#[tokio::test]
async fn what_a_browser_owned_moves_to_the_account() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        for (who, touched) in [(ANA, 1), (BO, 1), (CY, 0)] {
            let rooms = accounts::load_rooms_touched(&stage.store, user(who)).await;
            assert_eq!(rooms.expect("rooms can be read").len(), touched, "{who}");
        }
        let mut tx = stage.begin().await;
        for change in [
            RuleChange::Bar(user(ANA)),
            RuleChange::Bar(user(BO)),
            RuleChange::Hold(user(ANA)),
            RuleChange::Hold(user(BO)),
            RuleChange::Ban(user(BO), super::device(BO)),
            RuleChange::Member {
                user: user(BO),
                role: Role::CoHost,
                former: Some(Role::Viewer),
                invite: None,
            },
        ] {
            crate::rules::save(&mut tx, change, UnixMillis(1)).await.expect("it can be written");
        }
        accounts::adopt(&mut tx, user(ANA), user(CY)).await.expect("it can be moved");
        accounts::adopt(&mut tx, user(BO), user(DEE)).await.expect("it can be moved");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let room = load(&stage.store).await.room;
        assert_eq!(room.owner, user(CY));
        assert!(room.barred.contains(&user(DEE)) && room.held.contains(&user(DEE)));
        let is_free = !room.barred.contains(&user(CY)) && !room.held.contains(&user(CY));
        assert!(is_free, "nobody could let an owner in or speak");
        assert_eq!(room.role_of(user(DEE)), Role::CoHost);
        assert!(room.is_banned(user(DEE), super::device(DEE)), "signing in is no way around a ban");
        let loaded = load(&stage.store).await;
        let users: Vec<UserId> = loaded.seats.iter().map(|seat| seat.user).collect();
        assert!(users.contains(&user(CY)) && users.contains(&user(DEE)) && !users.contains(&user(ANA)));
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_the_account_holds_already_is_left_where_it_is() {
    on_both(async |store| {
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        let mut tx = stage.begin().await;
        let mut seat = super::seat(2);
        (seat.user, seat.key) = (user(CY), super::seat(ANA).key);
        let inserted = crate::participants::insert_new(&mut tx, &seat, &name("Ana")).await;
        inserted.expect("a seat can be added");
        accounts::adopt(&mut tx, user(ANA), user(CY)).await.expect("the other seat is no obstacle");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let findings = super::histories::walk(&stage.store).await.findings;
        assert_eq!(findings, [], "the stay is the account's, whose the other seat is");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_account_leaves_no_name() {
    on_both(async |store| {
        add(&store, &account(ANA, Some("ana@example.org"))).await;
        links::insert_reset(&store, "hash", user(ANA), UnixMillis(9_000)).await.expect("a link can be kept");
        let mut stage = Stage::new(store).await;
        stage.arrive(ANA, "Ana").await;
        stage.arrive(BO, "Bo").await;
        assert!(super::insert_room(&stage.store, &new_room(8)).await);
        let told = accounts::load_rooms_told(&stage.store, user(ANA)).await.expect("rooms can be read");
        assert_eq!(told, [stage.room.code, new_room(8).code]);
        let mut tx = stage.begin().await;
        accounts::forget(&mut tx, user(ANA), user(99)).await.expect("she can be forgotten");
        tx.commit(&mut stage.ownership).await.expect("a transaction ends");
        let mut tx = begin(&stage.store).await;
        accounts::delete(&mut tx, user(ANA)).await.expect("it can be deleted");
        commit(tx).await;
        let told = accounts::load_rooms_told(&stage.store, user(ANA)).await.expect("rooms can be read");
        assert_eq!(told, [new_room(8).code], "one room is written at a time");
        assert_eq!(read(&stage.store, user(ANA)).await, None);
        let reset = links::load_reset(&stage.store, "hash", UnixMillis(0)).await;
        assert_eq!(reset.expect("links can be read"), None, "links go with the account");
        let loaded = load(&stage.store).await;
        assert_eq!((loaded.room.owner, loaded.room.name.as_str()), (user(99), "–"));
        let mut names: Vec<_> = loaded.room.people.values().map(|person| person.name.to_string()).collect();
        names.sort();
        assert_eq!(names, ["Bo", "–"]);
        let hosted = rooms::load_hosted(&stage.store, user(ANA), 10).await.expect("rooms can be read");
        assert_eq!(hosted.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_taken_once_and_takes_its_siblings_along() {
    on_both(async |store| {
        let ana = SignUp {
            email: email("ana@example.org"),
            name: name("Ana"),
            password_hash: "hash".to_owned(),
            lang: "en".to_owned(),
        };
        for (token, expires) in [("a", 100), ("b", 200)] {
            let kept = links::insert_sign_up(&store, token, &ana, UnixMillis(expires)).await;
            kept.expect("a link can be kept");
        }
        let found = async |token, now| {
            links::load_sign_up(&store, token, UnixMillis(now)).await.expect("links can be read")
        };
        assert_eq!(found("a", 99).await, Some(ana.clone()));
        assert_eq!(found("a", 100).await, None, "it has expired");
        assert_eq!(found("c", 0).await, None);
        let mut tx = begin(&store).await;
        assert!(links::take_sign_up(&mut tx, "b", &ana.email).await.expect("it can be taken"));
        assert!(!links::take_sign_up(&mut tx, "b", &ana.email).await.expect("it can be tried"));
        commit(tx).await;
        assert_eq!(found("a", 0).await, None, "its sibling is gone");
    })
    .await;
}

#[tokio::test]
async fn a_reset_is_taken_once_and_links_expire() {
    on_both(async |store| {
        add(&store, &account(ANA, None)).await;
        for token in ["a", "b"] {
            let kept = links::insert_reset(&store, token, user(ANA), UnixMillis(100)).await;
            kept.expect("a link can be kept");
        }
        let found = async |token, now| {
            links::load_reset(&store, token, UnixMillis(now)).await.expect("links can be read")
        };
        assert_eq!(found("a", 99).await, Some(user(ANA)));
        assert_eq!(found("a", 100).await, None);
        let mut tx = begin(&store).await;
        assert!(links::take_reset(&mut tx, "a", user(ANA)).await.expect("it can be taken"));
        assert!(!links::take_reset(&mut tx, "a", user(ANA)).await.expect("it can be tried"));
        commit(tx).await;
        assert_eq!(found("b", 0).await, None);
        links::insert_reset(&store, "c", user(ANA), UnixMillis(100)).await.expect("a link can be kept");
        assert_eq!(links::delete_expired(&store, UnixMillis(99)).await.expect("links are deleted"), 0);
        assert_eq!(links::delete_expired(&store, UnixMillis(100)).await.expect("links are deleted"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account() {
    on_both(async |store| {
        add(&store, &account(ANA, None)).await;
        let key = PasskeyRow {
            id: "id".to_owned(),
            account: user(ANA),
            name: name("Phone"),
            credential: "{}".to_owned(),
            created_at: UnixMillis(1),
            used_at: None,
        };
        let mut tx = begin(&store).await;
        assert!(identities::insert_passkey(&mut tx, &key, 1).await.expect("it can be kept"));
        assert!(!identities::insert_passkey(&mut tx, &key, 9).await.expect("it can be tried"));
        let second = PasskeyRow { id: "another".to_owned(), ..key.clone() };
        assert!(
            !identities::insert_passkey(&mut tx, &second, 1).await.expect("it can be tried"),
            "one is most"
        );
        commit(tx).await;
        let before = key.credential.as_str();
        let mut noted = Vec::new();
        for _ in 0..2 {
            let use_it = identities::save_passkey_use(&store, "id", (before, "{1}"), UnixMillis(5));
            noted.push(use_it.await.expect("it can be noted"));
        }
        assert_eq!(noted, [true, false], "of two at the same counter one has a copy");
        let used = PasskeyRow { credential: "{1}".to_owned(), used_at: Some(UnixMillis(5)), ..key };
        let found = identities::load_passkey(&store, "id").await.expect("it can be read");
        assert_eq!(found, Some(used.clone()));
        let all = identities::load_passkeys(&store, user(ANA)).await.expect("they can be read");
        assert_eq!(all, [used]);
        let taken = async |who| {
            let mut tx = begin(&store).await;
            let taken = identities::delete_passkey(&mut tx, user(who), "id").await.expect("it is tried");
            commit(tx).await;
            taken
        };
        assert!(!taken(BO).await, "nobody else takes it away");
        assert_eq!(ways_in(&store, None).await, 1, "a password without an address opens nothing");
        assert!(taken(ANA).await);
        assert_eq!(ways_in(&store, None).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_identity_elsewhere_belongs_to_one_account() {
    on_both(async |store| {
        add(&store, &account(ANA, None)).await;
        add(&store, &account(BO, None)).await;
        let row = |who, subject: &str| IdentityRow {
            issuer: "https://id.test".to_owned(),
            subject: subject.to_owned(),
            account: user(who),
            label: (who == ANA).then(|| "ana@work.test".to_owned()),
            created_at: UnixMillis(1),
        };
        let mut tx = begin(&store).await;
        let mut link = async |who, subject| {
            identities::link(&mut tx, &row(who, subject)).await.expect("it can be linked")
        };
        assert!(link(ANA, "1").await);
        assert!(!link(BO, "1").await);
        assert!(link(BO, "2").await);
        assert!(link(BO, "3").await);
        commit(tx).await;
        let found = identities::load_linked(&store, "https://id.test", "1").await;
        assert_eq!(found.expect("it can be read"), Some(user(ANA)));
        let elsewhere = identities::load_linked(&store, "https://other.test", "1").await;
        assert_eq!(elsewhere.expect("it can be read"), None);
        let of = async |who| identities::load_identities(&store, user(who)).await.expect("they can be read");
        assert_eq!((of(ANA).await, of(BO).await), (vec![row(ANA, "1")], vec![row(BO, "2"), row(BO, "3")]));
        assert_eq!(ways_in(&store, Some("https://id.test")).await, 1);
        assert_eq!(ways_in(&store, Some("https://other.test")).await, 0);
        let unlink = async |who, subject| {
            let mut tx = begin(&store).await;
            let unlinked = identities::unlink(&mut tx, user(who), "https://id.test", subject).await;
            commit(tx).await;
            unlinked.expect("it is tried")
        };
        assert!(!unlink(ANA, "2").await, "nobody else takes it away");
        assert!(unlink(BO, "2").await);
        let mut tx = begin(&store).await;
        identities::delete_all(&mut tx, user(ANA)).await.expect("it can be taken away");
        commit(tx).await;
        assert_eq!((of(ANA).await, of(BO).await), (Vec::new(), vec![row(BO, "3")]));
    })
    .await;
}

/// How many ways there are into Ana's account.
async fn ways_in(store: &Store, issuer: Option<&str>) -> i64 {
    let mut tx = begin(store).await;
    assert!(accounts::lock(&mut tx, user(ANA)).await.expect("it can be locked"));
    let count = identities::count_ways_in(&mut tx, user(ANA), issuer).await.expect("they can be counted");
    commit(tx).await;
    count
}
