//! The part of a rule that an administrator writes, read from a body with all errors at once.

mod methods;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use self::methods::{Resolve, by_id, read_methods};
use super::{
    destination::{self, Destination, Kept},
    expression,
    rule::{Rule, RuleMethod},
};
use crate::{
    expressions::Expression,
    http::{
        body::{Fields, Findings},
        problem::Problem,
    },
    ids::RuleId,
    money::Currency,
};

pub use self::methods::{UNKNOWN_METHOD, no_such_method};

const MAX_WEBSITES: usize = 500;
/// Fields of answers that a body may contain and that are ignored.
const READ_ONLY: &[&str] = &["id", "etag", "createdAt", "updatedAt", "warnings"];

/// The part of a rule that an administrator writes.
#[derive(Clone, Debug, PartialEq, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentRuleDraft, example = json!({
    "name": "Small US orders",
    "sortOrder": 10,
    "currency": "USD",
    "expression": "total <= 1000",
    "destinations": [{ "country": "US" }],
    "paymentMethods": [{ "id": "apruve_01h455vb4pex5vsknk084sn02q" }]
}))]
pub struct Draft {
    /// For administrators; need not be unique.
    #[schema(example = "Small US orders", min_length = 1, max_length = 255)]
    pub name: String,
    /// A rule that is off neither offers nor stops.
    #[schema(required = false, default = true)]
    pub enabled: bool,
    /// Lower comes first; among equals the older rule does.
    #[schema(example = 10)]
    pub sort_order: i32,
    /// ISO 4217. The rule does not apply to carts in other currencies.
    pub currency: Currency,
    /// Whether the rules after this one are skipped if it applies.
    #[schema(required = false, default = false)]
    pub stop_processing: bool,
    /// A condition on the cart; null or blank means that it always holds.
    #[schema(example = "total <= 1000", max_length = 32768)]
    pub expression: Option<String>,
    /// Where the billing address may be; empty means anywhere, also if it is not known.
    #[schema(required = false, max_items = 500)]
    pub destinations: Vec<Destination>,
    /// The websites that the rule applies to; empty means all. A cart without a website matches any.
    #[schema(required = false, example = json!(["us-store"]), max_items = 500)]
    pub websites: Vec<String>,
    /// The payment methods that the rule offers, in order. Only a disabled rule may have none.
    #[schema(max_items = 100)]
    pub payment_methods: Vec<RuleMethod>,
    /// The instant from which the rule is in force; null means no start.
    pub active_from: Option<DateTime<Utc>>,
    /// The instant from which the rule is no longer in force; null means no end.
    pub active_until: Option<DateTime<Utc>>,
}

/// A draft, and its expression if it has one.
pub type ParsedDraft = (Draft, Option<Expression>);

impl Rule {
    /// A new rule with a draft's values.
    pub fn new(id: RuleId, draft: Draft, now: DateTime<Utc>) -> Self {
        Rule {
            id,
            name: draft.name,
            enabled: draft.enabled,
            sort_order: draft.sort_order,
            currency: draft.currency,
            stop_processing: draft.stop_processing,
            expression: draft.expression,
            destinations: draft.destinations,
            websites: draft.websites,
            payment_methods: draft.payment_methods,
            active_from: draft.active_from,
            active_until: draft.active_until,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same rule with the draft's values. Equal to `self` if the draft changes nothing.
    pub fn redrafted(&self, draft: Draft) -> Self {
        Rule {
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            ..Rule::new(self.id, draft, self.updated_at)
        }
    }
}

impl Draft {
    /// Reads a whole body; 422 with all errors. Postal patterns that `kept` contains are accepted. Whether the methods
    /// exist is checked later, in the database.
    pub fn from_body(body: &Map<String, Value>, kept: Kept<'_>) -> Result<ParsedDraft, Problem> {
        let findings = Findings::default();
        let draft = Draft::read_with(Fields::of(body, &findings), &by_id, kept);
        findings.into_result(draft)
    }

    /// Reads one rule, whose payment methods `resolve` identifies, and notes every error.
    pub fn read_with(
        fields: Fields<'_>,
        resolve: Resolve<'_>,
        kept: Kept<'_>,
    ) -> Option<ParsedDraft> {
        fields.ignore(READ_ONLY);
        let name = fields.text("name", 1, 255);
        let enabled = fields.flag("enabled", true);
        let sort_order = read_sort_order(&fields);
        let currency = read_currency(&fields);
        let stop_processing = fields.flag("stopProcessing", false);
        let (expression, parsed) = expression::read(&fields).unzip();
        let destinations = destination::read_all(&fields, kept);
        let websites = fields.unique_texts("websites", MAX_WEBSITES, 255);
        let payment_methods = read_methods(&fields, enabled, resolve);
        let (active_from, active_until) = read_dates(&fields);
        fields.finish();
        let draft = Draft {
            name: name?,
            enabled,
            sort_order: sort_order?,
            currency: currency?,
            stop_processing,
            expression,
            destinations,
            websites,
            payment_methods,
            active_from,
            active_until,
        };
        Some((draft, parsed.flatten()))
    }
}

fn read_sort_order(fields: &Fields<'_>) -> Option<i32> {
    const NAME: &str = "sortOrder";
    fields.required(NAME)?;
    let number = fields.integer(NAME, i64::from(i32::MIN)..=i64::from(i32::MAX))?;
    i32::try_from(number).ok()
}

fn read_currency(fields: &Fields<'_>) -> Option<Currency> {
    let code = fields.text("currency", 1, 255)?;
    let currency = Currency::parse(&code);
    if currency.is_none() {
        let advice = match Currency::meant_by(&code) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "use a code such as `USD`.".to_owned(),
        };
        let message = format!("`{code}` is not an ISO 4217 currency; {advice}");
        fields.refuse("currency", "unknown_currency", message);
    }
    currency
}

fn read_dates(fields: &Fields<'_>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let from = fields.instant("activeFrom");
    let until = fields.instant("activeUntil");
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let message = "`activeUntil` must be later than `activeFrom`.";
        fields.refuse("activeUntil", "before_active_from", message);
    }
    (from, until)
}

#[cfg(test)]
mod tests;
