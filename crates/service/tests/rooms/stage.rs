//! The stage on which the tests play: one room, people with a name, and what their browsers hear.
//!
//! The clock of the runtime is paused and does not move by itself: a blocking task that lives as long as
//! the stage keeps it from jumping while the database works. [`Stage::settled`] is the barrier: the
//! actor answers letters in order, so whatever was written before has been dealt with.

use model::{
    ChatText, DeviceId, DisplayName, MessageId, Mid, ParticipantId, ParticipantKey, PeerId, Permille, Rights,
    Role, RoomCode, RoomId, RoomName, Source, Ticket, UnixMillis, UserId,
};
use protocol::{
    Change, ChatMessage, ClientMessage, EntryState, ErrorCode, JoinOutcome, JoinRequest, ParticipantView,
    Publishing, Seat, SendLine, ServerMessage, Snapshot,
};
use service::invites::InviteKey;
use service::media::{AnswerFuture, MediaPort, OfferRefusal};
use service::payments::test_processor::TestProcessor;
use service::payments::{PaymentProvider, Payments, Sellers};
use service::rooms::Setup;
use service::{Ambient, Bus, Closing, Connection, Error, Identity, LocalBus, Rooms};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Store;
use store::audit::AuditKey;
use store::owners::{Incarnation, NodeId, Writer};
use store::testing::TestDatabase;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// When the clock of every test starts.
pub const START: i64 = 1_700_000_000_000;

/// Who moves the money, if not the embedded processor, and whether hosts take it themselves.
type Taker = Option<(Arc<dyn PaymentProvider>, bool)>;

pub struct Stage {
    pub rooms: Rooms,
    pub room: RoomCode,
    pub media: Arc<FakeMedia>,
    pub events: mpsc::Sender<sfu::Event>,
    pub store: Store,
    pub ambient: Arc<TestAmbient>,
    names: Mutex<BTreeMap<ParticipantId, String>>,
    pub database: Arc<TestDatabase>,
    node: u128,
    /// Who moves money, if not the embedded test processor.
    provider: Taker,
    /// Keeps the clock still; see the head of this file.
    _still: std::sync::mpsc::Sender<()>,
}

/// One tab of somebody's browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tab {
    pub name: &'static str,
    pub user: UserId,
    pub key: ParticipantKey,
}

/// A tab with an open socket.
pub struct Line {
    pub participant: ParticipantId,
    pub connection: Connection,
}

/// Media threads that take notes. An offer says by its text what will come of it:
/// `good`, `late` (answered when [`FakeMedia::release`] says so), `never`, `full`, or `poison`, which
/// kills the actor; any other text is no offer.
pub struct FakeMedia {
    notes: Mutex<Vec<sfu::Command>>,
    offers: Mutex<Vec<sfu::PeerOffer>>,
    gate: watch::Sender<bool>,
}

pub struct TestAmbient {
    start: Instant,
    state: Mutex<u128>,
    /// When the process was stopped in its tracks, if it is: to itself no time passes.
    frozen: Mutex<Option<UnixMillis>>,
}

pub const ANA: Tab = tab("Ana", 1, 1);
pub const BO: Tab = tab("Bo", 2, 2);
pub const CY: Tab = tab("Cy", 3, 3);
pub const DEE: Tab = tab("Dee", 4, 4);

/// A user at the one browser that they have.
pub const fn identity(user: UserId) -> Identity {
    Identity { user, device: DeviceId::from_bits(user.bits()), epoch: None, address: None }
}

/// A tab of this user with this key.
pub const fn tab(name: &'static str, user: u128, key: u128) -> Tab {
    Tab { name, user: UserId::from_bits(user), key: ParticipantKey::from_bits(key) }
}

impl Stage {
    /// A room that Ana made, with a waiting room.
    pub async fn with_waiting_room() -> Self {
        Self::new(true).await
    }

    /// A room that Ana made and that anybody may walk into.
    pub async fn with_open_door() -> Self {
        Self::new(false).await
    }

