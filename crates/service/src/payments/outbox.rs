//! The worker that carries out what sessions and purchases have ordered of the processor and the mailer, as
//! often as it takes.
//!
//! An order is claimed for a while, so that of two workers one has it, and one that died with it leaves it
//! to the next. What is on its way is looked at after a minute, and then every hour, for as long as it
//! takes. What fails is tried again after twice as long each time; what fails for a day, or can never work,
//! is set aside for the operator. Ids make every repeat the same order at the processor; a mail whose server
//! took it and died before it was noted is sent twice. A slow mail server keeps no money waiting.

use super::letters::{self, Desk};
use super::{Payments, ProviderError, unconfirmed};
use crate::Error;
use crate::invites::InviteKey;
use crate::mail::{Delivery, Mail, MailPort};
use crate::secret::email_key;
use crate::time::Ambient;
use domain::session::{Instruction, Letter, PaymentState};
use model::{EmailAddress, UnixMillis};
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::sessions;
use store::sessions::orders::{self, Order};
use store::{Deal, Store};
use tokio::sync::Notify;

/// How often it is looked for what is due, besides whenever something was ordered.
const EVERY: Duration = Duration::from_secs(15);
/// How many orders are read at one look.
const AT_ONCE: u32 = 50;
/// For how long an order is somebody's, in milliseconds: longer than [`PATIENCE`].
const CLAIM_MS: i64 = 180_000;
/// How long a processor may take with one order, which may be a dozen questions. What is not over by then
/// is asked for again, which it takes for the same.
const PATIENCE: Duration = Duration::from_secs(170);
/// How long after the first failure an order is tried again, in milliseconds; then twice as long each time.
const AGAIN_MS: i64 = 5_000;
/// The longest between two tries, in milliseconds.
const AGAIN_MOST_MS: i64 = 3_600_000;
/// When what is on its way is looked at again, in milliseconds, unless somebody tells of it before: while it
/// stands as it stood before, and else. What is told just before that is noted is heard by nobody.
const UNDER_WAY_MS: i64 = 3_600_000;
const JUST_NOW_MS: i64 = 60_000;
/// The same for a mail, which stands in a queue.
const MAIL_CLAIM_MS: i64 = 1_800_000;
/// When a mail is looked at again while there is no way out for mails, in milliseconds: a day later.
const UNSENT_MS: i64 = 24 * 3_600_000;
/// How often an order is tried: for about a day.
const TRIES: u32 = 32;

/// Carries orders out.
pub(crate) struct Outbox {
    store: Store,
    payments: Payments,
    mail: Option<Arc<dyn MailPort>>,
    /// Who runs this server.
    operators: Vec<EmailAddress>,
    /// For links by which somebody wants no more mails.
    key: InviteKey,
    ambient: Arc<dyn Ambient>,
    nudge: Arc<Notify>,
}

impl Outbox {
    pub fn start(
        store: Store,
        payments: Payments,
        (mail, operators, key): (Option<Arc<dyn MailPort>>, Vec<EmailAddress>, InviteKey),
        ambient: Arc<dyn Ambient>,
    ) -> Arc<Self> {
        let nudge = Arc::new(Notify::new());
        let outbox = Arc::new(Self { store, payments, mail, operators, key, ambient, nudge: nudge.clone() });
        tokio::spawn(look_again_and_again(Arc::downgrade(&outbox), nudge));
        outbox
    }

    /// How this server takes money.
    pub const fn payments(&self) -> &Payments {
        &self.payments
    }

    /// Something may have been ordered.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Carries out whatever is due.
    async fn look(self: &Arc<Self>) -> Result<(), Error> {
        for order in orders::load_due(&self.store, self.ambient.now(), AT_ONCE).await? {
            let letter = match order.instruction {
                Instruction::Mail(letter) => Some(letter),
                _ => None,
            };
            let claim_ms = if letter.is_some() { MAIL_CLAIM_MS } else { CLAIM_MS };
            if !orders::claim(&self.store, &order, self.ambient.now().plus(claim_ms)).await? {
                continue;
            }
            match letter {
                Some(letter) => drop(tokio::spawn(self.clone().mail(order, letter))),
                None => self.try_once(order).await?,
            }
        }
        Ok(())
    }

