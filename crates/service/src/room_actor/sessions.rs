//! The paid sessions of the room: what payers and the processor ask, and what is due.
//!
//! Invariant: a session and the room are saved together, so that neither ever says something else of who is
//! inside. Not here: what one means for the other, which is `crate::spread`'s, the rules, which are
//! `domain::session`'s, and the processor.

use super::letter::PayStep;
use super::minutes::is_prepaid;
use super::{Arrival, RoomActor};
use crate::Error;
use crate::payments::{Checkout, Direct};
use crate::rooms::Identity;
use crate::secret::terms_digest;
use domain::calendar;
use domain::room::{Link, Person, Refusal, admission};
use domain::session::{
    Clock, Command, Event, Party, PaymentState, Proposal, Purpose, Session, Sitting, Stage, decide,
    is_within_hold,
};
use model::offer::{Point, Wishes};
use model::statement::{Sentence, TRANSLATIONS, canonical, in_language, statement};
use model::{
    InviteToken, MerchantId, Money, Offer, ParticipantId, SessionId, TermsDigest, UnixMillis, UserId,
};
use protocol::{BillView, ErrorCode, ExtensionView, PaidTime, PriceView, Rule, TermsIn};
use store::sessions::papers::load_open_bill;
use store::sessions::{self, Change};

/// How many sessions of one room may be open at once.
const SESSIONS: usize = 1_000;
/// How many of those who agreed to pay afterwards may be awaited at once: nothing was paid for it.
const AWAITED: usize = 200;

impl RoomActor {
    /// Whether a user agreed to the price, and paid what has to be paid before.
    pub(super) fn is_entitled(&self, user: UserId) -> bool {
        self.session_of(user).is_some_and(Session::entitles_payer)
    }

    /// Whether a user paid, or has what they agreed to pay afterwards.
    pub(super) fn has_place_by_session(&self, user: UserId) -> bool {
        self.session_of(user).is_some_and(Session::keeps_place)
    }

    /// What it costs somebody to come in, where it costs something.
    pub(super) async fn price(&self, user: Option<UserId>) -> Result<Option<PriceView>, Error> {
        let (Some(offer), Some(payments)) = (self.offer(), self.registry.payments()) else { return Ok(None) };
        let session = user.and_then(|user| self.session_of(user)).filter(|session| {
            // What was agreed and paid holds; what was only offered is what is offered now.
            session.entitles_payer() || session.offer == offer
        });
        let offer = session.map_or(offer, |session| session.offer.clone());
        let until = match session.map(|session| &session.stage) {
            Some(Stage::Awaiting { until, .. }) => Some(*until),
            _ => None,
        };
        let is_kept_ready = self.keeps_ready(session, &offer);
        let is_before = offer.parts().point != Point::After;
        let pays_now = is_before && !is_prepaid(&offer) && !session.is_some_and(Session::entitles_payer);
        let bill = match user.filter(|_| !session.is_some_and(Session::entitles_payer)) {
            Some(user) => self.open_bill(user, &offer).await?,
            None => None,
        };
        let minutes_left = self.minutes_left(user, &offer).await?;
        // What was paid, and minutes that were bought, hold; a bill is owed whoever may sell now.
        let is_held =
            session.is_some_and(Session::entitles_payer) || minutes_left.is_some_and(|left| left > 0);
        let is_on_sale = self.is_on_sale().await?;
        if !is_held && bill.is_none() && !is_on_sale {
            return Ok(None);
        }
        let said = statement(&offer);
        Ok(Some(PriceView {
            sentences: said.iter().map(ToString::to_string).collect(),
            translations: translated(&said),
            terms: terms_digest(&canonical(&offer)).to_hex(),
            due: offer.price().filter(|_| is_before).map(|price| price.money().to_string()),
            is_kept_ready,
            minutes_left,
            sells_minutes: is_on_sale && is_prepaid(&offer),
            until,
            taken_until: if pays_now { self.taken_until(user) } else { None },
            bill: bill.map(|(session, due)| BillView { session, due: due.to_string() }),
            is_test: payments.provider.is_test(),
        }))
    }

