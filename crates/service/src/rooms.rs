//! The registry of rooms: every use case of a room starts here.
//!
//! Each use case is one letter to the room's actor and its answer. Who may do what is decided there. What
//! happens to many rooms at once is in `estate`, what payers and hosts read about money in [`papers`], packs
//! of minutes in [`packs`], what operators read in [`books`], and how they price a room in [`pricing`].

pub mod books;
mod estate;
pub mod packs;
pub mod papers;
pub mod pricing;

use crate::Error;
use crate::bus::{Bus, Inlet, SocketId};
use crate::connection::Connection;
use crate::guesses::Address;
use crate::history::{self, History};
use crate::invitation;
use crate::invites::InviteKey;
use crate::mail::MailPort;
use crate::mailing;
use crate::media::MediaPort;
use crate::payments::{Back, Checkout, Deal, Payments, ProviderError};
use crate::registry::Registry;
use crate::room_actor::letter::{Act, Claim, Letter, PayStep};
use crate::time::Ambient;
use crate::turnstile::Turnstile;
use domain::calendar;
use domain::load::{Cause, Counts};
use domain::room::Browsers;
use domain::session;
use model::{
    ChatText, DeviceId, EmailAddress, InviteToken, MessageId, Policy, Role, RoomCode, RoomId, RoomName,
    SessionId, TermsDigest, Ticket, UserId,
};
use protocol::limits::{SDP_BYTES, SDP_MEDIA_LINES};
use protocol::{
    Deed, EntryView, Errand, ErrorCode, HistoryView, HostedRoom, JoinOutcome, JoinRequest, RoomSettings,
    Rule, Seat, addresses,
};
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::owners::Writer;
use store::rooms::NewRoom;
use tokio::sync::mpsc;

/// How many of their rooms a host is shown.
const HOSTED: u32 = 100;
/// How often another code is drawn when one is taken, which chance all but forbids.
const CODES_TRIED: usize = 5;

/// How often rooms are looked for that nobody looks after.
const ORPHANS_EVERY: Duration = Duration::from_secs(15);

/// Finds rooms and speaks to their actors. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    pub(crate) registry: Arc<Registry>,
}

/// Who asks: a person, the browser that they come from, and where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identity {
    pub user: UserId,
    pub device: DeviceId,
    /// Of somebody who is signed in, the epoch of their login.
    pub epoch: Option<i64>,
    /// Only for limits. Absent where callers cannot be told apart by it.
    pub address: Option<Address>,
}

/// What rooms are made of.
pub struct Setup {
    pub store: store::Store,
    /// As whom this process writes its rooms.
    pub writer: Writer,
    /// By which links of invites are known.
    pub invites: InviteKey,
    /// What says when the server is full.
    pub turnstile: Turnstile,
    pub media: Arc<dyn MediaPort>,
    pub ambient: Arc<dyn Ambient>,
    /// Absent where the operator has none.
    pub mail: Option<Arc<dyn MailPort>>,
    /// Absent where nothing is sold.
    pub payments: Option<Payments>,
    /// The addresses of the accounts that run this server.
    pub operators: Vec<EmailAddress>,
    pub bus: Arc<dyn Bus>,
}

impl Rooms {
    /// Starts the registry. Media events arrive on `events`. Rooms in which somebody has a seat and that
    /// nobody looks after come to life, now and whenever a server is gone for good, so that whoever does
    /// not return is gone at the right time.
    pub fn start(setup: Setup, events: mpsc::Receiver<sfu::Event>) -> Self {
        let registry = Arc::new(Registry::new(setup));
        tokio::spawn(report_media(registry.clone(), events));
        tokio::spawn(look_after_orphans(Arc::downgrade(&registry)));
        Self { registry }
    }

    /// Makes a room that `owner` hosts.
    pub async fn create(
        &self,
        owner: UserId,
        name: Option<RoomName>,
        waiting_room: bool,
    ) -> Result<RoomCode, Error> {
        self.make(owner, name, Policy::plain(waiting_room)).await
    }

