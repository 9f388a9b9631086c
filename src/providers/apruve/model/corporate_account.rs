//! A buying company and its credit.

use chrono::{DateTime, Utc};

use crate::providers::ProviderId;
use crate::providers::apruve::fields::{Fields, Unreadable, Wire};

/// A buying company's credit line with one merchant. Limit = available + used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorporateAccount {
    pub id: ProviderId,
    /// The user who orders where no authorized buyer has the buyer's e-mail address.
    pub customer_id: Option<ProviderId>,
    pub name: Option<String>,
    /// Words of this list are not known.
    pub status: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// Such as `EOMNet15` or `Net30`.
    pub terms: Option<String>,
    /// Of the credit figures; Apruve means USD where it says none.
    pub currency: Option<String>,
    pub credit_limit_cents: Option<i64>,
    pub credit_used_cents: Option<i64>,
    pub credit_available_cents: Option<i64>,
    pub authorized_buyers: Vec<AuthorizedBuyer>,
}

/// Somebody who may order for a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedBuyer {
    pub id: ProviderId,
    pub name: Option<String>,
    pub email: Option<String>,
}

impl CorporateAccount {
    /// The buyer with this e-mail address, in whichever case it is written.
    pub fn buyer(&self, email: &str) -> Option<&AuthorizedBuyer> {
        let email = email.trim().to_lowercase();
        self.authorized_buyers.iter().find(|buyer| {
            let theirs = buyer.email.as_deref();
            theirs.is_some_and(|theirs| theirs.trim().to_lowercase() == email)
        })
    }
}

impl Wire for CorporateAccount {
    const NOUN: &'static str = "corporate_account";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(CorporateAccount {
            id: fields.own_id()?,
            customer_id: fields
                .id("customer_uuid")
                .or_else(|| fields.id("customer_id")),
            name: fields.text("name"),
            status: fields.text("status"),
            disabled_at: fields.time("disabled_at"),
            terms: fields.text("payment_term_strategy_name"),
            currency: fields.text("currency"),
            credit_limit_cents: fields.any_cents("credit_amount_cents"),
            credit_used_cents: fields.any_cents("credit_balance_cents"),
            credit_available_cents: fields.any_cents("credit_available_cents"),
            authorized_buyers: fields.any_list("authorized_buyers"),
        })
    }
}

impl super::Entity for CorporateAccount {
    fn id(&self) -> &ProviderId {
        &self.id
    }
}

impl Wire for AuthorizedBuyer {
    const NOUN: &'static str = "authorized_buyer";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
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
        assert_eq!(account.credit_available_cents, Some(7500));
        assert_eq!(account.credit_used_cents, Some(2500));
        assert_eq!(account.credit_limit_cents, Some(10000));
        assert_eq!(account.terms.as_deref(), Some("EOMNet15"));
        let found = |email: &str| account.buyer(email).map(|buyer| buyer.id.as_str());
        assert_eq!(found(" amanda@acme.EXAMPLE"), Some("u1"));
        assert_eq!(found("bob@acme.example"), None);
    }
}
