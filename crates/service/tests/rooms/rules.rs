//! Rules, roles and invites as people meet them: what is heard, what is forwarded, what is refused.

use crate::stage::{ANA, BO, CY, DEE, Line, Stage, identity, refused, tab};
use model::policy::{Door, Minutes, Reconnect};
use model::schedule::Repeat;
use model::{InviteId, InviteToken, Notice, Passcode, Policy, Role, Schedule, Source};
use protocol::{
    Barrier, ClientMessage, Deed, EntryState, Errand, ErrorCode, Farewell, InviteRequest, JoinOutcome,
    JoinRequest, Publishing, Rule, ServerMessage, Tweak,
};
use service::Closing;
use service::history::Page;

const EVERYTHING: Publishing = Publishing { microphone: true, camera: true, screen: true };

fn invite(role: Role) -> InviteRequest {
    InviteRequest { label: None, role, personal: false, uses: None, hours: Some(1) }
}

/// What the media threads were last told that somebody sends.
fn forwarded(stage: &Stage) -> Option<(bool, bool, bool)> {
    let notes = stage.media.commands();
    notes.into_iter().rev().find_map(|command| match command {
        sfu::Command::Publish { microphone, camera, screen, .. } => Some((microphone, camera, screen)),
        _ => None,
    })
}

async fn heard(stage: &Stage, line: &mut Line) -> String {
    stage.heard(line).await.join("; ")
}

