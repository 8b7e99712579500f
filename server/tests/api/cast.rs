//! A room with everybody in it whom a room can know, brought into one of its states.
//!
//! | who | how they came to be what they are |
//! |---|---|
//! | owner | made the room |
//! | co-host, participant, viewer | came by an invite |
//! | guest | knocked and was let in |
//! | waiting | knocks |
//! | let in | knocked, was let in, and has not come yet |
//! | denied, banned | knocked, and a host did that to them at the door |
//! | removed | was let in, and put out |
//! | stranger | has only the link, and no cookie |
//!
//! Not here: what any of them may do; that is [`roles`](crate::roles)'s.

use crate::browser::{Answer, Browser, Socket};
use crate::guest::Guest;
use crate::harness::{START_MS, Server};
use crate::peer::Peer;
use model::policy::{Capacity, Circle, Door, Ending, Minutes};
use model::schedule::Repeat;
use model::{
    InviteId, Notice, ParticipantId, Passcode, Policy, Role, RoomCode, Schedule, UnixMillis, UserId,
};
use protocol::{
    ClientMessage, Deed, Errand, Farewell, InviteRequest, JoinOutcome, RoomSettings, ServerMessage, Snapshot,
};
use serde_json::json;
use service::time::Ambient;
use std::collections::BTreeMap;

/// Everybody whom a room can know.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    Owner,
    CoHost,
    Participant,
    Guest,
    Viewer,
    Waiting,
    LetIn,
    Denied,
    Removed,
    Banned,
    Stranger,
}

/// What state the room is in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// A plan says later, and nobody is inside.
    Early,
    /// Nobody is inside, and there is no plan.
    Idle,
    Open,
    Locked,
    /// Anybody may walk in, without a passcode, and there are as many inside as there may be.
    Full,
    /// Only members come in.
    Members,
    /// The last planned time is over, and everybody was put out.
    Over,
    Ended,
}

impl When {
    /// The rules that hold in this state: each circle another, and mostly a passcode for guests.
    pub fn policy(self) -> Policy {
        let policy = Policy {
            speak: Circle::Participants,
            share: Circle::Hosts,
            chat: Circle::Everybody,
            passcode: Passcode::parse(PASSCODE).ok(),
            notice: Notice::parse(NOTICE).ok(),
            ..Policy::plain(true)
        };
        let two = Capacity::new(2).expect("two fit");
        match self {
            Self::Full => Policy { door: Door::Open, passcode: None, capacity: two, ..policy },
            Self::Members => Policy { door: Door::Members, ..policy },
            Self::Over => Policy { ending: Ending::Close, ..policy },
            Self::Early | Self::Idle | Self::Open | Self::Locked | Self::Ended => policy,
        }
    }
}

/// One of them, with what their browser holds.
pub struct Actor {
    pub guest: Guest,
    /// Their seat, if they ever had one.
    pub id: Option<ParticipantId>,
    pub socket: Option<Socket>,
}

/// The room.
pub struct House<'a> {
    server: &'a Server,
    pub room: RoomCode,
    pub when: When,
    pub cast: BTreeMap<Who, Actor>,
    /// People inside and at the door to whom things may be done.
    pub inside: Vec<ParticipantId>,
    pub waiting: Vec<ParticipantId>,
    /// What people inside may know, and nobody else.
    pub for_the_inside: Vec<String>,
    /// What hosts may know, and nobody else.
    pub for_hosts: Vec<String>,
}

pub const PASSCODE: &str = "abracadabra";
/// How the host is called.
pub const HOST: &str = "Olga Hostess";
/// How the room is called, as browsers in these tests call every room.
pub const NAME: &str = "Planning";
/// What the room is about: for those who come in, or may another time or with the right word.
pub const NOTICE: &str = "We talk about the merger";
const SAID: &str = "the secret plan";
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Who {
    pub const ALL: [Self; 11] = [
        Self::Owner,
        Self::CoHost,
        Self::Participant,
        Self::Guest,
        Self::Viewer,
        Self::Waiting,
        Self::LetIn,
        Self::Denied,
        Self::Removed,
        Self::Banned,
        Self::Stranger,
    ];

    /// What they are to the room.
    pub const fn role(self) -> Role {
        match self {
            Self::Owner => Role::Owner,
            Self::CoHost => Role::CoHost,
            Self::Participant => Role::Participant,
            Self::Viewer => Role::Viewer,
            Self::Guest
            | Self::Waiting
            | Self::LetIn
            | Self::Denied
            | Self::Removed
            | Self::Banned
            | Self::Stranger => Role::Guest,
        }
    }

    /// Whether they are inside, in a room in this state.
    pub const fn is_inside(self, when: When) -> bool {
        let seated =
            matches!(self, Self::Owner | Self::CoHost | Self::Participant | Self::Guest | Self::Viewer);
        seated && matches!(when, When::Open | When::Locked | When::Full | When::Members)
    }

    /// Whether they may know who hosts: whoever has a role is expected, the link alone tells no name.
    pub const fn knows_the_host(self, when: When) -> bool {
        let expected = matches!(self, Self::Owner | Self::CoHost | Self::Participant | Self::Viewer);
        self.is_inside(when) || (expected && matches!(when, When::Early | When::Idle))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Owner => HOST,
            Self::CoHost => "Cora Overheard",
            Self::Participant => "Paul Overheard",
            Self::Guest => "Gus Overheard",
            Self::Viewer => "Vera Overheard",
            Self::Waiting => "Wanda Doorstep",
            Self::LetIn => "Lena Doorstep",
            Self::Denied => "Dora Before",
            Self::Removed => "Remo Before",
            Self::Banned => "Bert Before",
            Self::Stranger => "Stan Nobody",
        }
    }
}

