//! Which address leads where, and what every request passes on its way.
//!
//! ```text
//! log ▸ time limit ▸ panic guard ▸ headers ▸ compression ▸ gate ▸┬▸ typed ▸ session ▸ what people see and do
//!                                                               ├▸ /signal, /line
//!                                                               └▸ files, else the page for 404
//!
//! log ▸ time limit ▸ panic guard ▸ headers ▸ compression ▸ for pages of any site ▸ limits ▸ /whip, /whep
//!
//! what people see and do: pages, /api/*, /r/…/history.*, invitation.ics; /auth/openid and /pay/return, if
//! there is a provider and if Stripe takes the money
//! log ▸ time limit ▸ panic guard ▸ what Stripe tells, if it is who takes the money
//! log ▸ /healthz, /readyz
//! ```
//!
//! Not here: what a page or a server function does. Those are in `app`.

use crate::headers::PageNonce;
use crate::login::Logins;
use crate::openid::{Openid, visit};
use crate::selfcheck::SelfCheck;
use crate::stripe::{self, Stripe};
use crate::{
    guard, headers, health, history, invitation, line, papers, pay, refusal, signal, stream, test_checkout,
    typed,
};
use crate::{guard::Guard, media::MediaThreads, shutdown::Stopping};
use app::api::accounts::{OPENID_CALLBACK, OPENID_LINK, OPENID_SIGN_IN};
use app::test_page::STYLE_PATH;
use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Extensions, HeaderMap, StatusCode, Version};
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use protocol::{ErrorCode, addresses};
use service::Services;
use service::payments::test_processor::{PATH, TestProcessor};
use service::time::Ambient;
use std::any::Any;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_sessions::cookie::Key;
use tracing::Span;

/// The longest that a request may take to be read and answered; sockets are not requests.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pages that there are, found by rendering the app once. While that goes on no page in this process
/// gets its data, and waits for it for ever; so it is done before the first server listens, and only once.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// What handlers share. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct Shared {
    pub options: LeptosOptions,
    pub services: Services,
    pub guard: Guard,
    pub stopping: Stopping,
    pub store: Store,
    pub media: Arc<MediaThreads>,
    /// The provider that people may sign in with, if there is one.
    pub openid: Option<Arc<Openid>>,
    /// The embedded test processor, if that takes the money.
    pub tester: Option<TestProcessor>,
    /// Stripe, if that does.
    pub stripe: Option<Arc<Stripe>>,
    /// What was last found in the books.
    pub selfcheck: SelfCheck,
}

/// What the cookie is made with.
pub struct Cookie {
    pub key: Key,
    pub secure: bool,
}

/// The whole site.
pub fn router(shared: Shared, logins: Logins, cookie: Cookie) -> Router {
    let ambient: Arc<dyn Ambient> = shared.services.ambient.clone();
    let keeping = headers::Headers { ambient, hashed_names: shared.options.hash_files };
    let site = Router::new()
        .merge(pages(&shared, logins, cookie))
        .route("/signal", get(signal::open))
        .route("/line", get(line::open))
        .fallback_service(files(&shared))
        .layer(from_fn_with_state(shared.guard.clone(), guard::check))
        .merge(streams(&shared))
        .layer(CompressionLayer::new().compress_when(is_worth_compressing))
        .layer(from_fn_with_state(keeping, headers::write))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(webhooks(&shared))
        .merge(site)
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(shared)
}

/// Where programs publish and watch. They show a token and no cookie, and may come from any site.
fn streams(shared: &Shared) -> Router<Shared> {
    stream::routes()
        .layer(from_fn_with_state(shared.guard.clone(), guard::limit))
        .layer(from_fn(stream::open_to_all))
}

