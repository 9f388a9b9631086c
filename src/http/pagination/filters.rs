//! Filters of many lists: ranges of time and money, repeatable words, and former parameter names.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::Query;
use crate::{
    http::text_value::TextValue,
    money::{Currency, Money},
};

/// The maximum number of values of a repeated parameter.
const MAX_REPEATED: usize = 100;

/// A range of time, half-open; `None` means no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first moment inside the range.
    pub from: Option<DateTime<Utc>>,
    /// The first moment after the range.
    pub until: Option<DateTime<Utc>>,
}

/// A range of amounts of one currency in minor units, half-open; `None` means no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmountRange {
    /// The smallest amount inside the range.
    pub from_minor: Option<i64>,
    /// The smallest amount above the range.
    pub until_minor: Option<i64>,
}

impl Query {
    /// Accepts a parameter also by its former name. Call it before the parameter is read. Both names at once with
    /// different values are refused.
    pub fn alias(&mut self, name: &'static str, former: &'static str) {
        self.names.push(former);
        let Some(values) = self.given.get(former).cloned() else {
            return;
        };
        match self.given.get(name) {
            None => {
                self.given.insert(name.to_owned(), values);
                self.spelled.insert(name, former);
            }
            Some(same) if *same == values => {}
            Some(_) => {
                let message = format!(
                    "`{former}` is the former name of `{name}`; give one of them, or both with the same value."
                );
                self.refuse(former, "conflict", message);
            }
        }
    }

    /// Every value of a repeatable parameter.
    pub fn each<T: TextValue + PartialEq>(&mut self, name: &'static str) -> Vec<T> {
        self.names.push(name);
        let given = self.given.get(name).cloned().unwrap_or_default();
        if given.len() > MAX_REPEATED {
            let message = format!("`{name}` takes at most {MAX_REPEATED} values.");
            self.refuse(name, "too_many", message);
            return Vec::new();
        }
        let mut values = Vec::new();
        for text in given {
            match T::from_text(&text) {
                Some(value) if values.contains(&value) => {}
                Some(value) => values.push(value),
                None => self.refuse_value(name, &T::expected(), &text),
            }
        }
        values
    }

    /// `…From`, the first moment inside the range, and `…Until`, the first moment after it.
    pub fn period(&mut self, from: &'static str, until: &'static str) -> Period {
        let period = Period {
            from: self.value(from),
            until: self.value(until),
        };
        if let (Some(first), Some(end)) = (period.from, period.until)
            && first > end
        {
            self.refuse_reversed_range(from, until);
        }
        period
    }

    /// `…From`, the smallest amount inside the range, and `…Until`, the smallest amount above it. Both need the filter
    /// `currency`, because amounts of different currencies do not compare.
    pub fn amounts(&mut self, names: [&'static str; 2]) -> AmountRange {
        let currency = self.given.get("currency").and_then(|given| given.first());
        let currency = currency.and_then(|code| Currency::parse(code));
        let [from_minor, until_minor] = names.map(|name| {
            let text = self.text(name)?;
            let amount = read_amount(&text);
            if amount.is_none() {
                self.refuse_value(name, "an amount such as 100.00", &text);
            }
            let amount = Money::from_decimal(amount?, currency?);
            let refused = |error| self.refuse(name, "not_an_amount", format!("`{name}` {error}."));
            amount.map_err(refused).ok().map(|amount| amount.minor())
        });
        let [from, until] = names;
        if !self.given.contains_key("currency")
            && names.iter().any(|it| self.given.contains_key(*it))
        {
            let message = format!(
                "`{from}` and `{until}` need `currency`: amounts of different currencies do not compare."
            );
            self.refuse("currency", "required", message);
        }
        if let (Some(first), Some(end)) = (from_minor, until_minor)
            && first > end
        {
            self.refuse_reversed_range(from, until);
        }
        AmountRange {
            from_minor,
            until_minor,
        }
    }

    fn refuse_reversed_range(&mut self, from: &str, until: &str) {
        let given = |name| self.spelled.get(name).copied().unwrap_or(name).to_owned();
        let (from, until) = (given(from), given(until));
        let message = format!("`{until}` must not be before `{from}`.");
        self.refuse(&until, "reversed_range", message);
    }
}

/// Reads digits with an optional point between them.
fn read_amount(text: &str) -> Option<Decimal> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.starts_with(|first: char| first.is_ascii_digit())
        && !text.ends_with('.');
    is_plain
        .then(|| Decimal::from_str_exact(text).ok())
        .flatten()
}
