//! Converts a rule to and from its rows.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::{Rule, RuleMethod};
use crate::{
    caseless,
    ids::{IntegrationId, RuleId},
    money::Currency,
    payment_methods::{MethodType, PaymentMethodId},
    store::{
        StoreError,
        schema::{payment_rule_countries, payment_rule_methods, payment_rules},
        timestamp,
    },
};

/// A row of `payment_rules`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = payment_rules, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct RuleRow {
    pub id: String,
    name: String,
    enabled: bool,
    sort_order: i32,
    currency: String,
    stop_processing: bool,
    expression: Option<String>,
    destinations: String,
    websites: String,
    active_from: Option<NaiveDateTime>,
    active_until: Option<NaiveDateTime>,
    pub version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    name_folded: Option<String>,
}

/// The rule, the integration's type, the integration, and the options of one method.
pub type MethodRow = (String, String, String, Option<String>);

impl RuleRow {
    pub fn of(rule: &Rule) -> Result<Self, StoreError> {
        Ok(RuleRow {
            id: rule.id.to_string(),
            name: rule.name.clone(),
            enabled: rule.enabled,
            sort_order: rule.sort_order,
            currency: rule.currency.code().to_owned(),
            stop_processing: rule.stop_processing,
            expression: rule.expression.clone(),
            destinations: write(&rule.destinations, rule.id)?,
            websites: write(&rule.websites, rule.id)?,
            active_from: rule.active_from.map(timestamp::to_stored),
            active_until: rule.active_until.map(timestamp::to_stored),
            version: rule.version,
            created_at: timestamp::to_stored(rule.created_at),
            updated_at: timestamp::to_stored(rule.updated_at),
            name_folded: Some(caseless::fold(&rule.name)),
        })
    }

    /// The rule of a row and its methods, which must be in order.
    pub fn into_rule(self, methods: Vec<MethodRow>) -> Result<Rule, StoreError> {
        let payment_methods = methods
            .into_iter()
            .map(read_method)
            .collect::<Result<_, _>>()?;
        Ok(Rule {
            id: self
                .id
                .parse()
                .map_err(|_| StoreError::unreadable("the id"))?,
            currency: Currency::parse(&self.currency)
                .ok_or_else(|| StoreError::unreadable("the currency"))?,
            destinations: read(&self.destinations, "the destinations")?,
            websites: read(&self.websites, "the websites")?,
            payment_methods,
            name: self.name,
            enabled: self.enabled,
            sort_order: self.sort_order,
            stop_processing: self.stop_processing,
            expression: self.expression,
            active_from: self.active_from.map(timestamp::from_stored),
            active_until: self.active_until.map(timestamp::from_stored),
            version: self.version,
            created_at: timestamp::from_stored(self.created_at),
            updated_at: timestamp::from_stored(self.updated_at),
        })
    }
}

/// A row of `payment_rule_methods`.
#[derive(Insertable)]
#[diesel(table_name = payment_rule_methods, treat_none_as_default_value = false)]
pub struct MethodValues {
    rule_id: RuleId,
    position: i32,
    integration_id: IntegrationId,
    options: Option<String>,
}

/// A row of `payment_rule_countries`.
#[derive(Insertable)]
#[diesel(table_name = payment_rule_countries)]
pub struct CountryValues {
    rule_id: RuleId,
    country: String,
}

pub fn method_values(rule: &Rule) -> impl Iterator<Item = MethodValues> {
    let methods = (0..).zip(&rule.payment_methods);
    methods.map(|(position, method)| MethodValues {
        rule_id: rule.id,
        position,
        integration_id: method.id.integration,
        options: method
            .options
            .clone()
            .map(|it| Value::Object(it).to_string()),
    })
}

pub fn country_values(rule: &Rule) -> impl Iterator<Item = CountryValues> {
    let countries: BTreeSet<_> = rule.destinations.iter().map(|it| &it.country).collect();
    countries.into_iter().map(|country| CountryValues {
        rule_id: rule.id,
        country: country.clone(),
    })
}

fn read_method(row: MethodRow) -> Result<RuleMethod, StoreError> {
    let (_, kind, integration, options) = row;
    let unreadable = || StoreError::unreadable(format!("the method {integration}"));
    let id = PaymentMethodId {
        kind: MethodType::parse(&kind).ok_or_else(unreadable)?,
        integration: integration.parse().map_err(|_| unreadable())?,
    };
    let options = options
        .map(|options| read(&options, "the options of a method"))
        .transpose()?;
    Ok(RuleMethod::new(id, options))
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::unreadable(what))
}

fn write<T: Serialize>(value: &T, rule: RuleId) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::unreadable(format!("what {rule} holds")))
}
