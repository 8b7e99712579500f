//! Why a microphone, a camera or a screen cannot be had, and what one can do about it in this browser.

use crate::button::{Button, ButtonKind};
use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;
use model::Source;

/// Why there is no track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceProblem {
    /// The person or the browser's settings said no.
    Denied,
    /// There is no such device.
    Missing,
    /// Another program has it.
    Busy,
    /// The page was not served securely.
    Insecure,
    /// The browser cannot do this at all.
    Unsupported,
    /// It worked, and then it was unplugged or taken away.
    Ended,
}

/// Whose menus the advice must describe.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum BrowserFamily {
    Chromium,
    Firefox,
    Safari,
    #[default]
    Other,
}

/// What happened to a device, how to mend it, and the way on without it.
#[component]
pub fn DeviceProblemNote(
    /// The words.
    words: &'static Words,
    /// Which device.
    source: Source,
    /// What happened to it.
    problem: DeviceProblem,
    /// Whose menus the advice must describe.
    #[prop(optional)]
    browser: BrowserFamily,
    /// Tries the device again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
    /// Goes on without the device.
    #[prop(optional, into)]
    on_without: Option<Callback<()>>,
) -> impl IntoView {
    let (retry, without) = ways(words, source);
    let can_retry = !matches!(problem, DeviceProblem::Insecure | DeviceProblem::Unsupported);
    view! {
        <div class="device-problem-note" role="alert">
            <Icon glyph=Glyph::Warning />
            <div class="device-problem-note__words">
                <p class="device-problem-note__what">{what(words, source, problem)}</p>
                <p class="device-problem-note__fix">{fix(words, source, problem, browser)}</p>
            </div>
            <div class="device-problem-note__ways">
                {on_retry.filter(|_| can_retry).map(|on_retry| view! {
                    <Button on_press=move |()| on_retry.run(())>{retry}</Button>
                })}
                {on_without.map(|on_without| view! {
                    <Button kind=ButtonKind::Quiet on_press=move |()| on_without.run(())>{without}</Button>
                })}
            </div>
        </div>
    }
}

/// What happened, in one sentence.
pub fn what(words: &Words, source: Source, problem: DeviceProblem) -> &'static str {
    let devices = &words.devices;
    match (problem, source) {
        (DeviceProblem::Insecure, _) => devices.insecure,
        (DeviceProblem::Denied, Source::Microphone) => devices.microphone_denied,
        (DeviceProblem::Denied, Source::Camera) => devices.camera_denied,
        (DeviceProblem::Denied, Source::Screen) => devices.screen_denied,
        (DeviceProblem::Missing, Source::Microphone) => devices.microphone_missing,
        (DeviceProblem::Missing, Source::Camera) => devices.camera_missing,
        (DeviceProblem::Missing, Source::Screen) => devices.screen_missing,
        (DeviceProblem::Busy, Source::Microphone) => devices.microphone_busy,
        (DeviceProblem::Busy, Source::Camera) => devices.camera_busy,
        (DeviceProblem::Busy, Source::Screen) => devices.screen_busy,
        (DeviceProblem::Ended, Source::Microphone) => devices.microphone_ended,
        (DeviceProblem::Ended, Source::Camera) => devices.camera_ended,
        (DeviceProblem::Ended, Source::Screen) => devices.screen_ended,
        (DeviceProblem::Unsupported, Source::Microphone) => devices.microphone_unsupported,
        (DeviceProblem::Unsupported, Source::Camera) => devices.camera_unsupported,
        (DeviceProblem::Unsupported, Source::Screen) => devices.screen_unsupported,
    }
}

/// What one can do about it, in this browser.
pub fn fix(words: &Words, source: Source, problem: DeviceProblem, browser: BrowserFamily) -> &'static str {
    let fixes = &words.fixes;
    match (problem, source, browser) {
        (DeviceProblem::Insecure, ..) => fixes.insecure,
        (DeviceProblem::Denied | DeviceProblem::Missing, Source::Screen, _) => fixes.screen_denied,
        (DeviceProblem::Busy, Source::Screen, _) => fixes.screen_busy,
        (DeviceProblem::Ended, Source::Screen, _) => fixes.screen_ended,
        (DeviceProblem::Unsupported, Source::Screen, _) => fixes.screen_unsupported,
        (DeviceProblem::Denied, _, BrowserFamily::Chromium) => fixes.denied_chromium,
        (DeviceProblem::Denied, _, BrowserFamily::Firefox) => fixes.denied_firefox,
        (DeviceProblem::Denied, _, BrowserFamily::Safari) => fixes.denied_safari,
        (DeviceProblem::Denied, _, BrowserFamily::Other) => fixes.denied_other,
        (DeviceProblem::Missing, ..) => fixes.missing,
        (DeviceProblem::Busy, ..) => fixes.busy,
        (DeviceProblem::Ended, ..) => fixes.ended,
        (DeviceProblem::Unsupported, ..) => fixes.unsupported,
    }
}

fn ways(words: &Words, source: Source) -> (&'static str, &'static str) {
    let devices = &words.devices;
    match source {
        Source::Microphone => (devices.retry_microphone, devices.without_microphone),
        Source::Camera => (devices.retry_camera, devices.without_camera),
        Source::Screen => (devices.retry_screen, devices.without_screen),
    }
}
