//! Reads an exported file without a database: its rules, its tests, and its payment methods as checkout sees them.
//!
//! An export lists its methods under `paymentMethods`. A file written by hand may omit them: then every method that a
//! rule names counts as enabled and accepts the currencies of those rules.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::file::FileReader;
use crate::{
    audit::Actor,
    http::{body, problem::Problem},
    ids,
    locale::Labels,
    money::Currency,
    payment_methods::{AccountTerms, CreditPolicy, Method, MethodType, PaymentMethodId, Terms},
    payment_rules::{rule_tests::RuleTest, rulebook::Rulebook},
    settings::ShopSettings,
};

/// The part of a file that otherwise comes from the database.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Surroundings {
    payment_methods: Option<Vec<FileMethod>>,
    merchant_country: Option<String>,
    #[serde(default)]
    rules: Vec<NamingRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamingRule {
    currency: Option<String>,
    #[serde(default)]
    payment_methods: Vec<FileMethod>,
}

#[derive(Clone, Deserialize, PartialEq)]
struct FileMethod {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    name: Option<String>,
    enabled: Option<bool>,
    currencies: Option<Vec<String>>,
}

/// The rules of a file as checkout would walk them, and the tests in it.
pub fn read_offline(text: &[u8], at: DateTime<Utc>) -> Result<(Rulebook, Vec<RuleTest>), Problem> {
    let surroundings: Surroundings =
        serde_json::from_slice(text).map_err(|error| body::malformed(&error, 1, 1))?;
    let methods = methods(&surroundings, at);
    let actor = Actor {
        subject: "onterms".to_owned(),
        request_id: None,
        at,
    };
    let mut reader = FileReader::new(&methods, &actor);
    reader.push(text)?;
    let file = reader.finish()?.judged(Vec::new())?;
    let rules = file.rules.into_iter().map(|one| one.rule);
    let settings = ShopSettings {
        merchant_country: surroundings.merchant_country,
        ..ShopSettings::default()
    };
    let book = Rulebook::new(0, rules.collect(), methods.clone(), &settings);
    Ok((book, file.tests.unwrap_or_default()))
}

/// The methods of a file. A method that cannot be identified is left out, and a rule that names it is refused.
fn methods(file: &Surroundings, at: DateTime<Utc>) -> Vec<Method> {
    let read = |method: &FileMethod, currencies: &BTreeSet<&str>| method.read(currencies, at);
    if let Some(methods) = &file.payment_methods {
        // A method without currencies accepts all: those of the rules are all that matter.
        let all = file.rules.iter().filter_map(|it| it.currency.as_deref());
        let all = all.collect();
        let methods = methods.iter();
        return methods.filter_map(|method| read(method, &all)).collect();
    }
    let mut found: Vec<(&FileMethod, BTreeSet<&str>)> = Vec::new();
    for rule in &file.rules {
        for method in &rule.payment_methods {
            let is_it = |(known, _): &(&FileMethod, BTreeSet<&str>)| known.names_the_same(method);
            let place = found.iter().position(is_it).unwrap_or(found.len());
            if place == found.len() {
                found.push((method, BTreeSet::new()));
            }
            found[place].1.extend(rule.currency.as_deref());
        }
    }
    let found = found.iter();
    found
        .filter_map(|(method, currencies)| read(method, currencies))
        .collect()
}

impl FileMethod {
    fn names_the_same(&self, other: &FileMethod) -> bool {
        match (&self.id, &other.id) {
            (Some(id), Some(other)) => id == other,
            _ => self.name.is_some() && (&self.kind, &self.name) == (&other.kind, &other.name),
        }
    }

    /// The method; `currencies` are the accepted ones if the file does not name any.
    fn read(&self, currencies: &BTreeSet<&str>, at: DateTime<Utc>) -> Option<Method> {
        let named = self.id.as_deref().and_then(PaymentMethodId::parse);
        let kind = self.kind.as_deref().and_then(MethodType::parse);
        let id = match (named, kind) {
            (Some(id), _) => id,
            (None, Some(kind)) => PaymentMethodId {
                kind,
                integration: ids::fresh(at),
            },
            (None, None) => return None,
        };
        let name = self.name.clone().unwrap_or_else(|| id.to_string());
        let codes: Vec<&str> = match &self.currencies {
            Some(given) => given.iter().map(String::as_str).collect(),
            None => currencies.iter().copied().collect(),
        };
        let label = Labels {
            default: name.clone(),
            localized: BTreeMap::new(),
        };
        Some(Method {
            id,
            name,
            enabled: self.enabled.unwrap_or(true),
            short_label: label.clone(),
            label,
            terms: match id.kind {
                MethodType::Apruve => Terms::Provider(AccountTerms {
                    currencies: codes.into_iter().filter_map(Currency::parse).collect(),
                    test_mode: false,
                    origin: String::new(),
                    credit: CreditPolicy::default(),
                }),
                MethodType::PaymentTerm => Terms::PaymentTerm {
                    instructions: String::new(),
                    net_days: None,
                },
                MethodType::CheckMoneyOrder => Terms::CheckMoneyOrder {
                    pay_to: String::new(),
                    send_to: String::new(),
                },
            },
            version: 0,
        })
    }
}
