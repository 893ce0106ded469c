//! Native tests of whole modules, one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail, and says when it skips"
)]

mod backup;
mod backup_members;
#[path = "../../benches/frame/mod.rs"]
#[allow(dead_code, reason = "benches use the rest")]
mod bench_frame;
mod checker;
#[path = "../conformance/mod.rs"]
mod conformance;
mod delivery;
mod election;
mod faults;
mod flow;
mod flow_check;
mod flow_condition;
mod flow_edit;
mod flow_journey;
mod flow_layout;
mod gallery;
mod harsh;
mod help;
mod import;
mod keys;
mod klaviyo;
mod library;
mod members;
mod page_work;
mod payload;
mod payload_faults;
mod permissions;
mod pipeline;
mod rehearsal;
mod secrets;
mod storage;
mod storage_records;
mod template;
mod template_errors;
mod tidy;
mod words;
