//! Time zones, by the browser's `Intl`.
//!
//! In: an IANA name and a time. Out: seconds ahead of UTC.
//! Invariant: a zone the browser does not know is `None`.

use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::time::Timestamp;

/// The browser's zones.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserZones;

impl ZoneOffsets for BrowserZones {
    fn offset_secs(&self, zone: &str, at: Timestamp) -> Option<i32> {
        // The constructor throws on an unknown zone, and its binding would end the app: ask a function that can fail.
        if !is_known(zone) {
            return None;
        }
        let options = Object::new();
        Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
        Reflect::set(&options, &"timeZoneName".into(), &"longOffset".into()).ok()?;
        let locales = Array::of1(&JsValue::from_str("en-US"));
        let format = Intl::DateTimeFormat::new(&locales, &options);
        let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
        let parts = format.format_to_parts(&date);
        let offset = parts.iter().find_map(|part| {
            let kind = Reflect::get(&part, &"type".into()).ok()?.as_string()?;
            let value = Reflect::get(&part, &"value".into()).ok()?.as_string()?;
            (kind == "timeZoneName").then_some(value)
        })?;
        parse_offset(&offset)
    }
}

/// Seconds east of UTC in the zone of this browser.
pub fn local_offset_secs(at: Timestamp) -> i32 {
    let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
    -(date.get_timezone_offset() as i32) * 60
}

fn is_known(zone: &str) -> bool {
    let date = Date::new_0();
    let options = Object::new();
    let is_set = Reflect::set(&options, &"timeZone".into(), &zone.into());
    let format = Reflect::get(&date, &"toLocaleString".into()).ok().map(js_sys::Function::from);
    is_set.is_ok() && format.is_some_and(|format| format.call2(&date, &JsValue::from_str("en-US"), &options).is_ok())
}

/// `GMT`, `GMT+02:00`, `GMT-03:30:00`.
fn parse_offset(text: &str) -> Option<i32> {
    let rest = text.strip_prefix("GMT")?;
    let (sign, digits) = match rest.split_at_checked(1) {
        None => return Some(0),
        Some(("+", digits)) => (1, digits),
        Some(("-" | "\u{2212}", digits)) => (-1, digits),
        Some(_) => return None,
    };
    let mut secs = 0;
    for (part, unit) in digits.split(':').zip([3_600, 60, 1]) {
        secs += part.parse::<i32>().ok()? * unit;
    }
    Some(sign * secs)
}

/// The names of a kind that this browser knows: `timeZone`, `currency`. Empty where it cannot say.
pub fn known_names(kind: &str) -> Vec<String> {
    let list = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let supported = js_sys::Function::from(Reflect::get(&intl, &"supportedValuesOf".into()).ok()?);
        let names = supported.call1(&intl, &kind.into()).ok()?;
        Some(Array::from(&names).iter().filter_map(|name| name.as_string()).collect())
    };
    list().unwrap_or_default()
}
