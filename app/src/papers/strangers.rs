//! `/meet/report`: what somebody says of whom they met; `/operator/reports`: what operators decide about it.

use super::frame::{links, page_among};
use super::html::{Html, code, terms, text};
use super::operator;
use super::said::moment;
use model::{Complaint, EncounterId, ReportReason, UnixMillis, UserId};
use ui::words::papers::Papers;
use ui::words::strangers::Strangers;

/// Where people who met are asked about it.
pub const REPORT: &str = "/meet/report";
/// Where somebody wishes never to meet somebody again.
pub const AVOID: &str = "/meet/avoid";
/// Where strangers look for each other.
const MEET: &str = "/meet";

/// What became of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Said {
    Nothing,
    Reported,
    Avoided,
    /// No reason was chosen.
    NoReason,
    TooLong,
    TooOften,
}

/// One report, as an operator reads it.
#[derive(Clone, Debug)]
pub struct Report {
    pub reported: UserId,
    pub at: UnixMillis,
    pub reason: ReportReason,
    pub complaint: Option<Complaint>,
    pub reporters: u64,
    pub barred_until: Option<UnixMillis>,
}

/// Somebody who is kept out.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub user: UserId,
    pub until: UnixMillis,
}

/// What became of an operator's decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum News {
    None,
    Decided,
    Gone,
}

/// The page on which the last person is reported, if there is one.
pub fn report(preferred: &str, encounter: Option<EncounterId>, said: Said) -> String {
    let words = Papers::of(preferred);
    let text = &words.strangers;
    let body = told(text, said);
    let body = match (encounter, said) {
        (_, Said::Reported | Said::Avoided) => body.add(links([(MEET, text.back)])),
        (None, _) => {
            let empty = body.raw("<div class=\"empty\">").p(text.nobody).add(links([(MEET, text.back)]));
            empty.raw("</div>")
        }
        (Some(encounter), _) => body.add(form(text, encounter)).add(avoid(text, encounter)),
    };
    page_among(words, text.title, (words.frame.product, &[(MEET, text.back)]), "", body)
}

fn told(words: &Strangers, said: Said) -> Html {
    let (class, role, sentence) = match said {
        Said::Nothing => return Html::new(),
        Said::Reported => ("good", "status", words.reported),
        Said::Avoided => ("good", "status", words.avoided),
        Said::NoReason => ("bad", "alert", words.choose),
        Said::TooLong => ("bad", "alert", words.too_long),
        Said::TooOften => ("bad", "alert", words.failed),
    };
    let open = Html::new().raw("<p class=\"note ").raw(class).raw("\" role=\"").raw(role).raw("\">");
    open.text(sentence).raw("</p>")
}

fn form(words: &Strangers, encounter: EncounterId) -> Html {
    let choice = |reason: ReportReason| {
        Html::new()
            .raw("<label class=\"choice\"><input type=\"radio\" name=\"reason\" required value=\"")
            .raw(reason.word())
            .raw("\">")
            .text(named(words, reason))
            .raw("</label>")
    };
    Html::new()
        .raw("<p class=\"lead\">")
        .text(words.lead)
        .raw("</p><section><form method=\"post\" action=\"")
        .raw(REPORT)
        .raw("\">")
        .hidden("encounter", &encounter.to_hex())
        .raw("<fieldset><legend class=\"hint\">")
        .text(words.reason)
        .raw("</legend>")
        .all(ReportReason::ALL.into_iter().map(choice))
        .raw("</fieldset><div class=\"field\"><label for=\"complaint\">")
        .text(words.complaint)
        .raw("</label><textarea id=\"complaint\" name=\"complaint\" rows=\"4\" maxlength=\"500\" ")
        .raw("aria-describedby=\"complaint-hint\"></textarea><span class=\"hint\" id=\"complaint-hint\">")
        .text(words.complaint_hint)
        .raw("</span></div><button class=\"danger\">")
        .text(words.send)
        .raw("</button></form></section>")
}

fn avoid(words: &Strangers, encounter: EncounterId) -> Html {
    Html::new()
        .raw("<section>")
        .h2(words.avoid_heading)
        .p(words.avoid_lead)
        .raw("<form method=\"post\" action=\"")
        .raw(AVOID)
        .raw("\">")
        .hidden("encounter", &encounter.to_hex())
        .raw("<button>")
        .text(words.avoid)
        .raw("</button></form></section>")
}

const fn named(words: &Strangers, reason: ReportReason) -> &'static str {
    match reason {
        ReportReason::Sexual => words.sexual,
        ReportReason::Abuse => words.abuse,
        ReportReason::Minor => words.minor,
        ReportReason::Spam => words.spam,
        ReportReason::Other => words.other,
    }
}

/// What operators read and decide about.
pub fn reports(preferred: &str, (reports, bars): (&[Report], &[Bar]), (is_on, news): (bool, News)) -> String {
    let words = Papers::of(preferred);
    let said = &words.strangers;
    let note = |class: &'static str, role: &'static str, sentence: &str| {
        let open = Html::new().raw("<p class=\"note ").raw(class).raw("\" role=\"").raw(role).raw("\">");
        open.text(sentence).raw("</p>")
    };
    let told = match news {
        News::None => Html::new(),
        News::Decided => note("good", "status", said.decided),
        News::Gone => note("bad", "alert", said.gone),
    };
    let off = (!is_on).then(|| Html::new().raw("<p class=\"note\">").text(said.off).raw("</p>"));
    let body = told.all(off).raw("<p class=\"lead\">").text(said.reports_lead).raw("</p>");
    let body = match reports {
        [] => body.raw("<div class=\"empty\">").p(said.empty).raw("</div>"),
        reports => body.all(reports.iter().map(|report| reported(said, report))),
    };
    let bars = match bars {
        [] => Html::new().p(said.empty_bars),
        bars => Html::new().all(bars.iter().map(|bar| barred(said, *bar))),
    };
    let body = body.raw("<section>").h2(said.bars).add(bars).raw("</section>");
    operator::framed(words, said.reports, operator::REPORTS, body)
}

fn reported(said: &Strangers, report: &Report) -> Html {
    let facts = terms(
        "facts",
        [
            (said.person, Some(person(report.reported))),
            (said.reporters, Some(text(&report.reporters.to_string()))),
            (said.says, report.complaint.as_ref().map(|complaint| text(complaint.as_str()))),
            (said.barred_until, report.barred_until.map(moment)),
        ],
    );
    Html::new()
        .raw("<section>")
        .h2(named(said, report.reason))
        .raw("<p>")
        .add(moment(report.at))
        .raw("</p>")
        .add(facts)
        .add(decision(report.reported, "bar", said.bar))
        .add(decision(report.reported, "dismiss", said.dismiss))
        .raw("</section>")
}

fn barred(said: &Strangers, bar: Bar) -> Html {
    let facts =
        terms("facts", [(said.person, Some(person(bar.user))), (said.barred_until, Some(moment(bar.until)))]);
    facts.add(decision(bar.user, "lift", said.lift))
}

/// A person without a name, by the last digits of their number.
fn person(user: UserId) -> Html {
    let hex = user.to_hex();
    code(&hex[hex.len() - 8..])
}

fn decision(user: UserId, what: &'static str, press: &str) -> Html {
    Html::new()
        .raw("<form method=\"post\" action=\"")
        .raw(operator::REPORTS)
        .raw("\">")
        .hidden("person", &user.to_hex())
        .hidden("what", what)
        .raw("<button>")
        .text(press)
        .raw("</button></form>")
}