    /// Makes a room for two people and nobody else. `owner` is neither of them, so that the two are equal.
    pub(crate) async fn create_for_two(
        &self,
        owner: UserId,
        two: [UserId; 2],
        name: RoomName,
    ) -> Result<RoomCode, Error> {
        let code = self.make(owner, Some(name), Policy::for_two()).await?;
        for user in two {
            self.errand(owner, code, Errand::Appoint { user, role: Role::Participant }).await?;
        }
        Ok(code)
    }

    async fn make(&self, owner: UserId, name: Option<RoomName>, policy: Policy) -> Result<RoomCode, Error> {
        let ambient = &self.registry.ambient;
        for _ in 0..CODES_TRIED {
            let code = RoomCode::from_bits(ambient.draw());
            let room = NewRoom {
                id: RoomId::from_bits(ambient.draw()),
                code,
                name: name.clone().unwrap_or_else(|| name_from(code)),
                owner,
                policy: policy.clone(),
                created_at: ambient.now(),
            };
            if store::rooms::insert_new(&self.registry.store, &room, &self.registry.writer.key).await? {
                tracing::info!(room.id = %room.id, "A room was made.");
                return Ok(code);
            }
        }
        Err(Error::Gone)
    }

    /// What happened in a room, and who was inside for how long (hosts only).
    pub async fn history(&self, user: UserId, room: RoomCode) -> Result<History, Error> {
        history::open(&self.registry.store, user, room, self.registry.ambient.now()).await
    }

    /// The same as the room's page shows it (hosts only).
    pub async fn history_view(&self, user: UserId, room: RoomCode) -> Result<HistoryView, Error> {
        history::view::read(&self.registry.store, user, room, self.registry.ambient.now()).await
    }

    /// The plan of a room as a calendar file, for a room whose whole address is `link`.
    pub async fn invitation(&self, room: RoomCode, link: &str) -> Result<String, Error> {
        invitation::write(&self.registry.store, room, link, self.registry.ambient.now()).await
    }

    /// The rooms that `user` hosts and that have not ended, newest first.
    pub async fn hosted(&self, user: UserId) -> Result<Vec<HostedRoom>, Error> {
        let now = self.registry.ambient.now();
        let rows = store::rooms::load_hosted(&self.registry.store, user, HOSTED).await?;
        let hosted = rows.into_iter().map(|row| {
            let occupancy = self.registry.occupancy(row.code);
            HostedRoom {
                code: row.code,
                name: row.name,
                created_at: row.created_at,
                occurrence: row.schedule.and_then(|plan| calendar::current_or_next(&plan, now)),
                present: occupancy.present,
                waiting: occupancy.waiting,
            }
        });
        Ok(hosted.collect())
    }

    /// What the entry page shows.
    pub async fn entry(
        &self,
        room: RoomCode,
        visitor: Option<Identity>,
        invite: Option<InviteToken>,
    ) -> Result<EntryView, Error> {
        self.registry.ask(room, |reply| Letter::Entry { visitor, invite, reply }).await
    }

    /// Agrees to the price in somebody's name, and says where they go next: to the processor, or in.
    /// `back` is where the processor leads them.
    pub async fn pay(
        &self,
        visitor: Identity,
        room: RoomCode,
        (terms, invite): (TermsDigest, Option<InviteToken>),
        back: Back,
    ) -> Result<Option<String>, Error> {
        match self.registry.ask(room, |reply| Letter::Pay { visitor, invite, terms, reply }).await? {
            PayStep::Enter => Ok(None),
            PayStep::Checkout(checkout) => self.open_checkout(checkout, back).await.map(Some),
            PayStep::Bill(session) => Ok(Some(addresses::of_session(session, addresses::RECEIPT))),
            PayStep::Minutes => Ok(Some(addresses::of_minutes(room, invite))),
        }
    }

    /// Opens a checkout for more time of whoever is inside and paid, and says where it is. From there they
    /// come to the receipt: the call goes on in the page that they left open.
    pub async fn extend(&self, user: UserId, room: RoomCode, site: String) -> Result<String, Error> {
        let step = self.registry.ask(room, |reply| Letter::Extend { user, reply }).await?;
        self.lead_to_receipt(step, site).await
    }

