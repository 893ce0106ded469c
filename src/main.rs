//! The composition root: builds the adapters and starts the role this scope has (page, sender, calculation).

fn main() {}
