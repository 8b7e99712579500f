//! `/meet`: looking for a stranger to talk to.
//!
//! ```text
//! rules, name ──▶ looks ──found──▶ the room, at once
//!     ▲             └──stop──┐
//!     └──────────────────────┴── after the call, by the link on the page there
//! ```
//!
//! Each question to the server stays open until somebody is found or a while is over, and is asked again.

use crate::api::{ApiError, meet};
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use crate::pages::refusal;
use crate::pages::room::outcome;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use model::{DisplayName, RoomCode};
use protocol::{Approach, ErrorCode, MeetView, SeekOutcome};
use ui::words::filled;
use ui::{
    Button, ButtonKind, Checkbox, OutcomePanel, PeopleCard, PeopleFields, PeoplePage, PeopleRules, TextField,
    Words,
};

/// Where people who met are asked about it.
const REPORT: &str = "/meet/report";

/// The page.
#[component]
pub fn Meet() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| meet::view());
    Effect::new(move |_| dom::wake());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(view) => EitherOf3::A(view! { <Known view /> }),
                    Err(ApiError { code: ErrorCode::RoomNotFound, .. }) => {
                        EitherOf3::B(view! { <NotFound /> })
                    }
                    Err(error) => EitherOf3::C(view! { <Failed error /> }),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Failed(
    /// Why.
    error: ApiError,
) -> impl IntoView {
    let words = words();
    view! {
        <Title text=words.meeting.title />
        <Frame>
            <OutcomePanel words outcome=outcome(error.code) />
        </Frame>
    }
}

/// What the reader does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Doing {
    Nothing,
    Seeking,
    Found,
}

/// The state of the page. A copy is the same one.
#[derive(Clone, Copy)]
struct Search {
    words: &'static Words,
    approach: RwSignal<Approach>,
    doing: RwSignal<Doing>,
    /// Counts the searches: what comes of an older one is not this one's.
    turn: RwSignal<u32>,
    /// What is to be known just now.
    said: RwSignal<&'static str>,
    go: RwSignal<Option<RoomCode>>,
    /// The browser was given an identity on this page.
    is_greeted: RwSignal<bool>,
}

impl Search {
    fn new(approach: Approach) -> Self {
        Self {
            words: words(),
            approach: RwSignal::new(approach),
            doing: RwSignal::new(Doing::Nothing),
            turn: RwSignal::new(0),
            said: RwSignal::new(""),
            go: RwSignal::new(None),
            is_greeted: RwSignal::new(false),
        }
    }

    fn begin(self) {
        self.doing.set(Doing::Seeking);
        self.said.set("");
        self.turn.update(|turn| *turn += 1);
        let turn = self.turn.get_untracked();
        spawn_local(async move {
            while let Some(doing) = self.ask(turn).await {
                if doing != Doing::Seeking {
                    self.doing.try_set(doing);
                    return;
                }
            }
        });
    }

    /// Asks once. `None` if nobody waits for the answer any more.
    async fn ask(self, turn: u32) -> Option<Doing> {
        let text = &self.words.meeting;
        let answer = meet::seek().await;
        if self.turn.try_get_untracked() != Some(turn)
            || self.doing.try_get_untracked() != Some(Doing::Seeking)
        {
            return None;
        }
        let (doing, said) = match answer {
            Ok(SeekOutcome::Greeted) if !self.is_greeted.get_untracked() => {
                self.is_greeted.try_set(true);
                (Doing::Seeking, "")
            }
            // It was not kept.
            Ok(SeekOutcome::Greeted) => (Doing::Nothing, refusal::text(self.words, ErrorCode::NoIdentity)),
            Ok(SeekOutcome::Waiting) => (Doing::Seeking, text.alone),
            Ok(SeekOutcome::Met { room }) => {
                dom::expect_seat(room);
                self.go.try_set(Some(room));
                (Doing::Found, text.found)
            }
            Ok(SeekOutcome::Elsewhere) => (Doing::Nothing, text.elsewhere),
            Ok(SeekOutcome::Refused(approach)) => {
                self.approach.try_set(approach);
                (Doing::Nothing, "")
            }
            Err(error) => (Doing::Nothing, refusal::text(self.words, error.code)),
        };
        self.said.try_set(said);
        Some(doing)
    }

    /// Looks no more; also when the page goes.
    fn stop(self) {
        if self.doing.try_get_untracked() == Some(Doing::Seeking) {
            self.doing.try_set(Doing::Nothing);
            self.said.try_set("");
            // Whoever cannot be told finds out by themselves: nobody asks any more.
            spawn_local(async { drop(meet::stop().await) });
        }
    }
}

