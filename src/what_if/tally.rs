//! The results of a trial. No I/O.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::RecordedCartId,
    money::{Currency, Money},
};

/// The maximum number of example carts of one effect.
pub const MOST_EXAMPLES: usize = 10;

/// Counts over carts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The number of carts that were tried.
    pub carts: u64,
    /// The number of carts that gain or lose a method.
    pub changed: u64,
    /// The number of carts that cannot be judged, because an attribute that a rule reads was not recorded.
    pub undecidable: u64,
    /// The changed methods by id.
    pub methods: BTreeMap<String, MethodTally>,
    /// Carts that have a method with the live rules, and none with the other rules.
    pub without_method: Affected,
}

/// The carts that a method gains and loses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodTally {
    /// The name of its integration.
    pub name: String,
    pub gained: Affected,
    pub lost: Affected,
}

/// Carts with the same effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub carts: u64,
    /// The sum of their totals in minor units; carts without a total add nothing.
    pub minor: BTreeMap<Currency, i128>,
    /// The first of the carts.
    pub examples: Vec<RecordedCartId>,
}

impl Affected {
    /// Counts a cart.
    pub fn add(&mut self, id: RecordedCartId, total: Option<Money>) {
        let minor = total.map(|total| (total.currency(), i128::from(total.minor())));
        self.append(Affected {
            carts: 1,
            minor: minor.into_iter().collect(),
            examples: vec![id],
        });
    }

    fn append(&mut self, later: Affected) {
        self.carts += later.carts;
        for (currency, minor) in later.minor {
            *self.minor.entry(currency).or_default() += minor;
        }
        self.examples.extend(later.examples);
        self.examples.truncate(MOST_EXAMPLES);
    }
}

impl Tally {
    /// Adds the result of later carts.
    pub fn append(&mut self, later: Tally) {
        self.carts += later.carts;
        self.changed += later.changed;
        self.undecidable += later.undecidable;
        self.without_method.append(later.without_method);
        for (id, method) in later.methods {
            let ours = self.methods.entry(id).or_default();
            ours.name = method.name;
            ours.gained.append(method.gained);
            ours.lost.append(method.lost);
        }
    }

    /// The ids of all example carts.
    pub fn examples(&self) -> Vec<RecordedCartId> {
        let of_methods = self.methods.values().flat_map(|it| [&it.gained, &it.lost]);
        let all = of_methods.chain([&self.without_method]);
        let mut ids: Vec<_> = all.flat_map(|it| it.examples.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::ids;

    fn tally(carts: impl IntoIterator<Item = (RecordedCartId, i64)>) -> Tally {
        let usd = Currency::parse("USD").expect("a currency");
        let mut tally = Tally::default();
        for (id, minor) in carts {
            let total = (minor % 3 > 0).then(|| Money::from_minor(minor, usd));
            tally.carts += 1;
            tally.changed += 1;
            tally.undecidable += u64::from(minor % 5 == 0);
            tally.without_method.add(id, total);
            let method = tally.methods.entry(format!("m{}", minor % 2)).or_default();
            method.name = "M".to_owned();
            match minor % 4 {
                0 | 1 => method.gained.add(id, total),
                _ => method.lost.add(id, total),
            }
        }
        tally
    }

    #[test]
    fn parts_that_are_appended_in_order_come_to_the_whole() {
        let at = |place: i64| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(place);
        let carts: Vec<_> = (0..97)
            .map(|place| (ids::fresh(at(place)), place))
            .collect();
        let whole = tally(carts.clone());
        assert_eq!(whole.without_method.examples.len(), MOST_EXAMPLES);
        for part in [1, 2, 7, 50, 97] {
            let mut appended = Tally::default();
            for part in carts.chunks(part) {
                appended.append(tally(part.to_vec()));
            }
            assert_eq!(appended, whole, "{part}");
        }
        let text = serde_json::to_string(&whole).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Tally>(&text).expect("a tally"),
            whole
        );
    }

    #[test]
    fn a_sum_beyond_64_bits_is_kept() {
        let cart = ids::fresh(DateTime::UNIX_EPOCH);
        let largest = tally([(cart, i64::MAX); 3]);
        let sums: Vec<_> = largest.without_method.minor.values().collect();
        assert_eq!(sums, [&(3 * i128::from(i64::MAX))]);
        let text = serde_json::to_string(&largest).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Tally>(&text).expect("a tally"),
            largest
        );
    }
}
