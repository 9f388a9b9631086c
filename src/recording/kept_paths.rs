//! The attributes of carts that are recorded: those that checkout itself reads, and those that a rule reads.

use std::collections::BTreeMap;

use crate::payment_rules::rulebook::Rulebook;

/// The attributes that checkout reads for any rules, and the amounts.
const ALWAYS: [&str; 19] = [
    "currency",
    "website",
    "total",
    "subtotal.value",
    "subtotal.currency",
    "shippingAmount",
    "taxAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
    "pricesIncludeTax",
    "billingAddress.countryIso2",
    "billingAddress.regionCode",
    "billingAddress.postalCode",
    "customer.id",
    "customer.group.id",
    "customer.paymentTerm.id",
    "customer.group.paymentTerm.id",
];

/// Attributes by name, each with the attributes below it. Items of a list are not a separate level.
#[derive(Debug, Default)]
pub struct KeptPaths(BTreeMap<String, KeptPaths>);

impl KeptPaths {
    /// The attributes that are recorded with these rules.
    pub fn of(book: &Rulebook) -> Self {
        let rules = book.rules().iter();
        let expressions = rules.filter_map(|rule| rule.compiled.expression.get());
        KeptPaths::always_and(expressions.flat_map(|it| it.attributes()))
    }

    /// The attributes that are recorded if rules read these paths.
    pub(super) fn always_and(paths: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut kept = KeptPaths::default();
        ALWAYS.iter().for_each(|path| kept.add(path));
        paths.into_iter().for_each(|path| kept.add(path.as_ref()));
        kept
    }

    fn add(&mut self, path: &str) {
        let mut at = self;
        for step in path.split('.') {
            let name = step.trim_end_matches("[]");
            at = at.0.entry(name.to_owned()).or_default();
        }
    }

    /// The recorded attributes below an attribute; `None` if the attribute itself is not recorded.
    pub fn below(&self, name: &str) -> Option<&KeptPaths> {
        self.0.get(name)
    }
}
