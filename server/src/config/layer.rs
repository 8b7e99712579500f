//! One source of settings, and the one way to read it.
//!
//! ```text
//! anteroom.toml   addr = "0.0.0.0:80"        ┐
//! environment     ANTEROOM_ADDR=0.0.0.0:80   ├─▶ --addr=0.0.0.0:80 ─▶ Layer
//! flags           --addr 0.0.0.0:80          ┘
//! ```
//!
//! All three sources are brought into the shape of flags and read by the same parser, so that a
//! setting means the same wherever it stands, and is written down once.
//! Not here: defaults and what contradicts what; [`super::Settings`] has those.

use super::{
    CameraCodec, ConfigError, Issuer, Keep, LogFormat, Matching, Network, Origin, Processor, TcpPort,
};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Command, FromArgMatches};
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// What the names of environment variables begin with.
pub const PREFIX: &str = "ANTEROOM_";

/// The settings that one source names; the others stay open.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Address and port of the pages [default: 127.0.0.1:3000]
    #[arg(long, value_name = "IP:PORT")]
    pub addr: Option<SocketAddr>,
    /// Folder of the database, the keys and the certificate [default: ./data]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Database to use, sqlite:PATH or postgres://… [default: anteroom.sqlite in the data folder]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Addresses that browsers reach the media ports on [default: those of this machine]
    #[arg(long, value_name = "IP", value_delimiter = ',')]
    pub public_ip: Vec<IpAddr>,
    /// First UDP port of the media; each shard takes one, counting up [default: 10000]
    #[arg(long, value_name = "PORT")]
    pub media_port: Option<u16>,
    /// First TCP port of the media, `same` as UDP, or `off` [default: same, where it is free]
    #[arg(long, value_name = "PORT|same|off")]
    pub media_tcp_port: Option<TcpPort>,
    /// How many threads forward media [default: one less than there are cores]
    #[arg(long, value_name = "COUNT")]
    pub media_shards: Option<u16>,
    /// What cameras of pages send in, where the browser can; the others send VP8 [default: vp8]
    #[arg(long, value_name = "vp8|vp9|av1|h264")]
    pub camera_codec: Option<CameraCodec>,
    /// Address that people open, like `https://meet.example.org` [default: whatever the browser asked for]
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    pub origin: Vec<Origin>,
    /// Serve HTTPS with a certificate made here, for use on a local network
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub tls_self_signed: Option<bool>,
    /// Serve HTTPS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Networks of reverse proxies whose X-Forwarded-For is believed [default: none]
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    pub trusted_proxy: Vec<Network>,
    /// Mail server for accounts, smtps://USER:PASSWORD@HOST or smtp://… [default: no mails]
    #[arg(long, value_name = "URL")]
    pub mail_url: Option<String>,
    /// Who mails come from, like `Anteroom <anteroom@example.org>`
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// How many rooms may have people in them at once [default: no limit]
    #[arg(long, value_name = "COUNT")]
    pub max_rooms: Option<u32>,
    /// How many people may be in calls at once [default: no limit]
    #[arg(long, value_name = "COUNT")]
    pub max_people: Option<u32>,
    /// How many people may wait at doors at once [default: no limit]
    #[arg(long, value_name = "COUNT")]
    pub max_waiting: Option<u32>,
    /// How many call sockets may be open at once [default: no limit]
    #[arg(long, value_name = "COUNT")]
    pub max_sockets: Option<u32>,
    /// How much memory the server may hold before nobody new comes in [default: no limit]
    #[arg(long, value_name = "MIB")]
    pub max_memory_mib: Option<u32>,
    /// Days after which a room that ended is erased with names, chat and history, or forever [default: 90]
    #[arg(long, value_name = "DAYS|forever")]
    pub keep_history_days: Option<Keep>,
    /// OpenID provider that people may sign in with, like `https://id.example.org` [default: none]
    #[arg(long, value_name = "URL")]
    pub openid_issuer: Option<Issuer>,
    /// What this server is called at the OpenID provider
    #[arg(long, value_name = "ID")]
    pub openid_client_id: Option<String>,
    /// What proves to the OpenID provider that it is this server
    #[arg(long, value_name = "SECRET")]
    pub openid_client_secret: Option<String>,
    /// What people call the OpenID provider [default: the host of its address]
    #[arg(long, value_name = "NAME")]
    pub openid_name: Option<String>,
    /// What the OpenID provider is asked for besides openid [default: profile,email]
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub openid_scope: Vec<String>,
    /// Who takes the money for rooms with a price: nobody, the test processor, or Stripe [default: none]
    #[arg(long, value_name = "none|test|stripe")]
    pub payments: Option<Processor>,
    /// The operator's share of what hosts earn, in thousandths [default: 0]
    #[arg(long, value_name = "THOUSANDTHS", value_parser = clap::value_parser!(u16).range(0..=500))]
    pub payments_fee: Option<u16>,
    /// Whose rooms may cost something: anyone, members (who have accounts), or addresses of accounts
    /// [default: members; anyone with the test processor]
    #[arg(long, value_name = "anyone|members|ADDRESS", value_delimiter = ',')]
    pub sellers: Vec<String>,
    /// Secret key of the account at Stripe; better in the environment or the file than on the command line
    #[arg(long, value_name = "KEY")]
    pub stripe_key: Option<String>,
    /// What Stripe signs its messages with; two while one is replaced
    #[arg(long, value_name = "SECRET", value_delimiter = ',')]
    pub stripe_webhook_secrets: Vec<String>,
    /// What people may pay with at Stripe; `all` is what the account offers [default: card]
    #[arg(long, value_name = "METHOD", value_delimiter = ',')]
    pub stripe_methods: Vec<String>,
    /// Have Stripe work out the tax that is in a price
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub stripe_tax: Option<bool>,
    /// Have hosts take the money themselves, in accounts at Stripe that they connect
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub stripe_connect: Option<bool>,
    /// Where Stripe is asked; only for tests [default: `https://api.stripe.com`]
    #[arg(long, value_name = "URL")]
    pub stripe_api: Option<String>,
    /// Accounts that run this server, by their e-mail addresses: they read all sessions and the ledger
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub operators: Vec<String>,
    /// Who may be brought together with strangers, at /meet [default: none]
    #[arg(long, value_name = "none|members|anyone")]
    pub matching: Option<Matching>,
    /// Address and port where monitors read numbers, without saying who they are [default: none]
    #[arg(long, value_name = "IP:PORT")]
    pub metrics_addr: Option<SocketAddr>,
    /// Shape of the log lines [default: text]
    #[arg(long, value_name = "text|json")]
    pub log_format: Option<LogFormat>,
    /// What to log, like info,sfu=debug [default: info]
    #[arg(long, value_name = "FILTER")]
    pub log_filter: Option<String>,
    /// Folder of the built pages [default: site, beside the program]
    #[arg(long, value_name = "FOLDER")]
    pub site: Option<PathBuf>,
}