/// The page of somebody who may see it.
#[component]
fn Known(
    /// How things stand.
    view: MeetView,
) -> impl IntoView {
    let search = Search::new(view.approach);
    let text = &search.words.meeting;
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(room) = search.go.get() {
            navigate(&format!("/r/{room}?from=meet"), Default::default());
        }
    });
    on_cleanup(move || search.stop());
    let report = view.can_report.then(|| view! { <a href=REPORT rel="external">{text.report}</a> });
    view! {
        <Title text=text.title />
        <Frame>
            <PeoplePage title=text.title lead=text.lead note="">
                {move || match search.approach.get() {
                    Approach::Open => EitherOf3::A(view! { <Rules search /> }),
                    Approach::SignIn => EitherOf3::B(
                        view! {
                            <PeopleCard id="sign-in" heading=text.sign_in text=text.sign_in_text>
                                <a href="/sign-in?next=/meet">{text.sign_in}</a>
                            </PeopleCard>
                        },
                    ),
                    Approach::Barred { until } => EitherOf3::C(view! { <Barred until /> }),
                }}
                <p>{report}</p>
            </PeoplePage>
        </Frame>
    }
}

/// Somebody who is kept out.
#[component]
fn Barred(
    /// Until when.
    until: model::UnixMillis,
) -> impl IntoView {
    let text = &words().meeting;
    // The reader's zone is only known in the browser.
    let time = RwSignal::new(String::from("…"));
    Effect::new(move |_| time.set(dom::moment(until)));
    let says = Signal::derive(move || filled(text.barred, &[("time", &time.get())]));
    view! { <PeopleCard id="barred" heading=text.title text=says>""</PeopleCard> }
}

/// What everybody has to agree to, and the search.
#[component]
fn Rules(search: Search) -> impl IntoView {
    let words = search.words;
    let text = &words.meeting;
    let seeks = Memo::new(move |_| search.doing.get() != Doing::Nothing);
    let rules = vec![text.rule_age, text.rule_kind, text.rule_private, text.rule_leave];
    let said = Signal::derive(move || search.said.get().to_owned());
    let explains = move || if seeks.get() { text.seeking_text } else { "" };
    view! {
        <PeopleCard id="rules" heading=text.rules_heading text="" said>
            <PeopleRules rules />
            <SearchForm search seeks />
            <Show when=move || search.doing.get() == Doing::Seeking>
                <Button kind=ButtonKind::Secondary on_press=move |()| search.stop()>{text.stop}</Button>
            </Show>
            <p class="people-page__text">{explains}</p>
            <noscript inner_html=words.entry.needs_script></noscript>
        </PeopleCard>
    }
}

/// The name, the yes to the rules, and the button.
#[component]
fn SearchForm(search: Search, seeks: Memo<bool>) -> impl IntoView {
    let words = search.words;
    let text = &words.meeting;
    let name = RwSignal::new(String::new());
    let name_error = RwSignal::new(None::<String>);
    let is_agreed = RwSignal::new(false);
    let alive = RwSignal::new(false);
    Effect::new(move |_| {
        alive.set(true);
        if let Some(remembered) = dom::remembered_name().filter(|_| name.get_untracked().is_empty()) {
            name.set(remembered);
        }
    });
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let parsed = DisplayName::parse(&name.get_untracked());
        name_error.set(parsed.is_err().then(|| words.entry.name_missing.to_owned()));
        match parsed {
            Ok(_) if !is_agreed.get_untracked() => search.said.set(text.agree_first),
            Ok(name) if !seeks.get_untracked() => {
                dom::remember_name(&name);
                search.begin();
            }
            Ok(_) | Err(_) => {}
        }
    };
    view! {
        <form novalidate on:submit=begin>
        <PeopleFields>
            <TextField
                id="meet-name"
                name="name"
                label=text.name
                error=name_error
                value=name
                on_input=move |typed| name.set(typed)
                limit=DisplayName::LIMIT
                autocomplete="nickname"
                required=true
            />
            <Checkbox
                id="meet-agree"
                name="agree"
                label=text.agree
                checked=is_agreed
                on_change=move |is| is_agreed.set(is)
            />
            <Button
                kind=ButtonKind::Primary
                role="submit"
                disabled=Signal::derive(move || !alive.get())
                pending=seeks
            >
                {move || if seeks.get() { text.seeking } else { text.seek }}
            </Button>
        </PeopleFields>
        </form>
    }
}
