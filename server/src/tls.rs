//! HTTPS: the operator's certificate, or one that is made here and kept.
//!
//! The one made here names this machine, its addresses and the public ones. It stays the same until it
//! is about to expire, so that people who accepted it once are not asked again. When it expires stands
//! in the first line of its file, before the certificate, where readers of PEM do not look.

use crate::config::{Settings, Tls};
use axum_server::tls_rustls::RustlsConfig;
use model::UnixMillis;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use time::OffsetDateTime;

const CERT_FILE: &str = "self-signed.pem";
const KEY_FILE: &str = "self-signed.key";
const EXPIRY: &str = "Expires at second ";
/// Some browsers refuse certificates that live longer than 825 days.
const LIFE: time::Duration = time::Duration::days(800);
/// So long before its end a certificate is replaced at a start.
const RENEWAL: time::Duration = time::Duration::days(30);

/// Why there is no HTTPS. Each is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate {cert} and its key {key} cannot be used: {source}")]
    Files { cert: String, key: String, source: io::Error },
    #[error("no certificate can be made: {0}")]
    Making(#[from] rcgen::Error),
    #[error("the certificate that was made here cannot be kept: {0}")]
    Keeping(#[source] io::Error),
}

/// Makes aws-lc-rs the one TLS provider of the process; a second call changes nothing.
pub fn install_provider() {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::debug!("The TLS provider was installed before.");
    }
}

/// What the listener needs for HTTPS, if it is wanted.
pub async fn open(
    settings: &Settings,
    addresses: &[IpAddr],
    now: UnixMillis,
) -> Result<Option<RustlsConfig>, TlsError> {
    let (cert, key) = match &settings.tls {
        Tls::Off => return Ok(None),
        Tls::Files { cert, key } => (cert.clone(), key.clone()),
        Tls::SelfSigned => {
            let (cert, key) = (settings.data.join(CERT_FILE), settings.data.join(KEY_FILE));
            if !is_good(&cert, &key, now) {
                make(&cert, &key, &names(settings, addresses), now)?;
            }
            (cert, key)
        }
    };
    let config = RustlsConfig::from_pem_file(&cert, &key).await.map_err(|source| TlsError::Files {
        cert: cert.display().to_string(),
        key: key.display().to_string(),
        source,
    })?;
    Ok(Some(config))
}

/// Whatever people may type to reach this machine.
fn names(settings: &Settings, addresses: &[IpAddr]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned()];
    names.extend(std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()));
    names.extend(settings.origins.iter().map(|origin| origin.host().to_owned()));
    names.extend(addresses.iter().chain(&settings.media.public_ips).map(IpAddr::to_string));
    names.retain(|name| !name.is_empty() && name.is_ascii());
    names.sort();
    names.dedup();
    names
}

/// Whether both files are there and will last a while.
fn is_good(cert: &Path, key: &Path, now: UnixMillis) -> bool {
    let text = std::fs::read_to_string(cert).unwrap_or_default();
    let expiry = text.lines().next().and_then(|line| line.strip_prefix(EXPIRY)?.parse::<i64>().ok());
    key.exists() && expiry.is_some_and(|second| second > now.0 / 1_000 + RENEWAL.whole_seconds())
}

fn make(cert: &Path, key: &Path, names: &[String], now: UnixMillis) -> Result<(), TlsError> {
    let start = OffsetDateTime::from_unix_timestamp(now.0 / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Anteroom on this network");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Clocks of phones are not always right.
    params.not_before = start - time::Duration::DAY;
    params.not_after = start + LIFE;
    let pair = KeyPair::generate()?;
    let text = format!("{EXPIRY}{}\n{}", params.not_after.unix_timestamp(), params.self_signed(&pair)?.pem());
    keep(key, &pair.serialize_pem(), 0o600).map_err(TlsError::Keeping)?;
    keep(cert, &text, 0o644).map_err(TlsError::Keeping)
}

/// Writes a file anew, readable for those whom `mode` names.
fn keep(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
