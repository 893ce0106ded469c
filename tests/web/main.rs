//! Tests in Chromium: the store in IndexedDB, fetch, mounted components.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]
