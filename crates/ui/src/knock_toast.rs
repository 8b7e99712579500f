//! Somebody is at the door, and the host can answer in place.

use crate::button::{Button, ButtonKind};
use crate::icons::Glyph;
use crate::words::{Words, counted, named};
use leptos::prelude::*;

/// The host's notice of a knock. With several people it names the first and answers them all.
#[component]
pub fn KnockToast(
    /// The words.
    words: &'static Words,
    /// Who knocked first.
    #[prop(into)]
    name: Signal<String>,
    /// How many wait, this person included.
    #[prop(into)]
    count: Signal<usize>,
    /// An answer is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Lets the person in.
    #[prop(into)]
    on_admit: Callback<()>,
    /// Lets everybody in.
    #[prop(into)]
    on_admit_all: Callback<()>,
    /// Does not let the person in.
    #[prop(into)]
    on_deny: Callback<()>,
    /// Lets nobody in who waits.
    #[prop(into)]
    on_deny_all: Callback<()>,
    /// Shows everybody who waits.
    #[prop(into)]
    on_show: Callback<()>,
) -> impl IntoView {
    let people = &words.people;
    let several = move || count.get() > 1;
    let what = move || match count.get() {
        0 | 1 => people.knocks_alone.to_owned(),
        count => counted(people.knocks_more_one, people.knocks_more_many, count - 1),
    };
    let label = move |text: &'static str| Signal::derive(move || named(text, &name.get()));
    view! {
        <div class="knock-toast">
            <p class="knock-toast__who" title=move || name.get()>
                <span class="knock-toast__name" dir="auto">{move || name.get()}</span>
                " "
                <span class="knock-toast__what">{what}</span>
            </p>
            <div class="knock-toast__answers">
                <Show
                    when=several
                    fallback=move || view! {
                        <Button
                            kind=ButtonKind::Quiet
                            glyph=Glyph::Remove
                            label=label(people.deny_name)
                            disabled=pending
                            on_press=on_deny
                        >
                            {people.deny}
                        </Button>
                        <Button
                            kind=ButtonKind::Primary
                            label=label(people.admit_name)
                            pending=pending
                            on_press=on_admit
                        >
                            {people.admit}
                        </Button>
                    }
                >
                    // The two answers for all stand apart, so that neither is pressed for the other.
                    <Button
                        kind=ButtonKind::Quiet
                        glyph=Glyph::Remove
                        disabled=pending
                        on_press=on_deny_all
                    >
                        {people.deny_all}
                    </Button>
                    <Button kind=ButtonKind::Quiet glyph=Glyph::People on_press=on_show>
                        {people.show_all}
                    </Button>
                    <Button kind=ButtonKind::Primary pending=pending on_press=on_admit_all>
                        {people.admit_all}
                    </Button>
                </Show>
            </div>
        </div>
    }
}
