//! Native tests of whole modules, one binary.

mod flow;
mod flow_check;
mod flow_condition;
mod flow_edit;
mod flow_layout;
