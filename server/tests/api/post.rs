//! A mail server of the tests' own: it takes every mail over real SMTP and hands it over as text.

use crate::harness::PATIENCE;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// How the addresses begin that the mail server refuses.
pub const UNKNOWN: &str = "unknown";
/// And those for which it has no time now.
pub const BUSY: &str = "busy";

/// A mail as it arrived.
#[derive(Debug)]
pub struct Received {
    /// Who the envelope was for.
    pub to: String,
    /// Head and body, decoded.
    pub text: String,
}

/// A mail server that keeps what it is sent.
pub struct PostOffice {
    pub addr: SocketAddr,
    received: mpsc::UnboundedReceiver<Received>,
}

impl PostOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("a bound port");
        let (keep, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, keep.clone()));
            }
        });
        Self { addr, received }
    }

    /// The next mail.
    pub async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(PATIENCE, self.received.recv()).await.expect("a mail in time");
        next.expect("the post office is open")
    }

    /// Makes sure that nothing came besides what was read.
    pub fn assert_empty(&mut self) {
        assert!(self.received.try_recv().is_err(), "nobody was to get a mail");
    }
}

impl Received {
    /// What stands behind `path` in the link of the mail.
    pub fn token(&self, path: &str) -> String {
        let (_, rest) = self.text.split_once(path).unwrap_or_else(|| panic!("no {path} in {}", self.text));
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}

async fn serve(stream: TcpStream, keep: mpsc::UnboundedSender<Received>) {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    say(&mut stream, "220 post.test").await;
    loop {
        let Some(line) = line(&mut stream).await else { return };
        let answer = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250 post.test",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match &*to {
                    to if to.starts_with(UNKNOWN) => "550 nobody here is called so",
                    to if to.starts_with(BUSY) => "450 come again",
                    _ => "250 fine",
                }
            }
            "DATA" => {
                say(&mut stream, "354 go on").await;
                let mut text = String::new();
                while let Some(line) = self::line(&mut stream).await.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                let _ = keep.send(Received { to: to.clone(), text: decoded(&text) });
                "250 kept"
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => "250 fine",
        };
        say(&mut stream, answer).await;
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) {
    // Whoever hangs up without listening is no failure of the test.
    let _ = stream.write_all(format!("{text}\r\n").as_bytes()).await;
}

/// Head and body as people read them: each part by the encoding that it names.
fn decoded(text: &str) -> String {
    let (mut read, mut quoted) = (String::new(), None::<String>);
    for line in text.lines() {
        if line.starts_with("--") {
            read.push_str(&unquoted(&quoted.take().unwrap_or_default()));
        }
        let into = quoted.as_mut().unwrap_or(&mut read);
        into.push_str(line);
        into.push('\n');
        match line.strip_prefix("Content-Transfer-Encoding: ") {
            Some("quoted-printable") => quoted = Some(String::new()),
            Some(plain) => assert!(matches!(plain, "7bit" | "8bit"), "{plain} is not read here"),
            None => {}
        }
    }
    read + &unquoted(&quoted.unwrap_or_default())
}

/// Quoted-printable, undone.
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'=') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("mails are text")
}
