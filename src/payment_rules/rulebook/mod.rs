//! All rules and methods of one revision, compiled once and then only read.
//!
//! Checkout reads a rulebook thousands of times between two changes, so everything possible is prepared: expressions
//! are parsed, methods are looked up, and their JSON is written. An index finds the rules that could match a cart, so
//! that the cost of a request grows with those and not with all rules. A rulebook is immutable: the next one is built
//! from the differences and shares the rest.

mod cache;
mod candidate;
mod compiled;
mod conditions;
mod history;
mod index;
mod methods;
mod places;
mod rendered_method;
mod rule_list;
mod shared_conditions;
#[cfg(test)]
mod tests;
mod walk_order;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

pub use cache::{Current, RulebookCache, TooOld};
pub use candidate::Candidate;
pub use compiled::{CompiledRule, Condition};
pub use history::{HistoricRulebooks, NoRulebook, When};
pub use places::Place;
pub use rendered_method::RenderedMethod;
pub use rule_list::RuleList;
pub use shared_conditions::SharedConditions;

use crate::{
    cart::{self, Address, Cart},
    http::problem::Problem,
    ids::RuleId,
    payment_methods::Method,
    payment_rules::Rule,
    settings::ShopSettings,
    store::revisions::Mark,
};
use index::Index;
use methods::Methods;
use places::{Patch, Places, place};
use walk_order::WalkOrder;

/// A method that a rule offers, as a place among the rulebook's methods.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Place in [`Rulebook::methods`].
    pub method: usize,
    /// The options of the answer as JSON: the method's own options with those that the rule adds, then the rule's
    /// options alone.
    pub options: Arc<str>,
}

/// A rule in its place.
#[derive(Clone, Debug)]
pub struct BookRule {
    /// Place in [`Rulebook::rules`], which is walking order.
    pub place: usize,
    /// The fields that a walk reads first.
    pub header: RuleHeader,
    pub compiled: Arc<CompiledRule>,
    /// In the rule's order; a method that no longer exists is left out.
    pub offers: Arc<[Offer]>,
}

/// The fields that a walk needs to skip a rule, stored together: the rule itself is spread over many cache lines, and a
/// walk over a hundred rules would wait for each of them.
#[derive(Clone, Debug)]
pub struct RuleHeader {
    /// Microseconds since 1970, without the end; `i64::MIN` or `i64::MAX` if the rule has no start or end.
    active: Range<i64>,
    pub has_destinations: bool,
    pub stops: bool,
    pub condition: Condition,
    /// The number of the condition.
    condition_number: Option<u32>,
}

impl RuleHeader {
    fn of(compiled: &CompiledRule) -> Self {
        let rule = &compiled.rule;
        let [from, until] = [rule.active_from, rule.active_until]
            .map(|date| date.map(|date| date.timestamp_micros()));
        RuleHeader {
            active: from.unwrap_or(i64::MIN)..until.unwrap_or(i64::MAX),
            has_destinations: !rule.destinations.is_empty(),
            stops: rule.stop_processing,
            condition: compiled.expression.clone(),
            condition_number: compiled.condition_number(),
        }
    }

    fn is_always_active(&self) -> bool {
        self.active == (i64::MIN..i64::MAX)
    }

    /// Whether the rule is in force at a moment, in microseconds since 1970.
    pub fn is_active_at(&self, micros: i64) -> bool {
        self.active.contains(&micros)
    }
}

/// The rules and methods of one revision. The next one shares with it whatever does not change.
#[derive(Debug)]
pub struct Rulebook {
    revision: i64,
    /// The mark of the revision; `None` for a rulebook that is not the newest one loaded from the database.
    mark: Option<Mark>,
    rules: RuleList,
    order: WalkOrder,
    methods: Arc<Methods>,
    /// For each method the places of the rules that name it.
    naming: Vec<Places>,
    index: Index,
    /// The places of rules that stop.
    stops: Places,
    shared_conditions: SharedConditions,
    settings: ShopSettings,
}

/// The differences between two rulebooks, before the rules are compiled.
struct RulebookChange {
    revision: i64,
    mark: Option<Mark>,
    /// Rules that are removed, or that come in another version.
    gone: HashSet<RuleId>,
    /// Rules that come, in no order.
    fresh: Vec<Rule>,
    /// All methods.
    methods: Vec<Method>,
    settings: ShopSettings,
}

