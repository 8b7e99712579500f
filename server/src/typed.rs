//! What somebody typed into a form that was refused before the page was alive, or where no script runs.
//!
//! ```text
//! POST /api/…    ──refused──▶ back to the page of the form, with a cookie that holds what was typed
//! GET  that page ──cookie───▶ the fields as they were, and the cookie is gone
//! ```
//!
//! A cookie, because then it is kept by nobody but the person's own browser: not in the database, not in an
//! address that others log. Where a script runs the page never goes away, and none of this happens.
//!
//! Invariant: only what [`KEPT`] names, so never a password; for a minute, and for one page.
//! Not here: the forms. They ask `app::typed`.

use crate::refusal::refuse_as;
use app::api::error::is_plain_form;
use app::typed::{KEPT, Typed};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use protocol::ErrorCode;
use protocol::limits::REQUEST_BYTES;

/// The name of the cookie.
const NAME: &str = "anteroom-typed";
/// How long the browser keeps it at most, in seconds: as long as it takes to be led back.
const SECONDS: u32 = 60;
/// The longest value of one field, as it is written in the cookie: all that fits into any field of ours. A
/// browser takes 4096 bytes for a cookie.
const LONGEST: usize = 1_000;

/// Gives back what was typed. `secure` says whether cookies may be kept to HTTPS.
pub async fn carry(State(secure): State<bool>, mut request: Request, next: Next) -> Response {
    if request.method() == Method::GET {
        let Some(typed) = in_cookie(request.headers()) else { return next.run(request).await };
        request.extensions_mut().insert(typed);
        return set(next.run(request).await, "", 0, secure);
    }
    let (parts, body) = request.into_parts();
    if !is_plain_form(&parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Ok(bytes) = to_bytes(body, REQUEST_BYTES).await else {
        return refuse_as(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest);
    };
    let answer = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    keep(answer, &bytes, secure)
}

/// Hands back what was typed into a form with this body, if the answer refuses it.
pub fn keep(answer: Response, body: &[u8], secure: bool) -> Response {
    match in_form(body) {
        Some(typed) if was_refused(&answer) => set(answer, &typed, SECONDS, secure),
        Some(_) | None => answer,
    }
}

/// Whether a form is led back to its page, which says what was refused.
fn was_refused(answer: &Response) -> bool {
    let led = answer.headers().get(LOCATION).and_then(|led| led.to_str().ok());
    let query = led.and_then(|led| led.split_once('?')).map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "__err")
}

/// What is kept of a form, as the cookie holds it.
fn in_form(body: &[u8]) -> Option<String> {
    let fields = form_urlencoded::parse(body).filter(|(name, _)| KEPT.contains(&&**name));
    let fields = fields.map(|(name, value)| write(&name, &value)).filter(|field| field.len() <= LONGEST);
    let typed = fields.take(KEPT.len()).collect::<Vec<_>>().join("&");
    (!typed.is_empty()).then_some(typed)
}

fn write(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// What the cookie holds, if the browser sent one.
fn in_cookie(headers: &HeaderMap) -> Option<Typed> {
    let sent = headers.get_all(COOKIE).iter().filter_map(|sent| sent.to_str().ok());
    let mut pairs = sent.flat_map(|sent| sent.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == NAME)?;
    let fields = form_urlencoded::parse(value.as_bytes()).filter(|(name, _)| KEPT.contains(&&**name));
    Some(Typed(
        fields.take(KEPT.len()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
    ))
}

fn set(mut answer: Response, value: &str, seconds: u32, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let cookie = HeaderValue::try_from(cookie).expect("what is percent-encoded is plain text");
    answer.headers_mut().append(SET_COOKIE, cookie);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookie: &str) -> Option<Typed> {
        in_cookie(&HeaderMap::from_iter([(COOKIE, cookie.parse().expect("a header value"))]))
    }

    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        let kept = in_form("name=%C3%84nne+%3B%3D%26&email=a%40b&password=secret&token=f00".as_bytes());
        let kept = kept.expect("something is kept");
        assert!(!kept.contains("secret") && !kept.contains("f00") && !kept.contains(';'), "{kept}");
        let fields = [("name", "Änne ;=&"), ("email", "a@b")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sent(&format!("anteroom=x; {NAME}={kept}")), Some(Typed(fields.to_vec())));
    }

    #[test]
    fn what_nobody_typed_is_not_kept_and_not_believed() {
        assert_eq!(in_form(b"password=secret"), None);
        assert_eq!(in_form(format!("name={}", "x".repeat(LONGEST)).as_bytes()), None);
        assert_eq!(sent("anteroom=x"), None);
        assert_eq!(sent(&format!("{NAME}=password=secret")), Some(Typed(Vec::new())));
    }
}
