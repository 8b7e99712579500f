//! What the log says: which room and which participant, and nothing that is nobody's business. Server functions
//! run on threads of their own, so that one log is kept of whatever the tests beside this one do as well.

use crate::guest::{hosted, let_in};
use crate::harness::Server;
use crate::processor::{KEY, SECRET, signature};
use crate::stripe::Scene;
use http::StatusCode;
use serde_json::Value;
use server::config::{Log, LogFormat};
use server::telemetry;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A log in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("a log is text")
    }
}

/// A field of a line, or of the span around it.
fn field<'a>(line: &'a Value, name: &str) -> Option<&'a str> {
    line[name].as_str().or_else(|| line["span"][name].as_str())
}

/// The rooms that stand in lines about a participant.
fn rooms_of<'a>(lines: &'a [Value], participant: &str) -> Vec<Option<&'a str>> {
    let about = lines.iter().filter(|line| field(line, "participant.id") == Some(participant));
    let mut rooms: Vec<_> = about.map(|line| field(line, "room.id")).collect();
    rooms.dedup();
    rooms
}

#[tokio::test]
async fn the_log_names_rooms_and_participants_and_tells_no_secrets() {
    let kept = Kept::default();
    let log = Log { format: LogFormat::Json, filter: "info".to_owned() };
    let writer = kept.clone();
    let everything = telemetry::to(&log, move || writer.clone(), false);
    tracing::dispatcher::set_global_default(everything).expect("no other test keeps a log");
    let scene = Scene::set().await;
    // Somebody pays, a card is declined, somebody pretends to be Stripe, and Stripe is away for once.
    let checkout = scene.depart().await;
    let told = scene.stripe.books().pay(&checkout);
    let forged = signature("whsec_forged", 1, &told[0].to_string());
    let answer = scene.stripe.send(&scene.server, &told[0].to_string(), &forged).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    scene.tell_all(&told).await;
    // People meet, write, and one has an old ticket.
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let bo = let_in(&server, &ana, "Bo Overheard").await;
    bo.guest.say(1, "a whispered secret").await.json::<()>();
    let ticket = bo.guest.reconnect().await.to_hex();
    let path = format!("/signal?ticket={ticket}");
    let old = server.browser().try_socket(&path.replace(&ticket, &"0".repeat(32)), None).await;
    assert!(old.is_err(), "there is no such ticket");
    let wrong = [("email", "overheard@example.org"), ("password", "a wrong password")];
    server.browser().submit("/api/accounts/sign-in", &wrong).await;
    bo.guest.act("leave").await.json::<()>();

    let text = kept.text();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let rooms = rooms_of(&lines, &bo.id.to_string());
    assert!(matches!(rooms[..], [Some(_)]), "what happened to Bo is told with the room: {text}");
    assert_eq!(rooms_of(&lines, &ana.id.to_string()), rooms);
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{field}: {line}");
        }
    }
    let cookie = bo.guest.browser.cookie().expect("Bo has an identity");
    let (_, cookie) = cookie.split_once('=').expect("a cookie has a value");
    for secret in [
        KEY,
        SECRET,
        "whsec_",
        "Overheard",
        "whispered",
        "overheard@example.org",
        "a wrong password",
        "ice-pwd",
        "candidate:",
        &ticket,
        cookie,
        &checkout,
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
