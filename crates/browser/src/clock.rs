//! Times and days as this reader writes them, and the zones that the browser knows.

use crate::js;
use crate::platform::window;
use model::UnixMillis;
use wasm_bindgen::{JsCast, JsValue};

/// Hours and minutes in the reader's own manner and zone.
pub fn clock_time(at: UnixMillis) -> String {
    let options = options(&[("timeStyle", "short")]);
    date(at).to_locale_time_string_with_options(&language(), &options).into()
}

/// The reader's own clock, which may be wrong.
pub fn wall_clock() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}

/// The day in the reader's own manner and zone, with its weekday.
pub fn day(at: UnixMillis) -> String {
    date(at).to_locale_date_string(&language(), &options(&[("dateStyle", "full")])).into()
}

/// Day and time in the reader's own manner, with the zone that they are meant in.
pub fn moment(at: UnixMillis) -> String {
    // A style allows no zone beside it, so the parts are named one by one.
    let options = options(&[
        ("weekday", "long"),
        ("day", "numeric"),
        ("month", "long"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ]);
    date(at).to_locale_string(&language(), &options).into()
}

/// The time zone of the reader's clock, by its IANA name.
pub fn own_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::default().resolved_options();
    js::field(&format, "timeZone").as_string()
}

/// The time zones that the browser knows, by their IANA names; none in a browser that does not tell.
pub fn zones() -> Vec<String> {
    let intl = js::field(&js_sys::global(), "Intl");
    let ask = js::field(&intl, "supportedValuesOf").dyn_into::<js_sys::Function>();
    let supported = ask.and_then(|ask| ask.call1(&intl, &"timeZone".into()));
    let list = supported.map(|zones| js_sys::Array::from(&zones)).unwrap_or_default();
    list.iter().filter_map(|zone| zone.as_string()).collect()
}

fn date(at: UnixMillis) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

/// The language of the page.
fn language() -> String {
    let root = window().document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

fn options(parts: &[(&str, &str)]) -> js_sys::Object {
    let options = js_sys::Object::new();
    for (name, value) in parts {
        js::set(&options, name, &JsValue::from_str(value));
    }
    options
}
