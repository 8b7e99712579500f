//! Pages: readable at the first byte, strict about what they may do, and honest in their status.

use crate::harness::Server;
use http::{Method, Request, StatusCode};

#[tokio::test]
async fn the_first_page_is_there_without_script() {
    let server = Server::start().await;
    let answer = server.browser().get("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text().contains("</form>"), "{}", answer.text());
    assert_eq!(answer.header("set-cookie"), "", "looking at a page leaves nothing behind");
}

#[tokio::test]
async fn the_page_of_a_room_says_its_name() {
    let server = Server::start().await;
    let host = server.browser();
    let room = host.create(true).await;
    let answer = server.browser().get(&format!("/r/{room}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("Planning"));
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    for path in ["/r/bbb-bbbb-bbb", "/r/nonsense", "/nothing", "/pkg/nothing.js", "/..%2f..%2fetc%2fpasswd"] {
        let answer = server.browser().get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.text().contains("</main>"), "people get a page of ours: {path}");
    }
}

#[tokio::test]
async fn only_scripts_with_the_nonce_of_the_page_may_run() {
    let server = Server::start().await;
    for path in ["/", "/nothing"] {
        let first = server.browser().get(path).await;
        let nonce = nonce(first.header("content-security-policy"));
        let scripts = first.text().matches("<script").count();
        assert!(scripts > 0);
        assert_eq!(first.text().matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{}", first.text());
        let second = server.browser().get(path).await;
        assert!(!second.header("content-security-policy").contains(&nonce), "each page has its own");
    }
}

fn nonce(policy: &str) -> String {
    let (_, rest) = policy.split_once("'nonce-").expect("the policy names a nonce");
    rest.split('\'').next().expect("the nonce ends").to_owned()
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_be_strict() {
    let server = Server::start().await;
    for (path, keeping) in [
        ("/", "private, no-cache"),
        ("/nothing", "private, no-cache"),
        ("/favicon.svg", "public, no-cache"),
        ("/api/nothing", "no-store"),
        ("/signal", "no-store"),
    ] {
        let answer = server.browser().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), keeping, "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
        let devices = answer.header("permissions-policy");
        for device in ["camera=(self)", "microphone=(self)", "display-capture=(self)"] {
            assert!(devices.contains(device), "{path}: {devices}");
        }
    }
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can_read_it() {
    let server = Server::start().await;
    let browser = server.browser();
    let request = Request::builder().method(Method::HEAD).uri("/").header("accept-encoding", "gzip, br");
    let answer = browser.send(request, "".into()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-encoding"), "br");
    assert!(answer.header("vary").contains("accept-encoding"));
}