    async fn new(waiting_room: bool) -> Self {
        Self::on(TestDatabase::chosen(), waiting_room).await
    }

    /// The same on a database of the test's choice.
    pub async fn on(database: TestDatabase, waiting_room: bool) -> Self {
        Self::made(database, Arc::new(LocalBus::default()), waiting_room).await
    }

    /// The same with a bus of the test's choice.
    pub async fn with_bus(bus: Arc<dyn Bus>, waiting_room: bool) -> Self {
        Self::made(TestDatabase::chosen(), bus, waiting_room).await
    }

    /// A room with an open door, where money is moved by this processor.
    pub async fn with_provider(database: TestDatabase, provider: Arc<dyn PaymentProvider>) -> Self {
        let bus = Arc::new(LocalBus::default());
        Self::made_with(database, bus, false, Some((provider, false))).await
    }

    async fn made(database: TestDatabase, bus: Arc<dyn Bus>, waiting_room: bool) -> Self {
        Self::made_with(database, bus, waiting_room, None).await
    }

    async fn made_with(
        database: TestDatabase,
        bus: Arc<dyn Bus>,
        waiting_room: bool,
        provider: Taker,
    ) -> Self {
        let ambient = TestAmbient::new(Instant::now(), 1);
        let mut stage = Self::over(Arc::new(database), ambient, 1, bus, provider).await;
        let room = stage.rooms.create(ANA.user, Some(room_name("Choir")), waiting_room).await;
        stage.room = room.expect("a room can be made");
        stage
    }

    async fn over(
        database: Arc<TestDatabase>,
        ambient: TestAmbient,
        node: u128,
        bus: Arc<dyn Bus>,
        provider: Taker,
    ) -> Self {
        let (still, end) = std::sync::mpsc::channel();
        tokio::task::spawn_blocking(move || end.recv());
        let store = Store::open(&database.url).await.expect("the database opens");
        let media = Arc::new(FakeMedia::new());
        let ambient = Arc::new(ambient);
        let (events, reports) = mpsc::channel(64);
        let writer = Writer {
            node: NodeId(node),
            incarnation: Incarnation(ambient.draw()),
            key: AuditKey::derive(b"the secret of the tests"),
        };
        let invites = InviteKey::derive(b"the secret of the tests");
        let setup = Setup {
            store: store.clone(),
            writer,
            invites,
            turnstile: service::Turnstile::default(),
            media: media.clone(),
            ambient: ambient.clone(),
            mail: None,
            payments: Some(Payments {
                provider: match &provider {
                    Some((provider, _)) => provider.clone(),
                    None => Arc::new(TestProcessor::new(store.clone())),
                },
                fee: Permille::new(100).expect("a tenth"),
                sellers: Sellers::Anyone,
                direct: provider.as_ref().is_some_and(|(_, is_direct)| *is_direct),
            }),
            operators: Vec::new(),
            bus,
        };
        let rooms = Rooms::start(setup, reports);
        let (room, names) = (RoomCode::from_bits(0), Mutex::default());
        Self { rooms, room, media, events, store, ambient, names, database, node, provider, _still: still }
    }

    /// The server is killed where it stands, and another starts on the same database.
    pub async fn restarted(self) -> Self {
        // The old actors still exist, but nobody speaks to them any more, and they save nothing by
        // themselves: the clock stands still.
        self.ambient.freeze();
        let ambient = TestAmbient::new(self.ambient.start, self.ambient.draw());
        let bus = Arc::new(LocalBus::default());
        let mut stage = Self::over(self.database, ambient, self.node, bus, self.provider).await;
        stage.room = self.room;
        stage.names = self.names;
        stage
    }

    /// From the next start on hosts take the money themselves, or not.
    pub fn hosts_take_it(&mut self, is_direct: bool) {
        if let Some((_, direct)) = &mut self.provider {
            *direct = is_direct;
        }
    }

    /// Another server on the same database, with the same clock.
    pub async fn rival(&self) -> Self {
        let ambient = TestAmbient::new(self.ambient.start, self.ambient.draw());
        let bus = Arc::new(LocalBus::default());
        let mut stage = Self::over(self.database.clone(), ambient, self.node + 1, bus, None).await;
        stage.room = self.room;
        stage
    }