    /// Opens a checkout for the bill of a session in the name of its payer, and says where it is.
    pub async fn pay_bill(&self, user: UserId, session: SessionId, site: String) -> Result<String, Error> {
        let unknown = Error::Refused(ErrorCode::RoomNotFound);
        let known = store::sessions::load(&self.registry.store, session).await?;
        let Some(known) = known.filter(|known| known.payer_now() == user) else { return Err(unknown) };
        let room = store::sessions::load_room(&self.registry.store, known.id).await?.ok_or(unknown)?;
        let step = self.registry.ask(room, |reply| Letter::Bill { session, reply }).await?;
        self.lead_to_receipt(step, site).await
    }

    /// A checkout from which the payer comes to the receipt.
    async fn lead_to_receipt(&self, step: PayStep, site: String) -> Result<String, Error> {
        let PayStep::Checkout(checkout) = step else {
            return Err(Error::Refused(ErrorCode::Rule(Rule::NothingToPay)));
        };
        let Deal::Session(session) = checkout.deal else {
            return Err(Error::Refused(ErrorCode::Rule(Rule::NothingToPay)));
        };
        let path = addresses::of_session(session, addresses::RECEIPT);
        self.open_checkout(checkout, Back { site, path }).await
    }

    async fn open_checkout(&self, checkout: Checkout, back: Back) -> Result<String, Error> {
        let payments = self.registry.payments().ok_or(Error::Refused(ErrorCode::Rule(Rule::NotSold)))?;
        payments.provider.open(checkout, back).await.map_err(|error| {
            let rule = match error {
                ProviderError::Away(_) | ProviderError::UnderWay(_) => Rule::ProcessorAway,
                ProviderError::Closed(_) => Rule::SellerNeedsStripe,
                ProviderError::Refused(_) => Rule::PaymentRefused,
            };
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "A checkout could not be opened.");
            Error::Refused(ErrorCode::Rule(rule))
        })
    }

    /// Takes a processor's word about a session or a purchase; harmless if it is known.
    pub async fn payment_said(
        &self,
        deal: impl Into<Deal> + Send,
        command: session::Command,
    ) -> Result<(), Error> {
        let session = match deal.into() {
            Deal::Session(session) => session,
            Deal::Purchase(purchase) => return self.purchase_said(purchase, command).await,
        };
        let room = store::sessions::load_room(&self.registry.store, session).await?;
        let room = room.ok_or(Error::Refused(ErrorCode::RoomNotFound))?;
        self.registry.ask(room, |reply| Letter::Session { session, command, reply }).await
    }

    /// Everything about a room that its hosts may see and set (hosts only).
    pub async fn settings(&self, user: UserId, room: RoomCode) -> Result<RoomSettings, Error> {
        settings(&self.registry, user, room).await
    }

    /// Sets something of a room, wherever the host is (hosts only).
    pub async fn errand(&self, user: UserId, room: RoomCode, errand: Errand) -> Result<(), Error> {
        match errand {
            Errand::Mail { id, mail } => mailing::invite(&self.registry, user, room, (id, mail)).await,
            Errand::MailAgain(id) => mailing::again(&self.registry, user, room, id).await,
            errand => {
                let errand = Box::new(errand);
                self.registry.ask(room, |reply| Letter::Errand { user, errand, reply }).await
            }
        }
    }

    /// Comes in, knocks, or takes a seat up again.
    pub async fn join(&self, visitor: Identity, request: JoinRequest) -> Result<JoinOutcome, Error> {
        if request.offer.len() > SDP_BYTES || request.lines.len() > SDP_MEDIA_LINES {
            return Err(Error::Refused(ErrorCode::BadOffer));
        }
        let room = request.seat.room;
        let request = Box::new(request);
        self.registry.ask(room, |reply| Letter::Join { visitor, request, reply }).await
    }

    /// A new socket ticket for a seat that is still held.
    pub async fn reconnect(&self, user: UserId, seat: Seat) -> Result<Ticket, Error> {
        let claim = Claim { user, key: seat.key };
        self.registry.ask(seat.room, |reply| Letter::Reconnect { claim, reply }).await
    }

    /// Gives the seat up; harmless if it is gone already.
    pub async fn leave(&self, user: UserId, seat: Seat) -> Result<(), Error> {
        self.carry_out(user, seat, Act::Leave).await
    }

    /// Ends what somebody has in any room by a browser that is signed out.
    pub async fn sign_out_at(&self, whom: Identity) -> Result<(), Error> {
        self.sign_out(whom.user, Browsers::Only(whom.device)).await
    }

    /// Does something to people or to the room, from inside.
    pub async fn act(&self, user: UserId, seat: Seat, deed: Deed) -> Result<(), Error> {
        self.carry_out(user, seat, Act::Do(deed)).await
    }

    /// Says something in the room's chat; the same id twice is said once.
    pub async fn say(&self, user: UserId, seat: Seat, id: MessageId, text: ChatText) -> Result<(), Error> {
        let claim = Claim { user, key: seat.key };
        self.registry.ask(seat.room, |reply| Letter::Say { claim, id, text, reply }).await
    }

    /// Opens the call socket that `ticket` was made for; a ticket works once.
    pub async fn connect(&self, ticket: Ticket) -> Result<Connection, Error> {
        let now = self.registry.ambient.now();
        let admit = self.registry.tickets().redeem(ticket, now);
        let admit = admit.ok_or(Error::Refused(ErrorCode::NotPresent))?;
        let participant = admit.participant;
        let socket = SocketId(self.registry.ambient.draw());
        // Listened to before the room speaks, so that its first word is heard.
        let inlet = Inlet::listen(self.registry.bus.clone(), socket);
        let opened = self.registry.ask(admit.room, |reply| Letter::Connect { participant, socket, reply });
        let opened = opened.await?;
        Ok(Connection::new(opened, inlet, self.registry.turnstile.count_socket()))
    }

    /// Why nobody new comes in anywhere just now, in one word, if so.
    pub fn fullness(&self) -> Option<&'static str> {
        self.registry.fullness(true).map(Cause::word)
    }

    /// How many rooms and people there are just now, as this server counts them.
    pub fn counts(&self) -> Counts {
        self.registry.counts()
    }

    /// Stops every actor after it has saved; sockets end without a farewell, so that browsers return.
    pub async fn shut_down(&self) {
        self.registry.stop().await;
    }

    async fn carry_out(&self, user: UserId, seat: Seat, act: Act) -> Result<(), Error> {
        let claim = Claim { user, key: seat.key };
        self.registry.ask(seat.room, |reply| Letter::Act { claim, act, reply }).await
    }
}

