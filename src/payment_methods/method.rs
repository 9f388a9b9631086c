//! What rules and checkout need to know of a payment method.

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
    /// The administrator's name for the integration; by it an export finds the method in another installation.
    pub name: String,
    /// A method that is off is not offered, whatever the rules say.
    pub enabled: bool,
    pub label: Labels,
    pub short_label: Labels,
    pub terms: Terms,
    /// The integration's version; with the id it says whether this is still current.
    pub version: i64,
}

/// What a type of method adds.
#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    Provider(AccountTerms),
    PaymentTerm {
        instructions: String,
        /// In so many days a sale is to be paid.
        net_days: Option<u16>,
    },
    CheckMoneyOrder {
        pay_to: String,
        send_to: String,
    },
}

/// What a cart and its storefront need to know of an Apruve account.
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
    /// What credit and outages mean; `None` for what no provider lends.
    pub fn credit(&self) -> Option<&CreditPolicy> {
        match self {
            Terms::Provider(terms) => Some(&terms.credit),
            Terms::PaymentTerm { .. } | Terms::CheckMoneyOrder { .. } => None,
        }
    }
}

impl Method {
    /// What a storefront needs to show and start the method.
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
