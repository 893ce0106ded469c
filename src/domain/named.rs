//! Enums whose variants have a name outside of the program, on disk for one.
//!
//! In: variants and their names, once. Out: the enum, all of it as a list, names both ways.
//! Invariant: a name is never reused or changed: what lies on disk is read by it.

/// `named! { pub enum Kind { First = "first", … } }`
macro_rules! named {
    ($(#[$about:meta])* pub enum $kind:ident { $($(#[$doc:meta])* $variant:ident = $key:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $kind { $($(#[$doc])* $variant,)* }

        impl $kind {
            /// All, as they are declared.
            pub const ALL: [Self; [$($key),*].len()] = [$(Self::$variant),*];
            const KEYS: [&'static str; Self::ALL.len()] = [$($key),*];

            /// Its name on disk.
            pub fn key(self) -> &'static str {
                // Both lists are one in the source.
                Self::KEYS.get(self as usize).copied().unwrap_or_default()
            }

            /// What has this name on disk.
            pub fn of_key(key: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|known| known.key() == key)
            }
        }
    };
}

pub(crate) use named;