#[tokio::test(start_paused = true)]
async fn a_mute_stops_what_is_forwarded_and_says_who_did_it() {
    let stage = Stage::with_open_door().await;
    let (mut ana, mut bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    assert_eq!(forwarded(&stage), Some((true, true, true)));
    heard(&stage, &mut ana).await;
    heard(&stage, &mut bo).await;
    let deed = Deed::Mute { participant: bo.participant, source: Source::Camera };
    stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("a host may mute");
    assert_eq!(forwarded(&stage), Some((true, false, true)));
    assert!(heard(&stage, &mut bo).await.contains("stopped Camera by Ana"));
    assert!(heard(&stage, &mut ana).await.contains("updated Bo ms"));
    // A soft mute is a request: they may start again.
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    assert_eq!(forwarded(&stage), Some((true, true, true)));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_held_or_only_watches_sends_nothing_whatever_their_browser_says() {
    let stage = Stage::with_open_door().await;
    let (_ana, mut bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    let act = async |deed| stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("a host may");
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    act(Deed::Tweak(Tweak::HardMute(true))).await;
    act(Deed::Mute { participant: bo.participant, source: Source::Microphone }).await;
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    assert_eq!(forwarded(&stage), Some((false, true, true)), "held");
    act(Deed::LetSpeak(bo.participant)).await;
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    assert_eq!(forwarded(&stage), Some((true, true, true)), "free again");
    heard(&stage, &mut bo).await;
    act(Deed::Appoint { participant: bo.participant, role: Role::Viewer }).await;
    assert_eq!(forwarded(&stage), Some((false, false, false)), "a viewer, at once");
    assert!(heard(&stage, &mut bo).await.contains("rights chat"));
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.settled().await;
    assert_eq!(forwarded(&stage), Some((false, false, false)), "a viewer who tries");
}

#[tokio::test(start_paused = true)]
async fn whoever_may_not_chat_is_refused() {
    let stage = Stage::with_open_door().await;
    let (_ana, _bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    let tweak = Deed::Tweak(Tweak::Chat(model::policy::Circle::Hosts));
    stage.rooms.act(ANA.user, stage.seat(ANA), tweak).await.expect("a host may set rules");
    let said = stage.say(BO, 1, "hello").await;
    assert_eq!(refused(said), ErrorCode::Rule(Rule::NotAllowed));
    stage.say(ANA, 2, "hello").await.expect("a host may chat");
}

#[tokio::test(start_paused = true)]
async fn a_co_host_learns_who_waits_and_may_admit_until_the_role_is_taken_back() {
    let stage = Stage::with_waiting_room().await;
    let (_ana, mut cy) = (stage.enter(ANA).await, stage.knock(CY).await);
    let bo = stage.knock(BO).await;
    let act = async |deed| stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("a host may");
    act(Deed::Admit(cy.participant)).await;
    cy = stage.enter(CY).await;
    heard(&stage, &mut cy).await;
    act(Deed::Appoint { participant: cy.participant, role: Role::CoHost }).await;
    let told = heard(&stage, &mut cy).await;
    assert!(told.contains("rights moderate") && told.contains("waiting [Bo]"), "{told}");
    act(Deed::Appoint { participant: cy.participant, role: Role::Guest }).await;
    let admitted = stage.rooms.act(CY.user, stage.seat(CY), Deed::Admit(bo.participant)).await;
    assert_eq!(refused(admitted), ErrorCode::NotHost);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_was_handed_over_is_the_other_ones() {
    let stage = Stage::with_open_door().await;
    let (_ana, bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    let deed = Deed::HandOver(bo.participant);
    stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("the owner may");
    let settings = stage.rooms.settings(BO.user, stage.room).await.expect("the owner may look");
    assert_eq!((settings.role, settings.members.len()), (Role::Owner, 2));
    let stage = stage.restarted().await;
    assert_eq!(stage.rooms.settings(ANA.user, stage.room).await.map(|it| it.role).ok(), Some(Role::CoHost));
}

#[tokio::test(start_paused = true)]
async fn whoever_was_banned_is_told_so_and_finds_the_door_shut_on_every_seat() {
    let stage = Stage::with_open_door().await;
    let (_ana, mut bo) = (stage.enter(ANA).await, stage.enter(BO).await);
    heard(&stage, &mut bo).await;
    let deed = Deed::Ban(bo.participant);
    stage.rooms.act(ANA.user, stage.seat(ANA), deed).await.expect("a host may ban");
    assert!(heard(&stage, &mut bo).await.contains(&format!("farewell: {:?}", Farewell::Banned)));
    for tab in [BO, tab("Bo", 2, 9)] {
        assert_eq!(refused(stage.ask(tab, "good").await), ErrorCode::Door(Barrier::Banned));
    }
    let stage = stage.restarted().await;
    let entry = stage.rooms.entry(stage.room, Some(identity(BO.user)), None).await;
    assert_eq!(refused(entry), ErrorCode::Door(Barrier::Banned));
}

#[tokio::test(start_paused = true)]
async fn an_invite_walks_in_past_the_waiting_room_until_it_is_revoked() {
    let stage = Stage::with_waiting_room().await;
    let id = InviteId::from_bits(5);
    let errand = async |errand| stage.rooms.errand(ANA.user, stage.room, errand).await;
    errand(Errand::Invite { id, invite: invite(Role::Participant) }).await.expect("a host may invite");
    let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("a host may look");
    let token: InviteToken = settings.invites[0].token.parse().expect("a token parses");
    let with = |token, request: JoinRequest| JoinRequest { invite: Some(token), ..request };
    let state = async |token| {
        let view = stage.rooms.entry(stage.room, None, Some(token)).await.expect("it can be asked");
        (view.state, view.role)
    };
    assert_eq!(state(token).await, (EntryState::Open, Role::Participant));
    let forged = InviteToken { tag: token.tag ^ 1, ..token };
    let unknown = EntryState::Barred { barrier: Barrier::InviteUnknown };
    assert_eq!(state(forged).await, (unknown, Role::Guest));
    let request = with(forged, stage.request(BO));
    let forged = stage.rooms.join(identity(BO.user), request).await;
    assert_eq!(refused(forged), ErrorCode::Door(Barrier::InviteUnknown));
    let joined = stage.rooms.join(identity(BO.user), with(token, stage.request(BO))).await;
    assert!(matches!(joined, Ok(JoinOutcome::Joined { .. })), "{joined:?}");
    errand(Errand::Revoke(id)).await.expect("a host may revoke");
    let late = stage.rooms.join(identity(CY.user), with(token, stage.request(CY))).await;
    assert_eq!(refused(late), ErrorCode::Door(Barrier::InviteRevoked));
    let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("a host may look");
    assert_eq!((settings.invites[0].token.as_str(), settings.invites[0].used), ("", 1));
}

#[tokio::test(start_paused = true)]
async fn passcodes_cannot_be_tried_for_ever_and_their_holders_come_in_later() {
    let stage = Stage::with_open_door().await;
    let policy = Policy { passcode: Passcode::parse("tulip").ok(), ..Policy::plain(false) };
    let set = Errand::SetPolicy(Box::new(policy));
    stage.rooms.errand(ANA.user, stage.room, set).await.expect("a host may set rules");
    let attempt = async |user: u128, word: &str| {
        let tab = tab("Eve", user, user);
        let request = JoinRequest { passcode: Passcode::parse(word).ok(), ..stage.request(tab) };
        stage.rooms.join(identity(tab.user), request).await
    };
    let mut wrong = 0;
    let last = loop {
        match refused(attempt(100 + wrong, "rose").await) {
            ErrorCode::Door(Barrier::PasscodeWrong) if wrong < 1_000 => wrong += 1,
            other => break other,
        }
    };
    assert_eq!((wrong, last), (120, ErrorCode::TooManyRequests), "new identities do not help");
    assert_eq!(refused(attempt(7, "tulip").await), ErrorCode::TooManyRequests);
    // An empty room leaves after a minute, and what was guessed before is not forgotten with it.
    stage.wait(61).await;
    stage.wait(61).await;
    let mut more = 0;
    while refused(attempt(2_000 + more, "rose").await) == ErrorCode::Door(Barrier::PasscodeWrong) {
        more += 1;
    }
    assert_eq!(more, 12, "one in 10 s");
    stage.wait(10).await;
    assert!(attempt(7, "tulip").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn only_hosts_see_and_set_what_holds_in_a_room() {
    let stage = Stage::with_open_door().await;
    let _bo = stage.enter(BO).await;
    for user in [BO.user, DEE.user] {
        assert_eq!(refused(stage.rooms.settings(user, stage.room).await), ErrorCode::NotHost);
        let lock = Errand::SetPolicy(Box::new(Policy { locked: true, ..Policy::plain(false) }));
        assert_eq!(refused(stage.rooms.errand(user, stage.room, lock).await), ErrorCode::NotHost);
    }
    let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("a host may look");
    assert_eq!(
        (settings.role, settings.policy.locked, settings.policy.door),
        (Role::Owner, false, Door::Open)
    );
}

#[tokio::test(start_paused = true)]
async fn everybody_is_put_out_when_the_time_is_over() {
    let stage = Stage::with_open_door().await;
    let policy = Policy { longest: Minutes::new(10).ok(), ..Policy::plain(false) };
    stage.rooms.errand(ANA.user, stage.room, Errand::SetPolicy(Box::new(policy))).await.expect("a host may");
    let mut bo = stage.enter(BO).await;
    let before = heard(&stage, &mut bo).await;
    assert!(!before.contains("farewell"), "{before}");
    stage.wait(600).await;
    assert!(heard(&stage, &mut bo).await.contains(&format!("farewell: {:?}", Farewell::TimeUp)));
    assert!(stage.rooms.join(identity(CY.user), stage.request(CY)).await.is_ok(), "the room stays");
    assert_eq!(stage.attendance().await, ["Bo 0-600 time_up", "Cy 600-"]);
    let mut history = stage.rooms.history(ANA.user, stage.room).await.expect("a host reads the history");
    let mut stays = 0;
    while let Some(page) = history.next().await.expect("a history is read") {
        if let Page::Stays(page) = page {
            stays += page.len();
        }
    }
    assert_eq!(stays, 2);
}

#[tokio::test(start_paused = true)]
async fn the_door_hears_the_hosts_notice_as_it_changes() {
    let stage = Stage::with_waiting_room().await;
    let mut bo = stage.knock(BO).await;
    while bo.poll().await.is_some() {}
    let notice = Notice::parse("Two minutes").ok();
    let policy = Policy { notice: notice.clone(), ..Policy::plain(true) };
    stage.rooms.errand(ANA.user, stage.room, Errand::SetPolicy(Box::new(policy))).await.expect("a host may");
    let told = bo.poll().await.flatten();
    assert_eq!(told, Some(ServerMessage::Waiting { host_present: false, notice }));
}

#[tokio::test(start_paused = true)]
async fn the_calendar_file_says_what_the_entry_page_says() {
    let stage = Stage::with_open_door().await;
    let plan = Errand::Plan(Some(Schedule {
        starts: "2023-11-15T16:00".parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(60).expect("an hour is within a day"),
        repeat: Repeat::Once,
        until: None,
    }));
    stage.rooms.errand(ANA.user, stage.room, plan).await.expect("a host may plan");
    for door in [Door::Open, Door::Knock, Door::Members] {
        let policy = Policy { door, notice: Notice::parse("Bring tea").ok(), ..Policy::plain(false) };
        let set = Errand::SetPolicy(Box::new(policy));
        stage.rooms.errand(ANA.user, stage.room, set).await.expect("a host may set rules");
        let entry = stage.rooms.entry(stage.room, None, None).await.expect("the room can be asked");
        let file = stage.rooms.invitation(stage.room, "https://meet.test/r").await.expect("there is a plan");
        assert_eq!(file.contains("Bring tea"), entry.notice.is_some(), "{door:?}");
    }
}

/// Bo is inside a room with a waiting room and this rule, and their network goes.
async fn dropped_under(reconnect: Reconnect) -> Stage {
    let stage = Stage::with_waiting_room().await;
    let policy = Policy { reconnect, ..Policy::plain(true) };
    stage.rooms.errand(ANA.user, stage.room, Errand::SetPolicy(Box::new(policy))).await.expect("a host may");
    let ana = stage.enter(ANA).await;
    let waiting = stage.knock(BO).await;
    let admit = Deed::Admit(waiting.participant);
    stage.rooms.act(ANA.user, stage.seat(ANA), admit).await.expect("a host may");
    let bo = stage.enter(BO).await;
    bo.close(Closing::Lost).await;
    stage.live(7).await;
    stage.until("the seat is given up", async |stage| stage.occupancy().await.0 == 1).await;
    drop(ana);
    stage
}

#[tokio::test(start_paused = true)]
async fn who_may_come_back_by_themselves_does_with_any_page() {
    let stage = dropped_under(Reconnect::Rejoin).await;
    let anew = tab("Bo", 2, 22);
    assert!(matches!(stage.state(BO.user).await, EntryState::Open));
    stage.join(anew).await;
    let other = stage.ask(tab("Bo", 2, 23), "good").await;
    assert!(matches!(other, Ok(JoinOutcome::Waiting { .. })), "the promise is used up: {other:?}");
}

#[tokio::test(start_paused = true)]
async fn who_begins_anew_knocks_again() {
    let stage = dropped_under(Reconnect::Fresh).await;
    for page in [BO, tab("Bo", 2, 22)] {
        let asked = stage.ask(page, "good").await;
        assert!(matches!(asked, Ok(JoinOutcome::Waiting { .. })), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_stops_what_somebody_shares_and_they_may_share_again() {
    let stage = Stage::with_open_door().await;
    let _ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.heard(&mut bo).await;
    assert_eq!(forwarded(&stage), Some((true, true, true)));
    let stop = Deed::Mute { participant: bo.participant, source: Source::Screen };
    stage.rooms.act(ANA.user, stage.seat(ANA), stop).await.expect("a host may");
    let heard = stage.heard(&mut bo).await;
    assert!(heard.iter().any(|told| told.contains("stopped")), "{heard:?}");
    assert_eq!(forwarded(&stage), Some((true, true, false)));
    bo.say(ClientMessage::Publish(EVERYTHING)).await;
    stage.heard(&mut bo).await;
    assert_eq!(forwarded(&stage), Some((true, true, true)));
}
