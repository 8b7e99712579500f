//! Short soft tones.
//!
//! | cue | sounds like |
//! |---|---|
//! | knock | two taps, the second higher |
//! | joined | a rising fourth |
//! | left | the same, falling |
//! | ring | a falling third, twice |
//! | speaker test | a major chord, one note after the other |

use crate::playback::choose_speaker;
use crate::sound::{Sound, Test};
use crate::{js, platform};
use call::Cue;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioContext, AudioContextState, AudioNode, HtmlAudioElement};

/// One note of a tune.
pub struct Note {
    hertz: f32,
    start_s: f64,
    length_s: f64,
}

/// A cue whose context took longer to wake than this, in milliseconds, is old news.
const STALE_MS: u64 = 1_000;
/// Full volume is 1.
const CUE_VOLUME: f32 = 0.07;
const TEST_VOLUME: f32 = 0.2;
const TEST_MS: u32 = 1_800;
/// The loudness at which a note counts as silent; exponential ramps never reach zero.
const SILENT: f32 = 0.000_1;
const ATTACK_S: f64 = 0.015;

const KNOCK: &[Note] = &[note(523.25, 0.0, 0.22), note(659.25, 0.18, 0.4)];
const JOINED: &[Note] = &[note(587.33, 0.0, 0.2), note(783.99, 0.12, 0.35)];
const LEFT: &[Note] = &[note(783.99, 0.0, 0.2), note(587.33, 0.12, 0.35)];
/// What a page plays that rings.
pub const RING: &[Note] =
    &[note(659.25, 0.0, 0.5), note(523.25, 0.25, 0.6), note(659.25, 0.9, 0.5), note(523.25, 1.15, 0.7)];
const TEST: &[Note] = &[note(523.25, 0.0, 0.5), note(659.25, 0.25, 0.5), note(783.99, 0.5, 0.9)];

const fn note(hertz: f32, start_s: f64, length_s: f64) -> Note {
    Note { hertz, start_s, length_s }
}

/// Plays a cue, unless sound is not allowed just now.
pub fn play(sound: &Sound, cue: Cue) {
    let tune = match cue {
        Cue::Knock => KNOCK,
        Cue::Joined => JOINED,
        Cue::Left => LEFT,
    };
    let Some(context) = sound.context() else { return };
    let asked_at = platform::now();
    let awake = context.resume();
    spawn_local(async move {
        // A context that is not allowed to start leaves us waiting here; the first click then wakes it
        // for every cue at once, and none of them is news any more.
        let woken = js::settle(awake).await.is_ok() && context.state() == AudioContextState::Running;
        if woken && platform::now().since(asked_at) < STALE_MS {
            let _ = play_tune(&context, &context.destination(), tune, CUE_VOLUME);
        }
    });
}

/// Plays the speaker test on `speaker`. An audio element plays it, because more browsers let an element
/// choose its speaker than a context.
pub fn play_test(sound: &Rc<Sound>, speaker: &str) {
    let Some(context) = sound.context() else { return };
    js::ignore(context.resume());
    let _ = start_test(sound, &context, speaker);
}

fn start_test(sound: &Rc<Sound>, context: &AudioContext, speaker: &str) -> Result<(), JsValue> {
    let destination = context.create_media_stream_destination()?;
    let element = HtmlAudioElement::new()?;
    element.set_src_object(Some(&destination.stream()));
    choose_speaker(&element, speaker);
    js::ignore(element.play());
    let ending = Rc::downgrade(sound);
    let end = Timeout::new(TEST_MS, move || {
        if let Some(sound) = ending.upgrade() {
            sound.keep_test(None);
        }
    });
    sound.keep_test(Some(Test { element, end }));
    play_tune(context, &destination, TEST, TEST_VOLUME)
}

/// Plays a tune to its end.
pub fn play_tune(context: &AudioContext, to: &AudioNode, tune: &[Note], volume: f32) -> Result<(), JsValue> {
    for note in tune {
        let start = context.current_time() + note.start_s;
        let end = start + note.length_s;
        let gain = context.create_gain()?;
        gain.gain().set_value_at_time(SILENT, start)?;
        gain.gain().linear_ramp_to_value_at_time(volume, start + ATTACK_S)?;
        gain.gain().exponential_ramp_to_value_at_time(SILENT, end)?;
        let oscillator = context.create_oscillator()?;
        oscillator.frequency().set_value(note.hertz);
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(to)?;
        oscillator.start_with_when(start)?;
        oscillator.stop_with_when(end)?;
    }
    Ok(())
}
