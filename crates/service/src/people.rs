//! The use cases of contacts, and of the direct calls between them.
//!
//! ```text
//! link ──▶ ask ──▶ accept ──▶ contacts ──▶ call ──▶ answer ──▶ a room for the two
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `link` | the secret in a personal link |
//! | `ringing` | direct calls |
//! | [`strangers`] | meeting somebody whom one does not know |
//! | `matcher` | who looks for a stranger just now |
//! | `teller` | what is said on the lines, and when calls end by themselves |
//!
//! What is decided is in `domain::contacts` and `domain::ring`. Whoever is no contact, was blocked or is not
//! there is refused alike. Not here: sockets, pages, and how often one network address may ask.

mod link;
mod matcher;
pub(crate) mod ringing;
pub mod strangers;
mod teller;

pub use link::ContactKey;

use crate::Error;
use crate::accounts::SignedIn;
use crate::lines::{Line, Lines, Note};
use crate::rate::{ASKS, ERRANDS, LINES, Limiter, RINGS, RINGS_OF_ONE, SEEKS};
use crate::rooms::Rooms;
use crate::time::Ambient;
use domain::contacts::{self as rules, Asking};
use model::{ContactLinkId, ContactToken, DeviceId, Ticket, UnixMillis, UserId};
use protocol::{
    ContactView, ErrorCode, LinkView, MissedView, PeopleErrand, PeopleRefusal, PeopleView, PersonView,
    Presence, Relation,
};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::contacts::{self, List, PersonRow};
use store::{Store, Transaction, accounts, rings};
use strangers::{Matching, Strangers};
use tokio::runtime::Handle;

/// How many accounts the limits remember.
const REMEMBERED: usize = 20_000;
/// How many missed calls somebody is shown.
const MISSED: u32 = 50;

/// The use cases of contacts and direct calls. Cheap to clone.
#[derive(Clone)]
pub struct People(Arc<Inner>);

struct Inner {
    store: Store,
    ambient: Arc<dyn Ambient>,
    rooms: Rooms,
    key: ContactKey,
    /// Where a use case goes on to its end, whatever becomes of whoever asked.
    runtime: Handle,
    limits: Mutex<Limits>,
    /// When to look for calls of which something is due; early is harmless.
    next_due: AtomicI64,
    /// Held while what is due is carried out: whoever wants it done waits until it is.
    ending: tokio::sync::Mutex<()>,
    strangers: Strangers,
}

struct Limits {
    asks: Limiter<UserId>,
    errands: Limiter<UserId>,
    lines: Limiter<UserId>,
    rings: Limiter<UserId>,
    rings_of_one: Limiter<(UserId, UserId)>,
    seeks: Limiter<UserId>,
}

impl People {
    /// Starts the use cases; calls that were under way before go on.
    pub fn start(
        store: Store,
        ambient: Arc<dyn Ambient>,
        rooms: Rooms,
        key: ContactKey,
        matching: Matching,
    ) -> Self {
        let limits = Limits {
            asks: Limiter::new(ASKS, REMEMBERED),
            errands: Limiter::new(ERRANDS, REMEMBERED),
            lines: Limiter::new(LINES, REMEMBERED),
            rings: Limiter::new(RINGS, REMEMBERED),
            rings_of_one: Limiter::new(RINGS_OF_ONE, REMEMBERED),
            seeks: Limiter::new(SEEKS, REMEMBERED),
        };
        let (limits, next_due) = (Mutex::new(limits), AtomicI64::new(i64::MIN));
        let runtime = Handle::current();
        let (strangers, ending) = (Strangers::new(matching), tokio::sync::Mutex::new(()));
        let people = Self(Arc::new(Inner {
            store,
            ambient,
            rooms,
            key,
            runtime,
            limits,
            next_due,
            ending,
            strangers,
        }));
        tokio::spawn(teller::run(Arc::downgrade(&people.0), people.lines().clone()));
        tokio::spawn(teller::mend(Arc::downgrade(&people.0), people.lines().clone()));
        people
    }

    /// All that the page of one's own contacts shows.
    pub async fn view(&self, user: UserId) -> Result<PeopleView, Error> {
        let store = &self.0.store;
        let fresh = ContactLinkId::from_bits(self.0.ambient.draw());
        let link = self.0.key.token(contacts::link_of(store, user, fresh).await?);
        let inside: BTreeSet<UserId> = rings::load_contacts_inside(store, user).await?.into_iter().collect();
        let listed = contacts::load(store, List::Contacts, user).await?.into_iter().map(|row| {
            let presence = self.presence_of(row.user, inside.contains(&row.user));
            ContactView { person: person(row), presence }
        });
        let missed_since = self.now().plus(-domain::limits::MISSED_MS);
        let missed = rings::load_missed(store, user, missed_since, MISSED).await?.into_iter().map(|row| {
            let from = PersonView { user: row.caller, name: row.name };
            MissedView { ring: row.id, from, at: row.made_at }
        });
        Ok(PeopleView {
            link,
            contacts: listed.collect(),
            asking: self.list(List::Asking, user).await?,
            asked: self.list(List::Asked, user).await?,
            blocked: self.list(List::Blocked, user).await?,
            missed: missed.collect(),
            call: self.call_under_way(user).await?,
        })
    }