impl<'a> House<'a> {
    /// Makes the room, lets everybody come to be what they are, and brings it into its state.
    pub async fn build(server: &'a Server, when: When) -> Self {
        let browser = server.browser();
        let room = browser.create(true).await;
        let (inside, waiting, for_the_inside, for_hosts) = Default::default();
        let cast = BTreeMap::new();
        let mut house = Self { server, room, when, cast, inside, waiting, for_the_inside, for_hosts };
        let owner = house.join(house.guest(browser, Who::Owner), "").await;
        house.cast.insert(Who::Owner, owner);
        house.invite_people().await;
        house.let_people_knock().await;
        let said = house.owner().say(1, SAID).await;
        said.json::<()>();
        house.errand(Errand::SetPolicy(Box::new(when.policy()))).await;
        house.note_secrets().await;
        house.bring_about(when).await;
        house
    }

    pub fn actor(&mut self, who: Who) -> &mut Actor {
        self.cast.get_mut(&who).expect("everybody is here")
    }

    pub fn owner(&self) -> &Guest {
        &self.cast[&Who::Owner].guest
    }

    /// All that a host sees of the room, and what stands in its roster: what must not change when somebody
    /// is refused.
    pub async fn state(&mut self) -> String {
        let arguments = json!({ "room": self.room });
        let settings = self.owner().browser.call("/api/rooms/settings", &arguments).await;
        let mut state = settings.text().to_owned();
        if Who::Owner.is_inside(self.when) {
            let Snapshot { participants, waiting, chat, room, .. } = self.snapshot_of(Who::Owner).await;
            state.push_str(&format!("{participants:?}{waiting:?}{chat:?}{room:?}"));
        }
        state
    }

    /// Asks for a snapshot on the socket of somebody inside.
    pub async fn snapshot_of(&mut self, who: Who) -> Snapshot {
        let socket = self.actor(who).socket.as_mut().expect("whoever is inside has a socket");
        socket.say(&ClientMessage::Resync).await;
        socket.say(&ClientMessage::Ping).await;
        let mut newest = None;
        loop {
            match socket.next().await {
                ServerMessage::Snapshot(snapshot) => newest = Some(*snapshot),
                ServerMessage::Pong => return newest.expect("a snapshot comes before the pong"),
                _ => {}
            }
        }
    }

    fn guest(&self, browser: Browser, who: Who) -> Guest {
        Guest::with(self.server, browser, (self.room, who.name()))
    }

    /// Comes in or knocks, with a socket and without media.
    async fn join(&self, guest: Guest, invite: &str) -> Actor {
        let mut peer = Peer::new().await;
        let mut request = guest.request(peer.offer());
        if !invite.is_empty() {
            request["request"]["invite"] = invite.into();
        }
        let (id, ticket) = match guest.browser.call("/api/rooms/join", &request).await.json() {
            JoinOutcome::Joined { participant, ticket, .. } => (participant, ticket),
            JoinOutcome::Waiting { participant, ticket } => (participant, ticket),
        };
        let socket = Some(guest.browser.socket(ticket).await);
        Actor { guest, id: Some(id), socket }
    }

    async fn knock(&self, who: Who) -> Actor {
        self.join(self.guest(self.server.browser(), who), "").await
    }

    async fn let_in(&self, who: Who) -> Actor {
        let Actor { guest, id, .. } = self.knock(who).await;
        self.deed(Deed::Admit(id.expect("whoever knocked has a seat"))).await;
        self.join(guest, "").await
    }

