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
    /// The number of the run that the text stands for, if it does.
    pub run: Option<usize>,
}

/// All marks of a lowered template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(pub Vec<Mark>);

impl Marks {
    /// The range of the source for a range of lowered text.
    pub fn source_of(&self, lowered: Range<usize>) -> Range<usize> {
        self.source_after(&mut 0, lowered)
    }

    /// As `source_of`; `at` is the mark asked for before, since what is printed is mostly the next.
    pub fn source_after(&self, at: &mut usize, lowered: Range<usize>) -> Range<usize> {
        let Some(mark) = self.mark_after(at, lowered.start) else { return 0..0 };
        if !mark.is_raw {
            return mark.source.clone();
        }
        let start = mark.source.start + (lowered.start - mark.lowered);
        start.min(mark.source.end)..(start + lowered.len()).min(mark.source.end)
    }

    /// The mark of a place in lowered text; `at` is the mark asked for before.
    pub fn mark_after(&self, at: &mut usize, lowered: usize) -> Option<&Mark> {
        let holds = |idx: usize| {
            let is_before = |idx: usize| self.0.get(idx).is_none_or(|mark| mark.lowered <= lowered);
            idx < self.0.len() && is_before(idx) && (idx + 1 == self.0.len() || !is_before(idx + 1))
        };
        if let Some(next) = (*at..*at + 4).find(|idx| holds(*idx)) {
            *at = next;
        } else {
            let after = self.0.partition_point(|mark| mark.lowered <= lowered);
            *at = after.checked_sub(1)?;
        }
        self.0.get(*at)
    }
}
