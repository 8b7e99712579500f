//! When a room is used: date, time, zone, length, and how it repeats.

use crate::moment_field::MomentField;
use crate::select_field::{Choice, SelectField};
use crate::words::{Words, counted};
use leptos::prelude::*;
use model::policy::Minutes;
use model::schedule::{LocalDate, LocalTime, Repeat};
use model::{Schedule, schedule::ZoneName};

/// The lengths on offer, in minutes.
const LENGTHS: [u16; 14] = [15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 180, 240, 480];

/// A plan as it stands in the fields: everything as the browser writes it.
#[derive(Clone, Copy)]
pub struct PlanDraft {
    pub date: RwSignal<String>,
    pub time: RwSignal<String>,
    pub zone: RwSignal<String>,
    pub length: RwSignal<u16>,
    pub repeat: RwSignal<Repeat>,
    pub until: RwSignal<String>,
    pub wrong: RwSignal<PlanWrong>,
}

/// What is wrong with a plan, field by field.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PlanWrong {
    pub date: Option<&'static str>,
    pub time: Option<&'static str>,
    pub zone: Option<&'static str>,
    pub until: Option<&'static str>,
}

impl PlanWrong {
    /// The id of the first field that is wrong.
    pub fn first_field(&self) -> &'static str {
        let fields = [(self.date, "plan-date"), (self.time, "plan-time"), (self.zone, "plan-zone")];
        fields.into_iter().find(|(wrong, _)| wrong.is_some()).map_or("plan-until", |(_, id)| id)
    }
}

impl PlanDraft {
    /// The fields as a plan fills them, or empty ones.
    pub fn of(plan: Option<&Schedule>) -> Self {
        let date = plan.map(|plan| plan.starts.date().to_string());
        let time = plan.map(|plan| plan.starts.to_string().split('T').nth(1).unwrap_or_default().to_owned());
        let until = plan.and_then(|plan| plan.until).map(|until| until.to_string());
        Self {
            date: RwSignal::new(date.unwrap_or_default()),
            time: RwSignal::new(time.unwrap_or_default()),
            zone: RwSignal::new(plan.map(|plan| plan.zone.to_string()).unwrap_or_default()),
            length: RwSignal::new(plan.map_or(60, |plan| plan.length.count())),
            repeat: RwSignal::new(plan.map_or(Repeat::Once, |plan| plan.repeat)),
            until: RwSignal::new(until.unwrap_or_default()),
            wrong: RwSignal::new(PlanWrong::default()),
        }
    }

    /// Empties the fields that make a plan.
    pub fn clear(self) {
        for field in [self.date, self.time, self.until] {
            field.set(String::new());
        }
        self.repeat.set(Repeat::Once);
        self.wrong.set(PlanWrong::default());
    }

    /// The plan that stands in the fields, or what is wrong, which is then shown beside them.
    pub fn read(self, words: &'static Words) -> Option<Schedule> {
        let text = &words.plan;
        let date = self.date.get_untracked().parse::<LocalDate>().ok();
        let clock = self.time.get_untracked();
        let time = format!("2000-01-01T{clock}").parse::<LocalTime>().ok();
        let zone = self.zone.get_untracked().trim().parse::<ZoneName>().ok();
        let typed = self.until.get_untracked();
        let repeats = self.repeat.get_untracked() != Repeat::Once;
        let until = (repeats && !typed.is_empty()).then(|| typed.parse::<LocalDate>().ok());
        let late = until.is_none_or(|until| until.is_some() && until >= date);
        self.wrong.set(PlanWrong {
            date: date.is_none().then_some(text.date_missing),
            time: time.is_none().then_some(text.time_missing),
            zone: zone.is_none().then_some(text.zone_missing),
            until: (!late).then_some(text.until_wrong),
        });
        let (hour, minute) = time?.clock();
        Some(Schedule {
            starts: LocalTime::new(date?, hour, minute).ok()?,
            zone: zone?,
            length: Minutes::new(self.length.get_untracked()).ok()?,
            repeat: self.repeat.get_untracked(),
            until: if late { until.flatten() } else { return None },
        })
    }
}

/// A span of minutes as people say it.
pub fn span(words: &'static Words, minutes: u16) -> String {
    let settings = &words.settings;
    match (minutes / 60, minutes % 60) {
        (hours, 0) if hours > 0 => counted(settings.hour, settings.hours, usize::from(hours)),
        _ => counted(settings.minutes, settings.minutes, usize::from(minutes)),
    }
}

/// The choices of a span: those on offer, and the one that is set, if it is another.
pub fn spans(words: &'static Words, offered: &[u16], set: Option<u16>) -> Vec<Choice> {
    let mut minutes: Vec<u16> = offered.iter().copied().chain(set).collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes.into_iter().map(|minutes| Choice::new(minutes.to_string(), span(words, minutes))).collect()
}

const REPEATS: [(Repeat, &str); 6] = [
    (Repeat::Once, "once"),
    (Repeat::Daily, "daily"),
    (Repeat::Weekdays, "weekdays"),
    (Repeat::Weekly, "weekly"),
    (Repeat::Fortnightly, "fortnightly"),
    (Repeat::Monthly, "monthly"),
];

