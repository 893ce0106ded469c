//! Turns a file's bytes into text.
//!
//! In: bytes. Out: text without its byte order mark, and how it was encoded; or why it is no text.
//! Invariant: text in UTF-8 comes out as it is; what is guessed is said.

use thiserror::Error;

/// How text was written into bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    /// A guess: the bytes are no UTF-8, and this is what spreadsheets on Windows write.
    Windows1252,
}

/// Why bytes are no text that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("the file is empty")]
    Empty,
    #[error("this is a workbook or an archive; save it as CSV or JSON and import that")]
    Archive,
    #[error("the file is compressed; unpack it first")]
    Compressed,
    #[error("the file holds no text")]
    Binary,
}

/// Reads the bytes as text.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), DecodeError> {
    let (text, encoding) = match bytes {
        [] => return Err(DecodeError::Empty),
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_eight(rest),
        [0xFF, 0xFE, rest @ ..] => (decode_sixteen(rest, u16::from_le_bytes), Encoding::Utf16),
        [0xFE, 0xFF, rest @ ..] => (decode_sixteen(rest, u16::from_be_bytes), Encoding::Utf16),
        [b'P', b'K', 3 | 5, ..] => return Err(DecodeError::Archive),
        [0x1F, 0x8B, ..] => return Err(DecodeError::Compressed),
        // Latin letters in UTF-16 have a zero in every other byte.
        [0, 1..=255, ..] => (decode_sixteen(bytes, u16::from_be_bytes), Encoding::Utf16),
        [1..=255, 0, ..] => (decode_sixteen(bytes, u16::from_le_bytes), Encoding::Utf16),
        _ => decode_eight(bytes),
    };
    if text.trim().is_empty() {
        return Err(DecodeError::Empty);
    }
    if text.contains('\0') { Err(DecodeError::Binary) } else { Ok((text, encoding)) }
}

fn decode_eight(bytes: &[u8]) -> (String, Encoding) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) => (bytes.iter().map(|byte| windows_1252(*byte)).collect(), Encoding::Windows1252),
    }
}

fn decode_sixteen(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// <https://encoding.spec.whatwg.org/#windows-1252>
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_out_of_every_encoding() {
        let sixteen = |mark: &[u8], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain("İzmir €5".encode_utf16().flat_map(unit)).collect()
        };
        for (bytes, encoding) in [
            ("İzmir €5".as_bytes().to_vec(), Encoding::Utf8),
            ("\u{feff}İzmir €5".as_bytes().to_vec(), Encoding::Utf8),
            (sixteen(&[0xFF, 0xFE], u16::to_le_bytes), Encoding::Utf16),
            (sixteen(&[0xFE, 0xFF], u16::to_be_bytes), Encoding::Utf16),
        ] {
            assert_eq!(decode(&bytes), Ok(("İzmir €5".to_owned(), encoding)));
        }
        assert_eq!(decode(b"Caf\xe9 \x80 5"), Ok(("Café € 5".to_owned(), Encoding::Windows1252)));
        let unmarked: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&unmarked), Ok(("{\"a\":1}".to_owned(), Encoding::Utf16)));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(decode(b""), Err(DecodeError::Empty));
        assert_eq!(decode(b" \r\n"), Err(DecodeError::Empty));
        assert_eq!(decode(b"\xEF\xBB\xBF"), Err(DecodeError::Empty));
        assert_eq!(decode(b"PK\x03\x04rest"), Err(DecodeError::Archive));
        assert_eq!(decode(b"\x1f\x8b\x08rest"), Err(DecodeError::Compressed));
        assert_eq!(decode(b"GIF89a\x00\x01\x00"), Err(DecodeError::Binary));
    }
}
