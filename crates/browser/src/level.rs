//! How loud the captured microphone is, for the meter beside it.
//!
//! The level is measured before the sender, so a muted microphone has one too.
//! Not here: how a level is drawn.

use crate::driver::{Inbox, Shell};
use gloo_timers::callback::Interval;
use model::Source;
use web_sys::{AnalyserNode, MediaStream, MediaStreamAudioSourceNode};

const INTERVAL_MS: u32 = 50;
/// At 48 kHz this is 43 ms, so that hardly a sample falls between two measurements.
const WINDOW_SAMPLES: u16 = 2_048;

/// Reports levels until it is dropped.
pub struct LevelSubscription {
    _interval: Interval,
}

impl LevelSubscription {
    pub(crate) fn new(inbox: Inbox, on_level: impl Fn(f32) + 'static) -> Self {
        // Made and woken now, which is inside a click, rather than when the first level is due.
        if let Some(shell) = inbox.shell() {
            let _ = shell.sound.context();
            shell.sound.wake();
        }
        let mut meter = Meter { probe: None, samples: vec![0.0; usize::from(WINDOW_SAMPLES)] };
        let interval = Interval::new(INTERVAL_MS, move || {
            if let Some(shell) = inbox.shell() {
                on_level(meter.measure(&shell));
            }
        });
        Self { _interval: interval }
    }
}

struct Meter {
    probe: Option<Probe>,
    samples: Vec<f32>,
}

/// Listens to one stream.
struct Probe {
    stream: MediaStream,
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
}

impl Meter {
    fn measure(&mut self, shell: &Shell) -> f32 {
        let stream = shell.captures.stream(Source::Microphone);
        if self.probe.as_ref().map(|probe| &probe.stream) != stream.as_ref() {
            self.probe = stream.and_then(|stream| Probe::new(shell, stream));
        }
        let Some(probe) = &self.probe else { return 0.0 };
        probe.analyser.get_float_time_domain_data(&mut self.samples);
        let energy: f32 = self.samples.iter().map(|sample| sample * sample).sum();
        (energy / f32::from(WINDOW_SAMPLES)).sqrt().min(1.0)
    }
}

impl Probe {
    fn new(shell: &Shell, stream: MediaStream) -> Option<Self> {
        let context = shell.sound.context()?;
        let source = context.create_media_stream_source(&stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(u32::from(WINDOW_SAMPLES));
        source.connect_with_audio_node(&analyser).ok()?;
        Some(Self { stream, source, analyser })
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // The analyser leads nowhere, so this frees both nodes.
        let _ = self.source.disconnect();
    }
}
