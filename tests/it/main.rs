//! Native tests of whole modules, one binary.

mod flow;
mod flow_condition;
mod flow_edit;
