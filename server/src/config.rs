//! Settings: where they come from and what is refused.
//!
//! ```text
//! defaults  <  anteroom.toml  <  ANTEROOM_*  <  flags
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`layer`] | one source and how it is read; the list of all settings |
//! | [`origin`], [`network`], [`keep`], [`tcp_port`] | the values that have a grammar of their own |
//! | [`camera_codec`] | in what cameras send |
//! | [`openid`] | the provider that people may sign in with |
//! | [`payments`] | who takes money, and the account there |
//!
//! Whatever is unknown, unreadable or contradictory is refused with one sentence before anything
//! starts. Not here: opening files and ports; `startup` does that with the finished [`Settings`].

pub mod camera_codec;
pub mod keep;
pub mod layer;
pub mod network;
pub mod openid;
pub mod origin;
pub mod payments;
pub mod tcp_port;

pub use camera_codec::CameraCodec;
pub use keep::Keep;
pub use layer::Layer;
pub use network::Network;
pub use openid::{Issuer, OpenidSettings};
pub use origin::Origin;
pub use payments::{PaymentSettings, Processor, StripeSettings, Taker};
pub use tcp_port::TcpPort;

use clap::Parser;
use clap::error::ErrorKind;
use layer::Place;
use lettre::message::Mailbox;
use model::{EmailAddress, RoomCode};
use service::load::Caps;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

/// The settings file that is read if it lies where the server is started.
const FILE: &str = "anteroom.toml";

/// The finished settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where the pages are served; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The folder that holds all that must survive a restart.
    pub data: PathBuf,
    /// What the store opens.
    pub database: String,
    pub media: Media,
    /// The addresses that people open; empty means whatever host the browser asked for.
    pub origins: Vec<Origin>,
    pub tls: Tls,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// How mails are sent, if they are.
    pub mail: Option<MailSettings>,
    /// How long rooms that are over are remembered.
    pub keep: Keep,
    /// Whom people may sign in with, if with anybody.
    pub openid: Option<OpenidSettings>,
    pub payments: PaymentSettings,
    pub bearing: Bearing,
    /// The addresses of the accounts that run this server.
    pub operators: Vec<EmailAddress>,
    pub matching: Matching,
    /// Where a monitor reads numbers, if it may.
    pub metrics: Option<SocketAddr>,
    pub log: Log,
    /// The folder of the built pages; `None` means beside the program.
    pub site: Option<PathBuf>,
}

/// Settings of the media threads.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The addresses that are offered to browsers; empty means those of this machine.
    pub public_ips: Vec<IpAddr>,
    /// The first UDP port; 0 takes free ones.
    pub port: u16,
    /// Where media is taken over TCP, too.
    pub tcp_port: TcpPort,
    /// How many threads forward; `None` follows the machine.
    pub shards: Option<u16>,
    /// In what cameras of pages send.
    pub camera_codec: CameraCodec,
}

/// How the pages are encrypted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Tls {
    /// Not at all: for this machine only, or behind a proxy that does it.
    Off,
    /// With a certificate made here and kept in the data folder.
    SelfSigned,
    /// With the operator's certificate.
    Files { cert: PathBuf, key: PathBuf },
}

/// How mails are sent.
#[derive(Clone, Debug, PartialEq)]
pub struct MailSettings {
    /// The mail server, with what opens it.
    pub url: String,
    pub from: Mailbox,
    /// The address of the same, as calendars are told of it.
    pub sender: EmailAddress,
}

/// How many people the server takes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bearing {
    pub caps: Caps,
    /// What the process may hold in memory before nobody new comes in, in MiB; 0 is no limit.
    pub memory_mib: u32,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    pub format: LogFormat,
    /// A filter of `tracing_subscriber`, known to parse.
    pub filter: String,
}

/// Who may be brought together with strangers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub enum Matching {
    /// Nobody: there is no such page.
    #[default]
    None,
    /// Whoever is signed in.
    Members,
    /// Everybody who has the address.
    Anyone,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// Why there are no settings. Each is one sentence for the operator.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConfigError {
    #[error("{setting} is no setting; anteroom.toml.example names them all")]
    Unknown { setting: String },
    #[error("{task} is no task; there are verify-audit, verify-ledger, reset-password and confirm-address")]
    UnknownTask { task: String },
    #[error("{setting} is refused: {problem}")]
    Invalid { setting: String, problem: String },
    #[error("{path} cannot be read: {problem}", path = path.display())]
    Unreadable { path: PathBuf, problem: String },
    #[error("{path} does not parse in line {line}: {problem}", path = path.display())]
    Malformed { path: PathBuf, line: usize, problem: String },
    #[error("{first} and {second} contradict each other: {reason}")]
    Contradiction { first: &'static str, second: &'static str, reason: &'static str },
    #[error("{present} needs {missing} beside it")]
    Alone { present: &'static str, missing: &'static str },
}

