//! Random numbers from the browser's `crypto`.
//!
//! In: nothing. Out: numbers nobody can guess.
//! Invariant: the only source of chance in the app.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

use crate::runtime::ports::Random;

/// `crypto.getRandomValues`.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserRandom;

impl Random for BrowserRandom {
    fn next_u64(&self) -> u64 {
        let mut bytes = [0_u8; 8];
        let crypto = Reflect::get(&js_sys::global(), &JsValue::from_str("crypto"));
        let filled = crypto
            .ok()
            .and_then(|crypto| crypto.dyn_into::<web_sys::Crypto>().ok())
            .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
        if filled {
            return u64::from_le_bytes(bytes);
        }
        // Every browser that runs Wasm has `crypto`; without it ids still differ.
        js_sys::Math::random().to_bits().rotate_left(12) ^ (js_sys::Date::now() as u64)
    }
}
