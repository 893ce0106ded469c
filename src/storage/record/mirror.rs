//! Writes a stored type and its conversions from one list of fields.
//!
//! In: a list of fields or variants as they lie on disk, and the domain type they mirror. Out: JSON text of a domain
//! value, and the value of such JSON.
//! Invariant: a field that exists only in the domain breaks the build here, so a stored shape never changes unnoticed.
//!
//! A stored type has no values: it names a shape. Derived serde would do the same in four times the code, and every
//! kilobyte of it is downloaded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};
use std::ops::Range;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::domain::id::{CommandId, DeliveryId, EventId, FlowId, MemberId, NodeId, ProfileId, RunId, SecretId};
use crate::domain::secret::Sealed;
use crate::domain::time::Timestamp;

/// The stored counterpart of a domain type.
pub trait Mirror<D> {
    /// Writes what lies on disk for `domain`.
    fn write(domain: &D, out: &mut JsonText);
    /// What was written, as the domain has it.
    fn read(json: Value) -> Result<D, Misfit>;
}

/// The stored counterpart of one variant of a domain type, for all names that the other variants have not.
pub trait Variant<D> {
    /// Writes what lies on disk for `domain`, which is of this variant.
    fn write(domain: &D, out: &mut JsonText);
    /// What was written, as the domain has it.
    fn read(name: String, fields: Map<String, Value>) -> Result<D, Misfit>;
}

/// JSON that has not the shape it should have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{wanted} is expected", self.place())]
pub struct Misfit {
    /// What should have been there.
    pub wanted: &'static str,
    /// The fields that lead there, the innermost first.
    pub path: Vec<&'static str>,
}

impl Misfit {
    /// Something else than `wanted` was found.
    pub const fn new(wanted: &'static str) -> Self {
        Self { wanted, path: Vec::new() }
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for field in self.path.iter().rev() {
            place.push_str(field);
            place.push_str(": ");
        }
        place
    }
}

/// JSON while it is written.
#[derive(Debug, Default)]
pub struct JsonText(String);

impl JsonText {
    /// The JSON of a domain value whose stored type is `R`.
    pub fn of<D, R: Mirror<D>>(domain: &D) -> String {
        let mut out = Self::default();
        R::write(domain, &mut out);
        out.0
    }

    /// Opens an object or a list.
    pub fn open(&mut self, bracket: char) {
        self.0.push(bracket);
    }

    /// Closes an object or a list.
    pub fn close(&mut self, bracket: char) {
        self.0.push(bracket);
    }

    /// Goes on to the next element of a list.
    pub fn next(&mut self) {
        if !self.0.ends_with(['{', '[']) {
            self.0.push(',');
        }
    }

    /// Goes on to the next field of an object. The name must need no escape.
    pub fn field(&mut self, name: &str) {
        self.next();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    /// A variant's name: `TimeDelay` is written `"time-delay"`.
    pub fn name(&mut self, variant: &str) {
        self.0.push('"');
        for (place, letter) in variant.char_indices() {
            if letter.is_ascii_uppercase() && place > 0 {
                self.0.push('-');
            }
            self.0.push(letter.to_ascii_lowercase());
        }
        self.0.push('"');
    }

    /// Opens the object of a variant's fields, behind its name.
    pub fn begin(&mut self) {
        self.0.push_str(":{");
    }

    /// Text, escaped.
    pub fn text(&mut self, text: &str) {
        self.0.push('"');
        let mut rest = text;
        // Bytes of longer characters are none of these, and looking at bytes is quicker than at characters.
        while let Some(place) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            let (before, after) = rest.split_at(place);
            self.0.push_str(before);
            let mut letters = after.chars();
            match letters.next() {
                Some('\n') => self.0.push_str("\\n"),
                Some('\r') => self.0.push_str("\\r"),
                Some('\t') => self.0.push_str("\\t"),
                Some(letter @ ('"' | '\\')) => self.0.extend(['\\', letter]),
                Some(letter) => {
                    let _infallible = write!(self.0, "\\u{:04x}", u32::from(letter));
                }
                None => {}
            }
            rest = letters.as_str();
        }
        self.0.push_str(rest);
        self.0.push('"');
    }

    /// A whole number.
    pub fn number(&mut self, number: impl Display) {
        let _infallible = write!(self.0, "{number}");
    }

    /// Any JSON value.
    pub fn value(&mut self, value: &Value) {
        // Its keys are text, so it has a JSON text.
        self.0.push_str(&serde_json::to_string(value).unwrap_or_default());
    }
}

