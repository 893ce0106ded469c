//! Tests in Chromium: the store in IndexedDB, fetch, mounted components.
