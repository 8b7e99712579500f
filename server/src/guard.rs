//! The gate before every request that could change something: is it from our own pages, is it small
//! enough, and is it not too often?
//!
//! | request | must have |
//! |---|---|
//! | GET, HEAD | nothing |
//! | anything else | `Sec-Fetch-Site: same-origin`, or without that header an `Origin` of ours |
//! | the call socket | an `Origin` of ours |
//! | a program, below `/whip` and `/whep` | nothing: no cookie is read there, and a token does not come by itself |
//!
//! Server functions have no such check of their own, and a cookie travels with requests that other
//! sites make. `Sec-Fetch-Site` is written by the browser and cannot be forged by a page.
//!
//! Limits count callers by address. The machine itself is not limited: that is the operator, or a proxy
//! whose callers nobody told us how to tell apart.
//! Not here: who the caller is to a room. That is decided by the use case.

use crate::address;
use crate::ambient::Uptime;
use crate::config::{Network, Origin, Settings};
use crate::refusal::{refuse, refuse_as, refuse_visit};
use crate::stream::is_stream;
use crate::throttle::{Rate, Throttle};
use crate::typed;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, Uri};
use protocol::ErrorCode;
use protocol::limits::REQUEST_BYTES;
use service::Address;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All server functions together. A whole office may sit behind one address.
const CALLS: Rate = Rate { burst: 200, per_minute: 600 };
/// New rooms.
const CREATIONS: Rate = Rate { burst: 20, per_minute: 20 };
/// Joins and knocks. A class behind one address may come at once, and each of them twice: to knock, and to
/// come in. Who they say they are does not matter, because identities are free.
const JOINS: Rate = Rate { burst: 120, per_minute: 60 };
/// Room codes and tickets that do not exist: somebody is guessing, or cannot type.
const MISSES: Rate = Rate { burst: 20, per_minute: 20 };

/// Everything that tries a password, a link or an address. A few people may forget theirs at once.
const KNOCKS: Rate = Rate { burst: 20, per_minute: 10 };
/// Requests to strangers and direct calls, of everybody behind one address.
const RINGS: Rate = Rate { burst: 60, per_minute: 30 };
/// Looking for strangers, of everybody behind one address; a page that looks asks three times a minute.
const SEEKS: Rate = Rate { burst: 120, per_minute: 120 };
/// Programs that come and go by a token, of everybody behind one address; one that is refused tries again.
const STREAMS: Rate = Rate { burst: 120, per_minute: 60 };
/// Messages that pretend to be the payment processor's. So many, because behind a proxy that nobody told us
/// of its own come from the same address.
const FORGERIES: Rate = Rate { burst: 300, per_minute: 300 };

/// What the gate goes by. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Empty means: whatever host the browser asked for.
    origins: Vec<Origin>,
    secure: bool,
    secure_cookie: bool,
    proxies: Vec<Network>,
    uptime: Uptime,
    throttles: Mutex<Throttles>,
}

#[derive(Debug)]
struct Throttles {
    calls: Throttle<u128>,
    creations: Throttle<u128>,
    joins: Throttle<u128>,
    misses: Throttle<u128>,
    knocks: Throttle<u128>,
    rings: Throttle<u128>,
    seeks: Throttle<u128>,
    streams: Throttle<u128>,
    forgeries: Throttle<u128>,
}

impl Guard {
    /// The gate of a server with these settings.
    pub fn new(settings: &Settings, uptime: Uptime) -> Self {
        Self(Arc::new(Inner {
            origins: settings.origins.clone(),
            secure: settings.serves_tls(),
            secure_cookie: settings.secure_cookie(),
            proxies: settings.trusted_proxies.clone(),
            uptime,
            throttles: Mutex::new(Throttles {
                calls: Throttle::new(CALLS),
                creations: Throttle::new(CREATIONS),
                joins: Throttle::new(JOINS),
                misses: Throttle::new(MISSES),
                knocks: Throttle::new(KNOCKS),
                rings: Throttle::new(RINGS),
                seeks: Throttle::new(SEEKS),
                streams: Throttle::new(STREAMS),
                forgeries: Throttle::new(FORGERIES),
            }),
        }))
    }

    /// Whether a request may change something.
    pub fn allows_change(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        match single(headers, "sec-fetch-site") {
            Header::Text("same-origin") => true,
            Header::Absent => self.is_ours(uri, headers),
            Header::Text(_) | Header::Unclear => false,
        }
    }

