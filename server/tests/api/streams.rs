//! Programs publish and watch by WHIP (RFC 9725) and WHEP with a host's token, stand in the roster, and end
//! like anybody else. Whoever has no token learns nothing.

use crate::browser::{Answer, Browser};
use crate::guest::{Present, change, hosted};
use crate::harness::Server;
use crate::peer::{Peer, Running};
use http::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH, ORIGIN};
use http::{Method, Request, StatusCode};
use model::policy::{Capacity, Door};
use model::{DisplayName, InviteId, Mid, ParticipantId, Policy, Role, RoomCode, Source};
use protocol::{
    Change, ClientMessage, Deed, Errand, InviteRequest, LeaveReason, ParticipantView, RoomSettings,
    ServerMessage,
};
use serde_json::json;
use str0m::format::Codec;
use str0m::media::Direction;

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// A hosted room, and the tokens that its host made.
struct Studio {
    _server: Server,
    ana: Present,
    /// Knows no cookie.
    program: Browser,
}

/// A session as a program knows it.
struct Session {
    path: String,
    tag: String,
    participant: String,
    answer: String,
}

impl Studio {
    async fn open() -> Self {
        let server = Server::start().await;
        let ana = hosted(&server).await;
        let program = server.browser();
        Self { _server: server, ana, program }
    }

    fn room(&self) -> RoomCode {
        self.ana.guest.seat.room
    }

    fn whip(&self) -> String {
        format!("/whip/{}", self.room())
    }

    fn whep(&self) -> String {
        format!("/whep/{}", self.room())
    }

    async fn errand(&self, errand: Errand) {
        self.ana.guest.errand(&errand).await.json::<()>();
    }

    /// Makes an invite and reads its token.
    async fn token(&self, number: u128, role: Role) -> String {
        let label = DisplayName::parse("Studio camera").ok();
        let invite = InviteRequest { label, role, personal: false, uses: None, hours: None };
        let id = InviteId::from_bits(number);
        self.errand(Errand::Invite { id, invite }).await;
        let arguments = json!({ "room": self.room() });
        let settings = self.ana.guest.browser.call("/api/rooms/settings", &arguments).await;
        let invites = settings.json::<RoomSettings>().invites;
        invites.into_iter().find(|invite| invite.id == id).expect("it was just made").token
    }

    async fn ask(&self, path: &str, token: &str, (kind, body): (&str, String)) -> Answer {
        let request = Request::post(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, kind)
            .header(ORIGIN, "https://player.test");
        self.program.send(request, body.into()).await
    }

    async fn post(&self, path: &str, token: &str, direction: Direction) -> Answer {
        self.ask(path, token, (SDP, Peer::new().await.offer_plain(direction).0)).await
    }

    async fn publish(&self, token: &str) -> Session {
        session(&self.post(&self.whip(), token, Direction::SendOnly).await)
    }

    async fn delete(&self, path: &str, token: &str) -> StatusCode {
        let request = Request::delete(path).header(AUTHORIZATION, format!("Bearer {token}"));
        self.program.send(request, "".into()).await.status
    }

    /// The next who comes in, as the host's page hears it.
    async fn joined(&mut self) -> ParticipantView {
        let joined = |message| match change(message) {
            Some(Change::Joined(view)) => Some(view),
            _ => None,
        };
        self.ana.socket.find(joined).await
    }

    /// How the next who goes went.
    async fn left(&mut self) -> (ParticipantId, LeaveReason) {
        let left = |message| match change(message) {
            Some(Change::Left { participant, reason }) => Some((participant, reason)),
            _ => None,
        };
        self.ana.socket.find(left).await
    }

    /// Sends candidates.
    async fn patch(&self, session: &Session, token: &str, condition: Option<&str>, body: &str) -> StatusCode {
        let mut request = Request::patch(&session.path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, FRAGMENT);
        if let Some(condition) = condition {
            request = request.header(IF_MATCH, condition);
        }
        self.program.send(request, body.to_owned().into()).await.status
    }
}

fn session(answer: &Answer) -> Session {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.header("content-type"), SDP);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-expose-headers").contains("location"));
    assert_eq!(answer.header("set-cookie"), "", "a program is no browser");
    let location = answer.header("location");
    let path = location.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
    let (_, path) = path.unwrap_or_else(|| panic!("{location} is no whole address"));
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "{tag}");
    let participant = answer.header("anteroom-participant").to_owned();
    Session { path: format!("/{path}"), tag, participant, answer: answer.text().to_owned() }
}

/// The status of an answer, and how it refuses the token.
fn refusal(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("access-control-allow-origin"), "*", "pages of other sites can read why");
    (answer.status.as_u16(), answer.header("www-authenticate"))
}

