//! Rules, roles, plans and invites.

use super::*;

#[test]
fn a_locked_door_holds_everybody_out_but_hosts() {
    check(
        false,
        "policy lock by bo
         join bo
         policy lock by ana
         join cy
         join ana
         join bo
         policy unlock by ana
         join cy",
        expect![[r#"
            policy lock by bo -> refused: only a host may do this
            join bo          -> opened, entered bo (Guest)
            policy lock by ana -> policy set
            join cy          -> refused: the door is locked
            join ana         -> entered ana (Owner)
            join bo          -> linked bo (expected until 20)
            policy unlock by ana -> policy set
            join cy          -> entered cy (Guest)
        "#]],
    );
}

#[test]
fn a_guest_needs_the_passcode_and_then_still_knocks() {
    check(
        true,
        "policy passcode=tulip by ana
         join bo
         join bo passcode rose
         join bo passcode TULIP
         join bo
         join ana
         policy open by ana
         join cy
         join cy passcode tulip",
        expect![[r#"
            policy passcode=tulip by ana -> policy set
            join bo          -> refused: the door asks for a passcode
            join bo passcode rose -> refused: this is not the passcode
            join bo passcode TULIP -> knocked bo
            join bo          -> linked bo (expected until 20)
            join ana         -> opened, entered ana (Owner)
            policy open by ana -> policy set
            join cy          -> refused: the door asks for a passcode
            join cy passcode tulip -> entered cy (Guest)
        "#]],
    );
}

#[test]
fn members_come_in_where_nobody_else_does() {
    check(
        true,
        "policy members by ana
         join bo
         invite i1 participant by bo
         invite i1 participant by ana
         invite i1 participant by ana
         invite i2 guest by ana
         join bo invite i9
         join bo invite i1
         leave bo
         join bo
         join cy
         join dee invite i1
         appoint dee guest by ana
         leave dee
         join dee invite i1",
        expect![[r#"
            policy members by ana -> policy set
            join bo          -> refused: only people with an invite come in
            invite i1 participant by bo -> refused: only a host may do this
            invite i1 participant by ana -> invited by i1
            invite i1 participant by ana -> nothing
            invite i2 guest by ana -> refused: this role cannot be given
            join bo invite i9 -> refused: the room knows no such invite
            join bo invite i1 -> opened, invite i1 used by bo (Participant), entered bo (Participant)
            leave bo         -> left bo (Left), emptied
            join bo          -> opened, entered bo (Participant)
            join cy          -> refused: only people with an invite come in
            join dee invite i1 -> invite i1 used by dee (Participant), entered dee (Participant)
            appoint dee guest by ana -> appointed dee (Guest)
            leave dee        -> left dee (Left)
            join dee invite i1 -> refused: only people with an invite come in
        "#]],
    );
}

#[test]
fn an_invite_is_worth_something_only_within_its_limits() {
    check(
        true,
        "invite once participant uses=1 by ana
         invite mine viewer personal uses=1 by ana
         invite soon participant until=10 by ana
         join bo invite once
         join cy invite once
         join cy invite mine
         join dee invite mine
         leave cy
         join cy/2 invite mine
         join eve invite soon
         wait 10
         join flo invite soon
         revoke mine by ana
         revoke mine by ana
         join gus invite mine
         join gus",
        expect![[r#"
            invite once participant uses=1 by ana -> invited by once
            invite mine viewer personal uses=1 by ana -> invited by mine
            invite soon participant until=10 by ana -> invited by soon
            join bo invite once -> opened, invite once used by bo (Participant), entered bo (Participant)
            join cy invite once -> refused: the invite is used up
            join cy invite mine -> invite mine used by cy (Viewer), entered cy (Viewer)
            join dee invite mine -> refused: the invite belongs to somebody else
            leave cy         -> left cy (Left)
            join cy/2 invite mine -> entered cy/2 (Viewer)
            join eve invite soon -> invite soon used by eve (Participant), entered eve (Participant)
            wait 10          -> nothing
            join flo invite soon -> refused: the invite has expired
            revoke mine by ana -> invite mine revoked
            revoke mine by ana -> nothing
            join gus invite mine -> refused: the invite was revoked
            join gus         -> knocked gus
        "#]],
    );
}

#[test]
fn only_the_owner_makes_hosts_and_nobody_unmakes_the_owner() {
    check(
        false,
        "join ana
         join bo
         join cy
         appoint bo co_host by bo
         appoint bo co_host by ana
         appoint cy co_host by bo
         appoint cy viewer by bo
         appoint ana guest by bo
         remove ana by bo
         remove bo by cy
         invite i1 co_host by bo
         invite i2 viewer by bo
         appoint bo guest by ana
         mute cy by bo
         appoint cy owner by ana",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            join cy          -> entered cy (Guest)
            appoint bo co_host by bo -> refused: only a host may do this
            appoint bo co_host by ana -> appointed bo (CoHost)
            appoint cy co_host by bo -> refused: only the owner may do this
            appoint cy viewer by bo -> appointed cy (Viewer)
            appoint ana guest by bo -> refused: this role cannot be given
            remove ana by bo -> refused: this cannot be done to a host
            remove bo by cy  -> refused: only a host may do this
            invite i1 co_host by bo -> refused: only the owner may do this
            invite i2 viewer by bo -> invited by i2
            appoint bo guest by ana -> appointed bo (Guest)
            mute cy by bo    -> refused: only a host may do this
            appoint cy owner by ana -> refused: this role cannot be given
        "#]],
    );
}

#[test]
fn a_role_that_is_taken_back_leaves_the_one_before() {
    check(
        false,
        "join ana
         join bo
         invite cello participant by ana
         join cy invite cello
         invite friends co_host by ana
         join dee invite friends
         appoint bo co_host by ana
         take-back bo by bo
         take-back bo by dee
         take-back bo by ana
         take-back bo by ana
         appoint cy viewer by ana
         take-back cy by dee
         appoint cy co_host by ana
         take-back cy by ana
         appoint bo viewer by ana
         appoint bo co_host by ana
         appoint bo viewer by ana
         take-back bo by ana
         take-back dee by ana
         take-back ana by ana
         take-back eve by bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            invite cello participant by ana -> invited by cello
            join cy invite cello -> invite cello used by cy (Participant), entered cy (Participant)
            invite friends co_host by ana -> invited by friends
            join dee invite friends -> invite friends used by dee (CoHost), entered dee (CoHost)
            appoint bo co_host by ana -> appointed bo (CoHost)
            take-back bo by bo -> refused: only the owner may do this
            take-back bo by dee -> refused: only the owner may do this
            take-back bo by ana -> appointed bo (Guest)
            take-back bo by ana -> nothing
            appoint cy viewer by ana -> appointed cy (Viewer)
            take-back cy by dee -> appointed cy (Participant)
            appoint cy co_host by ana -> appointed cy (CoHost)
            take-back cy by ana -> appointed cy (Participant)
            appoint bo viewer by ana -> appointed bo (Viewer)
            appoint bo co_host by ana -> appointed bo (CoHost)
            appoint bo viewer by ana -> appointed bo (Viewer)
            take-back bo by ana -> appointed bo (Participant)
            take-back dee by ana -> appointed dee (Participant)
            take-back ana by ana -> refused: this role cannot be given
            take-back eve by bo -> refused: only a host may do this
        "#]],
    );
}

#[test]
fn whoever_owned_the_room_becomes_a_participant_when_the_role_is_taken_back() {
    check(
        false,
        "join ana
         join bo
         hand-over bo by ana
         take-back ana by bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            hand-over bo by ana -> handed over to bo
            take-back ana by bo -> appointed ana (Participant)
        "#]],
    );
}

#[test]
fn the_room_is_handed_over_and_back() {
    check(
        true,
        "join ana
         hand-over bo by ana
         join bo
         hand-over bo by ana
         admit bo by ana
         hand-over bo by ana
         join bo
         hand-over bo by bo
         hand-over bo by ana
         hand-over cy by ana
         remove bo by ana
         remove ana by bo
         join ana
         admit ana by bo
         join ana
         hand-over ana by bo
         end by bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            hand-over bo by ana -> refused: nobody by that id is inside
            join bo          -> knocked bo
            hand-over bo by ana -> refused: nobody by that id is inside
            admit bo by ana  -> admitted bo
            hand-over bo by ana -> refused: nobody by that id is inside
            join bo          -> entered bo (Guest)
            hand-over bo by bo -> refused: only a host may do this
            hand-over bo by ana -> handed over to bo
            hand-over cy by ana -> refused: only the owner may do this
            remove bo by ana -> refused: this cannot be done to a host
            remove ana by bo -> appointed ana (Participant), barred ana, removed ana
            join ana         -> knocked ana
            admit ana by bo  -> admitted ana
            join ana         -> entered ana (Participant)
            hand-over ana by bo -> handed over to ana
            end by bo        -> ended (host)
        "#]],
    );
}

#[test]
fn a_ban_holds_the_user_and_the_device() {
    check(
        false,
        "join ana
         join bo@pad
         join bo/2@phone
         join eve@pad
         ban ana by bo@pad
         ban ana by ana
         ban bo@pad by ana
         join bo/3@desk
         join fay@pad
         join gus@phone
         pardon bo by gus
         pardon bo by ana
         pardon bo by ana
         join fay@pad",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo@pad      -> entered bo (Guest)
            join bo/2@phone  -> entered bo/2 (Guest)
            join eve@pad     -> entered eve (Guest)
            ban ana by bo@pad -> refused: only a host may do this
            ban ana by ana   -> refused: this cannot be done to a host
            ban bo@pad by ana -> banned bo at pad, removed bo, removed eve, removed bo/2
            join bo/3@desk   -> refused: this user or this device is banned
            join fay@pad     -> refused: this user or this device is banned
            join gus@phone   -> entered gus (Guest)
            pardon bo by gus -> refused: only a host may do this
            pardon bo by ana -> pardoned bo
            pardon bo by ana -> nothing
            join fay@pad     -> entered fay (Guest)
        "#]],
    );
}

#[test]
fn somebody_at_the_door_can_be_banned() {
    check(
        true,
        "join ana
         join bo
         remove bo by ana
         ban bo by ana
         join bo",
        expect![[r#"
            join ana         -> opened, entered ana (Owner)
            join bo          -> knocked bo
            remove bo by ana -> refused: nobody by that id is inside
            ban bo by ana    -> banned bo at bo, denied bo
            join bo          -> refused: this user or this device is banned
        "#]],
    );
}

#[test]
fn a_mute_is_a_request_unless_the_policy_is_hard() {
    let mut stage = Stage::new(false);
    for line in ["join ana", "join bo"] {
        stage.play(line);
    }
    assert_eq!(stage.play("mute bo by ana"), "muted bo (Microphone)");
    assert!(stage.room.rights_of(id("bo")).speak, "a soft mute takes no right away");
    stage.play("policy hard-mute by ana");
    assert_eq!(stage.play("stop-camera bo by ana"), "muted bo (Camera)");
    assert_eq!(stage.play("mute bo by ana"), "muted bo (Microphone, held)");
    let rights = stage.room.rights_of(id("bo"));
    assert!(!rights.speak && rights.show, "only the voice is held");
    stage.play("leave bo");
    stage.play("join bo/2");
    assert!(!stage.room.rights_of(id("bo/2")).speak, "coming back is no way around it");
    assert_eq!(stage.play("let-speak bo/2 by bo/2"), "refused: only a host may do this");
    assert_eq!(stage.play("let-speak bo/2 by ana"), "unmuted bo/2");
    assert_eq!(stage.play("let-speak bo/2 by ana"), "nothing");
    assert!(stage.room.rights_of(id("bo/2")).speak);
    stage.play("mute bo/2 by ana");
    stage.play("policy soft-mute by ana");
    assert!(stage.room.rights_of(id("bo/2")).speak, "a softer rule frees everybody");
    assert_eq!(stage.play("mute ana by ana"), "refused: this cannot be done to a host");
}

#[test]
fn a_planned_room_opens_a_little_early_and_closes_when_it_should() {
    check(
        true,
        "plan 1970-01-01T01:00 30 once by bo
         plan 1970-01-01T01:00 30 once by ana
         policy open close by ana
         join bo
         wait 2999
         join bo
         wait 1
         join bo
         return bo
         wait 2399
         wait 1
         join bo
         join ana
         join bo
         leave ana
         leave bo
         wait 86399
         wait 1",
        expect![[r#"
            plan 1970-01-01T01:00 30 once by bo -> refused: only a host may do this
            plan 1970-01-01T01:00 30 once by ana -> planned
            policy open close by ana -> policy set
            join bo          -> refused: the door is not open yet
            wait 2999        -> nothing
            join bo          -> refused: the door is not open yet
            wait 1           -> nothing
            join bo          -> opened, entered bo (Guest)
            return bo        -> linked bo (connected)
            wait 2399        -> nothing
            wait 1           -> left bo (TimeUp), emptied
            join bo          -> refused: the planned time is over
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            leave ana        -> left ana (Left)
            leave bo         -> left bo (Left), emptied
            wait 86399       -> nothing
            wait 1           -> ended (expiry)
        "#]],
    );
}

#[test]
fn a_host_who_is_there_early_opens_the_door_for_everybody() {
    check(
        false,
        "plan 1970-01-02T01:00 30 daily by ana
         join bo
         join ana
         join bo
         leave ana
         join cy",
        expect![[r#"
            plan 1970-01-02T01:00 30 daily by ana -> planned
            join bo          -> refused: the door is not open yet
            join ana         -> opened, entered ana (Owner)
            join bo          -> entered bo (Guest)
            leave ana        -> left ana (Left)
            join cy          -> refused: the door is not open yet
        "#]],
    );
}

#[test]
fn a_plan_must_lie_ahead_in_a_zone_that_exists() {
    let mut stage = Stage::new(false);
    stage.now = UnixMillis(86_400_000 * 3);
    assert_eq!(stage.play("plan 1970-01-02T01:00 30 once by ana"), "refused: the plan is already over");
    let mut schedule = plan("1970-01-09T01:00", "30", "once");
    schedule.zone = "Mars/Olympus".parse().expect("the name is plain");
    let command = Command::Plan { by: user("ana"), schedule: Some(schedule) };
    assert_eq!(stage.carry_out(&command), Err(Refusal::UnknownZone));
}

#[test]
fn a_call_lasts_no_longer_than_it_may_and_the_room_stays() {
    check(
        false,
        "policy longest=10 by ana
         join ana
         return ana
         wait 300
         join bo
         return bo
         wait 299
         wait 1
         join bo
         return bo
         wait 599
         wait 1",
        expect![[r#"
            policy longest=10 by ana -> policy set
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            wait 300         -> nothing
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            wait 299         -> nothing
            wait 1           -> left bo (TimeUp), left ana (TimeUp), emptied
            join bo          -> opened, entered bo (Guest)
            return bo        -> linked bo (connected)
            wait 599         -> nothing
            wait 1           -> left bo (TimeUp), emptied
        "#]],
    );
}

#[test]
fn a_room_expires_when_nobody_has_come_for_long() {
    let mut stage = Stage::new(false);
    let day = 86_400;
    assert_eq!(stage.play(&format!("wait {}", 89 * day)), "nothing");
    stage.play("join bo");
    stage.play("return bo");
    assert_eq!(stage.play(&format!("wait {}", 9 * day)), "nothing");
    stage.play("leave bo");
    assert_eq!(stage.play(&format!("wait {}", 90 * day - 1)), "nothing");
    assert_eq!(stage.play("wait 1"), "ended (expiry)");
}

#[test]
fn what_a_lost_connection_costs_is_a_rule() {
    let script = "join ana
         return ana
         join bo
         admit bo by ana
         join bo
         return bo
         lose bo
         wait 6
         join bo
         return bo
         lose bo
         wait 6
         wait 600
         join bo";
    check(
        true,
        "policy rejoin by ana
         join ana
         return ana
         join bo
         admit bo by ana
         join bo
         return bo
         lose bo
         wait 6
         join bo/9@phone
         policy lock by ana
         join bo/2
         return bo/2
         lose bo/2
         wait 6
         wait 600
         join bo/3",
        expect![[r#"
            policy rejoin by ana -> policy set
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            lose bo          -> dropped bo (kept until 6)
            wait 6           -> left bo (Lost), excused bo until 606
            join bo/9@phone  -> knocked bo/9
            policy lock by ana -> policy set
            join bo/2        -> lapsed bo, entered bo/2 (Guest)
            return bo/2      -> linked bo/2 (connected)
            lose bo/2        -> dropped bo/2 (kept until 12)
            wait 6           -> left bo/2 (Lost), excused bo/2 until 612
            wait 600         -> lapsed bo/2, withdrew bo/9 (Lost)
            join bo/3        -> refused: the door is locked
        "#]],
    );
    check(
        true,
        &format!("policy rejoin by ana\n{script}"),
        expect![[r#"
            policy rejoin by ana -> policy set
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            lose bo          -> dropped bo (kept until 6)
            wait 6           -> left bo (Lost), excused bo until 606
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            lose bo          -> dropped bo (kept until 12)
            wait 6           -> left bo (Lost), excused bo until 612
            wait 600         -> lapsed bo
            join bo          -> knocked bo
        "#]],
    );
    check(
        true,
        &format!("policy fresh by ana\n{script}"),
        expect![[r#"
            policy fresh by ana -> policy set
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            lose bo          -> dropped bo (kept until 6)
            wait 6           -> left bo (Lost)
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            lose bo          -> dropped bo (kept until 12)
            wait 6           -> withdrew bo (Lost)
            wait 600         -> nothing
            join bo          -> knocked bo
        "#]],
    );
}

#[test]
fn hosts_find_a_place_where_the_capacity_that_they_set_is_reached() {
    check(
        false,
        "policy capacity=2 by ana
         join bo
         join cy
         join dee
         join ana
         remove dee by ana
         remove bo by ana
         join dee",
        expect![[r#"
            policy capacity=2 by ana -> policy set
            join bo          -> opened, entered bo (Guest)
            join cy          -> entered cy (Guest)
            join dee         -> refused: the room holds no more people
            join ana         -> entered ana (Owner)
            remove dee by ana -> refused: nobody by that id is inside
            remove bo by ana -> barred bo, removed bo
            join dee         -> refused: the room holds no more people
        "#]],
    );
}

#[test]
fn every_role_may_do_what_the_table_says() {
    let open = Policy::plain(true);
    let strict =
        Policy { speak: Circle::Hosts, share: Circle::Participants, chat: Circle::Hosts, ..open.clone() };
    let mut table = String::new();
    for (name, policy) in [("everybody", &open), ("hosts speak and chat, participants share", &strict)] {
        table.push_str(&format!("{name}\n"));
        for role in Role::ALL {
            let Rights { moderate, appoint, speak, show, share, chat, record } = rights(role, false, policy);
            let words = [
                (moderate, "moderate"),
                (appoint, "appoint"),
                (speak, "speak"),
                (show, "show"),
                (share, "share"),
                (chat, "chat"),
                (record, "record"),
            ];
            let may: Vec<&str> = words.into_iter().filter(|(may, _)| *may).map(|(_, word)| word).collect();
            table.push_str(&format!("  {:<12} {}\n", role.word(), may.join(" ")));
        }
    }
    expect![[r#"
        everybody
          owner        moderate appoint speak show share chat record
          co_host      moderate speak show share chat record
          participant  speak show share chat
          guest        speak show share chat
          viewer       chat
        hosts speak and chat, participants share
          owner        moderate appoint speak show share chat record
          co_host      moderate speak show share chat record
          participant  share
          guest        
          viewer       
    "#]]
    .assert_eq(&table);
    assert!(Role::ALL.into_iter().all(|role| !rights(role, true, &open).speak), "the held do not speak");
}

#[test]
fn the_table_in_the_documentation_says_what_the_code_does() {
    let text = include_str!("../../../../../docs/ROOMS.md");
    let lines = text.lines().skip_while(|line| !line.starts_with("<!-- permissions"));
    let rows: Vec<Vec<&str>> = lines
        .skip(3)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let open = Policy { record: Circle::Everybody, ..Policy::plain(true) };
    let members = Policy {
        speak: Circle::Participants,
        share: Circle::Participants,
        chat: Circle::Participants,
        record: Circle::Participants,
        ..open.clone()
    };
    let closed = Policy {
        speak: Circle::Hosts,
        share: Circle::Hosts,
        chat: Circle::Hosts,
        record: Circle::Hosts,
        ..open.clone()
    };
    let asked: [fn(Rights) -> bool; 7] = [
        |rights| rights.moderate,
        |rights| rights.appoint,
        |rights| rights.speak,
        |rights| rights.show,
        |rights| rights.share,
        |rights| rights.chat,
        |rights| rights.record,
    ];
    assert_eq!(rows.len(), asked.len());
    for (row, may) in rows.iter().zip(asked) {
        for (role, cell) in Role::ALL.into_iter().zip(&row[1..]) {
            let found = [&closed, &members, &open].map(|policy| may(rights(role, false, policy)));
            let expected = match (*cell, role) {
                ("yes", _) => [true; 3],
                ("–", _) => [false; 3],
                ("circle", Role::Participant) => [false, true, true],
                ("circle" | "everybody", _) => [false, false, true],
                other => panic!("the table cannot say {other:?}"),
            };
            assert_eq!(found, expected, "{} for {role:?}", row[0]);
        }
    }
}

#[test]
fn whoever_may_come_back_may_not_after_the_end() {
    check(
        true,
        "policy rejoin close by ana
         plan 1970-01-01T00:00 15 once by ana
         join ana
         return ana
         join bo
         admit bo by ana
         join bo
         return bo
         wait 600
         lose bo
         wait 6
         leave ana
         wait 294
         join bo",
        expect![[r#"
            policy rejoin close by ana -> policy set
            plan 1970-01-01T00:00 15 once by ana -> planned
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            admit bo by ana  -> admitted bo
            join bo          -> entered bo (Guest)
            return bo        -> linked bo (connected)
            wait 600         -> nothing
            lose bo          -> dropped bo (kept until 606)
            wait 6           -> left bo (Lost), excused bo until 900
            leave ana        -> left ana (Left), emptied
            wait 294         -> lapsed bo
            join bo          -> refused: the planned time is over
        "#]],
    );
    check(
        true,
        "policy close by ana
         plan 1970-01-01T00:00 15 once by ana
         join ana
         return ana
         wait 890
         join bo
         join cy
         admit bo by ana
         wait 10
         join bo",
        expect![[r#"
            policy close by ana -> policy set
            plan 1970-01-01T00:00 15 once by ana -> planned
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            wait 890         -> nothing
            join bo          -> knocked bo
            join cy          -> knocked cy
            admit bo by ana  -> admitted bo
            wait 10          -> lapsed bo, left ana (TimeUp), emptied
            join bo          -> refused: the planned time is over
        "#]],
    );
}

#[test]
fn whoever_waits_at_an_empty_room_whose_last_time_is_over_is_sent_home() {
    check(
        true,
        "policy close by ana
         plan 1970-01-01T00:00 15 once by ana
         join bo
         return bo
         wait 899
         wait 1
         join bo",
        expect![[r#"
            policy close by ana -> policy set
            plan 1970-01-01T00:00 15 once by ana -> planned
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            wait 899         -> nothing
            wait 1           -> withdrew bo (TimeUp)
            join bo          -> refused: the planned time is over
        "#]],
    );
    // While somebody is inside they may still be let in; afterwards nobody comes any more.
    check(
        true,
        "policy close by ana
         plan 1970-01-01T00:00 15 once by ana
         wait 1000
         join ana
         return ana
         join bo
         return bo
         wait 600
         leave ana
         wait 1",
        expect![[r#"
            policy close by ana -> policy set
            plan 1970-01-01T00:00 15 once by ana -> planned
            wait 1000        -> nothing
            join ana         -> opened, entered ana (Owner)
            return ana       -> linked ana (connected)
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            wait 600         -> nothing
            leave ana        -> left ana (Left), emptied
            wait 1           -> withdrew bo (TimeUp)
        "#]],
    );
    // Where the room stays open, so does the door.
    check(
        true,
        "plan 1970-01-01T00:00 15 once by ana
         join bo
         return bo
         wait 1000",
        expect![[r#"
            plan 1970-01-01T00:00 15 once by ana -> planned
            join bo          -> knocked bo
            return bo        -> linked bo (connected)
            wait 1000        -> nothing
        "#]],
    );
}

#[test]
fn whoever_runs_the_server_sets_a_price_and_no_other_rule() {
    check(
        true,
        "policy hard-mute by ana
         price 12.50 by op
         price 12.50 by op
         policy hard-mute by op
         price none by op
         price none by op
         end by op
         join cy
         end by ana
         price 5 by op",
        expect![[r#"
            policy hard-mute by ana -> policy set
            price 12.50 by op -> priced
            price 12.50 by op -> nothing
            policy hard-mute by op -> refused: only a host may do this
            price none by op -> priced
            price none by op -> nothing
            end by op        -> refused: only a host may do this
            join cy          -> knocked cy
            end by ana       -> ended (host)
            price 5 by op    -> refused: the room has ended
        "#]],
    );
    let mut stage = Stage::new(true);
    for line in ["policy lock passcode=tulip by ana", "price 5 by op", "price none by op"] {
        stage.play(line);
    }
    assert!(stage.room.policy.locked && stage.room.policy.passcode.is_some(), "all else is as hosts set it");
}