    /// The origin by which the caller reached us: the one of ours that they named, or else our first; where
    /// none is set, whatever they named.
    pub fn addressed_as(&self, uri: &Uri, headers: &HeaderMap) -> Option<Origin> {
        let host = match single(headers, HOST.as_str()) {
            Header::Text(host) => host,
            Header::Absent => uri.authority().map_or("", |authority| authority.as_str()),
            Header::Unclear => return None,
        };
        let ours = &self.0.origins;
        let named = |origin: &&Origin| Origin::of_host(origin.is_secure(), host).as_ref() == Ok(*origin);
        match ours.iter().find(named).or(ours.first()) {
            Some(origin) => Some(origin.clone()),
            None => Origin::of_host(self.0.secure, host).ok(),
        }
    }

    /// Whether `Origin` is there and is ours.
    pub fn is_ours(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let Header::Text(origin) = single(headers, ORIGIN.as_str()) else { return false };
        let Ok(origin) = origin.parse::<Origin>() else { return false };
        if !self.0.origins.is_empty() {
            return self.0.origins.contains(&origin);
        }
        // HTTP/2 has no Host header; the address of the request says the same.
        let host = match single(headers, HOST.as_str()) {
            Header::Text(host) => host,
            Header::Absent => uri.authority().map_or("", |authority| authority.as_str()),
            Header::Unclear => return false,
        };
        Origin::of_host(self.0.secure, host) == Ok(origin)
    }

    /// The caller as the limits count them; `None` is not limited.
    fn counted(&self, peer: IpAddr, headers: &HeaderMap) -> Option<u128> {
        let caller = address::caller(peer, headers, &self.0.proxies);
        (!caller.is_loopback()).then(|| address::group(caller))
    }

    /// Whether a message of the payment processor is looked at that comes from there.
    pub fn hears(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let counted = self.counted(peer, headers);
        counted.is_none_or(|caller| !self.throttles().forgeries.is_dry(caller, self.0.uptime.now()))
    }

    /// Counts a message that was not the processor's.
    pub fn note_forgery(&self, peer: IpAddr, headers: &HeaderMap) {
        if let Some(caller) = self.counted(peer, headers) {
            self.throttles().forgeries.take(caller, self.0.uptime.now());
        }
    }

    fn has_guessed_too_often(&self, caller: u128) -> bool {
        self.throttles().misses.is_dry(caller, self.0.uptime.now())
    }

    fn throttles(&self) -> MutexGuard<'_, Throttles> {
        self.0.throttles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this caller may call this path now; takes the tokens that it costs.
    fn admits(&self, caller: u128, method: &Method, path: &str) -> bool {
        let now = self.0.uptime.now();
        let mut throttles = self.throttles();
        if looks_up(path) && throttles.misses.is_dry(caller, now) {
            return false;
        }
        if method.is_safe() {
            return true;
        }
        // A program that tries without end stops nobody's pages.
        if is_stream(path) {
            return throttles.streams.take(caller, now);
        }
        throttles.calls.take(caller, now)
            && (path != CREATE || throttles.creations.take(caller, now))
            && (!comes_in(path) || throttles.joins.take(caller, now))
            && (!opens_accounts(path) || throttles.knocks.take(caller, now))
            && (!reaches_somebody(path) || throttles.rings.take(caller, now))
            && (!is_about_strangers(path) || throttles.seeks.take(caller, now))
    }

    /// Counts a room code or a ticket that did not exist.
    fn note_miss(&self, caller: u128) {
        self.throttles().misses.take(caller, self.0.uptime.now());
    }
}

/// The server function that makes rooms.
const CREATE: &str = "/api/rooms/create";
/// The server function by which people knock and come in.
const JOIN: &str = "/api/rooms/join";
/// Where call sockets are opened.
const SIGNAL: &str = "/signal";
/// Where lines are opened.
const LINE: &str = "/line";

/// Whether somebody asks to come in by this path, or agrees to what that costs.
fn comes_in(path: &str) -> bool {
    let is_form = ["/pay", "/extend"].iter().any(|form| path.ends_with(form));
    path == JOIN || (is_form && ["/r/", "/sessions/"].iter().any(|of| path.starts_with(of)))
}

