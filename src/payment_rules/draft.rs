//! What an administrator may say of a rule, read from a body with everything that is wrong with it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    destination::{self, Destination, Kept},
    expression,
    rule::{Rule, RuleMethod},
};
use crate::{
    http::{
        body::{self, Fields, Findings},
        problem::Problem,
    },
    ids::RuleId,
    money::Currency,
    payment_methods::PaymentMethodId,
};

const MAX_WEBSITES: usize = 500;
const MAX_METHODS: usize = 100;
const MAX_OPTIONS_BYTES: usize = 4096;
/// What answers have and bodies may have too, to no effect.
const READ_ONLY: &[&str] = &["id", "etag", "createdAt", "updatedAt", "warnings"];

/// The part of a rule that is an administrator's to decide.
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
    /// ISO 4217. Carts in other currencies are none of this rule's business.
    pub currency: Currency,
    /// Whether rules after this one are left alone where it applies.
    #[schema(required = false, default = false)]
    pub stop_processing: bool,
    /// A condition on the cart; null or blank means always.
    #[schema(example = "total <= 1000", max_length = 32768)]
    pub expression: Option<String>,
    /// Where the billing address may lie; empty means anywhere, or nowhere known.
    #[schema(required = false, max_items = 500)]
    pub destinations: Vec<Destination>,
    /// The websites it is for; empty means all.
    #[schema(required = false, example = json!(["us-store"]), max_items = 500)]
    pub websites: Vec<String>,
    /// What it offers, in order. Only a rule that is off may offer nothing.
    #[schema(max_items = 100)]
    pub payment_methods: Vec<RuleMethod>,
    /// From this instant on; null means since ever.
    pub active_from: Option<DateTime<Utc>>,
    /// Until before this instant; null means for ever.
    pub active_until: Option<DateTime<Utc>>,
}

impl Rule {
    /// A rule that did not exist before.
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

    /// The same rule with what the draft says. Equal to `self` when that changes nothing.
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
    /// Reads a whole body; 422 with all that is wrong. What `kept` has may be said again.
    pub fn from_body(body: &Map<String, Value>, kept: Kept<'_>) -> Result<Self, Problem> {
        let findings = Findings::default();
        let draft = Draft::read(Fields::of(body, &findings), kept);
        findings.into_result(draft)
    }

    /// Reads one rule; what is wrong is noted. Whether its methods exist is for the database to say.
    pub fn read(fields: Fields<'_>, kept: Kept<'_>) -> Option<Self> {
        Draft::read_with(fields, &by_id, kept)
    }

    /// As [`Draft::read`], where methods may be named in another way.
    pub fn read_with(fields: Fields<'_>, resolve: Resolve<'_>, kept: Kept<'_>) -> Option<Self> {
        fields.ignore(READ_ONLY);
        let draft = Draft::read_fields(&fields, resolve, kept);
        fields.finish();
        draft
    }