/// What the command line asked for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// Serve, with these settings.
    Serve(Box<Settings>),
    /// Verify the history of one room or of all, with these settings.
    VerifyAudit { settings: Box<Settings>, room: Option<RoomCode> },
    /// Verify the ledger and every paid session, with these settings.
    VerifyLedger(Box<Settings>),
    /// Make a link with which somebody chooses a new password, with these settings.
    ResetPassword { settings: Box<Settings>, email: String },
    /// Note that an account's address is its owner's, with these settings.
    ConfirmAddress { settings: Box<Settings>, email: String },
    /// Print this and be done (`--help`, `--version`).
    Print(String),
}

/// Everything from outside that settings are read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The command line, the program's name first.
    pub arguments: Vec<OsString>,
    pub environment: Vec<(String, String)>,
    /// The folder in which `anteroom.toml` is looked for.
    pub folder: PathBuf,
}

/// Video calls through your own server.
#[derive(Debug, Parser)]
#[command(name = "anteroom", version)]
struct CommandLine {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    task: Option<Task>,
}

/// What settings a command line gives; before a task and behind it they mean the same.
#[derive(Debug, clap::Args)]
struct Given {
    /// Settings file [default: ./anteroom.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    layer: Layer,
}

/// What else the program does.
#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Verify that no room's history was changed since it was written; exits with 1 if one was
    VerifyAudit {
        /// The code of the only room to look at [default: all rooms]
        #[arg(long, value_name = "CODE")]
        room: Option<RoomCode>,
        #[command(flatten)]
        given: Given,
    },
    /// Verify that the ledger balances and says what the paid sessions say; exits with 1 if it does not
    VerifyLedger {
        #[command(flatten)]
        given: Given,
    },
    /// Print a link with which somebody who forgot the password chooses a new one, within an hour
    ResetPassword {
        /// The e-mail address of the account
        email: String,
        #[command(flatten)]
        given: Given,
    },
    /// Hand an account to the owner of its address, where no mails are sent: prints the link for a password
    ConfirmAddress {
        /// The e-mail address of the account
        email: String,
        #[command(flatten)]
        given: Given,
    },
}

/// A task without the settings that were given with it.
enum Errand {
    Serve,
    VerifyAudit(Option<RoomCode>),
    VerifyLedger,
    ResetPassword(String),
    ConfirmAddress(String),
}

/// Reads all sources and settles what they say.
pub fn read(sources: &Sources) -> Result<Asked, ConfigError> {
    let line = match CommandLine::try_parse_from(&sources.arguments) {
        Ok(line) => line,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return Ok(Asked::Print(error.to_string()));
        }
        Err(error) => return Err(Place::Flags.refuse(&error)),
    };
    let (given, errand) = match line.task {
        None => (line.given, Errand::Serve),
        Some(Task::VerifyAudit { room, given }) => (given.over(line.given), Errand::VerifyAudit(room)),
        Some(Task::VerifyLedger { given }) => (given.over(line.given), Errand::VerifyLedger),
        Some(Task::ResetPassword { email, given }) => (given.over(line.given), Errand::ResetPassword(email)),
        Some(Task::ConfirmAddress { email, given }) => {
            (given.over(line.given), Errand::ConfirmAddress(email))
        }
    };
    let named = given.config.or_else(|| sources.variable("ANTEROOM_CONFIG").map(PathBuf::from));
    let file = match named {
        Some(path) => read_file(&path)?,
        None => {
            let path = sources.folder.join(FILE);
            if path.exists() { read_file(&path)? } else { Layer::default() }
        }
    };
    let environment = Layer::from_env(sources.environment.iter().cloned())?;
    // Whoever builds the pages says where they are; an operator who names a folder knows better.
    let built = Layer { site: sources.variable("LEPTOS_SITE_ROOT").map(PathBuf::from), ..Layer::default() };
    let layer = given.layer.over(environment).over(file).over(built);
    let settings = Box::new(Settings::settle(layer)?);
    Ok(match errand {
        Errand::Serve => Asked::Serve(settings),
        Errand::VerifyAudit(room) => Asked::VerifyAudit { settings, room },
        Errand::VerifyLedger => Asked::VerifyLedger(settings),
        Errand::ResetPassword(email) => Asked::ResetPassword { settings, email },
        Errand::ConfirmAddress(email) => Asked::ConfirmAddress { settings, email },
    })
}

