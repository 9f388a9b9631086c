//! Example codes for a pattern.

use super::{code::PostalCode, set::PatternSet};

/// The maximum number of examples for one pattern.
const MOST: usize = 12;

/// Different codes of a country that match a pattern; empty if none was found.
pub fn examples(country: &str, pattern: &str) -> Vec<String> {
    let set = PatternSet::new(country, [pattern]);
    let matches = |text: &str| PostalCode::of(country, text).is_some_and(|code| set.matches(&code));
    let mut found: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if found.len() < MOST && matches(&text) && !found.contains(&text) {
            found.push(text);
        }
    };
    match pattern.split_once("..") {
        Some((low, high)) => {
            for end in [low, high] {
                add(end.trim().trim_end_matches('*').trim_end().to_owned());
            }
        }
        None => {
            let written = pattern.trim().trim_end_matches('*').trim_end();
            // Fill the pattern with digits to each total length.
            for length in written.len()..=9 {
                for digit in ["0", "5", "9"] {
                    let more = digit.repeat(length - written.len());
                    add(format!("{written}{more}"));
                }
            }
            for tail in ["", "AA", "1AA", " 1AA", "1 1AA", "9 9ZZ", "A1", "1A1"] {
                add(format!("{written}{tail}"));
            }
        }
    }
    found
}

/// Whether a pattern names one code, not a prefix or a range.
pub fn is_one_code(pattern: &str) -> bool {
    !pattern.contains('*') && !pattern.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_pattern_has_examples_that_it_matches() {
        for (country, pattern) in [
            ("US", "90210"),
            ("US", "902*"),
            ("US", "90000..90999"),
            ("DE", "10*"),
            ("DE", "D-10115"),
            ("GB", "W1"),
            ("GB", "W1 *"),
            ("GB", "NG1*"),
            ("GB", "BN1 3*"),
            ("GB", "BT1..BT95"),
            ("IE", "D02"),
            ("IE", "D01..D24"),
            ("CA", "K1A*"),
            ("NL", "1011 AB"),
            ("AU", "20*"),
        ] {
            assert!(
                !examples(country, pattern).is_empty(),
                "{country} {pattern}"
            );
        }
        assert!(examples("US", "902*").len() > 2);
        assert!(examples("US", "1234567890123*").is_empty());
    }
}
