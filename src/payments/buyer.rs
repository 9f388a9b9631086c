//! The buyer of a cart: the shop's ids and the company's name, and a keyed hash of the e-mail address.

use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    pii::Email,
    privacy::{EmailHash, EmailKey},
    store::schema::payments,
};

/// The maximum length of an id or a name in characters. Longer ones are cut.
const MAX_CHARS: usize = 255;

/// Who buys, as the cart said; the e-mail address is not kept here.
#[derive(
    AsChangeset,
    Clone,
    Debug,
    Default,
    Insertable,
    PartialEq,
    Eq,
    Queryable,
    Selectable,
    Serialize,
    ToSchema,
)]
#[diesel(table_name = payments, treat_none_as_null = true, treat_none_as_default_value = false)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentBuyer)]
pub struct BuyerIdentity {
    /// The shop's id of the company.
    #[diesel(column_name = buyer_customer_id)]
    #[schema(example = "42")]
    pub customer_id: Option<String>,
    /// The company's name.
    #[diesel(column_name = buyer_customer_name)]
    #[schema(example = "Acme")]
    pub customer_name: Option<String>,
    /// The shop's id of the person.
    #[diesel(column_name = buyer_user_id)]
    #[schema(example = "7")]
    pub user_id: Option<String>,
    // The keyed hash of the person's e-mail address.
    #[diesel(column_name = buyer_email_hash)]
    #[serde(skip)]
    pub email_hash: Option<EmailHash>,
}

/// The members of a cart that say who buys. Carts of earlier versions may hold anything here, so nothing is refused.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parties<'c> {
    #[serde(borrow)]
    customer: Option<&'c RawValue>,
    #[serde(borrow)]
    customer_user: Option<&'c RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Party<'c> {
    #[serde(borrow)]
    id: Option<&'c RawValue>,
    #[serde(borrow)]
    name: Option<&'c RawValue>,
    #[serde(borrow)]
    email: Option<&'c RawValue>,
}

impl BuyerIdentity {
    /// Reads a posted cart. `email` is the buyer's address if a sales rep gave it; otherwise the address of the cart's
    /// user counts.
    pub fn of_cart(cart: &str, email: Option<&str>, key: &EmailKey) -> Self {
        let parties: Parties<'_> = serde_json::from_str(cart).unwrap_or_default();
        let customer = parties.customer.map(party).unwrap_or_default();
        let user = parties.customer_user.map(party).unwrap_or_default();
        let posted = user.email.and_then(text);
        let email = email.map(str::to_owned).or(posted);
        let email: Option<Email> = email.and_then(|email| email.parse().ok());
        BuyerIdentity {
            customer_id: customer.id.and_then(text),
            customer_name: customer.name.and_then(text),
            user_id: user.id.and_then(text),
            email_hash: email.map(|email| key.hash(&email)),
        }
    }
}

fn party(raw: &RawValue) -> Party<'_> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// Reads a JSON string, or a number with all its digits. `None` for anything else.
fn text(raw: &RawValue) -> Option<String> {
    let json = raw.get();
    let text = match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(json).ok()?,
        b'-' | b'0'..=b'9' => json.to_owned(),
        _ => return None,
    };
    let text = text.trim();
    // PostgreSQL keeps no text with a NUL in it.
    let is_kept = !text.is_empty() && !text.contains('\0');
    is_kept.then(|| text.chars().take(MAX_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> EmailKey {
        EmailKey::of_bytes(&[7; 32])
    }

    fn buyer(cart: &str) -> BuyerIdentity {
        BuyerIdentity::of_cart(cart, None, &key())
    }

    #[test]
    fn ids_are_texts_whichever_way_they_were_posted() {
        for (id, kept) in [
            ("42", Some("42")),
            ("\"42\"", Some("42")),
            ("\" A-7 \"", Some("A-7")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("1.50", Some("1.50")),
            ("\"\\u00e9\"", Some("é")),
            ("null", None),
            ("true", None),
            ("\"\"", None),
            ("\"a\\u0000b\"", None),
            ("[1]", None),
            ("{}", None),
        ] {
            let cart = format!(r#"{{"customer":{{"id":{id}}},"customerUser":{{"id":{id}}}}}"#);
            let buyer = buyer(&cart);
            assert_eq!(buyer.customer_id.as_deref(), kept, "{id}");
            assert_eq!(buyer.user_id.as_deref(), kept, "{id}");
        }
    }

    #[test]
    fn one_address_has_one_hash_however_it_is_written_and_a_named_buyer_goes_first() {
        let hash = |email: &str| {
            buyer(&serde_json::json!({ "customerUser": { "email": email } }).to_string()).email_hash
        };
        assert!(hash("ann@acme.example").is_some());
        assert_eq!(hash(" Ann@ACME.example "), hash("ann@acme.example"));
        assert_ne!(hash("joann@acme.example"), hash("ann@acme.example"));
        assert_eq!(hash("no address"), None);
        let cart = r#"{"customerUser":{"email":"rep@shop.example"}}"#;
        let named = BuyerIdentity::of_cart(cart, Some("ann@acme.example"), &key());
        assert_eq!(named.email_hash, hash("ann@acme.example"));
    }

    #[test]
    fn whatever_a_cart_holds_nothing_is_refused() {
        for cart in [
            "{}",
            "[]",
            "",
            r#"{"customer":7,"customerUser":"x"}"#,
            r#"{"customer":{"group":1}}"#,
        ] {
            assert_eq!(buyer(cart), BuyerIdentity::default(), "{cart}");
        }
        let long = format!(r#"{{"customer":{{"name":"{}"}}}}"#, "é".repeat(1000));
        let name = buyer(&long).customer_name.unwrap_or_default();
        assert_eq!(name.chars().count(), 255);
    }
}
