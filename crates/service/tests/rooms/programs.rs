//! Programs that come by WHIP and WHEP: their media stand for a socket, and players show who speaks.

use crate::stage::{ANA, BO, Line, Stage, display_name, mid, refused, room_of};
use model::{InviteId, InviteToken, ParticipantId, PeerId, Policy, Role, Source};
use protocol::{Barrier, Deed, Errand, ErrorCode, InviteRequest, Tweak};
use service::Error;
use service::programs::{Program, ProgramOffer, ProgramSession, SessionAct};
use sfu::plain::PlainOffer;
use sfu::{Command, Event, LostReason, Want};

/// A room with Ana inside, who sees what happens, and made a token of each kind.
struct Studio {
    stage: Stage,
    ana: Line,
    sends: InviteToken,
    sees: InviteToken,
}

impl Studio {
    async fn open() -> Self {
        let stage = Stage::with_open_door().await;
        let mut tokens = Vec::new();
        for (number, role) in [(1, Role::Participant), (2, Role::Viewer)] {
            let label = Some(display_name(role.word()));
            let invite = InviteRequest { label, role, personal: false, uses: None, hours: None };
            let errand = Errand::Invite { id: InviteId::from_bits(number), invite };
            stage.rooms.errand(ANA.user, stage.room, errand).await.expect("a host may invite");
            let settings = stage.rooms.settings(ANA.user, stage.room).await.expect("a host may look");
            let made = settings.invites.iter().find(|invite| invite.id == InviteId::from_bits(number));
            tokens.push(made.expect("it was just made").token.parse().expect("a token parses"));
        }
        let ana = stage.enter(ANA).await;
        let mut studio = Self { stage, ana, sends: tokens[0], sees: tokens[1] };
        studio.heard().await;
        studio
    }

    async fn come(&self, program: Program, sdp: &str) -> Result<ProgramSession, Error> {
        let (token, lines) = match program {
            Program::Publishes => {
                (self.sends, vec![(mid("0"), Source::Microphone), (mid("1"), Source::Camera)])
            }
            Program::Watches => (self.sees, Vec::new()),
        };
        let offer = PlainOffer { sdp: sdp.to_owned(), lines, ufrag: "EsAw".to_owned() };
        let offer = ProgramOffer { program, token, address: None, offer, only: None };
        self.stage.rooms.open_program(self.stage.room, offer).await
    }

    async fn publish(&self) -> ProgramSession {
        self.come(Program::Publishes, "good").await.expect("the token is good")
    }

    /// What Ana's page heard since it was last asked.
    async fn heard(&mut self) -> Vec<String> {
        let heard = self.stage.heard(&mut self.ana).await;
        heard.iter().map(|line| line.split_once(' ').map_or("", |(_, news)| news).to_owned()).collect()
    }

    fn participant(&self, peer: PeerId) -> ParticipantId {
        let offers = self.stage.media.offers();
        offers.iter().find(|offer| offer.peer == peer).expect("it was offered").participant
    }

    async fn media(&self, peer: PeerId, up: bool) {
        let (room, participant) = (room_of(&self.stage.media.offers()), self.participant(peer));
        let event = match up {
            true => Event::Connected { room, peer, participant },
            false => Event::Lost { room, peer, participant, reason: LostReason::Timeout },
        };
        self.stage.events.send(event).await.expect("the room listens");
        // Events and letters have a way of their own each.
        tokio::task::yield_now().await;
        self.stage.settled().await;
    }

    async fn act(&self, session: &ProgramSession, act: SessionAct) -> Result<(), Error> {
        let named = (session.key, self.sends);
        self.stage.rooms.program_session(self.stage.room, named, act).await.map(drop)
    }

    async fn deed(&self, deed: Deed) -> Result<(), Error> {
        self.stage.rooms.act(ANA.user, self.stage.seat(ANA), deed).await
    }

