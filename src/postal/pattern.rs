//! A pattern, read for a country.

use std::borrow::Cow;

use super::{
    fold::{fold, fold_spaced, narrow},
    form::Form,
    sign,
};

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
pub type Reading = Result<Pattern, BadPattern>;

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
    pub fn never(draft: &Draft<'_>, whose: &str, instead: &str) -> Self {
        let written = draft.written;
        BadPattern::Never(Cow::Owned(format!(
            "`{written}` never matches {whose} postal code; write {instead}."
        )))
    }
}

/// A pattern taken apart, before its country's form has its say.
#[derive(Debug)]
pub struct Draft<'p> {
    /// As it was written.
    pub written: &'p str,
    pub part: Part,
}

/// The parts of a pattern, folded.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Code(String),
    /// The text before the star, with each run of blanks as one, also at the end.
    Prefix(String),
    /// The ends, each without a star.
    Range(String, String),
}

/// Whether a text is a pattern that can match in a country.
pub fn check(country: &str, text: &str) -> Result<(), BadPattern> {
    read(country, text).map(drop)
}

/// Reads a pattern of a country.
pub fn read(country: &str, text: &str) -> Reading {
    if text.chars().count() > MAX_LENGTH {
        return Err(BadPattern::TooLong);
    }
    let form = Form::of(country);
    let fold_part = |part: &str| {
        let folded = fold(part);
        match form.takes_sign() {
            true => sign::strip(country, &folded).to_owned(),
            false => folded,
        }
    };
    let narrow = narrow(text);
    let part = match narrow.split_once("..") {
        Some((low, high)) => {
            // `BT1 *..BT95 *` is `BT1..BT95`; elsewhere `10*..19*` would be codes of two digits.
            let end = |text: &str| match form.takes_sign() {
                true => fold_part(text),
                false => fold_part(text.trim_end().trim_end_matches('*')),
            };
            Part::Range(end(low), end(high))
        }
        None => match narrow.trim_end().strip_suffix('*') {
            Some(prefix) => Part::Prefix(prefix_of(country, form, prefix)?),
            None => Part::Code(fold_part(&narrow)),
        },
    };
    let (first, second) = match &part {
        Part::Code(text) | Part::Prefix(text) => (text, text),
        Part::Range(low, high) => (low, high),
    };
    if first.is_empty() && matches!(part, Part::Code(_)) {
        return Err(BadPattern::Empty);
    }
    for text in [first, second] {
        if text.contains('*') {
            return Err(BadPattern::Star);
        }
        if !text.chars().all(|c| c.is_alphanumeric() || c == ' ') {
            return Err(match part {
                Part::Range(..) => BadPattern::RangeEnds,
                Part::Code(_) | Part::Prefix(_) => BadPattern::Character,
            });
        }
    }
    form.read(&Draft {
        written: text,
        part,
    })
}

/// The prefix may be empty (any code) only where the star follows nothing but the country's sign.
fn prefix_of(country: &str, form: Form, text: &str) -> Result<String, BadPattern> {
    let spaced = fold_spaced(text);
    if spaced.trim().is_empty() {
        return Err(BadPattern::Star);
    }
    if !form.takes_sign() {
        return Ok(spaced);
    }
    let starred = format!("{}*", fold(&spaced));
    let stripped = sign::strip(country, &starred);
    Ok(stripped.strip_suffix('*').unwrap_or(stripped).to_owned())
}

/// What a person who wrote this may want to know although it is taken.
pub fn remark(country: &str, text: &str) -> Option<String> {
    let Form::British(_) = Form::of(country) else {
        return None;
    };
    let (Ok(Pattern::Code(outward)), spaced) = (read(country, text), fold_spaced(&narrow(text)))
    else {
        return None;
    };
    // `BN1 3` is the outward code BN13; the author may have meant the sector.
    let (before, after) = spaced.trim_end().rsplit_once(' ')?;
    let is_sector = after.len() == 1 && after.bytes().all(|byte| byte.is_ascii_digit());
    is_sector.then(|| {
        format!("`{text}` is the outward code `{outward}`; the sector is `{before} {after}*`.")
    })
}
