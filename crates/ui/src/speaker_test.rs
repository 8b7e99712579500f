//! A sound to hear whether one hears anything.

use crate::button::Button;
use crate::icons::Glyph;
use crate::words::Words;
use leptos::prelude::*;

/// The button that plays a short sound on the chosen speaker.
#[component]
pub fn SpeakerTest(
    /// The words.
    words: &'static Words,
    /// The sound is playing.
    #[prop(optional, into)]
    playing: Signal<bool>,
    /// Plays the sound.
    #[prop(into)]
    on_test: Callback<()>,
) -> impl IntoView {
    let devices = &words.devices;
    let press = move || if playing.get() { devices.testing_speaker } else { devices.test_speaker };
    view! {
        <div class="speaker-test">
            <Button glyph=Glyph::Speaker disabled=playing on_press=move |()| on_test.run(())>
                {press}
            </Button>
            <p class="speaker-test__hint">{devices.test_hint}</p>
        </div>
    }
}
