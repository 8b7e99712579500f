//! The one error of every server function, and the only place where errors become HTTP.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::ErrorCode;

/// Why a server function did not do what it was asked.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ApiError {
    pub code: ErrorCode,
    /// Finds the fault in the server's log; absent when a rule said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

impl ApiError {
    /// A refusal by rule.
    pub const fn refused(code: ErrorCode) -> Self {
        Self { code, trace: None }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.code)
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => ErrorCode::BadRequest,
            // On the server it was the arguments that did not parse, in the browser the answer.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => ErrorCode::BadRequest,
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => ErrorCode::Unreachable,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Response(_) => ErrorCode::Internal,
        };
        #[cfg(feature = "ssr")]
        set_status(code);
        Self::refused(code)
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for ApiError {
    fn from(error: service::Error) -> Self {
        let code = error.code();
        set_status(code);
        // That another server has the room is nobody's fault, and passes.
        if let service::Error::Refused(_) | service::Error::Elsewhere = error {
            return Self::refused(code);
        }
        Self::fault(code, &error)
    }
}

#[cfg(feature = "ssr")]
impl ApiError {
    /// A fault: logged here, once, under a trace id that the person can quote.
    pub fn fault(code: ErrorCode, error: &dyn std::error::Error) -> Self {
        use std::hash::{BuildHasher, Hasher};
        // Unique is enough, nobody must be unable to guess it.
        let trace = format!("{:016x}", std::hash::RandomState::new().build_hasher().finish());
        tracing::error!(%trace, ?code, ?error, "a server function failed");
        set_status(code);
        Self { code, trace: Some(trace) }
    }
}

/// Gives the response the HTTP status of the code. A form that was sent before the page came alive is led
/// back to its page, which says what was refused; that needs the status of a redirection.
#[cfg(feature = "ssr")]
fn set_status(code: ErrorCode) {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    if parts.is_some_and(|parts| is_plain_form(&parts)) {
        return;
    }
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        let status = http::StatusCode::from_u16(code.status());
        response.set_status(status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR));
        if let Some(seconds) = code.retry_seconds() {
            response.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
        }
    }
}

/// Whether a form was sent before the page was alive, or where no script runs.
#[cfg(feature = "ssr")]
pub fn is_plain_form(parts: &http::request::Parts) -> bool {
    let accepted = parts.headers.get(http::header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    parts.method == http::Method::POST && accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
