//! The names a shop gives to its orders and invoices, by which they are found again at the provider.

use std::fmt;

use crate::providers::CleanText;

/// The maximum length in characters that the provider's fields and our columns are known to hold.
const MOST_CHARS: usize = 255;

/// An order's or invoice's name: at most 255 characters, and nothing that the provider could change. It is compared
/// with the provider's answers, so an unsuitable name is refused and not cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// Takes a name as it is.
    ///
    /// # Errors
    /// The rest of a sentence that begins with the field's name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.trim().is_empty() {
            Err("must not be empty.")
        } else if text.chars().count() > MOST_CHARS {
            Err("takes at most 255 characters.")
        } else if text.chars().any(char::is_control) {
            Err("must not contain control characters.")
        } else if text.trim() != text {
            Err("must not begin or end with a blank.")
        } else if CleanText::line(text).as_str() != text {
            Err("must not contain markup, nor any blanks but single spaces.")
        } else {
            Ok(Reference(text.to_owned()))
        }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The order's name at the provider in its `attempt`th attempt, from 1. The first attempt uses the name itself.
    pub fn of_attempt(&self, attempt: u32) -> String {
        match attempt {
            0 | 1 => self.0.clone(),
            later => format!("{self}-{later}"),
        }
    }

    /// The name as a text for people.
    pub fn to_text(&self) -> CleanText {
        CleanText::line(&self.0)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_only_if_it_survives_the_way_to_the_provider() {
        let longest = "é".repeat(255);
        for text in ["SO-1001", "a b", "R&D 5 < 6", "7", &longest] {
            let name = Reference::parse(text).expect(text);
            assert_eq!((name.as_str(), name.to_text().as_str()), (text, text));
        }
        let too_long = "é".repeat(256);
        for (text, why) in [
            ("", "empty"),
            (" \u{a0} ", "empty"),
            (too_long.as_str(), "at most"),
            ("SO\n1", "control"),
            ("SO\0", "control"),
            ("SO\u{85}1", "control"),
            ("SO-1 ", "begin or end"),
            ("\u{2003}SO-1", "begin or end"),
            ("SO  1", "single spaces"),
            ("SO\u{a0}1", "single spaces"),
            ("SO<b>1</b>", "markup"),
        ] {
            let refused = Reference::parse(text).expect_err(text);
            assert!(refused.contains(why), "{text:?}: {refused}");
        }
    }

    #[test]
    fn later_attempts_have_names_of_their_own() {
        let name = Reference::parse("SO-1").expect("a name");
        assert_eq!(name.of_attempt(1), "SO-1");
        assert_eq!(name.of_attempt(2), "SO-1-2");
    }
}
