//! What holds when a paid call goes otherwise than planned: lateness, somebody who does not come, the end of
//! the paid time, cancelling. A host sets it with a plain form.
//!
//! | shown | where |
//! |---|---|
//! | when the clock starts | a fixed length |
//! | who does not come; cancelling | a fixed length, a call |
//! | the end of the paid time | a fixed length, minutes |
//!
//! What is not shown stays as it was. Not here: what is sold and for how much, and the rules.

use super::frame::{links, page_among};
use super::html::{self, Field, Html, note};
use super::pricing::{Deed, deed_note};
use super::said::said as in_words;
use model::money::Permille;
use model::offer::{Access, Cancellation, NoShow, Overrun, Point, SlotStart, Step, Wait, Wishes};
use model::statement::statement;
use model::{Offer, RoomCode};
use protocol::{RoomSettings, addresses};
use std::collections::BTreeMap;
use ui::words::filled;
use ui::words::papers::Papers;
use ui::words::policies::Policies;

/// What the fields of the form hold, by their names.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<String, String>);

/// A field that does not say what it should.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wrong {
    field: String,
    why: Why,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Why {
    Wait,
    Share,
    Free,
    Step,
    Order,
}

/// What is said above the form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    None,
    Saved,
    Wrong(Typed, Vec<Wrong>),
}

const START: &str = "start";
const WAIT: &str = "wait";
const HOST: &str = "host";
const PAYER: &str = "payer";
const BOTH: &str = "both";
const OVERRUN: &str = "overrun";
const FREE: &str = "free";

fn hours(step: usize) -> String {
    format!("hours{}", step + 1)
}

fn back(step: usize) -> String {
    format!("back{}", step + 1)
}

/// The page of a room, in the language that a browser prefers (`Accept-Language`).
pub fn policies(preferred: &str, room: &RoomSettings, news: News, deed: Option<Deed>) -> String {
    let words = Papers::of(preferred);
    let said = &words.policies;
    let settings = format!("/r/{}/settings", room.code);
    let places: (&str, &[(&str, &str)]) = (said.places, &[(&settings, said.to_settings)]);
    let Some(offer) = &room.policy.offer else {
        let to_settings = links([(&settings, said.to_settings)]);
        let empty = Html::new().raw("<div class=\"empty\">").p(said.free).add(to_settings).raw("</div>");
        let body = empty.all(deed.map(|deed| deed_note(words, deed)));
        return page_among(words, said.title, places, "", body);
    };
    let (told, typed, wrong) = match news {
        News::None => (Html::new(), Typed::of(offer.parts()), Vec::new()),
        News::Saved => (note(true, said.saved), Typed::of(offer.parts()), Vec::new()),
        News::Wrong(typed, wrong) => (note(false, said.wrong), typed, wrong),
    };
    let form = Form { said, typed: &typed, wrong: &wrong };
    let body = told
        .raw("<p class=\"lead\">")
        .text(said.lead)
        .raw("</p>")
        .all(deed.map(|deed| deed_note(words, deed)))
        .raw("<form method=\"post\" action=\"")
        .text(&addresses::of(room.code, addresses::POLICIES))
        .raw("\">")
        .add(form.groups(offer.parts()))
        .raw("<button>")
        .text(said.save)
        .raw("</button></form><section>")
        .h2(said.preview)
        .add(in_words(words, &statement(offer)))
        .raw("</section>");
    page_among(words, said.title, places, "", body)
}

/// The address of the page of a room.
pub fn address(room: RoomCode) -> String {
    addresses::of(room, addresses::POLICIES)
}

/// What the form of a room asks for, with everything that it does not ask as it was.
pub fn read(typed: &Typed, offer: &Offer) -> Result<Offer, Vec<Wrong>> {
    let mut wishes = offer.parts().clone();
    let mut reader = Reader { typed, wrong: Vec::new() };
    if has_start(&wishes) {
        wishes.start = if typed.says(START, "planned") { SlotStart::Planned } else { SlotStart::BothIn };
    }
    if has_absence(&wishes) {
        let NoShow { payer, both, .. } = wishes.no_show;
        let is_before = wishes.point != Point::After;
        wishes.no_show = NoShow {
            wait: reader.wait(WAIT, Why::Wait),
            host: reader.share(HOST),
            payer: if is_before { reader.share(PAYER) } else { payer },
            both: if is_before { reader.share(BOTH) } else { both },
        };
        wishes.cancellation = reader.steps();
    }
    if has_overrun(&wishes) {
        let can_extend = matches!(wishes.point, Point::During { .. });
        wishes.overrun = match typed.get(OVERRUN) {
            "run_on" => Overrun::RunOn { free: reader.wait(FREE, Why::Free) },
            "extension" if can_extend => Overrun::Extension,
            _ => Overrun::Close,
        };
    }
    if !reader.wrong.is_empty() {
        return Err(reader.wrong);
    }
    // Every part is within its limits by now, and none of them contradicts what is sold.
    Offer::new(wishes).map_err(|_| vec![Wrong { field: OVERRUN.to_owned(), why: Why::Free }])
}

