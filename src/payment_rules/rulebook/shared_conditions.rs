//! Conditions that several rules of a rulebook have: a walk does not evaluate them twice.

use super::{BookRule, CompiledRule};

/// Which conditions at least two rules of a rulebook have.
#[derive(Debug, Default)]
pub struct SharedConditions {
    /// How many rules have each condition, by its number.
    counts: Vec<u32>,
    /// How many conditions are shared.
    shared: u32,
    /// For each rule, in walking order, the place of its condition among those that are shared, or [`ALONE`]. Side by side, so
    /// that a walk passes thousands of rules without a look at them.
    by_rule: Vec<u32>,
}

/// Of a rule whose condition no other has; above every place.
const ALONE: u32 = u32::MAX;

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
            0 | 1 => ALONE,
            _ => {
                shared += 1;
                shared - 1
            }
        });
        let places: Vec<u32> = places.collect();
        let place = |rule: &BookRule| {
            let number = rule.header.condition_number? as usize;
            places.get(number).copied()
        };
        SharedConditions {
            by_rule: rules.map(|rule| place(rule).unwrap_or(ALONE)).collect(),
            counts,
            shared,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shared as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shared == 0
    }

    /// The place of a rule's condition among those that are shared, by the rule's place; not below [`SharedConditions::len`]
    /// where no other rule has it.
    pub fn of_rule(&self, place: usize) -> usize {
        self.by_rule
            .get(place)
            .map_or(usize::MAX, |at| *at as usize)
    }
}
