//! WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): programs publish into a room and watch it, by HTTP alone.
//!
//! | request | answer |
//! |---|---|
//! | `POST /whip/{room}`, `/whep/{room}` | 201: the SDP answer, `Location`, `ETag`, `Anteroom-Participant` |
//! | `PATCH` of a session | 204: the candidates are noted ([`fragment`]) |
//! | `DELETE` of a session | 200: it is over |
//! | `OPTIONS` of either | 200 with what may be asked ([`open_to_all`]) |
//! | `GET`, `HEAD` of either | 204: there is nothing to see |
//!
//! | refused because | status |
//! |---|---|
//! | there is no token, or it is worth nothing (RFC 6750, section 3.1); there is no such room | 401 |
//! | the token is not for this, or the door is shut | 403 |
//! | there is no such session, or nobody of the id that a player named | 404 |
//! | the room is full | 409 |
//! | the room has ended | 410 |
//! | the offer is too long | 413 |
//! | the body is of another type | 415 |
//! | the offer parses, and cannot be taken: no VP8, VP9, AV1, H.264 or Opus, two of a kind, other directions | 422 |
//!
//! Whoever has no token learns nothing, not even whether there is such a room. No browser sends a token by
//! itself, as it does cookies; so these addresses need no `Origin` of ours. They read no cookie.
//! Not here: what a token is worth; that is `domain::room::program`'s.

pub mod fragment;

use crate::routes::Shared;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName,
    IF_MATCH, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use model::{InviteToken, ParticipantId, PeerId, RoomCode, StreamKey};
use protocol::{Barrier, ErrorCode, Rule};
use serde::Deserialize;
use serde_json::json;
use service::programs::{IceSession, Program, ProgramOffer, ProgramSession, SessionAct};
use service::{Address, Error};
use sfu::OfferError;
use sfu::plain::{self, Purpose};

/// Where programs publish.
pub const WHIP: &str = "/whip/";
/// Where programs watch.
pub const WHEP: &str = "/whep/";

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
/// Who a program is in the room, for players that want to watch it alone.
const PARTICIPANT: HeaderName = HeaderName::from_static("anteroom-participant");

/// What is allowed to programs in pages of other sites (Fetch, section 3.2).
const SHARED: [(HeaderName, HeaderValue); 2] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "location, etag, link, accept-post, accept-patch, retry-after, anteroom-participant",
        ),
    ),
];

/// What a player may add to its address.
#[derive(Debug, Deserialize)]
pub struct Watched {
    /// Whom alone it shows.
    participant: Option<String>,
}

/// Whether a path is one of these.
pub fn is_stream(path: &str) -> bool {
    path.starts_with(WHIP) || path.starts_with(WHEP)
}

/// The path without the secret of a session.
pub fn without_key(path: &str) -> &str {
    let end = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
    &path[..end]
}

/// The addresses.
pub fn routes() -> axum::Router<Shared> {
    let session = || MethodRouter::new().patch(trickle).delete(end).options(about_session).get(nothing);
    axum::Router::new()
        .route("/whip/{room}", MethodRouter::new().post(publish).options(about_endpoint).get(nothing))
        .route("/whep/{room}", MethodRouter::new().post(watch).options(about_endpoint).get(nothing))
        .route("/whip/{room}/{session}", session())
        .route("/whep/{room}/{session}", session())
}

/// Lets pages of other sites read every answer, also those of the gate.
pub async fn open_to_all(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SHARED {
        response.headers_mut().insert(name, value);
    }
    response
}

async fn about_endpoint() -> Response {
    options("OPTIONS, POST", (ACCEPT_POST, SDP))
}

async fn about_session() -> Response {
    options("OPTIONS, PATCH, DELETE", (ACCEPT_PATCH, FRAGMENT))
}

fn options(methods: &'static str, (accepts, kind): (HeaderName, &'static str)) -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, if-match"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
        (accepts, kind),
    ];
    (StatusCode::OK, headers).into_response()
}

async fn nothing() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// What a program sends with its offer.
struct Asked {
    program: Program,
    room: String,
    address: Option<Address>,
    only: Option<ParticipantId>,
}

