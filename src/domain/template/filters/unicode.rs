//! Accents: composing them, and leaving them out.
//!
//! In: text. Out: text in the form NFC, or in ASCII.
//! Invariant: the tables are those of Unicode 14, as Python 3.11 has them.

use std::sync::LazyLock;

/// A line for each accent: the accent, then pairs of a composed character and what it is without.
const COMPOSED: &str = include_str!("data/composed.txt");

/// A line for each ASCII text, a tab, and the characters that stand for it otherwise than by accents.
const FOLDED: &str = include_str!("data/folded.txt");

/// Both texts, in the order in which they are looked up: hostile input asks for each of its characters.
static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

struct Tables {
    /// Composed character → what it is without its last accent, and the accent.
    parts: Vec<(char, (char, char))>,
    /// The same the other way round.
    composed: Vec<((char, char), char)>,
    /// Character → the ASCII text that it is folded to.
    folded: Vec<(char, &'static str)>,
}

impl Tables {
    fn read() -> Self {
        let mut parts = Vec::new();
        let mut composed = Vec::new();
        for line in COMPOSED.lines() {
            let mut letters = line.chars();
            let Some(mark) = letters.next() else { continue };
            while let (Some(letter), Some(base)) = (letters.next(), letters.next()) {
                parts.push((letter, (base, mark)));
                composed.push(((base, mark), letter));
            }
        }
        let mut folded = Vec::new();
        for (ascii, letters) in FOLDED.lines().filter_map(|line| line.split_once('\t')) {
            folded.extend(letters.chars().map(|letter| (letter, ascii)));
        }
        parts.sort_unstable();
        composed.sort_unstable();
        folded.sort_unstable();
        Self { parts, composed, folded }
    }
}

fn find<K: Ord + Copy, V: Copy>(table: &[(K, V)], key: K) -> Option<V> {
    let at = table.binary_search_by_key(&key, |(key, _)| *key).ok()?;
    table.get(at).map(|(_, value)| *value)
}

/// The canonical combining class: 0 for what does not combine.
pub fn combining_class(letter: char) -> u8 {
    let code = u32::from(letter);
    if code < 0x300 {
        return 0;
    }
    let after = CLASSES.partition_point(|packed| packed >> 15 <= code);
    let packed = after.checked_sub(1).and_then(|at| CLASSES.get(at)).copied().unwrap_or(0);
    let is_in = code - (packed >> 15) < (packed >> 8) & 0x7f;
    if is_in { (packed & 0xff) as u8 } else { 0 }
}

fn is_composed(letter: char) -> bool {
    u32::from(letter) >= 0xc0
}

/// What a composed character is without its last accent, and the accent.
fn parts(letter: char) -> Option<(char, char)> {
    if !is_composed(letter) {
        return None;
    }
    find(&TABLES.parts, letter)
}

fn compose(base: char, mark: char) -> Option<char> {
    compose_hangul(base, mark).or_else(|| find(&TABLES.composed, (base, mark)))
}

fn compose_hangul(base: char, mark: char) -> Option<char> {
    let (base, mark) = (u32::from(base), u32::from(mark));
    if (0x1100..0x1113).contains(&base) && (0x1161..0x1176).contains(&mark) {
        return char::from_u32(0xac00 + ((base - 0x1100) * 21 + (mark - 0x1161)) * 28);
    }
    let is_open = (0xac00..0xd7a4).contains(&base) && (base - 0xac00).is_multiple_of(28);
    if is_open && (0x11a8..0x11c3).contains(&mark) { char::from_u32(base + mark - 0x11a7) } else { None }
}

/// The text with accents composed, as NFC; characters that only look composed are taken for what they are.
pub fn nfc(text: &str) -> String {
    let needs_work = |letter: char| combining_class(letter) != 0 || (0x1161..0x11c3).contains(&u32::from(letter));
    if !text.chars().any(needs_work) {
        return text.chars().map(singleton).collect();
    }
    let mut letters: Vec<char> = Vec::new();
    for letter in text.chars() {
        push_parts(singleton(letter), &mut letters);
    }
    // Accents in the order of their classes.
    let mut start = 0;
    while start < letters.len() {
        let tail = letters.get(start..).unwrap_or_default();
        let n_marks = tail.iter().take_while(|letter| combining_class(**letter) != 0).count();
        if let Some(marks) = letters.get_mut(start..start + n_marks) {
            marks.sort_by_key(|letter| combining_class(*letter));
        }
        start += n_marks + 1;
    }
    let mut out: Vec<char> = Vec::new();
    let mut base_at: Option<usize> = None;
    let mut last_class = 0;
    for letter in letters {
        let class = combining_class(letter);
        let is_blocked = base_at.is_some_and(|at| at + 1 != out.len()) && (last_class >= class || last_class == 0);
        let composed = base_at
            .filter(|_| !is_blocked)
            .and_then(|at| out.get(at).copied().and_then(|base| compose(base, letter)).map(|composed| (at, composed)));
        match composed {
            Some((at, composed)) => {
                if let Some(slot) = out.get_mut(at) {
                    *slot = composed;
                }
            }
            None => {
                if class == 0 {
                    base_at = Some(out.len());
                }
                last_class = class;
                out.push(letter);
            }
        }
    }
    out.into_iter().collect()
}

/// Characters that always stand for one other.
fn singleton(letter: char) -> char {
    match letter {
        'Ω' => 'Ω',
        'K' => 'K',
        'Å' => 'Å',
        '\u{340}' => '\u{300}',
        '\u{341}' => '\u{301}',
        '\u{343}' => '\u{313}',
        '\u{374}' => 'ʹ',
        '\u{37e}' => ';',
        '\u{387}' => '·',
        '\u{2000}' => '\u{2002}',
        '\u{2001}' => '\u{2003}',
        '\u{2329}' => '〈',
        '\u{232a}' => '〉',
        _ => letter,
    }
}

fn push_parts(letter: char, out: &mut Vec<char>) {
    match parts(letter) {
        Some((base, mark)) => {
            push_parts(base, out);
            out.push(mark);
        }
        None => out.push(letter),
    }
}

/// The ASCII characters of a character's compatibility decomposition.
pub fn push_ascii(letter: char, out: &mut String) {
    if letter.is_ascii() {
        return out.push(letter);
    }
    let code = u32::from(letter);
    match code {
        0xff01..=0xff5e => out.extend(char::from_u32(code - 0xfee0)),
        0x1d7ce..=0x1d7ff => out.extend(char::from_digit((code - 0x1d7ce) % 10, 10)),
        0x1d400..=0x1d6a3 => {
            let at = (code - 0x1d400) % 52;
            out.extend(char::from_u32(if at < 26 { 0x41 + at } else { 0x61 + at - 26 }));
        }
        _ => {
            if let Some(ascii) = find(&TABLES.folded, letter) {
                out.push_str(ascii);
            } else if let Some((base, _)) = parts(letter) {
                push_ascii(base, out);
            }
        }
    }
}

/// First character (17 bits), how many (7 bits), and their class (8 bits).
#[rustfmt::skip]
const CLASSES: &[u32] = &[
    0x18015e6, 0x18a81e8, 0x18b04dc, 0x18d01e8, 0x18d81d8, 0x18e05dc, 0x19082ca, 0x19184dc, 0x19382ca, 0x1948bdc,
    0x19a0501, 0x19c84dc, 0x19e88e6, 0x1a281f0, 0x1a301e6, 0x1a383dc, 0x1a503e6, 0x1a682dc, 0x1a803e6, 0x1a984dc,
    0x1ab81e6, 0x1ac01e8, 0x1ac82dc, 0x1ad81e6, 0x1ae01e9, 0x1ae82ea, 0x1af81e9, 0x1b002ea, 0x1b101e9, 0x1b18de6,
    0x24185e6, 0x2c881dc, 0x2c904e6, 0x2cb01dc, 0x2cb83e6, 0x2cd01de, 0x2cd81dc, 0x2ce06e6, 0x2d106dc, 0x2d402e6,
    0x2d501dc, 0x2d582e6, 0x2d681de, 0x2d701e4, 0x2d781e6, 0x2d8010a, 0x2d8810b, 0x2d9010c, 0x2d9810d, 0x2da010e,
    0x2da810f, 0x2db0110, 0x2db8111, 0x2dc0112, 0x2dc8213, 0x2dd8114, 0x2de0115, 0x2de8116, 0x2df8117, 0x2e08118,
    0x2e10119, 0x2e201e6, 0x2e281dc, 0x2e38112, 0x30808e6, 0x30c011e, 0x30c811f, 0x30d0120, 0x325811b, 0x326011c,
    0x326811d, 0x327011e, 0x327811f, 0x3280120, 0x3288121, 0x3290122, 0x32982e6, 0x32a82dc, 0x32b85e6, 0x32e01dc,
    0x32e82e6, 0x32f81dc, 0x3380123, 0x36b07e6, 0x36f84e6, 0x37181dc, 0x37201e6, 0x37382e6, 0x37501dc, 0x37582e6,
    0x37681dc, 0x3888124, 0x39801e6, 0x39881dc, 0x39902e6, 0x39a01dc, 0x39a82e6, 0x39b83dc, 0x39d01e6, 0x39d82dc,
    0x39e81e6, 0x39f01dc, 0x39f83e6, 0x3a101dc, 0x3a181e6, 0x3a201dc, 0x3a281e6, 0x3a301dc, 0x3a381e6, 0x3a401dc,
    0x3a482e6, 0x3f587e6, 0x3f901dc, 0x3f981e6, 0x3fe81dc, 0x40b04e6, 0x40d89e6, 0x41283e6, 0x41485e6, 0x42c83dc,
    0x44c01e6, 0x44c83dc, 0x44e04e6, 0x46505e6, 0x46785dc, 0x46a0ee6, 0x47181dc, 0x47202e6, 0x47301dc, 0x47382e6,
    0x47481dc, 0x47503e6, 0x47683dc, 0x478011b, 0x478811c, 0x479011d, 0x47983e6, 0x47b01dc, 0x47b82e6, 0x47c82dc,
    0x47d85e6, 0x49e0107, 0x4a68109, 0x4a881e6, 0x4a901dc, 0x4a982e6, 0x4de0107, 0x4e68109, 0x4ff01e6, 0x51e0107,
    0x5268109, 0x55e0107, 0x5668109, 0x59e0107, 0x5a68109, 0x5e68109, 0x61e0107, 0x6268109, 0x62a8154, 0x62b015b,
    0x65e0107, 0x6668109, 0x69d8209, 0x6a68109, 0x6e50109, 0x71c0267, 0x71d0109, 0x724046b, 0x75c0276, 0x75d0109,
    0x764047a, 0x78c02dc, 0x79a81dc, 0x79b81dc, 0x79c81d8, 0x7b88181, 0x7b90182, 0x7ba0184, 0x7bd0482, 0x7c00182,
    0x7c102e6, 0x7c20109, 0x7c302e6, 0x7e301dc, 0x81b8107, 0x81c8209, 0x84681dc, 0x9ae83e6, 0xb8a0209, 0xb9a0109,
    0xbe90109, 0xbee81e6, 0xc5481e4, 0xc9c81de, 0xc9d01e6, 0xc9d81dc, 0xd0b81e6, 0xd0c01dc, 0xd300109, 0xd3a88e6,
    0xd3f81dc, 0xd5805e6, 0xd5a86dc, 0xd5d82e6, 0xd5e81dc, 0xd5f82dc, 0xd6082e6, 0xd6182dc, 0xd6285e6, 0xd6501dc,
    0xd6584e6, 0xd9a0107, 0xda20109, 0xdb581e6, 0xdb601dc, 0xdb687e6, 0xdd50209, 0xdf30107, 0xdf90209, 0xe1b8107,
    0xe6803e6, 0xe6a0101, 0xe6a85dc, 0xe6d02e6, 0xe6e04dc, 0xe7001e6, 0xe710701, 0xe7681dc, 0xe7a01e6, 0xe7c02e6,
    0xee002e6, 0xee101dc, 0xee187e6, 0xee501dc, 0xee582e6, 0xee681ea, 0xee701d6, 0xee781dc, 0xee801ca, 0xee8a5e6,
    0xefb01e8, 0xefb82e4, 0xefc81dc, 0xefd01da, 0xefd81e6, 0xefe01e9, 0xefe81dc, 0xeff01e6, 0xeff81dc, 0x106802e6,
    0x10690201, 0x106a04e6, 0x106c0301, 0x106d82e6, 0x107081e6, 0x10728201, 0x107381e6, 0x107401dc, 0x107481e6,
    0x10750201, 0x107604dc, 0x107801e6, 0x167783e6, 0x16bf8109, 0x16f020e6, 0x181501da, 0x181581e4, 0x181601e8,
    0x181681de, 0x181702e0, 0x184c8208, 0x533781e6, 0x533a0ae6, 0x534f02e6, 0x537802e6, 0x54030109, 0x54160109,
    0x54620109, 0x547012e6, 0x549583dc, 0x54a98109, 0x54d98107, 0x54e00109, 0x555801e6, 0x555902e6, 0x555a01dc,
    0x555b82e6, 0x555f02e6, 0x556081e6, 0x557b0109, 0x55f68109, 0x7d8f011a, 0x7f1007e6, 0x7f1387dc, 0x7f1702e6,
    0x80fe81dc, 0x817001dc, 0x81bb05e6, 0x850681dc, 0x850781e6, 0x851c01e6, 0x851c8101, 0x851d01dc, 0x851f8109,
    0x857281e6, 0x857301dc, 0x869204e6, 0x875582e6, 0x87a302dc, 0x87a403e6, 0x87a581dc, 0x87a601e6, 0x87a684dc,
    0x87c101e6, 0x87c181dc, 0x87c201e6, 0x87c281dc, 0x88230109, 0x88380109, 0x883f8109, 0x885c8109, 0x885d0107,
    0x888003e6, 0x88998209, 0x88b98107, 0x88e00109, 0x88e50107, 0x891a8109, 0x891b0107, 0x89748107, 0x89750109,
    0x899d8207, 0x89a68109, 0x89b307e6, 0x89b805e6, 0x8a210109, 0x8a230107, 0x8a2f01e6, 0x8a610109, 0x8a618107,
    0x8adf8109, 0x8ae00107, 0x8b1f8109, 0x8b5b0109, 0x8b5b8107, 0x8b958109, 0x8c1c8109, 0x8c1d0107, 0x8c9e8209,
    0x8ca18107, 0x8cf00109, 0x8d1a0109, 0x8d238109, 0x8d4c8109, 0x8e1f8109, 0x8ea10107, 0x8ea20209, 0x8ecb8109,
    0xb5780501, 0xb59807e6, 0xb7f80206, 0xde4f0101, 0xe8b282d8, 0xe8b38301, 0xe8b681e2, 0xe8b705d8, 0xe8bd88dc,
    0xe8c285e6, 0xe8c502dc, 0xe8d504e6, 0xe92103e6, 0xf00007e6, 0xf00411e6, 0xf00d87e6, 0xf01182e6, 0xf01305e6,
    0xf09807e6, 0xf15701e6, 0xf17604e6, 0xf46807dc, 0xf4a206e6, 0xf4a50107,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_composed_and_left_out() {
        assert_eq!(nfc("e\u{301}a\u{300}"), "éà");
        assert_eq!(nfc("a\u{323}\u{302}"), "ậ");
        assert_eq!(nfc("a\u{302}\u{323}"), "ậ");
        assert_eq!(nfc("e\u{315}\u{301}"), "é\u{315}");
        assert_eq!(nfc("\u{1112}\u{1161}\u{11ab}"), "한");
        assert_eq!(nfc("Å"), "Å");
        assert_eq!(nfc("q\u{301}"), "q\u{301}");
        let ascii = |text: &str| {
            let mut out = String::new();
            text.chars().for_each(|letter| push_ascii(letter, &mut out));
            out
        };
        assert_eq!(ascii("Ünïcödé ﬁn ½ ǆ ① Ａ 𝒳"), "Unicode fin 12 dz 1 A X");
        assert_eq!(ascii("Straße ø ł"), "Strae  ");
    }

    #[test]
    fn each_character_of_the_texts_is_found_where_it_stands() {
        let mut n_composed = 0;
        for line in COMPOSED.lines() {
            let letters: Vec<char> = line.chars().collect();
            for pair in letters[1..].chunks(2) {
                assert_eq!(parts(pair[0]), Some((pair[1], letters[0])));
                assert_eq!(compose(pair[1], letters[0]), Some(pair[0]));
                n_composed += 1;
            }
        }
        let mut n_folded = 0;
        for (ascii, letters) in FOLDED.lines().filter_map(|line| line.split_once('\t')) {
            for letter in letters.chars() {
                let mut out = String::new();
                push_ascii(letter, &mut out);
                assert_eq!(out, ascii, "{letter:?}");
                n_folded += 1;
            }
        }
        // None is there twice, so none hides another.
        assert_eq!(TABLES.parts.len(), n_composed);
        assert!(TABLES.parts.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(TABLES.composed.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(TABLES.folded.len(), n_folded);
        assert!(TABLES.folded.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