/// The fields of a plan.
#[component]
pub fn PlanFields(
    /// The words.
    words: &'static Words,
    /// What stands in the fields.
    draft: PlanDraft,
    /// The names of the time zones that the browser knows.
    #[prop(into)]
    zones: Signal<Vec<String>>,
) -> impl IntoView {
    let text = &words.plan;
    let wrong = move |field: fn(&PlanWrong) -> Option<&'static str>| {
        Signal::derive(move || draft.wrong.with(field).map(str::to_owned))
    };
    let repeats = repeats(words);
    let repeat = move || {
        let chosen = draft.repeat.get();
        REPEATS.iter().find(|(repeat, _)| *repeat == chosen).map_or("", |(_, word)| word).to_owned()
    };
    let on_repeat = move |chosen: String| {
        if let Some((repeat, _)) = REPEATS.iter().find(|(_, word)| *word == chosen) {
            draft.repeat.set(*repeat);
        }
    };
    let on_length = move |chosen: String| {
        if let Ok(minutes) = chosen.parse() {
            draft.length.set(minutes);
        }
    };
    let options = move || zones.get().into_iter().map(|zone| view! { <option value=zone /> }).collect_view();
    let lengths = spans(words, &LENGTHS, Some(draft.length.get_untracked()));
    let length = Signal::derive(move || draft.length.get().to_string());
    view! {
        <div class="plan-fields">
            <MomentField id="plan-date" label=text.date kind="date" value=draft.date error=wrong(|wrong| wrong.date) />
            <MomentField id="plan-time" label=text.time kind="time" value=draft.time error=wrong(|wrong| wrong.time) />
            <SelectField id="plan-length" label=text.length choices=lengths value=length on_change=on_length />
            <div class="plan-fields__zone">
                <MomentField
                    id="plan-zone"
                    label=text.zone
                    kind="text"
                    list="plan-zones"
                    value=draft.zone
                    hint=text.zone_hint
                    error=wrong(|wrong| wrong.zone)
                />
                <datalist id="plan-zones">
                    {options}
                </datalist>
            </div>
            <SelectField
                id="plan-repeat"
                label=text.repeat
                choices=repeats
                value=Signal::derive(repeat)
                on_change=on_repeat
            />
            <Show when=move || draft.repeat.get() != Repeat::Once>
                <MomentField
                    id="plan-until"
                    label=text.until
                    kind="date"
                    value=draft.until
                    hint=text.until_hint
                    error=wrong(|wrong| wrong.until)
                />
            </Show>
        </div>
    }
}

/// How often it may happen.
fn repeats(words: &Words) -> Vec<Choice> {
    let text = &words.plan;
    let labels = [text.once, text.daily, text.weekdays, text.weekly, text.fortnightly, text.monthly];
    REPEATS.iter().zip(labels).map(|((_, word), label)| Choice::new(*word, label)).collect()
}

/// Says when the room is used next, in the reader's own zone.
#[component]
pub fn PlanNext(
    /// The words.
    words: &'static Words,
    /// Whether there is a plan.
    #[prop(into)]
    planned: Signal<bool>,
    /// When it is on next, in the reader's own manner, if it is once more.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let text = &words.plan;
    let said = move || match (planned.get(), next.get()) {
        (false, _) => text.none.to_owned(),
        (true, None) => text.over.to_owned(),
        (true, Some(next)) => format!("{} {next}", text.next),
    };
    view! { <p class="plan-fields__next">{said}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    fn draft(fields: [&str; 4]) -> PlanDraft {
        let draft = PlanDraft::of(None);
        for (field, typed) in [draft.date, draft.time, draft.zone, draft.until].into_iter().zip(fields) {
            field.set(typed.to_owned());
        }
        draft
    }

    fn read(fields: [&str; 4], repeat: Repeat) -> (Option<Schedule>, PlanWrong) {
        Owner::new().with(|| {
            let draft = draft(fields);
            draft.repeat.set(repeat);
            (draft.read(&EN), draft.wrong.get_untracked())
        })
    }

    #[test]
    fn a_plan_survives_its_fields() {
        let typed = ["2026-11-23", "16:00", " Europe/Berlin ", "2027-03-01"];
        let (plan, wrong) = read(typed, Repeat::Weekly);
        let plan = plan.expect("all fields are right");
        assert_eq!(wrong, PlanWrong::default());
        assert_eq!(plan.starts.to_string(), "2026-11-23T16:00");
        assert_eq!(plan.zone.as_str(), "Europe/Berlin");
        assert_eq!(plan.until.map(|until| until.to_string()).as_deref(), Some("2027-03-01"));
        let again = Owner::new().with(|| PlanDraft::of(Some(&plan)).read(&EN));
        assert_eq!(again, Some(plan));
    }

    #[test]
    fn each_empty_field_is_named() {
        let (plan, wrong) = read(["", "", "", ""], Repeat::Once);
        assert_eq!(plan, None);
        let (date, time, zone) = (EN.plan.date_missing, EN.plan.time_missing, EN.plan.zone_missing);
        let all = PlanWrong { date: Some(date), time: Some(time), zone: Some(zone), until: None };
        assert_eq!(wrong, all);
        assert_eq!(wrong.first_field(), "plan-date");
    }

    #[test]
    fn the_last_day_is_not_before_the_first() {
        let typed = ["2026-11-23", "16:00", "Europe/Berlin", "2026-11-22"];
        let (plan, wrong) = read(typed, Repeat::Daily);
        assert_eq!((plan, wrong.until), (None, Some(EN.plan.until_wrong)));
        assert_eq!(wrong.first_field(), "plan-until");
    }

    #[test]
    fn a_plan_that_does_not_repeat_has_no_last_day() {
        let (plan, _) = read(["2026-11-23", "16:00", "Europe/Berlin", "2026-11-22"], Repeat::Once);
        assert_eq!(plan.and_then(|plan| plan.until), None);
    }

    #[test]
    fn a_length_that_is_not_on_offer_stays_a_choice() {
        let choices = spans(&EN, &[30, 60], Some(55));
        let labels: Vec<_> = choices.iter().map(|choice| choice.label.as_str()).collect();
        assert_eq!(labels, ["30 minutes", "55 minutes", "1 hour"]);
    }
}
