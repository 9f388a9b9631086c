//! Drafts of invoices, their addresses and their returns.

use chrono::{DateTime, Utc};

use super::{ChargeDraft, LineDraft};
use crate::{money::Money, providers::CleanText};

/// An invoice to be made on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceDraft {
    /// The shop's number or ours, by which the invoice is found again.
    pub number: String,
    /// Lines + charges + tax + shipping.
    pub amount: Money,
    /// Tax in addition to the lines; zero if the prices include it.
    pub tax: Money,
    pub shipping: Money,
    pub lines: Vec<LineDraft>,
    pub charges: Vec<ChargeDraft>,
    pub notes: Option<String>,
    pub terms_of_delivery: Option<String>,
    /// `None` leaves the due date to the buyer's terms.
    pub due_at: Option<DateTime<Utc>>,
    pub bill_to: Option<AddressDraft>,
    pub ship_to: Option<AddressDraft>,
    /// Whether it is issued at once or only by [`Command::IssueInvoice`](crate::providers::Command::IssueInvoice).
    pub issue: bool,
}

/// A postal address on an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressDraft {
    pub company: Option<CleanText>,
    /// The person's name with all its parts.
    pub person: Option<CleanText>,
    pub street: Option<CleanText>,
    pub street2: Option<CleanText>,
    pub city: Option<CleanText>,
    /// Such as `CA` or `US-CA`.
    pub region: Option<CleanText>,
    pub postal_code: Option<CleanText>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<CleanText>,
    pub phone: Option<CleanText>,
}

/// An amount to be returned on an invoice, whether it has been paid or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnDraft {
    /// Our own id, by which the return is found again.
    pub number: String,
    /// The shop's number for the return.
    pub reference: Option<String>,
    pub amount: Money,
    pub reason: Option<String>,
}
