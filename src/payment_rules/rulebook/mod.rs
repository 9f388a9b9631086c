//! All rules and methods of one revision, compiled once and then only read.
//!
//! Checkout asks thousands of times between two changes, so whatever can be worked out beforehand is: expressions are
//! parsed, methods are looked up, their JSON is written, and an index finds the rules that could match a cart, so that the
//! cost of a request grows with those and not with the rules that exist.

mod cache;
mod candidate;
mod compiled;
mod history;
mod index;
mod rendered_method;
mod shared_conditions;

use std::{collections::HashMap, ops::Range, sync::Arc};

pub use cache::{Current, RulebookCache, TooOld};
pub use candidate::{Candidate, Compared};
pub use compiled::{CompiledRule, Condition};
pub use history::{HistoricRulebooks, NoRulebook, When};
pub use rendered_method::RenderedMethod;

use crate::{
    cart::{Address, Cart},
    ids::{IntegrationId, RuleId},
    locale::Language,
    payment_methods::{CreditCheck, Method},
    settings::ShopSettings,
};
use index::Index;
use shared_conditions::SharedConditions;

/// A method that a rule offers, as a place among the rulebook's methods.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Place in [`Rulebook::methods`].
    pub method: usize,
    /// What an answer has of options, as JSON: the method's own and, where it has no such option, the rule's; then the
    /// rule's by themselves.
    pub options: Arc<str>,
}

/// A rule in its place.
#[derive(Debug)]
pub struct BookRule {
    /// Place in [`Rulebook::rules`], which is walking order.
    pub place: usize,
    /// What a walk looks at first.
    pub header: RuleHeader,
    pub compiled: Arc<CompiledRule>,
    /// In the rule's order; a method that no longer exists is left out.
    pub offers: Vec<Offer>,
}

/// All that a walk needs of a rule that does not apply, side by side: the rule itself lies scattered over many cache lines,
/// and a walk past a hundred rules would wait for each of them.
#[derive(Debug)]
pub struct RuleHeader {
    /// Microseconds since 1970, the end not included; the far past and the far future where the rule names none.
    active: Range<i64>,
    pub has_destinations: bool,
    pub stops: bool,
    pub condition: Condition,
    /// Its number among the conditions that several rules have, so that a walk evaluates it once; `None` where no other rule
    /// has the same.
    pub shared: Option<u32>,
}

impl RuleHeader {
    fn of(compiled: &CompiledRule, shared: Option<u32>) -> Self {
        let rule = &compiled.rule;
        let from = rule
            .active_from
            .map_or(i64::MIN, |from| from.timestamp_micros());
        let until = rule
            .active_until
            .map_or(i64::MAX, |until| until.timestamp_micros());
        RuleHeader {
            active: from..until,
            has_destinations: !rule.destinations.is_empty(),
            stops: rule.stop_processing,
            condition: compiled.expression.clone(),
            shared,
        }
    }

    /// Whether the rule is in force at a moment, in microseconds since 1970.
    pub fn is_active_at(&self, micros: i64) -> bool {
        self.active.contains(&micros)
    }
}

/// The rules and methods of one revision.
#[derive(Debug)]
pub struct Rulebook {
    revision: i64,
    rules: Vec<BookRule>,
    methods: Vec<RenderedMethod>,
    /// For each method the places of the rules that name it.
    naming: Vec<Vec<usize>>,
    index: Index,
    /// The place of the last rule that stops.
    last_stop: Option<usize>,
    shared_conditions: usize,
    settings: ShopSettings,
    is_translated: bool,
    uses_credit: bool,
}

