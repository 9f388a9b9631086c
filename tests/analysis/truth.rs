//! What is true of a set of rules, found by trying every cart at every moment.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use onterms::{
    cart::{self, Cart},
    checkout::CART_JUDGE,
    expressions::Budget,
    geo::Location,
    money::Currency,
    payment_methods::Terms,
    payment_rules::{
        Rule,
        analysis::{FindingKind, RuleFinding, RuleOutcome},
        rulebook::{BookRule, Condition, Rulebook},
    },
    postal::PostalCode,
};

use crate::small_world::{MOMENTS, World};

/// A set of carts, a bit for each.
#[derive(Clone, Debug, PartialEq)]
struct Carts(Vec<u64>);

impl Carts {
    fn of(flags: impl Iterator<Item = bool>) -> Self {
        let mut words = Vec::new();
        for (place, flag) in flags.enumerate() {
            if place % 64 == 0 {
                words.push(0);
            }
            if let (true, Some(word)) = (flag, words.last_mut()) {
                *word |= 1 << (place % 64);
            }
        }
        Carts(words)
    }

    fn none(&self) -> Self {
        Carts(vec![0; self.0.len()])
    }

    fn both(&self, other: &Self, word: fn(u64, u64) -> u64) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Carts(pairs.map(|(one, other)| word(*one, *other)).collect())
    }

    fn and(&self, other: &Self) -> Self {
        self.both(other, |one, other| one & other)
    }

    fn or(&self, other: &Self) -> Self {
        self.both(other, |one, other| one | other)
    }

    fn without(&self, other: &Self) -> Self {
        self.both(other, |one, other| one & !other)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

/// What was found out of the carts already; the same expressions and places are in many sets.
pub struct Known<'w> {
    world: &'w World,
    carts: Vec<Cart<'static>>,
    positive: Carts,
    /// The carts that a currency, websites and destinations let through.
    through: HashMap<String, Carts>,
    /// The carts for which an expression holds, and those for which it fails.
    ran: HashMap<(Currency, String), (Carts, Carts)>,
}

impl<'w> Known<'w> {
    pub fn of(world: &'w World) -> Self {
        let carts: Vec<_> = world
            .carts
            .iter()
            .map(|json| cart::read(json).expect("a cart"))
            .collect();
        let is_positive = |cart: &Cart<'_>| cart.total().is_some_and(|total| total.minor() > 0);
        Known {
            world,
            positive: Carts::of(carts.iter().map(is_positive)),
            carts,
            through: HashMap::new(),
            ran: HashMap::new(),
        }
    }

    fn through(&mut self, book_rule: &BookRule) -> Carts {
        let rule = &book_rule.compiled.rule;
        let key = format!(
            "{} {:?} {:?}",
            rule.currency, rule.websites, rule.destinations
        );
        let carts = &self.carts;
        let judge = || Carts::of(carts.iter().map(|cart| lets_through(book_rule, cart)));
        self.through.entry(key).or_insert_with(judge).clone()
    }

    fn ran(&mut self, book_rule: &BookRule) -> (Carts, Carts) {
        let currency = book_rule.compiled.rule.currency;
        let all = |cart: &Cart<'_>| cart.currency() == currency;
        let carts = &self.carts;
        match &book_rule.compiled.expression {
            Condition::When(expression) => {
                let run = || {
                    let run = |cart: &Cart<'_>| match all(cart) {
                        true => expression.holds(cart.record(), &mut Budget::default()).ok(),
                        false => Some(false),
                    };
                    let ran: Vec<Option<bool>> = carts.iter().map(run).collect();
                    let holds = Carts::of(ran.iter().map(|it| *it == Some(true)));
                    (holds, Carts::of(ran.iter().map(Option::is_none)))
                };
                let key = (currency, expression.text().to_owned());
                self.ran.entry(key).or_insert_with(run).clone()
            }
            Condition::None => {
                let holds = Carts::of(carts.iter().map(all));
                let fails = holds.none();
                (holds, fails)
            }
            Condition::Unreadable(why) => panic!("{why}"),
        }
    }
}

