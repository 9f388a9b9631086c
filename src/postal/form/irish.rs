//! Eircodes: a routing key and an identifier, as in `D02 AF30`. The routing key alone matches all of its codes.

use super::{Keys, shape};
use crate::postal::fold;
use crate::postal::pattern::{BadPattern, Pattern, PatternDraft, ReadPattern};

/// The shapes of routing keys. `D6W` is the only one that does not end with two digits; it is in no range.
const ROUTING_KEYS: [&str; 2] = ["A99", "d6w"];
const FULL: [&str; 2] = ["A99XXXX", "d6wXXXX"];

fn is_key(text: &str) -> bool {
    ROUTING_KEYS.iter().any(|shape| shape::is(text, shape))
}

fn is_full(text: &str) -> bool {
    FULL.iter().any(|shape| shape::is(text, shape))
}

fn begins(text: &str) -> bool {
    FULL.iter().any(|shape| shape::begins(text, shape))
}

pub fn keys(folded: String) -> Keys {
    let key = (is_key(&folded) || is_full(&folded)).then(|| folded[..3].to_owned());
    let mut codes = vec![folded.clone()];
    codes.extend(key.clone().filter(|key| *key != folded));
    Keys {
        codes,
        points: Vec::from_iter(key.filter(|key| shape::is(key, "A99"))),
        text: folded,
    }
}

pub fn read(draft: &PatternDraft<'_>) -> ReadPattern {
    let instead = match &draft.part {
        Pattern::Code(code) if is_key(code) || is_full(code) => {
            return Ok(Pattern::Code(code.clone()));
        }
        Pattern::Code(code) => hyphened(draft.written).or_else(|| instead_of(code)),
        Pattern::Prefix(prefix) => {
            let compact = prefix.replace(' ', "");
            // A blank marks the end of the routing key.
            match prefix.split_once(' ') {
                Some((key, "")) if is_key(key) => return Ok(Pattern::Code(compact)),
                Some((key, _)) if is_key(key) && begins(&compact) => {
                    return Ok(Pattern::Prefix(compact));
                }
                None if begins(&compact) => return Ok(Pattern::Prefix(compact)),
                Some((key, "")) => instead_of(key),
                Some(_) | None => None,
            }
        }
        Pattern::Range(low, high) => match (number(low), number(high)) {
            (Some(low), Some(high)) if low[..1] == high[..1] => return Pattern::range(low, high),
            (Some(_), Some(_)) | (None, _) | (_, None) => None,
        },
    };
    let instead =
        instead.unwrap_or_else(|| "it like `D02 AF30`, `D02`, `D0*` or `D01..D24`".to_owned());
    Err(BadPattern::never(draft, "an Irish", &instead))
}

/// The routing key for a letter and one or two digits; Dublin's former postal districts had one or two.
fn number(text: &str) -> Option<String> {
    if shape::is(text, "A9") {
        return Some(format!("{}0{}", &text[..1], &text[1..]));
    }
    shape::is(text, "A99").then(|| text.to_owned())
}

/// A range written with a hyphen, as in `D02-D04`.
fn hyphened(written: &str) -> Option<String> {
    let (low, high) = fold::around_hyphen(written)?;
    let (low, high) = (number(&low)?, number(&high)?);
    let is_range = low[..1] == high[..1] && low <= high;
    is_range.then(|| format!("`{low}..{high}`"))
}

fn instead_of(text: &str) -> Option<String> {
    match number(text) {
        Some(key) => Some(format!("`{key}`")),
        None => begins(text).then(|| format!("`{text}*`")),
    }
}
