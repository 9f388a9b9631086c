//! The cursor of a reader: the `sequence` of the last event that it has read, as 20 digits.

const DIGITS: usize = 20;

/// Formats a cursor.
pub fn to_text(sequence: i64) -> String {
    format!("{sequence:0DIGITS$}")
}

/// Parses a cursor; leading zeros may be left out. `None` for a text that is not a possible `sequence`.
pub fn parse(text: &str) -> Option<i64> {
    let is_number = (1..=DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        for sequence in [0, 1, 4711, i64::MAX] {
            assert_eq!(to_text(sequence).len(), 20);
            assert_eq!(parse(&to_text(sequence)), Some(sequence));
        }
        assert_eq!(parse("7"), Some(7));
        for text in [
            "",
            "-1",
            "+1",
            "x",
            "1.0",
            "99999999999999999999",
            "000000000000000000001",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