/// What becomes of a rule with every cart.
struct Outcomes {
    /// The carts that its currency, websites and destinations let through and whose total is positive.
    asked: Carts,
    /// The carts for which the expression holds, and those for which it fails.
    holds: Carts,
    fails: Carts,
    /// At each moment, the carts that it applies to.
    applies: Vec<Carts>,
    is_in_force: bool,
}

pub struct Truth {
    rules: Vec<Outcomes>,
    found: HashSet<(usize, FindingKind)>,
    /// For each rule the earlier ones that do the same.
    duplicates: Vec<Vec<usize>>,
}

fn moments() -> [DateTime<Utc>; 3] {
    MOMENTS.map(|moment| moment.parse().expect("a moment"))
}

impl Truth {
    pub fn of(known: &mut Known<'_>, book: &Rulebook) -> Self {
        let mut truth = Truth {
            rules: book
                .rules()
                .iter()
                .map(|rule| outcomes(known, rule))
                .collect(),
            found: HashSet::new(),
            duplicates: Vec::new(),
        };
        for rule in book.rules().iter() {
            let duplicates = truth.duplicates_of(book, rule);
            truth.duplicates.push(duplicates);
            truth.judge(book, rule);
        }
        truth
    }

    /// Whether brute force finds this of a rule.
    pub fn has(&self, place: usize, kind: FindingKind) -> bool {
        self.found.contains(&(place, kind))
    }

    /// Whether a finding is true.
    pub fn confirms(&self, finding: &RuleFinding) -> bool {
        let (first, others) = finding.rules.split_first().expect("a rule");
        match finding.kind {
            FindingKind::Shadowed => !others.is_empty() && self.is_covered(*first, others),
            FindingKind::Duplicate => {
                let duplicates = &self.duplicates[*first];
                others.iter().all(|other| duplicates.contains(other))
            }
            kind => self.has(*first, kind),
        }
    }

    /// Whether some of these rules apply wherever and whenever a rule does.
    fn is_covered(&self, place: usize, others: &[usize]) -> bool {
        let all = self.rules[place].applies.iter().enumerate();
        let mut left = all.map(|(moment, carts)| {
            let applies = others.iter().map(|it| &self.rules[*it].applies[moment]);
            carts.without(&applies.fold(carts.none(), |all, more| all.or(more)))
        });
        left.all(|left| left.is_empty())
    }

    fn applies_at_all(&self, place: usize) -> bool {
        self.rules[place]
            .applies
            .iter()
            .any(|carts| !carts.is_empty())
    }

    fn judge(&mut self, book: &Rulebook, book_rule: &BookRule) {
        let (place, rule) = (book_rule.place, &book_rule.compiled.rule);
        let outcomes = &self.rules[place];
        let asked = &outcomes.asked;
        let can_hold = !asked.and(&outcomes.holds).is_empty();
        let can_not = !asked.without(&outcomes.holds).is_empty();
        let can_fail = !asked.and(&outcomes.fails).is_empty();
        let has_expression = matches!(book_rule.compiled.expression, Condition::When(_));
        let is_in_force = outcomes.is_in_force;
        let is_stop = |it: &usize| book.rules()[*it].compiled.rule.stop_processing;
        let stops: Vec<usize> = (0..place).filter(is_stop).collect();
        let shadowed = self.applies_at_all(place) && self.is_covered(place, &stops);
        let can_use = |offer: &onterms::payment_rules::rulebook::Offer| {
            let method = &book.methods()[offer.method].method;
            let takes = match &method.terms {
                Terms::Provider(account) => account.currencies.contains(&rule.currency),
                _ => true,
            };
            method.enabled && takes
        };
        let mut patterns = rule.destinations.iter().flat_map(|to| &to.postal_codes);
        for (kind, is_there) in [
            (FindingKind::NeverTrue, has_expression && !can_hold),
            (
                FindingKind::AlwaysTrue,
                has_expression && can_hold && !can_not && is_in_force,
            ),
            (
                FindingKind::MayFail,
                has_expression && can_fail && is_in_force,
            ),
            (FindingKind::Shadowed, shadowed),
            (FindingKind::Duplicate, !self.duplicates[place].is_empty()),
            (FindingKind::EmptyDates, !is_in_force),
            (
                FindingKind::NoUsableMethod,
                !book_rule.offers.iter().any(can_use),
            ),
            (
                FindingKind::PatternNeverMatches,
                patterns.any(|it| it == "101155*"),
            ),
        ] {
            if is_there {
                self.found.insert((place, kind));
            }
        }
    }

