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
//! is asked for it is looked whether it was done, for Stripe forgets keys after a day. A host who is paid out
//! in another currency than the price has the share taken in that one: of it goes back what is in proportion,
//! counted from the sum of all that was ordered before.

use super::answer::{
    Account, AccountLink, Charge, CheckoutSession, Event, Fee, Name, PaymentIntent, SharedBack,
};
use super::client::NO_ACCESS;
use super::webhook::Way;
use super::{Movement, Stripe, away, form, nonsense, pages, refused};
use crate::throttle::Rate;
use model::{MerchantId, Money, MonoMillis, OutboxId, PaymentId, UnixMillis, UserId};
use service::Rooms;
use service::payments::ProviderError;
use service::time::Ambient;
use std::sync::PoisonError;
use store::merchants::{self, Merchant, State};
use store::sessions::orders;
use store::stripe_checkouts::{Stage, StripeCheckout};

/// What Stripe tells when something about an account changed, and when its owner cut the connection.
pub(super) const CHANGED: &str = "account.updated";
const CUT: &str = "account.application.deauthorized";
/// How often somebody is led to Stripe's questions about their account.
pub(super) const LED: Rate = Rate { burst: 20, per_minute: 1 };
/// How many accounts one person may begin in a day.
const A_DAY: u32 = 5;
const DAY_MS: i64 = 24 * 3_600_000;
/// Why nobody is asked about what an account told.
const TOO_MUCH: &str = "an account of a host tells too much";
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

    fn instant(&self) -> MonoMillis {
        instant(&*self.ambient)
    }

    /// Takes the right to ask because of a page, or of silence.
    pub(super) fn may_ask(&self) -> bool {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner).take_page(self.instant())
    }

    /// Takes the right to ask about an account because it told something; what is asked for one after the
    /// other needs none.
    pub(super) fn take_turn(&self, merchant: MerchantId, way: Way) -> Result<(), ProviderError> {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let may_ask = way == Way::Read || limits.take_told(merchant, self.instant());
        if may_ask { Ok(()) } else { Err(ProviderError::Away(TOO_MUCH.to_owned())) }
    }

    /// Whether somebody may be led there: they have an account, or have not begun many today, and they have
    /// not come there again and again.
    pub async fn may_lead(&self, user: UserId) -> Result<bool, ProviderError> {
        let since = self.ambient.now().plus(-DAY_MS);
        let begun = merchants::count_since(&self.store, user, since).await.map_err(away)?;
        let may_begin = begun < A_DAY || self.account_of(user).await?.is_some();
        let mut led = self.led.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(may_begin && led.take(user, self.instant()) && self.may_ask())
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
        let asked = self.ambient.now();
        let account: Account = self.client.of(None).post("/v1/accounts", form, &key).await?;
        let name = account.id.as_str();
        merchants::name(&self.store, merchant, name).await.map_err(away)?;
        self.note_account(merchant, &account, asked).await?;
        Ok(name.to_owned())
    }

    /// Asks how the account of somebody stands, at most once a second.
    pub async fn look_again(&self, user: UserId) -> Result<(), ProviderError> {
        let Some(merchant) = self.account_of(user).await? else { return Ok(()) };
        let now = self.ambient.now();
        if !merchants::take_turn(&self.store, merchant.id, now).await.map_err(away)? || !self.may_ask() {
            return Ok(());
        }
        self.look_into(&merchant).await
    }

    /// Asks how an account stands; one that the key does not open any more takes no payments either.
    pub(super) async fn look_into(&self, merchant: &Merchant) -> Result<(), ProviderError> {
        let Some(account) = &merchant.account else { return Ok(()) };
        let asked = self.ambient.now();
        match self.client.of(None).get::<Account>(&format!("/v1/accounts/{account}")).await {
            Ok(account) => self.note_account(merchant.id, &account, asked).await,
            Err(ProviderError::Closed(words)) => {
                tracing::warn!(account, words, "The account of a host is closed to this server.");
                let closed = (State::Restricted, Some(NO_ACCESS));
                merchants::note(&self.store, merchant.id, closed, asked).await.map_err(away)
            }
            Err(error) => {
                // Its list is not read before this is answered.
                let told = Err(error);
                self.client.note_list(Some(account), &told);
                told
            }
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

    async fn note_account(
        &self,
        merchant: MerchantId,
        account: &Account,
        asked: UnixMillis,
    ) -> Result<(), ProviderError> {
        let (state, reason) = standing(account);
        merchants::note(&self.store, merchant, (state, reason.as_deref()), asked).await.map_err(away)
    }

    /// Nothing new is paid to the account of somebody: neither by what is opened from now on, nor by what is
    /// open, which is ended by itself (`watch`). What was paid to it stays there.
    pub async fn disconnect(&self, user: UserId) -> Result<(), ProviderError> {
        if let Some(merchant) = self.account_of(user).await? {
            merchants::close(&self.store, merchant.id, self.ambient.now()).await.map_err(away)?;
        }
        self.cut.notify_one();
        Ok(())
    }

    /// Whether an account was disconnected here.
    pub(super) async fn is_cut(&self, merchant: MerchantId) -> Result<bool, ProviderError> {
        let merchant = merchants::load(&self.store, merchant).await.map_err(away)?;
        Ok(merchant.is_none_or(|merchant| merchant.closed.is_some()))
    }

    /// Ends a checkout that was opened while its account was disconnected, and says why nobody is led there.
    /// If it cannot be ended now, it is later (`watch`).
    pub(super) async fn end_unled(&self, payment: PaymentId) -> ProviderError {
        if let Err(error) = self.end(payment, &format!("cut-{}", payment.to_hex())).await {
            tracing::warn!(%error, "A checkout at an account that was disconnected may still be open.");
        }
        ProviderError::Closed("it was disconnected meanwhile".to_owned())
    }

    /// Ends a checkout, and tells its session how it ended, which may be that it was paid.
    pub(super) async fn end_now(&self, rooms: &Rooms, row: StripeCheckout) -> Result<(), ProviderError> {
        let Stage::Opened { checkout, .. } = &row.stage else { return Ok(()) };
        let path = format!("/v1/checkout/sessions/{checkout}/expire");
        let (line, key) = (self.client.of(row.account.as_deref()), format!("cut-{}", row.payment.to_hex()));
        match line.post::<CheckoutSession>(&path, String::new(), &key).await {
            // It is over already.
            Ok(_) | Err(ProviderError::Refused(_)) => self.ask(rooms, row, Way::Read).await,
            Err(error) => Err(error),
        }
    }

    /// Hears whether something about the account of a host changed.
    pub(super) async fn hear_of_account(&self, event: &Event, way: Way) -> Result<(), ProviderError> {
        let is_about = matches!(event.kind.as_str(), CHANGED | CUT);
        let Some(account) = event.account.as_ref().filter(|_| is_about) else { return Ok(()) };
        let known = merchants::load_by_account(&self.store, account.as_str()).await.map_err(away)?;
        let Some(merchant) = known.filter(|merchant| merchant.closed.is_none()) else { return Ok(()) };
        if event.kind == CUT {
            return merchants::close(&self.store, merchant.id, self.ambient.now()).await.map_err(away);
        }
        self.take_turn(merchant.id, way)?;
        self.look_into(&merchant).await
    }

    /// Gives a host back what came to the operator of money that the host took. Of nothing there is nothing
    /// to do.
    pub(super) async fn share_back(
        &self,
        order: OutboxId,
        payment: PaymentId,
        money: Money,
    ) -> Result<(), ProviderError> {
        if money.is_zero() {
            return Ok(());
        }
        let movement = self.intent(payment).await?;
        let none = |why: &str| ProviderError::Refused(why.to_owned());
        let moved = self.written_out(&movement).await?;
        // What was let go never came, and nothing of it is left to go back.
        if moved.status == "canceled" {
            return Ok(());
        }
        let asked = moved.shared();
        let fee = share_of(moved).ok_or_else(|| none("nothing of this payment came to the operator"))?;
        let path = format!("/v1/application_fees/{}", fee.as_str());
        // The share is the operator's, and so is what goes back of it.
        let line = self.client.of(None);
        let known: Vec<SharedBack> = pages::all(line, &format!("{path}/refunds")).await?;
        let id = order.to_hex();
        let is_ours = |back: &SharedBack| {
            back.metadata.as_ref().is_some_and(|metadata| metadata.get("order") == Some(&id))
        };
        if known.iter().any(is_ours) {
            return Ok(());
        }
        let fee: Fee = line.get(&path).await?;
        let abroad = match fee.currency.eq_ignore_ascii_case(money.currency.code()) {
            true => None,
            false => match in_proportion(&fee, asked, (self.before(order, payment).await?, money.minor)) {
                // So little that it is nothing there.
                Some(0) => return Ok(()),
                Some(back) => Some(back),
                None => return Err(none("nothing is left of the share of this")),
            },
        };
        let form = form::share_back(order, payment, money, abroad).map_err(|error| refused(&error))?;
        // A key is of one question, and how much that is abroad may differ when it is asked again.
        let key = abroad.map_or_else(|| id.clone(), |abroad| format!("{id}-{abroad}"));
        line.post::<SharedBack>(&format!("{path}/refunds"), form, &key).await.map(drop)
    }

    /// How much of the share of a payment was to go back before an order. It is counted by what was ordered:
    /// Stripe knows nothing of parts that are nothing there.
    async fn before(&self, order: OutboxId, payment: PaymentId) -> Result<i64, ProviderError> {
        let Some(row) = self.load(payment).await? else { return Ok(0) };
        orders::shares_before(&self.store, row.deal, (order, payment)).await.map_err(away)
    }

    /// The movement of money with what was charged.
    pub(super) async fn written_out(&self, movement: &Movement) -> Result<PaymentIntent, ProviderError> {
        let path = format!("/v1/payment_intents/{}?expand%5B%5D=latest_charge", movement.intent);
        self.client.of(movement.account.as_deref()).get(&path).await
    }
}

/// Whether nobody was asked because an account tells too much.
pub(super) fn is_too_much(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Away(known) if known == TOO_MUCH)
}