const INVALID: (u16, &str) = (401, "Bearer error=\"invalid_token\"");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_asked_is_told_to_everybody() {
    let studio = Studio::open().await;
    let session = format!("{}/{}", studio.whip(), "0".repeat(32));
    for (path, header, kind) in [
        (studio.whip(), "accept-post", SDP),
        (studio.whep(), "accept-post", SDP),
        (session, "accept-patch", FRAGMENT),
    ] {
        let preflight = Request::options(&path)
            .header(ORIGIN, "https://player.test")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        let answer = studio.program.send(preflight, "".into()).await;
        assert_eq!((answer.status, answer.header(header)), (StatusCode::OK, kind), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        assert!(answer.header("access-control-allow-credentials").is_empty(), "no cookie is of use here");
        assert_eq!(studio.program.get(&path).await.status, StatusCode::NO_CONTENT);
        let put = studio.program.send(Request::builder().method(Method::PUT).uri(&path), "".into()).await;
        assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(put.header("allow").contains("OPTIONS"), "{}", put.header("allow"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_token_of_the_room_learns_nothing() {
    let studio = Studio::open().await;
    let token = studio.token(1, Role::Participant).await;
    let other = studio.ana.guest.browser.create(false).await;
    let offer = || async { Peer::new().await.offer_plain(Direction::SendOnly).0 };
    let bare = Request::post(studio.whip()).header(CONTENT_TYPE, SDP);
    let answer = studio.program.send(bare, offer().await.into()).await;
    assert_eq!(refusal(&answer), (401, "Bearer"));
    for path in [studio.whip(), format!("/whip/{other}"), "/whip/zzz-zzzz-zzz".into(), "/whip/none".into()] {
        for wrong in ["x", &"0".repeat(64)] {
            let answer = studio.ask(&path, wrong, (SDP, offer().await)).await;
            assert_eq!(refusal(&answer), INVALID, "{path} {wrong}");
        }
    }
    let answer = studio.ask(&format!("/whip/{other}"), &token, (SDP, offer().await)).await;
    assert_eq!(refusal(&answer), INVALID, "a token is of one room");
    let session = studio.publish(&token).await;
    let stranger = studio.token(2, Role::Participant).await;
    assert_eq!(
        studio.delete(&session.path, &stranger).await,
        StatusCode::NOT_FOUND,
        "nor of others' sessions"
    );
    let elsewhere = session.path.replace(&studio.room().to_string(), &other.to_string());
    assert_eq!(studio.delete(&elsewhere, &token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(studio.delete(&session.path, &token).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_does_what_its_invite_promises_and_no_more() {
    let studio = Studio::open().await;
    let tokens = [Role::Participant, Role::Viewer, Role::CoHost].into_iter().zip(1..);
    for (role, number) in tokens {
        let token = studio.token(number, role).await;
        for (path, direction, fits) in [
            (studio.whip(), Direction::SendOnly, Role::Participant),
            (studio.whep(), Direction::RecvOnly, Role::Viewer),
        ] {
            let answer = studio.post(&path, &token, direction).await;
            if role == fits {
                session(&answer);
            } else {
                assert_eq!(refusal(&answer), (403, "Bearer error=\"insufficient_scope\""), "{role:?} {path}");
            }
        }
        studio.errand(Errand::Revoke(InviteId::from_bits(number))).await;
        let answer = studio.post(&studio.whip(), &token, Direction::SendOnly).await;
        assert_eq!(refusal(&answer), INVALID, "taken back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_door_is_shut_to_programs_as_to_anybody() {
    let studio = Studio::open().await;
    let token = studio.token(1, Role::Viewer).await;
    let rule = |policy: Policy| Errand::SetPolicy(Box::new(policy));
    let locked = Policy { locked: true, ..Policy::plain(true) };
    let two = Capacity::new(2).expect("two fit");
    let small = Policy { capacity: two, door: Door::Open, ..Policy::plain(true) };
    let whep = studio.whep();
    let ask = || studio.post(&whep, &token, Direction::RecvOnly);
    studio.errand(rule(locked)).await;
    assert_eq!(ask().await.status, StatusCode::FORBIDDEN);
    studio.errand(rule(small)).await;
    let inside = session(&ask().await);
    let full = ask().await;
    assert_eq!(refusal(&full), (409, ""));
    studio.ana.guest.deed(Deed::End).await.json::<()>();
    assert_eq!(refusal(&ask().await), (410, ""));
    assert_eq!(studio.delete(&inside.path, &token).await, StatusCode::NOT_FOUND, "it ended with the room");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_that_cannot_be_taken_whole_is_refused_and_leaves_nobody_behind() {
    let mut studio = Studio::open().await;
    let token = studio.token(1, Role::Participant).await;
    let (offer, _) = Peer::new().await.offer_plain(Direction::SendOnly);
    let (watches, _) = Peer::new().await.offer_plain(Direction::RecvOnly);
    let whip = studio.whip();
    for (kind, body, status) in [
        ("application/json", offer.clone(), 415),
        (SDP, "garbage".to_owned(), 400),
        (
            SDP,
            ["VP8", "VP9", "AV1", "H264"]
                .iter()
                .fold(offer.clone(), |offer, codec| offer.replace(codec, "H265")),
            422,
        ),
        (SDP, offer.replace("opus/48000/2", "PCMU/8000"), 422),
        (SDP, offer.replace("a=setup:actpass", "a=setup:passive"), 422),
        (SDP, watches, 422),
        (SDP, format!("{offer}{}", "a=x\r\n".repeat(14_000)), 413),
    ] {
        let answer = studio.ask(&whip, &token, (kind, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
    let far_too_long = studio.ask(&whip, &token, (SDP, "x".repeat(200_000))).await;
    assert_eq!(far_too_long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(far_too_long.header("access-control-allow-origin"), "*");
    studio.publish(&token).await;
    let joined = studio.joined().await;
    assert_eq!((joined.name.as_str(), joined.role), ("Studio camera", Role::Participant));
    assert!(joined.microphone && joined.camera && !joined.screen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_takes_candidates_and_no_restart_and_ends_when_it_is_deleted() {
    let mut studio = Studio::open().await;
    let token = studio.token(1, Role::Participant).await;
    let (offer, _) = Peer::new().await.offer_plain(Direction::SendOnly);
    let ufrag =
        offer.lines().find(|line| line.starts_with("a=ice-ufrag:")).expect("ICE has names").to_owned();
    let session = session(&studio.ask(&studio.whip(), &token, (SDP, offer)).await);
    let joined = studio.joined().await;
    let trickled = format!("{ufrag}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=end-of-candidates\r\n");
    let restart = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n";
    let tag = Some(session.tag.as_str());
    for (condition, body, status) in [
        (tag, trickled.as_str(), 204),
        (None, &trickled, 428),
        (Some("\"another\""), &trickled, 412),
        (Some("*"), restart, 422),
        (tag, "v=0\r\n", 400),
    ] {
        let answered = studio.patch(&session, &token, condition, body).await;
        assert_eq!(answered.as_u16(), status, "{condition:?} {body}");
    }
    studio.errand(Errand::Revoke(InviteId::from_bits(1))).await;
    assert_eq!(studio.delete(&session.path, &token).await, StatusCode::OK, "one may always go");
    assert_eq!(studio.left().await, (joined.id, LeaveReason::Left));
    assert_eq!(studio.delete(&session.path, &token).await, StatusCode::NOT_FOUND);
    assert_eq!(studio.patch(&session, &token, tag, &trickled).await, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_publishes_from_one_place_and_is_nobody_once_it_was_put_out() {
    let mut studio = Studio::open().await;
    let token = studio.token(1, Role::Participant).await;
    let first = studio.publish(&token).await;
    let camera = studio.joined().await.id;
    let second = studio.publish(&token).await;
    assert_eq!(studio.delete(&first.path, &token).await, StatusCode::NOT_FOUND, "its place was taken over");
    for power in [Deed::HandOver(camera), Deed::Appoint { participant: camera, role: Role::CoHost }] {
        assert_eq!(studio.ana.guest.deed(power).await.status, StatusCode::CONFLICT, "nobody could act as it");
    }
    studio.ana.guest.deed(Deed::Remove(camera)).await.json::<()>();
    assert_eq!(studio.left().await, (camera, LeaveReason::Removed));
    assert_eq!(studio.delete(&second.path, &token).await, StatusCode::NOT_FOUND);
    let again = studio.post(&studio.whip(), &token, Direction::SendOnly).await;
    assert_eq!(refusal(&again), INVALID);
}

/// Sound and picture of this name come on the two lines of a player.
async fn plays(player: &mut Running, lines: &[Mid; 2], name: &str) {
    for (mid, label) in lines.iter().zip(["sound of ", "picture of "]) {
        player.receives(*mid, &format!("{label}{name}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_publishes_people_and_players_hear_and_see() {
    let mut studio = Studio::open().await;
    let (sends, sees) = (studio.token(1, Role::Participant).await, studio.token(2, Role::Viewer).await);
    let mut camera = Peer::new().await;
    let (offer, _) = camera.offer_plain(Direction::SendOnly);
    let published = session(&studio.ask(&studio.whip(), &sends, (SDP, offer)).await);
    let place = |codec| published.answer.find(codec).expect(codec);
    assert!(place("VP8/90000") < place("H264/90000"), "what everybody decodes is preferred");
    assert!(place("VP8/90000") < place("VP9/90000"), "{}", published.answer);
    assert!(place("VP9/90000") < place("AV1/90000"), "{}", published.answer);
    assert!(!published.answer.contains("H265"), "{}", published.answer);
    let _running = camera.start(&published.answer, "the studio");
    let id = studio.joined().await.id;
    assert_eq!(published.participant, id.to_string());

    let mut player = Peer::new().await;
    let (offer, lines) = player.offer_plain(Direction::RecvOnly);
    let unknown = format!("{}?participant={}", studio.whep(), "1".repeat(32));
    let nobody = studio.ask(&unknown, &sees, (SDP, offer.clone())).await;
    assert_eq!(refusal(&nobody), (404, ""));
    let only = format!("{}?participant={id}", studio.whep());
    let watched = session(&studio.ask(&only, &sees, (SDP, offer)).await);
    let mut player = player.start(&watched.answer, "a player");
    plays(&mut player, &lines, "the studio").await;

    let seen = studio.joined().await;
    assert_eq!((seen.role, seen.microphone, seen.camera), (Role::Viewer, false, false));
    studio.ana.socket.say(&ClientMessage::Resync).await;
    let slot_of_it = |message| match message {
        ServerMessage::Snapshot(snapshot) => {
            snapshot.slots.into_iter().find(|slot| (slot.participant, slot.source) == (id, Source::Camera))
        }
        _ => None,
    };
    let mid = studio.ana.socket.find(slot_of_it).await.mid;
    studio.ana.media.receives(mid, "picture of the studio").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_has_nothing_but_one_codec_is_seen_as_any_other() {
    let others = [
        (Codec::H264, ["packetization-mode=1", "packetization-mode=0"]),
        (Codec::H264, ["packetization-mode=1", "packetization-mode=1;profile-level-id=64001f;x"]),
        (Codec::Vp9, ["a=setup:", "a=fmtp:96 profile-id=2\r\na=setup:"]),
        (Codec::Av1, ["a=setup:", "a=fmtp:96 profile=1\r\na=setup:"]),
    ];
    for (codec, [plain, other]) in others {
        let mut studio = Studio::open().await;
        let (sends, sees) = (studio.token(1, Role::Participant).await, studio.token(2, Role::Viewer).await);
        let mut camera = Peer::with_only(codec).await;
        let (offer, _) = camera.offer_plain(Direction::SendOnly);
        assert!(!offer.contains("VP8"), "{offer}");
        let published = session(&studio.ask(&studio.whip(), &sends, (SDP, offer.clone())).await);
        assert!(published.answer.contains(&format!("{codec}/90000")), "{}", published.answer);
        let _running = camera.start(&published.answer, "the studio");
        let id = studio.joined().await.id;

        let only = format!("{}?participant={id}", studio.whep());
        for player in [Peer::with_only(codec).await, Peer::new().await] {
            let mut player = player;
            let (offer, lines) = player.offer_plain(Direction::RecvOnly);
            let watched = session(&studio.ask(&only, &sees, (SDP, offer)).await);
            plays(&mut player.start(&watched.answer, "a player"), &lines, "the studio").await;
        }
        let refused = offer.replace(plain, other);
        assert_ne!(refused, offer);
        let answer = studio.ask(&studio.whip(), &sends, (SDP, refused)).await;
        assert_eq!(refusal(&answer), (422, ""), "not everybody decodes {other}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_reads_what_programs_need_and_nobody_else_does() {
    let studio = Studio::open().await;
    let page = format!("/r/{}/programs", studio.room());
    let tokens = [(1, Role::Participant), (2, Role::Viewer), (3, Role::CoHost), (4, Role::Participant)];
    let mut made = Vec::new();
    for (number, role) in tokens {
        made.push(studio.token(number, role).await);
    }
    studio.errand(Errand::Revoke(InviteId::from_bits(4))).await;
    let read = studio.ana.guest.browser.get(&page).await;
    assert_eq!((read.status, read.header("cache-control")), (StatusCode::OK, "no-store"));
    let shown: Vec<bool> = made.iter().map(|token| read.text().contains(token)).collect();
    assert_eq!(shown, [true, true, false, false]);
    for path in [studio.whip(), studio.whep()] {
        let address = format!("<code>http://{}{path}</code>", studio.program.addr());
        assert!(read.text().contains(&address), "{address}");
    }
    let other = studio.program.get(&page).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert!(!other.text().contains("/whip/"));
}
