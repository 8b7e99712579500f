//! Invites by mail: the first one, and every change that those who were invited have to hear of.
//!
//! ```text
//! host ──▶ invite, again ──▶ row ──┐
//! plan changed, revoked, ended ────┴▶ look: what is due? ──▶ claim ──▶ mail ──▶ what became of it
//! ```
//!
//! What is due is read from the database, where it stands for as long as somebody has not been told: a
//! server that is killed, a limit, or a room that ends while nobody looks costs a delay and no mail. Only
//! the newest is told, so that a host who changes their mind often sends little.
//!
//! Only somebody with a confirmed address of their own mails to others, at the rates of
//! [`rate`](crate::rate). Not here: what is due ([`domain::mailing`]), the words, and SMTP.

use crate::invites::InviteKey;
use crate::mail::{CalendarPart, Delivery, InvitedMail, Mail, MailAbout, MailPort, When};
use crate::rate::{Bucket, GUESTS, INVITERS, Limiter, MAILED_ROOMS, RECEIPTS, RECEIPTS_OF_ONE};
use crate::registry::Registry;
use crate::room_actor::letter::Letter as RoomLetter;
use crate::secret::email_key;
use crate::time::Ambient;
use crate::{Error, rooms};
use domain::calendar;
use domain::invitation::{self, Invitation, Purpose};
use domain::limits::ROOM_MAILED;
use domain::mailing::{Due, Holds, Letter, due};
use model::{EmailAddress, InviteId, Notice, RoomCode, RoomId, UnixMillis, UserId};
use protocol::{
    AccountRefusal, Errand, ErrorCode, InviteRequest, InviteView, MailRequest, MailState, MailWay,
    MailedView, RoomSettings, Rule,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use store::invite_mails::{self, Addressee, InviteMail, State};
use store::{Store, accounts};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How often it is looked for what is due, besides whenever something happened.
const EVERY: Duration = Duration::from_secs(30);
/// How many are told at one look; the others wait for the next.
const AT_ONCE: u32 = 100;
/// How long a host waits to hear what became of a mail.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many hosts, addresses and rooms the limits remember.
const REMEMBERED: usize = 20_000;

/// Sends what is due. There is none where no mails can be sent.
pub(crate) struct Mailing {
    store: Store,
    mail: Arc<dyn MailPort>,
    ambient: Arc<dyn Ambient>,
    invites: InviteKey,
    limits: Mutex<Limits>,
    nudge: Arc<Notify>,
    /// Where mails are waited for: whoever asks may do so from a thread that goes away.
    runtime: Handle,
}

struct Limits {
    inviters: Limiter<UserId>,
    addresses: Limiter<u128>,
    rooms: Limiter<RoomId>,
    payers: Limiter<UserId>,
    receipts: Bucket,
}

impl Limits {
    fn new() -> Self {
        Self {
            inviters: Limiter::new(INVITERS, REMEMBERED),
            addresses: Limiter::new(GUESTS, REMEMBERED),
            rooms: Limiter::new(MAILED_ROOMS, REMEMBERED),
            payers: Limiter::new(RECEIPTS_OF_ONE, REMEMBERED),
            receipts: Bucket::new(RECEIPTS),
        }
    }

    /// Whether a payer may have one more receipt sent to an address.
    fn may_write_receipt(&self, payer: UserId, to: u128, now: UnixMillis) -> bool {
        self.payers.has_one(payer, now) && self.addresses.has_one(to, now) && self.receipts.has_one(now)
    }

    /// Counts it, if they may.
    fn count_receipt(&mut self, payer: UserId, to: u128, now: UnixMillis) -> bool {
        self.may_write_receipt(payer, to, now)
            && self.payers.take(payer, now)
            && self.addresses.take(to, now)
            && self.receipts.take(now)
    }
}

impl Mailing {
    pub fn start(
        store: Store,
        mail: Arc<dyn MailPort>,
        ambient: Arc<dyn Ambient>,
        invites: InviteKey,
    ) -> Arc<Self> {
        let (limits, nudge, runtime) =
            (Mutex::new(Limits::new()), Arc::new(Notify::new()), Handle::current());
        let mailing = Arc::new(Self { store, mail, ambient, invites, limits, nudge: nudge.clone(), runtime });
        tokio::spawn(look_again_and_again(Arc::downgrade(&mailing), nudge));
        mailing
    }

    /// Something happened of which those who were invited may have to hear.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Whether a payer may have one more receipt sent to an address that nobody confirmed.
    pub fn may_write_receipt(&self, payer: UserId, to: &EmailAddress) -> bool {
        self.limits().may_write_receipt(payer, email_key(to), self.ambient.now())
    }

    /// Counts it, if they may.
    pub fn count_receipt(&self, payer: UserId, to: &EmailAddress) -> bool {
        self.limits().count_receipt(payer, email_key(to), self.ambient.now())
    }

    /// Sends a mail, and waits a while to hear what became of it.
    pub async fn deliver(&self, mail: Mail) -> Option<Delivery> {
        timeout(PATIENCE, self.mail.deliver(mail)).await.ok()?.ok()
    }

    /// Whether a host can invite by mail.
    async fn way(&self, user: UserId) -> Result<MailWay, Error> {
        let account = accounts::load(&self.store, user).await?;
        let confirmed = account.is_some_and(|account| account.verified_at.is_some());
        Ok(if confirmed { MailWay::Ready } else { MailWay::NeedsAccount })
    }

    /// Sends whatever is due, as far as the limits let it.
    async fn look(&self) -> Result<(), Error> {
        for mail in invite_mails::load_due(&self.store, AT_ONCE).await? {
            // What becomes of it is noted by itself.
            drop(self.settle(mail, false).await?);
        }
        Ok(())
    }

    /// Does what is due about one invite; `paid` says that the limits have let it pass already.
    async fn settle(&self, mail: InviteMail, paid: bool) -> Result<Option<JoinHandle<Delivery>>, Error> {
        let InviteMail { change, revoked, ended_at, .. } = mail;
        let holds = Holds { schedule: mail.schedule.as_ref(), change, revoked, ended_at };
        let (letter, last) = match due(mail.told, holds) {
            Due::Nothing => return Ok(None),
            Due::Forget => {
                invite_mails::forget(&self.store, &mail).await?;
                return Ok(None);
            }
            Due::Send(letter) => (letter, false),
            Due::CancelAndForget => (Letter::Cancel, true),
        };
        if !paid && !self.may_mail(&mail) {
            return Ok(None);
        }
        let now = self.ambient.now();
        let plan = (letter != Letter::Cancel && mail.schedule.is_some()).then_some(change);
        let ours = match last {
            true => invite_mails::forget(&self.store, &mail).await?,
            false => invite_mails::claim(&self.store, &mail, plan, now).await?,
        };
        if !ours {
            return Ok(None);
        }
        let receipt = self.mail.deliver(self.write(&mail, letter, now).await?);
        let store = self.store.clone();
        Ok(Some(self.runtime.spawn(async move {
            // A carrier that is gone has delivered nothing.
            let delivery = receipt.await.unwrap_or(Delivery::Failed);
            if let Err(error) = invite_mails::save_state(&store, &mail, state(delivery)).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "What became of a mail could not be noted.");
            }
            delivery
        })))
    }

    async fn write(&self, mail: &InviteMail, letter: Letter, now: UnixMillis) -> Result<Mail, Error> {
        let Addressee { to, lang, by } = &mail.addressee;
        let site = self.mail.site();
        let token = String::from(self.invites.token(mail.room, mail.invite));
        let path = format!("/r/{}?invite={token}", mail.code);
        let link = format!("{}{path}", site.origin);
        let parties = (&site.sender, to);
        let about = InvitedMail {
            letter,
            room: mail.room_name.clone(),
            path,
            by: store::rules::name_of(&self.store, mail.room, *by).await?,
            when: mail.schedule.as_ref().and_then(|schedule| When::next(schedule, now)),
            calendar: calendar_part(mail, letter, &link, parties, now),
        };
        let about = MailAbout::Invited(Box::new(about));
        Ok(Mail { to: to.clone(), name: mail.label.clone(), lang: lang.clone(), about, stop: None })
    }

    /// Whether the limits let a mail pass that nobody asked for just now.
    fn may_mail(&self, mail: &InviteMail) -> bool {
        let now = self.ambient.now();
        let mut limits = self.limits();
        limits.addresses.has_one(email_key(&mail.addressee.to), now)
            && limits.rooms.take(mail.room, now)
            && limits.addresses.take(email_key(&mail.addressee.to), now)
    }

    fn may_invite(&self, user: UserId, to: &EmailAddress) -> Result<(), Error> {
        let now = self.ambient.now();
        let mut limits = self.limits();
        let key = email_key(to);
        let may = limits.addresses.has_one(key, now) && limits.inviters.take(user, now);
        if may && limits.addresses.take(key, now) {
            return Ok(());
        }
        Err(Error::Refused(ErrorCode::TooManyRequests))
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a host sees of mails on the room's page, besides what the room itself knows.
pub(crate) async fn note(
    registry: &Registry,
    user: UserId,
    mut settings: RoomSettings,
) -> Result<RoomSettings, Error> {
    let Some(mailing) = &registry.mailing else { return Ok(settings) };
    settings.mail = mailing.way(user).await?;
    for (id, to, state) in invite_mails::load_of_room(&mailing.store, settings.code).await? {
        if let Some(invite) = settings.invites.iter_mut().find(|invite| invite.id == id) {
            invite.mailed = Some(MailedView { to, state: view(state) });
        }
    }
    Ok(settings)
}

/// Makes an invite for one person and mails it; says what became of the mail, if that is known soon.
pub(crate) async fn invite(
    registry: &Arc<Registry>,
    user: UserId,
    room: RoomCode,
    (id, request): (InviteId, MailRequest),
) -> Result<(), Error> {
    let (mailing, settings) = sender(registry, user, room).await?;
    // A repeat after everything was done. One that was cut off between invite and mail goes on.
    if settings.invites.iter().any(|invite| invite.id == id && invite.mailed.is_some()) {
        return Ok(());
    }
    // Whoever came by theirs is known to the room.
    let is_out = |invite: &&InviteView| invite.mailed.is_some() && invite.used == 0;
    if settings.invites.iter().filter(is_out).count() >= ROOM_MAILED {
        return Err(Error::Refused(ErrorCode::Rule(Rule::TooMany)));
    }
    let account = accounts::load(&mailing.store, user).await?;
    let lang = account.map(|account| account.lang).unwrap_or_default();
    mailing.may_invite(user, &request.to)?;
    let MailRequest { to, name, role } = request;
    let invite = InviteRequest { label: name, role, personal: true, uses: None, hours: None };
    let errand = Box::new(Errand::Invite { id, invite });
    registry.ask(room, |reply| RoomLetter::Errand { user, errand, reply }).await?;
    let addressee = Addressee { to, lang, by: user };
    invite_mails::insert(&mailing.store, room, id, &addressee, mailing.ambient.now()).await?;
    deliver(mailing, room, id).await
}

/// Mails an invite once more.
pub(crate) async fn again(
    registry: &Arc<Registry>,
    user: UserId,
    room: RoomCode,
    id: InviteId,
) -> Result<(), Error> {
    let (mailing, settings) = sender(registry, user, room).await?;
    let mailed = settings.invites.into_iter().find(|invite| invite.id == id);
    let unknown = Error::Refused(ErrorCode::Door(protocol::Barrier::InviteUnknown));
    let mailed = mailed.and_then(|invite| invite.mailed).ok_or(unknown)?;
    mailing.may_invite(user, &mailed.to)?;
    invite_mails::repeat(&mailing.store, room, id).await?;
    deliver(mailing, room, id).await
}

/// The way to send, for somebody who runs the room and may mail to others.
async fn sender(
    registry: &Arc<Registry>,
    user: UserId,
    room: RoomCode,
) -> Result<(&Mailing, RoomSettings), Error> {
    let settings = rooms::settings(registry, user, room).await?;
    let mailing = registry.mailing.as_ref().ok_or(Error::from(AccountRefusal::NoMail))?;
    match settings.mail {
        MailWay::Ready if settings.ended.is_none() => Ok((mailing, settings)),
        MailWay::Ready => Err(Error::Refused(ErrorCode::RoomEnded)),
        MailWay::NoServer | MailWay::NeedsAccount => {
            Err(Error::Refused(ErrorCode::Rule(Rule::MailNeedsAccount)))
        }
    }
}

async fn deliver(mailing: &Mailing, room: RoomCode, id: InviteId) -> Result<(), Error> {
    let Some(mail) = invite_mails::load(&mailing.store, room, id).await? else { return Ok(()) };
    let Some(sending) = mailing.settle(mail, true).await? else { return Ok(()) };
    match timeout(PATIENCE, sending).await {
        // What takes longer is on its way, and the list of invites says what becomes of it.
        Ok(Ok(Delivery::Sent)) | Err(_) => Ok(()),
        Ok(Ok(Delivery::Refused)) => Err(Error::Refused(ErrorCode::Rule(Rule::MailRefused))),
        Ok(Ok(Delivery::Failed) | Err(_)) => Err(Error::Refused(ErrorCode::Rule(Rule::MailFailed))),
    }
}

async fn look_again_and_again(mailing: Weak<Mailing>, nudge: Arc<Notify>) {
    while let Some(mailing) = mailing.upgrade() {
        if let Err(error) = mailing.look().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "What is to be mailed could not be read.");
        }
        drop(mailing);
        // Whoever is nudged looks at once, everybody else after a while.
        let _ = timeout(EVERY, nudge.notified()).await;
    }
}