    /// What somebody owes to this host, where they want to be trusted once more.
    async fn open_bill(&self, user: UserId, offer: &Offer) -> Result<Option<(SessionId, Money)>, Error> {
        match offer.parts().point {
            Point::After => Ok(load_open_bill(&self.registry.store, user, self.room.owner).await?),
            Point::Before | Point::During { .. } => Ok(None),
        }
    }

    /// Agrees to the terms in somebody's name, and says what they have to do next.
    pub(super) async fn pay(
        &mut self,
        visitor: Identity,
        invite: Option<InviteToken>,
        terms: TermsDigest,
    ) -> Result<PayStep, Error> {
        let now = self.now();
        if !self.joins.take(visitor.user, now) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let key = self.key(Some(visitor.user), invite, None);
        match admission(&self.room, Some((visitor.user, visitor.device)), &key, now) {
            Err(Refusal::Unpaid) => {}
            // Whatever else they meet, the entry page says it.
            Ok(_) | Err(Refusal::PasscodeMissing | Refusal::TooEarly) => return Ok(PayStep::Enter),
            Err(refusal) => return Err(refusal.into()),
        }
        let offer = self.offer().ok_or(Error::Refused(ErrorCode::Rule(Rule::NotSold)))?;
        if let Some((bill, _)) = self.open_bill(visitor.user, &offer).await? {
            return Ok(PayStep::Bill(bill));
        }
        if let (false, Some(rule)) = (is_prepaid(&offer), self.not_on_sale().await?) {
            return Err(Error::Refused(ErrorCode::Rule(rule)));
        }
        self.drop_other_offers(visitor.user, &offer).await?;
        if is_prepaid(&offer) {
            return self.pay_with_minutes(visitor.user, (offer, terms), now).await;
        }
        let (session, is_new) = match self.session_of(visitor.user) {
            Some(session) => (session.clone(), false),
            None => {
                self.await_no_more().await?;
                self.offer_no_more().await?;
                (self.propose(visitor.user, offer)?, true)
            }
        };
        let merchant = self.receiver(session.host_now()).await?;
        let mut change = agree(&session, (terms, merchant), now)?;
        self.seat_who_is_inside(&mut change, now);
        let step = self.step(&change.after, Purpose::Entry, now);
        let is_paying = matches!(step, PayStep::Checkout(_));
        if is_paying {
            self.require_place(visitor.user)?;
        }
        self.save_agreed(change, is_new).await?;
        if is_paying {
            self.keep_while_paying(visitor.user);
        }
        Ok(step)
    }

    /// Of those who agreed to pay afterwards and have not come, the first gives way to the next. Whoever
    /// comes after all agrees once more.
    async fn await_no_more(&mut self) -> Result<(), Error> {
        let is_here = |user| self.room.people.values().any(|person| person.user == user);
        let awaited = self.sessions.values().filter(|session| {
            session.entitles_payer() && !session.keeps_place() && !is_here(session.payer_now())
        });
        let (count, first) = awaited.fold((0, None), |(count, first), session| {
            let this = (session.as_of, session.id);
            (count + 1, Some(first.map_or(this, |first| this.min(first))))
        });
        match first {
            Some((_, id)) if count >= AWAITED => {
                self.run_session(id, Command::EndRoom { by: Party::Host }).await
            }
            _ => Ok(()),
        }
    }

    /// Of those who agreed and have not paid, the first gives way to the next where there are too many, and
    /// whoever is kept a place after all others: strangers who never pay must not keep payers out. Whoever
    /// pays after all has their money back.
    async fn offer_no_more(&mut self) -> Result<(), Error> {
        if self.sessions.len() < SESSIONS {
            return Ok(());
        }
        let now = self.now();
        let unpaid = self.sessions.values().filter(|session| !session.entitles_payer());
        let first = unpaid
            .map(|session| (self.promised.is_kept_for(session.payer_now(), now), session.as_of, session.id));
        match first.min() {
            Some((_, _, id)) => self.run_session(id, Command::EndRoom { by: Party::Host }).await,
            None => Ok(()),
        }
    }

