//! The application: put together from settings, run until it is asked to stop.
//!
//! ```text
//! settings ─▶ build: folder, database, keys, media threads, ports ─▶ run ─▶ stop
//! ```
//!
//! [`Application::build`] takes everything that can fail for want of a file or a port, so that a server
//! that runs has all it needs. Tests build the same application, on port 0 and with a clock of their own.

use crate::ambient::{Machine, Uptime};
use crate::config::{Keep, Matching as Chosen, Settings};
use crate::guard::Guard;
use crate::load;
use crate::login::{self, Logins};
use crate::mail::Post;
use crate::media::{MediaConfig, MediaError, MediaThreads};
use crate::metrics::{Exporter, Sources};
use crate::node::{self, Node};
use crate::openid::Openid;
use crate::routes::{self, Cookie, Shared};
use crate::selfcheck::SelfCheck;
use crate::shutdown::{DRAIN, Stopping};
use crate::stripe::{self, Stripe};
use crate::sweep;
use crate::till::{self, Till};
use crate::tls;
use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use leptos::config::{Env, LeptosOptions};
use service::invites::InviteKey;
use service::people::ContactKey;
use service::people::strangers::Matching;
use service::rooms::Setup;
use service::time::Ambient;
use service::{Accounts, LocalBus, MailPort, People, Rooms, Services, Turnstile, accounts};
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::audit::AuditKey;
use store::owners::{Incarnation, Writer};
use tokio::task::JoinSet;
use tower_sessions::cookie::Key;

