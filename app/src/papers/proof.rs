//! Everything that is known of one purchase of minutes in one file, which needs nothing but itself: what was
//! bought, to which words its buyer agreed, and each session that used minutes since.
//!
//! The words around it are in the reader's language; what happened stands in it as it was saved.

use super::evidence::{Saved, asked, policy, saved};
use super::frame::{file, test_note};
use super::html::{Html, code, table, terms, text};
use super::packs::{facts, returns, sums};
use super::said::{self, machine, moment};
use service::rooms::packs::{Party, Proof, ProvedUse};
use ui::words::filled;
use ui::words::papers::Papers;

/// The file, in the language that a browser prefers (`Accept-Language`).
pub fn proof(preferred: &str, proof: &Proof, events: &[Saved], orders: &[Saved]) -> String {
    let words = Papers::of(preferred);
    let (said, paper) = (&words.evidence, &proof.paper);
    let agreed = paper.terms.as_ref().zip(paper.purchase.consent);
    let agreed =
        agreed.map(|(kept, consent)| policy(words, kept, (&consent.terms.to_hex(), Some(consent.at))));
    let body = test_note(words, paper.is_test)
        .raw("<section>")
        .add(facts(words, paper))
        .add(terms("", [(said.written, Some(moment(proof.at)))]))
        .raw("</section>")
        .all(agreed)
        .add(uses(words, proof))
        .add(sums(words, paper))
        .add(returns(words, paper))
        .add(saved(said.events, (said.at, said.event), events))
        .add(asked(words, &paper.orders, orders));
    file(words, said.title_pack, body)
}

fn uses(words: &Papers, proof: &Proof) -> Html {
    let said = &words.evidence;
    let section = Html::new().raw("<section>").h2(said.uses).p(said.uses_lead);
    if proof.uses.is_empty() {
        return section.p(said.uses_none).raw("</section>");
    }
    let shown = u32::try_from(proof.uses.len()).unwrap_or(u32::MAX);
    let more = (proof.count > shown).then(|| {
        let counts = [("limit", &*shown.to_string()), ("count", &*proof.count.to_string())];
        Html::new().p(&filled(said.uses_more, &counts))
    });
    section.all(more).all(proof.uses.iter().map(|used| one(words, used))).raw("</section>")
}

/// One session: what was agreed to and used in it, and who was inside when.
fn one(words: &Papers, used: &ProvedUse) -> Html {
    let (said, course) = (&words.evidence, &words.course);
    let millis = |millis: i64| Some(text(&format!("{millis} ms")));
    let facts = terms(
        "facts",
        [
            (words.receipt.number, Some(code(&used.session.to_hex()))),
            (words.receipt.room, used.room.map(|room| text(&room.to_string()))),
            (words.receipt.status, Some(text(said::status(words, used.status)))),
            (words.receipt.digest, Some(code(&used.terms.to_hex()))),
            (words.receipt.agreed_at, used.consented_at.map(|at| text(&machine(at)))),
            (words.money.minutes_reserved, millis(used.reserved_ms)),
            (words.money.minutes_used, millis(used.used_ms)),
            (words.money.minutes_returned, millis(used.returned_ms).filter(|_| used.returned_ms > 0)),
        ],
    );
    let columns = [(course.who, false), (course.from, false), (course.until, false), (course.how, false)];
    let rows = used.stays.iter().map(|stay| {
        vec![
            text(if stay.party == Party::Payer { course.payer } else { course.host }),
            text(&machine(stay.from)),
            stay.left.map_or_else(|| text("–"), |(at, _)| text(&machine(at))),
            text(stay.left.map_or(course.inside, |(_, left)| said::left(words, left))),
        ]
    });
    let stays = match used.stays.is_empty() {
        true => Html::new().p(course.nobody),
        false => table(said.uses, &columns, rows),
    };
    facts.add(stays)
}
