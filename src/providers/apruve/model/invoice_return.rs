//! Returns on an invoice.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{CleanText, ProviderId, ReturnDraft};

/// Money taken off an invoice, whether it has been paid or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceReturn {
    pub id: ProviderId,
    pub invoice_id: Option<ProviderId>,
    pub amount_cents: Option<i64>,
    pub currency: Option<String>,
    pub reason: Option<String>,
    /// Returns that we created carry our id here, because Apruve has no other field for it.
    pub merchant_notes: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
}

impl Wire for InvoiceReturn {
    const NOUN: &'static str = "invoice_return";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(InvoiceReturn {
            id: fields.own_id()?,
            invoice_id: fields.id("invoice_id"),
            amount_cents: fields.cents("amount_cents")?,
            currency: fields.text("currency"),
            reason: fields.text("reason"),
            merchant_notes: fields.text("merchant_notes"),
            created_at: fields.time("created_at"),
        })
    }
}

impl super::Entity for InvoiceReturn {
    fn id(&self) -> &ProviderId {
        &self.id
    }
}

/// A return to be made on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireReturn {
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// `OTHER` and `DAMAGED` are known to work; Apruve does not document its list.
    pub reason: CleanText,
    /// Our own id, by which the return is found again.
    pub merchant_notes: CleanText,
}

/// The reason if the shop gives none.
const OTHER: &str = "OTHER";

impl From<&ReturnDraft> for WireReturn {
    fn from(draft: &ReturnDraft) -> Self {
        let notes = match &draft.reference {
            Some(reference) => format!("{} {reference}", draft.number),
            None => draft.number.clone(),
        };
        WireReturn {
            amount_cents: draft.amount.minor(),
            currency: draft.amount.currency().code().to_owned(),
            reason: CleanText::line(draft.reason.as_deref().unwrap_or(OTHER)),
            merchant_notes: CleanText::line(&notes),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers::apruve::{fields::read_one, model::usd};

    #[test]
    fn a_return_is_read_with_the_notes_it_is_found_by() {
        let body = json!({ "invoice_return": { "id": "r1", "invoice_id": "i1", "amount_cents": 500, "reason": "OTHER",
            "currency": "USD", "merchant_notes": "txn_1", "created_by_id": 824 } });
        let found: InvoiceReturn = read_one(body.to_string().as_bytes()).expect("a return");
        assert_eq!(found.amount_cents, Some(500));
        assert_eq!(found.merchant_notes.as_deref(), Some("txn_1"));
        assert_eq!(
            found.invoice_id.as_ref().map(ProviderId::as_str),
            Some("i1")
        );
    }
    #[test]
    fn a_return_is_found_again_by_our_id_and_always_has_a_reason() {
        for (reference, reason, sent) in [
            (None, None, ("txn_1", "OTHER")),
            (
                Some("RMA\n7"),
                Some("<i>DAMAGED</i>"),
                ("txn_1 RMA 7", "DAMAGED"),
            ),
        ] {
            let draft = ReturnDraft {
                number: "txn_1".to_owned(),
                reference: reference.map(str::to_owned),
                amount: usd(5),
                reason: reason.map(str::to_owned),
            };
            assert_eq!(
                json!(WireReturn::from(&draft)),
                json!({ "amount_cents": 5, "currency": "USD", "reason": sent.1, "merchant_notes": sent.0 })
            );
        }
    }
}
