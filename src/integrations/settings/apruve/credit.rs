//! Reads how credit and outages affect the method at checkout.

use std::{ops::RangeInclusive, time::Duration};

use humantime_serde::re::humantime;

use crate::{http::body::Fields, payment_methods::CreditPolicy, string_enum::StringEnum};

/// The allowed values of `maxAge`. A shorter one would read the credit for every cart; a longer one makes the figures
/// meaningless.
const AGES: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(30 * 24 * 60 * 60);
const LONGEST_TEXT: usize = 40;

/// Reads the policy. An invalid member is recorded as an error and replaced by its default.
pub fn read(fields: &Fields<'_>) -> CreditPolicy {
    let default = CreditPolicy::DEFAULT;
    let Some(credit) = fields.object("credit") else {
        return default;
    };
    let fallback = |name| word(&credit, name, LONGEST_TEXT);
    let policy = CreditPolicy {
        check: word(&credit, "check", LONGEST_TEXT).unwrap_or(default.check),
        max_age: max_age(&credit).unwrap_or(default.max_age),
        when_unknown: fallback("whenUnknown").unwrap_or(default.when_unknown),
        when_unreachable: fallback("whenUnreachable").unwrap_or(default.when_unreachable),
    };
    credit.finish();
    policy
}

/// Reads one of a few words; `None` if it is absent or not one of them.
pub(super) fn word<T: StringEnum>(
    fields: &Fields<'_>,
    name: &'static str,
    longest: usize,
) -> Option<T> {
    let text = fields.optional_text(name, longest)?;
    let word = T::WORDS.iter().copied().find(|it| it.word() == text);
    if word.is_none() {
        let words: Vec<_> = T::WORDS
            .iter()
            .map(|it| format!("`{}`", it.word()))
            .collect();
        let words = words.join(", ");
        let words = words
            .rsplit_once(", ")
            .map_or(words.clone(), |(others, last)| {
                format!("{others} or {last}")
            });
        let message = format!("`{name}` is {words}, not `{text}`.");
        fields.refuse(name, "unknown_word", message);
    }
    word
}

fn max_age(fields: &Fields<'_>) -> Option<Duration> {
    let text = fields.optional_text("maxAge", LONGEST_TEXT)?;
    match humantime::parse_duration(&text) {
        Ok(age) if AGES.contains(&age) => Some(age),
        Ok(_) => {
            let message = "`maxAge` is from `1s` to `30days`.";
            fields.refuse("maxAge", "out_of_range", message);
            None
        }
        Err(_) => {
            let message = format!("`maxAge` is a duration such as `15m` or `2h`, not `{text}`.");
            fields.refuse("maxAge", "not_understood", message);
            None
        }
    }
}
