//! Calling a paid call off before it begins.

use crate::browser::Browser;
use crate::guest::Guest;
use crate::harness::Server;
use crate::paid::{checkout, choose, priced};
use crate::papers::session_of;
use http::StatusCode;
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{RoomCode, Schedule};
use protocol::{EntryView, Errand};
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;

async fn paid(server: &Server, room: RoomCode) -> (Browser, String) {
    let payer = server.browser();
    let path = checkout(&payer, room).await;
    assert_eq!(choose(&payer, &path, "pay").await.status, StatusCode::SEE_OTHER);
    let session = session_of(&payer).await;
    (payer, session)
}

/// What the page of cancelling says goes back, in minor units.
async fn told(payer: &Browser, session: &str) -> String {
    let page = payer.get(&format!("{session}/cancel")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let (_, rest) = page.text().split_once("name=\"gain\" value=\"").expect("the form says what was told");
    rest.split_once('"').expect("a value ends").0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payer_calls_it_off_and_has_all_back_and_no_place() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let (payer, session) = paid(&server, room).await;
    let receipt = payer.get(&format!("{session}/receipt")).await;
    assert!(receipt.text().contains("all of the 12.50 EUR goes back to you"), "{}", receipt.text());
    for stranger in [&host, &server.browser()] {
        assert_eq!(stranger.get(&format!("{session}/cancel")).await.status, StatusCode::NOT_FOUND);
        let tried = stranger.submit(&format!("{session}/cancel"), &[("gain", "0")]).await;
        assert_eq!(tried.status, StatusCode::NOT_FOUND, "only who paid calls it off");
    }
    let back = told(&payer, &session).await;
    assert_eq!(back, "1250");
    for _two_clicks in 0..2 {
        let done = payer.submit(&format!("{session}/cancel"), &[("gain", &back)]).await;
        assert_eq!(done.header("location"), format!("{session}/receipt"));
    }
    let receipt = payer.get(&format!("{session}/receipt")).await;
    assert!(receipt.text().contains("The payer called it off."), "{}", receipt.text());
    assert!(!receipt.text().contains("/cancel\""), "there is nothing left to cancel");
    let view: EntryView =
        payer.call("/api/rooms/entry", &json!({ "room": room, "invite": null })).await.json();
    assert!(view.price.is_some_and(|price| price.until.is_none()), "coming in costs the price again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn less_than_what_was_told_never_goes_back_unread() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    // A day and an hour after the world of the tests begins.
    let plan = Schedule {
        starts: "2023-11-15T23:14".parse().expect("a time"),
        zone: "UTC".parse().expect("a zone"),
        length: Minutes::new(30).expect("half an hour"),
        repeat: Repeat::Once,
        until: None,
    };
    let errand = Errand::Plan(Some(plan));
    host.call("/api/rooms/errand", &json!({ "room": room, "errand": errand })).await.json::<()>();
    let (payer, session) = paid(&server, room).await;
    let back = told(&payer, &session).await;
    assert_eq!(back, "1250", "a day before it is free of charge");
    server.world.pass(2 * HOUR_MS);
    let late = payer.submit(&format!("{session}/cancel"), &[("gain", &back)]).await;
    assert_eq!(late.header("location"), format!("{session}/cancel"), "they read what it costs now");
    assert_eq!(told(&payer, &session).await, "0");
    payer.submit(&format!("{session}/cancel"), &[("gain", "0")]).await;
    assert!(payer.get(&format!("{session}/cancel")).await.header("location").ends_with("/receipt"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_begun_is_not_called_off() {
    let server = Server::start().await;
    let (host, room) = priced(&server).await;
    let (payer, session) = paid(&server, room).await;
    let payer = Guest::with(&server, payer, (room, "Bo")).enter().await;
    let _host = Guest::with(&server, host, (room, "Ana")).enter().await;
    let browser = &payer.guest.browser;
    let page = browser.get(&format!("{session}/cancel")).await;
    assert_eq!(page.header("location"), format!("{session}/receipt"));
    let tried = browser.submit(&format!("{session}/cancel"), &[("gain", "0")]).await;
    assert_eq!(tried.header("location"), format!("{session}/receipt"));
    let receipt = browser.get(&format!("{session}/receipt")).await;
    assert!(!receipt.text().contains("/cancel\""), "{}", receipt.text());
}
