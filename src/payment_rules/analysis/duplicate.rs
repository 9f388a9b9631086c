//! Finds rules that do the same as an earlier rule.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
};

use super::{
    cart_space::CartTotals,
    finding::{FindingKind, RuleFinding},
    inquiry::Inquiry,
    subject::{Subject, moment_of, with_sample},
};
use crate::{
    expressions::analysis::{Answer, Formula},
    payment_rules::Rule,
};

/// The effect of a rule: duplicates have the same effect and apply to the same carts.
#[derive(PartialEq, Eq, Hash)]
pub struct RuleEffect {
    currency: String,
    stops: bool,
    dates: [Option<i64>; 2],
    methods: Vec<(String, String)>,
}

impl RuleEffect {
    /// `None` for a rule that is disabled or never in force.
    pub fn of(rule: &Rule) -> Option<Self> {
        let methods = rule.payment_methods.iter().map(|method| {
            let options = method.options.as_ref().map(|options| {
                let sorted: BTreeMap<_, _> = options.iter().collect();
                serde_json::to_string(&sorted).unwrap_or_default()
            });
            (method.id.to_string(), options.unwrap_or_default())
        });
        let is_off = !rule.enabled || moment_of(rule, chrono::DateTime::UNIX_EPOCH).is_none();
        (!is_off).then(|| RuleEffect {
            currency: rule.currency.code().to_owned(),
            stops: rule.stop_processing,
            dates: [rule.active_from, rule.active_until]
                .map(|date| date.map(|date| date.timestamp_micros())),
            methods: methods.collect(),
        })
    }
}

/// The maximum number of sample carts used to tell the rules of a group apart.
const MOST_PROBES: usize = 48;

/// Notes the duplicates among all rules.
pub fn examine_all(inquiry: &Inquiry<'_>, subjects: &[Subject<'_>]) {
    let subjects = subjects.iter();
    let effects = subjects.filter_map(|it| Some((RuleEffect::of(it.rule())?, it)));
    for group in grouped(effects) {
        for alike in grouped_by_samples(inquiry, group) {
            examine_group(inquiry, &alike);
        }
    }
}

/// The groups of at least two subjects with the same key, in walking order.
fn grouped<'s, 'b, K: Eq + Hash>(
    subjects: impl Iterator<Item = (K, &'s Subject<'b>)>,
) -> Vec<Vec<&'s Subject<'b>>> {
    let mut by_key: HashMap<K, Vec<&Subject<'_>>> = HashMap::new();
    for (key, subject) in subjects {
        by_key.entry(key).or_default().push(subject);
    }
    let mut groups: Vec<_> = by_key.into_values().filter(|it| it.len() > 1).collect();
    groups.sort_by_key(|group| group.first().map(|first| first.place()));
    groups
}

/// Splits a group into rules that apply to the same sample carts, in walking order.
fn grouped_by_samples<'s, 'b>(
    inquiry: &Inquiry<'_>,
    group: Vec<&'s Subject<'b>>,
) -> Vec<Vec<&'s Subject<'b>>> {
    let step = group.len().div_ceil(MOST_PROBES).max(1);
    let mut verdicts: Vec<Vec<bool>> = vec![Vec::new(); group.len()];
    let probes = group.iter().step_by(step);
    for subject in probes.take_while(|_| !inquiry.is_over()) {
        if let Some(json) = inquiry.samples_of(subject).first() {
            with_sample(json, inquiry.book, |sample| {
                for (place, other) in group.iter().enumerate() {
                    verdicts[place].push(other.seems_to_apply(sample));
                }
            });
        }
    }
    grouped(verdicts.into_iter().zip(group))
}

/// Compares each rule with the first rule of each set of duplicates only: a duplicate of a duplicate is also a
/// duplicate of the original.
fn examine_group(inquiry: &Inquiry<'_>, group: &[&Subject<'_>]) {
    let mut originals: Vec<&Subject<'_>> = Vec::new();
    for subject in group.iter().take_while(|_| !inquiry.is_over()) {
        let mut known = originals.iter();
        if !known.any(|original| examine(inquiry, original, subject)) {
            originals.push(subject);
        }
    }
}

/// Returns whether a rule is a duplicate of an earlier one with the same effect, and notes a finding if it is.
pub fn examine(inquiry: &Inquiry<'_>, original: &Subject<'_>, subject: &Subject<'_>) -> bool {
    let mut samples = inquiry.samples_of(original);
    samples.extend(inquiry.samples_of(subject));
    let tells_apart = |json: &String| {
        let differ = with_sample(json, inquiry.book, |sample| {
            original.seems_to_apply(sample) != subject.seems_to_apply(sample)
        });
        differ.unwrap_or(false)
    };
    if samples.is_empty() || samples.iter().any(tells_apart) {
        return false;
    }
    let Some(at) = moment_of(subject.rule(), inquiry.now) else {
        return false;
    };
    let answer = match is_same_text(original.rule(), subject.rule()) {
        true => Answer::Nothing,
        false => match differing(inquiry, original, subject) {
            Answer::Nothing => differing(inquiry, subject, original),
            answer => answer,
        },
    };
    match answer {
        Answer::Nothing => {}
        Answer::Found(_) => return false,
        Answer::Unknown => {
            let rules = vec![subject.place(), original.place()];
            inquiry.note_unknown(FindingKind::Duplicate, rules);
            return false;
        }
    }
    let places = [subject.place(), original.place()];
    let Some(witness) = inquiry.witness(&samples, at, &places) else {
        return false;
    };
    let both = [subject, original].into_iter();
    let spans = both.filter_map(|it| Some((it.place(), it.expression()?.span())));
    let (name, earlier) = (&subject.rule().name, &original.rule().name);
    inquiry.note(RuleFinding {
        kind: FindingKind::Duplicate,
        message: format!(
            "“{name}” applies to the same carts and offers the same methods as “{earlier}”, which comes before it."
        ),
        rules: places.to_vec(),
        spans: spans.collect(),
        pointer: String::new(),
        witness: Some(witness),
    });
    true
}

/// Whether two rules name the same websites and destinations and have the same expression.
fn is_same_text(one: &Rule, other: &Rule) -> bool {
    fn set<T: Ord>(all: &[T]) -> BTreeSet<&T> {
        all.iter().collect()
    }
    let text = |rule: &Rule| rule.expression.as_deref().map(str::trim).map(str::to_owned);
    set(&one.websites) == set(&other.websites)
        && one.destinations == other.destinations
        && text(one) == text(other)
}

/// Searches for a cart to which the first rule applies and the second does not.
fn differing(inquiry: &Inquiry<'_>, first: &Subject<'_>, second: &Subject<'_>) -> Answer {
    let formula = Formula::All(vec![first.applies(), second.applies_not(first)]);
    let rules = [first.rule(), second.rule()];
    let placed: &[&Rule] = match second.is_placed_within(first) {
        true => &rules,
        false => &rules[..1],
    };
    inquiry.find(&formula, &rules, placed, CartTotals::Any)
}
