//! The filters, in files by what they work on.
//!
//! In: a value, arguments, and the place's escaping. Out: a value, or an error as Django raises it.
//! Invariant: reads no clock and no chance but the rendering's; no result larger than `MAX_TEXT`.

pub mod date_format;
pub mod dates;
pub mod entities;
pub mod hash;
pub mod html;
pub mod html_parser;
pub mod humanize;
pub mod klaviyo;
pub mod klaviyo_lists;
pub mod lists;
pub mod lorem;
pub mod numbers;
pub mod percent;
pub mod pprint;
pub mod strftime;
pub mod table;
pub mod text;
pub mod truncate;
pub mod unicode;
pub mod urlize;
pub mod urls;

use std::borrow::Cow;

use minijinja::{Error, ErrorKind, Value};

use crate::domain::template::catalog::FilterSpec;
use crate::domain::template::run::Scopes;
use crate::domain::template::value::compare::{self, ITEM};
use crate::domain::template::value::{items_of, print, type_name};

/// No filter makes a text longer than this.
pub const MAX_TEXT: usize = 4 << 20;

/// A filter's use.
pub struct Call<'a> {
    pub value: &'a Value,
    pub args: &'a [Value],
    pub scopes: &'a Scopes,
    /// Whether output is escaped at this place.
    pub is_escaping: bool,
}

impl<'a> Call<'a> {
    /// The value as text.
    pub fn text(&self) -> Cow<'a, str> {
        print::to_str(self.value)
    }

    /// The items of the value, paid for; `None` for what cannot be iterated over.
    pub fn items(&self) -> Option<Cow<'a, [Value]>> {
        let items = items_of(self.value)?;
        self.scopes.pay(items.len().saturating_mul(ITEM));
        Some(items)
    }

    /// Pays for sorting by these keys: each is compared several times.
    pub fn pay_sorting<'k>(&self, keys: impl Iterator<Item = &'k Value>) {
        keys.for_each(|key| self.scopes.pay(compare::cost(key, key).saturating_add(8 * ITEM)));
    }

    /// The argument, if there is one.
    pub fn arg(&self) -> Option<&'a Value> {
        self.args.first()
    }

    /// The argument as text.
    pub fn arg_text(&self) -> Cow<'a, str> {
        self.arg().map_or(Cow::Borrowed(""), print::to_str)
    }

    /// Whether output is escaped at this place.
    pub fn is_escaping(&self) -> bool {
        self.is_escaping
    }

    /// The rendering.
    pub fn scopes(&self) -> Result<&'a Scopes, Error> {
        Ok(self.scopes)
    }

    /// The error for a value of a wrong type.
    pub fn bad_value(&self, filter: &str) -> Error {
        fail(format!("`{filter}` cannot work on this value: it is a {}", type_name(self.value)))
    }
}

/// An error of a filter.
pub fn fail(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// Refuses a text that would be too large.
pub fn check_len(len: usize) -> Result<(), Error> {
    if len > MAX_TEXT {
        let message = format!("a filter would make a text of {len} bytes, more than {MAX_TEXT}");
        return Err(Error::new(ErrorKind::OutOfFuel, message));
    }
    Ok(())
}

/// All filters; a name may occur once for Django and once for Klaviyo.
pub fn tables() -> impl Iterator<Item = &'static FilterSpec> {
    table::FILTERS.iter()
}
