//! Writes a stored type and its conversions from one list of fields.
//!
//! In: a list of fields or variants as they lie on disk, and the domain type they mirror. Out: the serde type, and
//! conversions in both directions.
//! Invariant: a field that exists only in the domain breaks the build here, so a stored shape never changes unnoticed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value};

use crate::domain::id::{CommandId, DeliveryId, EventId, FlowId, NodeId, ProfileId, RunId};
use crate::domain::time::Timestamp;

/// The stored counterpart of a domain type.
pub trait Mirror<D>: Sized {
    /// What is written for `domain`.
    fn mirror(domain: &D) -> Self;
    /// What was written, as the domain has it.
    fn restore(self) -> D;
}

/// Plain values are stored as they are.
macro_rules! stored_as_is {
    ($($plain:ty),* $(,)?) => {$(
        impl Mirror<$plain> for $plain {
            fn mirror(domain: &$plain) -> Self {
                domain.clone()
            }
            fn restore(self) -> $plain {
                self
            }
        }
    )*};
}

stored_as_is!(bool, u8, u16, u32, u64, i64, f64, String, Value, Map<String, Value>);

/// Ids are stored as text.
macro_rules! stored_as_text {
    ($($id:ty),* $(,)?) => {$(
        impl Mirror<$id> for String {
            fn mirror(domain: &$id) -> Self {
                domain.as_str().to_owned()
            }
            fn restore(self) -> $id {
                <$id>::new(self)
            }
        }
    )*};
}

stored_as_text!(CommandId, DeliveryId, EventId, FlowId, NodeId, ProfileId, RunId);

/// Points in time are stored as milliseconds since 1970.
impl Mirror<Timestamp> for i64 {
    fn mirror(domain: &Timestamp) -> Self {
        domain.as_millis()
    }
    fn restore(self) -> Timestamp {
        Timestamp::from_millis(self)
    }
}

/// Positions are stored in 64 bits, whatever the machine's width.
impl Mirror<usize> for u64 {
    fn mirror(domain: &usize) -> Self {
        Self::try_from(*domain).unwrap_or(Self::MAX)
    }
    fn restore(self) -> usize {
        usize::try_from(self).unwrap_or(usize::MAX)
    }
}

/// Ranges are stored as `[start, end]`.
impl Mirror<Range<usize>> for (u64, u64) {
    fn mirror(domain: &Range<usize>) -> Self {
        (u64::mirror(&domain.start), u64::mirror(&domain.end))
    }
    fn restore(self) -> Range<usize> {
        self.0.restore()..self.1.restore()
    }
}

/// Pairs, such as a header's name and value, are stored as lists of two.
impl<A, B, S: Mirror<A>, T: Mirror<B>> Mirror<(A, B)> for (S, T) {
    fn mirror(domain: &(A, B)) -> Self {
        (S::mirror(&domain.0), T::mirror(&domain.1))
    }
    fn restore(self) -> (A, B) {
        (self.0.restore(), self.1.restore())
    }
}

impl<D, T: Mirror<D>> Mirror<Option<D>> for Option<T> {
    fn mirror(domain: &Option<D>) -> Self {
        domain.as_ref().map(T::mirror)
    }
    fn restore(self) -> Option<D> {
        self.map(T::restore)
    }
}

impl<D, T: Mirror<D>> Mirror<Vec<D>> for Vec<T> {
    fn mirror(domain: &Vec<D>) -> Self {
        domain.iter().map(T::mirror).collect()
    }
    fn restore(self) -> Vec<D> {
        self.into_iter().map(T::restore).collect()
    }
}

/// Sets are stored as lists, in order.
impl<D: Ord, T: Mirror<D>> Mirror<BTreeSet<D>> for Vec<T> {
    fn mirror(domain: &BTreeSet<D>) -> Self {
        domain.iter().map(T::mirror).collect()
    }
    fn restore(self) -> BTreeSet<D> {
        self.into_iter().map(T::restore).collect()
    }
}

impl<D, T: Mirror<D>> Mirror<BTreeMap<NodeId, D>> for BTreeMap<String, T> {
    fn mirror(domain: &BTreeMap<NodeId, D>) -> Self {
        domain.iter().map(|(node_id, value)| (String::mirror(node_id), T::mirror(value))).collect()
    }
    fn restore(self) -> BTreeMap<NodeId, D> {
        self.into_iter().map(|(node_id, value)| (node_id.restore(), value.restore())).collect()
    }
}

/// `stored!(struct Record for Domain { field: Type, … })`, or `enum` with variants that have fields or none (an object
/// of one, the variant's name; reading that needs no buffer, which keeps the download small), or `names` for variants without fields (plain text).
macro_rules! stored {
    ($(#[$doc:meta])* struct $record:ident for $domain:path { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $record {
            $(pub $field: $kind,)*
        }

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn mirror(domain: &$domain) -> Self {
                let $domain { $($field,)* } = domain;
                Self { $($field: $crate::storage::record::mirror::Mirror::mirror($field),)* }
            }
            fn restore(self) -> $domain {
                $domain { $($field: $crate::storage::record::mirror::Mirror::restore(self.$field),)* }
            }
        }
    };
    ($(#[$doc:meta])* enum $record:ident for $domain:path {
        $($variant:ident $({ $($field:ident: $kind:ty),* $(,)? })?),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $record {
            $($variant $({ $($field: $kind,)* })?,)*
        }

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn mirror(domain: &$domain) -> Self {
                use $domain as Domain;
                match domain {
                    $(Domain::$variant $({ $($field,)* })? => Self::$variant $({
                        $($field: $crate::storage::record::mirror::Mirror::mirror($field),)*
                    })?,)*
                }
            }
            fn restore(self) -> $domain {
                use $domain as Domain;
                match self {
                    $(Self::$variant $({ $($field,)* })? => Domain::$variant $({
                        $($field: $crate::storage::record::mirror::Mirror::restore($field),)*
                    })?,)*
                }
            }
        }
    };
    ($(#[$doc:meta])* names $record:ident for $domain:path { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $record {
            $($variant,)*
        }

        impl $crate::storage::record::mirror::Mirror<$domain> for $record {
            fn mirror(domain: &$domain) -> Self {
                use $domain as Domain;
                match domain {
                    $(Domain::$variant => Self::$variant,)*
                }
            }
            fn restore(self) -> $domain {
                use $domain as Domain;
                match self {
                    $(Self::$variant => Domain::$variant,)*
                }
            }
        }
    };
}

pub(crate) use stored;