    /// What the media threads were told to forward of a connection last.
    fn forwarded(&self, of: PeerId) -> Option<(bool, bool)> {
        let told = |command| match command {
            Command::Publish { peer, microphone, camera, .. } if peer == of => Some((microphone, camera)),
            _ => None,
        };
        self.stage.media.commands().into_iter().filter_map(told).next_back()
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_whose_media_die_keeps_its_seat_for_the_grace_time() {
    let mut studio = Studio::open().await;
    let session = studio.publish().await;
    assert_eq!(studio.heard().await, ["joined participant (participant) mc"]);
    studio.media(session.ice, true).await;
    studio.stage.wait(60).await;
    assert_eq!(studio.heard().await, [""; 0], "its media are up, and it needs no socket");
    studio.media(session.ice, false).await;
    assert_eq!(studio.heard().await, ["updated participant (participant) mc away"]);
    assert_eq!(refused(studio.act(&session, SessionAct::Look).await), ErrorCode::NotPresent);

    let again = studio.publish().await;
    studio.media(again.ice, true).await;
    assert_eq!(studio.heard().await, ["updated participant (participant) mc"], "the same place");
    assert_eq!(studio.participant(again.ice), studio.participant(session.ice));
    studio.media(session.ice, false).await;
    assert_eq!(studio.heard().await, [""; 0], "an old connection does not count");

    let taken_over = studio.publish().await;
    // A deadline of somebody else makes the room look at everybody.
    drop(studio.stage.join(BO).await);
    studio.stage.wait(20).await;
    assert_eq!(studio.heard().await, ["joined Bo m", "gone Bo (Lost)"], "its media are coming up");
    let again = taken_over;
    studio.media(again.ice, false).await;
    studio.stage.wait(44).await;
    assert_eq!(studio.heard().await.len(), 1);
    studio.stage.wait(1).await;
    assert_eq!(studio.heard().await, ["gone somebody (Lost)"]);
}

#[tokio::test(start_paused = true)]
async fn a_program_whose_media_never_come_up_is_gone_soon() {
    let mut studio = Studio::open().await;
    let session = studio.publish().await;
    studio.media(session.ice, false).await;
    studio.stage.wait(20).await;
    assert_eq!(studio.heard().await, ["joined participant (participant) mc", "gone somebody (Lost)"]);
    for offer in ["full", "no offer"] {
        assert!(studio.come(Program::Publishes, offer).await.is_err());
        assert_eq!(studio.heard().await, ["joined participant (participant) mc", "gone somebody (Left)"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_whose_place_was_taken_by_what_came_to_nothing_is_no_ghost() {
    let mut studio = Studio::open().await;
    let session = studio.publish().await;
    studio.media(session.ice, true).await;
    studio.heard().await;
    // Two offers at once, the second of which is refused: the first took the place of the connection there was.
    {
        let early = studio.come(Program::Publishes, "late");
        tokio::pin!(early);
        tokio::select! {
            biased;
            outcome = &mut early => panic!("nobody answered, and yet: {outcome:?}"),
            () = studio.stage.settled() => {}
        }
        assert!(studio.come(Program::Publishes, "no offer").await.is_err());
        studio.stage.media.release();
        assert!(early.await.is_err());
    }
    assert_eq!(studio.heard().await, ["updated participant (participant) mc away"]);
    studio.stage.wait(45).await;
    assert_eq!(studio.heard().await, ["gone somebody (Lost)"]);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_over_with_the_seat_and_with_the_next_one_in_its_place() {
    let studio = Studio::open().await;
    let (first, second) = (studio.publish().await, studio.publish().await);
    assert_eq!(refused(studio.act(&first, SessionAct::End).await), ErrorCode::NotPresent);
    studio.stage.media.commands();
    studio.act(&second, SessionAct::End).await.expect("it is this one's place");
    assert_eq!(studio.stage.media.closed(), [second.ice]);
    assert_eq!(refused(studio.act(&second, SessionAct::End).await), ErrorCode::NotPresent);
    let third = studio.publish().await;
    studio.deed(Deed::Remove(studio.participant(third.ice))).await.expect("a host may");
    assert_eq!(studio.stage.media.closed(), [third.ice]);
    assert_eq!(refused(studio.act(&third, SessionAct::Look).await), ErrorCode::NotPresent);
    let put_out = studio.come(Program::Publishes, "good").await;
    assert_eq!(refused(put_out), ErrorCode::Door(Barrier::InviteRevoked));
}

#[tokio::test(start_paused = true)]
async fn a_program_sends_what_it_may_and_again_once_it_may() {
    let studio = Studio::open().await;
    let session = studio.publish().await;
    assert_eq!(studio.forwarded(session.ice), Some((true, true)));
    let camera = studio.participant(session.ice);
    let hard = Policy { hard_mute: true, ..Policy::plain(false) };
    let set = |policy| Errand::SetPolicy(Box::new(policy));
    studio.stage.rooms.errand(ANA.user, studio.stage.room, set(hard)).await.expect("a host may");
    studio.deed(Deed::Mute { participant: camera, source: Source::Microphone }).await.expect("a host may");
    assert_eq!(studio.forwarded(session.ice), Some((false, true)));
    studio.deed(Deed::LetSpeak(camera)).await.expect("a host may");
    assert_eq!(studio.forwarded(session.ice), Some((true, true)), "nobody is there to switch it on");
    studio.deed(Deed::Tweak(Tweak::Speak(model::policy::Circle::Hosts))).await.expect("a host may");
    assert_eq!(studio.forwarded(session.ice), Some((false, false)));
    for power in [Deed::HandOver(camera), Deed::Appoint { participant: camera, role: Role::CoHost }] {
        let refusal = refused(studio.deed(power).await);
        assert_eq!(refusal, ErrorCode::Rule(protocol::Rule::NotAppointable), "nobody could act as it");
    }
}

#[tokio::test(start_paused = true)]
async fn players_show_who_spoke_last_and_each_has_a_place() {
    let studio = Studio::open().await;
    let bo = studio.stage.enter(BO).await;
    let player = studio.come(Program::Watches, "good").await.expect("the token is good");
    let other = studio.come(Program::Watches, "good").await.expect("each player has a place");
    assert_ne!(studio.participant(player.ice), studio.participant(other.ice));
    let first = |commands: Vec<Command>| {
        let shown = |command| match command {
            Command::Demand { peer, wants } if peer == player.ice => {
                wants.first().map(|want: &Want| want.participant)
            }
            _ => None,
        };
        commands.into_iter().filter_map(shown).next_back()
    };
    assert_eq!(first(studio.stage.media.commands()), Some(studio.ana.participant), "who came first");
    let room = room_of(&studio.stage.media.offers());
    for (speaking, shown) in [
        (vec![bo.participant, studio.ana.participant], Some(bo.participant)),
        (vec![studio.ana.participant, bo.participant], None),
        (vec![], None),
        (vec![studio.ana.participant], Some(studio.ana.participant)),
    ] {
        studio.stage.events.send(Event::Speaking { room, participants: speaking }).await.expect("it listens");
        tokio::task::yield_now().await;
        studio.stage.settled().await;
        assert_eq!(first(studio.stage.media.commands()), shown);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_a_program_takes_its_place_again_or_is_gone() {
    let mut studio = Studio::open().await;
    let session = studio.publish().await;
    studio.media(session.ice, true).await;
    let camera = studio.participant(session.ice);
    studio.stage = studio.stage.restarted().await;
    studio.stage.settled().await;
    assert_eq!(refused(studio.act(&session, SessionAct::Look).await), ErrorCode::NotPresent);
    let again = studio.publish().await;
    assert_eq!(studio.participant(again.ice), camera);
    studio.media(again.ice, true).await;
    studio.stage.wait(60).await;
    let inside = studio.stage.saved().await;
    assert!(inside.is_present(camera) && inside.people.len() == 1, "Ana did not come back");
}
