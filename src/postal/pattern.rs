//! A pattern of a country, its parts before its country's form has read them, and why a text is none.

use std::borrow::Cow;

/// The longest pattern that is read, in characters.
pub const MAX_LENGTH: usize = 64;

/// What a pattern asks of a code, in the terms of [`super::form::Keys`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    Code(String),
    Prefix(String),
    /// Both ends belong to it; they compare as texts.
    Range(String, String),
}

/// A pattern of a country, or why it is none.
pub type ReadPattern = Result<Pattern, BadPattern>;

/// Why a text is not taken as a postal pattern.
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
    /// It is a pattern, but no code of the country is like that.
    #[error("{0}")]
    Never(Cow<'static, str>),
}

impl BadPattern {
    /// A stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            BadPattern::Empty => "too_short",
            BadPattern::TooLong => "too_long",
            BadPattern::Backwards => "range_backwards",
            BadPattern::Character | BadPattern::Star | BadPattern::RangeEnds => "not_a_postal_code",
            BadPattern::Never(_) => "pattern_never_matches",
        }
    }

    /// A pattern that matches no code of its country, and the form that would.
    pub fn never(draft: &PatternDraft<'_>, whose: &str, instead: &str) -> Self {
        let written = draft.written;
        BadPattern::Never(Cow::Owned(format!(
            "`{written}` never matches {whose} postal code; write {instead}."
        )))
    }
}

/// A pattern taken apart, before its country's form has its say.
#[derive(Debug)]
pub struct PatternDraft<'p> {
    /// As it was written.
    pub written: &'p str,
    pub part: PatternPart,
}

/// The parts of a pattern, folded.
#[derive(Debug, PartialEq, Eq)]
pub enum PatternPart {
    Code(String),
    /// The text before the star, with each run of blanks as one, also at the end.
    Prefix(String),
    /// The ends, each without a star.
    Range(String, String),
}
