//! Shapes of codes: `A` is a letter, `9` a digit, `X` either, and a lower-case letter is that letter.

/// Whether a folded text has this shape.
pub fn is(text: &str, shape: &str) -> bool {
    text.len() == shape.len() && begins(text, shape)
}

/// Whether a folded text has this shape, or is the beginning of a text with this shape.
pub fn begins(text: &str, shape: &str) -> bool {
    text.len() <= shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(is, wanted)| fits(is, wanted))
}

fn fits(byte: u8, wanted: u8) -> bool {
    match wanted {
        b'A' => byte.is_ascii_uppercase(),
        b'9' => byte.is_ascii_digit(),
        b'X' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        literal => byte == literal.to_ascii_uppercase(),
    }
}

/// Whether a text is not empty and has only digits.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