impl Given {
    fn over(self, weaker: Self) -> Self {
        Self { config: self.config.or(weaker.config), layer: self.layer.over(weaker.layer) }
    }
}

impl Sources {
    /// A variable of the environment, unless it is empty.
    fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }
}

fn read_file(path: &Path) -> Result<Layer, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), problem: error.to_string() })?;
    Layer::from_toml(path, &text)
}

impl Settings {
    /// Fills in the defaults and refuses what contradicts itself.
    pub fn settle(layer: Layer) -> Result<Self, ConfigError> {
        let tls = settle_tls(&layer)?;
        require_reachable(&tls, &layer.origin)?;
        let mail = settle_mail(&layer)?;
        let openid = openid::settle(&layer)?;
        let payments = payments::settle(&layer)?;
        let bearing = settle_bearing(&layer)?;
        let operators = settle_operators(&layer)?;
        let media = settle_media(&layer)?;
        let data = layer.data.unwrap_or_else(|| PathBuf::from("data"));
        let database = match layer.database {
            Some(url) => settle_database(url)?,
            // The path stands in an address, where these two mean something else.
            None => {
                let path = data.join("anteroom.sqlite").display().to_string();
                format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F"))
            }
        };
        Ok(Self {
            addr: layer.addr.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 3000))),
            data,
            database,
            media,
            origins: layer.origin,
            tls,
            trusted_proxies: layer.trusted_proxy,
            mail,
            keep: layer.keep_history_days.unwrap_or_default(),
            openid,
            payments,
            bearing,
            operators,
            matching: layer.matching.unwrap_or_default(),
            metrics: layer.metrics_addr,
            log: Log {
                format: layer.log_format.unwrap_or(LogFormat::Text),
                filter: settle_filter(layer.log_filter.unwrap_or_else(|| "info".to_owned()))?,
            },
            site: layer.site,
        })
    }

    /// Whether this server itself speaks HTTPS.
    pub fn serves_tls(&self) -> bool {
        self.tls != Tls::Off
    }

    /// Whether cookies may be kept to HTTPS: every way to the pages is encrypted.
    pub fn secure_cookie(&self) -> bool {
        self.serves_tls() || (!self.origins.is_empty() && self.origins.iter().all(Origin::is_secure))
    }
}

fn settle_tls(layer: &Layer) -> Result<Tls, ConfigError> {
    let self_signed = layer.tls_self_signed.unwrap_or(false);
    match (self_signed, &layer.tls_cert, &layer.tls_key) {
        (false, None, None) => Ok(Tls::Off),
        (true, None, None) => Ok(Tls::SelfSigned),
        (false, Some(cert), Some(key)) => Ok(Tls::Files { cert: cert.clone(), key: key.clone() }),
        (false, Some(_), None) => Err(ConfigError::Alone { present: "tls-cert", missing: "tls-key" }),
        (false, None, Some(_)) => Err(ConfigError::Alone { present: "tls-key", missing: "tls-cert" }),
        (true, Some(_), _) | (true, None, Some(_)) => Err(ConfigError::Contradiction {
            first: "tls-self-signed",
            second: if layer.tls_cert.is_some() { "tls-cert" } else { "tls-key" },
            reason: "the certificate is either made here or brought along",
        }),
    }
}

/// A page that came over HTTPS says so in every request: with other origins alone nobody could do anything.
fn require_reachable(tls: &Tls, origins: &[Origin]) -> Result<(), ConfigError> {
    let first = match tls {
        Tls::Off => return Ok(()),
        Tls::SelfSigned => "tls-self-signed",
        Tls::Files { .. } => "tls-cert",
    };
    if origins.is_empty() || origins.iter().any(Origin::is_secure) {
        return Ok(());
    }
    let reason = "pages that are served over HTTPS have an origin that begins with https://";
    Err(ConfigError::Contradiction { first, second: "origin", reason })
}

