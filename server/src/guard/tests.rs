//! Who is let through, from where, and how often.

use super::*;
use crate::config::Layer;

fn guard(layer: Layer) -> Guard {
    Guard::new(&Settings::settle(layer).expect("the tests bring settings"), Uptime::start())
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().expect("the table holds header values"));
    }
    headers
}

#[test]
fn changes_come_from_our_own_pages() {
    let guard = guard(Layer::default());
    for (pairs, allowed) in [
        ([].as_slice(), false),
        (&[("host", "a.test")], false),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")], false),
        (&[("sec-fetch-site", "cross-site"), ("host", "a.test"), ("origin", "http://a.test")], false),
        (&[("host", "a.test:3000"), ("origin", "http://a.test:3000")], true),
        (&[("host", "A.test:80"), ("origin", "http://a.test")], true),
        (&[("host", "a.test"), ("origin", "https://a.test")], false),
        (&[("host", "a.test"), ("origin", "http://a.test:81")], false),
        (&[("host", "a.test"), ("origin", "http://a.test.evil.test")], false),
        (&[("host", "a.test"), ("origin", "null")], false),
        (&[("host", "a.test"), ("origin", "http://a.test"), ("origin", "http://evil.test")], false),
        (&[("host", ""), ("origin", "http://")], false),
    ] {
        assert_eq!(guard.allows_change(&Uri::from_static("/api/x"), &headers(pairs)), allowed, "{pairs:?}");
    }
}

#[test]
fn with_a_named_origin_the_host_does_not_matter() {
    let origin = vec!["https://meet.example.org".parse().expect("an origin")];
    let guard = guard(Layer { origin, ..Layer::default() });
    let ours = |pairs: &[_]| guard.is_ours(&Uri::from_static("/signal"), &headers(pairs));
    assert!(ours(&[("host", "10.0.0.9:3000"), ("origin", "https://meet.example.org")]));
    assert!(!ours(&[("host", "evil.test"), ("origin", "http://evil.test")]));
    assert!(!ours(&[("host", "meet.example.org"), ("origin", "http://meet.example.org")]));
}

#[test]
fn a_link_that_we_write_leads_to_an_origin_of_ours() {
    let uri = Uri::from_static("/r/bcd-fghj-kmn/invitation.ics");
    let addressed = |guard: &Guard, host: &str| {
        guard.addressed_as(&uri, &headers(&[("host", host)])).map(|origin| origin.to_string())
    };
    let origin = ["https://meet.example.org", "https://calls.example.org"];
    let origin = origin.map(|origin| origin.parse().expect("an origin")).to_vec();
    let named = guard(Layer { origin, ..Layer::default() });
    assert_eq!(addressed(&named, "calls.example.org").as_deref(), Some("https://calls.example.org"));
    assert_eq!(addressed(&named, "evil.test").as_deref(), Some("https://meet.example.org"));
    let plain = guard(Layer::default());
    assert_eq!(addressed(&plain, "a.test:3000").as_deref(), Some("http://a.test:3000"));
    assert_eq!(addressed(&plain, "a b"), None);
}

#[test]
fn the_address_of_an_http2_request_counts_as_its_host() {
    let guard = guard(Layer { tls_self_signed: Some(true), ..Layer::default() });
    let uri = Uri::from_static("https://localhost:3000/api/x");
    assert!(guard.is_ours(&uri, &headers(&[("origin", "https://localhost:3000")])));
    assert!(!guard.is_ours(&uri, &headers(&[("origin", "http://localhost:3000")])));
}

#[test]
fn guessing_room_codes_runs_dry() {
    let guard = guard(Layer::default());
    for _ in 0..MISSES.burst {
        assert!(guard.admits(1, &Method::GET, "/r/bcd-fghj-kmn"));
        guard.note_miss(1);
    }
    assert!(!guard.admits(1, &Method::GET, "/r/bcd-fghj-kmn"));
    assert!(!guard.admits(1, &Method::POST, "/api/rooms/join"));
    assert!(guard.admits(1, &Method::POST, "/api/rooms/leave"), "who is inside goes on");
    assert!(guard.admits(2, &Method::GET, "/r/bcd-fghj-kmn"), "others do not suffer");
}