/// How long a browser may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// The name of the built page, as `xtask` and cargo-leptos call it.
const OUTPUT_NAME: &str = "anteroom";
pub(crate) const KEY_FILE: &str = "secret.key";
const NODE_FILE: &str = "node.id";

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the address {addr} is in use by another program")]
    AddressInUse { addr: SocketAddr },
    #[error("the address {addr} cannot be used: {source}")]
    Address { addr: SocketAddr, source: io::Error },
    #[error("the folder {folder} cannot be used: {source}", folder = folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("the key {path} cannot be used: {source}", path = path.display())]
    Key { path: PathBuf, source: io::Error },
    #[error("the folder {folder} is in use by another server", folder = folder.display())]
    FolderInUse { folder: PathBuf },
    #[error("the identity {path} cannot be used: {source}", path = path.display())]
    Node { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    #[error("the mail server of mail-url cannot be used: {0}")]
    Mail(#[source] lettre::transport::smtp::Error),
    #[error("the database cannot be opened: {0}")]
    Store(#[from] store::Error),
    #[error("the address {addr} of metrics-addr cannot be used: {source}")]
    Metrics { addr: SocketAddr, source: io::Error },
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Till(#[from] till::OpenError),
}

/// Why a server that ran came to an end that nobody asked for.
#[derive(Debug, thiserror::Error)]
#[error("the listener failed")]
pub struct RunError(#[from] io::Error);

/// A server that has all it needs.
pub struct Application {
    listener: TcpListener,
    addr: SocketAddr,
    tls: Option<RustlsConfig>,
    router: Router,
    services: Services,
    logins: Logins,
    store: Store,
    media: Arc<MediaThreads>,
    stopping: Stopping,
    beside: Beside,
    urls: Vec<String>,
    /// Held until the end: nobody else may be this server meanwhile.
    node: Node,
}

/// What goes on beside the serving.
struct Beside {
    keep: Keep,
    turnstile: Turnstile,
    memory_mib: u32,
    stripe: Option<Arc<Stripe>>,
    selfcheck: SelfCheck,
    exporter: Option<Exporter>,
}

impl Beside {
    fn new(
        settings: &Settings,
        turnstile: Turnstile,
        stripe: Option<Arc<Stripe>>,
        sources: Sources,
    ) -> Result<Self, StartError> {
        let selfcheck = sources.selfcheck.clone();
        let open =
            |addr| Exporter::open(addr, sources).map_err(|source| StartError::Metrics { addr, source });
        let exporter = settings.metrics.map(open).transpose()?;
        let memory_mib = settings.bearing.memory_mib;
        Ok(Self { keep: settings.keep, turnstile, memory_mib, stripe, selfcheck, exporter })
    }
}

impl Application {
    /// Opens everything that the settings name, with the machine's own clock and dice.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        Self::build_with(settings, Arc::new(Machine)).await
    }

    /// The same with another clock and other dice.
    pub async fn build_with(settings: Settings, ambient: Arc<dyn Ambient>) -> Result<Self, StartError> {
        tls::install_provider();
        // The port first: a second server in the same folder ends here, before it touches anything.
        let listener = listen(settings.addr)?;
        let addr =
            listener.local_addr().map_err(|source| StartError::Address { addr: settings.addr, source })?;
        open_folder(&settings.data)?;
        let key = open_key(&settings.data)?;
        let node = open_node(&settings.data, ambient.draw())?;
        let addresses = own_addresses();
        let tls = tls::open(&settings, &addresses, ambient.now()).await?;
        let store = Store::open(&settings.database).await?;
        let config = media_config(&settings, &addresses, &*ambient);
        let (media, events) = MediaThreads::start(config)?;
        let incarnation = Incarnation(ambient.draw());
        let writer = Writer { node: node.id, incarnation, key: AuditKey::derive(key.master()) };
        let turnstile = Turnstile::new(settings.bearing.caps);
        let mail = open_post(&settings, &ambient)?.map(|post| post as Arc<dyn MailPort>);
        let till = Till::open(&settings, &store, &ambient).await?;
        let setup = Setup {
            store: store.clone(),
            writer,
            invites: InviteKey::derive(key.master()),
            turnstile: turnstile.clone(),
            media: media.clone(),
            ambient: ambient.clone(),
            mail: mail.clone(),
            payments: till.payments(),
            operators: settings.operators.clone(),
            bus: Arc::new(LocalBus::default()),
        };
        let rooms = Rooms::start(setup, events);
        let accounts = open_accounts(&settings, &store, &ambient, (rooms.clone(), mail));
        let people = start_people(&store, &ambient, &rooms, (&key, matching(&settings)));
        let services = Services { rooms, accounts, people, ambient: ambient.clone() };
        let (logins, stopping) = (Logins::new(store.clone(), ambient.clone()), Stopping::default());
        let openid = settings.openid.clone().map(|openid| Arc::new(Openid::new(openid, ambient.clone())));
        let selfcheck = SelfCheck::new(store.clone(), ambient.clone());
        let shared = Shared {
            options: leptos_options(&settings, addr),
            services: services.clone(),
            guard: Guard::new(&settings, Uptime::start()),
            stopping: stopping.clone(),
            store: store.clone(),
            media: media.clone(),
            openid,
            tester: till.tester,
            stripe: till.stripe.clone(),
            selfcheck: selfcheck.clone(),
        };
        let cookie = Cookie { key, secure: settings.secure_cookie() };
        let router = routes::router(shared, logins.clone(), cookie);
        let urls = urls(&settings, addr, &addresses);
        warn_of_plain_http(&urls);
        let rooms = services.rooms.clone();
        let sources = Sources { store: store.clone(), rooms, media: media.clone(), selfcheck };
        let beside = Beside::new(&settings, turnstile, till.stripe, sources)?;
        Ok(Self { listener, addr, tls, router, services, logins, store, media, stopping, beside, urls, node })
    }

    /// The address that was bound.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where numbers are told, if they are.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.beside.exporter.as_ref().map(Exporter::addr)
    }

    /// What people may open, the best first.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Serves until `asked` is ready, and then ends in good order.
    pub async fn run_until_stopped(self, asked: impl Future<Output = ()>) -> Result<(), RunError> {
        let handle = Handle::new();
        let mut serving = tokio::spawn(serve(self.listener, self.tls, self.router, handle.clone()));
        let Beside { keep, turnstile, memory_mib, stripe, selfcheck, exporter } = self.beside;
        let mut chores = JoinSet::new();
        if let Some(stripe) = stripe {
            chores.spawn(stripe::readers::run_own(stripe.clone(), self.services.rooms.clone()));
            chores.spawn(stripe::readers::run_hosts(stripe.clone(), self.services.rooms.clone()));
            chores.spawn(stripe::watch::run(stripe, self.services.rooms.clone()));
        }
        if let Some(exporter) = exporter {
            chores.spawn(tell_numbers(exporter));
        }
        chores.spawn(selfcheck.run());
        chores.spawn(sweep::run(self.logins, self.services.clone(), keep));
        chores.spawn(load::watch(load::marks(memory_mib), self.media.clone(), move |strain| {
            turnstile.set_strain(strain);
        }));
        let early = tokio::select! {
            // The listener ends before it is asked to only by a failure.
            ended = &mut serving => Some(ended),
            () = asked => None,
        };
        tracing::info!("The server stops.");
        self.stopping.stop();
        handle.graceful_shutdown(Some(DRAIN));
        let drained = async {
            self.services.rooms.shut_down().await;
            self.stopping.drained().await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("Some call sockets did not close in time.");
        }
        let ended = match early {
            Some(ended) => ended,
            None => serving.await,
        };
        chores.abort_all();
        let media = self.media;
        // It waits for the threads, which must not be done on one of tokio's.
        if tokio::task::spawn_blocking(move || media.stop()).await.is_err() {
            tracing::error!("The media threads did not stop.");
        }
        self.store.close().await;
        drop(self.node);
        Ok(ended.map_err(io::Error::other)??)
    }
}

fn open_accounts(
    settings: &Settings,
    store: &Store,
    ambient: &Arc<dyn Ambient>,
    (rooms, mail): (Rooms, Option<Arc<dyn MailPort>>),
) -> Accounts {
    Accounts::new(accounts::Parts {
        store: store.clone(),
        ambient: ambient.clone(),
        rooms,
        origins: settings.origins.iter().map(ToString::to_string).collect(),
        mail,
        provider: provider(settings),
    })
}

/// Tells numbers to whoever monitors; a monitor that is turned away is no reason to stop.
async fn tell_numbers(exporter: Exporter) {
    if let Err(error) = exporter.run().await {
        tracing::error!(error = &error as &dyn std::error::Error, "Nobody is told numbers any more.");
    }
}

/// The way out for mails, if there is one.
fn open_post(settings: &Settings, ambient: &Arc<dyn Ambient>) -> Result<Option<Arc<Post>>, StartError> {
    let Some(mail) = &settings.mail else { return Ok(None) };
    let origin = settings.origins.first().map(ToString::to_string).unwrap_or_default();
    Post::open(mail, origin, ambient.clone()).map(Some).map_err(StartError::Mail)
}

/// Who may meet strangers, as the use cases know it.
const fn matching(settings: &Settings) -> Matching {
    match settings.matching {
        Chosen::None => Matching::Nobody,
        Chosen::Members => Matching::Members,
        Chosen::Anyone => Matching::Anyone,
    }
}

/// Contacts and the calls between them; those under way go on.
fn start_people(
    store: &Store,
    ambient: &Arc<dyn Ambient>,
    rooms: &Rooms,
    (key, matching): (&Key, Matching),
) -> People {
    let key = ContactKey::derive(key.master());
    People::start(store.clone(), ambient.clone(), rooms.clone(), key, matching)
}

/// The OpenID provider as accounts know it.
fn provider(settings: &Settings) -> Option<accounts::Provider> {
    let openid = settings.openid.as_ref()?;
    Some(accounts::Provider { name: openid.name.clone(), issuer: openid.issuer.as_str().to_owned() })
}

/// Accepts and serves until the handle says otherwise.
async fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor::new()).handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    server.http_builder().http2().timer(TokioTimer::new());
    match tls {
        Some(config) => server.map(|plain| RustlsAcceptor::new(config).acceptor(plain)).serve(service).await,
        None => server.serve(service).await,
    }
}

fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(addr).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    listener.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => StartError::AddressInUse { addr },
        _ => StartError::Address { addr, source },
    })
}

/// Makes the data folder for ourselves alone, unless it is there.
fn open_folder(folder: &Path) -> Result<(), StartError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| StartError::Folder { folder: folder.to_owned(), source })
}

/// The key that proves what this server has signed.
fn open_key(folder: &Path) -> Result<Key, StartError> {
    let path = folder.join(KEY_FILE);
    login::open_key(&path).map_err(|source| StartError::Key { path, source })
}

/// Says who this server is; two servers must not be the same one.
fn open_node(folder: &Path, drawn: u128) -> Result<Node, StartError> {
    let path = folder.join(NODE_FILE);
    match node::open(&path, drawn) {
        Ok(Some(node)) => Ok(node),
        Ok(None) => Err(StartError::FolderInUse { folder: folder.to_owned() }),
        Err(source) => Err(StartError::Node { path, source }),
    }
}

/// The addresses of this machine that others could use, IPv4 first.
fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<_> = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(if_addrs::Interface::ip)
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

fn media_config(settings: &Settings, own: &[IpAddr], ambient: &dyn Ambient) -> MediaConfig {
    let default =
        std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
    let mut addresses = settings.media.public_ips.clone();
    if addresses.is_empty() {
        addresses = own.to_vec();
        // Browsers on this machine, and machines without a network.
        addresses.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    MediaConfig {
        addresses,
        port: settings.media.port,
        tcp_port: settings.media.tcp_port,
        shards: settings.media.shards.map_or(default, usize::from),
        camera_codec: settings.media.camera_codec,
        seed: (ambient.draw() >> 64) as u64,
    }
}

/// Where Leptos finds what was built.
fn leptos_options(settings: &Settings, addr: SocketAddr) -> LeptosOptions {
    let program = std::env::current_exe().unwrap_or_default();
    let beside = |name: &str| program.parent().unwrap_or(Path::new("")).join(name);
    let site = settings.site.clone().unwrap_or_else(|| beside("site"));
    // A page that was built without hashes wins: a list of hashes may be left over from an older build.
    let is_plain = site.join("pkg").join(OUTPUT_NAME).with_extension("js").exists();
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(site.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(addr)
        .env(Env::PROD)
        .hash_files(!is_plain && beside("hash.txt").exists())
        .build()
}

fn warn_of_plain_http(urls: &[String]) {
    if urls.iter().any(|url| url.starts_with("http:") && !url.starts_with("http://localhost")) {
        tracing::warn!(
            "Browsers on other machines give no camera to pages without HTTPS. Set tls-self-signed, or \
             bring a certificate."
        );
    }
}

/// What people may open: the names that the operator gave, or the addresses that are bound.
fn urls(settings: &Settings, addr: SocketAddr, own: &[IpAddr]) -> Vec<String> {
    if !settings.origins.is_empty() {
        return settings.origins.iter().map(ToString::to_string).collect();
    }
    let scheme = if settings.serves_tls() { "https" } else { "http" };
    let port = addr.port();
    let url = |ip: IpAddr| format!("{scheme}://{}", SocketAddr::new(ip, port));
    let localhost = format!("{scheme}://localhost:{port}");
    match addr.ip() {
        ip if ip.is_loopback() => vec![localhost],
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => std::iter::once(localhost)
            .chain(own.iter().filter(|ip| ip.is_ipv4()).map(|ip| url(*ip)))
            .collect(),
        ip if ip.is_unspecified() => {
            std::iter::once(localhost).chain(own.iter().map(|ip| url(*ip))).collect()
        }
        ip => vec![url(ip)],
    }
}