impl Rulebook {
    /// Builds a rulebook. Sorts the rules by sort order, then by id.
    pub fn new(
        revision: i64,
        rules: Vec<Rule>,
        methods: Vec<Method>,
        settings: &ShopSettings,
    ) -> Self {
        let methods = Arc::new(Methods::new(methods, settings));
        Rulebook::of(revision, None, methods, settings.clone(), compiled(rules))
    }

    /// The same methods and settings with other rules, for trying drafts.
    pub fn with_rules(&self, rules: Vec<Rule>) -> Self {
        let methods = Arc::clone(&self.methods);
        let (revision, settings) = (self.revision, self.settings.clone());
        Rulebook::of(revision, None, methods, settings, compiled(rules))
    }

    /// The rulebook of another revision, with these differences from this one.
    fn changed(&self, changed: RulebookChange) -> Self {
        let RulebookChange {
            revision,
            mark,
            mut gone,
            fresh,
            methods,
            settings,
        } = changed;
        gone.extend(fresh.iter().map(|rule| rule.id));
        let fresh = compiled(fresh);
        if settings == self.settings && self.methods.are(&methods) {
            let rulebook = self.with_changed_rules(&gone, fresh);
            return Rulebook {
                revision,
                mark,
                ..rulebook
            };
        }
        // Every rule's offers depend on the methods and are built again.
        let methods = Arc::new(Methods::new(methods, &settings));
        let kept = self.rules.iter().map(|rule| &rule.compiled);
        let kept = kept.filter(|compiled| !gone.contains(&compiled.rule.id));
        let rules = kept.cloned().chain(fresh).collect();
        Rulebook::of(revision, mark, methods, settings, rules)
    }

    fn of(
        revision: i64,
        mark: Option<Mark>,
        methods: Arc<Methods>,
        settings: ShopSettings,
        rules: Vec<Arc<CompiledRule>>,
    ) -> Self {
        let blank = Rulebook {
            revision,
            mark,
            rules: RuleList::default(),
            order: WalkOrder::default(),
            naming: vec![Places::default(); methods.rendered.len()],
            methods,
            index: Index::default(),
            stops: Places::default(),
            shared_conditions: SharedConditions::default(),
            settings,
        };
        blank.with_changed_rules(&HashSet::new(), rules)
    }

    /// The rulebook without the rules of `gone` and with those of `fresh`.
    fn with_changed_rules(
        &self,
        gone: &HashSet<RuleId>,
        mut fresh: Vec<Arc<CompiledRule>>,
    ) -> Self {
        walk_order::sort(&mut fresh);
        let reordered = self.order.changed(gone, fresh.iter().map(|rule| &**rule));
        let methods = &self.methods.rendered;
        let offers = self.methods.offers_of_all(&fresh);
        let rules = self.rules.rearranged(&reordered.sources, |place, nth| {
            let compiled = Arc::clone(&fresh[nth]);
            BookRule {
                place,
                header: RuleHeader::of(&compiled),
                offers: Arc::clone(&offers[nth]),
                compiled,
            }
        });
        let gone = RuleGroup::at(&self.rules, &reordered.gone);
        let come = RuleGroup::at(&rules, &reordered.fresh);
        let moves = &reordered.moves;
        let (unnamed, named) = (gone.naming(methods.len()), come.naming(methods.len()));
        let naming = self.naming.iter().zip(unnamed.iter().zip(&named));
        let naming = naming.map(|(naming, (gone, come))| naming.patched(moves, gone, come));
        Rulebook {
            revision: self.revision,
            mark: self.mark.clone(),
            naming: naming.collect(),
            index: self.index.patched(moves, &gone.index(), &come.index()),
            stops: self.stops.patched(moves, &gone.stops(), &come.stops()),
            shared_conditions: self.shared_conditions.patched(
                gone.compiled(),
                come.compiled(),
                rules.iter(),
            ),
            methods: Arc::clone(&self.methods),
            settings: self.settings.clone(),
            order: reordered.order,
            rules,
        }
    }

    /// The revision of the rules, methods and settings.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The mark of the revision, if the rulebook was loaded as the newest one from the database.
    fn mark(&self) -> Option<&Mark> {
        self.mark.as_ref()
    }