    /// Lets time pass, and asks nobody anything.
    pub async fn pass(&self, millis: u64) {
        tokio::time::advance(Duration::from_millis(millis)).await;
    }

    /// Lets seconds pass one by one, as a server lives through them: a leap would end the patience of what
    /// is just waiting for the database.
    pub async fn live(&self, seconds: u64) {
        for _ in 0..seconds {
            self.pass(1_000).await;
            for _ in 0..5 {
                self.occupancy().await;
                tokio::task::yield_now().await;
            }
        }
    }

    /// Waits until what should come by itself has come; asks no room, so that none is woken by the test.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn(&Self) -> bool) {
        // Each look is a query or two, so this is time enough for any actor.
        for _ in 0..30_000 {
            if is_so(self).await {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("it never came to this: {what}");
    }

    /// How many people the list of Ana's rooms shows inside and at the door.
    pub async fn occupancy(&self) -> (u16, u16) {
        let hosted = self.rooms.hosted(ANA.user).await.expect("rooms can be listed");
        let room = hosted.iter().find(|room| room.code == self.room);
        room.map_or((0, 0), |room| (room.present, room.waiting))
    }

    /// The room as it stands in the database.
    pub async fn saved(&self) -> domain::Room {
        let loaded = store::rooms::load(&self.store, self.room).await.expect("the room can be read");
        loaded.expect("there is such a room").room
    }

    /// The journal: when, in seconds after the start, what, and to whom.
    pub async fn journal(&self) -> Vec<String> {
        let room = self.saved().await.id;
        let lines = store::journal::load_newest(&self.store, room, 1_000).await.expect("a journal is read");
        let told = lines.iter().map(|line| {
            let seconds = (line.at.0 - START) as f64 / 1_000.0;
            format!("{seconds} {} {}", line.kind, line.name.as_deref().unwrap_or_default())
        });
        told.map(|line| line.trim_end().to_owned()).collect()
    }

    /// Who was inside: from when to when, in seconds after the start, and why they are gone; which the
    /// history proves.
    pub async fn attendance(&self) -> Vec<String> {
        let room = self.saved().await.id;
        let key = AuditKey::derive(b"the secret of the tests");
        let walked = store::verify::walk(&self.store, &key, None).await.expect("histories are walked");
        assert_eq!(walked.expect("all rooms").findings, []);
        let stays = store::attendance::load_newest(&self.store, room, 1_000).await.expect("stays are read");
        let second = |at: UnixMillis| (at.0 - START) as f64 / 1_000.0;
        let told = stays.iter().map(|stay| match stay.left {
            Some((at, exit)) => {
                format!("{} {}-{} {}", stay.name, second(stay.entered_at), second(at), exit.word())
            }
            None => format!("{} {}-", stay.name, second(stay.entered_at)),
        });
        let mut told: Vec<_> = told.collect();
        // Of those who came at the same time each may stand first.
        told.sort();
        told
    }

    pub fn seat(&self, tab: Tab) -> Seat {
        Seat { room: self.room, key: tab.key }
    }

    /// What a tab asks for when it wants to come in, with a microphone that is on.
    pub fn request(&self, tab: Tab) -> JoinRequest {
        JoinRequest {
            seat: self.seat(tab),
            name: display_name(tab.name),
            invite: None,
            passcode: None,
            offer: "good".to_owned(),
            lines: vec![SendLine { mid: mid("0"), source: Source::Microphone }],
            publishing: Publishing { microphone: true, camera: false, screen: false },
        }
    }

    pub async fn ask(&self, tab: Tab, offer: &str) -> Result<JoinOutcome, Error> {
        let request = JoinRequest { offer: offer.to_owned(), ..self.request(tab) };
        let outcome = self.rooms.join(identity(tab.user), request).await;
        if let Ok(JoinOutcome::Joined { participant, .. } | JoinOutcome::Waiting { participant, .. }) =
            &outcome
        {
            self.names.lock().expect("no test panics here").insert(*participant, tab.name.to_owned());
        }
        outcome
    }

    /// Joins and expects to be inside.
    pub async fn join(&self, tab: Tab) -> (ParticipantId, Ticket, Snapshot) {
        match self.ask(tab, "good").await {
            Ok(JoinOutcome::Joined { participant, ticket, answer, snapshot }) => {
                assert_eq!(answer, "answer to good");
                (participant, ticket, *snapshot)
            }
            other => panic!("{} should be inside, but: {other:?}", tab.name),
        }
    }

    /// Joins, expects to be inside, and opens the socket.
    pub async fn enter(&self, tab: Tab) -> Line {
        let (_, ticket, _) = self.join(tab).await;
        self.connect(ticket).await
    }

    /// Joins, expects to wait, and opens the socket.
    pub async fn knock(&self, tab: Tab) -> Line {
        match self.ask(tab, "good").await {
            Ok(JoinOutcome::Waiting { ticket, .. }) => self.connect(ticket).await,
            other => panic!("{} should wait, but: {other:?}", tab.name),
        }
    }

    pub async fn connect(&self, ticket: Ticket) -> Line {
        let connection = self.rooms.connect(ticket).await.expect("a fresh ticket opens a socket");
        Line { participant: connection.participant, connection }
    }

    /// Asks for a ticket and opens the socket again.
    pub async fn reconnect(&self, tab: Tab) -> Line {
        let ticket = self.rooms.reconnect(tab.user, self.seat(tab)).await.expect("the seat is still held");
        self.connect(ticket).await
    }

    pub async fn say(&self, tab: Tab, id: u128, text: &str) -> Result<(), Error> {
        let text = ChatText::parse(text).expect("the text is short");
        self.rooms.say(tab.user, self.seat(tab), MessageId::from_bits(id), text).await
    }

    /// Waits until everything that was written so far has been dealt with.
    pub async fn settled(&self) {
        // The first answer may come from before a task that was spawned meanwhile has written.
        for _ in 0..3 {
            tokio::task::yield_now().await;
            let entry = self.rooms.entry(self.room, None, None).await;
            entry.expect("the room can be asked");
        }
    }

    pub async fn state(&self, user: UserId) -> EntryState {
        self.rooms.entry(self.room, Some(identity(user)), None).await.expect("the room can be asked").state
    }

    /// Lets time pass, and lets what is due happen.
    pub async fn wait(&self, seconds: u64) {
        self.settled().await;
        tokio::time::advance(Duration::from_secs(seconds)).await;
        self.settled().await;
    }

    /// The same while a crash may be on its way, when nobody need answer.
    pub async fn try_wait(&self, seconds: u64) {
        for passed in [0, seconds] {
            tokio::time::advance(Duration::from_secs(passed)).await;
            for _ in 0..3 {
                tokio::task::yield_now().await;
                let _ = self.rooms.entry(self.room, None, None).await;
            }
        }
    }

    /// Everything that a socket has heard since it was last asked.
    pub async fn heard(&self, line: &mut Line) -> Vec<String> {
        self.settled().await;
        let mut heard = Vec::new();
        while let Some(message) = line.poll().await {
            heard.push(message.map_or_else(|| "closed".to_owned(), |message| self.told(&message)));
            if heard.last().is_some_and(|last| last == "closed") {
                break;
            }
        }
        heard
    }

    /// The name of a participant who has joined once.
    pub fn name(&self, participant: ParticipantId) -> String {
        let names = self.names.lock().expect("no test panics here");
        names.get(&participant).cloned().unwrap_or_else(|| "somebody".to_owned())
    }

    pub fn told(&self, message: &ServerMessage) -> String {
        match message {
            ServerMessage::Waiting { host_present: true, .. } => "waiting, a host is there".to_owned(),
            ServerMessage::Waiting { host_present: false, .. } => "waiting, no host is there".to_owned(),
            ServerMessage::Admitted => "admitted".to_owned(),
            ServerMessage::Snapshot(snapshot) => self.told_snapshot(snapshot),
            ServerMessage::Change { revision, change } => format!("{revision} {}", self.told_change(change)),
            ServerMessage::Farewell(farewell) => format!("farewell: {farewell:?}"),
            ServerMessage::Pong => "pong".to_owned(),
        }
    }

    fn told_snapshot(&self, snapshot: &Snapshot) -> String {
        let list = |parts: Vec<String>| parts.join(", ");
        let people = list(snapshot.participants.iter().map(|view| self.told_view(view)).collect());
        let waiting = list(snapshot.waiting.iter().map(|guest| guest.name.to_string()).collect());
        let chat = list(snapshot.chat.iter().map(told_chat).collect());
        let slots = snapshot.slots.len();
        let me = self.name(snapshot.me);
        let revision = snapshot.revision;
        let layers = match snapshot.layers {
            protocol::ALL_LAYERS => String::new(),
            layers => format!(" layers {layers:#b}"),
        };
        let inside = format!("inside [{people}] waiting [{waiting}]");
        format!("{revision} all for {me}: {inside} chat [{chat}] slots {slots}{layers}")
    }

    fn told_change(&self, change: &Change) -> String {
        match change {
            Change::Joined(view) => format!("joined {}", self.told_view(view)),
            Change::Updated(view) => format!("updated {}", self.told_view(view)),
            Change::Left { participant, reason } => format!("gone {} ({reason:?})", self.name(*participant)),
            Change::Knocked(guest) => format!("knocked {}", guest.name),
            Change::KnockEnded { participant } => format!("knock ended {}", self.name(*participant)),
            Change::Said(message) => format!("said {}", told_chat(message)),
            Change::Slots(slots) => format!("slots {}", slots.len()),
            Change::Layers { camera } => format!("layers {camera:#b}"),
            Change::Room(room) => {
                let lock = if room.rules.locked { ", locked" } else { "" };
                let end = room.ends_at.map_or(String::new(), |at| format!(", ends at {}", at.0 - START));
                let paid = room.paid.map_or(String::new(), |paid| format!(", paid time {paid:?}"));
                let more = room
                    .extension
                    .as_ref()
                    .map_or(String::new(), |more| format!(", {} minutes for {}", more.minutes, more.price));
                format!("room {:?}{lock}{end}{paid}{more}", room.rules.door)
            }
            Change::Rights(rights) => format!("rights {}", told_rights(*rights)),
            Change::Stopped { source, by, held } => {
                format!("stopped {source:?} by {}{}", self.name(*by), if *held { ", held" } else { "" })
            }
            Change::Speaking(people) => {
                format!("speaking {:?}", people.iter().map(|id| self.name(*id)).collect::<Vec<_>>())
            }
        }
    }

    fn told_view(&self, view: &ParticipantView) -> String {
        let mark = |on, mark: &str| if on { mark.to_owned() } else { String::new() };
        let marks = [mark(view.microphone, "m"), mark(view.camera, "c"), mark(view.screen, "s")].concat();
        let away = mark(view.link == protocol::Link::Reconnecting, " away");
        let role = match view.role {
            Role::Owner | Role::Guest => String::new(),
            role => format!(" ({})", role.word()),
        };
        format!(
            "{}{role}{}{marks}{away}{}",
            view.name,
            mark(!marks.is_empty(), " "),
            mark(view.held, " held")
        )
    }
}

fn told_rights(rights: Rights) -> String {
    let Rights { moderate, appoint, speak, show, share, chat, record } = rights;
    let all = [
        (moderate, "moderate"),
        (appoint, "appoint"),
        (speak, "speak"),
        (show, "show"),
        (share, "share"),
        (chat, "chat"),
        (record, "record"),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

impl Line {
    pub async fn say(&self, message: ClientMessage) {
        self.connection.handle(message).await;
    }

    pub async fn close(self, closing: Closing) {
        self.connection.close(closing).await;
    }

    /// What is there already; `Some(None)` when the socket was closed.
    pub async fn poll(&mut self) -> Option<Option<ServerMessage>> {
        let receive = tokio::task::unconstrained(self.connection.receive());
        tokio::select! {
            biased;
            message = receive => Some(message),
            () = std::future::ready(()) => None,
        }
    }
}

impl FakeMedia {
    fn new() -> Self {
        Self { notes: Mutex::default(), offers: Mutex::default(), gate: watch::Sender::new(false) }
    }

    /// Answers the offers that wait.
    pub fn release(&self) {
        self.gate.send_replace(true);
    }

    /// What was commanded since the last time.
    pub fn commands(&self) -> Vec<sfu::Command> {
        std::mem::take(&mut self.notes.lock().expect("no test panics here"))
    }

    /// What was offered, from the start.
    pub fn offers(&self) -> Vec<sfu::PeerOffer> {
        self.offers.lock().expect("no test panics here").clone()
    }

    /// The connection that was offered last.
    pub fn last_peer(&self) -> PeerId {
        self.offers().last().expect("somebody has offered something").peer
    }

    /// The connections that were closed since the last time.
    pub fn closed(&self) -> Vec<PeerId> {
        let peer = |command| match command {
            sfu::Command::Close { peer } => Some(peer),
            _ => None,
        };
        self.commands().into_iter().filter_map(peer).collect()
    }

    /// How often a whole room was closed since the last time.
    pub fn rooms_closed(&self) -> usize {
        let whole = |command: &sfu::Command| matches!(command, sfu::Command::CloseRoom { .. });
        self.commands().iter().filter(|command| whole(command)).count()
    }
}

impl MediaPort for FakeMedia {
    fn open(&self, offer: sfu::PeerOffer) -> AnswerFuture {
        let kind = offer.sdp.clone();
        assert_ne!(kind, "poison", "the bug that this offer is");
        self.offers.lock().expect("no test panics here").push(offer);
        let mut gate = self.gate.subscribe();
        Box::pin(async move {
            match kind.as_str() {
                "good" => Ok("answer to good".to_owned()),
                "late" => {
                    let _ = gate.wait_for(|open| *open).await;
                    Ok("answer to late".to_owned())
                }
                "never" => std::future::pending().await,
                "full" => Err(OfferRefusal::Offer(sfu::OfferError::Full)),
                _ => Err(OfferRefusal::Offer(sfu::OfferError::Malformed)),
            }
        })
    }

    fn command(&self, command: sfu::Command) {
        self.notes.lock().expect("no test panics here").push(command);
    }
}

impl TestAmbient {
    fn new(start: Instant, state: u128) -> Self {
        Self { start, state: Mutex::new(state), frozen: Mutex::default() }
    }

    /// Stops the process that goes by this clock in its tracks.
    pub fn freeze(&self) {
        let now = self.now();
        *self.frozen.lock().expect("no test panics here") = Some(now);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        *self.frozen.lock().expect("no test panics here") = None;
    }
}

impl Ambient for TestAmbient {
    fn now(&self) -> UnixMillis {
        if let Some(frozen) = *self.frozen.lock().expect("no test panics here") {
            return frozen;
        }
        let passed = self.start.elapsed().as_millis();
        UnixMillis(START + i64::try_from(passed).expect("a test is short"))
    }

    fn draw(&self) -> u128 {
        let mut state = self.state.lock().expect("no test panics here");
        *state += 1;
        // Any number that differs each time will do; these look like the real ones.
        state.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }
}

/// The code of a refusal.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.expect_err("this should have been refused").code()
}

pub fn room_name(text: &str) -> RoomName {
    RoomName::parse(text).expect("the name is short")
}

pub fn display_name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("the name is short")
}

pub fn mid(text: &str) -> Mid {
    Mid::parse(text).expect("the mid is short")
}

/// An id of a room that the media threads might name.
pub fn room_of(offers: &[sfu::PeerOffer]) -> RoomId {
    offers.first().expect("somebody has offered something").room
}

fn told_chat(message: &ChatMessage) -> String {
    format!("{}: {}", message.name, message.text)
}
