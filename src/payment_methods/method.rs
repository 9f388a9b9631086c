//! A payment method as rules and checkout need it.

use serde_json::{Value, json};

use crate::{
    locale::Labels,
    money::Currency,
    payment_methods::{CreditPolicy, PaymentMethodId},
};

/// A payment method as rules and checkout see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    pub id: PaymentMethodId,
    /// The name of the integration, by which an import finds the method in another installation.
    pub name: String,
    /// A disabled method is not offered, whatever the rules say.
    pub enabled: bool,
    pub label: Labels,
    pub short_label: Labels,
    pub terms: Terms,
    /// The integration's version; id and version together show whether this value is current.
    pub version: i64,
}

/// The data that depends on the type of the method.
#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    Provider(AccountTerms),
    PaymentTerm {
        instructions: String,
        /// The number of days in which a sale has to be paid.
        net_days: Option<u16>,
    },
    CheckMoneyOrder {
        pay_to: String,
        send_to: String,
    },
}

/// The data of an Apruve account that checkout needs.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountTerms {
    /// Carts in other currencies cannot be paid with it.
    pub currencies: Vec<Currency>,
    pub test_mode: bool,
    /// Origin of Apruve's host, without a trailing slash.
    pub origin: String,
    pub credit: CreditPolicy,
}

impl Terms {
    /// How credit and outages affect the method; `None` for offline methods.
    pub fn credit(&self) -> Option<&CreditPolicy> {
        match self {
            Terms::Provider(terms) => Some(&terms.credit),
            Terms::PaymentTerm { .. } | Terms::CheckMoneyOrder { .. } => None,
        }
    }
}

impl Method {
    /// The `options` of an offered method, which a storefront needs to show and start it.
    pub fn options(&self) -> Value {
        match &self.terms {
            Terms::Provider(terms) => json!({
                "scriptUrl": self.id.kind.provider().map(|it| it.script_url(&terms.origin)),
                "testMode": terms.test_mode,
            }),
            Terms::PaymentTerm { instructions, .. } => json!({ "instructions": instructions }),
            Terms::CheckMoneyOrder { pay_to, send_to } => {
                json!({ "payTo": pay_to, "sendTo": send_to })
            }
        }
    }
}
