//! Property tests: a rulebook built from the differences equals one built from all rules.

use std::collections::{BTreeMap, HashSet};

use proptest::{
    prelude::*,
    sample::{Index, select, subsequence},
};
use serde_json::json;

use super::*;
use crate::{
    ids::{self, IntegrationId},
    locale::Labels,
    payment_methods::{MethodType, PaymentMethodId, Terms},
    payment_rules::{Rule, RuleMethod},
};

/// What a rule is drawn from.
#[derive(Clone, Debug)]
struct Drawn {
    sort_order: i32,
    expression: Option<&'static str>,
    currency: &'static str,
    websites: Vec<&'static str>,
    areas: Vec<&'static str>,
    methods: Vec<usize>,
    enabled: bool,
    stops: bool,
    has_options: bool,
}

/// One change of the rules.
#[derive(Clone, Debug)]
enum Step {
    Add(Drawn),
    Replace(Index, Drawn),
    /// As a patch that leaves the rule where it is.
    Rewrite(Index, Drawn),
    Delete(Index),
    /// A method is turned off or on.
    Switch(usize),
    Settings(Option<&'static str>),
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let expressions = [
        None,
        Some("total > 1"),
        Some("total > 2"),
        Some("total > 3"),
        Some(" total > 1"),
        Some("no such thing"),
    ];
    (
        0..8,
        select(expressions.to_vec()),
        select(vec!["USD", "USD", "EUR"]),
        subsequence(vec!["us", "eu"], 0..=2),
        subsequence(vec!["US", "US-CA", "PR", "DE"], 0..=2),
        subsequence(vec![0, 1, 2], 1..=3),
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(
                sort_order,
                expression,
                currency,
                websites,
                areas,
                methods,
                enabled,
                stops,
                has_options,
            )| {
                Drawn {
                    sort_order,
                    expression,
                    currency,
                    websites,
                    areas,
                    methods,
                    enabled,
                    stops,
                    has_options,
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let place = any::<Index>;
    prop_oneof![
        4 => drawn().prop_map(Step::Add),
        3 => (place(), drawn()).prop_map(|(place, drawn)| Step::Replace(place, drawn)),
        4 => (place(), drawn()).prop_map(|(place, drawn)| Step::Rewrite(place, drawn)),
        2 => place().prop_map(Step::Delete),
        1 => (0..3_usize).prop_map(Step::Switch),
        1 => select(vec![None, Some("US"), Some("DE")]).prop_map(Step::Settings),
    ]
}

/// All there is, as a database would have it.
struct Everything {
    rules: BTreeMap<RuleId, Rule>,
    methods: Vec<Method>,
    settings: ShopSettings,
}

fn methods() -> Vec<Method> {
    let label = Labels {
        default: "Terms".into(),
        localized: BTreeMap::new(),
    };
    let method = |nth: usize| Method {
        id: PaymentMethodId {
            kind: MethodType::PaymentTerm,
            integration: ids::fresh::<_>(chrono::DateTime::UNIX_EPOCH) as IntegrationId,
        },
        name: format!("method {nth}"),
        enabled: true,
        label: label.clone(),
        short_label: label.clone(),
        terms: Terms::PaymentTerm {
            instructions: String::new(),
            net_days: None,
        },
        version: 1,
    };
    (0..3).map(method).collect()
}

impl Everything {
    fn rule(&self, id: RuleId, version: i64, drawn: &Drawn) -> Rule {
        let at = chrono::DateTime::UNIX_EPOCH;
        let options = json!({ "badge": "new" });
        let options = options.as_object().filter(|_| drawn.has_options);
        let method = |nth: &usize| RuleMethod::new(self.methods[*nth].id, options.cloned());
        let destination = |area: &&str| json!({ "country": area[..2], "region": (area.len() > 2).then_some(area) });
        let destinations: Vec<_> = drawn.areas.iter().map(destination).collect();
        Rule {
            id,
            name: "rule".to_owned(),
            enabled: drawn.enabled,
            sort_order: drawn.sort_order,
            currency: crate::money::Currency::parse(drawn.currency).expect("a currency"),
            stop_processing: drawn.stops,
            expression: drawn.expression.map(str::to_owned),
            destinations: serde_json::from_value(destinations.into()).expect("destinations"),
            websites: drawn.websites.iter().map(|it| (*it).to_owned()).collect(),
            payment_methods: drawn.methods.iter().map(method).collect(),
            active_from: None,
            active_until: None,
            version,
            created_at: at,
            updated_at: at,
        }
    }

    /// Makes a change; the rules that are not what they were.
    fn make(&mut self, step: &Step) -> Option<RuleId> {
        let known: Vec<RuleId> = self.rules.keys().copied().collect();
        let at = |place: &Index| (!known.is_empty()).then(|| known[place.index(known.len())]);
        match step {
            Step::Add(drawn) => {
                let id = ids::fresh(chrono::DateTime::UNIX_EPOCH);
                self.rules.insert(id, self.rule(id, 1, drawn));
                Some(id)
            }
            Step::Replace(place, drawn) | Step::Rewrite(place, drawn) => {
                let id = at(place)?;
                let before = self.rules.get(&id)?;
                let mut after = self.rule(id, before.version + 1, drawn);
                if matches!(step, Step::Rewrite(..)) {
                    after.sort_order = before.sort_order;
                }
                self.rules.insert(id, after);
                Some(id)
            }
            Step::Delete(place) => {
                let id = at(place)?;
                self.rules.remove(&id);
                Some(id)
            }
            Step::Switch(nth) => {
                self.methods[*nth].enabled ^= true;
                self.methods[*nth].version += 1;
                None
            }
            Step::Settings(country) => {
                self.settings.merchant_country = country.map(str::to_owned);
                None
            }
        }
    }

    fn fresh(&self) -> Rulebook {
        let rules = self.rules.values().cloned().collect();
        Rulebook::new(7, rules, self.methods.clone(), &self.settings)
    }
}

/// All that a walk can see of a rule.
fn outline(book: &Rulebook, rule: &BookRule) -> String {
    let offers: Vec<_> = rule
        .offers
        .iter()
        .map(|it| (it.method, &*it.options))
        .collect();
    let header = &rule.header;
    format!(
        "{} {:?} {offers:?} {:?} {} {} {:?}",
        rule.place,
        rule.compiled.rule,
        header.active,
        header.has_destinations,
        header.stops,
        book.shared_conditions().of_rule(rule.place),
    )
}

fn same(one: &Rulebook, other: &Rulebook) {
    assert_eq!(one.rules().len(), other.rules().len());
    for (rule, expected) in one.rules().iter().zip(other.rules().iter()) {
        assert_eq!(outline(one, rule), outline(other, expected));
    }
    assert_eq!(one.index, other.index);
    assert_eq!(one.naming, other.naming);
    assert_eq!(one.stops, other.stops);
    assert_eq!(
        one.shared_conditions().count(),
        other.shared_conditions().count()
    );
    assert_eq!(one.merchant_country(), other.merchant_country());
    let methods = |book: &Rulebook| -> Vec<Method> {
        book.methods().iter().map(|it| it.method.clone()).collect()
    };
    assert_eq!(methods(one), methods(other));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_rulebook_is_the_same_as_a_new_one(
        first in select(vec![0_usize, 5, 127, 128, 300]).prop_flat_map(|count| prop::collection::vec(drawn(), count)),
        batches in prop::collection::vec(prop::collection::vec(step(), 0..6), 1..12),
    ) {
        let mut all = Everything { rules: BTreeMap::new(), methods: methods(), settings: ShopSettings::default() };
        for drawn in first {
            all.make(&Step::Add(drawn));
        }
        let start = all.fresh();
        let mut book = start.changed(RulebookChange {
            revision: 7,
            mark: None,
            gone: HashSet::new(),
            fresh: Vec::new(),
            methods: all.methods.clone(),
            settings: all.settings.clone(),
        });
        for batch in &batches {
            let gone: HashSet<RuleId> = batch.iter().filter_map(|step| all.make(step)).collect();
            let fresh = gone.iter().filter_map(|id| all.rules.get(id).cloned());
            let fresh = fresh.collect();
            let next = book.changed(RulebookChange {
                revision: 7,
                mark: None,
                gone,
                fresh,
                methods: all.methods.clone(),
                settings: all.settings.clone(),
            });
            same(&next, &all.fresh());
            book = next;
        }
    }
}

#[test]
fn what_does_not_change_is_shared() {
    let mut all = Everything {
        rules: BTreeMap::new(),
        methods: methods(),
        settings: ShopSettings::default(),
    };
    let drawn = Drawn {
        sort_order: 1,
        expression: Some("total > 5"),
        currency: "USD",
        websites: Vec::new(),
        areas: Vec::new(),
        methods: vec![0],
        enabled: true,
        stops: false,
        has_options: false,
    };
    for _ in 0..1000 {
        all.make(&Step::Add(drawn.clone()));
    }
    let book = all.fresh();
    let id = book.rules()[500].compiled.rule.id;
    let changed = all.rule(
        id,
        2,
        &Drawn {
            enabled: false,
            ..drawn
        },
    );
    let next = book.changed(RulebookChange {
        revision: 8,
        mark: None,
        gone: HashSet::new(),
        fresh: vec![changed],
        methods: all.methods.clone(),
        settings: all.settings.clone(),
    });
    let is_shared = |place: usize| {
        std::ptr::eq(
            &raw const book.rules()[place],
            &raw const next.rules()[place],
        )
    };
    assert!(is_shared(0) && is_shared(999) && !is_shared(500));
    assert_eq!(next.revision(), 8);
    // Rules with one condition share what it was parsed to.
    let condition = |place: usize| match &next.rules()[place].header.condition {
        Condition::When(expression) => Arc::as_ptr(expression),
        Condition::None | Condition::Unreadable(_) => std::ptr::null(),
    };
    assert_eq!(condition(0), condition(500));
}
