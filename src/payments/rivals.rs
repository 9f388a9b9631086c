//! Payments that count as live beside the live one of their order, as findings.

use chrono::{DateTime, Utc};

use super::store::Live;
use crate::{
    findings::{self, FindingCode, FindingSubject, Observation},
    ids::{IntegrationId, PaymentId},
    store::{StoreError, Tx},
};

/// The message of the finding.
pub const MESSAGE: &str = "The payment holds money of an order, or may still get some, and another payment of the order is the live one; cancel or refund one of the two.";

/// Opens the finding of a payment that waits behind the live one, and resolves it once the payment no longer waits.
pub fn note(
    tx: &mut Tx<'_>,
    (payment, integration): (PaymentId, IntegrationId),
    live: Live,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let code = FindingCode::TwoLivePayments;
    match live {
        Live::Same => Ok(()),
        Live::Waits => {
            let noticed = Observation {
                reference: None,
                ..Observation::of(code, "", MESSAGE)
            };
            let subject = FindingSubject::Payment(payment, integration);
            findings::open(tx, subject, &noticed, now).map(drop)
        }
        Live::Settled => findings::resolve(tx, code, payment, now),
        Live::Passed(other) => findings::resolve(tx, code, other, now),
    }
}