async fn publish(
    State(shared): State<Shared>,
    Path(room): Path<String>,
    address: Option<Extension<Address>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let address = address.map(|Extension(address)| address);
    let asked = Asked { program: Program::Publishes, room, address, only: None };
    open(&shared, asked, (&uri, &headers), &body).await.unwrap_or_else(Refused::into_response)
}

async fn watch(
    State(shared): State<Shared>,
    Path(room): Path<String>,
    query: Result<Query<Watched>, QueryRejection>,
    address: Option<Extension<Address>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let named = query.ok().map(|Query(watched)| watched.participant.map(|id| id.parse()).transpose());
    let Some(Ok(only)) = named else { return Refused::BadRequest.into_response() };
    let address = address.map(|Extension(address)| address);
    let asked = Asked { program: Program::Watches, room, address, only };
    open(&shared, asked, (&uri, &headers), &body).await.unwrap_or_else(Refused::into_response)
}

async fn open(
    shared: &Shared,
    asked: Asked,
    (uri, headers): (&Uri, &HeaderMap),
    body: &Bytes,
) -> Result<Response, Refused> {
    let token = bearer(headers)?;
    let room: RoomCode = asked.room.parse().map_err(|_| Refused::BadToken)?;
    require_type(headers, SDP)?;
    let sdp = std::str::from_utf8(body).map_err(|_| Refused::BadRequest)?;
    let purpose = match asked.program {
        Program::Publishes => Purpose::Publish,
        Program::Watches => Purpose::Watch,
    };
    let offer = plain::read(sdp, purpose)?;
    let Asked { program, address, only, .. } = asked;
    let offer = ProgramOffer { program, token, address, offer, only };
    let opened = shared.services.rooms.open_program(room, offer).await?;
    let ProgramSession { key, participant, ice, answer } = opened;
    let kind = if program == Program::Publishes { WHIP } else { WHEP };
    let origin = shared.guard.addressed_as(uri, headers).map(|origin| origin.to_string());
    let location = format!("{}{kind}{room}/{}", origin.unwrap_or_default(), key.to_hex());
    let headers = [
        (CONTENT_TYPE, SDP.to_owned()),
        (LOCATION, location),
        (ETAG, tag(ice)),
        (PARTICIPANT, participant.to_string()),
    ];
    Ok((StatusCode::CREATED, headers, answer).into_response())
}

async fn trickle(
    State(shared): State<Shared>,
    Path((room, session)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = note_candidates(&shared, (&room, &session), &headers, &body).await;
    taken.map_or_else(Refused::into_response, |()| StatusCode::NO_CONTENT.into_response())
}

/// Takes candidates of a program. Only its name for its side of ICE matters: where it is, an ICE-lite server
/// learns from its checks. Another name means a restart, which is not supported (RFC 9725, section 4.3.1).
async fn note_candidates(
    shared: &Shared,
    session: (&str, &str),
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(), Refused> {
    let known = find(shared, session, headers, SessionAct::Look).await?;
    require_type(headers, FRAGMENT)?;
    let fragment = fragment::read(body).ok_or(Refused::BadRequest)?;
    let condition = headers.get(IF_MATCH).ok_or(Refused::NoCondition)?;
    if fragment.ufrag.is_some_and(|ufrag| ufrag != known.ufrag) {
        return Err(Refused::NoRestart);
    }
    let same = condition == "*" || condition.as_bytes() == tag(known.ice).as_bytes();
    if same { Ok(()) } else { Err(Refused::OtherSession) }
}

async fn end(
    State(shared): State<Shared>,
    Path((room, session)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let ended = find(&shared, (&room, &session), &headers, SessionAct::End).await;
    ended.map_or_else(Refused::into_response, |_| StatusCode::OK.into_response())
}

/// Finds the session that somebody names, who has the token that it was begun with.
async fn find(
    shared: &Shared,
    (room, session): (&str, &str),
    headers: &HeaderMap,
    act: SessionAct,
) -> Result<IceSession, Refused> {
    let token = bearer(headers)?;
    let room: RoomCode = room.parse().map_err(|_| Refused::BadToken)?;
    let key: StreamKey = session.parse().map_err(|_| Refused::NotFound)?;
    Ok(shared.services.rooms.program_session(room, (key, token), act).await?)
}

/// The tag of a session's ICE (RFC 9110, section 8.8.3): strong, and another for each connection.
fn tag(ice: PeerId) -> String {
    format!("\"{ice}\"")
}

/// The token of a request (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Result<InviteToken, Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Refused::NoToken) };
    let value = value.to_str().map_err(|_| Refused::NoToken)?;
    let (scheme, token) = value.split_once(' ').ok_or(Refused::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::NoToken);
    }
    token.trim().parse().map_err(|_| Refused::BadToken)
}

fn require_type(headers: &HeaderMap, kind: &str) -> Result<(), Refused> {
    let given = headers.get(CONTENT_TYPE).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(kind) { Ok(()) } else { Err(Refused::OtherType) }
}

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Refused {
    NoToken,
    BadToken,
    BadRequest,
    NotFound,
    OtherType,
    TooLong,
    Unusable,
    NoCondition,
    OtherSession,
    NoRestart,
    Code(ErrorCode),
}

impl From<OfferError> for Refused {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::TooLong { .. } => Self::TooLong,
            OfferError::Malformed => Self::BadRequest,
            OfferError::Unusable => Self::Unusable,
            OfferError::Full => Self::Code(ErrorCode::Overloaded),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            // Whoever has no token of the room must not tell it from one that there is not.
            Error::Refused(
                ErrorCode::RoomNotFound
                | ErrorCode::Door(
                    Barrier::InviteUnknown
                    | Barrier::InviteExpired
                    | Barrier::InviteUsedUp
                    | Barrier::InviteRevoked
                    | Barrier::InviteTaken,
                ),
            ) => Self::BadToken,
            Error::Refused(ErrorCode::NotPresent | ErrorCode::NoSuchParticipant) => Self::NotFound,
            Error::Refused(ErrorCode::BadOffer) => Self::Unusable,
            Error::Refused(code) => Self::Code(code),
            error => {
                tracing::warn!(error = &error as &dyn std::error::Error, "A program could not be answered.");
                Self::Code(error.code())
            }
        }
    }
}

