//! Finds the end of a JSON string, eight bytes at a time.

/// The end of a JSON string.
pub(super) struct Closing {
    /// The index of the closing quote.
    pub(super) at: usize,
    pub(super) has_escape: bool,
}

/// The end of the string whose opening quote is the first byte. `None` if it has no end or contains a control
/// character, which JSON does not allow.
#[inline]
pub(super) fn closing_quote(bytes: &[u8]) -> Option<Closing> {
    let (mut at, mut has_escape) = (1, false);
    loop {
        while let Some(word) = bytes.get(at..)?.first_chunk() {
            let special = special_bytes(u64::from_le_bytes(*word));
            if special != 0 {
                at += special.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match *bytes.get(at)? {
            b'"' => return Some(Closing { at, has_escape }),
            b'\\' => {
                has_escape = true;
                at += 2;
            }
            0..b' ' => return None,
            // Near the end of the document.
            _ => at += 1,
        }
    }
}

/// Sets the high bit of each quote, backslash and control character. Bytes after the first marked one may be marked
/// wrongly.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Subtraction borrows from the next byte if a byte is less than `limit`, so only the first mark is reliable.
    let below = |limit: u8, word: u64| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let is = |byte: u8| below(1, word ^ (ONES * u64::from(byte)));
    (below(b' ', word) | is(b'"') | is(b'\\')) & HIGH
}
