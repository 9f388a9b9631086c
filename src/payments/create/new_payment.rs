//! The request that begins a payment.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::{on_behalf::Buyer, reference::Reference};
use crate::{locale::Wanted, payment_methods::PaymentMethodId};

/// What a caller asks to be paid.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub method: PaymentMethodId,
    pub order_id: Reference,
    pub website: Option<String>,
    pub po_number: Option<Reference>,
    /// The cart's JSON, with its website.
    pub cart: String,
    /// The languages that the buyer reads; none for the shop's default.
    pub languages: Wanted,
    /// When an offline sale is due, if the caller says so.
    pub due: Option<DueDate>,
    /// When the provider's order expires, where the caller says so.
    pub expires_at: Option<DateTime<Utc>>,
    /// Who a sales rep orders for; without one, the buyer confirms at the provider.
    pub buyer: Option<Buyer>,
}

/// When a sale is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueDate {
    At(DateTime<Utc>),
    /// The number of days after the payment begins.
    NetDays(u16),
}

impl DueDate {
    /// The due date of a payment that begins at `start`.
    pub fn counted_from(self, start: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            DueDate::At(at) => at,
            DueDate::NetDays(days) => start + TimeDelta::days(days.into()),
        }
    }
}
