//! Starting, refusing to start, HTTPS, and coming to an end.

use crate::guest::hosted;
use crate::harness::{Folder, Server};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use server::config::Layer;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

async fn refusal(folder: Folder, layer: Layer) -> String {
    match Server::try_start(Arc::new(folder), layer).await {
        Ok(_) => panic!("the server starts"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_is_missing_or_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("a bound port");
    let in_use = Layer { addr: Some(addr), ..Layer::default() };
    assert_eq!(
        refusal(Folder::new(), in_use).await,
        format!("the address {addr} is in use by another program")
    );

    let folder = Folder::new();
    folder.write("data/secret.key", "short");
    let refused = refusal(folder, Layer::default()).await;
    assert!(refused.ends_with("secret.key cannot be used: it should hold 64 bytes"), "{refused}");

    let folder = Folder::new();
    folder.write("data", "no folder");
    let refused = refusal(folder, Layer::default()).await;
    assert!(refused.starts_with("the folder "), "{refused}");

    let folder = Folder::new();
    folder.write("cert.pem", "no certificate");
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| Some(folder.path().join(name)));
    let refused = refusal(folder, Layer { tls_cert: cert, tls_key: key, ..Layer::default() }).await;
    assert!(refused.starts_with("the certificate ") && refused.contains("key.pem"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_asks_browsers_to_come_back() {
    let mut server = Server::start().await;
    let mut ana = hosted(&server).await;
    let addr = server.addr;
    let closed = tokio::spawn(async move { ana.socket.closed().await });
    server.stopped().await;
    assert_eq!(closed.await.expect("the socket is read to its end"), 1012);
    assert!(TcpStream::connect(addr).is_err(), "nobody listens any more");
}

/// The clock of the server under test, by which its certificate was made.
#[derive(Debug)]
struct TestTime;

impl TimeProvider for TestTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_millis(crate::harness::START_MS as u64)))
    }
}

/// Asks over HTTPS, trusting this one certificate.
fn ask_over_tls(addr: SocketAddr, cert: &Path) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(cert).expect("a certificate")).expect("a sound certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(TestTime))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a sound set-up");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(addr)?);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test]
async fn a_certificate_made_here_works_and_stays_the_same() {
    let layer = || Layer { tls_self_signed: Some(true), ..Layer::default() };
    let mut server = Server::start_with(layer()).await;
    assert!(server.urls[0].starts_with("https://localhost:"), "{:?}", server.urls);
    let cert = server.folder.path().join("data/self-signed.pem");
    let addr = server.addr;
    let answer = tokio::task::spawn_blocking({
        let cert = cert.clone();
        move || ask_over_tls(addr, &cert)
    });
    let answer = answer.await.expect("no panic").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let before = std::fs::read(&cert).expect("the certificate");
    server.stopped().await;
    let again = Server::start_in(server.folder.clone(), layer()).await;
    assert_eq!(std::fs::read(&cert).expect("the certificate"), before);
    drop(again);
}

#[tokio::test]
async fn a_certificate_that_was_brought_along_is_shown() {
    let folder = Folder::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    folder.write("cert.pem", &made.cert.pem());
    folder.write("key.pem", &made.signing_key.serialize_pem());
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    let layer = Layer {
        tls_cert: Some(cert.clone()),
        tls_key: Some(key),
        origin: vec!["https://localhost".parse().expect("an origin")],
        ..Layer::default()
    };
    let server = Server::start_in(Arc::new(folder), layer).await;
    let addr = server.addr;
    // Nothing else is trusted than what was brought along.
    let answer = tokio::task::spawn_blocking(move || ask_over_tls(addr, &cert));
    let answer = answer.await.expect("no panic").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

/// The program itself, in a folder of its own.
pub fn program(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    let variables = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("ANTEROOM_"));
    variables.for_each(|name| {
        command.env_remove(name);
    });
    command.current_dir(folder.path());
    if let Some(database) = folder.database() {
        command.env("ANTEROOM_DATABASE", database);
    }
    command
}

#[test]
fn refused_settings_are_one_sentence_and_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("a bound port").to_string();
    for (arguments, file, words) in [
        (["--adress", "x"].as_slice(), "", "--adress is no setting"),
        (&["--tls-cert", "x"], "", "tls-cert needs tls-key"),
        (&[], "colour = 'red'", "colour in "),
        (&["--addr", &taken], "", "is in use"),
    ] {
        let folder = Folder::new();
        folder.write("anteroom.toml", file);
        let Output { status, stderr, stdout } = program(&folder).args(arguments).output().expect("it runs");
        let stderr = String::from_utf8(stderr).expect("text");
        assert_eq!(status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
        assert!(stdout.is_empty());
    }
}

#[test]
fn the_program_says_where_it_is_and_ends_when_asked() {
    let folder = Folder::new();
    let mut child = program(&folder)
        .args(["--addr", "127.0.0.1:0", "--media-port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let port = line.trim().strip_prefix("Anteroom is ready: http://localhost:").expect("where it is");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
    stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.contains("200 OK"), "{answer}");
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(asked.success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
