//! The cards of the name and of the rules.

use super::bench::Bench;
use crate::dom;
use crate::room;
use leptos::prelude::*;
use model::policy::Minutes;
use model::{Notice, Passcode, Policy, RoomName, TextError, WebAddress, WebAddressError};
use protocol::Errand;
use ui::{
    CallRules, ConfirmDialog, DoorChoice, DoorManner, PasscodeField, Saving, SettingsCard, TextArea,
    TextField, TimeRules, Words,
};

/// The room's name.
#[component]
pub fn NameCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let text = &words.settings;
    let saving = RwSignal::new(Saving::Rest);
    let name = RwSignal::new(bench.known.with_untracked(|known| known.name.to_string()));
    let wrong = RwSignal::new(None::<String>);
    let on_save = move |()| match RoomName::parse(&name.get_untracked()) {
        Ok(parsed) => {
            wrong.set(None);
            bench.run(Errand::Rename(parsed), saving, |_| ());
        }
        Err(error) => {
            let said = match error {
                TextError::Empty => text.name_missing,
                TextError::TooLong { .. } => text.name_long,
            };
            wrong.set(Some(said.to_owned()));
            saving.set(Saving::Rest);
            dom::focus("room-name");
        }
    };
    view! {
        <SettingsCard words id="name-card" heading=text.name_heading saving locked=bench.locked on_save>
            <TextField
                id="room-name"
                name="name"
                label=text.name
                hint=text.name_hint
                error=wrong
                value=name
                on_input=move |typed| name.set(typed)
                limit=RoomName::LIMIT
            />
        </SettingsCard>
    }
}

/// Who comes in, and what they read before.
#[component]
pub fn DoorCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let text = &words.settings;
    let saving = RwSignal::new(Saving::Rest);
    let written = |read: fn(&Policy) -> Option<String>| {
        RwSignal::new(bench.draft.with_untracked(read).unwrap_or_default())
    };
    let passcode = written(|policy| policy.passcode.as_ref().map(|code| code.as_str().to_owned()));
    let notice = written(|policy| policy.notice.as_ref().map(Notice::to_string));
    let passcode_wrong = RwSignal::new(None::<String>);
    let notice_wrong = RwSignal::new(None::<String>);
    let on_save = move |()| {
        let (code, code_says) = read_passcode(words, &passcode.get_untracked());
        let (told, notice_says) = read_notice(words, &notice.get_untracked());
        passcode_wrong.set(code_says.map(str::to_owned));
        notice_wrong.set(notice_says.map(str::to_owned));
        let field = if code_says.is_some() { "door-passcode" } else { "door-notice" };
        if code_says.or(notice_says).is_some() {
            saving.set(Saving::Rest);
            return dom::focus(field);
        }
        bench.draft.update(|draft| {
            draft.passcode = code;
            draft.notice = told;
        });
        bench.set_rules(saving, |policy, draft| {
            let Policy { door, passcode, notice, show_inside, early, .. } = draft.clone();
            *policy = Policy { door, passcode, notice, show_inside, early, ..policy.clone() };
        });
    };
    let on_make = move |()| {
        passcode_wrong.set(None);
        passcode.set(made_up());
    };
    view! {
        <SettingsCard
            words
            id="door-card"
            heading=text.door_heading
            hint=text.door_hint
            saving
            locked=bench.locked
            on_save
        >
            <DoorChoice words draft=bench.draft />
            <PasscodeField words value=passcode error=passcode_wrong on_make />
            <TextArea
                id="door-notice"
                label=text.notice
                hint=text.notice_hint
                value=notice
                error=notice_wrong
                limit=Notice::LIMIT
            />
            <DoorManner words draft=bench.draft />
        </SettingsCard>
    }
}

/// The passcode that was typed, or what is wrong with it; nothing typed is no passcode.
fn read_passcode(words: &Words, typed: &str) -> (Option<Passcode>, Option<&'static str>) {
    let text = &words.settings;
    match Passcode::parse(typed) {
        _ if typed.trim().is_empty() => (None, None),
        Ok(passcode) => (Some(passcode), None),
        Err(TextError::Empty) => (None, Some(text.passcode_short)),
        Err(TextError::TooLong { .. }) => (None, Some(text.passcode_long)),
    }
}