/// Whether a path takes what opens an account, or makes the server send mail.
fn opens_accounts(path: &str) -> bool {
    let name = path.strip_prefix("/api/accounts/").or_else(|| path.strip_prefix("/auth/"));
    name.is_some_and(|name| !matches!(name, "visitor" | "view" | "ways" | "sign-out"))
}

/// Whether somebody looks for a stranger by this path, or says something about one.
fn is_about_strangers(path: &str) -> bool {
    path == "/api/meet/seek" || path.starts_with("/meet/")
}

/// Whether somebody else hears of a request by this path.
fn reaches_somebody(path: &str) -> bool {
    matches!(path, "/api/people/ask" | "/api/people/call")
}

/// Whether whoever has guessed too often may not even ask: newcomers come by these paths.
fn looks_up(path: &str) -> bool {
    path.starts_with("/r/") || matches!(path, "/api/rooms/entry" | JOIN | SIGNAL | LINE)
}

/// Whether this path takes a room code or a ticket.
fn names_a_room(path: &str) -> bool {
    let is_about_one = |name| !matches!(name, "create" | "hosted");
    looks_up(path) || path.strip_prefix("/api/rooms/").is_some_and(is_about_one)
}

/// Whether an answer tells somebody who may not ask any more whether there is such a room. Who is inside,
/// behind the same address as somebody who guesses, is not refused and goes on.
const fn betrays(status: StatusCode) -> bool {
    matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

/// Whether this answer from such a path means that the code or the ticket was wrong.
fn is_miss(path: &str, status: StatusCode) -> bool {
    let wrong = if matches!(path, SIGNAL | LINE) { StatusCode::UNAUTHORIZED } else { StatusCode::NOT_FOUND };
    names_a_room(path) && status == wrong
}

/// Refuses what is foreign, too often or too long, and lets the rest pass.
pub async fn check(
    State(guard): State<Guard>,
    peer: ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if changes(request.method()) && !guard.allows_change(request.uri(), request.headers()) {
        tracing::warn!(path = request.uri().path(), "A request from another site was refused.");
        return refuse(ErrorCode::ForeignOrigin);
    }
    limit(State(guard), peer, request, next).await
}

/// Whether a request may change something, as far as its method tells.
fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Refuses what comes too often or is too long. Alone it is for what no page can send in somebody's name.
pub async fn limit(
    State(guard): State<Guard>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let caller = guard.counted(peer.ip(), request.headers());
    let path = request.uri().path().to_owned();
    if let Some(caller) = caller
        && !guard.admits(caller, request.method(), &path)
    {
        return too_often(guard.0.secure_cookie, request).await;
    }
    let changes = changes(request.method());
    let mut request = match if changes { bounded(request).await } else { Ok(request) } {
        Ok(request) => request,
        Err(response) => return response,
    };
    if let Some(caller) = caller {
        request.extensions_mut().insert(Address(caller));
    }
    let response = next.run(request).await;
    let Some(caller) = caller else { return response };
    let is_betrayed =
        names_a_room(&path) && betrays(response.status()) && guard.has_guessed_too_often(caller);
    if is_miss(&path, response.status()) {
        guard.note_miss(caller);
    }
    if is_betrayed { refuse(ErrorCode::TooManyRequests) } else { response }
}

/// Refuses who came too often. Whoever did so with a form finds again what they typed.
async fn too_often(secure_cookie: bool, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answer = refuse_visit(&parts, ErrorCode::TooManyRequests);
    if !answer.status().is_redirection() {
        return answer;
    }
    let typed = to_bytes(body, REQUEST_BYTES).await.unwrap_or_default();
    typed::keep(answer, &typed, secure_cookie)
}

/// Reads the whole body, so that nothing behind the gate ever meets a longer one.
async fn bounded(request: Request) -> Result<Request, Response> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, REQUEST_BYTES).await {
        Ok(bytes) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Err(_) => Err(refuse_as(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest)),
    }
}

/// A header that makes sense only once.
enum Header<'a> {
    Absent,
    Text(&'a str),
    /// Given twice, or not text.
    Unclear,
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Header<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Absent,
        (Some(value), None) => value.to_str().map_or(Header::Unclear, Header::Text),
        (Some(_), Some(_)) => Header::Unclear,
    }
}

#[cfg(test)]
mod tests;