    /// Saves that somebody agreed, by a session that may be new.
    pub(super) async fn save_agreed(&mut self, change: Change, is_new: bool) -> Result<(), Error> {
        let session = &change.before;
        let mut tx = self.begin().await?;
        if is_new && !sessions::insert_new(&mut tx, session, &canonical(&session.offer)).await? {
            return Err(Error::Gone);
        }
        sessions::append(&mut tx, std::slice::from_ref(&change)).await?;
        self.commit(tx).await?;
        self.keep(vec![change]);
        Ok(())
    }

    /// Does what somebody asks of a session, or what the processor says of it.
    pub(super) async fn run_session(&mut self, id: SessionId, command: Command) -> Result<(), Error> {
        self.run_session_as_of(id, command, self.now()).await
    }

    /// The same, as if it had happened then.
    pub(super) async fn run_session_as_of(
        &mut self,
        id: SessionId,
        command: Command,
        at: UnixMillis,
    ) -> Result<(), Error> {
        let session = match self.sessions.get(&id) {
            Some(session) => session.clone(),
            None => sessions::load(&self.registry.store, id)
                .await?
                .filter(|session| session.room == self.room.id)
                .ok_or(Error::Refused(ErrorCode::RoomNotFound))?,
        };
        let mut change = Change::new(session, Vec::new());
        if self.comes_too_late(&change.before, &command) {
            // Whoever paid meanwhile gets their money back, rather than a place that is not there.
            change.and_then(decide(&change.before, &Command::EndRoom { by: Party::Host }, at)?);
        }
        change.and_then(decide(&change.after, &command, at)?);
        if change.events.is_empty() {
            return Ok(());
        }
        self.seat_who_is_inside(&mut change, at);
        self.make_all_true(&[], vec![change], Arrival::default(), at).await
    }

    /// Holds what was saved.
    pub(super) fn keep(&mut self, changes: Vec<Change>) {
        for change in &changes {
            self.note_paying(change);
            if change.after.is_closed() {
                self.sessions.remove(&change.after.id);
            } else {
                self.sessions.insert(change.after.id, change.after.clone());
            }
        }
        if !changes.is_empty() {
            self.keep_places();
            self.registry.nudge_outbox();
        }
    }

    /// Lets the room know for whom a place is kept.
    pub(super) fn keep_places(&mut self) {
        let paid = self.sessions.values().filter(|session| session.keeps_place());
        self.room.paid = paid.map(Session::payer_now).collect();
    }

    /// `from` is `to` from now on, in every session.
    pub(super) fn inherit_sessions(&mut self, from: UserId, to: UserId) {
        self.sessions.values_mut().for_each(|session| session.inherit(from, to));
        self.promised.inherit(from, to);
        self.keep_places();
    }

    /// When the first of the sessions needs something.
    pub(super) fn sessions_due(&self) -> Option<UnixMillis> {
        self.sessions.values().filter_map(Session::next_deadline).min()
    }

    /// Whether somebody's paid time runs, or is on hold.
    pub(super) fn is_underway(&self) -> bool {
        self.sessions.values().any(Session::is_underway)
    }

    /// Lets what was due for sessions at this time take effect, as of then.
    pub(super) async fn tick_sessions(&mut self, due: UnixMillis) -> Result<(), Error> {
        let is_due = |session: &&Session| session.next_deadline().is_some_and(|at| at <= due);
        let ids: Vec<SessionId> = self.sessions.values().filter(is_due).map(|session| session.id).collect();
        for id in ids {
            // Who is not let in has come; it is not their doing that the two did not meet. A moment before,
            // for what is due comes first.
            let (command, at) = match self.was_kept_waiting(id, due) {
                true => (Command::EndRoom { by: Party::Host }, due.plus(-1)),
                false => (Command::Tick, due),
            };
            self.run_session_as_of(id, command, at).await?;
        }
        Ok(())
    }

    /// Whether the wait is over then, and somebody who has paid stands at the door.
    fn was_kept_waiting(&self, id: SessionId, due: UnixMillis) -> bool {
        let Some(session) = self.sessions.get(&id) else { return false };
        let waits = |person: &Person| person.user == session.payer_now() && person.standing.is_waiting();
        session.wait_ends().is_some_and(|at| at <= due) && self.room.people.values().any(waits)
    }

