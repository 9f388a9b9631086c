//! The cells of an attribute, each with one representative value.

use rust_decimal::{Decimal, RoundingStrategy};

use super::constants::Constants;
use super::domain::{Listed, Numbers, Texts};
use crate::number::MAX_DIGITS;

/// The representative value of a cell, and whether the cell holds no other value.
type Representative<T> = (T, bool);

fn exact<T>(value: T) -> Representative<T> {
    (value, true)
}

fn one_of_many<T>(value: T) -> Representative<T> {
    (value, false)
}

/// The cells of numbers: each constant, each end of the interval, and the intervals between them.
pub(super) fn numbers(constants: &Constants, domain: &Numbers) -> Vec<Representative<Decimal>> {
    let mut borders = constants.numbers.clone();
    borders.push(Decimal::ZERO);
    borders.extend(domain.low);
    borders.extend(domain.high);
    borders.sort_unstable();
    borders.dedup();
    let is_within = |number: &Decimal| {
        domain.low.is_none_or(|low| low <= *number)
            && domain.high.is_none_or(|high| *number <= high)
            && number.normalize().scale() <= domain.scale
    };
    let open_below = std::iter::once(None).chain(borders.iter().copied().map(Some));
    let open_above = borders.iter().copied().map(Some).chain([None]);
    let mut cells: Vec<_> = Vec::new();
    for (below, above) in open_below.zip(open_above) {
        let between = between(below, above, domain.scale);
        let fraction = || fraction(below, above, domain.scale);
        let fraction = constants.whole.then(fraction).flatten();
        let found = between.into_iter().chain(fraction).filter(is_within);
        cells.extend(found.map(one_of_many));
    }
    let borders = borders.into_iter().filter(is_within);
    cells.extend(borders.map(|number| exact(number.normalize())));
    // Small positive numbers first: they make a witness easier to read.
    cells.sort_by_key(|(number, _)| (*number <= Decimal::ZERO, number.abs()));
    cells
}

/// The number with the fewest decimals between two others.
fn between(below: Option<Decimal>, above: Option<Decimal>, scale: u32) -> Option<Decimal> {
    let hundred = Decimal::ONE_HUNDRED;
    let (below, above) = match (below, above) {
        (None, None) => return Some(hundred),
        (None, Some(above)) => return above.floor().checked_sub(hundred),
        (Some(below), None) => return below.floor().checked_add(hundred),
        (Some(below), Some(above)) => (below, above),
    };
    let scales = 0..=scale.min(MAX_DIGITS as u32);
    scales
        .filter_map(|scale| next(below, scale))
        .find(|number| *number < above)
}

/// A number with a fraction between two others.
fn fraction(below: Option<Decimal>, above: Option<Decimal>, scale: u32) -> Option<Decimal> {
    let below = match (below, above) {
        (Some(below), _) => below,
        (None, Some(above)) => above.floor().checked_sub(Decimal::TWO)?,
        (None, None) => Decimal::ZERO,
    };
    let scales = 1..=scale.min(MAX_DIGITS as u32);
    scales
        .filter_map(|scale| next(below, scale))
        .find(|number| !number.fract().is_zero() && above.is_none_or(|above| *number < above))
}

/// The smallest number above `number` with at most `scale` decimals.
fn next(number: Decimal, scale: u32) -> Option<Decimal> {
    let floor = number.round_dp_with_strategy(scale, RoundingStrategy::ToNegativeInfinity);
    let step = Decimal::try_from_i128_with_scale(1, scale).ok()?;
    let next = floor.checked_add(step)?.normalize();
    // A sum with too many digits is rounded, and may not be above `number`.
    (next > number).then_some(next)
}

/// The cells of texts: the constants, the listed texts, the empty text, and all others; where order matters, one for
/// each interval between constants.
pub(super) fn texts(constants: &Constants, domain: &Texts) -> Vec<Representative<String>> {
    let mut known: Vec<&str> = constants.texts.iter().map(|text| &**text).collect();
    known.push("");
    known.sort_unstable();
    known.dedup();
    let listed = |text: &str| domain.listed.iter().any(|listed| listed.text == text);
    let may_be = |text: &str| {
        let is_other = domain.others.is_empty() || domain.others.contains(&text);
        !text.contains('\0')
            && (domain.accepts)(text)
            && (is_other || listed(text) || text.is_empty())
    };
    let mut cells = Vec::new();
    for Listed { text, exact } in &domain.listed {
        if known.binary_search(&text.as_str()).is_err() {
            cells.push((text.clone(), *exact));
        }
    }
    let is_new = |text: &str| known.binary_search(&text).is_err() && !listed(text);
    if !domain.others.is_empty() {
        let others = domain.others.iter().filter(|text| is_new(text));
        let mut others = others.map(|text| (*text).to_owned());
        match constants.ordered {
            // Each other text may compare differently.
            true => cells.extend(others.map(exact)),
            false => cells.extend(others.next().map(one_of_many)),
        }
    } else if constants.ordered {
        for (index, text) in known.iter().enumerate() {
            let above = known.get(index + 1);
            let tries = ["", "a", "0", " ", "\u{1}"].map(|tail| format!("{text}{tail}"));
            let fits = |found: &str| found > *text && above.is_none_or(|above| found < *above);
            let found = tries.into_iter().find(|found| fits(found) && may_be(found));
            cells.extend(found.map(one_of_many));
        }
    } else {
        let mut tries = std::iter::once("other".to_owned())
            .chain((2..).map(|count: u32| format!("other{count}")))
            .take(known.len() + domain.listed.len() + 2);
        let found = tries.find(|text| is_new(text) && may_be(text));
        cells.extend(found.map(one_of_many));
    }
    let known = known.into_iter().filter(|text| may_be(text));
    let (empty, written): (Vec<_>, Vec<_>) = known.partition(|text| text.is_empty());
    let owned = |text: &str| exact(text.to_owned());
    let written = written.into_iter().map(owned);
    let empty = empty.into_iter().map(owned);
    written.chain(cells).chain(empty).collect()
}
