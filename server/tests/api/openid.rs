//! Signing in with an OpenID provider: who gets in, and who does not, whatever the provider or anybody on the
//! way says.

use crate::accounts::{ANA, BEARS, sign_in as sign_in_by_password, visitor};
use crate::browser::{Answer, Browser};
use crate::harness::{START_MS, Server};
use crate::post::PostOffice;
use crate::provider::{Manner, Provider, Signing};
use http::{Request, StatusCode};
use protocol::account::problem_of;
use protocol::{AccountRefusal, AccountView, ErrorCode, HostedRoom};
use serde_json::{Value, json};
use server::config::Layer;

const MINUTE_MS: i64 = 60_000;

async fn start() -> (Server, Provider) {
    let provider = Provider::open().await;
    (Server::start_with(provider.settings()).await, provider)
}

/// The address that a form leads to.
async fn depart(browser: &Browser, next: &str) -> String {
    leads_to(&browser.submit("/auth/openid", &[("next", next)]).await)
}

async fn depart_to_link(browser: &Browser) -> String {
    leads_to(&browser.submit("/auth/openid/link", &[]).await)
}

/// The address in the page that leads on.
fn leads_to(page: &Answer) -> String {
    assert_eq!(page.status, StatusCode::OK, "{} {}", page.header("location"), page.text());
    assert_eq!(page.header("cache-control"), "no-store");
    let text = page.text();
    let start = text.find("0; url=").unwrap_or_else(|| panic!("{text}")) + "0; url=".len();
    let end = start + text[start..].find('"').expect("attributes end");
    text[start..end].replace("&amp;", "&")
}

/// The whole way, with a person who agrees.
async fn sign_in(browser: &Browser, provider: &Provider) -> Answer {
    let address = depart(browser, "/account").await;
    browser.get(&provider.agree(&address)).await
}

async fn link(browser: &Browser, provider: &Provider) -> Answer {
    let address = depart_to_link(browser).await;
    browser.get(&provider.agree(&address)).await
}

fn led_to(answer: &Answer, place: &str) {
    let seen = (answer.status, answer.header("location"));
    assert_eq!(seen, (StatusCode::SEE_OTHER, place), "{}", answer.text());
}

fn refused(answer: &Answer, refusal: AccountRefusal) {
    refused_with(answer, ErrorCode::Account(refusal));
}

fn refused_with(answer: &Answer, code: ErrorCode) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let (_, rest) = answer.header("location").split_once("?problem=").expect("a problem is told");
    assert_eq!(problem_of(rest.split('&').next().expect("a word")), Some(code), "{rest}");
}

async fn view(browser: &Browser) -> AccountView {
    browser.call("/api/accounts/view", &json!({})).await.json()
}

async fn sign_up(browser: &Browser, email: &str) {
    let fields = [("name", "Ana"), ("email", email), ("password", BEARS)];
    browser.submit("/api/accounts/sign-up", &fields).await.json::<()>();
}

async fn unlink(browser: &Browser) -> Answer {
    let identities = view(browser).await.identities;
    let identity = identities.first().expect("something is linked");
    let fields = [("issuer", identity.issuer.as_str()), ("subject", identity.subject.as_str())];
    browser.submit("/api/accounts/unlink", &fields).await
}

