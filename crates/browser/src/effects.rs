//! One arm per effect: which part of the browser carries it out.

use crate::capture::{self, Request};
use crate::driver::Shell;
use crate::{cues, storage};
use call::{ApiCall, Effect, Input, RequestId};
use model::Source;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Carries out one effect, or sets it going; what becomes of it arrives as an input later.
pub fn carry_out(shell: &Rc<Shell>, effect: Effect) {
    let inbox = &shell.inbox;
    match effect {
        Effect::ListDevices => shell.devices.read(inbox),
        Effect::Capture { capture, source, device } => {
            capture::open(shell, Request { capture, source, device });
        }
        Effect::CaptureBoth { microphone, microphone_device, camera, camera_device } => capture::open_both(
            shell,
            Request { capture: microphone, source: Source::Microphone, device: microphone_device },
            Request { capture: camera, source: Source::Camera, device: camera_device },
        ),
        Effect::Release { source } => capture::release(shell, source),
        Effect::OpenPeer { epoch, audio_slots, video_slots } => {
            shell.peers.open(shell, epoch, audio_slots, video_slots);
        }
        Effect::ApplyAnswer { epoch, sdp } => shell.peers.answer(inbox, epoch, &sdp),
        Effect::ClosePeer { epoch } => shell.peers.close(shell, epoch),
        Effect::Send { source, on } => {
            shell.wishes.set(source, on);
            shell.peers.apply(shell, source);
        }
        Effect::Favour(favour) => {
            shell.wishes.favour(favour);
            shell.peers.retune(Source::Camera);
        }
        Effect::Layers(layers) => {
            shell.wishes.layers(layers);
            shell.peers.retune(Source::Camera);
        }
        Effect::CallApi { request, call } => call_api(shell, request, call),
        Effect::OpenSocket { connection, ticket } => shell.sockets.open(inbox, connection, ticket),
        Effect::SendMessage { connection, message } => shell.sockets.send(inbox, connection, &message),
        Effect::CloseSocket { connection } => {
            shell.sockets.close(connection);
        }
        Effect::StartTimer { timer, after_ms } => shell.timers.start(inbox, timer, after_ms),
        Effect::StopTimer(timer) => shell.timers.stop(timer),
        Effect::KeepSeat { room, key } => storage::keep_seat(room, key),
        Effect::ForgetSeat { room } => storage::forget_seat(room),
        Effect::RememberName(name) => storage::remember_name(&name),
        Effect::Play(cue) => cues::play(&shell.sound, cue),
        Effect::ResumePlayback => shell.playback.resume(),
    }
}

fn call_api(shell: &Shell, request: RequestId, call: ApiCall) {
    let answer = shell.api.call(call);
    let inbox = shell.inbox.clone();
    spawn_local(async move {
        let result = answer.await;
        inbox.put(Input::ApiAnswered { request, result });
    });
}
