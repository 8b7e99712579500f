//! Who a browser is, and what becomes of a cookie that lies.

use crate::browser::Browser;
use crate::harness::Server;
use protocol::HostedRoom;
use serde_json::json;
use server::config::Layer;

async fn hosted(browser: &Browser) -> usize {
    browser.call("/api/rooms/hosted", &json!({})).await.json::<Vec<HostedRoom>>().len()
}

#[tokio::test]
async fn a_browser_is_known_by_its_cookie_alone() {
    let server = Server::start().await;
    let (host, other) = (server.browser(), server.browser());
    host.create(true).await;
    assert_eq!((hosted(&host).await, hosted(&other).await), (1, 0));
    other.set_cookie(host.cookie());
    assert_eq!(hosted(&other).await, 1);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let server = Server::start().await;
    let answer = server.browser().call("/api/rooms/join", &json!({ "request": null })).await;
    assert_eq!(answer.header("set-cookie"), "", "a refused request makes nobody known");
    for (origin, secure) in [(None, false), (Some("https://meet.example.org"), true)] {
        let origin = origin.into_iter().map(|origin| origin.parse().expect("an origin")).collect();
        let server = Server::start_with(Layer { origin, ..Layer::default() }).await;
        let request = http::Request::post("/api/rooms/create").header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = server.browser().send(request, "".into()).await;
        let cookie = answer.header("set-cookie");
        let parts: Vec<_> = cookie.split("; ").collect();
        assert!(cookie.starts_with("anteroom="), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=5184000"] {
            assert!(parts.contains(&part), "{cookie}");
        }
        assert_eq!(parts.contains(&"Secure"), secure, "{cookie}");
    }
}

#[tokio::test]
async fn an_altered_cookie_is_nobodys() {
    let server = Server::start().await;
    let host = server.browser();
    host.create(true).await;
    let cookie = host.cookie().expect("the host is known");
    // The first 44 characters of the value are its signature, the rest is the session.
    let (signature, session) = cookie["anteroom=".len()..].split_at(44);
    let altered = |text: &str, at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).expect("still text")
    };
    assert_eq!(hosted(&host).await, 1, "the cookie is good as it is");
    for lie in [
        format!("anteroom={}{session}", altered(signature, 3)),
        format!("anteroom={signature}{}", altered(session, 3)),
        format!("anteroom={session}"),
        "anteroom=".to_owned(),
        format!("anteroom={}", "x".repeat(4_000)),
    ] {
        let browser = server.browser();
        browser.set_cookie(Some(lie.clone()));
        assert_eq!(hosted(&browser).await, 0, "{lie}");
    }
}

#[tokio::test]
async fn the_database_holds_nothing_that_opens_a_session() {
    let mut server = Server::start().await;
    let host = server.browser();
    host.create(true).await;
    let cookie = host.cookie().expect("the host is known");
    let session = cookie[cookie.len() - 22..].to_owned();
    server.stopped().await;
    let database = server.folder.stolen().await;
    let holds = |text: &[u8]| database.windows(text.len()).any(|window| window == text);
    assert!(holds(b"Planning"), "this is the database");
    assert!(!holds(session.as_bytes()));
}

#[tokio::test]
async fn a_login_outlives_a_restart_and_ends_after_long_silence() {
    let mut server = Server::start().await;
    let host = server.browser();
    host.create(true).await;
    let cookie = host.cookie();
    server.stopped().await;
    let again = Server::start_in(server.folder.clone(), Layer::default()).await;
    let host = again.browser();
    host.set_cookie(cookie);
    assert_eq!(hosted(&host).await, 1);
    // Expiry is counted by the machine's clock, which is far ahead of the tests' own.
    again.world.pass(20 * 365 * 24 * 3_600 * 1_000);
    assert_eq!(hosted(&host).await, 0);
}

#[tokio::test]
async fn a_visit_prolongs_the_login_once_a_day() {
    let server = Server::start().await;
    let host = server.browser();
    host.create(true).await;
    let renewed = async || host.get("/").await.header("set-cookie").starts_with("anteroom=");
    assert!(renewed().await, "the first visit is noted");
    assert!(!renewed().await, "the second on the same day is not");
    server.world.pass(24 * 3_600 * 1_000);
    assert!(renewed().await);
}

#[tokio::test]
async fn a_session_that_is_gone_is_not_made_anew_by_a_visit() {
    let server = Server::start().await;
    let host = server.browser();
    host.create(true).await;
    server.world.pass(20 * 365 * 24 * 3_600 * 1_000);
    let answer = host.get("/").await;
    assert!(!answer.header("set-cookie").contains("Max-Age=5184000"), "{}", answer.header("set-cookie"));
}