/// The domain value of a JSON text whose shape is `R`.
pub fn read_text<D, R: Mirror<D>>(text: &str) -> Result<D, Misfit> {
    R::read(serde_json::from_str(text).map_err(|_| Misfit::new("JSON"))?)
}

/// The object that a struct lies in.
pub fn object(json: Value) -> Result<Map<String, Value>, Misfit> {
    match json {
        Value::Object(fields) => Ok(fields),
        _ => Err(Misfit::new("an object")),
    }
}

/// Takes a field out of its object; a field that is missing is `null`.
pub fn take<D, T: Mirror<D>>(fields: &mut Map<String, Value>, name: &'static str) -> Result<D, Misfit> {
    let json = fields.get_mut(name).map(Value::take).unwrap_or_default();
    T::read(json).map_err(|mut misfit| {
        misfit.path.push(name);
        misfit
    })
}

/// The name of a variant, and its fields where it has some.
pub fn variant(json: Value) -> Result<(String, Map<String, Value>), Misfit> {
    match json {
        Value::String(name) => Ok((name, Map::new())),
        Value::Object(fields) => match fields.into_iter().next() {
            Some((name, Value::Object(fields))) => Ok((name, fields)),
            _ => Err(Misfit::new("a variant with its fields")),
        },
        _ => Err(Misfit::new("a variant")),
    }
}

/// Whether `name` is how `variant` is written.
pub fn is_named(name: &str, variant: &str) -> bool {
    let mut letters = name.chars();
    for (place, letter) in variant.char_indices() {
        if letter.is_ascii_uppercase() && place > 0 && letters.next() != Some('-') {
            return false;
        }
        if letters.next() != Some(letter.to_ascii_lowercase()) {
            return false;
        }
    }
    letters.next().is_none()
}

impl Mirror<bool> for bool {
    fn write(domain: &bool, out: &mut JsonText) {
        out.0.push_str(if *domain { "true" } else { "false" });
    }
    fn read(json: Value) -> Result<bool, Misfit> {
        json.as_bool().ok_or(Misfit::new("true or false"))
    }
}

impl Mirror<f64> for f64 {
    fn write(domain: &f64, out: &mut JsonText) {
        out.value(&Value::from(*domain));
    }
    fn read(json: Value) -> Result<f64, Misfit> {
        json.as_f64().ok_or(Misfit::new("a number"))
    }
}

/// Whole numbers are stored as they are.
macro_rules! stored_as_number {
    ($($plain:ty),* $(,)?) => {$(
        impl Mirror<$plain> for $plain {
            fn write(domain: &$plain, out: &mut JsonText) {
                out.number(domain);
            }
            fn read(json: Value) -> Result<$plain, Misfit> {
                let whole = json.as_i64().map(i128::from).or(json.as_u64().map(i128::from));
                whole.and_then(|whole| <$plain>::try_from(whole).ok()).ok_or(Misfit::new("a whole number in range"))
            }
        }
    )*};
}

stored_as_number!(u8, u16, u32, u64, i64);

impl Mirror<String> for String {
    fn write(domain: &String, out: &mut JsonText) {
        out.text(domain);
    }
    fn read(json: Value) -> Result<String, Misfit> {
        match json {
            Value::String(text) => Ok(text),
            _ => Err(Misfit::new("text")),
        }
    }
}

impl Mirror<Value> for Value {
    fn write(domain: &Value, out: &mut JsonText) {
        out.value(domain);
    }
    fn read(json: Value) -> Result<Value, Misfit> {
        Ok(json)
    }
}

impl Mirror<Map<String, Value>> for Map<String, Value> {
    fn write(domain: &Map<String, Value>, out: &mut JsonText) {
        out.open('{');
        for (name, value) in domain {
            out.next();
            out.text(name);
            out.0.push(':');
            out.value(value);
        }
        out.close('}');
    }
    fn read(json: Value) -> Result<Map<String, Value>, Misfit> {
        object(json)
    }
}

/// Ids are stored as text.
macro_rules! stored_as_text {
    ($($id:ty),* $(,)?) => {$(
        impl Mirror<$id> for String {
            fn write(domain: &$id, out: &mut JsonText) {
                out.text(domain.as_str());
            }
            fn read(json: Value) -> Result<$id, Misfit> {
                String::read(json).map(|text: String| <$id>::new(text))
            }
        }
    )*};
}

stored_as_text!(CommandId, DeliveryId, EventId, FlowId, MemberId, NodeId, ProfileId, RunId, SecretId, Sealed);

