//! Conditions that several rules of a rulebook have: a walk does not evaluate them twice.

use super::CompiledRule;

/// Which conditions at least two rules of a rulebook have.
#[derive(Debug, Default)]
pub(super) struct SharedConditions {
    /// How many rules have each condition, by its number.
    counts: Vec<u32>,
    /// For each number the place among the shared conditions, or [`ALONE`].
    places: Vec<u32>,
    shared: usize,
}

const ALONE: u32 = u32::MAX;

impl SharedConditions {
    /// The conditions when some rules go and others come.
    pub(super) fn patched<'r>(
        &self,
        gone: impl Iterator<Item = &'r CompiledRule>,
        fresh: impl Iterator<Item = &'r CompiledRule>,
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
        let mut next = 0;
        let places = counts.iter().map(|count| match count {
            0 | 1 => ALONE,
            _ => {
                next += 1;
                next - 1
            }
        });
        SharedConditions {
            places: places.collect(),
            shared: next as usize,
            counts,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.shared
    }

    /// The place of a condition among those that are shared, by its number.
    pub(super) fn place_of(&self, number: u32) -> Option<u32> {
        let place = self.places.get(number as usize).copied();
        place.filter(|place| *place != ALONE)
    }
}
