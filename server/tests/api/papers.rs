//! What payers and hosts read about their money: who reads it, what it says, and refunds by hand.

use crate::browser::{Answer, Browser};
use crate::guest::{Guest, Present};
use crate::harness::{Folder, PATIENCE, Server};
use crate::paid::{checkout, choose, priced};
use bytes::Bytes;
use http::{Request, StatusCode};
use model::RoomCode;
use protocol::{Deed, ErrorCode};
use serde_json::Value;
use server::config::{Layer, Settings};
use std::time::Instant;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// A name that is a formula and a tag.
const PAYER: &str = "=Bo <b>Payer</b>";

/// A paid session under way, and everybody who is something to it.
struct Sitting {
    server: Server,
    room: RoomCode,
    host: Present,
    payer: Present,
    /// The path of the session's pages, without a slash at the end.
    path: String,
}

impl Sitting {
    /// A host and a payer who meet for 12.50 EUR and half an hour; a tenth is the operator's.
    async fn begin() -> Self {
        let server = Server::start_with(Layer { payments_fee: Some(100), ..Layer::default() }).await;
        let (host, room) = priced(&server).await;
        let payer = server.browser();
        let path = checkout(&payer, room).await;
        assert_eq!(choose(&payer, &path, "pay").await.status, StatusCode::SEE_OTHER);
        let payer = Guest::with(&server, payer, (room, PAYER)).enter().await;
        let host = Guest::with(&server, host, (room, "Ana Overheard")).enter().await;
        let path = session_of(&payer.guest.browser).await;
        Self { server, room, host, payer, path }
    }

    async fn end(&self) {
        self.host.guest.deed(Deed::End).await.json::<()>();
    }

    fn browser(&self) -> &Browser {
        &self.host.guest.browser
    }