/// Points in time are stored as milliseconds since 1970.
impl Mirror<Timestamp> for i64 {
    fn write(domain: &Timestamp, out: &mut JsonText) {
        Self::write(&domain.as_millis(), out);
    }
    fn read(json: Value) -> Result<Timestamp, Misfit> {
        Self::read(json).map(Timestamp::from_millis)
    }
}

/// Positions are stored in 64 bits, whatever the machine's width.
impl Mirror<usize> for u64 {
    fn write(domain: &usize, out: &mut JsonText) {
        Self::write(&Self::try_from(*domain).unwrap_or(Self::MAX), out);
    }
    fn read(json: Value) -> Result<usize, Misfit> {
        Self::read(json).map(|position: Self| usize::try_from(position).unwrap_or(usize::MAX))
    }
}

/// Ranges are stored as `[start, end]`.
impl Mirror<Range<usize>> for (u64, u64) {
    fn write(domain: &Range<usize>, out: &mut JsonText) {
        <Self as Mirror<(usize, usize)>>::write(&(domain.start, domain.end), out);
    }
    fn read(json: Value) -> Result<Range<usize>, Misfit> {
        <Self as Mirror<(usize, usize)>>::read(json).map(|(start, end)| start..end)
    }
}

/// Pairs, such as a header's name and value, are stored as lists of two.
impl<A, B, S: Mirror<A>, T: Mirror<B>> Mirror<(A, B)> for (S, T) {
    fn write(domain: &(A, B), out: &mut JsonText) {
        out.open('[');
        S::write(&domain.0, out);
        out.next();
        T::write(&domain.1, out);
        out.close(']');
    }
    fn read(json: Value) -> Result<(A, B), Misfit> {
        let [first, second] = <[Value; 2]>::try_from(list(json)?).map_err(|_| Misfit::new("a list of two"))?;
        Ok((S::read(first)?, T::read(second)?))
    }
}

impl<D, T: Mirror<D>> Mirror<Option<D>> for Option<T> {
    fn write(domain: &Option<D>, out: &mut JsonText) {
        match domain {
            Some(domain) => T::write(domain, out),
            None => out.value(&Value::Null),
        }
    }
    fn read(json: Value) -> Result<Option<D>, Misfit> {
        match json {
            Value::Null => Ok(None),
            json => T::read(json).map(Some),
        }
    }
}

impl<D, T: Mirror<D>> Mirror<Vec<D>> for Vec<T> {
    fn write(domain: &Vec<D>, out: &mut JsonText) {
        out.open('[');
        for element in domain {
            out.next();
            T::write(element, out);
        }
        out.close(']');
    }
    fn read(json: Value) -> Result<Vec<D>, Misfit> {
        list(json)?.into_iter().map(T::read).collect()
    }
}

/// Sets are stored as lists, in order.
impl<D: Ord, T: Mirror<D>> Mirror<BTreeSet<D>> for Vec<T> {
    fn write(domain: &BTreeSet<D>, out: &mut JsonText) {
        out.open('[');
        for element in domain {
            out.next();
            T::write(element, out);
        }
        out.close(']');
    }
    fn read(json: Value) -> Result<BTreeSet<D>, Misfit> {
        list(json)?.into_iter().map(T::read).collect()
    }
}

impl<D, T: Mirror<D>> Mirror<BTreeMap<NodeId, D>> for BTreeMap<String, T> {
    fn write(domain: &BTreeMap<NodeId, D>, out: &mut JsonText) {
        out.open('{');
        for (node_id, value) in domain {
            out.next();
            out.text(node_id.as_str());
            out.0.push(':');
            T::write(value, out);
        }
        out.close('}');
    }
    fn read(json: Value) -> Result<BTreeMap<NodeId, D>, Misfit> {
        object(json)?.into_iter().map(|(node_id, json)| Ok((NodeId::new(node_id), T::read(json)?))).collect()
    }
}

fn list(json: Value) -> Result<Vec<Value>, Misfit> {
    match json {
        Value::Array(elements) => Ok(elements),
        _ => Err(Misfit::new("a list")),
    }
}

