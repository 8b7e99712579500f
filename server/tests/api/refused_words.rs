//! What Stripe says and is not taken: whoever runs the server reads it, and nobody else.

use crate::browser::Answer;
use crate::harness::Server;
use crate::operator::{numbers, run_by_ana};
use crate::paid::{agree, offer, set, terms};
use crate::processor::Processor;
use crate::stripe::leads_to;
use http::StatusCode;
use serde_json::{Value, json};
use server::config::Layer;

async fn tell(stripe: &Processor, server: &Server, event: &Value) -> StatusCode {
    stripe.tell(server, event).await.status
}

/// The hidden fields of the first form that is about a word.
fn fields(page: &Answer) -> Vec<(&str, &str)> {
    let (_, form) = page.text().split_once("action=\"/operator/words\">").expect("a word can be seen");
    let (form, _) = form.split_once("</form>").expect("a form ends");
    let field = |input: &'static str| {
        let (_, rest) = form.split_once(&format!("name=\"{input}\" value=\"")).expect("a field");
        (input, rest.split_once('"').expect("an attribute ends").0)
    };
    ["payment", "said", "why"].map(field).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_read_by_an_operator_and_counted_until_it_is_seen() {
    let stripe = Processor::open().await;
    let metrics_addr = Some("127.0.0.1:0".parse().expect("an address"));
    let (server, ana) = run_by_ana(Layer { metrics_addr, ..stripe.settings() }).await;
    stripe.looked_back(&server).await;
    let host = server.browser();
    let room = host.create(false).await;
    set(&host, room, Some(offer("12.50"))).await.json::<()>();
    let bo = server.browser();
    let checkout = stripe.checkout_at(&leads_to(&agree(&bo, room, &terms(&bo, room).await).await));
    let told = stripe.books().pay(&checkout);
    for event in &told {
        assert_eq!(tell(&stripe, &server, event).await, StatusCode::OK);
    }
    let empty = ana.get("/operator/words").await;
    assert!(empty.text().contains("Everything that the payment service said was taken"), "{}", empty.text());

    let mut abroad = stripe.books().dispute(&checkout, "created", "needs_response");
    let mut unknown = abroad.clone();
    let mut nonsense = abroad.clone();
    abroad["data"]["object"]["currency"] = json!("usd");
    unknown["data"]["object"]["currency"] = json!("zzz");
    nonsense["data"]["object"] = json!({ "id": 7, "payer": "Bo Secret" });
    for event in [&abroad, &abroad, &abroad, &unknown] {
        assert_eq!(tell(&stripe, &server, event).await, StatusCode::OK, "it need not be told again");
    }
    assert_eq!(tell(&stripe, &server, &nonsense).await, StatusCode::OK);
    // Somebody else's payments at the same account are none of ours.
    abroad["data"]["object"]["payment_intent"] = json!("pi_other");
    assert_eq!(tell(&stripe, &server, &abroad).await, StatusCode::OK);
    assert!(numbers(&server).await.contains("anteroom_words_refused 3\n"));
    assert!(numbers(&server).await.contains("anteroom_disputes_open 0\n"));

    let page = ana.get("/operator/words").await;
    for said in [
        "A bank asks for money back.",
        "another currency than the one that was paid",
        "12.50 USD",
        "<dt>How often</dt><dd>3</dd>",
        "A message of the kind charge.dispute.created.",
        "/sessions/",
    ] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert!(!page.text().contains("Secret") && !page.text().contains("<script"), "{}", page.text());
    assert!(ana.get("/operator").await.text().contains("Refused words that nobody has seen"));
    let fields = fields(&page);
    let seen = host.submit("/operator/words", &fields).await;
    assert_eq!(
        (seen.status, host.get("/operator/words").await.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    for left in [2, 2] {
        let seen = ana.submit("/operator/words", &fields).await;
        assert_eq!(seen.header("location"), "/operator/words?seen=1");
        assert!(numbers(&server).await.contains(&format!("anteroom_words_refused {left}\n")));
    }
    let bad = ana.submit("/operator/words", &[("payment", "x"), ("said", ""), ("why", "")]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}
