//! The card of the plan: when the room is used, and when that is in the reader's own zone.

use super::bench::Bench;
use crate::dom;
use leptos::prelude::*;
use protocol::{Errand, ErrorCode, Rule};
use ui::{Button, PlanDraft, PlanFields, PlanNext, Saving, SettingsCard};

/// The plan.
#[component]
pub fn PlanCard(
    /// The settings.
    bench: Bench,
) -> impl IntoView {
    let words = bench.words;
    let text = &words.plan;
    let saving = RwSignal::new(Saving::Rest);
    let draft = bench.known.with_untracked(|known| PlanDraft::of(known.schedule.as_ref()));
    let zones = RwSignal::new(Vec::new());
    // The reader's zone and clock are only known in the browser.
    let next = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        zones.set(dom::zones());
        if draft.zone.with_untracked(String::is_empty) {
            draft.zone.set(dom::own_zone().unwrap_or_default());
        }
    });
    Effect::new(move |_| {
        let occurrence = bench.known.with(|known| known.occurrence);
        next.set(occurrence.map(|occurrence| dom::moment(occurrence.starts)));
    });
    let on_save = move |()| match draft.read(words) {
        Some(schedule) => {
            bench
                .run(Errand::Plan(Some(schedule)), saving, move |result| blame(bench, draft, saving, result));
        }
        None => {
            saving.set(Saving::Rest);
            dom::focus(draft.wrong.with_untracked(|wrong| wrong.first_field()));
        }
    };
    let planned = Signal::derive(move || bench.known.with(|known| known.schedule.is_some()));
    let on_remove = move |()| {
        bench.run(Errand::Plan(None), saving, move |result| {
            if result.is_ok() {
                draft.clear();
            }
        });
    };
    view! {
        <SettingsCard
            words
            id="plan-card"
            heading=text.heading
            hint=text.hint
            saving
            locked=bench.locked
            press=text.save
            on_save
        >
            <PlanNext words planned next />
            <PlanFields words draft zones />
            <Show when=move || planned.get()>
                <p>
                    <Button on_press=on_remove>{text.remove}</Button>
                </p>
            </Show>
        </SettingsCard>
    }
}

/// Shows beside its field what the server did not take.
fn blame(bench: Bench, draft: PlanDraft, saving: RwSignal<Saving>, result: Result<(), ErrorCode>) {
    let Err(code) = result else { return };
    let said = Some(bench.said(code));
    let field = match code {
        ErrorCode::Rule(Rule::UnknownZone) => {
            draft.wrong.update(|wrong| wrong.zone = said);
            "plan-zone"
        }
        ErrorCode::Rule(Rule::PlanOver) => {
            draft.wrong.update(|wrong| wrong.date = said);
            "plan-date"
        }
        _ => return,
    };
    saving.set(Saving::Rest);
    dom::focus(field);
}
