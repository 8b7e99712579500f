//! The call socket: who gets one, and when it is taken away.

use crate::calls::{meet_still, walked_in};
use crate::guest::{Guest, change, hosted};
use crate::harness::Server;
use http::StatusCode;
use protocol::limits::{CLIENT_MESSAGE_BYTES, TICKET_MS};
use protocol::{Change, ClientMessage, Deed, ErrorCode, JoinOutcome, LeaveReason, Link, ServerMessage};
use tokio_tungstenite::tungstenite::Message;

/// The path of a socket whose ticket is good.
async fn path(guest: &Guest) -> String {
    match guest.ask().await.json() {
        JoinOutcome::Waiting { ticket, .. } | JoinOutcome::Joined { ticket, .. } => {
            format!("/signal?ticket={}", ticket.to_hex())
        }
    }
}

async fn guest(server: &Server) -> Guest {
    let room = server.browser().create(true).await;
    Guest::new(server, room, "Bo")
}

#[tokio::test]
async fn a_socket_needs_our_own_origin() {
    let server = Server::start().await;
    let guest = guest(&server).await;
    let path = path(&guest).await;
    let own = format!("http://{}", server.addr);
    let longer = format!("{own}.evil.example");
    for origin in [None, Some("https://evil.example"), Some("null"), Some(longer.as_str())] {
        let refused = guest.browser.try_socket(&path, origin).await.err().expect("a foreign page gets none");
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    let opened = guest.browser.try_socket(&path, Some(&own)).await;
    assert!(opened.is_ok(), "refused requests do not use the ticket up");
}

#[tokio::test]
async fn a_socket_needs_a_ticket() {
    let server = Server::start().await;
    let guest = guest(&server).await;
    path(&guest).await;
    let own = format!("http://{}", server.addr);
    let unknown = format!("/signal?ticket={}", "0".repeat(32));
    for path in ["/signal", "/signal?ticket=", "/signal?ticket=x", "/signal?other=1", &unknown] {
        let refused = guest.browser.try_socket(path, Some(&own)).await.err().expect("no ticket, no socket");
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(refused.text(), r#"{"code":"not_present"}"#, "{path}");
    }
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let server = Server::start().await;
    let guest = guest(&server).await;
    let path = path(&guest).await;
    let own = format!("http://{}", server.addr);
    let mut first = guest.browser.try_socket(&path, Some(&own)).await.expect("the ticket is good");
    let again = guest.browser.try_socket(&path, Some(&own)).await.err().expect("it is used up");
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    first.say(&ClientMessage::Ping).await;
    first.find(|message| (message == ServerMessage::Pong).then_some(())).await;
}

#[tokio::test]
async fn a_ticket_does_not_keep() {
    let server = Server::start().await;
    let guest = guest(&server).await;
    let path = path(&guest).await;
    server.world.pass(TICKET_MS);
    let own = format!("http://{}", server.addr);
    let late = guest.browser.try_socket(&path, Some(&own)).await.err().expect("it is too late");
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_request_that_is_no_upgrade_is_refused_and_keeps_the_ticket() {
    let server = Server::start().await;
    let guest = guest(&server).await;
    let path = path(&guest).await;
    let own = format!("http://{}", server.addr);
    let request = http::Request::get(&path).header("origin", &own);
    let answer = guest.browser.send(request, "".into()).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(guest.browser.try_socket(&path, Some(&own)).await.is_ok());
}

/// What nobody who keeps to the protocol sends, and what they are told.
fn breaches() -> [(Message, &'static str); 8] {
    let long = format!("\"{}\"", "x".repeat(CLIENT_MESSAGE_BYTES));
    let tiles = ["{\"participant\":\"", &"0".repeat(32), "\",\"source\":\"camera\",\"height\":1}"].concat();
    let greedy = format!("{{\"demand\":{{\"wanted\":[{}]}}}}", vec![tiles; 65].join(","));
    [
        (Message::text("garbage"), UNPARSED),
        (Message::text("{}"), UNPARSED),
        (Message::text("{\"admit\":{}}"), UNPARSED),
        (Message::text(greedy), UNPARSED),
        (Message::text(long), UNREAD),
        (Message::text(format!("{}1", "[".repeat(10_000))), UNPARSED),
        (Message::binary(vec![1, 2, 3]), "messages are text"),
        (Message::binary(vec![0; 8 * CLIENT_MESSAGE_BYTES]), UNREAD),
    ]
}

const UNPARSED: &str = "the message does not parse";
const UNREAD: &str = "the message cannot be read";

#[tokio::test]
async fn whoever_breaks_protocol_is_put_out() {
    let server = Server::start().await;
    for (message, reason) in breaches() {
        let waiting = guest(&server).await.knock();
        let mut socket = waiting.await.socket;
        let shown = format!("{message:.40}");
        socket.send(message).await;
        assert_eq!(socket.farewell().await, (1008, reason.to_owned()), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_breaks_protocol_inside_disturbs_nobody() {
    let server = Server::start().await;
    let [mut ana, mut bo] = walked_in(&server, ["Ana", "Bo"]).await;
    let mut eve = Guest::new(&server, ana.guest.seat.room, "Eve").enter().await;
    for (message, reason) in breaches() {
        let shown = format!("{message:.40}");
        eve.socket.send(message).await;
        assert_eq!(eve.socket.farewell().await, (1008, reason.to_owned()), "{shown}");
        eve.socket = eve.guest.browser.socket(eve.guest.reconnect().await).await;
        // Whoever says nothing for long is given up.
        ana.socket.say(&ClientMessage::Ping).await;
        bo.socket.say(&ClientMessage::Ping).await;
    }
    for _ in 0..500 {
        eve.socket.say(&ClientMessage::Resync).await;
    }
    assert!([1008, 1013].contains(&eve.socket.closed().await));
    meet_still(&mut ana, &mut bo).await;
}

#[tokio::test]
async fn a_long_message_is_refused_before_it_arrives() {
    let server = Server::start().await;
    let mut socket = guest(&server).await.knock().await.socket;
    // The head of a masked text frame, which promises more than is allowed (RFC 6455, section 5.2).
    let mut head = vec![0x81, 0xff];
    head.extend((CLIENT_MESSAGE_BYTES as u64 + 1).to_be_bytes());
    head.extend([0; 4]);
    socket.write_raw(&head).await;
    assert_eq!(socket.closed().await, 1008);
}

#[tokio::test]
async fn whoever_talks_without_end_is_put_out() {
    let server = Server::start().await;
    let mut socket = guest(&server).await.knock().await.socket;
    for _ in 0..500 {
        socket.say(&ClientMessage::Ping).await;
    }
    assert!([1008, 1013].contains(&socket.closed().await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_dies_is_waited_for_as_a_line_that_breaks() {
    let server = Server::start().await;
    for with_reset in [false, true] {
        let [mut ana, bo] = walked_in(&server, ["Ana", "Bo"]).await;
        let id = bo.id;
        bo.socket.die(with_reset);
        let lost = |message| match change(message) {
            Some(Change::Updated(view)) => (view.id == id && view.link == Link::Reconnecting).then_some(()),
            _ => None,
        };
        ana.socket.find(lost).await;
        server.world.pass(46_000);
        // The room looks at the clock when somebody speaks to it.
        ana.socket.say(&ClientMessage::Resync).await;
        let left = |message| match change(message) {
            Some(Change::Left { participant, reason }) => Some((participant, reason)),
            _ => None,
        };
        assert_eq!(ana.socket.find(left).await, (id, LeaveReason::Lost), "with a reset: {with_reset}");
    }
}

#[tokio::test]
async fn whoever_falls_silent_is_given_up() {
    let server = Server::start().await;
    let mut socket = guest(&server).await.knock().await.socket;
    assert_eq!(socket.closed().await, 1001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_socket_of_a_seat_replaces_the_first() {
    let server = Server::start().await;
    let mut ana = hosted(&server).await;
    let ticket = ana.guest.reconnect().await;
    let mut second = ana.guest.browser.socket(ticket).await;
    assert_eq!(ana.socket.closed().await, 4003);
    second.say(&ClientMessage::Ping).await;
    second.find(|message| (message == ServerMessage::Pong).then_some(())).await;
}

#[tokio::test]
async fn a_ticket_of_somebody_who_was_denied_is_void() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let waiting = Guest::new(&server, ana.guest.seat.room, "Bo").knock().await;
    let ticket = waiting.guest.reconnect().await;
    ana.guest.deed(Deed::Deny(waiting.id)).await.json::<()>();
    let own = format!("http://{}", server.addr);
    let path = format!("/signal?ticket={}", ticket.to_hex());
    let refused = waiting.guest.browser.try_socket(&path, Some(&own)).await.err().expect("the seat is gone");
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(waiting.guest.act("reconnect").await.refusal(), ErrorCode::NotPresent);
}
