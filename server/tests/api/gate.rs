//! What is refused before anybody looks at it: foreign, too long, too often.

use crate::browser::{Answer, Browser};
use crate::harness::Server;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use protocol::ErrorCode;
use protocol::limits::REQUEST_BYTES;
use serde_json::json;
use server::config::Layer;

async fn post(browser: &Browser, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/api/rooms/hosted").header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request, "{}".into()).await
}

#[tokio::test]
async fn only_our_own_pages_may_change_anything() {
    let server = Server::start().await;
    let browser = server.browser();
    let own = format!("http://{}", server.addr);
    for (headers, allowed) in [
        ([].as_slice(), false),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site"), ("origin", &own)], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("origin", &own)], true),
    ] {
        let answer = post(&browser, headers).await;
        if allowed {
            assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
        } else {
            assert_eq!(answer.refusal(), ErrorCode::ForeignOrigin, "{headers:?}");
        }
    }
}

#[tokio::test]
async fn no_method_goes_round_the_gate() {
    let server = Server::start().await;
    let browser = server.browser();
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        for path in ["/", "/api/rooms/create", "/signal", "/favicon.svg"] {
            let answer = browser.send(Request::builder().method(method.clone()).uri(path), "".into()).await;
            assert_eq!(answer.refusal(), ErrorCode::ForeignOrigin, "{method} {path}");
        }
    }
    let answer = browser.get("/api/rooms/create").await;
    assert!(answer.status.is_client_error(), "a server function is no page: {}", answer.status);
    assert_eq!(browser.cookie(), None);
}

#[tokio::test]
async fn with_a_named_origin_only_that_one_counts() {
    let origin = vec!["https://meet.example.org".parse().expect("an origin")];
    let server = Server::start_with(Layer { origin, ..Layer::default() }).await;
    let browser = server.browser();
    let own = format!("http://{}", server.addr);
    assert_eq!(post(&browser, &[("origin", "https://meet.example.org")]).await.status, StatusCode::OK);
    assert_eq!(post(&browser, &[("origin", &own)]).await.refusal(), ErrorCode::ForeignOrigin);
}

#[tokio::test]
async fn a_long_body_is_refused_and_the_server_lives_on() {
    let server = Server::start().await;
    let browser = server.browser();
    let body = vec![b'x'; REQUEST_BYTES + 1];
    let request = Request::post("/api/rooms/join")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/json");
    let answer = browser.send(request, body.into()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.text(), r#"{"code":"bad_request"}"#);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn arguments_that_do_not_parse_are_refused() {
    let server = Server::start().await;
    let browser = server.browser();
    for arguments in [json!(null), json!({}), json!({"room": 7}), json!({"room": "no code"}), json!([[[]]])] {
        let answer = browser.call("/api/rooms/entry", &arguments).await;
        assert_eq!(answer.refusal(), ErrorCode::BadRequest, "{arguments}");
    }
}

#[tokio::test]
async fn an_unknown_server_function_is_not_found() {
    let server = Server::start().await;
    let answer = server.browser().call("/api/rooms/nothing", &json!({})).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/json");
}

/// A server that believes what this machine says of its callers, so that tests can be many.
pub async fn behind_a_proxy() -> Server {
    let trusted_proxy = vec!["127.0.0.1".parse().expect("a network")];
    Server::start_with(Layer { trusted_proxy, ..Layer::default() }).await
}

async fn call_from(browser: &Browser, address: &str, path: &str, body: String) -> StatusCode {
    let request = Request::post(path)
        .header("x-forwarded-for", address)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/json");
    browser.send(request, body.into()).await.status
}

#[tokio::test]
async fn guessing_room_codes_ends_soon_and_for_the_guesser_alone() {
    let server = behind_a_proxy().await;
    let host = server.browser();
    let room = host.create(true).await;
    let (browser, path) = (server.browser(), "/api/rooms/entry");
    let guess = json!({ "room": "bbb-bbbb-bbb" }).to_string();
    let known = json!({ "room": room }).to_string();
    let mut misses = 0;
    while call_from(&browser, "2001:db8::1", path, guess.clone()).await == StatusCode::NOT_FOUND {
        misses += 1;
        assert!(misses < 100, "somebody guesses without end");
    }
    assert!(misses >= 10, "a typing mistake is forgiven");
    let neighbour = call_from(&browser, "2001:db8::2", path, known.clone()).await;
    assert_eq!(neighbour, StatusCode::TOO_MANY_REQUESTS, "one customer has a whole /64");
    assert_eq!(call_from(&browser, "2001:db8:0:1::1", path, known).await, StatusCode::OK);
}

#[tokio::test]
async fn a_guess_is_a_guess_whatever_is_asked_of_the_room() {
    let server = behind_a_proxy().await;
    let browser = server.browser();
    browser.create(true).await;
    let seat = json!({ "room": "bbb-bbbb-bbb", "key": "0".repeat(32) });
    let errand = json!({ "room": "bbb-bbbb-bbb", "errand": protocol::Errand::End });
    let room = json!({ "room": "bbb-bbbb-bbb" });
    let asks = [
        ("settings", room.clone()),
        ("history", room),
        ("errand", errand),
        ("reconnect", json!({ "seat": seat })),
        ("leave", json!({ "seat": seat })),
        ("act", json!({ "seat": seat, "deed": protocol::Deed::AdmitAll })),
        ("say", json!({ "seat": seat, "id": "0".repeat(32), "text": "hello" })),
    ];
    for (nth, (name, arguments)) in asks.into_iter().enumerate() {
        let (path, address) = (format!("/api/rooms/{name}"), format!("192.0.2.{nth}"));
        let mut misses = 0;
        loop {
            match call_from(&browser, &address, &path, arguments.to_string()).await {
                StatusCode::NOT_FOUND => misses += 1,
                status => {
                    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{name}");
                    break;
                }
            }
            assert!(misses < 100, "somebody guesses without end by {name}");
        }
        assert!(misses >= 10, "a typing mistake is forgiven: {name}");
    }
}

#[tokio::test]
async fn pages_of_unknown_rooms_count_as_guesses() {
    let server = behind_a_proxy().await;
    let browser = server.browser();
    let look =
        || browser.send(Request::get("/r/bbb-bbbb-bbb").header("x-forwarded-for", "192.0.2.1"), "".into());
    for _ in 0..100 {
        if look().await.status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("somebody guesses without end");
}

#[tokio::test]
async fn calling_too_often_is_refused() {
    let server = behind_a_proxy().await;
    let browser = server.browser();
    for _ in 0..1_000 {
        if call_from(&browser, "192.0.2.1", "/api/rooms/hosted", "{}".into()).await
            == StatusCode::TOO_MANY_REQUESTS
        {
            return;
        }
    }
    panic!("somebody calls without end");
}