    /// The earlier rules that offer the same to the same carts at the same times.
    fn duplicates_of(&self, book: &Rulebook, rule: &BookRule) -> Vec<usize> {
        let deed = |rule: &Rule| {
            let methods = rule.payment_methods.iter().map(|it| it.id.to_string());
            let dates = (rule.active_from, rule.active_until);
            (
                rule.currency,
                rule.stop_processing,
                dates,
                methods.collect::<Vec<_>>(),
            )
        };
        let place = rule.place;
        if !self.applies_at_all(place) {
            return Vec::new();
        }
        let does_the_same = |other: &usize| {
            deed(&book.rules()[*other].compiled.rule) == deed(&rule.compiled.rule)
                && self.rules[*other].applies == self.rules[place].applies
        };
        (0..place).filter(does_the_same).collect()
    }

    /// Tries some carts with checkout itself, which must say the same.
    pub fn agrees_with_checkout(&self, known: &Known<'_>, book: &Rulebook) {
        let places: Vec<usize> = (0..book.rules().len()).collect();
        let is_stop = |it: &usize| book.rules()[*it].compiled.rule.stop_processing;
        for (moment, at) in moments().into_iter().enumerate() {
            for (cart, json) in known.world.carts.iter().enumerate().step_by(7) {
                let applies = |it: &usize| self.rules[*it].applies[moment].has(cart);
                let outcomes = (CART_JUDGE.outcomes)(book, json, at, &places).expect("a cart");
                for place in &places {
                    let judged = outcomes[*place] == RuleOutcome::Applies;
                    assert_eq!(applies(place), judged, "{place} {json}");
                }
                let stop = places.iter().find(|it| is_stop(it) && applies(it));
                let ends = (CART_JUDGE.stop)(book, json, at).expect("a cart");
                assert_eq!(ends, stop.copied(), "{json}");
            }
        }
    }
}

fn outcomes(known: &mut Known<'_>, book_rule: &BookRule) -> Outcomes {
    let rule = &book_rule.compiled.rule;
    let through = known.through(book_rule);
    let (holds, fails) = known.ran(book_rule);
    let applied = through.and(&holds);
    let applies = moments().map(|at| match rule.enabled && rule.is_active_at(at) {
        true => applied.clone(),
        false => applied.none(),
    });
    let is_in_force = match (rule.active_from, rule.active_until) {
        (Some(from), Some(until)) => from < until,
        _ => true,
    };
    Outcomes {
        asked: through.and(&known.positive),
        holds,
        fails,
        applies: applies.into(),
        is_in_force,
    }
}

fn lets_through(book_rule: &BookRule, cart: &Cart<'_>) -> bool {
    let compiled = &book_rule.compiled;
    let rule = &compiled.rule;
    let is_on = |website: &str| rule.websites.iter().any(|known| known == website);
    if rule.currency != cart.currency() {
        return false;
    }
    if !rule.websites.is_empty() && cart.website().is_some_and(|website| !is_on(website)) {
        return false;
    }
    if rule.destinations.is_empty() {
        return true;
    }
    let Some(address) = cart.billing_address() else {
        return false;
    };
    let country = address.country.expect("a country");
    let location = Location::new(country, address.region).expect("a place");
    let code = address.postal_code;
    let code = code.and_then(|code| PostalCode::of(country, code));
    compiled.destinations.matches(&location, || code.as_ref())
}