    /// Lets a session that was paid for just now know who of host and payer is inside already.
    pub(super) fn seat_who_is_inside(&self, change: &mut Change, now: UnixMillis) {
        if change.before.entitles_payer() || !change.after.entitles_payer() {
            return;
        }
        for (participant, person, _) in self.room.present() {
            let Some(party) = change.after.party_of(person.user) else { continue };
            // Whoever has dropped is expected back, and returns then.
            if person.standing.link().is_some_and(|link| !matches!(link, Link::Dropped { .. })) {
                let events = decide(&change.after, &Command::Enter { party, participant }, now);
                change.and_then(events.unwrap_or_default());
            }
        }
    }

    /// How it stands with paid time for somebody inside, and until when it lasts: their own, or else that
    /// which is over first.
    pub(super) fn paid_time(&self, me: ParticipantId) -> (Option<PaidTime>, Option<UnixMillis>) {
        let user = self.room.people.get(&me).map(|person| person.user);
        let own = user.and_then(|user| self.session_of(user));
        let underway = || {
            let sessions = self.sessions.values().filter(|session| session.is_underway());
            sessions.min_by_key(|session| session.ends_at().map_or(i64::MAX, |ends| ends.0))
        };
        let Some(session) = own.or_else(underway) else { return (None, None) };
        let paid = match session.stage {
            Stage::Confirmed { .. } => Some(PaidTime::Waits),
            Stage::Live(Sitting { clock: Clock::Overrun { .. }, .. })
            | Stage::Grace(Sitting { clock: Clock::Overrun { .. }, .. }) => Some(PaidTime::Over),
            Stage::Live(_) => Some(PaidTime::Runs),
            Stage::Grace(_) => Some(PaidTime::OnHold),
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Closed { .. } => None,
        };
        (paid, session.ends_at())
    }

    /// More time that somebody inside may buy.
    pub(super) fn extension(&self, me: ParticipantId) -> Option<ExtensionView> {
        let user = self.room.people.get(&me)?.user;
        let (price, length) = self.session_of(user)?.extension()?;
        Some(ExtensionView { minutes: length.count(), price: price.money().to_string() })
    }

    /// Opens a checkout for more time, and says where it is.
    pub(super) async fn extend(&mut self, user: UserId) -> Result<PayStep, Error> {
        let session = self.session_of(user).ok_or(Error::Refused(ErrorCode::Rule(Rule::NothingToPay)))?;
        let (id, host) = (session.id, session.host_now());
        let merchant = self.receiver(host).await?;
        self.run_session(id, Command::StartCheckout { purpose: Purpose::Extension, merchant }).await?;
        let session = self.sessions.get(&id).ok_or(Error::Refused(ErrorCode::Rule(Rule::NothingToPay)))?;
        Ok(self.step(session, Purpose::Extension, self.now()))
    }

    /// Opens a checkout for what a session came to that is over, and says where it is.
    pub(super) async fn pay_bill(&mut self, id: SessionId) -> Result<PayStep, Error> {
        let unknown = || Error::Refused(ErrorCode::RoomNotFound);
        let session = sessions::load(&self.registry.store, id).await?.ok_or_else(unknown)?;
        let merchant = self.receiver(session.host_now()).await?;
        self.run_session(id, Command::StartCheckout { purpose: Purpose::Bill, merchant }).await?;
        let session = sessions::load(&self.registry.store, id).await?.ok_or_else(unknown)?;
        Ok(self.step(&session, Purpose::Bill, self.now()))
    }

    /// The session of a payer that is not over; of two, after they signed in, the one that is paid for.
    pub(super) fn session_of(&self, payer: UserId) -> Option<&Session> {
        let own = self.sessions.values().filter(|session| session.payer_now() == payer);
        own.max_by_key(|session| session.entitles_payer())
    }

    /// Whether money came for a place that others have taken while it was paid for, or that its payer has
    /// already, by the account to which they signed in meanwhile.
    fn comes_too_late(&self, session: &Session, command: &Command) -> bool {
        let came = matches!(command, Command::PaymentConfirmed { .. });
        let wants_in = matches!(session.stage, Stage::Offered { .. } | Stage::Awaiting { .. });
        let payer = session.payer_now();
        let has_one = self.is_entitled(payer);
        came && wants_in && (has_one || !self.has_paid_place(payer))
    }