    /// Whose personal link it is.
    pub async fn who(&self, user: UserId, token: ContactToken) -> Result<LinkView, Error> {
        self.allow(|limits| &mut limits.errands, user)?;
        let owner = self.owner(token).await?;
        let mut tx = self.0.store.begin().await?;
        let relation = match contacts::relation(&mut tx, user, owner.user).await? {
            rules::Relation::Stranger => Relation::Stranger,
            rules::Relation::Asked => Relation::Asked,
            rules::Relation::AsksMe => Relation::AsksMe,
            rules::Relation::Contact => Relation::Contact,
            rules::Relation::Blocked => Relation::Blocked,
            rules::Relation::Myself => Relation::Myself,
            rules::Relation::BlockedMe => return Err(PeopleRefusal::LinkUnknown.into()),
        };
        Ok(LinkView { name: owner.name, relation })
    }

    /// Asks the owner of a personal link to become a contact.
    pub async fn ask(&self, user: UserId, token: ContactToken) -> Result<(), Error> {
        self.allow(|limits| &mut limits.asks, user)?;
        let this = self.clone();
        self.to_its_end(async move { this.request(user, token).await }).await
    }

    async fn request(&self, user: UserId, token: ContactToken) -> Result<(), Error> {
        let owner = self.owner(token).await?.user;
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        if !contacts::lock_both(&mut tx, user, owner).await? {
            return Err(PeopleRefusal::LinkUnknown.into());
        }
        let relation = contacts::relation(&mut tx, user, owner).await?;
        let counts = contacts::counts(&mut tx, user, owner).await?;
        match rules::ask(relation, counts)? {
            Asking::Ask => contacts::insert_request(&mut tx, user, owner, now).await?,
            Asking::Accept => contacts::join(&mut tx, user, owner, now).await?,
            Asking::Done => return Ok(()),
        }
        tx.commit().await?;
        self.note_all([user, owner]);
        Ok(())
    }

    /// Does something about one's contacts.
    pub async fn errand(&self, user: UserId, errand: PeopleErrand) -> Result<(), Error> {
        self.allow(|limits| &mut limits.errands, user)?;
        let this = self.clone();
        self.to_its_end(async move { this.run_errand(user, errand).await }).await
    }

    async fn run_errand(&self, user: UserId, errand: PeopleErrand) -> Result<(), Error> {
        let other = match errand {
            PeopleErrand::Accept(other)
            | PeopleErrand::Decline(other)
            | PeopleErrand::Withdraw(other)
            | PeopleErrand::Remove(other)
            | PeopleErrand::Block(other)
            | PeopleErrand::Unblock(other) => other,
            PeopleErrand::RenewLink => {
                let fresh = ContactLinkId::from_bits(self.0.ambient.draw());
                contacts::renew_link(&self.0.store, user, fresh).await?;
                self.note_all([user]);
                return Ok(());
            }
            PeopleErrand::ForgetMissed => {
                rings::forget_missed(&self.0.store, user).await?;
                self.note_all([user]);
                return Ok(());
            }
        };
        let mut tx = self.0.store.begin().await?;
        if user == other || !contacts::lock_both(&mut tx, user, other).await? {
            return match errand {
                PeopleErrand::Accept(_) => Err(PeopleRefusal::NotAsking.into()),
                PeopleErrand::Block(_) => Err(PeopleRefusal::NotContact.into()),
                // As if it were somebody of whom there is nothing to take back.
                _ => Ok(()),
            };
        }
        self.settle(&mut tx, user, errand).await?;
        tx.commit().await?;
        if let PeopleErrand::Remove(_) | PeopleErrand::Block(_) = errand {
            self.hush(user, other).await?;
        }
        self.note_all([user, other]);
        Ok(())
    }

