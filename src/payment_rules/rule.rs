//! A payment rule: when it applies, and which payment methods it offers then.
//!
//! Answers, exports, stored versions and the audit log use the same JSON form. The version is not part of it, because
//! it is the ETag.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::destination::{Destination, Kept};
use crate::{ids::RuleId, money::Currency, payment_methods::PaymentMethodId};

/// A payment rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentRule)]
pub struct Rule {
    /// The rule's id, set by the service.
    #[schema(value_type = String, read_only, example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub id: RuleId,
    /// For administrators; need not be unique.
    #[schema(example = "Small US orders", min_length = 1, max_length = 255)]
    pub name: String,
    /// A rule that is off neither offers nor stops.
    #[schema(default = true)]
    pub enabled: bool,
    /// Lower comes first; among equals the older rule does.
    #[schema(example = 10)]
    pub sort_order: i32,
    /// ISO 4217. The rule does not apply to carts in other currencies.
    pub currency: Currency,
    /// Whether the rules after this one are skipped if it applies.
    #[schema(default = false)]
    pub stop_processing: bool,
    /// A condition on the cart; null means that it always holds.
    #[schema(example = "total <= 1000", max_length = 32768)]
    pub expression: Option<String>,
    /// Where the billing address may be; empty means anywhere, also if it is not known.
    #[schema(max_items = 500)]
    pub destinations: Vec<Destination>,
    /// The websites that the rule applies to; empty means all. A cart without a website matches any.
    #[schema(example = json!(["us-store"]), max_items = 500)]
    pub websites: Vec<String>,
    /// The payment methods that the rule offers, in order. Only a disabled rule may have none.
    #[schema(max_items = 100)]
    pub payment_methods: Vec<RuleMethod>,
    /// The instant from which the rule is in force; null means no start.
    pub active_from: Option<DateTime<Utc>>,
    /// The instant from which the rule is no longer in force; null means no end.
    pub active_until: Option<DateTime<Utc>>,
    /// Increases with each change; the ETag of answers.
    #[serde(skip)]
    pub version: i64,
    /// When the rule was created.
    #[schema(read_only)]
    pub created_at: DateTime<Utc>,
    /// When the rule was last changed.
    #[schema(read_only)]
    pub updated_at: DateTime<Utc>,
}

/// A payment method that a rule offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleMethod {
    /// The `paymentMethodId` of an integration.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub id: PaymentMethodId,
    /// Options that checkout answers as the method's `ruleOptions`. They are also merged into its `options`, in which
    /// the method's own values take precedence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Map<String, Value>>,
    /// The method's label in the shop's default language. It is part of answers with rules, but is not stored with the
    /// rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(read_only, example = "Pay on terms")]
    pub label: Option<String>,
}

impl RuleMethod {
    /// A method without a label, as it is stored.
    pub fn new(id: PaymentMethodId, options: Option<Map<String, Value>>) -> Self {
        RuleMethod {
            id,
            options,
            label: None,
        }
    }
}

impl Rule {
    /// Whether the rule is within its dates, which do not include the end.
    pub fn is_active_at(&self, now: DateTime<Utc>) -> bool {
        self.active_from.is_none_or(|from| from <= now)
            && self.active_until.is_none_or(|until| now < until)
    }

    /// The postal patterns that the rule may keep when it is changed.
    pub fn kept(&self) -> Kept<'_> {
        Kept::Patterns(&self.destinations)
    }

    /// The JSON form, for comparisons and merge patches.
    pub fn to_json(&self) -> Map<String, Value> {
        // Serialization cannot fail: all map keys are texts.
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            Ok(_) | Err(_) => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        serde_json::from_value(serde_json::json!({
            "id": "rule_01h455vb4pex5vsknk084sn02q",
            "name": "Small US orders",
            "enabled": true,
            "sortOrder": 10,
            "currency": "USD",
            "stopProcessing": false,
            "expression": "total <= 1000",
            "destinations": [{ "country": "US", "region": "US-CA", "postalCodes": ["902*"] }, { "country": "CA" }],
            "websites": ["us-store"],
            "paymentMethods": [{ "id": "apruve_01h455vb4pex5vsknk084sn02q", "options": { "net": 30 } }],
            "activeFrom": "2026-03-01T00:00:00Z",
            "activeUntil": "2026-04-01T00:00:00Z",
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-02T00:00:00.123456Z",
        }))
        .expect("a rule")
    }

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let rule = rule();
        let text = serde_json::to_string(&rule).expect("JSON");
        assert_eq!(serde_json::from_str::<Rule>(&text).ok(), Some(rule));
    }

    #[test]
    fn the_dates_are_half_open() {
        let rule = rule();
        let at = |text: &str| rule.is_active_at(text.parse().expect("a moment"));
        assert!(!at("2026-02-28T23:59:59.999999Z"));
        assert!(at("2026-03-01T00:00:00Z"));
        assert!(at("2026-03-31T23:59:59.999999Z"));
        assert!(!at("2026-04-01T00:00:00Z"));
    }

    #[test]
    fn the_version_is_not_part_of_the_json() {
        assert!(!rule().to_json().contains_key("version"));
    }
}
