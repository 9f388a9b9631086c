//! Lists of places in a rulebook, and their update for the next rulebook.

use std::{collections::HashMap, hash::Hash, sync::Arc};

/// A place in a rulebook; 32 bits are enough for four billion rules.
pub type Place = u32;

/// The place of a rule at this index.
pub(super) fn place(index: usize) -> Place {
    Place::try_from(index).unwrap_or(Place::MAX)
}

/// The new places of rules that stay in the rulebook.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// The new place by the old one; `None` if every rule that stays keeps its place.
    pub(super) new_places: Option<Vec<Place>>,
}

impl Moves {
    fn new_place(&self, old: Place) -> Place {
        let moved = self.new_places.as_ref();
        moved.map_or(old, |places| places[old as usize])
    }
}

/// A structure of places that shares its unchanged parts with the next rulebook.
pub(super) trait Patch: Clone + Default {
    fn is_empty(&self) -> bool;

    /// The structure without the places of `gone`, which are old ones, and with those of `fresh`, which are new ones.
    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self;
}

/// Places in ascending order, which is walking order. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(Arc<Vec<Place>>);

impl Places {
    /// Adds a place that is not below the last one. A repeated place is added once.
    pub(super) fn push(&mut self, place: Place) {
        if self.0.last() != Some(&place) {
            Arc::make_mut(&mut self.0).push(place);
        }
    }

    pub(super) fn as_slice(&self) -> &[Place] {
        &self.0
    }
}

impl Patch for Places {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self {
        let is_touched = !gone.is_empty() || !fresh.is_empty();
        if !is_touched && (moves.new_places.is_none() || self.is_empty()) {
            return self.clone();
        }
        let mut gone = gone.0.iter().peekable();
        let mut fresh = fresh.0.iter().copied().peekable();
        let mut patched = Vec::with_capacity(self.0.len() + fresh.len());
        for old in self.0.iter() {
            if gone.next_if_eq(&old).is_some() {
                continue;
            }
            let new = moves.new_place(*old);
            while let Some(before) = fresh.next_if(|place| *place < new) {
                patched.push(before);
            }
            patched.push(new);
        }
        patched.extend(fresh);
        Places(Arc::new(patched))
    }
}

impl<T: Patch> Patch for Arc<T> {
    fn is_empty(&self) -> bool {
        T::is_empty(self)
    }

    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self {
        match gone.is_empty() && fresh.is_empty() && moves.new_places.is_none() {
            true => Arc::clone(self),
            false => Arc::new(T::patched(self, moves, gone, fresh)),
        }
    }
}

impl<K: Clone + Eq + Hash, V: Patch> Patch for HashMap<K, V> {
    fn is_empty(&self) -> bool {
        HashMap::is_empty(self)
    }

    fn patched(&self, moves: &Moves, gone: &Self, fresh: &Self) -> Self {
        let nothing = V::default();
        let patch = |(key, value): (&K, &V)| {
            let gone = gone.get(key).unwrap_or(&nothing);
            let fresh = fresh.get(key).unwrap_or(&nothing);
            let patched = value.patched(moves, gone, fresh);
            (!patched.is_empty()).then(|| (key.clone(), patched))
        };
        let new = fresh.iter().filter(|(key, _)| !self.contains_key(*key));
        let new = new.map(|(key, value)| (key.clone(), value.clone()));
        self.iter().filter_map(patch).chain(new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(places: &[Place]) -> Places {
        Places(Arc::new(places.to_vec()))
    }

    #[test]
    fn places_are_moved_removed_and_added_in_order() {
        let list = places(&[0, 2, 3, 5]);
        let stay = Moves::default();
        let same = list.patched(&stay, &Places::default(), &Places::default());
        assert!(Arc::ptr_eq(&same.0, &list.0));
        let swapped = list.patched(&stay, &places(&[2, 5]), &places(&[1, 5]));
        assert_eq!(swapped, places(&[0, 1, 3, 5]));
        // The rule at 2 went, and one came to the front.
        let moves = Moves {
            new_places: Some(vec![1, 2, Place::MAX, 3, 4, 5]),
        };
        let moved = list.patched(&moves, &places(&[2]), &places(&[0]));
        assert_eq!(moved, places(&[0, 1, 3, 5]));
    }
}
