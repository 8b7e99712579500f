//! `GET /metrics`, on a listener of its own: numbers for a monitor, in the text format of Prometheus.
//!
//! | number | says |
//! |---|---|
//! | `anteroom_ledger_check_failed` | 1 if the last look at the books failed, so that nobody knows; must be 0 |
//! | `anteroom_ledger_imbalance` | how much the last look found wrong; must be 0; none after one that failed |
//! | `anteroom_ledger_checked_timestamp_seconds` | when that was |
//! | `anteroom_orders` | what processor and mailer are to do (`waiting`), and what was given up (`dead`) |
//! | `anteroom_disputes_open` | how many payments a bank asks back and has not decided about |
//! | `anteroom_words_refused` | what the processor said, was not taken, and no operator has seen |
//! | `anteroom_rooms`, `anteroom_people`, `anteroom_sockets` | who is here |
//! | `anteroom_full` | whether newcomers are sent away |
//! | `anteroom_media_busy_seconds_total` | how much processor time each media thread had |
//! | `anteroom_process_resident_memory_bytes` | what the process holds |
//!
//! Names of people and rooms are in none of them. Nobody is asked who they are: the listener is for the
//! operator's own network. Not here: what follows from a number.

use crate::load::held_mib;
use crate::media::MediaThreads;
use crate::selfcheck::{Last, SelfCheck};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use service::Rooms;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use store::sessions::orders;
use store::{Store, disputes, refused_words};

/// What the text is (OpenMetrics 1.0).
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where the numbers come from.
#[derive(Clone)]
pub struct Sources {
    pub store: Store,
    pub rooms: Rooms,
    pub media: Arc<MediaThreads>,
    pub selfcheck: SelfCheck,
}

/// A listener that tells numbers.
pub struct Exporter {
    listener: TcpListener,
    addr: SocketAddr,
    sources: Sources,
}

type Labels = [(&'static str, String); 1];
type Labelled = Family<Labels, Gauge>;

impl Exporter {
    /// Takes the address.
    pub fn open(addr: SocketAddr, sources: Sources) -> io::Result<Self> {
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        Ok(Self { addr: listener.local_addr()?, listener, sources })
    }

    /// The address that was bound.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Answers until it is aborted.
    pub async fn run(self) -> io::Result<()> {
        let router = Router::new().route("/metrics", get(tell)).with_state(self.sources);
        axum::serve(tokio::net::TcpListener::from_std(self.listener)?, router).await
    }
}

async fn tell(State(sources): State<Sources>) -> Response {
    match sources.measure().await {
        Ok(text) => ([(CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "Numbers could not be read.");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

impl Sources {
    async fn measure(&self) -> Result<String, store::Error> {
        let mut registry = Registry::with_prefix("anteroom");
        let orders = labelled(&mut registry, "orders", "What processor and mailer are to do");
        let (waiting, dead) = orders::count(&self.store).await?;
        set(&orders, "state", [("waiting", waiting), ("dead", dead)]);
        let disputes = disputes::count_open(&self.store).await?;
        gauge(&mut registry, "disputes_open", "Payments that a bank asks back", disputes.into());
        let refused = refused_words::count_unseen(&self.store).await?;
        gauge(&mut registry, "words_refused", "Words of the processor that were not taken", refused.into());
        self.tell_people(&mut registry);
        self.tell_books(&mut registry);
        self.tell_media(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).expect("text grows");
        Ok(text)
    }

    fn tell_people(&self, registry: &mut Registry) {
        let counts = self.rooms.counts();
        gauge(registry, "rooms", "Rooms with people in them", counts.rooms.into());
        let people = labelled(registry, "people", "People in rooms, and at their doors");
        set(&people, "state", [("inside", counts.people.into()), ("waiting", counts.waiting.into())]);
        gauge(registry, "sockets", "Call sockets that are open", counts.sockets.into());
        let is_full = self.rooms.fullness().is_some();
        gauge(registry, "full", "Whether newcomers are sent away", is_full.into());
    }

    fn tell_books(&self, registry: &mut Registry) {
        let last = self.selfcheck.last();
        let has_failed = last == Last::Failed;
        gauge(
            registry,
            "ledger_check_failed",
            "Whether the last look at the books failed",
            has_failed.into(),
        );
        let Last::Found(checked) = last else { return };
        let found = i64::try_from(checked.verdict.count()).unwrap_or(i64::MAX);
        gauge(registry, "ledger_imbalance", "What the last look at the books found wrong", found);
        let seconds = checked.at.0 / 1_000;
        gauge(registry, "ledger_checked_timestamp_seconds", "When the books were last looked at", seconds);
    }

    fn tell_media(&self, registry: &mut Registry) {
        let busy = Family::<Labels, Counter<f64, AtomicU64>>::default();
        let help = "Processor time of the media threads";
        registry.register_with_unit("media_busy", help, Unit::Seconds, busy.clone());
        for (thread, worked_us) in self.media.worked_us().into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "2^53 µs are 285 years")]
            let seconds = worked_us as f64 / 1e6;
            busy.get_or_create(&[("thread", thread.to_string())]).inc_by(seconds);
        }
        if let Some(held) = held_mib() {
            let memory = Gauge::<i64>::default();
            memory.set(i64::from(held) << 20);
            let process = registry.sub_registry_with_prefix("process");
            process.register("resident_memory_bytes", "What the process holds in memory", memory);
        }
    }
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn labelled(registry: &mut Registry, name: &str, help: &str) -> Labelled {
    let family = Labelled::default();
    registry.register(name, help, family.clone());
    family
}

fn set<const N: usize>(family: &Labelled, label: &'static str, values: [(&str, u64); N]) {
    for (name, value) in values {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        family.get_or_create(&[(label, name.to_owned())]).set(value);
    }
}
