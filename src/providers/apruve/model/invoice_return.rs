//! Returns on an invoice.

use serde::Serialize;

use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{CleanText, ReturnDraft, ReturnSnapshot};

/// Returns that we created carry our id in their notes, because Apruve has no other field for it.
impl Wire for ReturnSnapshot {
    const NOUN: &'static str = "invoice_return";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(ReturnSnapshot {
            id: fields.own_id()?,
            amount: fields.cents("amount_cents")?,
            reason: fields.text("reason"),
            notes: fields.text("merchant_notes"),
            created_at: fields.time("created_at"),
        })
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
        let found: ReturnSnapshot = read_one(body.to_string().as_bytes()).expect("a return");
        assert_eq!(found.amount, Some(500));
        assert_eq!(found.notes.as_deref(), Some("txn_1"));
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
