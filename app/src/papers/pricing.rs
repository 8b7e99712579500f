//! `/operator/rooms`: one room, who owns it, what it costs, and the form by which whoever runs this server
//! sets that. The form has the fields of the hosts' card, and is read by the same rules ([`crate::pricing`]).
//!
//! Where the page has styles, fields that do not belong to what is chosen are not shown; what they hold then
//! is not read. Not here: what happens when somebody is late or does not come, which hosts decide.

use super::html::{Field, Html, choice, field, note, terms, text};
use super::operator::{ROOMS, framed};
use super::said::{moment, plain, said as in_words};
use crate::pricing::{Typed, Wrong, currencies, over};
use model::offer::Packs;
use model::statement::statement;
use model::{Offer, RoomCode, UnixMillis};
use protocol::{HistoryView, Selling};
use service::rooms::pricing::{PRICED, PricedRoom, UNPRICED};
use std::collections::BTreeMap;
use ui::Words;
use ui::words::filled;
use ui::words::papers::Papers;
use ui::words::pay::Price;
use ui::words::pricing::Pricing;

/// When whoever runs this server priced a room last, and whether they set a price rather than take it away.
pub type Deed = (UnixMillis, bool);

/// What the fields of the form hold, by their names.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub struct Sent(BTreeMap<String, String>);

/// Which room was asked for, and what became of it.
#[derive(Clone, Debug)]
pub enum Asked {
    /// None.
    Nothing,
    /// What was typed is no code, nor a link that holds one.
    NoCode(String),
    /// There is no such room.
    NoRoom(RoomCode),
    Room(Box<PricedRoom>, News),
}

/// What is said above the form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    None,
    Saved,
    /// A field does not say what it should.
    Wrong(Box<Typed>, Wrong),
    /// It is less than the processor takes.
    TooLittle(Box<Typed>),
    /// Minutes are sold by accounts, and the owner has none.
    NeedsAccount,
    /// The room or its owner is not as they were.
    Refused,
}

impl Sent {
    /// The room that it is about.
    pub fn room(&self) -> &str {
        self.get("room")
    }

    /// What is asked for in a room that sold this, with everything that the form does not ask as it was; else
    /// what was typed, and where it is wrong.
    pub fn read(&self, set: Option<&Offer>) -> Result<Option<Offer>, (Box<Typed>, Wrong)> {
        let typed = self.typed();
        match typed.read() {
            Ok(sold) => Ok(sold.map(|sold| over(set, sold))),
            Err(wrong) => Err((Box::new(typed), wrong)),
        }
    }