#[test]
fn guessing_tickets_runs_dry() {
    let guard = guard(Layer::default());
    assert!(is_miss(SIGNAL, StatusCode::UNAUTHORIZED) && !is_miss(SIGNAL, StatusCode::SWITCHING_PROTOCOLS));
    for _ in 0..MISSES.burst {
        assert!(guard.admits(1, &Method::GET, SIGNAL));
        guard.note_miss(1);
    }
    assert!(!guard.admits(1, &Method::GET, SIGNAL));
    assert!(guard.admits(2, &Method::GET, SIGNAL), "others do not suffer");
}

#[test]
fn knocking_runs_dry_and_who_is_inside_goes_on() {
    let guard = guard(Layer::default());
    let knocked = (0..500).filter(|_| guard.admits(1, &Method::POST, JOIN)).count();
    assert_eq!(knocked, JOINS.burst as usize);
    assert!(guard.admits(2, &Method::POST, JOIN), "others do not suffer");
    let guard = Guard::new(&Settings::settle(Layer::default()).expect("they are settings"), Uptime::start());
    (0..JOINS.burst).for_each(|_| assert!(guard.admits(1, &Method::POST, JOIN)));
    assert!(guard.admits(1, &Method::POST, "/api/rooms/leave"));
}

#[test]
fn making_rooms_runs_dry_before_the_rest() {
    let guard = guard(Layer::default());
    let made = (0..100).filter(|_| guard.admits(1, &Method::POST, CREATE)).count();
    assert_eq!(made, CREATIONS.burst as usize);
    assert!(guard.admits(1, &Method::POST, "/api/rooms/say"));
}

#[test]
fn trying_passwords_runs_dry_and_looking_does_not() {
    let guard = guard(Layer::default());
    let tries = ["sign-in", "sign-up", "confirm", "reset", "request-reset", "change-password", "delete"];
    let paths = tries.map(|path| format!("/api/accounts/{path}")).into_iter();
    let others = ["/auth/openid", "/auth/openid/link"].map(str::to_owned);
    for (caller, path) in (1..).zip(paths.chain(others)) {
        let tried = (0..100).filter(|_| guard.admits(caller, &Method::POST, &path)).count();
        assert_eq!(tried, KNOCKS.burst as usize, "{path}");
        assert!(guard.admits(caller, &Method::POST, "/api/accounts/visitor"), "{path}");
        assert!(guard.admits(caller, &Method::POST, "/api/accounts/sign-out"), "{path}");
    }
}

#[test]
fn looking_for_strangers_runs_dry_and_stopping_does_not() {
    let guard = guard(Layer::default());
    let looked = (0..150).filter(|_| guard.admits(1, &Method::POST, "/api/meet/seek")).count();
    assert_eq!(looked, SEEKS.burst as usize);
    assert!(!guard.admits(1, &Method::POST, "/meet/report"), "reports come from the same people");
    assert!(guard.admits(1, &Method::POST, "/api/meet/stop"));
}

#[test]
fn calling_people_runs_dry_and_answering_does_not() {
    let guard = guard(Layer::default());
    let called = (0..100).filter(|_| guard.admits(1, &Method::POST, "/api/people/call")).count();
    assert_eq!(called, RINGS.burst as usize);
    assert!(guard.admits(1, &Method::POST, "/api/people/answer"));
    assert!(guard.admits(2, &Method::POST, "/api/people/ask"), "others do not suffer");
}

#[test]
fn programs_run_dry_and_keep_nobody_else_out() {
    let guard = guard(Layer::default());
    let paths = ["/whip/bcd-fghj-kmn", "/whep/bcd-fghj-kmn/0"];
    let came = (0..500).filter(|n| guard.admits(1, &Method::POST, paths[n % 2])).count();
    assert_eq!(came, STREAMS.burst as usize);
    assert!(guard.admits(1, &Method::OPTIONS, paths[0]), "asking is free");
    assert!(guard.admits(1, &Method::POST, JOIN), "people at the same address come in");
}

#[test]
fn this_machine_is_not_counted() {
    let guard = guard(Layer::default());
    assert_eq!(guard.counted(IpAddr::from([127, 0, 0, 1]), &HeaderMap::new()), None);
    assert!(guard.counted(IpAddr::from([192, 168, 0, 9]), &HeaderMap::new()).is_some());
}
