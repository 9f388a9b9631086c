//! Finds rules that are never reached, because earlier rules stop for every cart to which they apply.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    cart_space::CartTotals,
    finding::{FindingKind, RuleFinding, RuleWitness},
    inquiry::Inquiry,
    subject::{Subject, moment_of, with_sample},
};
use crate::{
    expressions::analysis::{Answer, Formula},
    payment_rules::Rule,
};

/// The maximum number of single rules that are tried as the shadowing rule.
const MOST_SINGLES: usize = 12;
/// The maximum number of stop rules that are tried together.
const MOST_TOGETHER: usize = 48;
/// The maximum number of moments that are distinguished.
const MOST_MOMENTS: usize = 16;

/// Whether a stop rule can end the walk for carts to which another rule applies.
pub fn can_stop(stop: &Rule, rule: &Rule) -> bool {
    let shares_website = || {
        let mut websites = stop.websites.iter();
        stop.websites.is_empty()
            || rule.websites.is_empty()
            || websites.any(|website| rule.websites.contains(website))
    };
    stop.enabled
        && stop.stop_processing
        && stop.currency == rule.currency
        && moment_of(stop, DateTime::UNIX_EPOCH).is_some()
        && shares_website()
}

/// Notes whether a rule is shadowed by one of these earlier rules, or by some of them together.
pub fn examine(inquiry: &Inquiry<'_>, subject: &Subject<'_>, stops: &[&Subject<'_>]) {
    if stops.is_empty() || !subject.rule().enabled || inquiry.is_over() {
        return;
    }
    let Some(moments) = moments(subject.rule(), stops, inquiry.now) else {
        return;
    };
    if inquiry.samples_of(subject).is_empty() {
        return;
    }
    // In most cases a known sample that no earlier rule stops shows that the rule is reached.
    let Some(mut singles) = stopping(inquiry, subject, stops, &moments) else {
        return;
    };
    let mut is_unknown = None;
    singles.retain(|place| stops[*place].is_active_whenever(subject.rule()));
    singles.truncate(MOST_SINGLES);
    while let Some(place) = (!singles.is_empty()).then(|| singles.remove(0)) {
        let stop = stops[place];
        match uncovered(inquiry, subject, &[stop]) {
            Answer::Nothing => return note(inquiry, subject, &[stop], &moments),
            Answer::Found(witness) => {
                inquiry.keep_sample(subject.place(), witness.json);
                let Some(still) = stopping(inquiry, subject, stops, &moments) else {
                    return;
                };
                singles.retain(|place| still.contains(place));
            }
            Answer::Unknown => is_unknown = is_unknown.or(Some(stop.place())),
        }
    }
    match together(inquiry, subject, stops, &moments) {
        Together::Covered(stops) => note(inquiry, subject, &stops, &moments),
        Together::Reached => {}
        Together::Unknown => {
            let rules = std::iter::once(subject.place()).chain(is_unknown);
            inquiry.note_unknown(FindingKind::Shadowed, rules.collect());
        }
    }
}

/// One moment, within the rule's dates, for each set of stop rules that are in force; `None` if there is none or there
/// are too many.
fn moments(rule: &Rule, stops: &[&Subject<'_>], now: DateTime<Utc>) -> Option<Vec<DateTime<Utc>>> {
    let rules = stops.iter().map(|stop| stop.rule());
    let borders = rules.flat_map(|stop| [stop.active_from, stop.active_until]);
    let borders: BTreeSet<_> = borders.flatten().chain(rule.active_from).collect();
    let before = borders.first().map(|first| *first - TimeDelta::seconds(1));
    let mut moments: Vec<_> = std::iter::once(moment_of(rule, now)?).collect();
    for moment in before.into_iter().chain(borders) {
        if rule.is_active_at(moment) && !moments.contains(&moment) {
            moments.push(moment);
        }
    }
    (moments.len() <= MOST_MOMENTS).then_some(moments)
}

/// The stop rules that apply to every known sample of the subject; `None` if one of the samples reaches the subject.
fn stopping(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    stops: &[&Subject<'_>],
    moments: &[DateTime<Utc>],
) -> Option<Vec<usize>> {
    let mut all: Vec<usize> = (0..stops.len()).collect();
    for json in inquiry.samples_of(subject) {
        let hits: Vec<usize> = with_sample(&json, inquiry.book, |sample| {
            let hits = (0..stops.len()).filter(|place| stops[*place].seems_to_apply(sample));
            hits.collect()
        })?;
        let is_stopped = |moment: &DateTime<Utc>| {
            let mut active = hits.iter().map(|place| stops[*place].rule());
            active.any(|rule| rule.is_active_at(*moment))
        };
        if !moments.iter().all(is_stopped) {
            return None;
        }
        all.retain(|place| hits.contains(place));
    }
    Some(all)
}

/// Searches for a cart to which the subject applies and none of these rules does.
fn uncovered(inquiry: &Inquiry<'_>, subject: &Subject<'_>, stops: &[&Subject<'_>]) -> Answer {
    let mut parts = vec![subject.applies()];
    parts.extend(stops.iter().map(|stop| stop.applies_not(subject)));
    let (mut rules, mut placed) = (vec![subject.rule()], vec![subject.rule()]);
    rules.extend(stops.iter().map(|stop| stop.rule()));
    let within = stops.iter().filter(|stop| stop.is_placed_within(subject));
    placed.extend(within.map(|stop| stop.rule()));
    inquiry.find(&Formula::All(parts), &rules, &placed, CartTotals::Any)
}

enum Together<'s, 'b> {
    Covered(Vec<&'s Subject<'b>>),
    Reached,
    Unknown,
}

/// Whether several rules together stop wherever the subject applies.
fn together<'s, 'b>(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    stops: &[&'s Subject<'b>],
    moments: &[DateTime<Utc>],
) -> Together<'s, 'b> {
    if stops.len() > MOST_TOGETHER {
        return Together::Unknown;
    }
    let mut needed: Vec<&Subject<'_>> = Vec::new();
    let mut is_unknown = false;
    for moment in moments {
        let mut active = stops.to_vec();
        active.retain(|stop| stop.rule().is_active_at(*moment));
        match uncovered(inquiry, subject, &active) {
            Answer::Found(_) => return Together::Reached,
            Answer::Unknown => is_unknown = true,
            Answer::Nothing => {
                for stop in fewest(inquiry, subject, active) {
                    if needed.iter().all(|known| known.place() != stop.place()) {
                        needed.push(stop);
                    }
                }
            }
        }
    }
    needed.sort_by_key(|stop| stop.place());
    match is_unknown {
        true => Together::Unknown,
        false => Together::Covered(needed),
    }
}

/// Drops each rule without which the others still cover the subject.
fn fewest<'s, 'b>(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    mut stops: Vec<&'s Subject<'b>>,
) -> Vec<&'s Subject<'b>> {
    let mut place = 0;
    while place < stops.len() {
        let dropped = stops.remove(place);
        if uncovered(inquiry, subject, &stops) != Answer::Nothing {
            stops.insert(place, dropped);
            place += 1;
        }
    }
    stops
}

fn note(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    stops: &[&Subject<'_>],
    moments: &[DateTime<Utc>],
) {
    let Some(witness) = witness(inquiry, subject, stops, moments) else {
        return;
    };
    let (name, stop_names) = (&subject.rule().name, stops.iter().map(|it| &it.rule().name));
    let stop_names = stop_names.map(|name| format!("“{name}”"));
    let stop_names = stop_names.collect::<Vec<_>>().join(", ");
    let message = match stops.len() {
        1 => format!(
            "No cart reaches “{name}”: {stop_names} comes before it, applies to every cart that it applies to, and stops."
        ),
        _ => format!(
            "No cart reaches “{name}”: {stop_names} come before it and stop, and to every cart that it applies to, one of them applies."
        ),
    };
    let all = || std::iter::once(subject).chain(stops.iter().copied());
    let spans = all().filter_map(|it| Some((it.place(), it.expression()?.span())));
    inquiry.note(RuleFinding {
        kind: FindingKind::Shadowed,
        message,
        rules: all().map(Subject::place).collect(),
        spans: spans.collect(),
        pointer: String::new(),
        witness: Some(witness),
    });
}

/// A cart to which the subject and one of these rules apply, and for which the walk ends before the subject.
fn witness(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    stops: &[&Subject<'_>],
    moments: &[DateTime<Utc>],
) -> Option<RuleWitness> {
    let samples = inquiry.samples_of(subject);
    for at in moments {
        for stop in stops {
            let places = [subject.place(), stop.place()];
            let Some(witness) = inquiry.witness(&samples, *at, &places) else {
                continue;
            };
            let end = (inquiry.judge.stop)(inquiry.book, &witness.cart, *at)?;
            if end.is_some_and(|end| end < subject.place()) {
                return Some(witness);
            }
        }
    }
    None
}
