//! Native tests of whole modules, one binary.

#[path = "../conformance/mod.rs"]
mod conformance;
mod flow;
mod flow_check;
mod flow_condition;
mod flow_edit;
mod flow_layout;
mod pipeline;
mod storage;
mod storage_records;
