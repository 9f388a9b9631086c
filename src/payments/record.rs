//! What the audit log keeps of a change of a payment.

use super::ledger::Ledger;
use crate::{
    audit::{self, Actor},
    money::Money,
    store::{StoreError, Tx},
};

/// The audit entries of a change, and their actor.
pub struct Record {
    actor: Actor,
    entries: Vec<audit::Change<'static>>,
}

impl Record {
    /// The entries for the changes in a ledger that are about to be written.
    pub fn of(ledger: &Ledger, actor: &Actor) -> Self {
        let moves = ledger.happened().iter().filter(|it| it.changed);
        let entries = moves.filter_map(|it| {
            let transaction = ledger.find(it.transaction_id?)?;
            let amount = Money::from_minor(transaction.amount, ledger.payment.currency);
            // Such as `invoice.succeeded`, or `shipment.corrected`.
            let action = transaction.action.as_str();
            let state = it.kind.strip_prefix(action)?.strip_prefix('.')?;
            let mut fields = serde_json::json!({
                "transaction": { "from": null, "to": transaction.id.to_string() },
                "state": { "from": null, "to": state },
                "amount": { "from": null, "to": amount.to_string() },
                "source": { "from": null, "to": it.source.as_str() },
            });
            let said = [
                ("reason", &transaction.details.reason),
                ("reference", &transaction.caller_reference),
                ("note", &transaction.details.note),
            ];
            for (name, text) in said {
                if let Some(text) = text {
                    fields[name] = serde_json::json!({ "from": null, "to": text });
                }
            }
            if let Some(at) = transaction.details.received_at {
                fields["receivedAt"] = serde_json::json!({ "from": null, "to": at });
            }
            Some(audit::Change {
                action,
                resource_type: "payment",
                resource_id: ledger.payment.id.to_string(),
                fields,
            })
        });
        Record {
            actor: actor.clone(),
            entries: entries.collect(),
        }
    }

    /// The entries as rows.
    pub fn rows(&self) -> Vec<audit::NewEntry<'_>> {
        let entries = self.entries.iter();
        entries
            .map(|entry| audit::NewEntry::of(&self.actor, entry))
            .collect()
    }

    /// Adds the entries.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for entry in &self.entries {
            audit::record(tx, &self.actor, entry)?;
        }
        Ok(())
    }
}
