//! Python's lists, tuples and dict views.
//!
//! In: items. Out: a value that templates index, loop over and print.
//! Invariant: an index that is out of range is a missing value.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use crate::domain::template::value::{depth_of, print};

/// Which of Python's sequences it is; they print differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    List,
    Tuple,
    Keys,
    Values,
    Items,
    /// What `regroup` makes: a named tuple of grouper and list.
    Group,
    /// What a date's `isocalendar` gives.
    IsoCalendar,
    /// What a date's `timetuple` gives.
    StructTime,
    /// Numbers below 256.
    Bytes,
}

impl Form {
    /// Python's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Keys => "dict_keys",
            Self::Values => "dict_values",
            Self::Items => "dict_items",
            Self::Group => "GroupedResult",
            Self::IsoCalendar => "datetime.IsoCalendarDate",
            Self::StructTime => "time.struct_time",
            Self::Bytes => "bytes",
        }
    }

    /// The names of the items, for a tuple that has them.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Group => &["grouper", "list"],
            Self::IsoCalendar => &["year", "week", "weekday"],
            Self::StructTime => {
                &["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"]
            }
            Self::List | Self::Tuple | Self::Keys | Self::Values | Self::Items | Self::Bytes => &[],
        }
    }

    /// Whether it is a tuple, with names or without.
    pub fn is_tuple(self) -> bool {
        matches!(self, Self::Tuple | Self::Group | Self::IsoCalendar | Self::StructTime)
    }

    /// Whether it can be indexed: dict views cannot.
    pub fn is_indexed(self) -> bool {
        !matches!(self, Self::Keys | Self::Values | Self::Items)
    }
}

/// A sequence of values.
pub struct List {
    pub items: Vec<Value>,
    pub form: Form,
    pub depth: u16,
}

impl List {
    /// A sequence that knows how deeply it nests.
    pub fn new(items: Vec<Value>, form: Form) -> Self {
        let depth = items.iter().map(depth_of).max().unwrap_or(0).saturating_add(1);
        Self { items, form, depth }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.form.name(), self.items.len())
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.items.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.items.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.items.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::write_list(f, self)
    }
}