/// Everything about a room that its hosts may see, by whoever else needs it.
pub(crate) async fn settings(
    registry: &Arc<Registry>,
    user: UserId,
    room: RoomCode,
) -> Result<RoomSettings, Error> {
    let settings = registry.ask(room, |reply| Letter::Settings { user, reply }).await?;
    mailing::note(registry, user, settings).await
}

/// A name that is the same in every language.
fn name_from(code: RoomCode) -> RoomName {
    RoomName::parse(&format!("Room {code}")).expect("a code is short and visible")
}

async fn report_media(registry: Arc<Registry>, mut events: mpsc::Receiver<sfu::Event>) {
    while let Some(event) = events.recv().await {
        registry.report(event);
    }
}

/// Wakes rooms that nobody looks after, again and again.
async fn look_after_orphans(registry: Weak<Registry>) {
    loop {
        {
            let Some(registry) = registry.upgrade().filter(|registry| !registry.is_stopping()) else {
                return;
            };
            wake_orphans(&registry).await;
        }
        tokio::time::sleep(ORPHANS_EVERY).await;
    }
}

/// Rooms that nobody looks after, and those with a session of which something is due.
async fn load_orphaned(registry: &Arc<Registry>) -> Result<Vec<RoomCode>, store::Error> {
    let (node, now) = (registry.writer.node, registry.ambient.now());
    let mut rooms = store::rooms::load_orphaned(&registry.store, node, now).await?;
    rooms.extend(store::sessions::load_due_rooms(&registry.store, now).await?);
    Ok(rooms)
}

async fn wake_orphans(registry: &Arc<Registry>) {
    let rooms = match load_orphaned(registry).await {
        Ok(rooms) => rooms,
        // A server that stops has closed its store.
        Err(_) if registry.is_stopping() => return,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "The rooms that nobody looks after could not be read.");
            return;
        }
    };
    for room in rooms.into_iter().filter(|room| !registry.is_live(*room)) {
        registry.forward(room, Letter::Wake).await;
    }
}