    async fn receipt(&self, browser: &Browser) -> String {
        let answer = browser.get(&format!("{}/receipt", self.path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.text().to_owned()
    }

    /// Asks what a refund would do; the answer, and the fields of its form.
    async fn ask(&self, query: &str) -> (Answer, Vec<(String, String)>) {
        let answer = self.browser().get(&format!("{}/refund?{query}", self.path)).await;
        let inputs = answer.text().split("<input type=\"hidden\" name=\"").skip(1);
        let field = |input: &str| -> Option<(String, String)> {
            let (name, rest) = input.split_once("\" value=\"")?;
            Some((name.to_owned(), rest.split_once('"')?.0.to_owned()))
        };
        let fields = inputs.filter_map(field).collect();
        (answer, fields)
    }

    async fn give_back(&self, fields: &[(String, String)]) -> Answer {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser().submit(&format!("{}/refund", self.path), &fields).await
    }

    async fn evidence(&self) -> Value {
        self.browser().get(&format!("{}/evidence.json", self.path)).await.json()
    }

    /// The evidence once the processor has carried out so many refunds.
    async fn evidence_after(&self, refunds: usize) -> Value {
        let begun = Instant::now();
        loop {
            let evidence = self.evidence().await;
            let orders = evidence["orders"].as_array().expect("a list");
            let is_done = |order: &&Value| order["order"]["refund"].is_object() && order["done_at"].is_i64();
            if orders.iter().filter(is_done).count() == refunds {
                return evidence;
            }
            assert!(begun.elapsed() < PATIENCE, "{orders:?}");
            tokio::task::yield_now().await;
        }
    }
}

/// The pages of the newest session that somebody paid for.
pub async fn session_of(payer: &Browser) -> String {
    let list = payer.get("/payments").await;
    let (_, rest) = list.text().split_once("href=\"/sessions/").expect("a session is listed");
    format!("/sessions/{}", rest.split_once('/').expect("a path goes on").0)
}

/// Asserts that the ledger says what happened.
pub async fn assert_sound(folder: &Folder) {
    let layer = Layer {
        data: Some(folder.path().join("data")),
        database: folder.database().map(str::to_owned),
        ..Layer::default()
    };
    let settings = Settings::settle(layer).expect("the tests' settings are sound");
    let verdict = server::ledger::verify(&settings).await.expect("it can be read");
    assert!(verdict.is_sound(), "{verdict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payer_and_host_read_what_was_agreed_paid_and_had() {
    let sitting = Sitting::begin().await;
    let entry = sitting.server.browser().get(&format!("/r/{}", sitting.room)).await;
    assert!(entry.text().contains("href=\"/payments\""), "{}", entry.text());
    sitting.server.world.pass(10 * MINUTE_MS);
    let now = sitting.receipt(&sitting.payer.guest.browser).await;
    assert!(now.contains("<h1>Your session so far</h1>") && now.contains("Under way"), "{now}");
    assert!(now.contains("10 min 0 s") && now.contains("is inside"), "{now}");
    assert!(now.contains("no money has moved") && now.contains("Held until the session is settled"), "{now}");
    sitting.end().await;

    let payer = sitting.receipt(&sitting.payer.guest.browser).await;
    for said in [
        "<h1>Receipt</h1>",
        "Planning",
        "Ana Overheard",
        "=Bo &lt;b&gt;Payer&lt;/b&gt;",
        "The host ended it early",
        "12.50 EUR for 30 minutes",
        "<time datetime=\"2023-11-14T22:13:20.000Z\">2023-11-14 22:13:20 UTC</time>",
        "<dd>12.50 EUR</dd>",
        "<dd>4.17 EUR</dd>",
        "<dd>8.33 EUR</dd>",
        "more than the session came to",
        "session over",
        "href=\"/papers.css\"",
    ] {
        assert!(payer.contains(said), "{said}: {payer}");
    }
    assert!(!payer.contains("<b>") && !payer.contains("style=") && !payer.contains("<script"), "{payer}");
    assert!(!payer.contains("/refund") && !payer.contains("/evidence"), "that is the host's");
    assert!(!payer.contains("Kept by whoever runs this server"), "how they share it is nothing to a payer");
    let host = sitting.receipt(sitting.browser()).await;
    assert!(
        host.contains("Kept by whoever runs this server") && host.contains("<dd>3.76 EUR</dd>"),
        "{host}"
    );
    assert!(host.contains("up to 4.17 EUR"), "{host}");
    let german = Request::get(format!("{}/receipt", sitting.path)).header("accept-language", "de");
    let german = sitting.browser().send(german, Bytes::new()).await;
    assert!(german.text().contains("<html lang=\"de\">") && german.text().contains("<h1>Quittung</h1>"));
    let style = sitting.browser().get("/papers.css").await;
    assert_eq!((style.status, style.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_sound(&sitting.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_learns_that_there_is_a_session() {
    let sitting = Sitting::begin().await;
    let (server, room) = (&sitting.server, sitting.room);
    let other = server.browser();
    let path = checkout(&other, room).await;
    choose(&other, &path, "pay").await;
    let own = session_of(&other).await;
    assert_ne!(own, sitting.path);
    let other_host = server.browser();
    other_host.create(false).await;
    let unknown = format!("/sessions/{}", "0".repeat(32));
    let nothing = server.browser().get(&format!("{unknown}/receipt")).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    for page in ["receipt", "refund", "evidence", "evidence.json"] {
        for (who, browser) in [
            ("another payer", &other),
            ("another host", &other_host),
            ("a guest with the link", &server.browser()),
        ] {
            for path in [&sitting.path, &unknown, "/sessions/nonsense"] {
                let answer = browser.get(&format!("{path}/{page}")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}: {path}/{page}");
                assert_eq!(answer.body, nothing.body, "{who}: {path}/{page}");
                let is_known = browser.cookie().is_some();
                assert!(is_known || answer.header("set-cookie").is_empty(), "looking leaves nothing behind");
            }
        }
        if page != "receipt" {
            let answer = sitting.payer.guest.browser.get(&format!("{}/{page}", sitting.path)).await;
            assert_eq!((answer.status, answer.body), (StatusCode::NOT_FOUND, nothing.body.clone()), "{page}");
        }
    }
    let refund = ("refund", &*"1".repeat(32));
    for browser in [&other, &sitting.payer.guest.browser, &server.browser()] {
        let answer = browser.submit(&format!("{}/refund", sitting.path), &[refund, ("what", "all")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    }
    let foreign = Request::post(format!("{}/refund", sitting.path))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Bytes::from(format!("refund={}&what=all", "1".repeat(32)));
    assert_eq!(sitting.browser().send(foreign, body).await.refusal(), ErrorCode::ForeignOrigin);
    assert_eq!(sitting.evidence().await["returned"], Value::Array(Vec::new()));
    for list in ["/payments", "/earnings"] {
        let answer = server.browser().get(list).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::OK, ""), "{list}");
        assert!(!answer.text().contains("/sessions/"), "{list}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_gives_money_back_once_however_often_they_press() {
    let sitting = Sitting::begin().await;
    let (page, fields) = sitting.ask("what=part&amount=1%2C00").await;
    assert!(page.text().contains("<h1>Give 1.00 EUR back?</h1>"), "{}", page.text());
    assert!(page.text().contains("nobody has earned this money"), "{}", page.text());
    assert!(page.text().contains("&lt;b&gt;Payer") && !page.text().contains("<b>"), "{}", page.text());
    assert_eq!(sitting.evidence().await["returned"], Value::Array(Vec::new()), "asking gives nothing back");
    let (once, again) = tokio::join!(sitting.give_back(&fields), sitting.give_back(&fields));
    for answer in [once, again] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let receipt = sitting.browser().get(answer.header("location")).await;
        assert!(receipt.text().contains("role=\"status\""), "{}", receipt.text());
        assert!(receipt.text().contains("given back by the host"), "{}", receipt.text());
    }
    let evidence = sitting.evidence_after(1).await;
    assert_eq!(evidence["money"]["sent_back"]["minor"], 100);
    let stray = format!("{}/receipt?refunded={}", sitting.path, "2".repeat(32));
    assert!(!sitting.browser().get(&stray).await.text().contains("role=\"status\""), "it was not given back");

    for (query, said) in [
        ("what=part&amount=99", "11.50 EUR can still go back"),
        ("what=part&amount=", "no amount"),
        ("what=part&amount=-1", "no amount"),
        ("what=part&amount=0", "no amount"),
        ("what=part&amount=1.005", "no amount"),
    ] {
        let (refused, fields) = sitting.ask(query).await;
        assert_eq!((refused.status, fields.len()), (StatusCode::UNPROCESSABLE_ENTITY, 0), "{query}");
        assert!(refused.text().contains("role=\"alert\"") && refused.text().contains(said), "{query}");
    }
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let much = [pair("refund", &"3".repeat(32)), pair("what", "part"), pair("amount", "99")];
    let refused = sitting.give_back(&much).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("11.50 EUR can still go back"), "{}", refused.text());
    assert_eq!(sitting.give_back(&much[1..]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(sitting.evidence().await["money"]["sent_back"]["minor"], 100);
    assert_sound(&sitting.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_goes_back_after_the_room_has_ended_and_shows_everywhere() {
    let sitting = Sitting::begin().await;
    sitting.server.world.pass(10 * MINUTE_MS);
    sitting.end().await;
    let (page, fields) = sitting.ask("what=part&amount=1.00").await;
    assert!(page.text().contains("0.91 EUR of that comes out of your earnings."), "{}", page.text());
    assert!(page.text().contains("0.09 EUR of that comes out of the share"), "{}", page.text());
    assert_eq!(sitting.give_back(&fields).await.status, StatusCode::SEE_OTHER);
    let evidence = sitting.evidence_after(2).await;
    assert_eq!(
        (&evidence["money"]["host"]["minor"], &evidence["money"]["fee"]["minor"]),
        (&285.into(), &32.into())
    );

    let csv = sitting.browser().get("/earnings.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"anteroom-earnings.csv\"");
    assert_eq!(csv.header("cache-control"), "no-store");
    let lines: Vec<&str> = csv.text().split_terminator("\r\n").collect();
    assert_eq!(
        lines[0],
        "session,agreed_at,ended_at,room,payer,status,currency,paid,sent_back,earned,fee,held,due"
    );
    let id = sitting.path.rsplit('/').next().expect("an id");
    assert_eq!(
        lines[1..],
        [format!(
            "{id},2023-11-14T22:13:20.000Z,2023-11-14T22:23:20.000Z,Planning,\"'{PAYER}\",aborted,EUR,\
             12.50,9.33,2.85,0.32,0.00,0.00"
        )]
    );
    let earnings = sitting.browser().get("/earnings?month=2023-11").await;
    for said in
        ["2.85 EUR", "0.32 EUR", "9.33 EUR", "Cut short", "=Bo &lt;b&gt;", "earnings.csv?month=2023-11"]
    {
        assert!(earnings.text().contains(said), "{said}: {}", earnings.text());
    }
    let december = sitting.browser().get("/earnings?month=2023-12").await;
    assert!(december.text().contains("Nothing was sold in this month."), "{}", december.text());
    let stray = sitting.browser().get("/earnings?month=%22%3E%3Cscript%3E&page=x").await;
    assert!(stray.text().contains("2.85 EUR") && !stray.text().contains("<script"), "{}", stray.text());
    let beyond = sitting.browser().get("/earnings?page=7").await;
    assert_eq!((beyond.status, beyond.header("location")), (StatusCode::SEE_OTHER, "/earnings"));

    let (_, fields) = sitting.ask("what=all").await;
    assert_eq!(sitting.give_back(&fields).await.status, StatusCode::SEE_OTHER);
    sitting.evidence_after(3).await;
    let payments = sitting.payer.guest.browser.get("/payments").await;
    assert!(payments.text().contains("<span>Refunded</span>"), "{}", payments.text());
    assert_eq!(payments.text().matches("12.50 EUR").count(), 2, "what was paid and what went back");
    let (refused, _) = sitting.ask("what=all").await;
    assert!(refused.text().contains("Nothing is left"), "{}", refused.text());
    assert_sound(&sitting.server.folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_evidence_holds_everything_in_one_file() {
    let sitting = Sitting::begin().await;
    sitting.server.world.pass(61_234);
    sitting.end().await;
    let evidence = sitting.evidence().await;
    let words = evidence["terms"]["words"].as_str().expect("a text");
    assert!(words.starts_with("Terms, form 1\n"), "{words}");
    assert_eq!(evidence["terms"]["consented_at"], 1_700_000_000_000_i64);
    assert_eq!(evidence["attended_ms"], 61_234);
    let stays = evidence["stays"].as_array().expect("a list");
    assert_eq!(stays.len(), 2, "{stays:?}");
    for (stay, who) in stays.iter().zip(["payer", "host"]) {
        assert_eq!((&stay["who"], &stay["how"]), (&who.into(), &"over".into()));
        assert_eq!(stay["until"], 1_700_000_061_234_i64);
    }
    assert_eq!((&evidence["ending"]["aborted"], &evidence["test"]), (&"host".into(), &true.into()));
    assert!(evidence["room"]["line_sha256"].as_str().is_some_and(|hash| hash.len() > 20), "{evidence}");
    assert!(evidence["events"].as_array().is_some_and(|events| events.len() > 6));

    let file = sitting.browser().get(&format!("{}/evidence", sitting.path)).await;
    let id = sitting.path.rsplit('/').next().expect("an id");
    assert_eq!(
        file.header("content-disposition"),
        format!("attachment; filename=\"anteroom-session-{id}.html\"")
    );
    let text = file.text();
    assert!(
        text.contains("<style>") && !text.contains("href=") && !text.contains("src="),
        "it needs nothing else"
    );
    for said in [
        "2023-11-14T22:14:21.234Z",
        "61234 ms",
        "Terms, form 1",
        evidence["terms"]["sha256"].as_str().expect("a text"),
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(text.contains("&lt;b&gt;Payer") && !text.contains("<b>"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_outlives_its_room_and_so_does_a_refund() {
    let mut sitting = Sitting::begin().await;
    sitting.server.world.pass(10 * MINUTE_MS);
    sitting.end().await;
    let cookies = [sitting.host.guest.browser.cookie(), sitting.payer.guest.browser.cookie()];
    for wait_ms in [89 * DAY_MS, 2 * DAY_MS] {
        sitting.server = sitting.server.started_again_after(wait_ms).await;
        sitting.host.guest.browser = sitting.server.browser();
        sitting.payer.guest.browser = sitting.server.browser();
        sitting.host.guest.browser.set_cookie(cookies[0].clone());
        sitting.payer.guest.browser.set_cookie(cookies[1].clone());
        // A visit, so that the browsers stay known.
        sitting.receipt(&sitting.payer.guest.browser).await;
        sitting.receipt(sitting.browser()).await;
    }
    let begun = Instant::now();
    while !sitting.receipt(&sitting.payer.guest.browser).await.contains("A room that has been erased") {
        assert!(begun.elapsed() < PATIENCE, "the room is erased");
        tokio::task::yield_now().await;
    }
    let receipt = sitting.receipt(&sitting.payer.guest.browser).await;
    assert!(receipt.contains("<dd>4.17 EUR</dd>") && !receipt.contains("Payer&lt;"), "{receipt}");
    let (_, fields) = sitting.ask("what=all").await;
    let done = sitting.give_back(&fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(sitting.evidence_after(2).await["money"]["sent_back"]["minor"], 1_250);
    assert_sound(&sitting.server.folder).await;
}