    /// Changes what there is between two accounts that are locked.
    async fn settle(&self, tx: &mut Transaction, user: UserId, errand: PeopleErrand) -> Result<(), Error> {
        let now = self.now();
        match errand {
            PeopleErrand::Accept(other) => match contacts::relation(tx, user, other).await? {
                rules::Relation::Contact => Ok(()),
                rules::Relation::AsksMe => {
                    rules::accept(contacts::counts(tx, user, other).await?)?;
                    Ok(contacts::join(tx, user, other, now).await?)
                }
                _ => Err(PeopleRefusal::NotAsking.into()),
            },
            PeopleErrand::Decline(other) => {
                contacts::delete_request(tx, other, user).await?;
                Ok(())
            }
            PeopleErrand::Withdraw(other) => {
                contacts::delete_request(tx, user, other).await?;
                Ok(())
            }
            PeopleErrand::Remove(other) => Ok(contacts::part(tx, user, other).await?),
            PeopleErrand::Block(other) => {
                // Only somebody of whom one has heard: nobody finds out who exists by blocking.
                if let rules::Relation::Stranger | rules::Relation::BlockedMe =
                    contacts::relation(tx, user, other).await?
                {
                    return Err(PeopleRefusal::NotContact.into());
                }
                if contacts::count_blocked(tx, user).await? >= domain::limits::BLOCKS {
                    return Err(PeopleRefusal::TooManyBlocked.into());
                }
                Ok(contacts::block(tx, user, other, now).await?)
            }
            PeopleErrand::Unblock(other) => Ok(contacts::unblock(tx, user, other).await?),
            PeopleErrand::RenewLink | PeopleErrand::ForgetMissed => Ok(()),
        }
    }

    /// A ticket to a line, for somebody who is signed in.
    pub fn line(&self, login: SignedIn, device: DeviceId) -> Result<Ticket, Error> {
        self.allow(|limits| &mut limits.lines, login.user)?;
        let ticket = Ticket::from_bits(self.0.ambient.draw());
        if self.lines().issue(ticket, (login.user, device, login.epoch), self.now()) {
            return Ok(ticket);
        }
        Err(Error::Refused(ErrorCode::Overloaded))
    }

    /// Opens the line that `ticket` was made for; a ticket works once.
    pub async fn connect(&self, ticket: Ticket) -> Result<Line, Error> {
        let admit = self.lines().redeem(ticket, self.now());
        let admit = admit.ok_or(Error::Refused(ErrorCode::NotPresent))?;
        let line = self.lines().open(admit);
        let line = line.ok_or(Error::Refused(ErrorCode::Overloaded))?;
        // Only now: whoever ends the login after this finds the line.
        let row = accounts::load(&self.0.store, admit.user).await?;
        if row.is_none_or(|row| row.epoch != admit.epoch) {
            return Err(Error::Refused(ErrorCode::NotPresent));
        }
        Ok(line)
    }

    /// Forgets calls that have ended; says how many there were.
    pub async fn sweep(&self) -> Result<u64, Error> {
        let missed_by = self.now().plus(-domain::limits::MISSED_MS);
        Ok(rings::delete_ended(&self.0.store, missed_by).await?)
    }

    async fn owner(&self, token: ContactToken) -> Result<PersonRow, Error> {
        let link = self.0.key.open(token).ok_or(PeopleRefusal::LinkUnknown)?;
        let owner = contacts::load_by_link(&self.0.store, link).await?;
        owner.ok_or(PeopleRefusal::LinkUnknown.into())
    }

    async fn list(&self, list: List, of: UserId) -> Result<Vec<PersonView>, Error> {
        Ok(contacts::load(&self.0.store, list, of).await?.into_iter().map(person).collect())
    }

    fn presence_of(&self, user: UserId, is_inside: bool) -> Presence {
        match (is_inside, self.lines().is_there(user)) {
            (true, _) => Presence::InCall,
            (false, true) => Presence::Online,
            (false, false) => Presence::Offline,
        }
    }

    /// Carries something out to its end, though whoever asked may be gone by then: what is saved is told, and
    /// what is begun is not left behind.
    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        self.0.runtime.spawn(work).await.unwrap_or(Err(Error::Gone))
    }

    fn note_all(&self, users: impl IntoIterator<Item = UserId>) {
        users.into_iter().for_each(|user| self.lines().note(Note::All(user)));
    }

    fn allow<K: Copy + Ord>(
        &self,
        limiter: impl Fn(&mut Limits) -> &mut Limiter<K>,
        key: K,
    ) -> Result<(), Error> {
        let now = self.now();
        if limiter(&mut self.limits()).take(key, now) {
            return Ok(());
        }
        Err(Error::Refused(ErrorCode::TooManyRequests))
    }

    fn lines(&self) -> &Arc<Lines> {
        &self.0.rooms.registry.lines
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.0.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> UnixMillis {
        self.0.ambient.now()
    }
}

fn person(row: PersonRow) -> PersonView {
    PersonView { user: row.user, name: row.name }
}
