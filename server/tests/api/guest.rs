//! A person: a browser, a name, and a key to a seat.

use crate::browser::{Answer, Browser, Socket};
use crate::harness::Server;
use crate::peer::{Peer, Running};
use model::{ChatText, DisplayName, MessageId, ParticipantId, ParticipantKey, RoomCode, Ticket};
use protocol::{Change, Deed, Errand, JoinOutcome, JoinRequest, Publishing, Seat, ServerMessage, Snapshot};
use serde_json::{Value, json};
use service::time::Ambient;

/// Everything that a person sends, in a test.
pub const SENDING: Publishing = Publishing { microphone: true, camera: true, screen: false };

/// Somebody who wants into a room.
pub struct Guest {
    pub browser: Browser,
    pub seat: Seat,
    pub name: &'static str,
}

/// Somebody who is in.
pub struct Present {
    pub guest: Guest,
    pub id: ParticipantId,
    pub snapshot: Snapshot,
    pub socket: Socket,
    pub media: Running,
}

/// Somebody at the door.
pub struct Waiting {
    pub guest: Guest,
    pub id: ParticipantId,
    pub socket: Socket,
}

impl Guest {
    /// Somebody with a new browser.
    pub fn new(server: &Server, room: RoomCode, name: &'static str) -> Self {
        Self::with(server, server.browser(), (room, name))
    }

    /// Somebody with a browser that is known already.
    pub fn with(server: &Server, browser: Browser, (room, name): (RoomCode, &'static str)) -> Self {
        let key = ParticipantKey::from_bits(server.world.draw());
        Self { browser, seat: Seat { room, key }, name }
    }

    /// The arguments of a join with this offer.
    pub fn request(&self, offer: (String, Vec<protocol::SendLine>)) -> Value {
        let name = DisplayName::parse(self.name).expect("the tests' names are names");
        let (offer, lines) = offer;
        let (invite, passcode) = (None, None);
        let request =
            JoinRequest { seat: self.seat, name, invite, passcode, offer, lines, publishing: SENDING };
        json!({ "request": request })
    }

    /// Asks to come in with an offer that nobody will answer to.
    pub async fn ask(&self) -> Answer {
        let offer = Peer::new().await.offer();
        self.browser.call("/api/rooms/join", &self.request(offer)).await
    }

    /// Comes in.
    pub async fn enter(self) -> Present {
        let mut peer = Peer::new().await;
        let request = self.request(peer.offer());
        match self.browser.call("/api/rooms/join", &request).await.json() {
            JoinOutcome::Joined { participant, ticket, answer, snapshot } => {
                let socket = self.browser.socket(ticket).await;
                let media = peer.start(&answer, self.name);
                Present { guest: self, id: participant, snapshot: *snapshot, socket, media }
            }
            JoinOutcome::Waiting { .. } => panic!("{} has to wait", self.name),
        }
    }

    /// Knocks.
    pub async fn knock(self) -> Waiting {
        match self.ask().await.json() {
            JoinOutcome::Waiting { participant, ticket } => {
                let socket = self.browser.socket(ticket).await;
                Waiting { guest: self, id: participant, socket }
            }
            JoinOutcome::Joined { .. } => panic!("{} walked in", self.name),
        }
    }

    /// Calls a server function that takes a seat and no more.
    pub async fn act(&self, function: &str) -> Answer {
        self.browser.call(&format!("/api/rooms/{function}"), &json!({ "seat": self.seat })).await
    }

    /// Does something to people or to the room.
    pub async fn deed(&self, deed: Deed) -> Answer {
        self.browser.call("/api/rooms/act", &json!({ "seat": self.seat, "deed": deed })).await
    }

    /// Does something for the room as a whole.
    pub async fn errand(&self, errand: &Errand) -> Answer {
        self.browser.call("/api/rooms/errand", &json!({ "room": self.seat.room, "errand": errand })).await
    }

    /// Says something in the chat.
    pub async fn say(&self, number: u128, text: &str) -> Answer {
        let text = ChatText::parse(text).expect("the tests' words are words");
        let arguments = json!({ "seat": self.seat, "id": MessageId::from_bits(number), "text": text });
        self.browser.call("/api/rooms/say", &arguments).await
    }

    /// Asks for another ticket.
    pub async fn reconnect(&self) -> Ticket {
        self.act("reconnect").await.json()
    }
}

impl Waiting {
    /// Waits for the host's yes and comes in.
    pub async fn admitted(mut self) -> Present {
        self.socket.find(|message| matches!(message, ServerMessage::Admitted).then_some(())).await;
        self.guest.enter().await
    }
}

/// A change, if the message is one.
pub fn change(message: ServerMessage) -> Option<Change> {
    match message {
        ServerMessage::Change { change, .. } => Some(change),
        ServerMessage::Waiting { .. }
        | ServerMessage::Admitted
        | ServerMessage::Snapshot(_)
        | ServerMessage::Farewell(_)
        | ServerMessage::Pong => None,
    }
}

/// A room with a waiting room, its host inside.
pub async fn hosted(server: &Server) -> Present {
    let browser = server.browser();
    let room = browser.create(true).await;
    Guest::with(server, browser, (room, "Ana Overheard")).enter().await
}

/// Somebody comes into a hosted room by way of the door.
pub async fn let_in(server: &Server, host: &Present, name: &'static str) -> Present {
    let waiting = Guest::new(server, host.guest.seat.room, name).knock().await;
    host.guest.deed(Deed::Admit(waiting.id)).await.json::<()>();
    waiting.admitted().await
}