impl Refused {
    fn status(self) -> StatusCode {
        match self {
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::OtherType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unusable | Self::NoRestart => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoCondition => StatusCode::PRECONDITION_REQUIRED,
            Self::OtherSession => StatusCode::PRECONDITION_FAILED,
            Self::Code(code) => {
                StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::NoToken => "A bearer token is needed.",
            Self::BadToken => "The bearer token is worth nothing here.",
            Self::BadRequest => "The request does not parse.",
            Self::NotFound => "There is no such session or participant.",
            Self::OtherType => "The body is of another type.",
            Self::TooLong => "The offer is too long.",
            Self::Unusable => {
                "The offer needs one line for Opus, one for VP8, VP9, AV1 or baseline H.264, or one of them, in one bundle."
            }
            Self::NoCondition => "If-Match is needed.",
            Self::OtherSession => "The ICE session is another.",
            Self::NoRestart => "ICE is not restarted; begin a new session.",
            Self::Code(ErrorCode::RoomEnded) => "The room has ended.",
            Self::Code(ErrorCode::RoomFull) => "The room is full.",
            Self::Code(ErrorCode::Rule(Rule::NotAllowed)) => "The bearer token is not for this.",
            Self::Code(ErrorCode::Door(_)) => "The door is shut.",
            Self::Code(ErrorCode::TooManyRequests) => "Too many requests.",
            Self::Code(_) => "Not now.",
        }
    }

    /// How the token is refused (RFC 6750, section 3).
    const fn challenge(self) -> Option<&'static str> {
        match self {
            Self::NoToken => Some("Bearer"),
            Self::BadToken => Some("Bearer error=\"invalid_token\""),
            Self::Code(ErrorCode::Rule(Rule::NotAllowed)) => Some("Bearer error=\"insufficient_scope\""),
            _ => None,
        }
    }

    fn retry_seconds(self) -> Option<u16> {
        match self {
            Self::Code(code) if code.is_passing() => Some(code.retry_seconds().unwrap_or(2)),
            _ => None,
        }
    }

    /// The answer, with a body of problem details (RFC 9457).
    fn into_response(self) -> Response {
        let status = self.status();
        let body = json!({ "title": self.title(), "status": status.as_u16() }).to_string();
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, body).into_response();
        if let Some(challenge) = self.challenge() {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.retry_seconds() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
