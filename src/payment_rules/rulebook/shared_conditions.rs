//! Conditions that several rules of a rulebook have: a walk does not evaluate them twice.

use super::{BookRule, CompiledRule};

/// Which conditions at least two rules of a rulebook have.
#[derive(Debug, Default)]
pub struct SharedConditions {
    /// How many rules have each condition, by its number.
    counts: Vec<u32>,
    /// How many conditions are shared.
    shared: u32,
    /// For each rule in walking order. Side by side, so that a walk passes thousands of rules without a look at them.
    by_rule: Vec<ConditionalOffer>,
}

/// What a walk needs of a rule to pass it over where its condition is known to be false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionalOffer {
    /// The place of the condition among those that are shared, or [`NONE`].
    condition: u32,
    /// The only method, of a rule that looks at nothing but its condition and does not stop; else [`NONE`].
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

    /// The place of the condition; not below [`SharedConditions::count`] where no other rule has it.
    pub fn condition(self) -> usize {
        self.condition as usize
    }

    /// The place of the only method; no method's where there is more to look at.
    pub fn method(self) -> usize {
        self.method as usize
    }
}

impl SharedConditions {
    /// The conditions of `rules`, of which some came and others went.
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

    /// How many there are.
    pub fn count(&self) -> usize {
        self.shared as usize
    }

    /// What is known of the rule at a place.
    pub fn of_rule(&self, place: usize) -> ConditionalOffer {
        let known = self.by_rule.get(place).copied();
        known.unwrap_or(ConditionalOffer::OTHER)
    }
}
