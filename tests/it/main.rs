//! Native tests of whole modules, one binary.

#[path = "../conformance/mod.rs"]
mod conformance;
mod storage;
mod storage_records;
