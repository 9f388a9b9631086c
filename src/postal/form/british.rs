//! Codes of the United Kingdom, Guernsey, Jersey and the Isle of Man: an outward and an inward code, as in `W1D 3QF`. A
//! code is full if it ends with a digit and two letters; any other code is only an outward code.

use super::{Keys, shape};
use crate::postal::{
    fold,
    pattern::{BadPattern, Pattern, PatternDraft, ReadPattern},
};

/// The area of one postal operator.
#[derive(Debug, PartialEq, Eq)]
pub struct Area {
    country: &'static str,
    /// "a British", as in "never matches a British postal code".
    whose: &'static str,
    /// The letters with which every code begins.
    letters: &'static str,
    /// Valid patterns, for error messages.
    examples: &'static str,
}

static AREAS: &[Area] = &[
    Area {
        country: "GB",
        whose: "a British",
        letters: "",
        examples: "`EH22 2GF`, `EH22`, `EH22 2*`, `EH2*` or `BT1..BT95`",
    },
    Area {
        country: "GG",
        whose: "a Guernsey",
        letters: "GY",
        examples: "`GY1 1WR`, `GY1`, `GY1 1*` or `GY1..GY10`",
    },
    Area {
        country: "JE",
        whose: "a Jersey",
        letters: "JE",
        examples: "`JE2 4WQ`, `JE2`, `JE2 4*` or `JE1..JE4`",
    },
    Area {
        country: "IM",
        whose: "a Manx",
        letters: "IM",
        examples: "`IM1 3LH`, `IM1`, `IM1 3*` or `IM1..IM9`",
    },
];

/// The shapes of outward codes. The last ones are those of Girobank and of the British Forces.
const OUTWARD: [&str; 10] = [
    "A9", "A99", "A9A", "AA9", "AA99", "AA9A", "gir", "bfpo9", "bfpo99", "bfpo999",
];
const INWARD: &str = "9AA";

/// The area of a country; `None` if its codes have another form.
pub fn of(country: &str) -> Option<&'static Area> {
    AREAS.iter().find(|area| area.country == country)
}

fn split(folded: &str) -> (&str, &str) {
    let place = folded.len().saturating_sub(INWARD.len());
    match folded.split_at_checked(place) {
        Some((outward, inward)) if !outward.is_empty() && shape::is(inward, INWARD) => {
            (outward, inward)
        }
        Some(_) | None => (folded, ""),
    }
}

/// The outward code without its final letter: `W1` for `W1D`.
fn without_letter(outward: &str) -> Option<&str> {
    let shorter = outward.strip_suffix(|last: char| last.is_ascii_uppercase())?;
    shorter
        .ends_with(|last: char| last.is_ascii_digit())
        .then_some(shorter)
}

/// The area and number of an outward code, for comparison with a range; a letter after them is ignored.
fn point(outward: &str) -> Option<String> {
    let digits = outward.find(|next: char| next.is_ascii_digit())?;
    let (letters, rest) = outward.split_at(digits);
    let number = without_letter(outward).map_or(rest, |shorter| &shorter[digits..]);
    let is_outward = OUTWARD[..6].iter().any(|shape| shape::is(outward, shape));
    is_outward.then(|| format!("{letters} {number:0>2}"))
}

pub fn keys(folded: String) -> Keys {
    let (outward, inward) = split(&folded);
    let mut codes = vec![outward.to_owned()];
    codes.extend(without_letter(outward).map(str::to_owned));
    let text = match inward {
        "" => outward.to_owned(),
        inward => format!("{outward} {inward}"),
    };
    let points = point(outward).into_iter().collect();
    if !inward.is_empty() {
        codes.push(folded);
    }
    Keys {
        codes,
        text,
        points,
    }
}

impl Area {
    fn holds(&self, text: &str) -> bool {
        text.starts_with(self.letters) || self.letters.starts_with(text)
    }

    fn is_outward(&self, text: &str) -> bool {
        self.holds(text) && OUTWARD.iter().any(|shape| shape::is(text, shape))
    }

    fn begins_outward(&self, text: &str) -> bool {
        !text.is_empty()
            && self.holds(text)
            && OUTWARD.iter().any(|shape| shape::begins(text, shape))
    }

    fn is_full(&self, text: &str) -> bool {
        let (outward, inward) = split(text);
        !inward.is_empty() && self.is_outward(outward)
    }

    /// Splits text without a blank into an outward code and the beginning of an inward code.
    fn sector(&self, text: &str) -> Option<String> {
        (1..text.len())
            .rev()
            .filter_map(|place| text.split_at_checked(place))
            .find(|(outward, inward)| self.is_outward(outward) && shape::begins(inward, INWARD))
            .map(|(outward, inward)| format!("{outward} {inward}"))
    }

    /// A valid pattern that may have been intended.
    fn instead_of(&self, draft: &PatternDraft<'_>, compact: &str) -> Option<String> {
        let range = || {
            let (low, high) = fold::around_hyphen(draft.written)?;
            let (from, to) = (point(&low)?, point(&high)?);
            let is_range = from.split(' ').next() == to.split(' ').next() && from <= to;
            (is_range && self.is_outward(&low) && self.is_outward(&high))
                .then(|| format!("{low}..{high}"))
        };
        if let Some(range) = range() {
            return Some(range);
        }
        if self.is_full(compact) {
            let (outward, inward) = split(compact);
            return Some(format!("{outward} {inward}"));
        }
        if self.begins_outward(compact) {
            return Some(format!("{compact}*"));
        }
        self.sector(compact).map(|sector| format!("{sector}*"))
    }
}

pub fn read(area: &Area, draft: &PatternDraft<'_>) -> ReadPattern {
    let instead = match &draft.part {
        Pattern::Code(code) if area.is_outward(code) || area.is_full(code) => {
            return Ok(Pattern::Code(code.clone()));
        }
        Pattern::Code(code) => area.instead_of(draft, code),
        Pattern::Prefix(prefix) => {
            let compact = prefix.replace(' ', "");
            match prefix.rsplit_once(' ') {
                None if area.begins_outward(prefix) => return Ok(Pattern::Prefix(compact)),
                // The blank marks the end of the outward code.
                Some((_, "")) if area.is_outward(&compact) => return Ok(Pattern::Code(compact)),
                Some((outward, inward)) if !inward.is_empty() => {
                    let outward = outward.replace(' ', "");
                    if area.is_outward(&outward) && shape::begins(inward, INWARD) {
                        return Ok(Pattern::Prefix(format!("{outward} {inward}")));
                    }
                    area.instead_of(draft, &compact)
                }
                None | Some(_) => area.instead_of(draft, &compact),
            }
        }
        Pattern::Range(low, high) => match (point(low), point(high)) {
            (Some(from), Some(to)) if is_range(area, (low, high), (&from, &to)) => {
                return Pattern::range(from, to);
            }
            (Some(_), Some(_)) | (None, _) | (_, None) => None,
        },
    };
    let Area {
        whose, examples, ..
    } = area;
    Err(BadPattern::never_like(draft, whose, instead, examples))
}

/// Whether both ends have the same area and no final letter: `W1A..W1D` would match all of `W1`.
fn is_range(area: &Area, ends: (&str, &str), points: (&str, &str)) -> bool {
    let letters = |point: &str| point.split(' ').next().map(str::to_owned);
    letters(points.0) == letters(points.1)
        && area.is_outward(ends.0)
        && area.is_outward(ends.1)
        && without_letter(ends.0).is_none()
        && without_letter(ends.1).is_none()
}
