//! The rules of a rulebook in walking order, in pieces that the next rulebook can share.

use std::{ops::Index, sync::Arc};

use super::{BookRule, places::place, walk_order::RuleSource};

/// The number of rules in a piece: a power of two, so that a place is found by a shift.
const PIECE: usize = 128;

/// Rules in walking order. Every piece but the last is full.
#[derive(Debug, Default)]
pub struct RuleList {
    pieces: Vec<Arc<[BookRule]>>,
    len: usize,
}

impl RuleList {
    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rule at a place.
    pub fn get(&self, place: usize) -> Option<&BookRule> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &BookRule> {
        self.pieces.iter().flat_map(|piece| piece.iter())
    }

    /// Those from a place on.
    pub fn from(&self, place: usize) -> impl Iterator<Item = &BookRule> {
        let pieces = self.pieces.iter().skip(place / PIECE);
        pieces.flat_map(|piece| piece.iter()).skip(place % PIECE)
    }

    /// The rules in another order; `fresh` makes the added rules with their new places. A piece with the same rules in
    /// the same places is shared.
    pub(super) fn rearranged(
        &self,
        sources: &[RuleSource],
        fresh: impl Fn(usize, usize) -> BookRule,
    ) -> Self {
        let piece = |(nth, sources): (usize, &[RuleSource])| {
            let first = nth * PIECE;
            let mut kept = sources.iter().zip(first..);
            let is_same = kept.all(|(source, at)| *source == RuleSource::Kept(place(at)));
            if let Some(old) = self.pieces.get(nth)
                && is_same
                && old.len() == sources.len()
            {
                return Arc::clone(old);
            }
            let rules = sources.iter().zip(first..);
            rules
                .map(|(source, place)| match *source {
                    RuleSource::Kept(old) => BookRule {
                        place,
                        ..self[old as usize].clone()
                    },
                    RuleSource::Fresh(nth) => fresh(place, nth as usize),
                })
                .collect()
        };
        RuleList {
            pieces: sources.chunks(PIECE).enumerate().map(piece).collect(),
            len: sources.len(),
        }
    }
}

impl Index<usize> for RuleList {
    type Output = BookRule;

    fn index(&self, place: usize) -> &BookRule {
        &self.pieces[place / PIECE][place % PIECE]
    }
}
