//! The one door for everything the provider tells: a picture is held against the ledger, and the ledger follows it.
//!
//! Webhooks, the search for unknown outcomes, `sync` and reconciliation all end here, so that they cannot disagree. It is
//! pure: the same ledger and the same picture always come to the same. What fits is adopted; what contradicts the ledger is
//! reported and changes nothing.

mod invoice;
mod order;
mod parts;
mod search;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    apruve::ApruveId,
    payments::{
        ledger::{Ledger, Mover},
        picture::Picture,
    },
};

pub use order::{NotOurs, bind, bound, finish_purchase, verify};

/// Something at the provider that the ledger does not explain. It is told to a person and never corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReconciliationFinding)]
pub struct Finding {
    /// A stable word.
    #[schema(example = "invoice_differs")]
    pub code: String,
    /// What is where, and what would help.
    pub message: String,
    /// Apruve's id of what it is about.
    pub reference: Option<String>,
}

impl Finding {
    fn new(code: &str, reference: &ApruveId, message: impl Into<String>) -> Self {
        Finding {
            code: code.to_owned(),
            message: message.into(),
            reference: Some(reference.to_string()),
        }
    }
}

/// What webhooks said beside making us look: when which invoice was funded. Moves no money.
pub type FundedAt = HashMap<ApruveId, DateTime<Utc>>;

/// Holds a picture against a ledger. The picture must have been begun on this very version of the ledger: then whatever
/// the ledger knows is older than the picture.
pub fn heed(
    ledger: &mut Ledger,
    picture: &Picture,
    funded_at: &FundedAt,
    by: Mover,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    order::heed(ledger, &picture.order, by, &mut findings);
    if let Some(invoices) = &picture.invoices {
        invoice::heed(ledger, invoices, funded_at, by, &mut findings);
    }
    findings
}
