//! A room's plan as a calendar file, for whoever has the room's address.

use crate::guest::{Guest, hosted};
use crate::harness::Server;
use http::StatusCode;
use model::Schedule;
use model::policy::Minutes;
use model::schedule::Repeat;
use protocol::{Deed, Errand, ErrorCode};

fn lesson() -> Schedule {
    Schedule {
        starts: "2023-11-20T16:00".parse().expect("a time"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        length: Minutes::new(60).expect("an hour is within a day"),
        repeat: Repeat::Weekly,
        until: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_offered_to_whoever_has_the_address_and_struck_out_when_it_is_gone() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    let path = format!("/r/{room}/invitation.ics");
    let stranger = server.browser();
    assert_eq!(stranger.get(&path).await.refusal(), ErrorCode::RoomNotFound);

    ana.guest.errand(&Errand::Plan(Some(lesson()))).await.json::<()>();
    let file = stranger.get(&path).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"anteroom-{room}.ics\""));
    assert_eq!(file.header("cache-control"), "no-store");
    for line in
        ["METHOD:PUBLISH", "SEQUENCE:1", "RRULE:FREQ=WEEKLY", "DTSTART;TZID=Europe/Berlin:20231120T160000"]
    {
        assert!(file.text().contains(&format!("{line}\r\n")), "{line}: {}", file.text());
    }
    assert!(file.text().contains(&format!("/r/{room}\r\n")), "{}", file.text());

    ana.guest.errand(&Errand::Plan(None)).await.json::<()>();
    let gone = stranger.get(&path).await;
    for line in ["METHOD:CANCEL", "SEQUENCE:2", "STATUS:CANCELLED"] {
        assert!(gone.text().contains(&format!("{line}\r\n")), "{line}: {}", gone.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_room_is_struck_out_only_if_something_was_still_to_come() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let path = format!("/r/{}/invitation.ics", ana.guest.seat.room);
    ana.guest.errand(&Errand::Plan(Some(lesson()))).await.json::<()>();
    ana.guest.deed(Deed::End).await.json::<()>();
    let gone = server.browser().get(&path).await;
    assert!(gone.text().contains("METHOD:CANCEL\r\n") && gone.text().contains("SEQUENCE:2\r\n"));

    let bo = hosted(&server).await;
    let past = Schedule { repeat: Repeat::Once, ..lesson() };
    bo.guest.errand(&Errand::Plan(Some(past))).await.json::<()>();
    server.world.pass(6 * 24 * 60 * 60 * 1_000);
    // Whoever was silent for so long has lost their seat, but not their room.
    bo.guest.errand(&Errand::End).await.json::<()>();
    let kept = server.browser().get(&format!("/r/{}/invitation.ics", bo.guest.seat.room)).await;
    assert!(kept.text().contains("METHOD:PUBLISH\r\n"), "{}", kept.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_that_a_page_of_the_room_links_to_is_there() {
    let server = Server::start().await;
    let ana = hosted(&server).await;
    let room = ana.guest.seat.room;
    ana.guest.errand(&Errand::Plan(Some(lesson()))).await.json::<()>();
    for (page, count) in [("settings", 1), ("history", 2)] {
        let page = ana.guest.browser.get(&format!("/r/{room}/{page}")).await;
        let is_file = |link: &&str| link.starts_with("/r/") && link.contains('.');
        let files: Vec<&str> = links(page.text()).filter(is_file).collect();
        assert_eq!(files.len(), count, "{files:?}");
        for file in files {
            assert_eq!(ana.guest.browser.get(file).await.status, StatusCode::OK, "{file}");
        }
    }
}

/// Where the links of a page lead.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_room_has_no_plan() {
    let server = Server::start().await;
    let eve = Guest::new(&server, "bcd-fghj-kmn".parse().expect("a code"), "Eve");
    for path in ["/r/bcd-fghj-kmn/invitation.ics", "/r/nothing/invitation.ics"] {
        assert_eq!(eve.browser.get(path).await.refusal(), ErrorCode::RoomNotFound, "{path}");
    }
}