/// Now, for what is counted only while this server runs.
pub(super) fn instant(ambient: &dyn Ambient) -> MonoMillis {
    MonoMillis(u64::try_from(ambient.now().0).unwrap_or(0))
}

/// What Stripe calls the operator's share of a payment.
fn share_of(intent: PaymentIntent) -> Option<Name> {
    match intent.latest_charge? {
        Charge::Full { application_fee, .. } => Some(application_fee?.name()),
        Charge::Short(_) => None,
    }
}

/// How much of a share goes back that came in another currency than that in which it was asked for, when so
/// much of it was to go back before: parts come to the same as the whole, and never to more than is left.
/// Absent, if something is to go back of which nothing is left.
fn in_proportion(fee: &Fee, asked: i64, (before, more): (i64, i64)) -> Option<i64> {
    let (whole, asked) = (i128::from(fee.amount), i128::from(asked.max(1)));
    let (before, after) = (i128::from(before), i128::from(before) + i128::from(more));
    let of = |share: i128| (share.clamp(0, asked) * whole * 2 + asked) / (asked * 2);
    let back = of(after) - of(before);
    let left = (i128::from(fee.amount) - i128::from(fee.amount_refunded)).max(0);
    let is_too_much = before >= asked || (back > 0 && left == 0);
    (!is_too_much).then(|| i64::try_from(back.clamp(0, left)).unwrap_or(0))
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
    fn parts_of_a_share_in_another_currency_come_to_the_whole_and_never_to_more() {
        for (whole, asked) in [(116, 125), (1, 125), (19_000, 125), (0, 5), (i64::MAX, i64::MAX)] {
            let mut fee = Fee { amount: whole, amount_refunded: 0, currency: "chf".to_owned() };
            let step = (asked / 4).max(1);
            for part in 0..4 {
                let more = if part == 3 { asked - 3 * step } else { step };
                fee.amount_refunded += in_proportion(&fee, asked, (part * step, more)).expect("some is left");
                assert!(fee.amount_refunded <= whole);
            }
            assert_eq!(fee.amount_refunded, whole, "{whole} {asked}");
            assert_eq!(in_proportion(&fee, asked, (asked, 50)), None);
        }
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
