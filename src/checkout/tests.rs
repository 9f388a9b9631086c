//! Offered means payable: what a cart already says never keeps a payment from beginning.

use proptest::prelude::*;
use serde_json::Value;

use super::{availability::possible_for, eligibility::EligibilityContext};
use crate::{
    cart::{self, sums},
    locale::Labels,
    money::Currency,
    payment_methods::{AccountTerms, CreditPolicy, Method, MethodType, PaymentMethodId, Terms},
    payment_rules::{Draft, Kept, Rule, rulebook::Rulebook},
    providers::ProviderKind,
    settings::ShopSettings,
};

mod credit;
#[path = "../../tests/properties/eligibility/mod.rs"]
mod eligibility_properties;

#[path = "../../tests/support/any_cart.rs"]
mod any_cart;

/// Currencies with every number of digits that there is.
const CURRENCIES: [(&str, u32); 4] = [("JPY", 0), ("USD", 2), ("KWD", 3), ("CLF", 4)];

fn method(kind: MethodType, terms: Terms) -> Method {
    let label = Labels {
        default: "Label".into(),
        ..Labels::default()
    };
    Method {
        id: PaymentMethodId {
            kind,
            integration: crate::ids::fresh(chrono::DateTime::UNIX_EPOCH),
        },
        name: "name".into(),
        enabled: true,
        short_label: label.clone(),
        label,
        terms,
        version: 1,
    }
}

fn terms_method() -> Method {
    let terms = AccountTerms {
        currencies: Currency::all().collect(),
        test_mode: true,
        origin: "https://test.apruve.com".into(),
        credit: CreditPolicy::DEFAULT,
    };
    method(MethodType::Apruve, Terms::Provider(terms))
}

fn check() -> Method {
    let terms = Terms::CheckMoneyOrder {
        pay_to: "Acme".into(),
        send_to: "1 Main Street".into(),
    };
    method(MethodType::CheckMoneyOrder, terms)
}

/// Whether check and Apruve fit a cart, and whether each could be paid with; `None` for a cart that cannot be read.
fn judged(cart: &Value) -> Option<[(bool, bool); 2]> {
    let text = cart.to_string();
    let cart = cart::read(&text).ok()?;
    let context = EligibilityContext::new(&cart, chrono::DateTime::UNIX_EPOCH);
    let most = ProviderKind::Apruve.most(cart.currency());
    let total = sums::judge(&cart).ok().map(|sums| sums.total.minor());
    Some([
        (context.fits(&check()), total.is_some()),
        (
            context.fits(&terms_method()),
            total.is_some_and(|total| total <= most.minor()),
        ),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_complete_cart_is_offered_exactly_what_it_could_pay_with(cart in any_cart::any_cart(&CURRENCIES)) {
        for (offered, payable) in judged(&cart).into_iter().flatten() {
            if any_cart::is_complete(&cart) {
                prop_assert_eq!(offered, payable, "{}", cart);
            } else {
                prop_assert!(offered || !payable, "{}", cart);
            }
        }
    }
}

#[test]
fn the_provider_takes_from_one_to_99999999_minor_units_of_any_currency() {
    for currency in Currency::all() {
        for (minor, offered) in [
            (-1, false),
            (0, false),
            (1, true),
            (99_999_999, true),
            (100_000_000, false),
        ] {
            let total = crate::money::Money::from_minor(minor, currency);
            let cart = serde_json::json!({ "currency": currency, "total": total.to_string() });
            let [(check, _), (apruve, payable)] = judged(&cart).expect("a cart");
            assert_eq!((apruve, payable), (offered, offered), "{cart}");
            assert_eq!(check, minor > 0, "{cart}");
        }
    }
}

#[test]
fn a_rule_with_an_unreadable_expression_makes_no_method_possible() {
    let (method, epoch) = (check(), chrono::DateTime::UNIX_EPOCH);
    let body = serde_json::json!({
        "name": "n", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": method.id.to_string() }],
    });
    let body = body.as_object().expect("an object");
    let (draft, _) = Draft::from_body(body, Kept::Nothing).expect("a draft");
    let rule = Rule::new(crate::ids::fresh(epoch), draft, epoch);
    let possible = |expression: &str| {
        let rule = Rule {
            expression: Some(expression.into()),
            ..rule.clone()
        };
        let settings = ShopSettings::default();
        let book = Rulebook::new(1, vec![rule], vec![method.clone()], &settings);
        let cart = cart::read(r#"{ "currency": "USD" }"#).expect("a cart");
        let context = EligibilityContext::new(&cart, epoch);
        possible_for(&book, &context).methods.len()
    };
    assert_eq!(possible("total <= 5"), 1);
    assert_eq!(possible("total <="), 0);
}
