//! What a test uses in place of a web browser: requests with a cookie jar, and call sockets.

use crate::harness::PATIENCE;
use axum::body::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use model::{RoomCode, Ticket};
use protocol::wire::{encode_client, encode_word, parse_line, parse_server};
use protocol::{ClientMessage, ErrorCode, LineMessage, LineWord, ServerMessage};
use serde::de::DeserializeOwned;
use serde_json::Value;
use socket2::SockRef;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Where a proxy says who asked.
const FORWARDED: &str = "x-forwarded-for";

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("bodies are text")
    }

    /// The body as what a server function answered.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The refusal, which must be nothing but a code.
    pub fn refusal(&self) -> ErrorCode {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()));
        let fields = body.as_object().expect("a refusal is an object");
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["code"], "a refusal says nothing but its code");
        let code: ErrorCode = serde_json::from_value(body["code"].clone()).expect("codes are known");
        assert_eq!(self.status.as_u16(), code.status(), "the status goes with the code");
        code
    }

    /// One header as text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }
}

/// Somebody's browser.
pub struct Browser {
    addr: SocketAddr,
    /// Where the browser is, as a proxy on this machine tells.
    address: Option<&'static str>,
    /// The cookie by which the server knows the browser, as `name=value`.
    cookie: Mutex<Option<String>>,
    /// The others, each for a while.
    others: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub fn new(addr: SocketAddr) -> Self {
        Self { addr, address: None, cookie: Mutex::new(None), others: Mutex::new(BTreeMap::new()) }
    }

    /// The same behind a proxy that names this address.
    pub fn at(addr: SocketAddr, address: &'static str) -> Self {
        Self { address: Some(address), ..Self::new(addr) }
    }

