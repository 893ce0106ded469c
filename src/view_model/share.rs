//! A sandbox as a link: packed into the address's fragment, which no server sees.
//!
//! In: template, event, person, settings. Out: letters for an address; and back, or why not.
//! Invariant: a link that was cut or changed is told, never half read; nothing secret is in a sandbox.

use serde_json::{Map, Value};
use thiserror::Error;

/// What a link carries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shared {
    pub template: String,
    /// The event's properties, as JSON text.
    pub event: String,
    /// The person, as JSON text.
    pub profile: String,
    /// What the template may include and extend in Django's dialect, as it was typed.
    pub snippets: String,
    pub is_django: bool,
    pub is_autoescape_on: bool,
}

/// Why a link cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShareProblem {
    #[error("this link was cut short or changed on its way, so nothing of it was opened; ask for it again, whole")]
    Damaged,
    #[error("this link was made by a newer version of Hookwright; reload the page, then open it again")]
    TooNew,
}

/// The first letter of a link without snippets, and of one with them, which older versions must refuse.
const PLAIN: &str = "1";
const WITH_SNIPPETS: &str = "2";
/// What unpacking may come to, in bytes: a small link must not fill the memory.
const MAX_UNPACKED: usize = 16 << 20;

/// Letters for an address.
pub fn pack(shared: &Shared) -> String {
    let mut map = Map::new();
    let text = |text: &str| Value::String(text.to_owned());
    map.insert("t".to_owned(), text(&shared.template));
    map.insert("e".to_owned(), text(&shared.event));
    map.insert("p".to_owned(), text(&shared.profile));
    map.insert("d".to_owned(), Value::Bool(shared.is_django));
    map.insert("a".to_owned(), Value::Bool(shared.is_autoescape_on));
    let version = if shared.snippets.is_empty() { PLAIN } else { WITH_SNIPPETS };
    if version == WITH_SNIPPETS {
        map.insert("s".to_owned(), text(&shared.snippets));
    }
    let plain = Value::Object(map).to_string();
    let mut bytes = checksum(plain.as_bytes()).to_be_bytes().to_vec();
    bytes.extend(squeeze(plain.as_bytes()));
    let mut letters = String::from(version);
    push_base64(&mut letters, &bytes);
    letters
}

/// What the letters of an address say.
pub fn unpack(letters: &str) -> Result<Shared, ShareProblem> {
    let (version, rest) = letters.trim().split_at_checked(1).ok_or(ShareProblem::Damaged)?;
    if ![PLAIN, WITH_SNIPPETS].contains(&version) {
        return Err(if version.starts_with(|c: char| c.is_ascii_digit()) {
            ShareProblem::TooNew
        } else {
            ShareProblem::Damaged
        });
    }
    let bytes = from_base64(rest).ok_or(ShareProblem::Damaged)?;
    let (sum, packed) = bytes.split_first_chunk::<4>().ok_or(ShareProblem::Damaged)?;
    let plain = expand(packed).ok_or(ShareProblem::Damaged)?;
    if checksum(&plain) != u32::from_be_bytes(*sum) {
        return Err(ShareProblem::Damaged);
    }
    let Ok(Value::Object(map)) = serde_json::from_slice(&plain) else { return Err(ShareProblem::Damaged) };
    let text = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let flag = |name: &str| map.get(name).and_then(Value::as_bool).unwrap_or_default();
    Ok(Shared {
        template: text("t"),
        event: text("e"),
        profile: text("p"),
        snippets: text("s"),
        is_django: flag("d"),
        is_autoescape_on: flag("a"),
    })
}

/// A sandbox as it is kept for the next visit: the event by itself, and all else.
pub fn join_kept(rest: &str, event: &str) -> String {
    format!("{rest}\n{event}")
}

/// What was kept; older versions kept a whole sandbox.
pub fn unpack_kept(kept: &str) -> Result<Shared, ShareProblem> {
    match kept.split_once('\n') {
        Some((rest, event)) => Ok(Shared { event: unpack(event)?.event, ..unpack(rest)? }),
        None => unpack(kept),
    }
}

/// FNV-1a: enough against accidents.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

const MIN_MATCH: usize = 4;
const MAX_MATCH: usize = 127 + MIN_MATCH;
const WINDOW: usize = 0xffff;
const LOOK_BITS: u32 = 15;

/// LZ77 in its simplest form. A byte below 128 announces as many plain bytes, less one; a byte from 128 on repeats
/// that many less 128, and four, from as far back as the next two bytes say.
fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // Where bytes of this look were seen last. Others may look alike, so what is found there is compared.
    let mut seen = vec![usize::MAX; 1 << LOOK_BITS];
    let mut see = |at: usize| {
        let key = u32::from_be_bytes(*bytes.get(at..)?.first_chunk::<MIN_MATCH>()?);
        let slot = seen.get_mut((key.wrapping_mul(0x9e37_79b1) >> (32 - LOOK_BITS)) as usize)?;
        Some(std::mem::replace(slot, at)).filter(|before| *before < at)
    };
    let (mut at, mut plain_start) = (0, 0);
    while at < bytes.len() {
        let before = see(at).filter(|before| at - before <= WINDOW);
        let length = before.map_or(0, |before| {
            let (old, new) = (bytes.get(before..).unwrap_or_default(), bytes.get(at..).unwrap_or_default());
            old.iter().zip(new).take(MAX_MATCH).take_while(|(old, new)| old == new).count()
        });
        match before {
            Some(before) if length >= MIN_MATCH => {
                push_plain(&mut packed, bytes.get(plain_start..at).unwrap_or_default());
                let [high, low] = u16::try_from(at - before).unwrap_or(0).to_be_bytes();
                packed.extend([128 + u8::try_from(length - MIN_MATCH).unwrap_or(0), high, low]);
                for inside in at + 1..at + length {
                    see(inside);
                }
                at += length;
                plain_start = at;
            }
            _ => at += 1,
        }
    }
    push_plain(&mut packed, bytes.get(plain_start..).unwrap_or_default());
    packed
}