    async fn try_once(&self, order: Order) -> Result<(), Error> {
        let is_void = self.is_void(&order).await.unwrap_or_else(|error| {
            // The processor is asked then, and holds up no other order.
            let error = &error as &dyn std::error::Error;
            tracing::error!(order.id = %order.id.to_hex(), error, "The session of an order was not read.");
            false
        });
        let done = match is_void {
            true => Ok(()),
            false => {
                let asked = self.payments.provider.carry_out(order.id, order.instruction);
                let late = |_| Err(ProviderError::Away("it takes too long".to_owned()));
                tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(late)
            }
        };
        self.note(&order, done).await
    }

    /// Whether an order asks for money back that never came: it was to be captured, and given back then, and
    /// meanwhile the processor had let it go. The processor would refuse it for ever.
    async fn is_void(&self, order: &Order) -> Result<bool, Error> {
        let (Instruction::Refund { payment, .. } | Instruction::ReturnFee { payment, .. }) =
            order.instruction
        else {
            return Ok(false);
        };
        let Deal::Session(session) = order.deal else { return Ok(false) };
        let session = sessions::load(&self.store, session).await?;
        let payment = session.as_ref().and_then(|session| session.till.payment(payment));
        Ok(payment.is_some_and(|payment| payment.state == PaymentState::LetGo))
    }

