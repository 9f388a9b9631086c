//! Reads a pattern according to its country's form of codes.

use super::{
    fold::{fold, fold_spaced, narrow},
    form::Form,
    pattern::{BadPattern, MAX_LENGTH, Pattern, PatternDraft, ReadPattern},
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
            // `BT1 *..BT95 *` means `BT1..BT95`; in other countries `10*..19*` would wrongly be a range of two-digit
            // codes.
            let end = |text: &str| match form.takes_sign() {
                true => fold_part(text),
                false => fold_part(text.trim_end().trim_end_matches('*')),
            };
            Pattern::Range(end(low), end(high))
        }
        None => match narrow.trim_end().strip_suffix('*') {
            Some(prefix) => Pattern::Prefix(prefix_of(country, form, prefix)?),
            None => Pattern::Code(fold_part(&narrow)),
        },
    };
    let (first, second) = match &part {
        Pattern::Code(text) | Pattern::Prefix(text) => (text, text),
        Pattern::Range(low, high) => (low, high),
    };
    if first.is_empty() && matches!(part, Pattern::Code(_)) {
        return Err(BadPattern::Empty);
    }
    for text in [first, second] {
        if text.contains('*') {
            return Err(BadPattern::Star);
        }
        if !text.chars().all(|c| c.is_alphanumeric() || c == ' ') {
            return Err(match part {
                Pattern::Range(..) => BadPattern::RangeEnds,
                Pattern::Code(_) | Pattern::Prefix(_) => BadPattern::Character,
            });
        }
    }
    form.read(&PatternDraft {
        written: text,
        part,
    })
}

/// The prefix before the star. It may be empty, which matches any code, only if the text is the country's sign alone.
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

/// A remark for the author of a valid pattern that may not mean what was intended.
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