    fn read_fields(fields: &Fields<'_>, resolve: Resolve<'_>, kept: Kept<'_>) -> Option<Self> {
        let name = fields.text("name", 1, 255);
        let enabled = fields.flag("enabled", true);
        let sort_order = read_sort_order(fields);
        let currency = read_currency(fields);
        let stop_processing = fields.flag("stopProcessing", false);
        let expression = expression::read(fields);
        let destinations = destination::read_all(fields, kept);
        let websites = fields.unique_texts("websites", MAX_WEBSITES, 255);
        let payment_methods = read_methods(fields, enabled, resolve);
        let (active_from, active_until) = read_dates(fields);
        Some(Draft {
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
        })
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

/// How an entry of `paymentMethods` says which method it means; `None` when what is wrong has been noted.
pub type Resolve<'r> = &'r dyn Fn(&Fields<'_>) -> Option<PaymentMethodId>;

fn by_id(entry: &Fields<'_>) -> Option<PaymentMethodId> {
    let text = entry.text("id", 1, 255)?;
    let id = PaymentMethodId::parse(&text);
    if id.is_none() {
        let message = no_such_method(&text);
        entry.refuse("id", UNKNOWN_METHOD, message);
    }
    id
}

/// The code of a method that does not exist.
pub const UNKNOWN_METHOD: &str = "unknown_payment_method";

/// The sentence to go with it.
pub fn no_such_method(id: &str) -> String {
    format!("There is no payment method `{id}`; the `paymentMethodId` of an integration is needed.")
}

/// A rule that is off may have none, as one has that lost its last.
fn read_methods(fields: &Fields<'_>, enabled: bool, resolve: Resolve<'_>) -> Vec<RuleMethod> {
    const NAME: &str = "paymentMethods";
    let mut methods: Vec<RuleMethod> = Vec::new();
    let is_missing = |value: &Value| enabled && value.as_array().is_some_and(Vec::is_empty);
    if fields.value(NAME).is_none_or(is_missing) {
        let message = "A rule that is on offers at least one payment method.";
        fields.refuse(NAME, "required", message);
    }
    for (pointer, item) in fields.list(NAME, MAX_METHODS) {
        let Some(entry) = body::object_at(item, pointer, fields.findings()) else {
            continue;
        };
        // Answers have the method's label, exports its name; a part of them may be sent anywhere.
        entry.ignore(&["type", "name", "label"]);
        let options = read_options(&entry);
        match resolve(&entry) {
            Some(id) if methods.iter().any(|other| other.id == id) => {
                entry.refuse("id", "duplicate", format!("`{id}` is listed twice."));
            }
            Some(id) => methods.push(RuleMethod::new(id, options)),
            None => {}
        }
        entry.finish();
    }
    methods
}

/// Any JSON object that is not large.
fn read_options(entry: &Fields<'_>) -> Option<Map<String, Value>> {
    const NAME: &str = "options";
    let value = entry.value(NAME)?;
    let Value::Object(options) = value else {
        let message = format!("`options` must be an object, not {}.", body::kind_of(value));
        entry.refuse(NAME, "wrong_type", message);
        return None;
    };
    let text = value.to_string();
    if text.len() > MAX_OPTIONS_BYTES {
        let message = format!("`options` takes at most {MAX_OPTIONS_BYTES} bytes of JSON.");
        entry.refuse(NAME, "too_long", message);
    }
    Some(options.clone())
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
mod tests {
    use super::*;
    use serde_json::json;

    const METHOD: &str = "apruve_01h455vb4pex5vsknk084sn02q";

    fn least() -> Map<String, Value> {
        let least = json!({ "name": "n", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": METHOD }] });
        least.as_object().cloned().unwrap_or_default()
    }

    fn refusals(changes: Value) -> Vec<(String, String)> {
        let mut body = least();
        body.extend(changes.as_object().cloned().unwrap_or_default());
        let problem = Draft::from_body(&body, Kept::Nothing).err();
        let errors = problem.iter().flat_map(Problem::errors);
        errors
            .map(|error| {
                let pointer = error.pointer.clone().unwrap_or_default();
                (pointer, error.code.clone().into_owned())
            })
            .collect()
    }

    #[test]
    fn what_is_left_out_gets_its_default() {
        let draft = Draft::from_body(&least(), Kept::Nothing).expect("a draft");
        assert!(draft.enabled && !draft.stop_processing);
        assert_eq!(draft.expression, None);
        assert!(draft.destinations.is_empty() && draft.websites.is_empty());
        assert_eq!(draft.payment_methods[0].id.to_string(), METHOD);
    }

    #[test]
    fn a_blank_expression_is_none() {
        let mut body = least();
        body.insert("expression".into(), json!(" \n"));
        assert_eq!(
            Draft::from_body(&body, Kept::Nothing)
                .map(|draft| draft.expression)
                .ok(),
            Some(None)
        );
    }

    #[test]
    fn each_wrong_value_is_refused_where_it_stands() {
        for (changes, pointer, code) in [
            (json!({ "name": "" }), "/name", "too_short"),
            (json!({ "name": "x".repeat(256) }), "/name", "too_long"),
            (json!({ "name": "a\u{0}" }), "/name", "control_character"),
            (json!({ "sortOrder": null }), "/sortOrder", "required"),
            (
                json!({ "sortOrder": 2_147_483_648_u32 }),
                "/sortOrder",
                "out_of_range",
            ),
            (json!({ "sortOrder": 1.5 }), "/sortOrder", "out_of_range"),
            (
                json!({ "currency": "usd" }),
                "/currency",
                "unknown_currency",
            ),
            (
                json!({ "currency": "XXX" }),
                "/currency",
                "unknown_currency",
            ),
            (json!({ "enabled": 1 }), "/enabled", "wrong_type"),
            (
                json!({ "expression": "1".repeat(33 * 1024) }),
                "/expression",
                "too_long",
            ),
            (
                json!({ "expression": "é".repeat(17_000) }),
                "/expression",
                "too_long",
            ),
            (
                json!({ "websites": ["a", "a"] }),
                "/websites/1",
                "duplicate",
            ),
            (
                json!({ "paymentMethods": [] }),
                "/paymentMethods",
                "required",
            ),
            (
                json!({ "enabled": true, "paymentMethods": [] }),
                "/paymentMethods",
                "required",
            ),
            (
                json!({ "enabled": false, "paymentMethods": null }),
                "/paymentMethods",
                "required",
            ),
            (
                json!({ "paymentMethods": [METHOD] }),
                "/paymentMethods/0",
                "wrong_type",
            ),
            (
                json!({ "paymentMethods": [{ "id": "cash_1" }] }),
                "/paymentMethods/0/id",
                "unknown_payment_method",
            ),
            (
                json!({ "paymentMethods": [{ "id": METHOD }, { "id": METHOD }] }),
                "/paymentMethods/1/id",
                "duplicate",
            ),
            (
                json!({ "paymentMethods": [{ "id": METHOD, "options": [] }] }),
                "/paymentMethods/0/options",
                "wrong_type",
            ),
            (
                json!({ "destinations": [{ "country": "UK" }] }),
                "/destinations/0/country",
                "unknown_country",
            ),
            (
                json!({ "activeFrom": "2026-02-01T00:00:00Z", "activeUntil": "2026-02-01T00:00:00Z" }),
                "/activeUntil",
                "before_active_from",
            ),
            (
                json!({ "activeFrom": "tomorrow" }),
                "/activeFrom",
                "not_an_instant",
            ),
            (json!({ "sort_order": 1 }), "/sort_order", "unknown_field"),
        ] {
            let expected = vec![(pointer.to_owned(), code.to_owned())];
            assert_eq!(refusals(changes.clone()), expected, "{changes}");
        }
    }

    #[test]
    fn a_rule_that_is_off_may_offer_nothing() {
        let nothing = json!({ "enabled": false, "paymentMethods": [] });
        assert_eq!(refusals(nothing), []);
    }

    #[test]
    fn what_get_returned_may_be_sent_back() {
        let rule = super::super::Rule::new(
            crate::ids::fresh(DateTime::UNIX_EPOCH),
            Draft::from_body(&least(), Kept::Nothing).expect("a draft"),
            DateTime::UNIX_EPOCH,
        );
        let again = Draft::from_body(&rule.to_json(), Kept::Nothing).expect("a draft");
        assert_eq!(rule.redrafted(again), rule);
    }
}