    async fn invite_people(&mut self) {
        let invited = [(1, Who::CoHost), (2, Who::Participant), (3, Who::Viewer)];
        for (id, who) in invited {
            let label = model::DisplayName::parse("Label of an invite").ok();
            let invite = InviteRequest { label, role: who.role(), personal: false, uses: None, hours: None };
            self.errand(Errand::Invite { id: InviteId::from_bits(id), invite }).await;
        }
        let arguments = json!({ "room": self.room });
        let settings = self.owner().browser.call("/api/rooms/settings", &arguments).await;
        let invites = settings.json::<RoomSettings>().invites;
        for (id, who) in invited {
            let invite = invites.iter().find(|invite| invite.id == InviteId::from_bits(id));
            let token = &invite.expect("it was just made").token;
            let actor = self.join(self.guest(self.server.browser(), who), token).await;
            self.cast.insert(who, actor);
        }
    }

    async fn let_people_knock(&mut self) {
        let guest = self.let_in(Who::Guest).await;
        self.cast.insert(Who::Guest, guest);
        // Whoever was never inside is known to hosts only.
        for who in [Who::Waiting, Who::LetIn, Who::Denied, Who::Banned] {
            let actor = self.knock(who).await;
            self.cast.insert(who, actor);
        }
        let removed = self.let_in(Who::Removed).await;
        self.cast.insert(Who::Removed, removed);
        let id = |house: &Self, who: Who| house.cast[&who].id.expect("they had a seat");
        self.deed(Deed::Admit(id(self, Who::LetIn))).await;
        self.deed(Deed::Deny(id(self, Who::Denied))).await;
        self.deed(Deed::Remove(id(self, Who::Removed))).await;
        self.deed(Deed::Ban(id(self, Who::Banned))).await;
        for _ in 0..2 {
            self.inside.extend(self.let_in(Who::Guest).await.id);
        }
        for _ in 0..3 {
            self.waiting.extend(self.knock(Who::Waiting).await.id);
        }
        let stranger = self.guest(self.server.browser(), Who::Stranger);
        self.cast.insert(Who::Stranger, Actor { guest: stranger, id: None, socket: None });
    }

    async fn note_secrets(&mut self) {
        let words = ["Overheard", SAID].map(str::to_owned).into_iter();
        let ids = Who::ALL.into_iter().filter(|who| who.is_inside(When::Open));
        let ids = ids.map(|who| self.cast[&who].id.expect("whoever is inside has a seat").to_string());
        self.for_the_inside = words.chain(ids).collect();
        let words = ["Doorstep", "Bert Before", PASSCODE, "Label of an invite"].map(str::to_owned);
        self.for_hosts = words.into_iter().chain(self.waiting.iter().map(ToString::to_string)).collect();
    }

    async fn bring_about(&mut self, when: When) {
        match when {
            When::Open | When::Full | When::Members => {}
            When::Over => self.let_the_time_run_out().await,
            When::Locked => self.deed(Deed::Tweak(protocol::Tweak::Lock(true))).await,
            When::Ended => self.deed(Deed::End).await,
            When::Idle => {
                for id in self.inside.clone() {
                    self.deed(Deed::Remove(id)).await;
                }
                self.let_everybody_leave().await;
            }
            When::Early => {
                self.let_everybody_leave().await;
                self.errand(Errand::Plan(Some(later()))).await;
            }
        }
    }

    async fn let_everybody_leave(&self) {
        for who in Who::ALL.into_iter().filter(|who| who.is_inside(When::Open)) {
            self.cast[&who].guest.act("leave").await.json::<()>();
        }
    }

    /// The planned end comes while everybody is here.
    async fn let_the_time_run_out(&mut self) {
        let plan = tonight(self.server.world.now());
        self.errand(Errand::Plan(Some(plan))).await;
        self.server.world.pass(DAY_MS);
        // The room looks at the clock when it is asked for something.
        self.state().await;
        for who in Who::ALL.into_iter().filter(|who| who.is_inside(When::Open)) {
            let socket = self.actor(who).socket.as_mut().expect("whoever is inside has a socket");
            let over = ServerMessage::Farewell(Farewell::TimeUp);
            socket.find(|message| (message == over).then_some(())).await;
        }
    }

    async fn deed(&self, deed: Deed) {
        done(&self.owner().deed(deed).await);
    }

    async fn errand(&self, errand: Errand) {
        done(&self.owner().errand(&errand).await);
    }
}

/// A plan for a day long after the tests' own.
pub fn later() -> Schedule {
    Schedule {
        starts: "2023-12-20T16:00".parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(60).expect("an hour is within a day"),
        repeat: Repeat::Once,
        until: None,
    }
}

/// A plan for the end of the day that the clock of the tests shows.
fn tonight(now: UnixMillis) -> Schedule {
    let day = 14 + (now.0 - START_MS) / DAY_MS;
    let starts = format!("2023-11-{day}T23:00").parse().expect("a time");
    Schedule { starts, zone: "UTC".parse().expect("a zone"), ..later() }
}

/// Somebody whom the room does not know.
pub fn nobody() -> UserId {
    UserId::from_bits(5)
}

fn done(answer: &Answer) {
    answer.json::<()>();
}
