//! What the tests' Stripe knows of accounts of hosts' own that are connected to the operator's.
//!
//! | rule | as there |
//! |---|---|
//! | a share of nothing, or of a payment to the operator | 400 |
//! | a checkout at an account that takes no payments | 400 |
//! | more of a share back than is left | 400 |
//! | a share of what is paid out in another currency | is in that currency |
//! | a refund | takes all of it from the account, and leaves the operator their share |
//! | a dispute | takes it from the account, and leaves the operator their share |
//! | a link to the questions about an account that is not there | 400 |

use crate::accounts::{ANA, BEARS, sign_up};
use crate::browser::Browser;
use crate::harness::Server;
use crate::operator::run_by_ana;
use crate::paid::{agree, offer, set, terms};
use crate::processor::{Books, Form, Processor, is_alive, page_of};
use crate::stripe::{Scene, leads_to};
use http::StatusCode;
use model::Offer;
use serde_json::{Value, json};
use server::config::Layer;
use service::time::Ambient;

/// A room for 12.50 EUR whose host takes the money themselves, of which the operator has a tenth.
pub struct Connected {
    pub scene: Scene,
    /// The host's account.
    pub account: String,
}

impl Connected {
    pub async fn set() -> Self {
        Self::sells(Self::unconnected().await, offer("12.50")).await
    }

    /// The same, where Ana runs the server as well, and sells this.
    pub async fn run(sold: Offer) -> Self {
        let stripe = Processor::open().await;
        let (server, host) = run_by_ana(Self::layer(&stripe)).await;
        let scene = Self::scene(stripe, server, host).await;
        Self::sells(scene, sold).await
    }

    /// The host connects an account and sets a price.
    pub async fn sells(scene: Scene, sold: Offer) -> Self {
        let account = Self::begin(&scene).await;
        scene.stripe.books().finish(&account);
        scene.stripe.pass(&scene.server, 2_000);
        scene.host.get("/earnings/payouts/back").await;
        set(&scene.host, scene.room, Some(sold)).await.json::<()>();
        Self { scene, account }
    }

    /// The same before the host has connected anything, and without a price.
    pub async fn unconnected() -> Scene {
        let stripe = Processor::open().await;
        let server = Server::start_with(Self::layer(&stripe)).await;
        let host = server.browser();
        sign_up(&host, ANA, BEARS).await.json::<()>();
        Self::scene(stripe, server, host).await
    }

    /// The settings of a server on which hosts take the money themselves.
    pub fn layer(stripe: &Processor) -> Layer {
        let layer = Layer {
            stripe_connect: Some(true),
            sellers: vec!["members".to_owned()],
            payments_fee: Some(100),
            ..Layer::default()
        };
        layer.over(stripe.settings())
    }

    pub async fn scene(stripe: Processor, server: Server, host: Browser) -> Scene {
        stripe.looked_back(&server).await;
        let room = host.create(false).await;
        let bo = server.browser();
        Scene { server, stripe, host, room, bo }
    }

    /// Something happens while the server is away, which starts again after so long.
    pub async fn away(mut scene: Scene, millis: i64, meanwhile: impl FnOnce(&Processor)) -> Scene {
        scene.server.stopped().await;
        meanwhile(&scene.stripe);
        scene.stripe.books().set_time(scene.server.world.now().0 + millis);
        let layer = Layer { operators: vec![ANA.to_owned()], ..Self::layer(&scene.stripe) };
        let server = scene.server.again_with(layer, millis).await;
        let again = |browser: &Browser| {
            let own = server.browser();
            own.set_cookie(browser.cookie());
            own
        };
        let (host, bo) = (again(&scene.host), again(&scene.bo));
        Scene { server, host, bo, ..scene }
    }

    /// The host is led to Stripe's questions; the name of the account.
    pub async fn begin(scene: &Scene) -> String {
        let page = leads_to(&scene.host.submit("/earnings/payouts", &[]).await);
        let (_, rest) = page.split_once("/setup/").expect("it leads to the questions");
        rest.split_once('/').expect("a link is of an account").0.to_owned()
    }

