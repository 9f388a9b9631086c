//! Postal codes of a destination: one code, a prefix `902*`, or a range `90000..90999`.
//!
//! Case and blanks do not matter anywhere. An address in the US may carry a ZIP+4; a code or a range then looks at its
//! first five digits, a prefix at all of it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest pattern that is read, in characters.
pub const MAX_LENGTH: usize = 64;

/// An address's postal code, made ready once so that comparing it with many patterns allocates nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalCode {
    folded: String,
    /// How much of it a code or a range is compared with.
    significant: usize,
}

impl PostalCode {
    /// Makes the postal code of an address in `country` ready; `None` when there is nothing but blanks.
    pub fn of(country: &str, text: &str) -> Option<Self> {
        let folded = fold(text);
        if folded.is_empty() {
            return None;
        }
        let significant = if country == "US" && is_zip_plus_4(&folded) {
            5
        } else {
            folded.len()
        };
        Some(PostalCode {
            folded,
            significant,
        })
    }

    fn significant(&self) -> &str {
        &self.folded[..self.significant]
    }
}

/// What a destination asks of a postal code. Written as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostalPattern {
    text: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exact(String),
    Prefix(String),
    /// Both ends belong to it; they have equally many digits, so they compare as texts.
    Range(String, String),
}

/// Why a text is no postal pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    #[error("A postal code must not be empty.")]
    Empty,
    #[error("A postal code takes at most {MAX_LENGTH} characters.")]
    TooLong,
    #[error(
        "A postal code has letters, digits, blanks and hyphens only; give each code as an entry of its own."
    )]
    Character,
    #[error("`*` stands only at the end of a prefix, such as `902*`.")]
    Star,
    #[error("Both ends of a range are digits, as many on either side, such as `90000..90999`.")]
    RangeEnds,
    #[error("The range runs backwards; write the lower end first.")]
    Backwards,
}

impl PostalPattern {
    /// Whether an address with this postal code is meant.
    pub fn matches(&self, code: &PostalCode) -> bool {
        match &self.test {
            // A full ZIP+4 may also be named as one.
            Test::Exact(wanted) => *wanted == code.significant() || *wanted == code.folded,
            Test::Prefix(prefix) => code.folded.starts_with(prefix.as_str()),
            Test::Range(low, high) => {
                let code = code.significant();
                code.len() == low.len()
                    && is_digits(code)
                    && (low.as_str()..=high.as_str()).contains(&code)
            }
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for PostalPattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        if text.chars().count() > MAX_LENGTH {
            return Err(BadPattern::TooLong);
        }
        Ok(PostalPattern {
            test: read(&fold(text))?,
            text: text.to_owned(),
        })
    }
}

fn read(folded: &str) -> Result<Test, BadPattern> {
    if let Some((low, high)) = folded.split_once("..") {
        if !is_digits(low) || !is_digits(high) || low.len() != high.len() {
            return Err(BadPattern::RangeEnds);
        }
        if low > high {
            return Err(BadPattern::Backwards);
        }
        return Ok(Test::Range(low.to_owned(), high.to_owned()));
    }
    let (code, is_prefix) = match folded.strip_suffix('*') {
        Some("") => return Err(BadPattern::Star),
        Some(prefix) => (prefix, true),
        None => (folded, false),
    };
    if code.is_empty() {
        Err(BadPattern::Empty)
    } else if code.contains('*') {
        Err(BadPattern::Star)
    } else if !code.chars().all(|c| c.is_alphanumeric() || c == '-') {
        Err(BadPattern::Character)
    } else if is_prefix {
        Ok(Test::Prefix(code.to_owned()))
    } else {
        Ok(Test::Exact(code.to_owned()))
    }
}

/// Upper case without blanks.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_zip_plus_4(folded: &str) -> bool {
    match folded.split_once('-') {
        Some((zip, plus)) => zip.len() == 5 && plus.len() == 4 && is_digits(zip) && is_digits(plus),
        None => folded.len() == 9 && is_digits(folded),
    }
}

impl TryFrom<String> for PostalPattern {
    type Error = BadPattern;

    fn try_from(text: String) -> Result<Self, BadPattern> {
        text.parse()
    }
}

impl From<PostalPattern> for String {
    fn from(pattern: PostalPattern) -> Self {
        pattern.text
    }
}

impl fmt::Display for PostalPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, country: &str, code: &str) -> bool {
        let pattern: PostalPattern = pattern.parse().expect(pattern);
        PostalCode::of(country, code).is_some_and(|code| pattern.matches(&code))
    }

    #[test]
    fn codes_prefixes_and_ranges_match_what_they_say() {
        for (pattern, country, code, expected) in [
            ("90210", "US", "90210", true),
            ("90210", "US", "90211", false),
            ("902*", "US", "90210", true),
            ("902*", "US", "90310", false),
            ("902*", "US", "902", true),
            ("90000..90999", "US", "90000", true),
            ("90000..90999", "US", "90999", true),
            ("90000..90999", "US", "89999", false),
            ("90000..90999", "US", "91000", false),
            ("00500..00999", "US", "00501", true),
            ("1000..1999", "AT", "10000", false),
            ("1000..1999", "AT", "1A00", false),
        ] {
            assert_eq!(
                matches(pattern, country, code),
                expected,
                "{pattern} {code}"
            );
        }
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        assert!(matches("yo1 7hh", "GB", "YO17HH"));
        assert!(matches("YO17HH", "GB", " yo1  7hh "));
        assert!(matches("yo1 *", "GB", "Yo1 7HH"));
        assert!(matches(" 90000 .. 90999 ", "US", "90 210"));
    }

    #[test]
    fn a_zip_plus_4_counts_by_its_first_five_digits_in_codes_and_ranges() {
        assert!(matches("90210", "US", "90210-1234"));
        assert!(matches("90210", "US", "902101234"));
        assert!(matches("90000..90210", "US", "90210-9999"));
        assert!(matches("90210-1234", "US", "90210-1234"));
        assert!(matches("90210-1*", "US", "90210-1234"));
        assert!(!matches("90210-1234", "US", "90210"));
        assert!(!matches("90210", "MX", "90210-1234"));
        assert!(!matches("90210", "US", "90210-12"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", BadPattern::Empty),
            ("  ", BadPattern::Empty),
            ("*", BadPattern::Star),
            ("9*2", BadPattern::Star),
            ("90**", BadPattern::Star),
            ("90210,90211", BadPattern::Character),
            ("90999..90000", BadPattern::Backwards),
            ("900..90999", BadPattern::RangeEnds),
            ("A1..A9", BadPattern::RangeEnds),
            ("..90999", BadPattern::RangeEnds),
            ("1..2..3", BadPattern::RangeEnds),
        ] {
            assert_eq!(text.parse::<PostalPattern>(), Err(reason), "{text:?}");
        }
        assert_eq!(
            "9".repeat(65).parse::<PostalPattern>(),
            Err(BadPattern::TooLong)
        );
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        let pattern: PostalPattern = serde_json::from_str("\"yo1 7*\"").expect("a pattern");
        assert_eq!(serde_json::to_string(&pattern).expect("JSON"), "\"yo1 7*\"");
        assert!(serde_json::from_str::<PostalPattern>("\"2..1\"").is_err());
    }

    #[test]
    fn an_address_without_a_postal_code_has_none() {
        assert_eq!(PostalCode::of("US", " \t"), None);
    }
}
