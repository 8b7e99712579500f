//! Microphone, camera and screen: asked for, held, given back.
//!
//! ```text
//! open ──▶ prompt ──▶ track ──▶ is it still the latest wish? ──yes──▶ installed: sent, shown, measured
//!                                                 └──no──▶ stopped at once; reported all the same
//! ```
//!
//! The prompt is asked for inside the click, before anything is awaited: Safari insists on that.
//! A prompt may stay open for ever; then nothing is reported.
//!
//! Invariants: at most one track per source is held; a track that is not held is stopped; a track that
//! we stop never reports that it ended.

use crate::devices::{self, media_devices};
use crate::driver::{Inbox, Shell};
use crate::js::{self, object, same};
use crate::listener::Listener;
use crate::sources::PerSource;
use call::{CaptureId, Captured, DeviceId, DeviceProblem, Input, permission};
use js_sys::{Object, Promise};
use model::Source;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DisplayMediaStreamConstraints, MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// Which capture is asked for.
#[derive(Clone)]
pub struct Request {
    pub capture: CaptureId,
    pub source: Source,
    pub device: Option<DeviceId>,
}

/// What is captured just now.
#[derive(Default)]
pub struct Captures {
    held: RefCell<PerSource<Option<Held>>>,
    latest: RefCell<PerSource<Option<CaptureId>>>,
}

struct Held {
    track: MediaStreamTrack,
    stream: MediaStream,
    _ended: Listener,
}

type Asked = Result<Promise, DeviceProblem>;

impl Captures {
    /// The captured track of `source`.
    pub fn track(&self, source: Source) -> Option<MediaStreamTrack> {
        self.held.borrow().of(source).as_ref().map(|held| same(&held.track))
    }

    /// The captured track of `source` as a stream; another track is another stream.
    pub fn stream(&self, source: Source) -> Option<MediaStream> {
        self.held.borrow().of(source).as_ref().map(|held| same(&held.stream))
    }

    /// Stops everything that is captured.
    pub fn clear(&self) {
        self.held.take();
    }

    fn expect(&self, request: &Request) {
        *self.latest.borrow_mut().of_mut(request.source) = Some(request.capture);
    }

    fn expects(&self, request: &Request) -> bool {
        *self.latest.borrow().of(request.source) == Some(request.capture)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.track.stop();
    }
}

/// Opens one device or the screen picker; reports `Captured`.
pub fn open(shell: &Rc<Shell>, request: Request) {
    shell.captures.expect(&request);
    let asked = ask(std::slice::from_ref(&request));
    let inbox = shell.inbox.clone();
    spawn_local(async move {
        let result = match answer(asked).await {
            Ok(stream) => track_of(&stream, request.source),
            Err(problem) => Err(problem),
        };
        finish(&inbox, &request, result);
    });
}

/// Opens microphone and camera by one prompt; reports `Captured` for each.
pub fn open_both(shell: &Rc<Shell>, microphone: Request, camera: Request) {
    shell.captures.expect(&microphone);
    shell.captures.expect(&camera);
    let requests = [microphone, camera];
    let asked = ask(&requests);
    let inbox = shell.inbox.clone();
    spawn_local(async move {
        match answer(asked).await {
            Ok(stream) => {
                for request in &requests {
                    finish(&inbox, request, track_of(&stream, request.source));
                }
            }
            Err(DeviceProblem::Missing | DeviceProblem::Busy) => {
                for request in requests {
                    open_alone(&inbox, request);
                }
            }
            Err(DeviceProblem::Denied) => part(&inbox, requests).await,
            Err(problem) => {
                for request in &requests {
                    finish(&inbox, request, Err(problem));
                }
            }
        }
    });
}

/// The pair was refused: asks for each alone that the browser did not refuse by itself.
async fn part(inbox: &Inbox, [microphone, camera]: [Request; 2]) {
    let heard = devices::permission(Source::Microphone).await;
    let seen = devices::permission(Source::Camera).await;
    for (request, one, other) in [(microphone, heard, seen), (camera, seen, heard)] {
        if permission::asks_alone(one, other) {
            open_alone(inbox, request);
        } else {
            finish(inbox, &request, Err(DeviceProblem::Denied));
        }
    }
}

/// Stops the track of `source`, if there is one.
pub fn release(shell: &Rc<Shell>, source: Source) {
    let released = shell.captures.held.borrow_mut().of_mut(source).take();
    if released.is_some() {
        changed(shell, source);
    }
}

/// Tries one half of a pair that failed, unless somebody asked for that source again meanwhile.
fn open_alone(inbox: &Inbox, request: Request) {
    match inbox.shell() {
        Some(shell) if shell.captures.expects(&request) => open(&shell, request),
        Some(_) | None => finish(inbox, &request, Err(DeviceProblem::Busy)),
    }
}

