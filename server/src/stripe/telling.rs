//! How a word reaches its session, whichever way it came.
//!
//! A word counts as told once the session has saved what it means. What a session refuses, it will refuse
//! again: that is noted for the operator to look at, and told as well. Whether the word is about a payment
//! of ours is seen by what was noted of it: one Stripe account may serve more than this server.
//!
//! A message names the account at which something happened, and it has to be the one that takes the payment.
//! What a host's own account tells is only a reason to ask about our own checkout there: its owner can make
//! payments of their own and write on them what they like. Disputes alone are taken as they are told, for
//! they name our own movement of money. So many questions are asked because of it (`limits`); what is told
//! beyond that is read later.
//!
//! No list of messages that came is kept: sessions take every word twice. Only a declined card would stand
//! twice in the record, so that its last message is noted beside the checkout; of a host's own account its
//! movement of money instead, so that the record does not grow as its owner likes.

use super::answer::{Name, Reference};
use super::webhook::Way;
use super::word::{About, Nonsense, Said, Word};
use super::{Stripe, away};
use model::Money;
use protocol::{ErrorCode, Rule};
use service::payments::{Command, Confirmation, ProviderError};
use service::{Error, Rooms};
use store::disputes;
use store::refused_words::{self, RefusedWord};
use store::stripe_checkouts::{self, Stage, State, StripeCheckout};

impl Stripe {
    /// Takes a word from a message of an account: the operator's, or one of a host's own. After an error it
    /// has to be sent again.
    pub(super) async fn hear(
        &self,
        rooms: &Rooms,
        (account, way): (Option<&str>, Way),
        word: Word,
    ) -> Result<(), ProviderError> {
        if account.is_none() || word.said.is_of_dispute() {
            return self.tell(rooms, (account, way), word).await.map_err(lost);
        }
        let Some(row) = self.find((account, way), &word).await.map_err(lost)? else { return Ok(()) };
        if let Some(merchant) = row.merchant {
            self.take_turn(merchant, way)?;
        }
        let (said, amount) = (word.said.name(), word.said.amount());
        let asked = match word.said {
            Said::Declined { intent: Some(intent), .. } => {
                self.ask_of_decline(rooms, (&row, way), intent).await
            }
            _ => self.ask(rooms, row.clone(), way).await,
        };
        match asked {
            // Nobody can be asked; if it opens again, what it told is read (`lost`).
            Err(ProviderError::Closed(_)) => {
                self.note_refused((&row, way), (said, amount), ACCOUNT_CLOSED).await.map_err(away)
            }
            // Stripe will refuse the same question again.
            Err(ProviderError::Refused(error)) => {
                tracing::error!(account, error, "Stripe does not say what it told of.");
                self.note_refused((&row, way), (said, amount), DOES_NOT_FIT).await.map_err(away)
            }
            asked => asked,
        }
    }

    /// Tells of a card that was declined, if that was at our own checkout, and once for each movement of
    /// money.
    async fn ask_of_decline(
        &self,
        rooms: &Rooms,
        (row, way): (&StripeCheckout, Way),
        intent: Name,
    ) -> Result<(), ProviderError> {
        let Stage::Opened { checkout, .. } = &row.stage else { return Ok(()) };
        let account = row.account.as_deref();
        let session = self.look_at(account, checkout).await?;
        if session.payment_intent.as_ref().map(Reference::as_name) != Some(&intent) {
            return Ok(());
        }
        let about = About::Payment { payment: row.payment, checkout: None, intent: None };
        let said = Said::Declined { word: intent.clone(), intent: Some(intent) };
        self.tell(rooms, (account, way), Word { about, said }).await.map_err(lost)
    }

    /// Tells the session that a word is about, of which that account says so. After an error it has to be
    /// told again.
    pub(super) async fn tell(
        &self,
        rooms: &Rooms,
        (account, way): (Option<&str>, Way),
        word: Word,
    ) -> Result<(), Error> {
        let Some(row) = self.find((account, way), &word).await? else {
            tracing::info!("Stripe told of a payment that is none of this server's.");
            return Ok(());
        };
        if let About::Payment { intent: Some(intent), .. } = &word.about {
            stripe_checkouts::note_intent(&self.store, row.payment, intent.as_str()).await?;
        }
        if let Said::Declined { word, .. } = &word.said
            && !stripe_checkouts::note_decline(&self.store, row.payment, word.as_str()).await?
        {
            return Ok(());
        }
        if let Said::DisputeOpened(_, Some(until)) = word.said {
            disputes::note_deadline(&self.store, row.payment, until).await?;
        }
        let state = match word.said {
            Said::Paid(_) => Some(State::Paid),
            Said::Ended => Some(State::Ended),
            _ => None,
        };
        let refused = match command(&row, &word.said) {
            None => Some(OTHER_CURRENCY),
            Some(command) => match rooms.payment_said(row.deal, command).await {
                Ok(()) => None,
                Err(Error::Refused(ErrorCode::Rule(rule))) => Some(why(&row, &word.said, rule)),
                // There is nobody any more who could take it.
                Err(Error::Refused(_)) => Some(DOES_NOT_FIT),
                Err(error) => return Err(error),
            },
        };
        if let Some(why) = refused {
            self.note_refused((&row, way), (word.said.name(), word.said.amount()), why).await?;
        }
        if let Some(state) = state {
            stripe_checkouts::close(&self.store, row.payment, state).await?;
        }
        Ok(())
    }