/// Pages and server functions: everything that may ask who the caller is.
fn pages(shared: &Shared, logins: Logins, cookie: Cookie) -> Router<Shared> {
    let shell = {
        let options = shared.options.clone();
        move || app::shell(options.clone())
    };
    let cookie_secure = cookie.secure;
    let session = logins.layer(cookie.key, cookie_secure);
    let renewed = from_fn(move |session, request, next| logins.clone().renew(session, request, next));
    Router::new()
        .leptos_routes_with_context(shared, PAGES.clone(), page_context, shell)
        .route("/api/{*rest}", any(unknown_function))
        .route(addresses::CALENDAR, get(invitation::ics))
        .route(addresses::HISTORY_CSV, get(history::csv))
        .route(addresses::HISTORY_JSON, get(history::json))
        .route(addresses::PAY, post(pay::agree))
        .route(addresses::EXTEND, post(pay::extend))
        .merge(papers::routes())
        .merge(visits(shared))
        .merge(tests(shared))
        .merge(returns(shared))
        .layer(renewed)
        .layer(session)
        .layer(Extension(shared.services.clone()))
        .layer(from_fn_with_state(cookie_secure, typed::carry))
}

/// The way to the OpenID provider and back.
fn visits(shared: &Shared) -> Router<Shared> {
    if shared.openid.is_none() {
        return Router::new();
    }
    Router::new()
        .route(OPENID_SIGN_IN, post(visit::sign_in))
        .route(OPENID_LINK, post(visit::link))
        .route(OPENID_CALLBACK, get(visit::callback))
}

/// The checkout of the test processor.
fn tests(shared: &Shared) -> Router<Shared> {
    match shared.tester {
        Some(_) => Router::new()
            .route(STYLE_PATH, get(test_checkout::style))
            .route(&format!("{PATH}/{{payment}}"), get(test_checkout::show).post(test_checkout::choose)),
        None => Router::new(),
    }
}

/// The way back from Stripe.
fn returns(shared: &Shared) -> Router<Shared> {
    match shared.stripe {
        Some(_) => Router::new()
            .route(&format!("{}/{{payment}}", stripe::form::RETURN), get(stripe::visit::come_back)),
        None => Router::new(),
    }
}

/// What services tell by themselves. They come from no page of ours and prove otherwise who they are.
fn webhooks(shared: &Shared) -> Router<Shared> {
    let router = match shared.stripe {
        Some(_) => Router::new().route(stripe::webhook::PATH, post(stripe::webhook::hear)),
        None => return Router::new(),
    };
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
}

/// Hands the nonce of the request on to the renderer.
fn page_context() {
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
    if let Some(PageNonce(nonce)) = nonce {
        provide_context(Nonce::from_value(nonce));
    }
}

/// Built and public files, compressed ones where they exist; for the rest the page that says so.
fn files(shared: &Shared) -> ServeDir<axum::routing::MethodRouter> {
    let options = shared.options.clone();
    let services = shared.services.clone();
    let render =
        leptos_axum::render_app_to_stream_with_context(page_context, move || app::shell(options.clone()));
    let not_found = move |mut request: Request| {
        request.extensions_mut().insert(services.clone());
        let page = render(request);
        async move { not_found(page.await) }
    };
    ServeDir::new(Path::new(&*shared.options.site_root))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(any(not_found))
}

/// The renderer does not know that nothing was found, unless it redirected.
fn not_found(mut page: Response) -> Response {
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

async fn unknown_function() -> Response {
    refusal::refuse_as(StatusCode::NOT_FOUND, ErrorCode::BadRequest)
}

/// Files are compressed when they are built, if at all; here only what is made on the spot.
fn is_worth_compressing(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(CONTENT_TYPE).map_or(b"".as_slice(), |kind| kind.as_bytes());
    kind.starts_with(b"text/html") || kind.starts_with(b"application/json")
}

/// A request in the log. Queries stay out of it, and so do the links of mails and the addresses of sessions:
/// they carry secrets.
fn span(request: &Request<Body>) -> Span {
    tracing::info_span!("request", method = %request.method(), path = without_secret(request.uri().path()))
}

fn without_secret(path: &str) -> &str {
    if stream::is_stream(path) {
        return stream::without_key(path);
    }
    let secret = ["/reset/", "/verify/"].into_iter().find(|known| path.starts_with(known));
    secret.unwrap_or(path)
}

/// A panic costs its own request and nothing else.
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(panic = text, "A request panicked.");
    refusal::refuse(ErrorCode::Internal).into_response()
}