fn known(answer: &Answer) {
    answer.json::<()>();
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_has_an_account_and_the_same_one_again() {
    let (server, provider) = start().await;
    let (first, second) = (server.browser(), server.browser());
    let room = first.create(true).await;
    let before = first.cookie();
    led_to(&sign_in(&first, &provider).await, "/account");
    assert_ne!(first.cookie(), before, "nobody can have known the session beforehand");
    let seen = view(&first).await;
    assert_eq!((seen.name.as_str(), seen.email.map(String::from)), ("Ana", Some(ANA.to_owned())));
    assert!(seen.verified && !seen.has_password);
    let identity = &seen.identities[0];
    assert_eq!((identity.provider.as_str(), identity.subject.as_str()), ("Example ID", "ana-1"));
    assert_eq!((identity.issuer.as_str(), identity.label.as_deref()), (provider.issuer(), Some(ANA)));

    second.create(true).await;
    led_to(&sign_in(&second, &provider).await, "/account");
    let rooms: Vec<HostedRoom> = first.call("/api/rooms/hosted", &json!({})).await.json();
    assert_eq!(rooms.len(), 2, "what both browsers hosted is the account's");
    assert!(rooms.iter().any(|hosted| hosted.code == room));

    // Whoever is called something else at the provider is the same person there, and here.
    provider.claim("name", json!("Anna"));
    provider.claim("email", json!("anna@example.org"));
    led_to(&sign_in(&server.browser(), &provider).await, "/account");
    assert_eq!(view(&first).await.name.as_str(), "Ana");
}

#[tokio::test]
async fn people_land_where_they_were_going_and_nowhere_else() {
    let (server, provider) = start().await;
    for (next, place) in [
        ("/r/bcd-fghj-kmn?invite=0", "/r/bcd-fghj-kmn?invite=0"),
        ("", "/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test/", "/"),
        ("/\t/evil.test/", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let browser = server.browser();
        let address = depart(&browser, next).await;
        led_to(&browser.get(&provider.agree(&address)).await, place);
    }
    let browser = server.browser();
    let callback = provider.agree(&depart(&browser, "/account").await);
    let answer = browser.get(&format!("{callback}&next=//evil.test")).await;
    led_to(&answer, "/account");
}

#[tokio::test]
async fn a_callback_counts_once_and_for_ten_minutes_in_the_browser_that_left() {
    let (server, provider) = start().await;
    let (ana, eve) = (server.browser(), server.browser());
    let callback = provider.agree(&depart(&ana, "/").await);
    let state = callback.split("state=").nth(1).expect("a state").to_owned();

    // Another browser, with or without an errand of its own.
    refused(&eve.get(&callback).await, AccountRefusal::ProviderExpired);
    depart(&eve, "/").await;
    refused(&eve.get(&callback).await, AccountRefusal::ProviderExpired);
    assert_eq!(visitor(&eve).await, None);

    // A wrong state, or none, ends nothing.
    for state in ["state=0", "state=", ""] {
        let answer = ana.get(&format!("/auth/openid/callback?code=code-1&{state}")).await;
        refused(&answer, AccountRefusal::ProviderExpired);
    }
    refused(&ana.get("/auth/openid/callback?state=a&state=b").await, AccountRefusal::ProviderExpired);
    assert_eq!(visitor(&ana).await, None);
    led_to(&ana.get(&callback).await, "/");

    // The second time, with the old code and with a new one.
    refused(&ana.get(&callback).await, AccountRefusal::ProviderExpired);
    let again = provider.agree(&depart(&eve, "/").await);
    let code = again.split(['=', '&']).nth(1).expect("a code");
    let answer = ana.get(&format!("/auth/openid/callback?code={code}&state={state}")).await;
    refused(&answer, AccountRefusal::ProviderExpired);

    let late = server.browser();
    let callback = provider.agree(&depart(&late, "/").await);
    server.world.pass(10 * MINUTE_MS);
    refused(&late.get(&callback).await, AccountRefusal::ProviderExpired);
    assert_eq!(visitor(&late).await, None);
}

#[tokio::test]
async fn a_code_that_another_browser_was_given_is_good_for_nothing() {
    let (server, provider) = start().await;
    let (ana, eve) = (server.browser(), server.browser());
    let of_ana = provider.agree(&depart(&ana, "/").await);
    let of_eve = provider.agree(&depart(&eve, "/").await);
    let state = |callback: &str| callback.split("state=").nth(1).expect("a state").to_owned();
    let code = of_eve.split(['=', '&']).nth(1).expect("a code").to_owned();
    let mixed = format!("/auth/openid/callback?code={code}&state={}", state(&of_ana));
    refused(&ana.get(&mixed).await, AccountRefusal::ProviderRefused);
    assert_eq!(visitor(&ana).await, None);
}

#[tokio::test]
async fn another_site_cannot_send_anybody_to_the_provider() {
    let (server, provider) = start().await;
    let browser = server.browser();
    led_to(&sign_in(&browser, &provider).await, "/account");
    for path in ["/auth/openid", "/auth/openid/link"] {
        let request = Request::post(path).header("sec-fetch-site", "cross-site");
        let answer =
            browser.send(request.header("content-type", "application/x-www-form-urlencoded"), "".into());
        assert_eq!(answer.await.refusal(), ErrorCode::ForeignOrigin, "{path}");
        assert_eq!(browser.get(path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    // Whoever is not signed in has nothing to link.
    led_to(&server.browser().submit("/auth/openid/link", &[]).await, "/sign-in?next=/account");
}

#[tokio::test]
async fn a_word_that_does_not_hold_signs_nobody_in() {
    let (server, provider) = start().await;
    let now = START_MS / 1_000;
    let lies: [(&str, Value); 17] = [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("aud", json!("another client")),
        ("aud", json!(["another client"])),
        ("aud", json!(["anteroom", "another client"])),
        ("aud", Value::Null),
        ("azp", json!("another client")),
        ("iss", json!("https://evil.test")),
        ("iss", json!(format!("{}/", provider.issuer()))),
        ("iss", Value::Null),
        ("exp", json!(now - 61)),
        ("exp", Value::Null),
        ("iat", json!(now + 120)),
        ("iat", json!(now - 3_600)),
        ("nbf", json!(now + 120)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
    ];
    let mut believed = Vec::new();
    for (claim, value) in lies {
        provider.claim(claim, value.clone());
        let browser = server.browser();
        let answer = sign_in(&browser, &provider).await;
        if answer.header("location") != "/sign-in?problem=refused&next=%2Faccount" {
            believed.push(format!("{claim}: {value}: {}", answer.header("location")));
        }
        assert!(!believed.is_empty() || visitor(&browser).await.is_none(), "{claim}: {value}");
        provider.now().claims.clear();
    }
    assert!(believed.is_empty(), "{believed:#?}");
    for signing in [Signing::None, Signing::SharedSecret, Signing::PublicModulus, Signing::ForeignKey] {
        provider.now().signing = signing;
        let browser = server.browser();
        refused(&sign_in(&browser, &provider).await, AccountRefusal::ProviderRefused);
        assert_eq!(visitor(&browser).await, None, "{signing:?}");
    }
    provider.now().signing = Signing::Rs256;
    provider.claim("aud", json!(["anteroom", "another client"]));
    provider.claim("azp", json!("anteroom"));
    led_to(&sign_in(&server.browser(), &provider).await, "/account");
}

#[tokio::test]
async fn another_provider_cannot_answer_in_place_of_ours() {
    let (server, provider) = start().await;
    let browser = server.browser();
    let callback = provider.agree(&depart(&browser, "/").await);
    let mixed = browser.get(&format!("{callback}&iss=https%3A%2F%2Fevil.test")).await;
    refused(&mixed, AccountRefusal::ProviderRefused);
    let callback = provider.agree(&depart(&browser, "/").await);
    let issuer: String = form_urlencoded::byte_serialize(provider.issuer().as_bytes()).collect();
    led_to(&browser.get(&format!("{callback}&iss={issuer}")).await, "/");
}

#[tokio::test]
async fn what_the_person_or_the_provider_says_instead_of_a_code_is_told() {
    let (server, provider) = start().await;
    let browser = server.browser();
    for (error, refusal) in [
        ("access_denied", AccountRefusal::ProviderCancelled),
        ("temporarily_unavailable", AccountRefusal::ProviderUnreachable),
        ("login_required", AccountRefusal::ProviderRefused),
    ] {
        let callback = provider.agree(&depart(&browser, "/r/bcd-fghj-kmn").await);
        let state = callback.split("state=").nth(1).expect("a state");
        let answer = browser.get(&format!("/auth/openid/callback?error={error}&state={state}")).await;
        refused(&answer, refusal);
        assert!(answer.header("location").ends_with("&next=%2Fr%2Fbcd-fghj-kmn"), "the way is kept");
    }
    let page = browser.get("/sign-in?problem=cancelled").await;
    assert!(page.text().contains("You did not sign in at the other service."), "{}", page.text());
    assert!(page.text().contains("Sign in with Example ID"), "{}", page.text());
}

#[tokio::test]
async fn keys_that_the_provider_changed_are_asked_for_again_and_only_then() {
    let (server, provider) = start().await;
    for _ in 0..3 {
        led_to(&sign_in(&server.browser(), &provider).await, "/account");
    }
    assert_eq!(provider.now().jwks_asked, 1);
    provider.now().keys = vec!["first", "second"];
    led_to(&sign_in(&server.browser(), &provider).await, "/account");
    provider.now().keys = vec!["second"];
    led_to(&sign_in(&server.browser(), &provider).await, "/account");
    assert_eq!(provider.now().jwks_asked, 2);
    // A key that was withdrawn is believed for an hour at most.
    server.world.pass(60 * MINUTE_MS);
    let now = START_MS / 1_000 + 3_600;
    provider.claim("iat", json!(now));
    provider.claim("exp", json!(now + 60));
    led_to(&sign_in(&server.browser(), &provider).await, "/account");
    assert_eq!(provider.now().jwks_asked, 3);
}

#[tokio::test]
async fn a_provider_that_hangs_or_talks_without_end_costs_a_moment_and_is_told() {
    let (server, provider) = start().await;
    let browser = server.browser();
    for manner in [Manner::Fails, Manner::Floods, Manner::Hangs] {
        provider.now().configuration = manner;
        let answer = browser.submit("/auth/openid", &[("next", "/account")]).await;
        refused(&answer, AccountRefusal::ProviderUnreachable);
    }
    provider.now().configuration = Manner::Good;
    for manner in [Manner::Fails, Manner::Floods] {
        provider.now().jwks = manner;
        refused(&sign_in(&browser, &provider).await, AccountRefusal::ProviderUnreachable);
        provider.now().jwks = Manner::Good;
        provider.now().tokens = manner;
        refused(&sign_in(&browser, &provider).await, AccountRefusal::ProviderUnreachable);
        provider.now().tokens = Manner::Good;
    }
    assert!(
        provider.flooded() > 0 && provider.flooded() < 32 << 20,
        "{} bytes were read",
        provider.flooded()
    );
    led_to(&sign_in(&browser, &provider).await, "/account");
}

#[tokio::test]
async fn a_server_starts_and_lets_people_in_while_its_provider_is_away() {
    let provider = Provider::open().await;
    let settings = provider.settings();
    drop(provider);
    let server = Server::start_with(settings).await;
    let browser = server.browser();
    refused(&browser.submit("/auth/openid", &[]).await, AccountRefusal::ProviderUnreachable);
    sign_up(&browser, ANA).await;
    assert_eq!(visitor(&browser).await.as_deref(), Some("Ana"));
}

#[tokio::test]
async fn an_account_with_the_same_address_is_not_handed_over() {
    let (server, provider) = start().await;
    let (ana, eve) = (server.browser(), server.browser());
    // No mail here, so nobody knows whether this address is Ana's.
    sign_up(&ana, ANA).await;
    refused(&sign_in(&eve, &provider).await, AccountRefusal::LinkFirst);
    assert_eq!((visitor(&eve).await, view(&ana).await.identities.len()), (None, 0));
    let page = eve.get("/sign-in?problem=link-first").await;
    assert!(page.text().contains("Sign in as you did before"), "{}", page.text());

    // The owner links it, and from then on it opens the account.
    led_to(&link(&ana, &provider).await, "/account?done=linked");
    led_to(&link(&ana, &provider).await, "/account?done=linked");
    assert_eq!(view(&ana).await.identities.len(), 1);
    led_to(&sign_in(&eve, &provider).await, "/account");
    assert_eq!(visitor(&eve).await.as_deref(), Some("Ana"));
}

async fn server_with_mail() -> (Server, Provider, PostOffice) {
    let (provider, office) = (Provider::open().await, PostOffice::open().await);
    let layer = Layer {
        mail_url: Some(format!("smtp://{}", office.addr)),
        mail_from: Some("Anteroom <anteroom@example.org>".to_owned()),
        ..provider.settings()
    };
    (Server::start_with(layer).await, provider, office)
}

#[tokio::test]
async fn an_address_links_only_where_both_sides_vouch_for_it() {
    let (server, provider, mut office) = server_with_mail().await;
    let ana = server.browser();
    let fields = [("name", "Ana"), ("email", ANA), ("password", BEARS)];
    ana.submit("/api/accounts/sign-up", &fields).await.json::<()>();
    let token = office.next().await.token("/verify/");
    ana.submit("/api/accounts/confirm", &[("token", &token), ("password", BEARS)]).await.json::<()>();
    let eve = server.browser();
    for unverified in [json!(false), Value::Null, json!(1), json!("no")] {
        provider.claim("email_verified", unverified);
        refused(&sign_in(&eve, &provider).await, AccountRefusal::LinkFirst);
        assert_eq!(visitor(&eve).await, None);
    }
    provider.claim("email_verified", json!(true));
    led_to(&sign_in(&eve, &provider).await, "/account");
    assert_eq!(view(&ana).await.identities.len(), 1, "now both know that the address is hers");
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_is_not_kept() {
    let (server, provider) = start().await;
    provider.claim("email_verified", json!(false));
    let ana = server.browser();
    led_to(&sign_in(&ana, &provider).await, "/account");
    let seen = view(&ana).await;
    assert_eq!((seen.email, seen.verified), (None, false));
    sign_up(&server.browser(), ANA).await;
    let page = ana.get("/account").await;
    assert!(!page.text().contains("Set a password"), "a password is asked for beside an address");
}

#[tokio::test]
async fn what_the_token_does_not_say_is_asked_for_and_must_be_about_the_same_person() {
    let (server, provider) = start().await;
    for claim in ["name", "email", "email_verified"] {
        provider.claim(claim, Value::Null);
    }
    provider.now().userinfo.insert("sub", json!("somebody else"));
    refused(&sign_in(&server.browser(), &provider).await, AccountRefusal::ProviderRefused);
    provider.now().userinfo =
        [("email", json!(ANA)), ("email_verified", json!("true")), ("nickname", json!("x".repeat(200)))]
            .into();
    let ana = server.browser();
    led_to(&sign_in(&ana, &provider).await, "/account");
    let seen = view(&ana).await;
    assert_eq!(
        (seen.name.as_str(), seen.email.map(String::from)),
        ("x".repeat(60).as_str(), Some(ANA.to_owned()))
    );
    assert!(seen.verified);

    provider.now().userinfo.clear();
    provider.claim("sub", json!("nameless"));
    provider.now().userinfo.insert("sub", json!("nameless"));
    let nobody = server.browser();
    led_to(&sign_in(&nobody, &provider).await, "/account");
    assert_eq!(visitor(&nobody).await.as_deref(), Some("Somebody"));
}

#[tokio::test]
async fn the_last_way_in_cannot_be_unlinked() {
    let (server, provider, mut office) = server_with_mail().await;
    let ana = server.browser();
    led_to(&sign_in(&ana, &provider).await, "/account");
    assert_eq!(unlink(&ana).await.refusal(), ErrorCode::Account(AccountRefusal::LastWayIn));

    // A password by mail, as for everybody else, and then it may go.
    known(&ana.submit("/api/accounts/request-reset", &[("email", ANA)]).await);
    let token = office.next().await.token("/reset/");
    known(&ana.submit("/api/accounts/reset", &[("token", &token), ("password", BEARS)]).await);
    known(&sign_in_by_password(&ana, ANA, BEARS).await);
    assert_eq!(view(&ana).await.identities.len(), 1, "the address was known to be hers");
    let eve = server.browser();
    provider.claim("sub", json!("eve"));
    provider.claim("email", json!("eve@example.org"));
    led_to(&sign_in(&eve, &provider).await, "/account");
    let of_ana = view(&ana).await.identities;
    let fields = [("issuer", of_ana[0].issuer.as_str()), ("subject", of_ana[0].subject.as_str())];
    known(&eve.submit("/api/accounts/unlink", &fields).await);
    assert_eq!(view(&ana).await.identities, of_ana, "nobody else takes it away");
    let answer = unlink(&ana).await;
    assert_eq!(answer.header("location"), "/account?done=unlinked");
    assert_eq!(view(&ana).await.identities.len(), 0);
}

#[tokio::test]
async fn a_provider_that_is_gone_opens_nothing_and_can_be_forgotten() {
    let (mut server, provider) = start().await;
    let ana = server.browser();
    led_to(&sign_in(&ana, &provider).await, "/account");
    // The fresh login lets her set a password without an old one.
    known(&ana.submit("/api/accounts/change-password", &[("current", ""), ("new", BEARS)]).await);
    let cookie = ana.cookie();
    server.stopped().await;
    let origin = provider.settings().origin;
    let again = Server::start_in(server.folder.clone(), Layer { origin, ..Layer::default() }).await;
    let ana = again.browser();
    ana.set_cookie(cookie);
    assert_eq!(view(&ana).await.identities[0].provider, "127.0.0.1:".to_owned() + port_of(&provider));
    assert_eq!(again.browser().submit("/auth/openid", &[]).await.status, StatusCode::NOT_FOUND);
    known(&unlink(&ana).await);
    assert!(view(&ana).await.identities.is_empty());
}

fn port_of(provider: &Provider) -> &str {
    provider.issuer().rsplit(':').next().expect("a port")
}

#[tokio::test]
async fn somebody_elsewhere_is_one_person_here() {
    let (server, provider) = start().await;
    let (ana, bo) = (server.browser(), server.browser());
    led_to(&sign_in(&ana, &provider).await, "/account");
    sign_up(&bo, "bo@example.org").await;
    refused(&link(&bo, &provider).await, AccountRefusal::IdentityTaken);
    assert!(view(&bo).await.identities.is_empty());
    // Whoever signs in meanwhile is not linked to what another began.
    provider.claim("sub", json!("bo-1"));
    let callback = provider.agree(&depart_to_link(&bo).await);
    known(&sign_up_again(&bo).await);
    refused(&bo.get(&callback).await, AccountRefusal::NotSignedIn);
    assert!(view(&bo).await.identities.is_empty());
}

/// The same browser becomes somebody else, in another window.
async fn sign_up_again(browser: &Browser) -> Answer {
    let fields = [("name", "Cy"), ("email", "cy@example.org"), ("password", BEARS)];
    browser.submit("/api/accounts/sign-up", &fields).await
}

#[tokio::test]
async fn an_account_without_a_password_can_be_deleted_for_a_while_after_signing_in() {
    let (server, provider) = start().await;
    let ana = server.browser();
    led_to(&sign_in(&ana, &provider).await, "/account");
    server.world.pass(10 * MINUTE_MS + 1);
    let refusal = ana.submit("/api/accounts/delete", &[("password", "")]).await.refusal();
    assert_eq!(refusal, ErrorCode::Account(AccountRefusal::NotFresh));
    let now = START_MS / 1_000 + 600;
    provider.claim("iat", json!(now));
    provider.claim("exp", json!(now + 60));
    led_to(&sign_in(&ana, &provider).await, "/account");
    known(&ana.submit("/api/accounts/delete", &[("password", "")]).await);
    assert_eq!(visitor(&ana).await, None);
    led_to(&sign_in(&ana, &provider).await, "/account");
    assert_eq!(view(&ana).await.identities.len(), 1, "a new account, for the old one is gone");
}

#[tokio::test]
async fn pages_offer_the_provider_where_there_is_one() {
    let (server, _provider) = start().await;
    for path in ["/sign-in?next=/r/bcd-fghj-kmn", "/sign-up"] {
        let page = server.browser().get(path).await;
        let text = page.text();
        assert!(
            text.contains("action=\"/auth/openid\"") && text.contains("Sign in with Example ID"),
            "{text}"
        );
    }
    let plain = Server::start().await;
    let page = plain.browser().get("/sign-in").await;
    assert!(!page.text().contains("/auth/openid"), "{}", page.text());
    let page = server.browser().get("/sign-in?problem=%3Cb%3E").await;
    assert!(!page.text().contains("<b>"), "only what is known is told");
}