    /// Keeps a word for whoever runs the server: what was said, of how much, and why it was not taken.
    pub(super) async fn note_refused(
        &self,
        (row, way): (&StripeCheckout, Way),
        (said, amount): (&str, Option<Money>),
        why: &str,
    ) -> Result<(), store::Error> {
        tracing::error!(
            payment.id = %row.payment.to_hex(),
            deal = ?row.deal,
            account = row.account,
            said,
            why,
            "What Stripe says of a payment is not taken. Please look at this payment there."
        );
        let about = Some((row.payment, row.deal));
        let word = RefusedWord { about, said: said.to_owned(), why: why.to_owned(), amount };
        refused_words::note(&self.store, &word, (way == Way::Told, self.ambient.now())).await
    }

    /// Asks no more about a checkout at an account that is closed to this server; the operator reads of it.
    pub(super) async fn give_up(&self, row: &StripeCheckout) {
        let noted = async {
            self.note_refused((row, Way::Read), ("silence", Some(row.amount)), ACCOUNT_CLOSED).await?;
            stripe_checkouts::close(&self.store, row.payment, State::Ended).await
        };
        if let Err(error) = noted.await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "A checkout could not be given up.");
        }
    }

    /// The same of a message of which nobody knows about which payment it is.
    pub(super) async fn note_nonsense(&self, nonsense: &Nonsense, way: Way) -> Result<(), Error> {
        tracing::error!(error = nonsense as &dyn std::error::Error, "A message of Stripe's was not read.");
        let (said, why) = (nonsense.kind.clone(), "unreadable".to_owned());
        let word = RefusedWord { about: None, said, why, amount: None };
        Ok(refused_words::note(&self.store, &word, (way == Way::Told, self.ambient.now())).await?)
    }

    /// The checkout that a word is about, if it is one of ours and nothing contradicts it. What is said by
    /// another account than the one that takes the payment is left to the operator.
    async fn find(
        &self,
        (account, way): (Option<&str>, Way),
        word: &Word,
    ) -> Result<Option<StripeCheckout>, Error> {
        let Some(row) = self.named(&word.about).await? else { return Ok(None) };
        if row.account.as_deref() == account {
            return Ok(Some(row));
        }
        self.note_refused((&row, way), (word.said.name(), word.said.amount()), OTHER_ACCOUNT).await?;
        Ok(None)
    }

    async fn named(&self, about: &About) -> Result<Option<StripeCheckout>, Error> {
        let (payment, checkout, intent) = match about {
            About::Intent(intent) => {
                return Ok(stripe_checkouts::load_by_intent(&self.store, intent.as_str()).await?);
            }
            About::Payment { payment, checkout, intent } => (payment, checkout, intent),
        };
        let row = stripe_checkouts::load(&self.store, *payment).await?;
        let is_same = |row: &StripeCheckout| {
            let named = match &row.stage {
                Stage::Opened { checkout, .. } => Some(checkout.as_str()),
                Stage::Asked { .. } => None,
            };
            let agree =
                |ours: Option<&str>, told: Option<&str>| ours.is_none() || told.is_none() || ours == told;
            agree(named, checkout.as_ref().map(|name| name.as_str()))
                && agree(row.intent.as_deref(), intent.as_ref().map(|name| name.as_str()))
        };
        Ok(row.filter(is_same))
    }
}

/// A word that could not be saved has to be told again.
pub(super) fn lost(error: Error) -> ProviderError {
    ProviderError::Away(error.to_string())
}

/// The name of the reason why nothing is taken that another account says.
pub(super) const OTHER_ACCOUNT: &str = "other_account";
/// The same of what is told of an account that is closed to this server.
pub(super) const ACCOUNT_CLOSED: &str = "account_closed";
/// The same of what is not so.
pub(super) const DOES_NOT_FIT: &str = "does_not_fit";
/// The name of the reason why nothing in another currency is taken.
const OTHER_CURRENCY: &str = "other_currency";

/// Why a word was not taken, by the name of the reason.
fn why(row: &StripeCheckout, said: &Said, rule: Rule) -> &'static str {
    match (said, said.amount(), rule) {
        (_, Some(amount), _) if !amount.is_like(row.amount) => OTHER_CURRENCY,
        (Said::Paid(_) | Said::Held(_), Some(amount), _) if amount != row.amount => "other_amount",
        (_, Some(amount), _) if amount.minor <= 0 || amount.minor > row.amount.minor => "too_much",
        (_, _, Rule::TooMany) => "too_many",
        _ => DOES_NOT_FIT,
    }
}

/// What a word says to the session, if it is in a currency that is known here.
fn command(row: &StripeCheckout, said: &Said) -> Option<Command> {
    let payment = row.payment;
    let confirmed = |amount, kind| Command::PaymentConfirmed { payment, amount, kind };
    Some(match *said {
        Said::Paid(amount) => confirmed(amount, Confirmation::Captured),
        Said::Held(amount) => confirmed(amount, Confirmation::Held),
        Said::Declined { .. } => Command::PaymentDeclined { payment },
        Said::Ended => Command::CheckoutEnded { payment },
        Said::DisputeOpened(amount, _) => Command::DisputeOpened { payment, amount },
        Said::DisputeWon(amount) => Command::DisputeWon { payment, amount },
        Said::DisputeLost(amount) => Command::DisputeLost { payment, amount },
        Said::DisputedAbroad => return None,
    })
}