fn calendar_part(
    mail: &InviteMail,
    letter: Letter,
    link: &str,
    (organizer, guest): (&EmailAddress, &EmailAddress),
    now: UnixMillis,
) -> Option<CalendarPart> {
    let schedule = mail.schedule.as_ref();
    let (method, purpose) = match letter {
        Letter::Cancel => ("CANCEL", Purpose::Withdraw { organizer, guest }),
        Letter::Invite | Letter::Update => {
            // An invite without a plan is for no time that a calendar could hold.
            schedule.and_then(|schedule| calendar::current_or_next(schedule, now))?;
            ("REQUEST", Purpose::Request { organizer, guest })
        }
    };
    let sequence = mail.sequence.saturating_add(u32::from(mail.ended_at.is_some()));
    let invitation = Invitation {
        room: mail.room,
        name: &mail.room_name,
        // Whoever is not expected any more is told nothing new.
        about: mail.notice.as_ref().map(Notice::as_str).filter(|_| letter != Letter::Cancel),
        schedule,
        link,
        sequence,
        at: now,
    };
    Some(CalendarPart { method, text: invitation::write(&invitation, purpose) })
}

const fn state(delivery: Delivery) -> State {
    match delivery {
        Delivery::Sent => State::Sent,
        Delivery::Refused => State::Refused,
        Delivery::Failed => State::Failed,
    }
}

const fn view(state: State) -> MailState {
    match state {
        State::Due | State::Waiting => MailState::Waiting,
        State::Sent => MailState::Sent,
        State::Refused => MailState::Refused,
        State::Failed => MailState::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_floods_others_with_receipts_and_a_refusal_uses_nothing_up() {
        let (mut limits, now) = (Limits::new(), UnixMillis(0));
        let user = UserId::from_bits;
        for to in 0..6 {
            assert!(limits.count_receipt(user(1), to, now));
        }
        assert!(!limits.count_receipt(user(1), 6, now), "one payer");
        for payer in 2..7 {
            assert!(limits.count_receipt(user(payer), 0, now));
        }
        assert!(!limits.count_receipt(user(7), 0, now), "one address");
        for to in 100..106 {
            assert!(limits.count_receipt(user(7), to, now), "what was refused did not count");
        }
        // 17 of a hundred are gone.
        let more = (1_000..1_200_u128).filter(|number| limits.count_receipt(user(*number), *number, now));
        assert_eq!(more.count(), 83, "everybody together");
        assert!(!limits.may_write_receipt(user(9), 9, now));
        assert!(limits.may_write_receipt(user(9), 9, now.plus(12_000)));
    }
}