impl Layer {
    /// Reads the text of a settings file.
    pub fn from_toml(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let place = Place::File(path.to_owned());
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::Malformed {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            problem: error.message().to_owned(),
        })?;
        let mut settings = Vec::new();
        for (name, value) in flat(table) {
            let value = plain(&value).ok_or_else(|| ConfigError::Invalid {
                setting: place.spell(&name),
                problem: NOT_PLAIN.into(),
            })?;
            settings.push((name, value));
        }
        Self::parse(&place, settings)
    }

    /// Reads the environment; an empty variable counts as unset.
    pub fn from_env(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let settings = variables.into_iter().filter_map(|(variable, value)| {
            let name = variable.strip_prefix(PREFIX)?;
            // The path of the settings file is no setting: it is read before there are any.
            let is_set = name != "CONFIG" && !value.is_empty();
            is_set.then(|| (name.to_ascii_lowercase().replace('_', "-"), value))
        });
        Self::parse(&Place::Environment, settings.collect())
    }

    /// The names of all settings, as the file spells them.
    pub fn names() -> Vec<String> {
        let command = Self::augment_args(Command::new("anteroom"));
        command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
    }

    /// Reads settings that were brought into the shape of flags.
    fn parse(place: &Place, settings: Vec<(String, String)>) -> Result<Self, ConfigError> {
        let known = Self::names();
        let mut arguments = Vec::new();
        for (name, value) in settings {
            if !known.contains(&name) {
                return Err(ConfigError::Unknown { setting: place.spell(&name) });
            }
            arguments.push(format!("--{name}={value}"));
        }
        let command = Self::augment_args(Command::new("anteroom").no_binary_name(true));
        command
            .try_get_matches_from(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(|error| place.refuse(&error))
    }

    /// This layer over a weaker one.
    #[must_use]
    pub fn over(self, weaker: Self) -> Self {
        Self {
            addr: self.addr.or(weaker.addr),
            data: self.data.or(weaker.data),
            database: self.database.or(weaker.database),
            public_ip: longer(self.public_ip, weaker.public_ip),
            media_port: self.media_port.or(weaker.media_port),
            media_tcp_port: self.media_tcp_port.or(weaker.media_tcp_port),
            media_shards: self.media_shards.or(weaker.media_shards),
            camera_codec: self.camera_codec.or(weaker.camera_codec),
            origin: longer(self.origin, weaker.origin),
            tls_self_signed: self.tls_self_signed.or(weaker.tls_self_signed),
            tls_cert: self.tls_cert.or(weaker.tls_cert),
            tls_key: self.tls_key.or(weaker.tls_key),
            trusted_proxy: longer(self.trusted_proxy, weaker.trusted_proxy),
            mail_url: self.mail_url.or(weaker.mail_url),
            mail_from: self.mail_from.or(weaker.mail_from),
            max_rooms: self.max_rooms.or(weaker.max_rooms),
            max_people: self.max_people.or(weaker.max_people),
            max_waiting: self.max_waiting.or(weaker.max_waiting),
            max_sockets: self.max_sockets.or(weaker.max_sockets),
            max_memory_mib: self.max_memory_mib.or(weaker.max_memory_mib),
            keep_history_days: self.keep_history_days.or(weaker.keep_history_days),
            openid_issuer: self.openid_issuer.or(weaker.openid_issuer),
            openid_client_id: self.openid_client_id.or(weaker.openid_client_id),
            openid_client_secret: self.openid_client_secret.or(weaker.openid_client_secret),
            openid_name: self.openid_name.or(weaker.openid_name),
            openid_scope: longer(self.openid_scope, weaker.openid_scope),
            payments: self.payments.or(weaker.payments),
            payments_fee: self.payments_fee.or(weaker.payments_fee),
            sellers: longer(self.sellers, weaker.sellers),
            stripe_key: self.stripe_key.or(weaker.stripe_key),
            stripe_webhook_secrets: longer(self.stripe_webhook_secrets, weaker.stripe_webhook_secrets),
            stripe_methods: longer(self.stripe_methods, weaker.stripe_methods),
            stripe_tax: self.stripe_tax.or(weaker.stripe_tax),
            stripe_connect: self.stripe_connect.or(weaker.stripe_connect),
            stripe_api: self.stripe_api.or(weaker.stripe_api),
            operators: longer(self.operators, weaker.operators),
            matching: self.matching.or(weaker.matching),
            metrics_addr: self.metrics_addr.or(weaker.metrics_addr),
            log_format: self.log_format.or(weaker.log_format),
            log_filter: self.log_filter.or(weaker.log_filter),
            site: self.site.or(weaker.site),
        }
    }
}

