//! The browser's randomness.
//!
//! In: nothing. Out: random numbers, fit for ids and jitter.
//! Invariant: drawn from the browser's cryptographic source wherever there is one.

use crate::browser::scope::scope;
use crate::runtime::ports::Random;

/// Draws from `crypto.getRandomValues`.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserRandom;

impl Random for BrowserRandom {
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        let is_drawn =
            scope().crypto().is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
        if is_drawn {
            return u64::from_le_bytes(bytes);
        }
        // No browser we know lacks it; ids and jitter still have to differ.
        let half = || (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
        (half() << 32) | half()
    }
}
