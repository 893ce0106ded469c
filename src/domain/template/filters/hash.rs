//! The hashes that Klaviyo's dialect prints: MD5, SHA-1 and SHA-256.
//!
//! In: bytes. Out: the digest in small hexadecimal digits.
//! Never: anything secret. They are here since receivers expect them, as in a hashed email address.
//!
//! <https://www.rfc-editor.org/rfc/rfc1321> · <https://csrc.nist.gov/pubs/fips/180-4/upd1/final>

use minijinja::{Error, Value};

use crate::domain::template::filters::Call;

pub fn md5_hash(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(md5(call.text().as_bytes())))
}

pub fn sha_1(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(sha1(call.text().as_bytes())))
}

pub fn sha_256(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(sha256(call.text().as_bytes())))
}

/// Whose order of bytes a hash writes its numbers in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// The message with its end mark and its length in bits, in blocks of 64 bytes.
fn padded(bytes: &[u8], order: Order) -> Vec<u8> {
    let n_bits = (bytes.len() as u64).wrapping_mul(8);
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend(if order == Order::Big { n_bits.to_be_bytes() } else { n_bits.to_le_bytes() });
    message
}

/// Sixteen numbers of a block, and zeros up to `N`.
fn words<const N: usize>(block: &[u8], order: Order) -> [u32; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        let bytes = bytes.try_into().unwrap_or_default();
        *word = if order == Order::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    }
    words
}

fn at(words: &[u32], idx: usize) -> u32 {
    words.get(idx).copied().unwrap_or(0)
}

fn hex(words: &[u32], order: Order) -> String {
    let mut text = String::with_capacity(words.len() * 8);
    for word in words {
        let bytes = if order == Order::Big { word.to_be_bytes() } else { word.to_le_bytes() };
        for half in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}

fn add_all(state: &mut [u32], round: &[u32]) {
    for (kept, new) in state.iter_mut().zip(round) {
        *kept = kept.wrapping_add(*new);
    }
}

#[rustfmt::skip]
const MD5_SINES: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];
const MD5_TURNS: [u32; 16] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

fn md5(bytes: &[u8]) -> String {
    let mut state: [u32; 4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
    for block in padded(bytes, Order::Little).chunks_exact(64) {
        let words: [u32; 16] = words(block, Order::Little);
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64 {
            let (mixed, word) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), (7 * step) % 16),
            };
            let sum = a.wrapping_add(mixed).wrapping_add(at(&MD5_SINES, step)).wrapping_add(at(&words, word));
            let turned = b.wrapping_add(sum.rotate_left(at(&MD5_TURNS, step / 16 * 4 + step % 4)));
            (a, d, c, b) = (d, c, b, turned);
        }
        add_all(&mut state, &[a, b, c, d]);
    }
    hex(&state, Order::Little)
}

fn sha1(bytes: &[u8]) -> String {
    let mut state: [u32; 5] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    for block in padded(bytes, Order::Big).chunks_exact(64) {
        let mut words: [u32; 80] = words(block, Order::Big);
        for idx in 16..80 {
            let mixed = at(&words, idx - 3) ^ at(&words, idx - 8) ^ at(&words, idx - 14) ^ at(&words, idx - 16);
            if let Some(word) = words.get_mut(idx) {
                *word = mixed.rotate_left(1);
            }
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (step, word) in words.iter().enumerate() {
            let (mixed, constant) = match step / 20 {
                0 => ((b & c) | (!b & d), 0x5a827999),
                1 => (b ^ c ^ d, 0x6ed9eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdc),
                _ => (b ^ c ^ d, 0xca62c1d6),
            };
            let sum = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, sum);
        }
        add_all(&mut state, &[a, b, c, d, e]);
    }
    hex(&state, Order::Big)
}

#[rustfmt::skip]
const SHA256_ROOTS: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

fn sha256(bytes: &[u8]) -> String {
    let mut state: [u32; 8] =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    for block in padded(bytes, Order::Big).chunks_exact(64) {
        let mut words: [u32; 64] = words(block, Order::Big);
        for idx in 16..64 {
            let (early, late) = (at(&words, idx - 15), at(&words, idx - 2));
            let sum = at(&words, idx - 16)
                .wrapping_add(early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3))
                .wrapping_add(at(&words, idx - 7))
                .wrapping_add(late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10));
            if let Some(word) = words.get_mut(idx) {
                *word = sum;
            }
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
        for (word, root) in words.iter().zip(SHA256_ROOTS) {
            let first = h
                .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add((e & f) ^ (!e & g))
                .wrapping_add(root)
                .wrapping_add(*word);
            let second =
                (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
        }
        add_all(&mut state, &[a, b, c, d, e, f, g, h]);
    }
    hex(&state, Order::Big)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standards_hold() {
        assert_eq!(md5(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(md5(b"message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            sha1(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    /// Python's `hashlib` over texts whose lengths lie around the borders of blocks.
    #[test]
    fn every_length_around_a_block_is_padded_as_python_pads_it() {
        for (n_letters, md5_expected, sha1_expected, sha256_expected) in [
            (
                55,
                "ef1772b6dff9a122358552954ad0df65",
                "c1c8bbdc22796e28c0e15163d20899b65621d65a",
                "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
            ),
            (
                56,
                "3b0c8ac703f828b04c6c197006d17218",
                "c2db330f6083854c99d4b5bfb6e8f29f201be699",
                "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
            ),
            (
                57,
                "652b906d60af96844ebd21b674f35e93",
                "f08f24908d682555111be7ff6f004e78283d989a",
                "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6",
            ),
            (
                63,
                "b06521f39153d618550606be297466d5",
                "03f09f5b158a7a8cdad920bddc29b81c18a551f5",
                "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
            ),
            (
                64,
                "014842d480b571495a4a0363793f7367",
                "0098ba824b5c16427bd7a1122a5a442a25ec644d",
                "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
            ),
            (
                65,
                "c743a45e0d2e6a95cb859adae0248435",
                "11655326c708d70319be2610e8a57d9a5b959d3b",
                "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
            ),
            (
                119,
                "8a7bd0732ed6a28ce75f6dabc90e1613",
                "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56",
                "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb",
            ),
            (
                120,
                "5f61c0ccad4cac44c75ff505e1f1e537",
                "f34c1488385346a55709ba056ddd08280dd4c6d6",
                "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c",
            ),
            (
                1000,
                "cabe45dcc9ae5b66ba86600cca6b8ba8",
                "291e9a6c66994949b57ba5e650361e98fc36b1ba",
                "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
            ),
        ] {
            let text = "a".repeat(n_letters);
            assert_eq!(md5(text.as_bytes()), md5_expected, "{n_letters}");
            assert_eq!(sha1(text.as_bytes()), sha1_expected, "{n_letters}");
            assert_eq!(sha256(text.as_bytes()), sha256_expected, "{n_letters}");
        }
    }
}