    /// Every rule, in the order in which rules are walked.
    pub fn rules(&self) -> &RuleList {
        &self.rules
    }

    /// A rule by its id.
    pub fn find_rule(&self, id: RuleId) -> Option<&BookRule> {
        self.rules.get(self.order.find(id)?)
    }

    /// Every method, oldest first.
    pub fn methods(&self) -> &[RenderedMethod] {
        &self.methods.rendered
    }

    /// The conditions that several rules have, so that a walk evaluates each once.
    pub fn shared_conditions(&self) -> &SharedConditions {
        &self.shared_conditions
    }

    /// Whether the rule at this place or a later one stops.
    pub fn has_stop_from(&self, place: usize) -> bool {
        let last = self.stops.as_slice().last();
        last.is_some_and(|last| *last as usize >= place)
    }

    /// The rules that name a method, in walking order; `method` is a place among the methods.
    pub fn rules_naming(&self, method: usize) -> impl ExactSizeIterator<Item = &BookRule> {
        let places = self.naming.get(method).map_or(&[][..], Places::as_slice);
        places.iter().map(|place| &self.rules[*place as usize])
    }

    /// The shop's country, which expressions see as `merchantCountry`.
    pub fn merchant_country(&self) -> Option<&str> {
        self.settings.merchant_country.as_deref()
    }

    /// Reads a cart as expressions see it in this shop.
    pub fn read_cart<'v>(&'v self, json: &'v str) -> Result<Cart<'v>, Problem> {
        let mut cart = cart::read(json)?;
        cart.set_merchant_country(self.merchant_country());
        Ok(cart)
    }

    /// Whether an enabled method depends on the buyer's credit.
    pub fn uses_credit(&self) -> bool {
        self.methods.use_credit
    }

    /// Whether labels differ by language.
    pub fn is_translated(&self) -> bool {
        self.methods.are_translated
    }

    /// The places of the enabled rules whose currency, website and country could fit the cart, in walking order.
    pub fn candidates(&self, cart: &Cart<'_>, address: Option<Address<'_>>) -> Cow<'_, [Place]> {
        let country = address.and_then(|address| address.country);
        self.index.find(cart.currency(), cart.website(), country)
    }

    /// The enabled rules whose currency and website fit the cart, for any billing country.
    pub fn candidates_anywhere(&self, cart: &Cart<'_>) -> impl Iterator<Item = &BookRule> {
        let places = self.index.find_anywhere(cart.currency(), cart.website());
        let places: Vec<Place> = places.into_owned();
        places
            .into_iter()
            .filter_map(|place| self.rules.get(place as usize))
    }

    /// The versions of the rules that are compiled.
    fn versions(&self) -> HashMap<RuleId, i64> {
        let rules = self.rules.iter().map(|rule| &rule.compiled.rule);
        rules.map(|rule| (rule.id, rule.version)).collect()
    }
}

/// Some rules of a rulebook.
struct RuleGroup<'b>(Vec<&'b BookRule>);

impl<'b> RuleGroup<'b> {
    fn at(rules: &'b RuleList, places: &[Place]) -> Self {
        RuleGroup(places.iter().map(|place| &rules[*place as usize]).collect())
    }

    fn compiled(&self) -> impl Iterator<Item = &'b CompiledRule> {
        self.0.iter().map(|rule| &*rule.compiled)
    }

    fn index(&self) -> Index {
        let rules = self.0.iter();
        Index::new(rules.map(|rule| (place(rule.place), &rule.compiled.rule)))
    }

    fn stops(&self) -> Places {
        let mut stops = Places::default();
        for rule in self.0.iter().filter(|rule| rule.header.stops) {
            stops.push(place(rule.place));
        }
        stops
    }

    /// For each method the places of the rules that name it.
    fn naming(&self, methods: usize) -> Vec<Places> {
        let mut naming = vec![Places::default(); methods];
        for rule in &self.0 {
            for offer in rule.offers.iter() {
                naming[offer.method].push(place(rule.place));
            }
        }
        naming
    }
}

fn compiled(rules: Vec<Rule>) -> Vec<Arc<CompiledRule>> {
    let rules = rules.into_iter();
    rules
        .map(|rule| Arc::new(CompiledRule::new(rule)))
        .collect()
}