fn push_plain(packed: &mut Vec<u8>, plain: &[u8]) {
    for chunk in plain.chunks(128) {
        packed.push(u8::try_from(chunk.len() - 1).unwrap_or(0));
        packed.extend(chunk);
    }
}

fn expand(packed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(head) = packed.get(at) {
        if plain.len() > MAX_UNPACKED {
            return None;
        }
        if *head < 128 {
            let end = at + 2 + usize::from(*head);
            plain.extend(packed.get(at + 1..end)?);
            at = end;
        } else {
            let length = usize::from(*head - 128) + MIN_MATCH;
            let back = usize::from(u16::from_be_bytes([*packed.get(at + 1)?, *packed.get(at + 2)?]));
            let start = plain.len().checked_sub(back).filter(|_| back > 0)?;
            for offset in 0..length {
                let byte = *plain.get(start + offset)?;
                plain.push(byte);
            }
            at += 3;
        }
    }
    Some(plain)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn push_base64(letters: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let six = (group >> (18 - 6 * place)) & 63;
            letters.extend(ALPHABET.get(six as usize).map(|letter| char::from(*letter)));
        }
    }
}

fn from_base64(letters: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(letters.len() * 3 / 4);
    for chunk in letters.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for letter in chunk {
            let six = ALPHABET.iter().position(|known| known == letter)?;
            group = group << 6 | u32::try_from(six).ok()?;
        }
        group <<= 6 * (4 - chunk.len());
        let [_, first, second, third] = group.to_be_bytes();
        let n_bytes = chunk.len().checked_sub(1).filter(|n| *n > 0)?;
        bytes.extend([first, second, third].iter().take(n_bytes));
    }
    // The last letter has bits to spare; only one spelling is ours.
    let mut again = String::with_capacity(letters.len());
    push_base64(&mut again, &bytes);
    (again == letters).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::view_model::sample::{event_text, profile_text};

    fn shared() -> Shared {
        let samples = samples::all().expect("samples");
        Shared {
            template: samples::order_to_erp_payload().to_owned(),
            event: event_text(samples.default_event().expect("an event")),
            profile: profile_text(samples.profiles.first().expect("a profile")),
            snippets: String::new(),
            is_django: false,
            is_autoescape_on: true,
        }
    }

    #[test]
    fn a_link_carries_a_sandbox_and_is_smaller_than_it() {
        let shared = shared();
        let letters = pack(&shared);
        assert_eq!(unpack(&letters), Ok(shared.clone()));
        assert!(letters.len() < shared.template.len() + shared.event.len() + shared.profile.len(), "{}", letters.len());
        assert!(letters.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        assert_eq!(unpack(&pack(&Shared::default())), Ok(Shared::default()));
        let with_snippets = Shared { snippets: "=== who\n{{ email }}".to_owned(), is_django: true, ..shared };
        assert_eq!(unpack(&pack(&with_snippets)), Ok(with_snippets));
    }

    #[test]
    fn what_is_kept_comes_back_whole_and_so_does_what_older_versions_kept() {
        let shared = shared();
        let rest = pack(&Shared { event: String::new(), ..shared.clone() });
        let event = pack(&Shared { event: shared.event.clone(), ..Shared::default() });
        assert_eq!(unpack_kept(&join_kept(&rest, &event)), Ok(shared.clone()));
        assert_eq!(unpack_kept(&pack(&shared)), Ok(shared));
        assert_eq!(unpack_kept(&join_kept(&rest, &event[..event.len() / 2])), Err(ShareProblem::Damaged));
    }

    #[test]
    fn what_repeats_is_carried_once() {
        let event = (0..3_000).map(|n| format!("{{\"SKU\": \"S-{n}\", \"Quantity\": {}}}", n % 7)).collect::<String>();
        let shared = Shared { event, ..shared() };
        let letters = pack(&shared);
        assert_eq!(unpack(&letters), Ok(shared.clone()));
        assert!(letters.len() < shared.event.len() / 2, "{} of {}", letters.len(), shared.event.len());
    }

    #[test]
    fn a_link_that_was_cut_is_told() {
        let letters = pack(&shared());
        for len in (0..letters.len()).step_by(7) {
            assert_eq!(unpack(&letters[..len]), Err(ShareProblem::Damaged), "{len}");
        }
    }

    #[test]
    fn a_link_that_was_changed_is_told() {
        let letters = pack(&shared());
        for at in (1..letters.len()).step_by(5) {
            let mut changed = letters.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("letters");
            assert_eq!(unpack(&changed), Err(ShareProblem::Damaged), "{at}");
        }
        assert_eq!(unpack("3abc"), Err(ShareProblem::TooNew));
        assert_eq!(unpack("<script>"), Err(ShareProblem::Damaged));
    }

    #[test]
    fn a_small_link_cannot_fill_the_memory() {
        // One byte, then repeated again and again.
        let mut packed = vec![0, b'a'];
        for _ in 0..1_000_000 {
            packed.extend([255, 0, 1]);
        }
        assert_eq!(expand(&packed), None);
    }
}
