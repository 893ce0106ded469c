//! Places in a text as the browser counts them.
//!
//! In: byte offsets, or offsets in UTF-16 units. Out: the other.
//! Invariant: a place outside the text, or inside a letter, is pulled to where a letter begins.

use std::ops::Range;

/// Byte ranges in UTF-16 units, in one walk over the text.
pub fn utf16_ranges(text: &str, ranges: &[Range<usize>]) -> Vec<Range<u32>> {
    let mut places: Vec<usize> = ranges.iter().flat_map(|range| [range.start, range.end.max(range.start)]).collect();
    places.sort_unstable();
    places.dedup();
    let mut counted: Vec<(usize, u32)> = Vec::with_capacity(places.len());
    let (mut at, mut n_units) = (0, 0_u32);
    for place in places {
        let mut end = place.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let between = text.get(at..end).unwrap_or_default();
        n_units += count(between);
        at = end.max(at);
        counted.push((place, n_units));
    }
    let units_of = |place: usize| {
        counted
            .binary_search_by_key(&place, |(known, _)| *known)
            .ok()
            .and_then(|idx| counted.get(idx))
            .map_or(0, |(_, n)| *n)
    };
    ranges.iter().map(|range| units_of(range.start)..units_of(range.end.max(range.start))).collect()
}

fn count(text: &str) -> u32 {
    let n_units = if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() };
    u32::try_from(n_units).unwrap_or(u32::MAX)
}

/// The byte offset of a place in UTF-16 units.
pub fn byte_offset(text: &str, n_units: usize) -> usize {
    if text.is_ascii() {
        return n_units.min(text.len());
    }
    let mut left = n_units;
    for (at, letter) in text.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_go_both_ways() {
        let text = "a😀üb";
        assert_eq!(utf16_ranges(text, &[5..7, 0..1, 8..99, 3..3]), [3..4, 0..1, 5..5, 1..1]);
        for (units, bytes) in [(0, 0), (1, 1), (2, 1), (3, 5), (4, 7), (5, 8), (9, 8)] {
            assert_eq!(byte_offset(text, units), bytes, "{units}");
        }
        assert_eq!(byte_offset("abc", 2), 2);
    }
}
