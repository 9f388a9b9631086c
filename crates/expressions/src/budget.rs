//! The budget of a request for evaluating expressions.

/// The remaining steps. One budget covers all expressions of a request, so that no rule set and no document can block a
/// thread: two million steps take some tens of milliseconds.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
}

/// The number of bytes that cost one step.
pub(super) const BYTES_A_STEP: usize = 16;

impl Budget {
    /// The steps for a request over a document without long lists.
    pub const STANDARD: u64 = 2_000_000;
    /// The steps that each item of the document's main list adds: enough for thousands of ordinary rules over a large
    /// cart.
    const FOR_ITEM: u64 = 20_000;
    /// The maximum, for a list of any length.
    const MOST: u64 = 10_000_000;

    /// A budget of `steps` steps; reading sixteen bytes costs one step.
    pub fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// The budget of a request over a document with `count` items.
    pub fn for_items(count: usize) -> Self {
        let items = u64::try_from(count).unwrap_or(u64::MAX);
        let steps = Self::STANDARD.saturating_add(items.saturating_mul(Self::FOR_ITEM));
        Self::new(steps.min(Self::MOST))
    }

    /// The remaining steps.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Spends the cost of an earlier run of the same expression over the same document. Returns false and spends
    /// nothing if less is left: the run could not be completed again.
    pub fn spend_again(&mut self, steps: u64) -> bool {
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// Runs `work` with a part of this budget, at most what `most` has left. `None` if the part was used up.
    pub fn run_part<T>(&mut self, most: &Budget, work: impl FnOnce(&mut Budget) -> T) -> Option<T> {
        let granted = self.left.min(most.left);
        let mut part = Self::new(granted);
        let done = work(&mut part);
        self.left -= granted - part.left;
        (part.left > 0).then_some(done)
    }

    /// Returns false if less is left, and then nothing is left.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        let is_enough = self.spend_again(steps);
        if !is_enough {
            self.left = 0;
        }
        is_enough
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::STANDARD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_lists_get_more_up_to_a_limit() {
        for (items, steps) in [
            (0, 2_000_000),
            (1, 2_020_000),
            (200, 6_000_000),
            (400, 10_000_000),
            (3000, 10_000_000),
            (usize::MAX, 10_000_000),
        ] {
            assert_eq!(Budget::for_items(items).left(), steps);
        }
    }

    #[test]
    fn a_part_is_paid_by_the_whole_and_never_more_than_agreed() {
        let mut budget = Budget::new(25);
        let most = Budget::new(10);
        let spend = |steps| move |part: &mut Budget| part.spend(steps);
        assert_eq!(budget.run_part(&most, spend(4)), Some(true));
        assert_eq!(budget.left(), 21);
        assert_eq!(budget.run_part(&most, spend(11)), None);
        assert_eq!(budget.left(), 11);
        assert_eq!(budget.run_part(&most, spend(11)), None);
        assert_eq!(budget.run_part(&most, spend(1)), None);
        assert_eq!(budget.left(), 0);
    }
}
