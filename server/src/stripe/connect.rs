//! Accounts of hosts' own at Stripe (Connect, <https://docs.stripe.com/connect/direct-charges>): opened here,
//! led through Stripe's questions there, and looked at again whenever Stripe says that something changed.
//!
//! | here | there |
//! |---|---|
//! | a host begins | a Standard account, asked for under a key that follows from its number here |
//! | they go on | a link to Stripe's questions, which works once and for minutes; a new one for each press |
//! | they come back, `account.updated` | the account is asked how it stands: messages come late and in any order |
//! | `account.application.deauthorized` | its owner has cut the connection: nothing new is paid to it |
//! | what of the operator's share goes back | a refund of the application fee, at the operator's account |
//!
//! How much that is, is said in the order, to the cent, and never left to how Stripe would round. Before it
//! is asked for it is looked whether it was done, for Stripe forgets keys after a day.

use super::answer::{Account, AccountLink, AllSharedBack, Charge, Event, Name, PaymentIntent, SharedBack};
use super::client::NO_ACCESS;
use super::{Movement, Stripe, away, form, nonsense, refused};
use model::{MerchantId, Money, OutboxId, PaymentId, UserId};
use service::payments::ProviderError;
use store::merchants::{self, Merchant, State};

/// What Stripe tells when something about an account changed, and when its owner cut the connection.
const CHANGED: &str = "account.updated";
const CUT: &str = "account.application.deauthorized";
/// How many accounts one person may begin in a day.
const A_DAY: u32 = 5;
const DAY_MS: i64 = 24 * 3_600_000;
/// How many characters of Stripe's word for what is wrong are kept.
const REASON: usize = 80;

impl Stripe {
    /// Whether hosts take the money themselves.
    pub const fn connects(&self) -> bool {
        self.settings.connect
    }

    /// Whether no money moves.
    pub fn is_trial(&self) -> bool {
        !self.settings.is_live()
    }

    /// The account that somebody has connected.
    pub async fn account_of(&self, user: UserId) -> Result<Option<Merchant>, ProviderError> {
        merchants::load_of(&self.store, user).await.map_err(away)
    }

    /// Whether somebody may be led there: they have an account, or have not begun many today.
    pub async fn may_lead(&self, user: UserId) -> Result<bool, ProviderError> {
        let since = self.ambient.now().plus(-DAY_MS);
        let begun = merchants::count_since(&self.store, user, since).await.map_err(away)?;
        Ok(begun < A_DAY || self.account_of(user).await?.is_some())
    }

    /// Leads the owner of an account to Stripe's questions, from which they come back to `back`. Whoever has
    /// none begins one.
    pub async fn lead(&self, user: UserId, back: &str) -> Result<String, ProviderError> {
        let id = MerchantId::from_bits(self.ambient.draw());
        // Whoever has one keeps it.
        merchants::begin(&self.store, id, user, self.ambient.now()).await.map_err(away)?;
        let merchant = self.account_of(user).await?.ok_or_else(|| nonsense("no account was begun"))?;
        let account = match merchant.account {
            Some(account) => account,
            None => self.open_account(merchant.id).await?,
        };
        let line = self.client.of(None);
        // Each works once, so that each is another question.
        let key = format!("link-{:032x}", self.ambient.draw());
        let form = form::onboarding(&account, back);
        let link: AccountLink = line.post("/v1/account_links", form, &key).await?;
        Ok(link.page().ok_or_else(|| nonsense("a link without a page"))?.to_owned())
    }

    async fn open_account(&self, merchant: MerchantId) -> Result<String, ProviderError> {
        let (form, key) = (form::account(merchant), format!("account-{}", merchant.to_hex()));
        let account: Account = self.client.of(None).post("/v1/accounts", form, &key).await?;
        let name = account.id.as_str();
        merchants::name(&self.store, merchant, name).await.map_err(away)?;
        self.note_account(merchant, &account).await?;
        Ok(name.to_owned())
    }