const NOT_PLAIN: &str = "it must be a text, a number, true, false or a list of texts";

/// Where a setting was found, for the sentence that refuses it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    Flags,
    Environment,
    File(PathBuf),
}

impl Place {
    /// The name of a setting as it is spelled in this place.
    fn spell(&self, name: &str) -> String {
        match self {
            Self::Flags => format!("--{name}"),
            Self::Environment => format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_")),
            Self::File(path) => format!("{name} in {}", path.display()),
        }
    }

    /// Turns the parser's error into our sentence.
    pub fn refuse(&self, error: &clap::Error) -> ConfigError {
        let context = |kind| error.get(kind).map(Text);
        if let Some(task) = context(ContextKind::InvalidSubcommand) {
            return ConfigError::UnknownTask { task: task.to_string() };
        }
        let flag = context(ContextKind::InvalidArg).map(|text| text.to_string()).unwrap_or_default();
        let name = flag.trim_start_matches('-').split([' ', '=', '[']).next().unwrap_or_default();
        let setting = self.spell(name);
        if error.kind() == ErrorKind::UnknownArgument {
            return ConfigError::Unknown { setting };
        }
        let value = context(ContextKind::InvalidValue).map(|text| text.to_string()).unwrap_or_default();
        let problem = match (error.source(), value.is_empty()) {
            (Some(source), _) => format!("`{value}` does not do: {source}"),
            (None, false) => format!("`{value}` does not do"),
            (None, true) => match error.kind() {
                ErrorKind::ArgumentConflict | ErrorKind::TooManyValues => "it stands there twice".to_owned(),
                _ => "its value is missing".to_owned(),
            },
        };
        ConfigError::Invalid { setting, problem }
    }
}

/// A context value of the parser, as text.
struct Text<'a>(&'a ContextValue);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ContextValue::String(text) => f.write_str(text),
            ContextValue::Strings(texts) => f.write_str(&texts.join(" ")),
            _ => Ok(()),
        }
    }
}

/// Settings in a table carry its name: `issuer` below `[openid]` is `openid-issuer`.
fn flat(table: toml::Table) -> impl Iterator<Item = (String, toml::Value)> {
    table.into_iter().flat_map(|(name, value)| match value {
        toml::Value::Table(inner) => {
            inner.into_iter().map(|(part, value)| (format!("{name}-{part}"), value)).collect()
        }
        plain => vec![(name, plain)],
    })
}

/// The flag form of a value in the settings file.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// The stronger list, unless it was not given at all.
fn longer<T>(stronger: Vec<T>, weaker: Vec<T>) -> Vec<T> {
    if stronger.is_empty() { weaker } else { stronger }
}

/// The line of a byte position, counted from one.
fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}