    /// Somebody agrees in the room; the name of the checkout to which they are led.
    pub async fn depart(scene: &Scene, browser: &Browser) -> String {
        let led = agree(browser, scene.room, &terms(browser, scene.room).await).await;
        scene.stripe.checkout_at(&leads_to(&led))
    }
}

impl Books {
    /// Somebody answers all that Stripe asks about an account; what is told of it.
    pub fn finish(&mut self, account: &str) -> Value {
        self.set_account(account, (true, true), None)
    }

    /// Stripe changes its mind about an account; what is told of it.
    pub fn set_account(
        &mut self,
        account: &str,
        (charges, details): (bool, bool),
        reason: Option<&str>,
    ) -> Value {
        let found = self.accounts.get_mut(account).expect("there is such an account");
        found["charges_enabled"] = json!(charges);
        found["details_submitted"] = json!(details);
        found["requirements"] = json!({ "disabled_reason": reason, "currently_due": [] });
        let told = found.clone();
        self.event_at(account, "account.updated", &told)
    }

    /// How an account answers that lets nobody in, or that is not there.
    pub(crate) fn shut_out(&self, account: Option<&str>) -> Option<StatusCode> {
        let account = account?;
        let is_unknown = !self.accounts.contains_key(account);
        self.shut.get(account).copied().or(is_unknown.then_some(StatusCode::FORBIDDEN))
    }

    /// A day passes.
    pub fn forget_keys(&mut self) {
        self.keys.clear();
    }

    /// Something that happened at an account.
    pub fn event_at(&mut self, account: &str, kind: &str, object: &Value) -> Value {
        let mut event = self.event(kind, object);
        event["account"] = json!(account);
        self.events.last_mut().expect("it was told").clone_from(&event);
        event
    }

    /// What an account has in the end, or the operator.
    pub fn balance(&self, account: Option<&str>) -> i64 {
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        let is_of = |thing: &&Value| thing["account"] == json!(account);
        let taken: i64 = self.intents.values().filter(is_of).map(|it| number(&it["amount_received"])).sum();
        let has_arrived = |refund: &&Value| is_alive(refund);
        let back = self.refunds.iter().filter(is_of).filter(has_arrived);
        let back: i64 = back.map(|refund| number(&refund["amount"])).sum();
        let at_banks = self.at_banks(account);
        let shares = self.fees.values().filter(|fee| account.is_none() || fee["charged"] == json!(account));
        let shares: i64 = shares.map(|fee| number(&fee["amount"]) - number(&fee["amount_refunded"])).sum();
        taken - back - at_banks + if account.is_none() { shares } else { -shares }
    }

    /// What banks have taken of it back.
    pub fn at_banks(&self, account: Option<&str>) -> i64 {
        let of =
            self.withdrawn.iter().filter(|(intent, _)| self.intents[*intent]["account"] == json!(account));
        of.map(|(_, amount)| amount).sum()
    }

    /// A bank takes money away while it is disputed, and for good if that is lost.
    pub(crate) fn withdraw(&mut self, dispute: &Value) {
        let status = dispute["status"].as_str().expect("a text");
        let intent = dispute["payment_intent"].as_str().expect("a text").to_owned();
        if status == "won" {
            self.withdrawn.remove(&intent);
        } else if !status.starts_with("warning_") {
            self.withdrawn.insert(intent, dispute["amount"].as_i64().expect("a number"));
        }
    }

