//! What every answer tells the browser about itself: what may run in the page, who may frame it, what
//! it may ask of the device, and how long it may be kept.
//!
//! Each page has a nonce of its own: only scripts that carry it run. It is drawn here, put into the
//! request for the renderer, and named in the policy of the answer.

use crate::stream::is_stream;
use app::papers::operator::OPERATOR;
use app::papers::{BALANCE, EARNINGS, EARNINGS_CSV, PAYMENTS};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use service::time::Ambient;
use std::sync::Arc;

/// The nonce of one page.
#[derive(Clone, Debug)]
pub struct PageNonce(pub Arc<str>);

/// The devices that our own pages may ask for, and nobody else.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
     screen-wake-lock=(self), autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()",
);

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// What the headers depend on.
#[derive(Clone)]
pub struct Headers {
    pub ambient: Arc<dyn Ambient>,
    /// Whether built files carry a hash of their contents in their names.
    pub hashed_names: bool,
}

/// Draws the page's nonce and writes the headers.
pub async fn write(State(setting): State<Headers>, mut request: Request, next: Next) -> Response {
    let nonce: Arc<str> = URL_SAFE_NO_PAD.encode(setting.ambient.draw().to_be_bytes()).into();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let keeping = setting.keeping(&path, &response);
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers.insert(CONTENT_SECURITY_POLICY, policy(&nonce));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keeping));
    if keeping.starts_with("public") {
        // A cache on the way must not hand the compressed twin of a file to somebody who cannot read it.
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

impl Headers {
    /// How long an answer may be kept.
    fn keeping(&self, path: &str, response: &Response) -> &'static str {
        // What leads on to another service counts once, and what is about money or holds tokens is nobody
        // else's.
        if path.starts_with("/auth/") || is_for_one_alone(path) {
            return "no-store";
        }
        let kind = response.headers().get(CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
            return "private, no-cache";
        }
        let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
        // What stands below a room's page is for its host alone, and a session for its program.
        if !is_file || path.starts_with("/api/") || path.starts_with("/r/") || is_stream(path) {
            return "no-store";
        }
        // Snippets keep their names when their contents change.
        let is_hashed = self.hashed_names && path.starts_with("/pkg/") && !path.starts_with("/pkg/snippets/");
        if is_hashed { "public, max-age=31536000, immutable" } else { "public, no-cache" }
    }
}

/// Whether an answer says what somebody paid, earned or sells, or shows tokens: for their eyes alone.
fn is_for_one_alone(path: &str) -> bool {
    let is_below =
        |start: &str| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let of_one = ["/minutes", "/policies", "/programs"];
    let is_of_one = path.starts_with("/r/") && of_one.into_iter().any(|end| path.ends_with(end));
    ["/sessions", "/purchases", OPERATOR, EARNINGS].into_iter().any(is_below)
        || [PAYMENTS, BALANCE, EARNINGS_CSV].contains(&path)
        || is_of_one
}

/// What may run and load. WASM needs its own word; tiles and meters set styles on elements.
fn policy(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; \
         worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("the policy and a base64 nonce are header text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::Machine;
    use axum::response::IntoResponse;

    #[test]
    fn only_what_never_changes_is_kept_for_ever() {
        let forever = "public, max-age=31536000, immutable";
        for (hashed_names, path, status, keeping) in [
            (true, "/pkg/anteroom.0a1b.js", 200, forever),
            (true, "/pkg/anteroom.0a1b.js", 304, forever),
            (true, "/pkg/anteroom.0a1b.js", 404, "no-store"),
            (true, "/pkg/snippets/x/inline0.js", 200, "public, no-cache"),
            (true, "/favicon.svg", 200, "public, no-cache"),
            (false, "/pkg/anteroom.js", 200, "public, no-cache"),
            (true, "/api/rooms/join", 200, "no-store"),
            (true, "/auth/openid", 200, "no-store"),
            (true, "/r/bcd-fghj-kmn/history.csv", 200, "no-store"),
            (true, "/whip/bcd-fghj-kmn", 201, "no-store"),
            (true, "/whep/bcd-fghj-kmn/0", 200, "no-store"),
            (true, "/earnings.csv", 200, "no-store"),
            (true, "/operator", 200, "no-store"),
            (true, "/operator/ledger/account", 200, "no-store"),
            (true, "/operators.svg", 200, "public, no-cache"),
            (true, "/sessions/1/evidence.json", 200, "no-store"),
            (true, "/purchases/1", 200, "no-store"),
            (true, "/earnings/packs", 200, "no-store"),
            (true, "/balance", 200, "no-store"),
            (true, "/r/bcd-fghj-kmn/minutes", 200, "no-store"),
            (true, "/r/bcd-fghj-kmn/programs", 200, "no-store"),
            (true, "/papers.css", 200, "public, no-cache"),
        ] {
            let headers = Headers { ambient: Arc::new(Machine), hashed_names };
            let status = StatusCode::from_u16(status).expect("the table holds statuses");
            assert_eq!(headers.keeping(path, &status.into_response()), keeping, "{path} {status}");
        }
    }
}
