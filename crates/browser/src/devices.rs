//! The list of devices, how to reach them at all, and where the page stands with them.
//!
//! Not here: opening one (`capture`).

use crate::driver::Inbox;
use crate::js::object;
use crate::listener::Listener;
use crate::{js, platform};
use call::permission::Permission;
use call::{Device, DeviceId, DeviceKind, DeviceProblem, Input};
use gloo_timers::callback::Timeout;
use js_sys::Array;
use model::Source;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices};

/// Plugging in one headset fires several events; the list is read once they have come to rest.
const REST_MS: u32 = 250;

/// Reads the list of devices, at first and after every change.
#[derive(Default)]
pub struct DeviceList {
    changes: RefCell<Option<Listener>>,
    rest: RefCell<Option<Timeout>>,
}

impl DeviceList {
    /// Reads the list now, and from now on whenever it changes.
    pub fn read(&self, inbox: &Inbox) {
        let Ok(devices) = media_devices() else {
            inbox.put(Input::DevicesListed(Vec::new()));
            return;
        };
        if self.changes.borrow().is_none() {
            let inbox = inbox.clone();
            let listener = Listener::new(&devices, "devicechange", move |_| read_later(&inbox));
            self.changes.replace(Some(listener));
        }
        read(devices, inbox.clone());
    }

    /// Hears of no more changes.
    pub fn clear(&self) {
        self.changes.replace(None);
        self.rest.replace(None);
    }
}

/// `navigator.mediaDevices`, or why there is none.
pub fn media_devices() -> Result<MediaDevices, DeviceProblem> {
    let window = platform::window();
    match window.navigator().media_devices() {
        Ok(devices) if !devices.is_undefined() && !devices.is_null() => Ok(devices),
        Ok(_) | Err(_) if !window.is_secure_context() => Err(DeviceProblem::Insecure),
        Ok(_) | Err(_) => Err(DeviceProblem::Unsupported),
    }
}

/// Where the page stands with microphone or camera, as far as the browser tells.
pub async fn permission(source: Source) -> Permission {
    let name = match source {
        Source::Microphone => "microphone",
        Source::Camera => "camera",
        // A screen is asked for anew each time.
        Source::Screen => return Permission::Prompt,
    };
    let permissions = js::field(&platform::window().navigator(), "permissions");
    if !permissions.is_object() {
        return Permission::Unknown;
    }
    let queried = permissions.unchecked_ref::<js::PermissionsLike>().query(&object(&[("name", name.into())]));
    let status = js::settle(queried).await.unwrap_or(JsValue::UNDEFINED);
    match js::field(&status, "state").as_string().as_deref() {
        Some("granted") => Permission::Granted,
        Some("prompt") => Permission::Prompt,
        Some("denied") => Permission::Denied,
        Some(_) | None => Permission::Unknown,
    }
}

fn read_later(inbox: &Inbox) {
    let Some(shell) = inbox.shell() else { return };
    let inbox = inbox.clone();
    let timeout = Timeout::new(REST_MS, move || {
        if let Ok(devices) = media_devices() {
            read(devices, inbox);
        }
    });
    shell.devices.rest.replace(Some(timeout));
}

fn read(devices: MediaDevices, inbox: Inbox) {
    let promised = devices.enumerate_devices();
    spawn_local(async move {
        let list = js::settle(promised).await.unwrap_or(JsValue::UNDEFINED);
        let list = list.dyn_into::<Array>().unwrap_or_default();
        inbox.put(Input::DevicesListed(list.iter().filter_map(device).collect()));
    });
}

fn device(entry: JsValue) -> Option<Device> {
    let entry: MediaDeviceInfo = entry.unchecked_into();
    let kind = match entry.kind() {
        MediaDeviceKind::Audioinput => DeviceKind::Microphone,
        MediaDeviceKind::Videoinput => DeviceKind::Camera,
        MediaDeviceKind::Audiooutput => DeviceKind::Speaker,
        _ => return None,
    };
    Some(Device { id: DeviceId(entry.device_id()), kind, label: entry.label() })
}
