//! Finds the end of a text, eight bytes at a time.

/// Where a text ends.
pub(super) struct Closing {
    /// The place of its closing quote.
    pub(super) at: usize,
    pub(super) has_escape: bool,
}

/// The end of the text that begins with the first byte, its opening quote. `None` where there is none, and for a control
/// character, which a text must not have.
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

/// The high bit of each byte that ends the plain characters of a text: a quote, a backslash or a control character. Bytes
/// behind the first of them may be marked too.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // A byte borrows from the next one where it is less than what is taken away.
    let below = |limit: u8, word: u64| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let is = |byte: u8| below(1, word ^ (ONES * u64::from(byte)));
    (below(b' ', word) | is(b'"') | is(b'\\')) & HIGH
}
