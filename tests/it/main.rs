//! Native tests of whole modules, one binary.

#[path = "../conformance/mod.rs"]
mod conformance;
mod flow;
mod flow_condition;
mod pipeline;
mod storage;
mod storage_records;
