//! The carts, methods and rules of the small world.

use onterms::{
    ids,
    locale::Labels,
    money::Currency,
    payment_methods::{AccountTerms, Method, MethodType, PaymentMethodId, Terms},
    payment_rules::{Rule, rulebook::Rulebook},
    settings::ShopSettings,
};
use serde_json::{Value, json};

use crate::random::Random;

/// One of each kind of total: below, at and between what expressions compare with.
const TOTALS: [Option<&str>; 7] = [
    None,
    Some("0.00"),
    Some("1.00"),
    Some("2.00"),
    Some("2.50"),
    Some("3.00"),
    Some("4.00"),
];
const CUSTOMERS: [&str; 6] = [
    "null",
    "{}",
    r#"{"name":""}"#,
    r#"{"name":"A"}"#,
    r#"{"name":"B"}"#,
    r#"{"name":"C"}"#,
];
const WEBSITES: [&str; 5] = ["null", r#""a""#, r#""b""#, r#""c""#, r#""d""#];
const ADDRESSES: [&str; 8] = [
    "null",
    "{}",
    r#"{"countryIso2":"US"}"#,
    r#"{"countryIso2":"US","regionCode":"CA"}"#,
    r#"{"countryIso2":"FR"}"#,
    r#"{"countryIso2":"DE","postalCode":"20095"}"#,
    r#"{"countryIso2":"DE","postalCode":"10115"}"#,
    r#"{"countryIso2":"DE","postalCode":"10999"}"#,
];
/// Before, between and after the dates of rules.
pub const MOMENTS: [&str; 3] = [
    "2026-01-15T00:00:00Z",
    "2026-02-15T00:00:00Z",
    "2026-03-15T00:00:00Z",
];
const DATES: [&str; 2] = ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"];
const CURRENCIES: [&str; 2] = ["USD", "EUR"];

/// Everything that rules are about.
pub struct World {
    /// JSON of every cart there is.
    pub carts: Vec<&'static str>,
    methods: Vec<Method>,
}

impl World {
    pub fn new() -> Self {
        let mut carts: Vec<&'static str> = Vec::new();
        for currency in CURRENCIES {
            for total in TOTALS {
                let total = total.map_or("null".to_owned(), |total| format!("\"{total}\""));
                for customer in CUSTOMERS {
                    for website in WEBSITES {
                        for address in ADDRESSES {
                            // Carts borrow from their texts, and are read once.
                            carts.push(Box::leak(
                                format!(
                                    r#"{{"currency":"{currency}","total":{total},"customer":{customer},"website":{website},"billingAddress":{address}}}"#
                                )
                                .into_boxed_str(),
                            ));
                        }
                    }
                }
            }
        }
        World {
            carts,
            methods: methods(),
        }
    }

    /// Six to eight rules.
    pub fn rulebook(&self, random: &mut Random, pool: &[String]) -> Rulebook {
        let mut rules: Vec<Value> = Vec::new();
        for _ in 0..6 + random.below(3) {
            // Copies, and rules that differ in one thing, are where the interesting answers are.
            let rule = match rules.is_empty() || random.one_in(2) {
                true => self.rule(random, pool),
                false => {
                    let mut copy = random.of(&rules).clone();
                    let other = self.rule(random, pool);
                    for name in ["expression", "destinations", "websites", "stopProcessing"] {
                        if random.one_in(8) {
                            copy[name] = other[name].clone();
                        }
                    }
                    copy
                }
            };
            rules.push(rule);
        }
        let compiled = rules.into_iter().enumerate().map(|(place, mut rule)| {
            let at = MOMENTS[0].parse().expect("a moment");
            let id: ids::RuleId = ids::fresh(at);
            rule["id"] = json!(id.to_string());
            rule["name"] = json!(format!("Rule {place}"));
            rule["sortOrder"] = json!(place);
            serde_json::from_value::<Rule>(rule).expect("a rule")
        });
        let methods = self.methods.clone();
        Rulebook::new(1, compiled.collect(), methods, &ShopSettings::default())
    }

    fn rule(&self, random: &mut Random, pool: &[String]) -> Value {
        let expression = (!random.one_in(5)).then(|| random.of(pool).clone());
        let destinations = [
            json!([]),
            json!([]),
            json!([{ "country": "US" }]),
            json!([{ "country": "US", "region": "US-CA" }]),
            json!([{ "country": "US" }, { "country": "DE" }]),
            json!([{ "country": "DE", "postalCodes": ["10*"] }]),
            json!([{ "country": "DE", "postalCodes": ["10115"] }]),
            json!([{ "country": "DE", "postalCodes": ["10115", "101155*"] }, { "country": "FR" }]),
        ];
        let websites = [
            json!([]),
            json!([]),
            json!(["a"]),
            json!(["b"]),
            json!(["a", "b"]),
        ];
        let [first, second] = DATES;
        let dates = [
            [None, None],
            [None, None],
            [Some(first), None],
            [None, Some(second)],
            [Some(first), Some(second)],
            [Some(second), Some(first)],
        ];
        let [from, until] = random.of(&dates);
        let method = random.below(self.methods.len());
        json!({
            "enabled": !random.one_in(8),
            "currency": CURRENCIES[usize::from(random.one_in(8))],
            "stopProcessing": random.one_in(2),
            "expression": expression,
            "destinations": random.of(&destinations),
            "websites": random.of(&websites),
            "paymentMethods": [{ "id": self.methods[method].id.to_string() }],
            "activeFrom": from,
            "activeUntil": until,
            "createdAt": MOMENTS[0],
            "updatedAt": MOMENTS[0],
        })
    }
}

fn methods() -> Vec<Method> {
    let check = || Terms::CheckMoneyOrder {
        pay_to: "Acme".into(),
        send_to: "1 Main Street".into(),
    };
    let account = Terms::Provider(AccountTerms {
        currencies: Currency::parse("EUR").into_iter().collect(),
        test_mode: true,
        origin: "https://test.apruve.com".into(),
        credit: onterms::payment_methods::CreditPolicy::DEFAULT,
    });
    vec![
        method("Check", MethodType::CheckMoneyOrder, check(), true),
        method("Check too", MethodType::CheckMoneyOrder, check(), true),
        method("Off", MethodType::CheckMoneyOrder, check(), false),
        method("In euros", MethodType::Apruve, account, true),
    ]
}

fn method(name: &str, kind: MethodType, terms: Terms, enabled: bool) -> Method {
    let label = Labels {
        default: name.into(),
        ..Labels::default()
    };
    Method {
        id: PaymentMethodId {
            kind,
            integration: ids::fresh(MOMENTS[0].parse().expect("a moment")),
        },
        name: name.into(),
        enabled,
        short_label: label.clone(),
        label,
        terms,
        version: 1,
    }
}

/// The rules of a set, for the message of a failure.
pub fn described(book: &Rulebook) -> String {
    let rules = book.rules().iter();
    let lines = rules.map(|rule| serde_json::to_string(&rule.compiled.rule).expect("JSON"));
    lines.collect::<Vec<_>>().join("\n")
}
