//! A server of one's own for each test, on the database that this run of the tests is about.

use crate::browser::Browser;
use model::UnixMillis;
use server::config::{Layer, Processor, Settings};
use server::startup::{Application, RunError, StartError};
use service::time::Ambient;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::testing::{Choice, TestDatabase, dump, tamper};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a test waits for what must come. Only failing tests ever wait so long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where the clock of a server under test starts: long before any login that is made today expires.
pub const START_MS: i64 = 1_700_000_000_000;

/// A clock that stands until it is moved, and dice that always fall alike.
#[derive(Debug)]
pub struct World {
    now: AtomicI64,
    drawn: AtomicU64,
}

impl World {
    /// The clock moves on.
    pub fn pass(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Ambient for World {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.now.load(Ordering::SeqCst))
    }

    fn draw(&self) -> u128 {
        let number = self.drawn.fetch_add(2, Ordering::SeqCst);
        u128::from(scramble(number)) << 64 | u128::from(scramble(number + 1))
    }
}

/// SplitMix64: different for different numbers, and looking nothing alike.
fn scramble(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A folder that goes away with the test, and the database that belongs to it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Made when a server first asks for it; SQLite has its file in the folder.
    postgres: OnceLock<TestDatabase>,
}

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("anteroom-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Self { path, postgres: OnceLock::new() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the setting `database` must say; nothing for the file that is used by itself.
    pub fn database(&self) -> Option<&str> {
        match Choice::of_this_run() {
            Choice::Sqlite => None,
            Choice::Postgres => Some(&self.postgres.get_or_init(TestDatabase::postgres).url),
        }
    }

    /// Everything that whoever steals the database finds, also what is deleted and still in the file.
    pub async fn stolen(&self) -> Vec<u8> {
        match self.database() {
            // Whoever takes the database takes what is written beside it first.
            None => [self.file(), self.path.join("data/anteroom.sqlite-wal")]
                .iter()
                .flat_map(|file| std::fs::read(file).unwrap_or_default())
                .collect(),
            Some(url) => dump(url).await.into_bytes(),
        }
    }

    /// Puts another word of the same length in place of every one that stands in the histories, behind the
    /// back of whatever the database does against it.
    pub async fn forge(&self, word: &str, other: &str) {
        let Some(url) = self.database() else {
            let mut bytes = std::fs::read(self.file()).expect("the database");
            let windows = bytes.windows(word.len()).enumerate();
            let found = windows.filter(|(_, window)| *window == word.as_bytes()).map(|(at, _)| at);
            let places: Vec<usize> = found.collect();
            assert!(!places.is_empty());
            for at in places {
                bytes[at..at + word.len()].copy_from_slice(other.as_bytes());
            }
            return std::fs::write(self.file(), bytes).expect("the database can be written");
        };
        tamper(url, &format!("update room_events set name = replace(name, '{word}', '{other}')")).await;
    }

    /// Changes the database behind the back of whatever it does against it.
    pub async fn tamper(&self, sql: &str) {
        let url = self.database().map_or_else(|| format!("sqlite:{}", self.file().display()), str::to_owned);
        tamper(&url, sql).await;
    }

    fn file(&self) -> PathBuf {
        self.path.join("data/anteroom.sqlite")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// A running server.
pub struct Server {
    pub addr: SocketAddr,
    pub world: Arc<World>,
    pub folder: Arc<Folder>,
    pub urls: Vec<String>,
    pub metrics_addr: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<Result<(), RunError>>>,
}

impl Server {
    /// A server with the settings that most tests need.
    pub async fn start() -> Self {
        Self::start_with(Layer::default()).await
    }

    /// A server with settings of its own.
    pub async fn start_with(layer: Layer) -> Self {
        Self::start_in(Arc::new(Folder::new()), layer).await
    }

    /// A server in a folder that may have seen one before.
    pub async fn start_in(folder: Arc<Folder>, layer: Layer) -> Self {
        Self::try_start(folder, layer).await.expect("the server starts")
    }

    /// The same server again, after some time without one.
    pub async fn started_again_after(self, millis: i64) -> Self {
        self.started_again_with(Layer::default(), millis).await
    }

    /// The same, with other settings.
    pub async fn started_again_with(mut self, layer: Layer, millis: i64) -> Self {
        self.stopped().await;
        self.again_with(layer, millis).await
    }

    /// The same of one that has stopped.
    pub async fn again_with(self, layer: Layer, millis: i64) -> Self {
        let now = self.world.now().0 + millis;
        Self::try_start_at(self.folder.clone(), layer, now).await.expect("the server starts")
    }

    /// The same, where it may be refused.
    pub async fn try_start(folder: Arc<Folder>, layer: Layer) -> Result<Self, StartError> {
        Self::try_start_at(folder, layer, START_MS).await
    }

    async fn try_start_at(folder: Arc<Folder>, layer: Layer, now: i64) -> Result<Self, StartError> {
        folder.write("site/favicon.svg", "<svg/>");
        folder.write("site/pkg/anteroom.js", "// the page");
        let common = Layer {
            addr: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            data: Some(folder.path().join("data")),
            database: folder.database().map(str::to_owned),
            public_ip: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            media_port: Some(0),
            media_shards: Some(1),
            payments: Some(Processor::Test),
            site: Some(folder.path().join("site")),
            ..Layer::default()
        };
        let world = Arc::new(World { now: AtomicI64::new(now), drawn: AtomicU64::new(0) });
        let settings = Settings::settle(layer.over(common)).expect("the tests' settings are sound");
        let application = Application::build_with(settings, world.clone()).await?;
        let (addr, urls) = (application.addr(), application.urls().to_vec());
        let metrics_addr = application.metrics_addr();
        let (stop, asked) = oneshot::channel();
        let running = tokio::spawn(application.run_until_stopped(async move {
            let _ = asked.await;
        }));
        Ok(Self { addr, world, folder, urls, metrics_addr, stop: Some(stop), running: Some(running) })
    }

    /// A new browser that knows nothing yet.
    pub fn browser(&self) -> Browser {
        Browser::new(self.addr)
    }

    /// The same at another address, where the server believes this machine about its callers.
    pub fn browser_at(&self, address: &'static str) -> Browser {
        Browser::at(self.addr, address)
    }

    /// Asks the server to stop, as a signal would.
    pub fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits for the orderly end.
    pub async fn stopped(&mut self) {
        self.ask_to_stop();
        let running = self.running.take().expect("a server stops once");
        let ended = tokio::time::timeout(PATIENCE, running).await.expect("the server ends in time");
        ended.expect("the server does not panic").expect("the listener does not fail");
    }
}
