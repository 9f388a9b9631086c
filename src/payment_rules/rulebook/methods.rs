//! The methods of a rulebook, and the offers of rules.

use std::{collections::HashMap, sync::Arc};

use super::{CompiledRule, Offer, RenderedMethod};
use crate::{
    ids::IntegrationId,
    locale::Language,
    payment_methods::{CreditCheck, Method},
    payment_rules::RuleMethod,
    settings::ShopSettings,
};

/// All methods, oldest first.
#[derive(Debug)]
pub(super) struct Methods {
    pub(super) rendered: Vec<RenderedMethod>,
    places: HashMap<IntegrationId, usize>,
    pub(super) are_translated: bool,
    pub(super) use_credit: bool,
}

impl Methods {
    pub(super) fn new(methods: Vec<Method>, settings: &ShopSettings) -> Self {
        let default_locale = settings.default_locale.as_deref().and_then(Language::new);
        let rendered = methods
            .into_iter()
            .map(|method| RenderedMethod::new(method, default_locale.as_ref()));
        let rendered: Vec<_> = rendered.collect();
        let ids = rendered.iter().map(|it| it.method.id.integration);
        Methods {
            places: ids.zip(0..).collect(),
            are_translated: rendered.iter().any(RenderedMethod::is_translated),
            use_credit: rendered.iter().any(|it| uses_credit(&it.method)),
            rendered,
        }
    }

    /// Whether the methods equal these.
    pub(super) fn are(&self, methods: &[Method]) -> bool {
        self.rendered.iter().map(|it| &it.method).eq(methods)
    }

    /// The offers of each rule. Rules that name the same methods without options share them.
    pub(super) fn offers_of_all(&self, rules: &[Arc<CompiledRule>]) -> Vec<Arc<[Offer]>> {
        let mut known: HashMap<Vec<IntegrationId>, Arc<[Offer]>> = HashMap::new();
        let offers = rules.iter().map(|compiled| {
            let named = &compiled.rule.payment_methods;
            if named.iter().any(|method| method.options.is_some()) {
                return self.offers(named);
            }
            let ids = named.iter().map(|method| method.id.integration).collect();
            Arc::clone(known.entry(ids).or_insert_with(|| self.offers(named)))
        });
        offers.collect()
    }

    fn offers(&self, named: &[RuleMethod]) -> Arc<[Offer]> {
        let offer = |named: &RuleMethod| {
            let method = *self.places.get(&named.id.integration)?;
            let options = self.rendered[method].options_with(named.options.as_ref());
            Some(Offer { method, options })
        };
        named.iter().filter_map(offer).collect()
    }
}

fn uses_credit(method: &Method) -> bool {
    let credit = method.terms.credit();
    method.enabled && credit.is_some_and(|policy| policy.check != CreditCheck::Off)
}
