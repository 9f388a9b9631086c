//! Reads a pattern by the form that codes have in its country.

use super::{
    fold::{fold, fold_spaced, narrow},
    form::Form,
    pattern::{BadPattern, MAX_LENGTH, Pattern, PatternDraft, PatternPart, ReadPattern},
    sign,
};

/// Whether a text is a pattern that can match in a country.
pub fn check(country: &str, text: &str) -> Result<(), BadPattern> {
    read(country, text).map(drop)
}

/// Reads a pattern of a country.
pub fn read(country: &str, text: &str) -> ReadPattern {
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
            PatternPart::Range(end(low), end(high))
        }
        None => match narrow.trim_end().strip_suffix('*') {
            Some(prefix) => PatternPart::Prefix(prefix_of(country, form, prefix)?),
            None => PatternPart::Code(fold_part(&narrow)),
        },
    };
    let (first, second) = match &part {
        PatternPart::Code(text) | PatternPart::Prefix(text) => (text, text),
        PatternPart::Range(low, high) => (low, high),
    };
    if first.is_empty() && matches!(part, PatternPart::Code(_)) {
        return Err(BadPattern::Empty);
    }
    for text in [first, second] {
        if text.contains('*') {
            return Err(BadPattern::Star);
        }
        if !text.chars().all(|c| c.is_alphanumeric() || c == ' ') {
            return Err(match part {
                PatternPart::Range(..) => BadPattern::RangeEnds,
                PatternPart::Code(_) | PatternPart::Prefix(_) => BadPattern::Character,
            });
        }
    }
    form.read(&PatternDraft {
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