    /// Writes to whomever it concerns, and notes what became of it.
    async fn mail(self: Arc<Self>, order: Order, letter: Letter) {
        let noted = match self.send(&order, letter).await {
            Ok(Sending::Over(done)) => self.note(&order, done).await,
            Ok(Sending::NoWayOut) => {
                let now = self.ambient.now();
                let again = (Some(now.plus(UNSENT_MS)), now);
                orders::fail(&self.store, order.id, "this server sends no mails", again)
                    .await
                    .map_err(Error::from)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = noted {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "What became of a mail about money could not be noted.");
        }
    }

    async fn send(&self, order: &Order, letter: Letter) -> Result<Sending, Error> {
        let desk = Desk {
            store: &self.store,
            key: &self.key,
            tries_out: self.payments.provider.is_test(),
            operators: &self.operators,
        };
        let mails = letters::letters(desk, (order.deal, letter)).await?;
        if mails.is_empty() {
            return Ok(Sending::Over(Ok(())));
        }
        let Some(port) = &self.mail else { return Ok(Sending::NoWayOut) };
        self.send_to_all((order, letter), port, mails).await
    }

    /// What goes to several is tried again for those who do not have it. That the last of them has it is said
    /// by the order itself.
    async fn send_to_all(
        &self,
        (order, letter): (&Order, Letter),
        port: &Arc<dyn MailPort>,
        mut mails: Vec<Mail>,
    ) -> Result<Sending, Error> {
        let have = orders::load_readers(&self.store, order.id).await?;
        mails.retain(|mail| !have.contains(&email_key(&mail.to)));
        let is_one = mails.len() == 1;
        let mut worst = Ok(());
        for mail in mails {
            let reader = email_key(&mail.to);
            let is_unconfirmed = mail.stop.is_some();
            if is_unconfirmed && !unconfirmed::admit(&self.store, order, letter).await? {
                continue;
            }
            match delivered(port, mail).await {
                Ok(()) if is_one => {}
                Ok(()) => orders::note_reader(&self.store, order.id, reader).await?,
                Err(ProviderError::Refused(_)) if matches!(worst, Err(ProviderError::Away(_))) => {}
                Err(error) => {
                    if is_unconfirmed {
                        unconfirmed::retract(&self.store, order, letter).await?;
                    }
                    worst = Err(error);
                }
            }
        }
        Ok(Sending::Over(worst))
    }

    /// Notes what became of an order.
    async fn note(&self, order: &Order, done: Result<(), ProviderError>) -> Result<(), Error> {
        let now = self.ambient.now();
        match done {
            Ok(()) => {
                orders::finish(&self.store, order.id, now).await?;
                // Others may have waited for this one.
                self.nudge();
            }
            Err(error @ ProviderError::UnderWay(_)) => {
                tracing::info!(order.id = %order.id.to_hex(), %error, "An order is not over.");
                let words = error.to_string();
                let again = now.plus(next_look(&words, order.error.as_deref()));
                orders::wait(&self.store, order.id, &words, again).await?;
            }
            Err(error) => {
                let again = next_try(&error, order.attempts, now);
                tracing::warn!(
                    order.id = %order.id.to_hex(),
                    attempts = order.attempts + 1,
                    is_dead = again.is_none(),
                    error = &error as &dyn std::error::Error,
                    "An order was not carried out."
                );
                orders::fail(&self.store, order.id, &error.to_string(), (again, now)).await?;
            }
        }
        Ok(())
    }
}

/// What the mail server did with a mail.
async fn delivered(port: &Arc<dyn MailPort>, mail: Mail) -> Result<(), ProviderError> {
    match port.deliver(mail).await {
        Ok(Delivery::Sent) => Ok(()),
        Ok(Delivery::Refused) => Err(ProviderError::Refused("the mail server does not take it".to_owned())),
        Ok(Delivery::Failed) | Err(_) => {
            Err(ProviderError::Away("the mail server was not reached".to_owned()))
        }
    }
}

/// What became of a mail.
enum Sending {
    /// It was sent or refused, or nobody gets it.
    Over(Result<(), ProviderError>),
    NoWayOut,
}

/// How long until what is on its way is looked at again, in milliseconds. What was wrong before is shortened.
fn next_look(words: &str, before: Option<&str>) -> i64 {
    let is_as_before = before.is_some_and(|before| words.starts_with(before));
    if is_as_before { UNDER_WAY_MS } else { JUST_NOW_MS }
}

/// When an order that failed is tried again, if ever.
fn next_try(error: &ProviderError, attempts: u32, now: UnixMillis) -> Option<UnixMillis> {
    match error {
        ProviderError::Refused(_) => None,
        _ if attempts + 1 >= TRIES => None,
        ProviderError::Away(_) | ProviderError::UnderWay(_) | ProviderError::Closed(_) => {
            let wait = AGAIN_MS.saturating_mul(1_i64 << attempts.min(20));
            Some(now.plus(wait.min(AGAIN_MOST_MS)))
        }
    }
}

async fn look_again_and_again(outbox: Weak<Outbox>, nudge: Arc<Notify>) {
    loop {
        {
            let Some(outbox) = outbox.upgrade() else { return };
            if let Err(error) = outbox.look().await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "The orders of paid sessions could not be looked through.");
            }
        }
        let _ = tokio::time::timeout(EVERY, nudge.notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_looked_at_soon_and_then_every_hour() {
        let (pending, action) = ("it is on its way: pending", "it is on its way: requires_action");
        for before in [None, Some(action), Some("the processor refused: the money did not go back")] {
            assert_eq!(next_look(pending, before), JUST_NOW_MS, "{before:?}");
        }
        assert_eq!(next_look(pending, Some(pending)), UNDER_WAY_MS);
    }

    #[test]
    fn it_waits_twice_as_long_each_time_and_gives_up_after_about_a_day() {
        let away = ProviderError::Away("silence".to_owned());
        let wait = |attempts| next_try(&away, attempts, UnixMillis(0)).map(|at| at.0);
        assert_eq!([wait(0), wait(1), wait(2)], [Some(5_000), Some(10_000), Some(20_000)]);
        let all: i64 = (0..TRIES).filter_map(wait).sum();
        assert!((20..28).contains(&(all / 3_600_000)), "{all}");
        assert_eq!(wait(TRIES), None);
        assert_eq!(next_try(&ProviderError::Refused("no".to_owned()), 0, UnixMillis(0)), None);
    }
}
