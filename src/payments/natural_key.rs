//! The shop's own names for its operations: `refundReference`, `merchantInvoiceId` and `trackingNumber`.
//!
//! A request that is repeated under another `Idempotency-Key`, perhaps days later from another process, is recognised by such
//! a name: with the same given fields it is answered with the first operation, with other fields it is refused. Fields that
//! were left out do not count, so that a default that depends on the moment makes no difference.

mod canonical;

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};

use super::{
    error::PaymentError,
    transaction::{Action, State, Transaction},
};
use crate::{ids::TransactionId, text_column::text_column};

/// A name that was given to an operation, kept with its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaturalKey {
    pub name: String,
    /// Of the fields that were given; `None` for rows from before these were kept.
    pub content: Option<ContentHash>,
}

/// SHA-256 of the given fields as canonical JSON.
#[derive(AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq)]
#[diesel(sql_type = Text)]
pub struct ContentHash(String);

text_column!(
    ContentHash,
    |text| Some(ContentHash(text.to_owned())),
    as_str
);

impl ContentHash {
    /// The hash of a body. Null counts as absent; the same amount or moment in another spelling is the same.
    pub fn of(body: &str) -> Self {
        ContentHash(canonical::hash(body))
    }

    /// As it is stored.
    fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name in a request, and its pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub name: String,
    pub content: ContentHash,
    pub pointer: &'static str,
}

impl Given {
    /// As it is kept.
    pub fn kept(&self) -> NaturalKey {
        NaturalKey {
            name: self.name.clone(),
            content: Some(self.content.clone()),
        }
    }

    /// The name belongs to something else.
    pub fn taken(&self) -> PaymentError {
        PaymentError::ReferenceTaken(self.pointer)
    }

    /// The operation that this request repeats, among those that may have its name. One that failed has given it back.
    ///
    /// # Errors
    /// The name belongs to something that was canceled, or to an operation with other fields.
    pub fn repeats<'t>(
        &self,
        among: impl Iterator<Item = &'t Transaction>,
        is_canceled: impl Fn(&Transaction) -> bool,
    ) -> Result<Option<TransactionId>, PaymentError> {
        let mut same_name = among.filter(|it| it.state != State::Failed && it.has_name(&self.name));
        // Rows from before may share a name; whichever it is, its fields are not known.
        let Some(first) = same_name.next() else {
            return Ok(None);
        };
        if is_canceled(first) {
            return Err(PaymentError::ReferenceCanceled(self.pointer));
        }
        let key = first
            .natural_key
            .as_ref()
            .filter(|key| key.name == self.name);
        match key.and_then(|key| key.content.as_ref()) {
            Some(content) if *content == self.content => Ok(Some(first.id)),
            _ => Err(self.taken()),
        }
    }
}

impl Transaction {
    /// Whether it was given the name, or has it now.
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
