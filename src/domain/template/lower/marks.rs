//! Where lowered text came from.
//!
//! In: offsets of lowered text. Out: ranges of the Django source.
//! Invariant: marks are in the order of the lowered text, each valid up to the next.

use std::ops::Range;

/// From `lowered` on, text came from `source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub lowered: usize,
    pub source: Range<usize>,
    /// Whether the text stands in the source as it does here, byte for byte.
    pub is_raw: bool,
}

/// All marks of a lowered template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(pub Vec<Mark>);

impl Marks {
    /// The range of the source for a range of lowered text.
    pub fn source_of(&self, lowered: Range<usize>) -> Range<usize> {
        let after = self.0.partition_point(|mark| mark.lowered <= lowered.start);
        let Some(mark) = after.checked_sub(1).and_then(|idx| self.0.get(idx)) else { return 0..0 };
        if !mark.is_raw {
            return mark.source.clone();
        }
        let start = mark.source.start + (lowered.start - mark.lowered);
        start.min(mark.source.end)..(start + lowered.len()).min(mark.source.end)
    }
}