fn finish(inbox: &Inbox, request: &Request, result: Result<MediaStreamTrack, DeviceProblem>) {
    let Some(shell) = inbox.shell() else {
        // The call ended while the prompt was open.
        if let Ok(track) = result {
            track.stop();
        }
        return;
    };
    let result = result.map(|track| {
        let captured = describe(&track, request.source);
        if shell.captures.expects(request) {
            hold(&shell, request.source, track);
        } else {
            track.stop();
        }
        captured
    });
    inbox.put(Input::Captured { capture: request.capture, source: request.source, result });
}

fn hold(shell: &Rc<Shell>, source: Source, track: MediaStreamTrack) {
    let Ok(stream) = MediaStream::new() else { return };
    stream.add_track(&track);
    if source == Source::Screen {
        // Text must stay sharp; frames may be dropped instead.
        track.unchecked_ref::<js::HintedTrack>().set_content_hint("detail");
    }
    let inbox = shell.inbox.clone();
    let ended = Listener::new(&track, "ended", move |_| inbox.put(Input::CaptureEnded { source }));
    let held = Held { track, stream, _ended: ended };
    let old = shell.captures.held.borrow_mut().of_mut(source).replace(held);
    changed(shell, source);
    // The old track goes last, so that neither the picture nor the sender sees an ended track.
    drop(old);
}

/// Lets the sender and the page use the track that there is now.
fn changed(shell: &Rc<Shell>, source: Source) {
    shell.peers.apply(shell, source);
    shell.pictures.refresh(shell);
}

fn describe(track: &MediaStreamTrack, source: Source) -> Captured {
    let device = match source {
        Source::Microphone | Source::Camera => track.get_settings().get_device_id().unwrap_or_default(),
        Source::Screen => String::new(),
    };
    Captured { device: DeviceId(device), label: track.label() }
}

/// Takes the one track that was asked for out of what the browser opened.
fn track_of(stream: &MediaStream, source: Source) -> Result<MediaStreamTrack, DeviceProblem> {
    let tracks = match source {
        Source::Microphone => stream.get_audio_tracks(),
        Source::Camera | Source::Screen => stream.get_video_tracks(),
    };
    tracks.get(0).dyn_into().map_err(|_| DeviceProblem::Missing)
}

/// Asks the browser, at once; the answer is awaited later.
fn ask(requests: &[Request]) -> Asked {
    let devices = media_devices()?;
    let constraints = Object::new();
    let mut screen = false;
    for request in requests {
        let device = request.device.as_ref();
        match request.source {
            Source::Microphone => js::set(&constraints, "audio", &microphone_constraints(device)),
            Source::Camera => js::set(&constraints, "video", &camera_constraints(device)),
            Source::Screen => {
                js::set(&constraints, "video", &screen_constraints());
                screen = true;
            }
        }
    }
    let asked = if screen {
        let constraints: &DisplayMediaStreamConstraints = constraints.unchecked_ref();
        devices.get_display_media_with_constraints(constraints)
    } else {
        let constraints: &MediaStreamConstraints = constraints.unchecked_ref();
        devices.get_user_media_with_constraints(constraints)
    };
    asked.map_err(|error| problem(&error))
}

async fn answer(asked: Asked) -> Result<MediaStream, DeviceProblem> {
    let stream = js::settle(Ok(asked?)).await.map_err(|error| problem(&error))?;
    Ok(stream.unchecked_into())
}

fn microphone_constraints(device: Option<&DeviceId>) -> JsValue {
    let constraints = object(&[
        ("echoCancellation", JsValue::TRUE),
        ("noiseSuppression", JsValue::TRUE),
        ("autoGainControl", JsValue::TRUE),
    ]);
    if let Some(device) = device {
        js::set(&constraints, "deviceId", &exactly(device));
    }
    constraints.into()
}

fn camera_constraints(device: Option<&DeviceId>) -> JsValue {
    let constraints = object(&[
        ("width", object(&[("ideal", 1280.into())]).into()),
        ("height", object(&[("ideal", 720.into())]).into()),
        ("frameRate", object(&[("ideal", 30.into()), ("max", 30.into())]).into()),
    ]);
    match device {
        Some(device) => js::set(&constraints, "deviceId", &exactly(device)),
        None => js::set(&constraints, "facingMode", &"user".into()),
    }
    constraints.into()
}

fn screen_constraints() -> JsValue {
    let rate = object(&[("ideal", 30.into()), ("max", 30.into())]);
    object(&[("cursor", "always".into()), ("frameRate", rate.into())]).into()
}

fn exactly(device: &DeviceId) -> JsValue {
    object(&[("exact", device.0.as_str().into())]).into()
}

/// What an exception of `getUserMedia` or `getDisplayMedia` means.
fn problem(error: &JsValue) -> DeviceProblem {
    match js::error_name(error).as_str() {
        "NotFoundError" | "OverconstrainedError" => DeviceProblem::Missing,
        "NotReadableError" | "AbortError" => DeviceProblem::Busy,
        // The method does not exist, or does not know our constraints.
        "TypeError" | "NotSupportedError" => DeviceProblem::Unsupported,
        // `NotAllowedError`, `SecurityError`, and `InvalidStateError` for want of a click.
        _ => DeviceProblem::Denied,
    }
}