    /// Asks how the account of somebody stands, at most once a second.
    pub async fn look_again(&self, user: UserId) -> Result<(), ProviderError> {
        let Some(merchant) = self.account_of(user).await? else { return Ok(()) };
        let now = self.ambient.now();
        if !merchants::take_turn(&self.store, merchant.id, now).await.map_err(away)? {
            return Ok(());
        }
        self.look_into(&merchant).await
    }

    /// Asks how an account stands; one that the key does not open any more takes no payments either.
    pub(super) async fn look_into(&self, merchant: &Merchant) -> Result<(), ProviderError> {
        let Some(account) = &merchant.account else { return Ok(()) };
        match self.client.of(None).get::<Account>(&format!("/v1/accounts/{account}")).await {
            Ok(account) => self.note_account(merchant.id, &account).await,
            Err(ProviderError::Closed(words)) => {
                tracing::warn!(account, words, "The account of a host is closed to this server.");
                let closed = (State::Restricted, Some(NO_ACCESS));
                merchants::note(&self.store, merchant.id, closed).await.map_err(away)
            }
            Err(error) => Err(error),
        }
    }

    /// Why a checkout was not opened: what Stripe refuses may be due to the account of a host that was ready
    /// when it was last told of it.
    pub(super) async fn whose_fault(
        &self,
        merchant: Option<MerchantId>,
        error: ProviderError,
    ) -> ProviderError {
        let (Some(id), false) = (merchant, matches!(error, ProviderError::Away(_))) else { return error };
        match self.takes_payments(id).await {
            Ok(true) | Err(_) => error,
            Ok(false) => ProviderError::Closed(error.to_string()),
        }
    }

    async fn takes_payments(&self, id: MerchantId) -> Result<bool, ProviderError> {
        let load = async || merchants::load(&self.store, id).await.map_err(away);
        let Some(merchant) = load().await? else { return Ok(false) };
        self.look_into(&merchant).await?;
        Ok(load().await?.is_some_and(|merchant| merchant.is_ready()))
    }

    async fn note_account(&self, merchant: MerchantId, account: &Account) -> Result<(), ProviderError> {
        let (state, reason) = standing(account);
        merchants::note(&self.store, merchant, (state, reason.as_deref())).await.map_err(away)
    }

    /// Nothing new is paid to the account of somebody. What was paid to it stays there.
    pub async fn disconnect(&self, user: UserId) -> Result<(), ProviderError> {
        match self.account_of(user).await? {
            Some(merchant) => {
                merchants::close(&self.store, merchant.id, self.ambient.now()).await.map_err(away)
            }
            None => Ok(()),
        }
    }

    /// Hears whether something about the account of a host changed.
    pub(super) async fn hear_of_account(&self, event: &Event) -> Result<(), ProviderError> {
        let is_about = matches!(event.kind.as_str(), CHANGED | CUT);
        let Some(account) = event.account.as_ref().filter(|_| is_about) else { return Ok(()) };
        let known = merchants::load_by_account(&self.store, account.as_str()).await.map_err(away)?;
        let Some(merchant) = known.filter(|merchant| merchant.closed.is_none()) else { return Ok(()) };
        if event.kind == CUT {
            return merchants::close(&self.store, merchant.id, self.ambient.now()).await.map_err(away);
        }
        self.look_into(&merchant).await
    }

