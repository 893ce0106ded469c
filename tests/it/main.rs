//! Native tests of whole modules, one binary.