fn settle_mail(layer: &Layer) -> Result<Option<MailSettings>, ConfigError> {
    let (url, from) = match (&layer.mail_url, &layer.mail_from) {
        (None, None) => return Ok(None),
        (Some(url), Some(from)) => (url, from),
        (Some(_), None) => return Err(ConfigError::Alone { present: "mail-url", missing: "mail-from" }),
        (None, Some(_)) => return Err(ConfigError::Alone { present: "mail-from", missing: "mail-url" }),
    };
    // A link that followed the host of whoever asked could lead to somebody else's site.
    if layer.origin.is_empty() {
        return Err(ConfigError::Alone { present: "mail-url", missing: "origin" });
    }
    let refuse =
        |setting: &str, problem: String| ConfigError::Invalid { setting: setting.to_owned(), problem };
    // The address holds a password, so it is not repeated.
    let problem = "a mail server is smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST".to_owned();
    crate::mail::transport(url).map_err(|_| refuse("mail-url", problem))?;
    let no_address = || refuse("mail-from", format!("`{from}` is no address of mail"));
    let from: Mailbox = from.parse().map_err(|_| no_address())?;
    let sender = EmailAddress::parse(from.email.as_ref()).map_err(|_| no_address())?;
    Ok(Some(MailSettings { url: url.clone(), from, sender }))
}

fn settle_bearing(layer: &Layer) -> Result<Bearing, ConfigError> {
    let caps = [
        ("max-rooms", layer.max_rooms),
        ("max-people", layer.max_people),
        ("max-waiting", layer.max_waiting),
        ("max-sockets", layer.max_sockets),
        ("max-memory-mib", layer.max_memory_mib),
    ];
    if let Some((setting, _)) = caps.iter().find(|(_, cap)| *cap == Some(0)) {
        let problem = "with 0 nobody could come in at all".to_owned();
        return Err(ConfigError::Invalid { setting: (*setting).to_owned(), problem });
    }
    let [rooms, people, waiting, sockets, memory] = caps.map(|(_, cap)| cap);
    Ok(Bearing { caps: Caps { rooms, people, waiting, sockets }, memory_mib: memory.unwrap_or(0) })
}

fn settle_operators(layer: &Layer) -> Result<Vec<EmailAddress>, ConfigError> {
    let parse = |text: &String| {
        EmailAddress::parse(text).map_err(|_| ConfigError::Invalid {
            setting: "operators".to_owned(),
            problem: format!("`{text}` is no address of mail"),
        })
    };
    layer.operators.iter().map(parse).collect()
}

fn settle_database(url: String) -> Result<String, ConfigError> {
    if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(url);
    }
    // The text may hold a password that was mistyped into the wrong place, so it is not repeated.
    let problem = "a database is sqlite:PATH or postgres://…".to_owned();
    Err(ConfigError::Invalid { setting: "database".to_owned(), problem })
}

fn settle_media(layer: &Layer) -> Result<Media, ConfigError> {
    let refuse =
        |setting: &str, problem: String| Err(ConfigError::Invalid { setting: setting.to_owned(), problem });
    if let Some(ip) = layer.public_ip.iter().find(|ip| ip.is_unspecified() || ip.is_multicast()) {
        return refuse("public-ip", format!("`{ip}` is no address that a browser could reach"));
    }
    let shards = layer.media_shards;
    if shards == Some(0) {
        return refuse("media-shards", "at least one thread must forward media".to_owned());
    }
    let (port, tcp_port) = (layer.media_port.unwrap_or(10_000), layer.media_tcp_port.unwrap_or_default());
    let tcp_first = if let TcpPort::From(first) = tcp_port { first } else { port };
    for (setting, first) in [("media-port", port), ("media-tcp-port", tcp_first)] {
        let last = u32::from(first) + u32::from(shards.unwrap_or(1)) - 1;
        if last > u32::from(u16::MAX) {
            return refuse(setting, format!("the last shard would need port {last}"));
        }
    }
    let camera_codec = layer.camera_codec.unwrap_or_default();
    Ok(Media { public_ips: layer.public_ip.clone(), port, tcp_port, shards, camera_codec })
}

fn settle_filter(filter: String) -> Result<String, ConfigError> {
    match EnvFilter::try_new(&filter) {
        Ok(_) => Ok(filter),
        Err(error) => {
            Err(ConfigError::Invalid { setting: "log-filter".to_owned(), problem: error.to_string() })
        }
    }
}

#[cfg(test)]
mod tests;