    /// Gives a host back what came to the operator of money that the host took.
    pub(super) async fn share_back(
        &self,
        order: OutboxId,
        payment: PaymentId,
        money: Money,
    ) -> Result<(), ProviderError> {
        let movement = self.intent(payment).await?;
        let none = || ProviderError::Refused("nothing of this payment came to the operator".to_owned());
        let fee = share_of(self.written_out(&movement).await?).ok_or_else(none)?;
        let path = format!("/v1/application_fees/{}/refunds", fee.as_str());
        // The share is the operator's, and so is what goes back of it.
        let line = self.client.of(None);
        let known: AllSharedBack = line.get(&format!("{path}?limit=100")).await?;
        let id = order.to_hex();
        let is_ours = |back: &SharedBack| {
            let names = back.metadata.as_ref().is_some_and(|metadata| metadata.get("order") == Some(&id));
            names && back.amount == money.minor
        };
        if known.data.iter().any(is_ours) {
            return Ok(());
        }
        let form = form::share_back(order, payment, money).map_err(|error| refused(&error))?;
        line.post::<SharedBack>(&path, form, &id).await.map(drop)
    }

    /// The movement of money with what was charged.
    pub(super) async fn written_out(&self, movement: &Movement) -> Result<PaymentIntent, ProviderError> {
        let path = format!("/v1/payment_intents/{}?expand%5B%5D=latest_charge", movement.intent);
        self.client.of(movement.account.as_deref()).get(&path).await
    }
}

/// What Stripe calls the operator's share of a payment.
fn share_of(intent: PaymentIntent) -> Option<Name> {
    match intent.latest_charge? {
        Charge::Full { application_fee, .. } => Some(application_fee?.name()),
        Charge::Short(_) => None,
    }
}

/// How an account stands, and why it takes no payments if its owner has done all they were asked.
fn standing(account: &Account) -> (State, Option<String>) {
    let reason = account.requirements.as_ref().and_then(|wanted| wanted.disabled_reason.as_deref());
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let reason = reason.map(|reason| reason.chars().filter(is_plain).take(REASON).collect());
    match (account.charges_enabled, account.details_submitted) {
        (true, _) => (State::Ready, None),
        (false, true) => (State::Restricted, reason),
        (false, false) => (State::Unfinished, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_account_is_ready_once_it_takes_payments() {
        let odd = "listed <b>".repeat(20);
        for (charges, details, reason, expected) in [
            (
                false,
                false,
                json!("requirements.past_due"),
                (State::Unfinished, Some("requirements.past_due")),
            ),
            (false, true, json!("listed"), (State::Restricted, Some("listed"))),
            (false, true, json!(null), (State::Restricted, None)),
            (true, true, json!(null), (State::Ready, None)),
            // It is asked for more, and takes payments until then.
            (true, false, json!(null), (State::Ready, None)),
        ] {
            let account = json!({
                "id": "acct_1", "charges_enabled": charges, "details_submitted": details,
                "requirements": { "disabled_reason": reason, "currently_due": ["tos_acceptance.date"] },
            });
            let account: Account = serde_json::from_value(account).expect("an account");
            let (state, reason) = standing(&account);
            assert_eq!((state, reason.as_deref()), expected);
        }
        let account =
            json!({ "id": "acct_1", "details_submitted": true, "requirements": { "disabled_reason": odd } });
        let (_, reason) = standing(&serde_json::from_value(account).expect("an account"));
        assert_eq!(reason.map(|reason| (reason.len(), reason.contains('<'))), Some((REASON, false)));
    }

    #[test]
    fn the_share_is_found_where_the_charge_is_written_out() {
        let intent = |charge: serde_json::Value| {
            let intent =
                json!({ "id": "pi_1", "status": "succeeded", "currency": "eur", "latest_charge": charge });
            serde_json::from_value::<PaymentIntent>(intent).expect("a movement")
        };
        let full = json!({ "id": "ch_1", "application_fee": "fee_1", "application_fee_amount": 125 });
        assert_eq!(intent(full.clone()).shared(), 125);
        assert_eq!(share_of(intent(full)).as_ref().map(Name::as_str), Some("fee_1"));
        for none in [json!(null), json!("ch_1"), json!({ "id": "ch_1", "application_fee": null })] {
            assert_eq!((intent(none.clone()).shared(), share_of(intent(none))), (0, None));
        }
    }
}