fn read_notice(words: &Words, typed: &str) -> (Option<Notice>, Option<&'static str>) {
    match Notice::parse(typed) {
        Ok(notice) => (Some(notice), None),
        Err(TextError::Empty) => (None, None),
        Err(TextError::TooLong { .. }) => (None, Some(words.settings.notice_long)),
    }
}

/// A passcode that is easy to read out: no letter or digit that is taken for another.
fn made_up() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut bits = room::fresh_key().bits();
    let draw = |_| {
        let letter = LETTERS[(bits % LETTERS.len() as u128) as usize];
        bits /= LETTERS.len() as u128;
        char::from(letter)
    };
    (0..8).map(draw).collect()
}

/// Who may do what in the call.
#[component]
pub fn CallCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let saving = RwSignal::new(Saving::Rest);
    let on_save = move |()| {
        bench.set_rules(saving, |policy, draft| {
            let Policy { capacity, speak, share, chat, record, hard_mute, .. } = *draft;
            *policy = Policy { capacity, speak, share, chat, record, hard_mute, ..policy.clone() };
        });
    };
    view! {
        <SettingsCard
            words
            id="call-card"
            heading=words.settings.call_heading
            hint=words.settings.call_hint
            saving
            locked=bench.locked
            on_save
        >
            <CallRules words draft=bench.draft />
        </SettingsCard>
    }
}

/// What happens when time is up or a network fails.
#[component]
pub fn TimeCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let saving = RwSignal::new(Saving::Rest);
    let after = bench.draft.with_untracked(|policy| policy.after.as_ref().map(WebAddress::to_string));
    let after = RwSignal::new(after.unwrap_or_default());
    let after_wrong = RwSignal::new(None::<String>);
    let on_save = move |()| {
        let (page, says) = read_address(words, &after.get_untracked());
        after_wrong.set(says.map(str::to_owned));
        if says.is_some() {
            saving.set(Saving::Rest);
            return dom::focus("time-after");
        }
        bench.draft.update(|draft| draft.after = page);
        bench.set_rules(saving, |policy, draft| {
            let Policy { reconnect, favour, longest, ending, after, .. } = draft.clone();
            let longest = longest.filter(|longest: &Minutes| longest.count() > 0);
            *policy = Policy { reconnect, favour, longest, ending, after, ..policy.clone() };
        });
    };
    view! {
        <SettingsCard
            words
            id="time-card"
            heading=words.settings.time_heading
            hint=words.settings.time_hint
            saving
            locked=bench.locked
            on_save
        >
            <TimeRules words draft=bench.draft />
            <TextField
                id="time-after"
                name="after"
                kind="url"
                label=words.settings.after
                hint=words.settings.after_hint
                error=after_wrong
                value=after
                on_input=move |typed| after.set(typed)
                limit=WebAddress::LIMIT
            />
        </SettingsCard>
    }
}

/// The page that was typed, or what is wrong with it; nothing typed is no page.
fn read_address(words: &Words, typed: &str) -> (Option<WebAddress>, Option<&'static str>) {
    match WebAddress::parse(typed) {
        Ok(page) => (Some(page), None),
        Err(WebAddressError::Empty) => (None, None),
        Err(WebAddressError::TooLong | WebAddressError::NotAPage) => (None, Some(words.settings.after_wrong)),
    }
}

/// The end of the room.
#[component]
pub fn EndCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let text = &words.settings;
    let saving = RwSignal::new(Saving::Rest);
    let asking = RwSignal::new(false);
    let on_confirm = move |()| {
        asking.set(false);
        bench.run(Errand::End, saving, |_| ());
    };
    view! {
        <SettingsCard
            words
            id="end-card"
            heading=text.end_heading
            hint=text.end_hint
            saving
            locked=bench.locked
            press=text.end
            danger=true
            on_save=move |()| asking.set(true)
        >
            ""
        </SettingsCard>
        <ConfirmDialog
            id="end-title"
            open=asking
            title=text.end_ask
            text=text.end_hint
            confirm=text.end_confirm
            keep=text.end_keep
            on_confirm
            on_keep=move |()| asking.set(false)
        />
    }
}
