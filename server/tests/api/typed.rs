//! Forms that are refused where no script runs: the page says why, and nothing that was typed is lost.

use crate::accounts::BEARS;
use crate::browser::{Answer, Browser, form};
use crate::harness::Server;
use crate::mails::server_with_mail;
use http::{Request, StatusCode};

/// Sends a form as a browser does where no script runs.
pub async fn press(browser: &Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html,application/xhtml+xml")
        .header("referer", format!("http://{}{page}", browser.addr()));
    browser.send(request, form(fields).into()).await
}

/// The page to which a form leads back.
pub async fn led(browser: &Browser, server: &Server, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text());
    let back = answer.header("location");
    browser.get(back.strip_prefix(&format!("http://{}", server.addr)).unwrap_or(back)).await
}

#[tokio::test]
async fn what_was_typed_stands_in_the_form_again_but_for_passwords() {
    let (server, _office) = server_with_mail().await;
    let long = "Choir ".repeat(20);
    for (page, path, fields, said, shown) in [
        (
            "/sign-in?next=/account",
            "/api/accounts/sign-in",
            [("email", "bo@example.org"), ("password", BEARS), ("next", "/account")].as_slice(),
            "do not belong together",
            ["value=\"bo@example.org\"", "value=\"/account\""].as_slice(),
        ),
        (
            "/sign-up",
            "/api/accounts/sign-up",
            &[("name", "Bo \"<b>; Lind"), ("email", "bo@example.org"), ("password", "bears")],
            "at least 10 characters",
            &["value=\"Bo &quot;", "; Lind\"", "value=\"bo@example.org\""],
        ),
        (
            "/forgot",
            "/api/accounts/request-reset",
            &[("email", "bo at example.org")],
            "does not look like an e-mail address",
            &["value=\"bo at example.org\""],
        ),
        (
            "/",
            "/api/rooms/create",
            &[("name", &long)],
            "could not be understood",
            &[&format!("value=\"{long}\"")],
        ),
    ] {
        let browser = server.browser();
        let answer = press(&browser, page, path, fields).await;
        let kept =
            answer.headers.get_all("set-cookie").iter().map(|set| set.to_str().expect("cookies are text"));
        let kept: Vec<_> = kept.filter(|set| set.starts_with("anteroom-typed=")).collect();
        let [kept] = *kept else { panic!("{path}: {kept:?}") };
        // This site is reached by HTTPS alone.
        assert!(kept.ends_with("; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"), "{path}: {kept}");
        let again = led(&browser, &server, &answer).await;
        assert!(again.text().contains(said), "{path}: {}", again.text());
        for shown in shown {
            assert!(again.text().contains(shown), "{path} shows {shown}: {}", again.text());
        }
        assert!(!again.text().contains("<b>;"), "{path}: what was typed is text");
        let secret =
            fields.iter().find(|(name, _)| *name == "password").map_or("nothing", |(_, value)| value);
        let (secret, written) = (format!("\"{secret}\""), form(&[("", secret)]));
        assert!(!again.text().contains(&secret) && !kept.contains(&written[1..]), "{path}: {kept}");
        // It is shown once.
        let later = browser.get(page).await;
        for field in fields.iter().filter(|(name, _)| *name != "next") {
            assert!(!later.text().contains(&format!("value=\"{}\"", field.1)), "{path}: {}", later.text());
        }
    }
}

#[tokio::test]
async fn a_box_that_was_not_ticked_stays_so() {
    let server = Server::start().await;
    let browser = server.browser();
    let long = "Choir ".repeat(20);
    let ticked = |page: &Answer| {
        let (_, rest) = page.text().split_once("id=\"new-room-waiting\"").expect("there is a box");
        rest.split('>').next().is_some_and(|input| input.contains(" checked"))
    };
    assert!(ticked(&browser.get("/").await));
    let answer = press(&browser, "/", "/api/rooms/create", &[("name", &long)]).await;
    assert!(!ticked(&led(&browser, &server, &answer).await));
    let answer =
        press(&browser, "/", "/api/rooms/create", &[("name", &long), ("waiting_room", "true")]).await;
    assert!(ticked(&led(&browser, &server, &answer).await));
}

#[tokio::test]
async fn nothing_is_kept_of_a_form_that_was_not_refused_or_of_a_living_page() {
    let server = Server::start().await;
    let fields = [("name", "Bo"), ("email", "bo@example.org"), ("password", BEARS)];
    let keeps = |answer: &Answer| {
        answer.headers.get_all("set-cookie").iter().any(|set| set.as_bytes().starts_with(b"anteroom-typed"))
    };
    let browser = server.browser();
    assert!(!keeps(&press(&browser, "/sign-up", "/api/accounts/sign-up", &fields).await));
    assert!(!keeps(&browser.submit("/api/accounts/sign-up", &fields).await));
    let wrong =
        press(&browser, "/reset/0", "/api/accounts/reset", &[("token", "0"), ("password", BEARS)]).await;
    assert!(!keeps(&wrong), "{:?}", wrong.headers);
}
