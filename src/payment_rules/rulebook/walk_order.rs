//! The order in which rules are walked, and its changes.

use std::{collections::HashSet, sync::Arc};

use super::{
    CompiledRule,
    places::{Moves, Place, place},
};
use crate::ids::RuleId;

/// The sort key of a rule: its sort order, then its id, which orders by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct WalkKey {
    sort_order: i32,
    id: RuleId,
}

/// The keys of all rules in ascending order.
#[derive(Debug, Default)]
pub(super) struct WalkOrder(Vec<WalkKey>);

/// A changed order, and how it differs from the old one.
pub(super) struct Reordered {
    pub(super) order: WalkOrder,
    /// The source of the rule at each place of the new order.
    pub(super) sources: Vec<RuleSource>,
    pub(super) moves: Moves,
    /// The old places of removed rules.
    pub(super) gone: Vec<Place>,
    /// The new places of added rules.
    pub(super) fresh: Vec<Place>,
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleSource {
    /// The old place of a rule that stays.
    Kept(Place),
    /// The index among the added rules.
    Fresh(Place),
}

impl WalkKey {
    fn of(rule: &CompiledRule) -> Self {
        WalkKey {
            sort_order: rule.rule.sort_order,
            id: rule.rule.id,
        }
    }
}

impl WalkOrder {
    /// The place of a rule.
    pub(super) fn find(&self, id: RuleId) -> Option<usize> {
        self.0.iter().position(|key| key.id == id)
    }

    /// The order without the rules of `gone` and with those of `fresh`, which are in walking order.
    pub(super) fn changed<'r>(
        &self,
        gone: &HashSet<RuleId>,
        fresh: impl Iterator<Item = &'r CompiledRule>,
    ) -> Reordered {
        let mut fresh = fresh.map(WalkKey::of).zip(0..).peekable();
        let mut order = Vec::with_capacity(self.0.len());
        let mut sources = Vec::with_capacity(self.0.len());
        let mut new_places = Vec::with_capacity(self.0.len());
        let (mut gone_from, mut fresh_at) = (Vec::new(), Vec::new());
        let mut is_moved = false;
        for (key, old) in self.0.iter().zip(0..) {
            if gone.contains(&key.id) {
                gone_from.push(old);
                new_places.push(Place::MAX);
                continue;
            }
            while let Some((before, nth)) = fresh.next_if(|(other, _)| other < key) {
                fresh_at.push(place(order.len()));
                order.push(before);
                sources.push(RuleSource::Fresh(nth));
            }
            let new = place(order.len());
            is_moved |= new != old;
            new_places.push(new);
            order.push(*key);
            sources.push(RuleSource::Kept(old));
        }
        for (key, nth) in fresh {
            fresh_at.push(place(order.len()));
            order.push(key);
            sources.push(RuleSource::Fresh(nth));
        }
        Reordered {
            order: WalkOrder(order),
            sources,
            moves: Moves {
                new_places: is_moved.then_some(new_places),
            },
            gone: gone_from,
            fresh: fresh_at,
        }
    }
}

/// Sorts rules into walking order.
pub(super) fn sort(rules: &mut [Arc<CompiledRule>]) {
    rules.sort_by_key(|rule| WalkKey::of(rule));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_texts() {
        let mut texts = [
            "rule_01h455vb4pex5vsknk084sn0zq",
            "rule_01h455vb4pex5vsknk084sn02q",
            "rule_01h455vb4pex5vsknk084sn0aq",
            "rule_01h455vb4pex5vskpk084sn02q",
            "rule_01j455vb4pex5vsknk084sn02q",
            "rule_01z455vb4pex5vsknk084sn02q",
        ];
        let ids = texts.map(|text| text.parse::<RuleId>().expect("an id"));
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        texts.sort_unstable();
        let sorted: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(sorted, texts);
    }
}
