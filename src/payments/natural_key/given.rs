//! A shop's name for an operation in a request, and the operation that has it already.

use super::NaturalKey;
use crate::{
    ids::TransactionId,
    payments::{
        error::PaymentError,
        transaction::{Action, Transaction},
    },
};

/// A name in a request, and its pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenKey {
    pub key: NaturalKey,
    pub pointer: &'static str,
}

impl GivenKey {
    /// The operation that a request with this name repeats, among those that may have it. One that failed has given it
    /// back.
    ///
    /// # Errors
    /// The name belongs to something that was canceled, or to an operation with other fields.
    pub fn repeated<'t>(
        given: Option<&Self>,
        among: impl Iterator<Item = &'t Transaction>,
        is_canceled: impl Fn(&Transaction) -> bool,
    ) -> Result<Option<TransactionId>, PaymentError> {
        let Some(given) = given else { return Ok(None) };
        let mut same_name = among.filter(|it| it.is_reserved() && it.has_name(&given.key.name));
        // Rows from before natural keys may share a name. Their fields are not known, so any of them will do.
        let Some(first) = same_name.next() else {
            return Ok(None);
        };
        if is_canceled(first) {
            return Err(PaymentError::ReferenceCanceled(given.pointer));
        }
        match first.natural_key.as_ref() == Some(&given.key) {
            true => Ok(Some(first.id)),
            false => Err(PaymentError::ReferenceTaken(given.pointer)),
        }
    }
}

impl Transaction {
    /// Whether the transaction was given this name, or has it now.
    pub fn has_name(&self, name: &str) -> bool {
        let given = self.natural_key.as_ref().map(|key| key.name.as_str());
        let present = match self.action {
            Action::Invoice => self.number.as_deref(),
            // It may have been corrected since.
            Action::Shipment => {
                let details = self.details.shipment.as_ref();
                details.and_then(|details| details.tracking_number.as_deref())
            }
            _ => None,
        };
        given == Some(name) || present == Some(name)
    }
}
