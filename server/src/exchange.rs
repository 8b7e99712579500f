//! One request to another service and its answer, bounded in time and size.
//!
//! One connection each, HTTP/1.1. Redirects are not followed: every address that is asked was named by the
//! operator or by the service's own configuration. Nothing is said to an address that others could overhear.

use crate::config::openid::is_confidential;
use bytes::Bytes;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http::request::Builder;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// The longest answer that makes sense, unless somebody says otherwise.
pub const LONGEST: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("it took too long")]
    TimedOut,
    #[error("its answer is too long")]
    TooLong,
    #[error("its address is not to be used")]
    Address,
    #[error("it cannot be reached: {0}")]
    Io(#[from] io::Error),
    #[error("it does not keep to HTTP: {0}")]
    Http(#[from] hyper::Error),
}

/// The way to the other service.
pub struct Exchange {
    /// How long one answer may take.
    patience: Duration,
    /// How many bytes an answer may have.
    longest: usize,
    /// Made when it is first needed: reading the machine's certificates takes a moment.
    tls: OnceLock<TlsConnector>,
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

impl Exchange {
    /// A way that nobody has gone yet, on which an answer may take so long.
    pub const fn within(patience: Duration) -> Self {
        Self { patience, longest: LONGEST, tls: OnceLock::new() }
    }

    /// The same, where an answer may have so many bytes.
    pub fn up_to(mut self, longest: usize) -> Self {
        self.longest = longest;
        self
    }

    /// Asks, and reads the whole answer.
    pub async fn ask(&self, request: Builder, body: String) -> Result<(StatusCode, Bytes), ExchangeError> {
        let answer = self.ask_with_head(request, body).await?;
        Ok((answer.status(), answer.into_body()))
    }

    /// The same, with what stands ahead of the answer.
    pub async fn ask_with_head(
        &self,
        request: Builder,
        body: String,
    ) -> Result<Response<Bytes>, ExchangeError> {
        let request = request.header(USER_AGENT, "anteroom").header(CONNECTION, "close");
        let mut request = request.body(Full::new(Bytes::from(body))).map_err(|_| ExchangeError::Address)?;
        let uri = request.uri().clone();
        let authority = uri.authority().ok_or(ExchangeError::Address)?;
        let host = authority.as_str().parse().map_err(|_| ExchangeError::Address)?;
        request.headers_mut().insert(HOST, host);
        // A server is asked for a path; only a proxy would be asked for a whole address.
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = path.parse().map_err(|_| ExchangeError::Address)?;
        let talk = async {
            let line = self.connect(&uri).await?;
            talk(line, request, self.longest).await
        };
        tokio::time::timeout(self.patience, talk).await.map_err(|_| ExchangeError::TimedOut)?
    }

    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Line>, ExchangeError> {
        let host = uri.host().filter(|_| is_confidential(uri)).ok_or(ExchangeError::Address)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let line = TcpStream::connect((host, port)).await?;
        if !is_secure {
            return Ok(Box::new(line));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ExchangeError::Address)?;
        let tls = self.tls.get_or_init(connector).clone();
        Ok(Box::new(tls.connect(name, line).await?))
    }
}

async fn talk(
    line: Box<dyn Line>,
    request: Request<Full<Bytes>>,
    longest: usize,
) -> Result<Response<Bytes>, ExchangeError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await?;
    // Ends with this function, however that ends.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, longest).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return ExchangeError::TooLong;
        }
        error.downcast::<hyper::Error>().map_or(ExchangeError::TooLong, |error| ExchangeError::Http(*error))
    })?;
    Ok(Response::from_parts(parts, body.to_bytes()))
}

/// TLS as this machine trusts it.
fn connector() -> TlsConnector {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::error!("This machine trusts no certificates; nobody can be asked over HTTPS.");
    }
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}