const fn has_start(wishes: &Wishes) -> bool {
    matches!(wishes.access, Access::Fixed { .. })
}

const fn has_absence(wishes: &Wishes) -> bool {
    matches!(wishes.access, Access::Fixed { .. } | Access::PerCall { .. })
}

const fn has_overrun(wishes: &Wishes) -> bool {
    matches!(wishes.access, Access::Fixed { .. } | Access::Prepaid { .. })
}

/// Reads fields, and notes those that do not say what they should.
struct Reader<'a> {
    typed: &'a Typed,
    wrong: Vec<Wrong>,
}

impl Reader<'_> {
    fn wait(&mut self, field: &str, why: Why) -> Wait {
        let minutes = self.typed.get(field).trim().parse().ok();
        let wait = minutes.and_then(|minutes| Wait::new(minutes).ok());
        wait.unwrap_or_else(|| self.refuse(field, why, Wishes::plain(Access::Free).no_show.wait))
    }

    fn share(&mut self, field: &str) -> Permille {
        match share(self.typed.get(field)) {
            Some(share) => share,
            None => self.refuse(field, Why::Share, Permille::NONE),
        }
    }

    fn steps(&mut self) -> Cancellation {
        let mut steps = Vec::new();
        for place in 0..Cancellation::STEPS {
            let (hours, back) = (hours(place), back(place));
            let written = (self.typed.get(&hours).trim(), self.typed.get(&back).trim());
            if written == ("", "") {
                continue;
            }
            let read = written.0.parse().ok().filter(|hours| *hours <= Cancellation::HOURS);
            match (read, share(written.1)) {
                (Some(hours), Some(refund)) => steps.push((place, Step { hours, refund })),
                (None, _) => self.refuse(&hours, Why::Step, ()),
                (Some(_), None) => self.refuse(&back, Why::Step, ()),
            }
        }
        let out_of_order = steps.windows(2).find(|pair| {
            let [(_, before), (_, after)] = pair else { return false };
            after.hours >= before.hours || after.refund > before.refund
        });
        if let Some([_, (place, _)]) = out_of_order {
            self.refuse(&hours(*place), Why::Order, ());
        }
        Cancellation::new(steps.into_iter().map(|(_, step)| step).collect())
            .unwrap_or_else(|_| Wishes::plain(Access::Free).cancellation)
    }

    fn refuse<T>(&mut self, field: &str, why: Why, instead: T) -> T {
        self.wrong.push(Wrong { field: field.to_owned(), why });
        instead
    }
}

/// A share that was typed as percent, with at most one decimal.
fn share(typed: &str) -> Option<Permille> {
    let typed = typed.trim().trim_end_matches('%').trim_end().replace(',', ".");
    let (whole, tenths) = typed.split_once('.').unwrap_or((&typed, "0"));
    let digits =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 3) || !digits(tenths, 1) {
        return None;
    }
    let thousandths = whole.parse::<u16>().ok()? * 10 + tenths.parse::<u16>().ok()?;
    Permille::new(thousandths).ok()
}

/// A share as it is typed.
fn percent(share: Permille) -> String {
    share.to_string().trim_end_matches(" %").to_owned()
}

impl Typed {
    /// What the fields hold where nobody has typed.
    fn of(wishes: &Wishes) -> Self {
        let mut typed = BTreeMap::new();
        let mut set = |name: &str, value: String| typed.insert(name.to_owned(), value);
        let start = if wishes.start == SlotStart::Planned { "planned" } else { "both_in" };
        set(START, start.to_owned());
        set(WAIT, wishes.no_show.wait.count().to_string());
        set(HOST, percent(wishes.no_show.host));
        set(PAYER, percent(wishes.no_show.payer));
        set(BOTH, percent(wishes.no_show.both));
        let (overrun, free) = match wishes.overrun {
            Overrun::Close => ("close", String::new()),
            Overrun::RunOn { free } => ("run_on", free.count().to_string()),
            Overrun::Extension => ("extension", String::new()),
        };
        set(OVERRUN, overrun.to_owned());
        set(FREE, free);
        for (place, step) in wishes.cancellation.steps().iter().enumerate() {
            set(&hours(place), step.hours.to_string());
            set(&back(place), percent(step.refund));
        }
        Self(typed)
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn says(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }
}

/// Writes the form.
struct Form<'a> {
    said: &'static Policies,
    typed: &'a Typed,
    wrong: &'a [Wrong],
}

