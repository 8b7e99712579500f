//! How a word reaches its session, whichever way it came.
//!
//! A word counts as told once the session has saved what it means. What a session refuses, it will refuse
//! again: that is for the operator to look at, and told as well. Whether the word is about a payment of ours
//! is seen by what was noted of it: one Stripe account may serve more than this server.
//!
//! A message names the account at which something happened, and it has to be the one that takes the payment.
//! What a host's own account tells of money is only a reason to ask about our own checkout there: its owner
//! can make payments of their own and write on them what they like.
//!
//! No list of messages that came is kept: sessions take every word twice. Only a declined card would stand
//! twice in the record, so that its last message is noted beside the checkout.

use super::Stripe;
use super::word::{About, Said, Word};
use protocol::ErrorCode;
use service::payments::{Command, Confirmation, ProviderError};
use service::{Error, Rooms};
use store::stripe_checkouts::{self, Stage, State, StripeCheckout};

impl Stripe {
    /// Takes a word from a message of an account: the operator's, or one of a host's own. After an error it
    /// has to be sent again.
    pub async fn hear(&self, rooms: &Rooms, account: Option<&str>, word: Word) -> Result<(), ProviderError> {
        let is_of_money = matches!(word.said, Said::Paid(_) | Said::Held(_) | Said::Ended);
        let told = match account {
            Some(_) if is_of_money => match self.find(account, &word.about).await.map_err(lost)? {
                Some(row) => return self.ask(rooms, row).await,
                None => Ok(()),
            },
            _ => self.tell(rooms, account, word).await,
        };
        told.map_err(lost)
    }

    /// Tells the session that a word is about, of which that account says so. After an error it has to be
    /// told again.
    pub async fn tell(&self, rooms: &Rooms, account: Option<&str>, word: Word) -> Result<(), Error> {
        let Some(row) = self.find(account, &word.about).await? else {
            tracing::info!("Stripe told of a payment that is none of this server's.");
            return Ok(());
        };
        if let About::Payment { intent: Some(intent), .. } = &word.about {
            stripe_checkouts::note_intent(&self.store, row.payment, intent.as_str()).await?;
        }
        if let Said::Declined(message) = &word.said
            && !stripe_checkouts::note_decline(&self.store, row.payment, message.as_str()).await?
        {
            return Ok(());
        }
        let state = match word.said {
            Said::Paid(_) => Some(State::Paid),
            Said::Ended => Some(State::Ended),
            _ => None,
        };
        match rooms.payment_said(row.deal, command(&row, word.said)).await {
            Ok(()) => {}
            Err(Error::Refused(ErrorCode::Rule(rule))) => {
                tracing::error!(
                    payment.id = %row.payment.to_hex(),
                    deal = ?row.deal,
                    ?rule,
                    "What Stripe says of a payment is not taken. Please look at this payment there."
                );
            }
            Err(error) => return Err(error),
        }
        if let Some(state) = state {
            stripe_checkouts::close(&self.store, row.payment, state).await?;
        }
        Ok(())
    }

    /// The checkout that a word is about, if it is one of ours and nothing contradicts it.
    async fn find(&self, account: Option<&str>, about: &About) -> Result<Option<StripeCheckout>, Error> {
        let row = self.named(about).await?;
        let is_of = |row: &StripeCheckout| row.account.as_deref() == account;
        if let Some(row) = row.as_ref().filter(|row| !is_of(row)) {
            tracing::error!(
                payment.id = %row.payment.to_hex(),
                account,
                "What Stripe says of a payment is not taken: it comes from another account than takes it."
            );
        }
        Ok(row.filter(is_of))
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

fn lost(error: Error) -> ProviderError {
    ProviderError::Away(error.to_string())
}

/// What a word says to the session.
fn command(row: &StripeCheckout, said: Said) -> Command {
    let payment = row.payment;
    let confirmed = |amount, kind| Command::PaymentConfirmed { payment, amount, kind };
    match said {
        Said::Paid(amount) => confirmed(amount, Confirmation::Captured),
        Said::Held(amount) => confirmed(amount, Confirmation::Held),
        Said::Declined(_) => Command::PaymentDeclined { payment },
        Said::Ended => Command::CheckoutEnded { payment },
        Said::DisputeOpened(amount) => Command::DisputeOpened { payment, amount },
        Said::DisputeWon(amount) => Command::DisputeWon { payment, amount },
        Said::DisputeLost(amount) => Command::DisputeLost { payment, amount },
    }
}
