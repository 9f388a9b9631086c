//! Reads a buying company and its credit from Apruve's JSON.

use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{AuthorizedBuyer, CorporateAccount};

/// The currency of an account that names none.
const USUAL_CURRENCY: &str = "USD";

impl Wire for CorporateAccount {
    const NOUN: &'static str = "corporate_account";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(CorporateAccount {
            id: fields.own_id()?,
            customer_id: fields
                .id("customer_uuid")
                .or_else(|| fields.id("customer_id")),
            name: fields.text("name"),
            status: fields.text("status"),
            disabled_at: fields.time("disabled_at"),
            terms: fields.text("payment_term_strategy_name"),
            currency: fields
                .text("currency")
                .unwrap_or_else(|| USUAL_CURRENCY.to_owned()),
            credit_limit: fields.any_cents("credit_amount_cents"),
            credit_used: fields.any_cents("credit_balance_cents"),
            credit_available: fields.any_cents("credit_available_cents"),
            authorized_buyers: fields.any_list("authorized_buyers"),
        })
    }
}

impl Wire for AuthorizedBuyer {
    const NOUN: &'static str = "authorized_buyer";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(AuthorizedBuyer {
            id: fields.own_id()?,
            name: fields.text("name"),
            email: fields.text("email"),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::apruve::fields::read_one;

    #[test]
    fn an_account_is_read_with_its_credit_and_its_buyers() {
        let body = json!({
            "id": "c1", "customer_uuid": "u1", "merchant_uuid": "m1", "type": "CorporateAccount",
            "payment_term_strategy_name": "EOMNet15", "name": "Acme", "merchant_account_id": null,
            "credit_available_cents": 7500, "credit_balance_cents": "2500", "credit_amount_cents": 10000,
            "authorized_buyers": [
                { "id": "u1", "name": "Amanda", "email": "Amanda@Acme.example" },
                { "id": "u2", "name": null, "email": null },
            ],
        });
        let account: CorporateAccount = read_one(body.to_string().as_bytes()).expect("an account");
        assert_eq!(account.credit_available, Some(7500));
        assert_eq!(account.credit_used, Some(2500));
        assert_eq!(account.credit_limit, Some(10000));
        assert_eq!(account.currency, "USD");
        assert_eq!(account.terms.as_deref(), Some("EOMNet15"));
        let found = |email: &str| account.buyer(email).map(|buyer| buyer.id.as_str());
        assert_eq!(found(" amanda@acme.EXAMPLE"), Some("u1"));
        assert_eq!(found("bob@acme.example"), None);
    }
}
