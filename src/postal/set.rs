//! A set of patterns, arranged for lookup instead of comparing a code with each of them.

use std::collections::HashSet;

use super::{code::PostalCode, pattern::Pattern, read::read};

/// A set of patterns, which matches if one of them does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternSet {
    codes: HashSet<Box<str>>,
    /// Sorted; none is a prefix of another, so the only one that can match a text is the last that is not greater than
    /// it.
    prefixes: Vec<Box<str>>,
    /// Sorted; none overlaps another.
    ranges: Vec<(Box<str>, Box<str>)>,
}

impl PatternSet {
    /// A set of patterns of one country. A pattern that cannot be read matches nothing.
    pub fn new<'p>(country: &'p str, patterns: impl IntoIterator<Item = &'p str>) -> Self {
        PatternSet::of_each(patterns.into_iter().map(|pattern| (country, pattern)))
    }

    /// As [`PatternSet::new`], with a country for each pattern.
    pub fn of_each<'p>(patterns: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let mut set = PatternSet::default();
        for (country, pattern) in patterns {
            match read(country, pattern) {
                Ok(Pattern::Code(code)) => {
                    set.codes.insert(code.into());
                }
                Ok(Pattern::Prefix(prefix)) => set.prefixes.push(prefix.into()),
                Ok(Pattern::Range(low, high)) => set.ranges.push((low.into(), high.into())),
                Err(_) => {}
            }
        }
        set.arrange();
        set
    }

    fn arrange(&mut self) {
        self.prefixes.sort_unstable();
        self.prefixes
            .dedup_by(|next, kept| next.starts_with(&**kept));
        self.ranges.sort_unstable();
        self.ranges.dedup_by(|next, kept| {
            let overlaps = next.0 <= kept.1;
            if overlaps && next.1 > kept.1 {
                std::mem::swap(&mut next.1, &mut kept.1);
            }
            overlaps
        });
    }

    /// Whether one of the patterns matches.
    pub fn matches(&self, code: &PostalCode) -> bool {
        let keys = &code.keys;
        let mut codes = keys.codes.iter();
        codes.any(|code| self.codes.contains(code.as_str()))
            || self.has_prefix_of(&keys.text)
            || keys.points.iter().any(|point| self.has_range_with(point))
    }

    fn has_prefix_of(&self, text: &str) -> bool {
        let behind = self.prefixes.partition_point(|prefix| **prefix <= *text);
        let last = self.prefixes[..behind].last();
        last.is_some_and(|prefix| text.starts_with(&**prefix))
    }

    fn has_range_with(&self, point: &str) -> bool {
        let behind = self.ranges.partition_point(|(low, _)| **low <= *point);
        let last = self.ranges[..behind].last();
        last.is_some_and(|(_, high)| *point <= **high)
    }
}