    /// The share that a checkout names, if it may.
    pub(crate) fn check_share(
        &self,
        account: Option<&str>,
        fee: Option<&String>,
        amount: i64,
    ) -> Result<Option<i64>, &'static str> {
        if let Some(account) = account
            && self.accounts[account]["charges_enabled"] != json!(true)
        {
            return Err("Your account cannot currently make live charges.");
        }
        let Some(fee) = fee else { return Ok(None) };
        let fee: i64 = fee.parse().expect("a number");
        if account.is_none() || fee <= 0 || fee >= amount {
            return Err(
                "The application_fee_amount must be positive and less than the amount of the charge.",
            );
        }
        Ok(Some(fee))
    }

    /// Moves the operator's share of what was taken just now; the movement as it stands then.
    pub(crate) fn shared(&mut self, intent: &str) -> Value {
        let id = self.draw("fee");
        let moved = self.intents.get_mut(intent).expect("there is one");
        let fee = moved["application_fee_amount"].as_i64().unwrap_or(0);
        let taken = moved["amount_received"].as_i64().expect("a number");
        if fee.min(taken) > 0 {
            moved["fee"] = json!(id);
            moved["shared"] = json!(fee.min(taken));
            let settled = moved["account"].as_str().and_then(|account| self.settles.get(account));
            let (currency, rate) =
                settled.map_or((moved["currency"].clone(), 100), |(currency, rate)| (json!(currency), *rate));
            let fee = json!({
                "id": id, "object": "application_fee", "charged": moved["account"], "currency": currency,
                "amount": fee.min(taken) * rate / 100, "amount_refunded": 0, "refunds": [],
            });
            let moved = moved.clone();
            self.fees.insert(id, fee);
            return moved;
        }
        moved.clone()
    }

    /// A movement of money with its charge, written out or not.
    pub(crate) fn with_charge(&self, intent: &Value, is_full: bool) -> Value {
        let mut intent = intent.clone();
        intent["latest_charge"] = match is_full {
            true => json!({
                "id": "ch_1", "object": "charge", "application_fee": intent["fee"],
                "application_fee_amount": intent["shared"],
            }),
            false => json!("ch_1"),
        };
        intent
    }

    /// What is asked of accounts and shares, all of it in the operator's own name.
    pub(crate) fn manage(
        &mut self,
        (base, account): (&str, Option<&str>),
        parts: &[&str],
        form: &Form,
    ) -> Result<Value, &'static str> {
        assert_eq!(account, None, "{parts:?} is asked in the operator's name");
        match parts {
            ["accounts"] => {
                assert_eq!(form["type"], "standard");
                let id = self.draw("acct");
                let opened = json!({
                    "id": id, "object": "account", "type": "standard", "charges_enabled": false,
                    "details_submitted": false, "metadata": { "merchant": form["metadata[merchant]"] },
                    "requirements": { "disabled_reason": "requirements.past_due" },
                });
                self.accounts.insert(id, opened.clone());
                Ok(opened)
            }
            ["account_links"] => {
                assert_eq!(
                    (&*form["type"], &form["refresh_url"]),
                    ("account_onboarding", &form["return_url"])
                );
                self.accounts.get(&form["account"]).ok_or("No such account.")?;
                let url = format!("{base}/setup/{}/{}", form["account"], self.draw("link"));
                Ok(json!({ "object": "account_link", "url": url, "expires_at": 0 }))
            }
            ["application_fees", fee, "refunds"] => {
                let id = self.draw("fr");
                let fee = self.fees.get_mut(*fee).ok_or("No such application fee.")?;
                let amount: i64 = form["amount"].parse().expect("a number");
                let back = fee["amount_refunded"].as_i64().expect("a number") + amount;
                if amount <= 0 || back > fee["amount"].as_i64().expect("a number") {
                    return Err("Refund amount is greater than unrefunded amount on application fee.");
                }
                fee["amount_refunded"] = json!(back);
                let mut refund = json!({
                    "id": id, "object": "fee_refund", "amount": amount,
                    "metadata": { "order": form["metadata[order]"], "payment": form["metadata[payment]"] },
                });
                if let Some(share) = form.get("metadata[share]") {
                    refund["metadata"]["share"] = json!(share);
                }
                fee["refunds"].as_array_mut().expect("a list").push(refund.clone());
                Ok(refund)
            }
            _ => Err("Unrecognized request URL."),
        }
    }

    /// The same, where nothing changes.
    pub(crate) fn read_managed(&self, account: Option<&str>, parts: &[&str], asked: &Form) -> Option<Value> {
        assert_eq!(account, None, "{parts:?} is asked in the operator's name");
        match parts {
            ["accounts", id] => self.accounts.get(*id).cloned(),
            ["application_fees", fee] => self.fees.get(*fee).cloned(),
            ["application_fees", fee, "refunds"] => {
                let fee = self.fees.get(*fee)?;
                let refunds = fee["refunds"].as_array().expect("a list");
                Some(page_of(refunds.iter().rev().cloned().collect(), asked))
            }
            _ => None,
        }
    }
}