    /// What was typed into the fields of the price.
    pub fn typed(&self) -> Typed {
        let own = |name: &str| self.get(name).to_owned();
        Typed {
            kind: own(KIND),
            amount: own(AMOUNT),
            currency: own(CURRENCY),
            minutes: own(MINUTES),
            point: own(POINT),
            more: own(MORE),
            more_minutes: own(MORE_MINUTES),
            packs: std::array::from_fn(|place| (own(&pack(place)), own(&pack_amount(place)))),
            most: own(MOST),
        }
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

const KIND: &str = "kind";
const AMOUNT: &str = "amount";
const CURRENCY: &str = "currency";
const MINUTES: &str = "minutes";
const POINT: &str = "point";
const MORE: &str = "more";
const MORE_MINUTES: &str = "more_minutes";
const MOST: &str = "most";
/// The most characters of a field; an amount is the longest.
const LIMIT: &str = "14";

fn pack(place: usize) -> String {
    format!("pack{}", place + 1)
}

fn pack_amount(place: usize) -> String {
    format!("pack{}_amount", place + 1)
}

/// The page, in the language that a browser prefers (`Accept-Language`).
pub fn pricing(preferred: &str, asked: &Asked) -> String {
    let words = Papers::of(preferred);
    let said = &words.pricing;
    let (typed, found) = match asked {
        Asked::Nothing => (String::new(), Html::new()),
        Asked::NoCode(typed) => (typed.clone(), note(false, said.no_code)),
        Asked::NoRoom(code) => (code.to_string(), note(false, said.no_room)),
        Asked::Room(room, news) => (room.room.code.to_string(), one(words, room, news)),
    };
    let body = Html::new()
        .raw("<p class=\"lead\">")
        .text(said.lead)
        .raw("</p><form method=\"get\" role=\"search\" action=\"")
        .raw(ROOMS)
        .raw("\"><div class=\"field\"><label for=\"room\">")
        .text(said.find_label)
        .raw("</label><input id=\"room\" name=\"room\" maxlength=\"300\" autocomplete=\"off\" ")
        .raw("spellcheck=\"false\" required value=\"")
        .text(&typed)
        .raw("\"></div><button>")
        .text(said.find)
        .raw("</button></form>")
        .add(found);
    framed(words, said.title, ROOMS, body)
}

/// The address of the page of a room.
pub fn address(room: RoomCode) -> String {
    format!("{ROOMS}?room={room}")
}

/// That whoever runs this server priced a room.
pub(super) fn deed_note(words: &Papers, (at, is_set): Deed) -> Html {
    let sentence = if is_set { words.pricing.deed_set } else { words.pricing.deed_taken };
    Html::new().raw("<p class=\"hint\">").text(&filled(sentence, &[("time", &plain(at))])).raw("</p>")
}

/// A history with lines about prices that whoever runs this server set, as the room's page in the browser can
/// tell them: that page has a sentence for rules that somebody set, and carries none for this alone.
pub fn tell_history(preferred: &str, history: &mut HistoryView) {
    let by = Papers::of(preferred).pricing.runs;
    for happening in &mut history.happenings {
        if [PRICED, UNPRICED].contains(&happening.what.as_str()) {
            "rules_set".clone_into(&mut happening.what);
            happening.by = Some(by.to_owned());
        }
    }
}

fn one(words: &Papers, found: &PricedRoom, news: &News) -> Html {
    let (said, room) = (&words.pricing, &found.room);
    let told_news = match news {
        News::None => Html::new(),
        News::Saved if room.offer.is_some() => note(true, said.saved),
        News::Saved => note(true, said.taken),
        News::Wrong(..) | News::TooLittle(_) => note(false, said.wrong),
        News::NeedsAccount => note(false, said.minutes_need_account),
        News::Refused => note(false, said.refused),
    };
    let facts = Html::new()
        .raw("<section>")
        .h2(room.name.as_str())
        .add(facts(words, found))
        .all(found.deed.map(|deed| deed_note(words, deed)))
        .raw("</section>");
    let price = Html::new().raw("<section>").h2(said.costs);
    let price = match &room.offer {
        None => price.p(said.nothing),
        Some(offer) => price.add(in_words(words, &statement(offer))),
    };
    let kept = (room.kept > 0).then(|| {
        let sentence = filled(said.kept, &[("count", &room.kept.to_string())]);
        Html::new().raw("<p class=\"note\">").text(&sentence).raw("</p>")
    });
    told_news.add(facts).add(price.all(kept).raw("</section>")).add(setting(words, found, news))
}

fn facts(words: &Papers, found: &PricedRoom) -> Html {
    let (said, room) = (&words.pricing, &found.room);
    let owner = found.owner_name.as_ref().map_or(words.receipt.somebody, |name| name.as_str());
    let email = found.owner_email.as_ref().map(|(email, is_confirmed)| {
        let unconfirmed = if *is_confirmed { String::new() } else { format!(" ({})", said.unconfirmed) };
        text(&format!("{email}{unconfirmed}"))
    });
    let code = room.code.to_string();
    terms(
        "facts",
        [
            (said.code, Some(Html::new().link(&format!("/r/{code}"), &code))),
            (said.owner, Some(text(owner))),
            (said.email, Some(email.unwrap_or_else(|| text(said.no_account)))),
            (said.ended, room.ended.map(moment)),
        ],
    )
}

/// The form, or why there is none.
fn setting(words: &Papers, found: &PricedRoom, news: &News) -> Html {
    let (said, room) = (&words.pricing, &found.room);
    let section = Html::new().raw("<section>").h2(said.heading);
    if room.ended.is_some() {
        return section.p(said.over).raw("</section>");
    }
    let why = match room.selling {
        Selling::Test | Selling::Money => return section.add(price(words, found, news)).raw("</section>"),
        Selling::Nothing => said.sells_nothing,
        Selling::NeedsAccount => said.needs_account,
        Selling::NotListed => said.not_listed,
        Selling::NeedsStripe => said.needs_stripe,
    };
    let section = section.raw("<p class=\"note\">").text(why).raw("</p>");
    // A price that was set before can be taken away all the same.
    let take = room.offer.is_some().then(|| {
        let open = form(room.code).hidden(KIND, "free").raw("<button class=\"danger\">");
        open.text(said.take_away).raw("</button></form>")
    });
    section.all(take).raw("</section>")
}

fn form(room: RoomCode) -> Html {
    let open = Html::new().raw("<form method=\"post\" class=\"price\" action=\"").raw(ROOMS).raw("\">");
    open.hidden("room", &room.to_string())
}

/// The form where a price can be set.
fn price(words: &Papers, found: &PricedRoom, news: &News) -> Html {
    let (said, room) = (&words.pricing, &found.room);
    let text = Words::of(words.lang);
    let (typed, wrong) = match news {
        News::Wrong(typed, wrong) => (Typed::clone(typed), Some((*wrong, sentence(*wrong, &text.price)))),
        News::TooLittle(typed) => {
            let field = if typed.kind == "prepaid" { Wrong::Pack(0) } else { Wrong::Amount };
            (Typed::clone(typed), Some((field, text.pay.too_little)))
        }
        News::None | News::Saved | News::NeedsAccount | News::Refused => {
            (Typed::of(room.offer.as_ref()), None)
        }
    };
    let test = (room.selling == Selling::Test)
        .then(|| Html::new().raw("<p class=\"hint\">").text(text.price.test_note).raw("</p>"));
    let fields = Fields { said, words: &text.price, room: found, typed: &typed, wrong };
    let form = Html::new().p(said.form_lead).all(test).add(form(room.code)).add(fields.all());
    form.raw("<button>").text(said.save).raw("</button></form>")
}

const fn sentence(wrong: Wrong, words: &'static Price) -> &'static str {
    match wrong {
        Wrong::Amount | Wrong::More => words.amount_wrong,
        Wrong::Minutes | Wrong::MoreMinutes | Wrong::Most => words.minutes_wrong,
        Wrong::Pack(_) => words.pack_wrong,
    }
}

/// Writes the fields.
struct Fields<'a> {
    said: &'a Pricing,
    words: &'static Price,
    room: &'a PricedRoom,
    typed: &'a Typed,
    /// Which field is wrong, and what is said of it.
    wrong: Option<(Wrong, &'static str)>,
}

impl Fields<'_> {
    fn all(&self) -> Html {
        let (words, typed) = (self.words, self.typed);
        let kinds = [
            ("free", words.free),
            ("fixed", words.fixed),
            ("per_call", words.per_call),
            ("prepaid", words.prepaid),
        ];
        let points = [("before", words.before), ("after", words.after)];
        let chosen = |name: &'static str, is: &str, choices: &[(&str, &str)]| {
            let choices: Vec<_> = choices.iter().map(|of| choice(name, *of, of.0 == is)).collect();
            Html::new().all(choices).raw("</fieldset>")
        };
        group("", words.kind)
            .add(chosen(KIND, &typed.kind, &kinds))
            .add(group("costs", words.currency).add(self.currencies()).raw("</fieldset>"))
            .add(group("costs flat", self.said.price))
            .add(self.field(AMOUNT, words.amount, words.amount_hint, &typed.amount, Wrong::Amount))
            .add(chosen(POINT, &typed.point, &points))
            .add(group("fixed", self.said.length))
            .add(self.field(MINUTES, words.minutes, words.minutes_hint, &typed.minutes, Wrong::Minutes))
            .add(self.field(MORE, words.more, words.more_hint, &typed.more, Wrong::More))
            .add(self.more_minutes())
            .raw("</fieldset>")
            .add(self.packs())
    }

    fn more_minutes(&self) -> Html {
        let (words, value) = (self.words, &self.typed.more_minutes);
        self.field(MORE_MINUTES, words.more_minutes, words.minutes_hint, value, Wrong::MoreMinutes)
    }

    fn currencies(&self) -> Html {
        let own = &self.typed.currency;
        let options = currencies(own).map(|code| {
            let is_own = if code == own { " selected" } else { "" };
            Html::new().raw("<option").raw(is_own).raw(">").text(code).raw("</option>")
        });
        let least = self.room.room.least.iter().find(|least| least.currency.code() == own);
        let least = least.map(|least| {
            let sentence = filled(self.words.least, &[("amount", &least.to_string())]);
            Html::new().raw("<span class=\"hint\">").text(&sentence).raw("</span>")
        });
        Html::new()
            .raw("<div class=\"field\"><label for=\"currency\">")
            .text(self.words.currency)
            .raw("</label><select id=\"currency\" name=\"currency\">")
            .all(options)
            .raw("</select>")
            .all(least)
            .raw("</div>")
    }

    fn packs(&self) -> Html {
        let words = self.words;
        let packs = (0..Packs::COUNT).map(|place| {
            let (minutes, amount) = &self.typed.packs[place];
            let label = |said| filled(said, &[("count", &(place + 1).to_string())]);
            let hint = if place == 0 { "" } else { words.pack_hint };
            let (name, amount_name) = (pack(place), pack_amount(place));
            let of_minutes = self.field(&name, &label(words.pack_minutes), hint, minutes, Wrong::Pack(place));
            let of_money = field(Field {
                name: &amount_name,
                label: &label(words.pack_amount),
                hint: words.amount_hint,
                value: amount,
                is_wrong: false,
                limit: LIMIT,
            });
            Html::new().raw("<div class=\"pair\">").add(of_minutes).add(of_money).raw("</div>")
        });
        let packs: Vec<_> = packs.collect();
        group("prepaid", self.said.packs)
            .all(packs)
            .add(self.field(MOST, words.most, words.most_hint, &self.typed.most, Wrong::Most))
            .raw("</fieldset>")
    }

    fn field(&self, name: &str, label: &str, hint: &str, value: &str, of: Wrong) -> Html {
        let wrong = self.wrong.filter(|(wrong, _)| *wrong == of).map(|(_, said)| said);
        let hint = wrong.unwrap_or(hint);
        field(Field { name, label, hint, value, is_wrong: wrong.is_some(), limit: LIMIT })
    }
}

fn group(class: &'static str, legend: &str) -> Html {
    let open = Html::new().raw("<fieldset class=\"group ").raw(class).raw("\"><legend>");
    open.text(legend).raw("</legend>")
}
