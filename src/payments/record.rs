//! What the audit log keeps of a change of a payment.

use serde_json::json;

use super::ledger::Ledger;
use crate::{
    audit::{self, Actor},
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
            // Such as `invoice.succeeded`, or `shipment.corrected`.
            let action = transaction.action.as_str();
            let state = it.kind.strip_prefix(action)?.strip_prefix('.')?;
            let amount = ledger.payment.money(transaction.amount);
            let details = &transaction.details;
            let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
            let fields = [
                ("transaction", Some(json!(transaction.id.to_string()))),
                ("state", Some(json!(state))),
                ("amount", Some(json!(amount.to_string()))),
                ("source", Some(json!(it.source.as_str()))),
                ("reason", text(&details.reason)),
                ("reference", text(&transaction.caller_reference)),
                ("note", text(&details.note)),
                ("receivedAt", details.received_at.map(|at| json!(at))),
            ];
            let known = fields.into_iter().filter_map(|(name, to)| {
                let change = json!({ "from": null, "to": to? });
                Some((name.to_owned(), change))
            });
            let id = ledger.payment.id;
            Some(audit::Change::of(action, "payment", id, known.collect()))
        });
        Record {
            actor: actor.clone(),
            entries: entries.collect(),
        }
    }

    /// The entries as rows.
    pub fn rows(&self) -> impl Iterator<Item = audit::NewEntry<'_>> {
        let entries = self.entries.iter();
        entries.map(|entry| audit::NewEntry::of(&self.actor, entry))
    }

    /// Adds the entries.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for entry in &self.entries {
            audit::record(tx, &self.actor, entry)?;
        }
        Ok(())
    }
}