impl Rulebook {
    /// Puts a rulebook together. Rules are sorted here: by sort order, then by id.
    pub fn new(
        revision: i64,
        mut rules: Vec<Arc<CompiledRule>>,
        methods: Vec<Method>,
        settings: &ShopSettings,
    ) -> Self {
        rules.sort_by_cached_key(|compiled| {
            (compiled.rule.sort_order, compiled.rule.id.to_string())
        });
        let default_locale = settings.default_locale.as_deref().and_then(Language::new);
        let cards = methods
            .into_iter()
            .map(|method| RenderedMethod::new(method, default_locale.as_ref()));
        let methods: Vec<_> = cards.collect();
        let places: HashMap<IntegrationId, usize> = methods
            .iter()
            .enumerate()
            .map(|(place, rendered_method)| (rendered_method.method.id.integration, place))
            .collect();
        let shared_conditions = SharedConditions::among(&rules);
        let rules: Vec<_> = rules
            .into_iter()
            .enumerate()
            .map(|(place, compiled)| BookRule {
                place,
                header: RuleHeader::of(&compiled, shared_conditions.number_of(&compiled)),
                offers: offers(&compiled, &places, &methods),
                compiled,
            })
            .collect();
        let mut naming = vec![Vec::new(); methods.len()];
        for rule in &rules {
            for offer in &rule.offers {
                naming[offer.method].push(rule.place);
            }
        }
        let index = Index::new(rules.iter().map(|rule| &rule.compiled.rule));
        Rulebook {
            revision,
            last_stop: rules.iter().rposition(|rule| rule.header.stops),
            rules,
            uses_credit: methods.iter().any(|card| uses_credit(&card.method)),
            is_translated: methods.iter().any(RenderedMethod::is_translated),
            methods,
            naming,
            index,
            shared_conditions: shared_conditions.len(),
            settings: settings.clone(),
        }
    }

    /// The same methods and settings with other rules: for trying drafts.
    pub fn with_rules(&self, rules: Vec<Arc<CompiledRule>>) -> Self {
        let methods = self
            .methods
            .iter()
            .map(|rendered_method| rendered_method.method.clone())
            .collect();
        Rulebook::new(self.revision, rules, methods, &self.settings)
    }

    /// The revision everything here is of.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Every rule, in the order in which rules are walked.
    pub fn rules(&self) -> &[BookRule] {
        &self.rules
    }

    /// Every method, oldest first.
    pub fn methods(&self) -> &[RenderedMethod] {
        &self.methods
    }

    /// How many conditions several rules have; [`RuleHeader::shared`] is below it.
    pub fn shared_conditions(&self) -> usize {
        self.shared_conditions
    }

    /// Whether the rule at this place or one behind it stops.
    pub fn has_stop_from(&self, place: usize) -> bool {
        self.last_stop.is_some_and(|last| last >= place)
    }

    /// The rules that name a method, in walking order; `method` is a place among the methods.
    pub fn rules_naming(&self, method: usize) -> impl ExactSizeIterator<Item = &BookRule> {
        let places = self.naming.get(method).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.rules[*place])
    }

    /// The shop's country, which expressions see as `merchantCountry`.
    pub fn merchant_country(&self) -> Option<&str> {
        self.settings.merchant_country.as_deref()
    }

    /// Whether a method that is on looks at the buyer's credit.
    pub fn uses_credit(&self) -> bool {
        self.uses_credit
    }

    /// Whether it matters which language a caller reads.
    pub fn is_translated(&self) -> bool {
        self.is_translated
    }

    /// The enabled rules whose currency, website and country could fit the cart, in walking order.
    pub fn candidates(
        &self,
        cart: &Cart<'_>,
        address: Option<Address<'_>>,
    ) -> impl Iterator<Item = &BookRule> {
        let country = address.and_then(|address| address.country);
        let places = self.index.find(cart.currency(), cart.website(), country);
        places
            .into_iter()
            .filter_map(|place| self.rules.get(place as usize))
    }

    /// The enabled rules whose currency and website fit, wherever the cart's invoice goes.
    pub fn candidates_anywhere(&self, cart: &Cart<'_>) -> impl Iterator<Item = &BookRule> {
        let places = self.index.find_anywhere(cart.currency(), cart.website());
        places
            .into_iter()
            .filter_map(|place| self.rules.get(place as usize))
    }

    /// Identifies the revision of the compiled rules.
    pub(super) fn compiled(&self) -> HashMap<RuleId, &Arc<CompiledRule>> {
        self.rules
            .iter()
            .map(|rule| (rule.compiled.rule.id, &rule.compiled))
            .collect()
    }
}

fn uses_credit(method: &Method) -> bool {
    let credit = method.terms.credit();
    method.enabled && credit.is_some_and(|policy| policy.check != CreditCheck::Off)
}

fn offers(
    compiled: &CompiledRule,
    places: &HashMap<IntegrationId, usize>,
    methods: &[RenderedMethod],
) -> Vec<Offer> {
    compiled
        .rule
        .payment_methods
        .iter()
        .filter_map(|named| {
            let method = *places.get(&named.id.integration)?;
            let options = methods[method].options_with(named.options.as_ref());
            Some(Offer { method, options })
        })
        .collect()
}
