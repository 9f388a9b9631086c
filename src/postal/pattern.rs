//! A postal pattern, its parts before the country's form has read them, and the errors of a text.

use std::borrow::Cow;

/// The maximum length of a pattern in characters.
pub const MAX_LENGTH: usize = 64;

/// A pattern. After the country's form has read it, it is compared with the [`super::form::Keys`] of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    Code(String),
    /// In a draft each run of blanks is one blank, also at the end.
    Prefix(String),
    /// A range that includes both ends, which are compared as texts.
    Range(String, String),
}

impl Pattern {
    pub fn range(low: String, high: String) -> ReadPattern {
        match low <= high {
            true => Ok(Pattern::Range(low, high)),
            false => Err(BadPattern::Backwards),
        }
    }
}

/// A pattern of a country, or the reason why the text is not one.
pub type ReadPattern = Result<Pattern, BadPattern>;

/// The reason why a text is not accepted as a postal pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    #[error("A postal code must not be empty.")]
    Empty,
    #[error("A postal code takes at most {MAX_LENGTH} characters.")]
    TooLong,
    #[error(
        "A postal code has letters, digits, blanks and hyphens only; give each code as an entry of its own."
    )]
    Character,
    #[error("`*` is allowed only at the end of a prefix, such as `902*`.")]
    Star,
    #[error("Both ends of a range are digits, as many on either side, such as `90000..90999`.")]
    RangeEnds,
    #[error("The range runs backwards; write the lower end first.")]
    Backwards,
    /// The text is a pattern, but no code of the country can match it.
    #[error("{0}")]
    Never(Cow<'static, str>),
}

impl BadPattern {
    /// The stable error code.
    pub fn code(&self) -> &'static str {
        match self {
            BadPattern::Empty => "too_short",
            BadPattern::TooLong => "too_long",
            BadPattern::Backwards => "range_backwards",
            BadPattern::Character | BadPattern::Star | BadPattern::RangeEnds => "not_a_postal_code",
            BadPattern::Never(_) => "pattern_never_matches",
        }
    }

    /// The error for a pattern that matches no code of its country; `instead` names one that would.
    pub fn never(draft: &PatternDraft<'_>, whose: &str, instead: &str) -> Self {
        let written = draft.written;
        BadPattern::Never(Cow::Owned(format!(
            "`{written}` never matches {whose} postal code; write {instead}."
        )))
    }

    /// As [`BadPattern::never`]; the examples are named if no pattern is known that may have been intended.
    pub fn never_like(
        draft: &PatternDraft<'_>,
        whose: &str,
        instead: Option<String>,
        examples: &str,
    ) -> Self {
        let instead = match instead {
            Some(instead) => format!("`{instead}`"),
            None => format!("it like {examples}"),
        };
        BadPattern::never(draft, whose, &instead)
    }
}

/// A pattern split into parts, before the country's form has read it.
#[derive(Debug)]
pub struct PatternDraft<'p> {
    /// The pattern as it was written.
    pub written: &'p str,
    /// The folded parts; the ends of a range without a star.
    pub part: Pattern,
}