impl Form<'_> {
    fn groups(&self, wishes: &Wishes) -> Html {
        let start = has_start(wishes).then(|| self.start());
        let absence = has_absence(wishes).then(|| self.absence(wishes.point != Point::After));
        let overrun = has_overrun(wishes).then(|| self.overrun(matches!(wishes.point, Point::During { .. })));
        let cancelling = has_absence(wishes).then(|| self.cancelling());
        Html::new().all([start, absence, overrun, cancelling].into_iter().flatten())
    }

    fn start(&self) -> Html {
        let said = self.said;
        let choices = [("both_in", said.both_in), ("planned", said.planned)];
        group(said.start).all(choices.map(|choice| self.choice(START, choice))).raw("</fieldset>")
    }

    fn absence(&self, is_before: bool) -> Html {
        let said = self.said;
        let others = match is_before {
            true => {
                let payer = self.field(PAYER, said.payer_share, said.share_hint);
                payer.add(self.field(BOTH, said.both_share, said.share_hint))
            }
            false => Html::new().raw("<p class=\"hint\">").text(said.paid_after).raw("</p>"),
        };
        group(said.no_show)
            .add(self.field(WAIT, said.wait, said.minutes_hint))
            .add(self.field(HOST, said.host_share, said.share_hint))
            .add(others)
            .raw("</fieldset>")
    }

    fn overrun(&self, can_extend: bool) -> Html {
        let said = self.said;
        let extension = can_extend.then(|| self.choice(OVERRUN, ("extension", said.extension)));
        group(said.overrun)
            .add(self.choice(OVERRUN, ("close", said.close)))
            .all(extension)
            .add(self.choice(OVERRUN, ("run_on", said.run_on)))
            .add(self.field(FREE, said.free_minutes, said.minutes_hint))
            .raw("</fieldset>")
    }

    fn cancelling(&self) -> Html {
        let said = self.said;
        let steps = (0..Cancellation::STEPS).map(|place| {
            let number = filled(said.step, &[("count", &(place + 1).to_string())]);
            let named = |label: &str| format!("{number}: {label}");
            Html::new()
                .raw("<div class=\"pair\">")
                .add(self.field(&hours(place), &named(said.hours), ""))
                .add(self.field(&back(place), &named(said.back), ""))
                .raw("</div>")
        });
        group(said.cancelling)
            .raw("<p class=\"hint\">")
            .text(said.cancelling_hint)
            .raw("</p>")
            .all(steps)
            .raw("</fieldset>")
    }

    fn choice(&self, name: &str, choice: (&str, &str)) -> Html {
        html::choice(name, choice, self.typed.says(name, choice.0))
    }

    fn field(&self, name: &str, label: &str, hint: &str) -> Html {
        let wrong = self.wrong.iter().find(|wrong| wrong.field == name);
        html::field(Field {
            name,
            label,
            hint: wrong.map_or(hint, |wrong| wrong.why.sentence(self.said)),
            value: self.typed.get(name),
            is_wrong: wrong.is_some(),
            limit: "6",
        })
    }
}

fn group(legend: &str) -> Html {
    Html::new().raw("<fieldset class=\"group\"><legend>").text(legend).raw("</legend>")
}

impl Why {
    const fn sentence(self, said: &'static Policies) -> &'static str {
        match self {
            Self::Wait => said.wait_wrong,
            Self::Share => said.share_wrong,
            Self::Free => said.free_wrong,
            Self::Step => said.step_wrong,
            Self::Order => said.order_wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_they_are_written() {
        for thousandths in 0..=1_000 {
            let there = Permille::new(thousandths).expect("a share");
            assert_eq!(share(&percent(there)), Some(there));
        }
        assert_eq!(share(" 12,5 % "), Permille::new(125).ok());
        for bad in ["", "-1", "100.1", "1000", "5.55", "a", "1.", ".5", "99999999999"] {
            assert_eq!(share(bad), None, "{bad}");
        }
    }
}
