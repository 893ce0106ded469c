//! The parts that every screen is made of.
//!
//! In: labels, signals and callbacks. Out: accessible elements in the app's look.
//! Invariant: knows nothing of flows, deliveries or the runtime.

pub mod button;
pub mod chip;
pub mod code;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod icon;
pub mod large_text;
pub mod later;
pub mod select;
pub mod tabs;
pub mod text;

pub use button::{Button, ButtonKind, IconButton, WhyNot};
pub use chip::{Chip, StatusChip, status_icon, tone_class};
pub use code::CodeArea;
pub use dialog::Dialog;
pub use empty::{EmptyState, Skeleton};
pub use field::{TextField, field_note};
pub use icon::{Icon, icon, icon_markup, large_icon};
pub use later::{FirstLater, Here, Later, soon};
pub use select::{Choice, SelectField};
pub use tabs::{Tab, Tabs};
pub use text::{help_link, sentence_with_code};
