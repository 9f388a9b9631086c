//! The state of a payment at its provider, as just read, in terms that all providers share.
//!
//! Outside of tests only a provider's client creates a snapshot, and only from what it read with the integration's key.

use chrono::{DateTime, Utc};

use super::{Funding, InvoiceLine, InvoiceStatus, ProviderId};

/// What was read of one payment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderSnapshot {
    pub order: OrderView,
    /// The orders with our number, the one that is bound among them; `None` when they were not read beside it.
    pub same_number: Option<List<OrderSnapshot>>,
    /// The invoices of the order; `None` when they were not read.
    pub invoices: Option<List<InvoiceSnapshot>>,
}

impl ProviderSnapshot {
    /// Whether everything was read, so that an object that is absent here does not exist at the provider.
    pub fn is_complete(&self) -> bool {
        let whole_invoices = || {
            self.invoices.as_ref().is_none_or(|list| {
                let returns = list.items.iter().map(|it| &it.returns);
                list.complete
                    && returns.flatten().filter(|it| it.complete).count() == list.items.len()
            })
        };
        match (&self.order, &self.same_number) {
            (OrderView::Bound(_), Some(orders)) => {
                orders.complete && self.invoices.is_some() && whole_invoices()
            }
            (OrderView::Candidates(orders), _) => orders.complete && whole_invoices(),
            (OrderView::Bound(_), None) | (OrderView::Gone | OrderView::NotRead, _) => false,
        }
    }
}

/// The elements of a list that were read.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Whether these are certainly all elements.
    pub complete: bool,
}

impl<T> List<T> {
    /// The list with each element converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> List<U> {
        List {
            items: self.items.into_iter().map(convert).collect(),
            complete: self.complete,
        }
    }
}

/// What was read of the order.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum OrderView {
    /// It was not read.
    #[default]
    NotRead,
    /// The order that is bound to the payment.
    Bound(OrderSnapshot),
    /// The provider does not know the order that is bound to the payment.
    Gone,
    /// No order is bound to the payment; these orders carry our number.
    Candidates(List<OrderSnapshot>),
}

/// The progress of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    Waiting,
    Accepted,
    Canceled,
    /// An unknown status word; it changes nothing.
    Unclear,
}

/// An order at the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderSnapshot {
    pub id: ProviderId,
    pub state: OrderState,
    /// The status as the provider spells it.
    pub status: String,
    pub merchant_id: Option<String>,
    pub merchant_order_id: Option<String>,
    /// Minor units.
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub secure_hash: Option<String>,
    pub expire_at: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
    /// When it was accepted or canceled.
    pub final_at: Option<DateTime<Utc>>,
}

/// An invoice at the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct InvoiceSnapshot {
    pub id: ProviderId,
    /// The order that it is on.
    pub order: Option<ProviderId>,
    /// Our number.
    pub number: Option<String>,
    /// `None` for an unknown status word.
    pub status: Option<InvoiceStatus>,
    /// Minor units.
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub tax: i64,
    pub shipping: i64,
    pub issued_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub final_at: Option<DateTime<Utc>>,
    /// Minor units that the buyer still has to pay.
    pub amount_due: Option<i64>,
    pub funding: Option<FundingSnapshot>,
    pub lines: Vec<InvoiceLine>,
    pub shipments: Option<List<ShipmentSnapshot>>,
    pub returns: Option<List<ReturnSnapshot>>,
}

/// What the provider paid for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingSnapshot {
    /// Minor units before the fee; `None` when unknown.
    pub amount: Option<i64>,
    /// Minor units.
    pub fee: i64,
}

impl FundingSnapshot {
    /// Converts to the stored form. `billed` is the funded amount in minor units if the provider named none.
    pub fn known(&self, funded_at: DateTime<Utc>, billed: i64) -> Funding {
        Funding {
            funded_at,
            amount: self.amount.unwrap_or(billed),
            fee: self.fee,
        }
    }
}

/// A shipment at the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ShipmentSnapshot {
    pub id: ProviderId,
    /// Our number.
    pub number: Option<String>,
    pub amount: Option<i64>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub notes: Option<String>,
    pub partial: bool,
}

/// A return at the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnSnapshot {
    pub id: ProviderId,
    /// Minor units.
    pub amount: Option<i64>,
    pub reason: Option<String>,
    /// Returns that we created carry the id of our transaction here.
    pub notes: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
}
