//! Scans the inside of a JSON text: plain bytes, eight at a time, and escapes.

/// The place of the next quote or backslash, from `at` on.
pub fn special_from(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = bytes.get(at..)?.first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\\'));
        if found != 0 {
            // A borrow may mark bytes behind the first match, but never before it.
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let place = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(at + place)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeat(1)) & !word & repeat(0x80)
}

/// The place after the escape whose backslash is at `at`, and whether the escape is a whole character.
pub fn escape_at(bytes: &[u8], at: usize) -> (usize, bool) {
    match unit_at(bytes, at) {
        None => (at + 2, true),
        Some(0xd800..=0xdbff) => match unit_at(bytes, at + 6) {
            Some(0xdc00..=0xdfff) => (at + 12, true),
            _ => (at + 6, false),
        },
        Some(0xdc00..=0xdfff) => (at + 6, false),
        Some(_) => (at + 6, true),
    }
}

/// The UTF-16 unit of `\uXXXX`; `None` for other escapes.
fn unit_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit: u16, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}
