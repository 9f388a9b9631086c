//! The payment term of the buyer of a cart.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::expressions::Value;

/// The maximum length of a label in characters; a longer one is cut.
const MAX_CHARS: usize = 255;

/// The payment term of a buyer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = BuyerPaymentTerm)]
pub struct PaymentTerm {
    /// The shop's id: a number or a text, as the cart had it.
    #[schema(example = 1)]
    pub id: Option<serde_json::Value>,
    /// The label for buyers, such as `Net 30`.
    #[schema(example = "Net 30")]
    pub label: Option<String>,
}

impl PaymentTerm {
    /// Reads the term of a customer or of its group.
    pub(super) fn read(term: &Value<'_>) -> Self {
        let member = |name: &str| term.as_record()?.get(name);
        let id = member("id").and_then(|id| match id {
            Value::Number(number) => serde_json::from_str(&number.to_string()).ok(),
            Value::Text(text) => Some(Json::from(text.as_ref())),
            _ => None,
        });
        let label = member("label").and_then(Value::as_text);
        PaymentTerm {
            id,
            label: label.map(|label| label.chars().take(MAX_CHARS).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cart;

    #[test]
    fn a_term_is_the_customers_or_else_its_groups() {
        let net_30 = json!({ "id": 1, "label": "Net 30" });
        let long = "é".repeat(300);
        for (customer, expected) in [
            (json!(null), json!(null)),
            (json!({ "paymentTerm": null }), json!(null)),
            (json!({ "paymentTerm": net_30 }), net_30.clone()),
            (
                json!({ "group": { "paymentTerm": net_30 } }),
                net_30.clone(),
            ),
            (
                json!({ "paymentTerm": { "id": "n60", "label": "Net 60" }, "group": { "paymentTerm": net_30 } }),
                json!({ "id": "n60", "label": "Net 60" }),
            ),
            (
                json!({ "paymentTerm": {} }),
                json!({ "id": null, "label": null }),
            ),
            (
                json!({ "paymentTerm": { "id": 1.5, "more": [1] } }),
                json!({ "id": 1.5, "label": null }),
            ),
            (
                json!({ "paymentTerm": { "label": long } }),
                json!({ "id": null, "label": "é".repeat(255) }),
            ),
        ] {
            let text = json!({ "currency": "USD", "customer": customer }).to_string();
            let cart = cart::read(&text).expect("a cart");
            assert_eq!(json!(cart.payment_term()), expected, "{text}");
            assert_eq!(cart.has_payment_term(), !expected.is_null(), "{text}");
        }
    }
}