    /// What the room asks for, with the operator's share.
    fn offer(&self) -> Option<Offer> {
        let fee = self.registry.payments()?.fee;
        let parts = self.room.policy.offer.as_ref()?.parts().clone();
        Offer::new(Wishes { fee, ..parts }).ok()
    }

    /// Calls off what was offered before the price became another, if nobody paid for it.
    async fn drop_other_offers(&mut self, payer: UserId, offer: &Offer) -> Result<(), Error> {
        let other =
            self.session_of(payer).filter(|session| session.offer != *offer).map(|session| session.id);
        match other {
            Some(id) => self.run_session(id, Command::Cancel { by: Party::Payer }).await,
            None => Ok(()),
        }
    }

    pub(super) fn propose(&self, payer: UserId, offer: Offer) -> Result<Session, Error> {
        if self.sessions.len() >= SESSIONS {
            return Err(Error::Refused(ErrorCode::Overloaded));
        }
        let now = self.now();
        let proposal = Proposal {
            id: SessionId::from_bits(self.registry.ambient.draw()),
            room: self.room.id,
            host: self.room.owner,
            payer,
            terms: terms_digest(&canonical(&offer)),
            offer,
            planned: self.next_start(now),
        };
        Ok(Session::offered(proposal, now))
    }

    /// The time for which whoever pays now pays, if one is planned. Once it has begun they pay for what is
    /// left of it by being together.
    fn next_start(&self, now: UnixMillis) -> Option<UnixMillis> {
        let next = calendar::current_or_next(self.room.schedule.as_ref()?, now)?;
        Some(next.starts).filter(|starts| *starts > now)
    }

    /// Whether what is paid to come in is kept ready until the session is over.
    fn keeps_ready(&self, session: Option<&Session>, offer: &Offer) -> bool {
        let now = self.now();
        let planned = session.map_or_else(|| self.next_start(now), |session| session.planned);
        let open = session.and_then(|session| session.till.open_checkout(Purpose::Entry));
        let can = self.registry.payments().is_some_and(|payments| payments.provider.keeps_ready());
        can && is_within_hold(offer, planned, open.map_or(now, |open| open.asked))
    }

    /// Where whoever agreed goes next.
    fn step(&self, session: &Session, purpose: Purpose, now: UnixMillis) -> PayStep {
        let asked = session.till.payments.iter().rev().filter(|payment| payment.purpose == purpose);
        let open = asked.into_iter().find_map(|payment| match payment.state {
            PaymentState::Asked { until } if until > now => Some((payment, until)),
            _ => None,
        });
        match open.filter(|_| purpose != Purpose::Entry || !session.entitles_payer()) {
            None => PayStep::Enter,
            Some((payment, until)) => PayStep::Checkout(Checkout {
                deal: session.id.into(),
                payment: payment.id,
                amount: payment.amount,
                until,
                may_keep_ready: session.may_keep_ready(payment),
                room: self.room.code,
                name: self.room.name.clone(),
                direct: payment.merchant.map(|merchant| Direct { merchant, fee: session.fee_for(payment) }),
            }),
        }
    }
}

/// Terms in every language but the one in which they are agreed to.
fn translated(said: &[Sentence]) -> Vec<TermsIn> {
    let one = |lang: &str| {
        let sentences = in_language(said, lang)?;
        Some(TermsIn { lang: lang.to_owned(), sentences })
    };
    TRANSLATIONS.into_iter().filter_map(one).collect()
}

/// Consent, and the checkout if something has to be paid first.
fn agree(
    session: &Session,
    (terms, merchant): (TermsDigest, Option<MerchantId>),
    now: UnixMillis,
) -> Result<Change, Error> {
    let mut change = Change::new(session.clone(), decide(session, &Command::Consent { terms }, now)?);
    if !change.after.entitles_payer() && session.offer.parts().point != Point::After {
        let checkout = Command::StartCheckout { purpose: Purpose::Entry, merchant };
        let events: Vec<Event> = decide(&change.after, &checkout, now)?;
        change.and_then(events);
    }
    Ok(change)
}
