//! Conditions that several rules of a rulebook share, so that a walk evaluates each of them only once.

use super::{BookRule, CompiledRule};

/// The conditions that at least two rules of a rulebook have.
#[derive(Debug, Default)]
pub struct SharedConditions {
    /// The number of rules that have each condition, indexed by the number of the condition.
    counts: Vec<u32>,
    /// The number of shared conditions.
    shared: u32,
    /// One entry per rule in walking order, stored together, so that a walk skips thousands of rules without reading
    /// them.
    by_rule: Vec<ConditionalOffer>,
}

/// The part of a rule that a walk needs to skip it if its condition is known to be false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionalOffer {
    /// The index of the condition among the shared ones, or [`NONE`].
    condition: u32,
    /// The only method of a rule that has no destinations, dates or `stopProcessing`; otherwise [`NONE`].
    method: u32,
}

/// Above every place.
const NONE: u32 = u32::MAX;

impl ConditionalOffer {
    const OTHER: Self = ConditionalOffer {
        condition: NONE,
        method: NONE,
    };

    fn of(rule: &BookRule, shared: &[u32]) -> Self {
        let header = &rule.header;
        let number = header.condition_number.map(|number| number as usize);
        let condition = number.and_then(|number| shared.get(number).copied());
        let method = match &*rule.offers {
            [offer] if !header.stops && !header.has_destinations && header.is_always_active() => {
                u32::try_from(offer.method).unwrap_or(NONE)
            }
            _ => NONE,
        };
        ConditionalOffer {
            condition: condition.unwrap_or(NONE),
            method,
        }
    }

    /// The index of the condition among the shared ones; at least [`SharedConditions::count`] if it is not shared.
    pub fn condition(self) -> usize {
        self.condition as usize
    }

    /// The place of the only method; not a valid place if the rule must be read to skip it.
    pub fn method(self) -> usize {
        self.method as usize
    }
}

impl SharedConditions {
    /// The shared conditions of `rules`, of which `fresh` were added after `gone` were removed.
    pub(super) fn patched<'r>(
        &self,
        gone: impl Iterator<Item = &'r CompiledRule>,
        fresh: impl Iterator<Item = &'r CompiledRule>,
        rules: impl Iterator<Item = &'r BookRule>,
    ) -> Self {
        let mut counts = self.counts.clone();
        for number in gone.filter_map(CompiledRule::condition_number) {
            if let Some(count) = counts.get_mut(number as usize) {
                *count = count.saturating_sub(1);
            }
        }
        for number in fresh.filter_map(CompiledRule::condition_number) {
            let number = number as usize;
            if counts.len() <= number {
                counts.resize(number + 1, 0);
            }
            counts[number] += 1;
        }
        let mut shared = 0;
        let places = counts.iter().map(|count| match count {
            0 | 1 => NONE,
            _ => {
                shared += 1;
                shared - 1
            }
        });
        let places: Vec<u32> = places.collect();
        SharedConditions {
            by_rule: rules
                .map(|rule| ConditionalOffer::of(rule, &places))
                .collect(),
            counts,
            shared,
        }
    }

    /// The number of shared conditions.
    pub fn count(&self) -> usize {
        self.shared as usize
    }

    /// The entry of the rule at a place.
    pub fn of_rule(&self, place: usize) -> ConditionalOffer {
        let known = self.by_rule.get(place).copied();
        known.unwrap_or(ConditionalOffer::OTHER)
    }
}