    /// The server that the browser asks.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The cookie by which the server knows the browser, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another cookie in place.
    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
    }

    /// Opens a page or a file.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// Calls a server function, as our own page does.
    pub async fn call(&self, path: &str, arguments: &Value) -> Answer {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/json");
        self.send(request, arguments.to_string().into()).await
    }

    /// Makes a room; the browser then hosts it.
    pub async fn create(&self, waiting_room: bool) -> RoomCode {
        let form = if waiting_room { "name=Planning&waiting_room=true" } else { "name=Planning" };
        let request = Request::post("/api/rooms/create")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.into()).await.json()
    }

    /// Sends a form to a server function, as our own page does once it is alive.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form(fields).into()).await
    }

    /// Sends any request; the cookie goes with it, and a new one is kept.
    pub async fn send(&self, request: http::request::Builder, body: Bytes) -> Answer {
        let mut request = request.header(HOST, self.addr.to_string());
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        if let Some(address) = self.address {
            request = request.header(FORWARDED, address);
        }
        let request = request.body(Full::new(body)).expect("the tests send sound requests");
        let answer =
            tokio::time::timeout(PATIENCE, exchange(self.addr, request)).await.expect("an answer in time");
        for set in answer.headers.get_all(SET_COOKIE) {
            self.keep(set.to_str().expect("cookies are text"));
        }
        answer
    }

    /// All cookies, as they are sent.
    fn cookies(&self) -> String {
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let others = others.iter().map(|(name, value)| format!("{name}={value}"));
        self.cookie().into_iter().chain(others).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, set: &str) {
        let pair = set.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').expect("a cookie has a name");
        if name == server::login::COOKIE {
            return self.set_cookie(Some(pair.to_owned()));
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if set.contains("Max-Age=0;") {
            others.remove(name);
        } else {
            others.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Opens the call socket, as our own page does.
    pub async fn socket(&self, ticket: Ticket) -> Socket {
        let origin = format!("http://{}", self.addr);
        let opened = self.try_socket(&format!("/signal?ticket={}", ticket.to_hex()), Some(&origin)).await;
        opened.unwrap_or_else(|refused| panic!("no socket: {} {}", refused.status, refused.text()))
    }

    /// Tries to open a call socket.
    pub async fn try_socket(&self, path: &str, origin: Option<&str>) -> Result<Socket, Answer> {
        let mut request = format!("ws://{}{path}", self.addr).into_client_request().expect("a sound address");
        if let Some(origin) = origin {
            request.headers_mut().insert(ORIGIN, origin.parse().expect("an origin is text"));
        }
        if let Some(address) = self.address {
            request.headers_mut().insert(FORWARDED, address.parse().expect("an address is text"));
        }
        if let Some(cookie) = self.cookie() {
            request.headers_mut().insert(COOKIE, cookie.parse().expect("a cookie is text"));
        }
        let stream = TcpStream::connect(self.addr).await.expect("the server listens");
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(Error::Http(response)) => {
                let (parts, body) = response.into_parts();
                let body = body.unwrap_or_default().into();
                Err(Answer { status: parts.status, headers: parts.headers, body })
            }
            Err(error) => panic!("no answer to the upgrade: {error}"),
        }
    }
}

/// The body of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

async fn exchange(addr: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(addr).await.expect("the server listens");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("the server speaks HTTP");
    tokio::spawn(connection);
    let is_head = request.method() == Method::HEAD;
    let response = sender.send_request(request).await.expect("the server answers");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the answer is whole").to_bytes();
    assert!(!is_head || body.is_empty());
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A call socket.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// The next message of the server.
    pub async fn next(&mut self) -> ServerMessage {
        match self.read().await {
            Message::Text(text) => parse_server(&text).expect("the server keeps to the protocol"),
            other => panic!("no message but {other:?}"),
        }
    }

    /// The next message that `wanted` makes something of; those before it are skipped.
    pub async fn find<T>(&mut self, wanted: impl Fn(ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.next().await;
            if let Some(found) = wanted(message) {
                return found;
            }
        }
    }

    /// The next message on a line; pulses are answered and skipped.
    pub async fn next_line(&mut self) -> LineMessage {
        loop {
            let Message::Text(text) = self.read().await else { panic!("the line is no line any more") };
            match parse_line(&text).expect("the server keeps to the protocol") {
                LineMessage::Pulse => self.send(Message::text(encode_word(LineWord::Here))).await,
                message => return message,
            }
        }
    }

    /// The next message on a line that `wanted` makes something of; those before it are skipped.
    pub async fn find_line<T>(&mut self, wanted: impl Fn(LineMessage) -> Option<T>) -> T {
        loop {
            let message = self.next_line().await;
            if let Some(found) = wanted(message) {
                return found;
            }
        }
    }

    pub async fn say(&mut self, message: &ClientMessage) {
        self.send(Message::text(encode_client(message))).await;
    }

    /// Sends anything; a server that has closed meanwhile is no failure of the test.
    pub async fn send(&mut self, message: Message) {
        let _ = self.0.send(message).await;
    }

    /// Sends bytes that need be no frame.
    pub async fn write_raw(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.expect("the line is up");
    }

    /// Says goodbye, as a closed tab does.
    pub async fn close(mut self) {
        let _ = self.0.close(None).await;
        while let Some(Ok(_)) = self.0.next().await {}
    }

    /// Goes without a word, as a program that died: its machine ends the connection (FIN), or resets it (RST)
    /// because of what nobody has read.
    pub fn die(self, with_reset: bool) {
        let stream = self.0.get_ref();
        let linger = with_reset.then_some(Duration::ZERO);
        SockRef::from(stream).set_linger(linger).expect("an open socket takes options");
    }

    /// The code with which the server closes the socket; messages before it are skipped.
    pub async fn closed(&mut self) -> u16 {
        self.farewell().await.0
    }

    /// The same with the reason that is given.
    pub async fn farewell(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.read().await {
                let frame = frame.expect("the server says why it closes");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    async fn read(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a message in time");
        next.expect("the socket is open").expect("the socket is whole")
    }
}