/// `stored!(struct Record for Domain { field: Type, … })`, or `enum` with variants that have fields or none (an object
/// of one, the variant's name; `else Variant by Record` takes every other name), or `names` for variants without fields
/// (plain text), or `keys` for what `named!` declares with the names it has on disk.
macro_rules! stored {
    ($(#[$doc:meta])* struct $record:ident for $domain:path { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $record {}

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn write(domain: &$domain, out: &mut $crate::storage::record::mirror::JsonText) {
                let $domain { $($field,)* } = domain;
                out.open('{');
                $(
                    out.field(stringify!($field));
                    <$kind as $crate::storage::record::mirror::Mirror<_>>::write($field, out);
                )*
                out.close('}');
            }
            fn read(json: serde_json::Value) -> Result<$domain, $crate::storage::record::mirror::Misfit> {
                use $domain as Domain;
                let mut fields = $crate::storage::record::mirror::object(json)?;
                Ok(Domain {
                    $($field: $crate::storage::record::mirror::take::<_, $kind>(&mut fields, stringify!($field))?,)*
                })
            }
        }
    };
    ($(#[$doc:meta])* enum $record:ident for $domain:path {
        $($variant:ident $({ $($field:ident: $kind:ty),* $(,)? })?),* $(,)?
    } $(else $other:ident by $other_record:ident)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $record {}

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn write(domain: &$domain, out: &mut $crate::storage::record::mirror::JsonText) {
                use $domain as Domain;
                match domain {
                    $(Domain::$other { .. } => {
                        <$other_record as $crate::storage::record::mirror::Variant<_>>::write(domain, out)
                    })?
                    $($crate::storage::record::mirror::stored!(@pattern Domain $variant $({ $($field)* })?) => {
                        $crate::storage::record::mirror::stored!(@write out $variant $({ $($field: $kind,)* })?)
                    })*
                }
            }
            fn read(json: serde_json::Value) -> Result<$domain, $crate::storage::record::mirror::Misfit> {
                use $domain as Domain;
                #[allow(unused_mut, unused_variables, reason = "no variant may have fields")]
                let (name, mut fields) = $crate::storage::record::mirror::variant(json)?;
                $(if $crate::storage::record::mirror::is_named(&name, stringify!($variant)) {
                    return Ok(Domain::$variant $({
                        $($field: $crate::storage::record::mirror::take::<_, $kind>(&mut fields, stringify!($field))?,)*
                    })?);
                })*
                $crate::storage::record::mirror::stored!(@unnamed $domain, name, fields $(, $other_record)?)
            }
        }
    };
    ($(#[$doc:meta])* names $record:ident for $domain:path { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $record {}

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn write(domain: &$domain, out: &mut $crate::storage::record::mirror::JsonText) {
                use $domain as Domain;
                out.name(match domain {
                    $(Domain::$variant => stringify!($variant),)*
                });
            }
            fn read(json: serde_json::Value) -> Result<$domain, $crate::storage::record::mirror::Misfit> {
                use $domain as Domain;
                let (name, _) = $crate::storage::record::mirror::variant(json)?;
                $(if $crate::storage::record::mirror::is_named(&name, stringify!($variant)) {
                    return Ok(Domain::$variant);
                })*
                Err($crate::storage::record::mirror::Misfit::new(concat!("a variant of ", stringify!($domain))))
            }
        }
    };
    ($(#[$doc:meta])* keys $record:ident for $domain:path) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $record {}

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn write(domain: &$domain, out: &mut $crate::storage::record::mirror::JsonText) {
                out.text(domain.key());
            }
            fn read(json: serde_json::Value) -> Result<$domain, $crate::storage::record::mirror::Misfit> {
                use $domain as Domain;
                json.as_str()
                    .and_then(Domain::of_key)
                    .ok_or($crate::storage::record::mirror::Misfit::new(concat!("a variant of ", stringify!($domain))))
            }
        }
    };
    (@unnamed $domain:path, $name:ident, $fields:ident) => {
        Err($crate::storage::record::mirror::Misfit::new(concat!("a variant of ", stringify!($domain))))
    };
    (@unnamed $domain:path, $name:ident, $fields:ident, $other:ident) => {
        <$other as $crate::storage::record::mirror::Variant<_>>::read($name, $fields)
    };
    (@pattern $domain:ident $variant:ident) => { $domain::$variant };
    (@pattern $domain:ident $variant:ident { $($field:ident)* }) => { $domain::$variant { $($field,)* } };
    (@write $out:ident $variant:ident) => { $out.name(stringify!($variant)) };
    (@write $out:ident $variant:ident { $($field:ident: $kind:ty,)* }) => {{
        $out.open('{');
        $out.name(stringify!($variant));
        $out.begin();
        $(
            $out.field(stringify!($field));
            <$kind as $crate::storage::record::mirror::Mirror<_>>::write($field, $out);
        )*
        $out.close('}');
        $out.close('}');
    }};
}

pub(crate) use stored;
