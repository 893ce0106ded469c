//! Native tests of whole modules, one binary.

mod payload;
mod template;
