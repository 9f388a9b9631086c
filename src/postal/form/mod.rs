//! The forms of postal codes by country, and how patterns are read for each.

mod british;
mod canadian;
mod digits;
mod irish;
mod other;
mod shape;

use super::pattern::{PatternDraft, ReadPattern};

/// The keys by which a code is compared with patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// A code pattern matches if it equals one of these.
    pub codes: Vec<String>,
    /// A prefix pattern matches if it is a prefix of this.
    pub text: String,
    /// A range pattern matches if it contains one of these.
    pub points: Vec<String>,
}

/// The form of a country's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Outward and inward code: `W1D 3QF`.
    British(&'static british::Area),
    /// Routing key and identifier: `D02 AF30`.
    Irish,
    /// `K1A 0B1`.
    Canadian,
    /// A fixed number of digits, possibly followed by more: `90210`, `90210-1234`, `1012 AB`.
    Digits(&'static digits::Digits),
    /// An unknown form, or none.
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

    /// Whether letters before the first digit may be the country's ISO code or road sign.
    pub fn takes_sign(self) -> bool {
        matches!(self, Form::Digits(_) | Form::Other)
    }

    /// The keys of a folded code.
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
