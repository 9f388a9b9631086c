//! What postal codes look like in each country, and how a pattern is read there.

mod british;
mod canadian;
mod digits;
mod irish;
mod other;
mod shape;

use super::pattern::{PatternDraft, ReadPattern};

/// What a code is compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Patterns that name one of these match.
    pub codes: Vec<String>,
    /// Prefixes of this match.
    pub text: String,
    /// Ranges that hold one of these match.
    pub points: Vec<String>,
}

/// The form of a country's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Outward code and inward code: `W1D 3QF`.
    British(&'static british::Area),
    /// Routing key and identifier: `D02 AF30`.
    Irish,
    /// `K1A 0B1`.
    Canadian,
    /// So many digits, and perhaps more: `90210`, `90210-1234`, `1012 AB`.
    Digits(&'static digits::Digits),
    /// A form that we do not know, or none.
    Other,
}

impl Form {
    /// The form of codes in a country.
    pub fn of(country: &str) -> Self {
        if let Some(digits) = digits::of(country) {
            return Form::Digits(digits);
        }
        if let Some(area) = british::of(country) {
            return Form::British(area);
        }
        match country {
            "IE" => Form::Irish,
            "CA" => Form::Canadian,
            _ => Form::Other,
        }
    }

    /// Whether letters before the first digit may be a sign of the country.
    pub fn takes_sign(self) -> bool {
        matches!(self, Form::Digits(_) | Form::Other)
    }

    /// What a folded code is compared by.
    pub fn keys(self, folded: String) -> Keys {
        match self {
            Form::British(_) => british::keys(folded),
            Form::Irish => irish::keys(folded),
            Form::Canadian => Keys {
                codes: vec![folded.clone()],
                text: folded,
                points: Vec::new(),
            },
            Form::Digits(digits) => digits.keys(folded),
            Form::Other => other::keys(folded),
        }
    }

    /// Reads a pattern.
    pub fn read(self, draft: &PatternDraft<'_>) -> ReadPattern {
        match self {
            Form::British(area) => british::read(area, draft),
            Form::Irish => irish::read(draft),
            Form::Canadian => canadian::read(draft),
            Form::Digits(digits) => digits.read(draft),
            Form::Other => other::read(draft),
        }
    }
}
