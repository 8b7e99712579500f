//! The answer to a request that goes no further.
//!
//! | who asked | gets |
//! |---|---|
//! | a script | the error that a server function would give, with the HTTP status that goes with its code |
//! | a person, by the form of a server function | is led back to that page, which says why |
//! | a person, otherwise | a page that says why |
//!
//! Invariant: people are led to pages of ours only.

use app::api::ApiError;
use app::api::accounts::{OPENID_LINK, OPENID_SIGN_IN};
use app::api::error::is_plain_form;
use app::caller::ours_or_home;
use app::turned_away;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use form_urlencoded::{Serializer, parse};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderName, LOCATION, REFERER, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use leptos::server_fn::error::ServerFnUrlError;
use protocol::ErrorCode;
use protocol::account::word_of;

/// Refuses a request before it reaches a server function.
pub fn refuse(code: ErrorCode) -> Response {
    refuse_as(status_of(code), code)
}

/// The same with another status, where HTTP has a more exact one.
pub fn refuse_as(status: StatusCode, code: ErrorCode) -> Response {
    may_return((status, Json(ApiError::refused(code))).into_response(), code)
}

/// Refuses a request that somebody may have made by going somewhere: to a person a bare code says nothing.
pub fn refuse_visit(parts: &Parts, code: ErrorCode) -> Response {
    if !text(&parts.headers, ACCEPT).contains("text/html") {
        return refuse(code);
    }
    if is_plain_form(parts)
        && let Some(page) = page_of_form(parts, code)
        && let Ok(page) = HeaderValue::try_from(page)
    {
        return (StatusCode::FOUND, [(LOCATION, page)]).into_response();
    }
    let asked = parts.uri.path_and_query().map(|asked| ours_or_home(asked.as_str()));
    turned_away(parts, code, asked.filter(|_| parts.method == Method::GET))
}

/// The same of a form that is no server function's: no page reads in its address what became of it.
pub fn refuse_form(parts: &Parts, code: ErrorCode) -> Response {
    if !text(&parts.headers, ACCEPT).contains("text/html") {
        return refuse(code);
    }
    let from = text(&parts.headers, REFERER).parse::<http::Uri>().ok();
    let from = from.as_ref().and_then(|from| from.path_and_query()).map(|from| ours_or_home(from.as_str()));
    turned_away(parts, code, from)
}

fn turned_away(parts: &Parts, code: ErrorCode, again: Option<&str>) -> Response {
    let page = turned_away::page(preferred(&parts.headers), code, again);
    may_return((status_of(code), Html(page)).into_response(), code)
}

/// Where a form leads back to: its own page, which reads in its address what was refused.
fn page_of_form(parts: &Parts, code: ErrorCode) -> Option<String> {
    let path = parts.uri.path();
    let mut from = text(&parts.headers, REFERER).to_owned();
    if let OPENID_SIGN_IN | OPENID_LINK = path {
        return Some(page_of_visit(&from, path, code));
    }
    ServerFnUrlError::<ApiError>::strip_error_info(&mut from);
    let led = ServerFnUrlError::new(path, ApiError::refused(code)).to_url(&from).ok()?;
    let page = format!("{}?{}", led.path(), led.query().unwrap_or_default());
    (ours_or_home(led.path()) == led.path()).then_some(page)
}

/// The same for the way to a provider, which begins on two pages that know what `problem` means.
fn page_of_visit(from: &str, path: &str, code: ErrorCode) -> String {
    let page = if path == OPENID_LINK { "/account" } else { "/sign-in" };
    let query = from.split_once('?').map_or("", |(_, query)| query);
    let next = parse(query.as_bytes()).filter(|(name, _)| name == "next");
    let query =
        Serializer::new(String::new()).append_pair("problem", word_of(code)).extend_pairs(next).finish();
    format!("{page}?{query}")
}

fn status_of(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).expect("every code names a status between 400 and 599")
}

/// Says when to come again, if that helps.
fn may_return(mut response: Response, code: ErrorCode) -> Response {
    if let Some(seconds) = code.retry_seconds() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The languages that a browser prefers, as it says it (RFC 9110, section 12.5.4).
pub fn preferred(headers: &HeaderMap) -> &str {
    text(headers, ACCEPT_LANGUAGE)
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(path: &str, referer: &str) -> (StatusCode, String) {
        let request = http::Request::post(path).header(ACCEPT, "text/html").header(REFERER, referer);
        let (parts, ()) = request.body(()).expect("a sound request").into_parts();
        let response = refuse_visit(&parts, ErrorCode::TooManyRequests);
        (response.status(), text(response.headers(), LOCATION).to_owned())
    }

    #[test]
    fn a_form_leads_back_to_its_page_and_never_elsewhere() {
        let again = led("/api/rooms/create", "https://meet.test/?__path=/api/rooms/create&__err=x&a=1");
        assert_eq!(again.0, StatusCode::FOUND);
        assert!(again.1.starts_with("/?a=1&__path=%2Fapi%2Frooms%2Fcreate&__err="), "{}", again.1);
        assert_eq!(again.1.matches("__err").count(), 1, "{}", again.1);
        for stray in ["", "nonsense", "/sign-in", "https://meet.test//evil.test/", "data:text/html,x"] {
            assert_eq!(led("/api/rooms/create", stray), (StatusCode::TOO_MANY_REQUESTS, String::new()));
        }
        let (_, page) = led("/auth/openid", "https://meet.test/sign-in?next=%2Faccount&problem=expired");
        assert_eq!(page, "/sign-in?problem=too-often&next=%2Faccount");
        assert_eq!(led("/auth/openid/link", "").1, "/account?problem=too-often");
    }
}
