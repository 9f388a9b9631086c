//! Converts Apruve's orders, invoices, shipments and returns to the snapshots that all providers share. Amounts are in
//! minor units on both sides.

use super::{
    Account, ApruveInvoiceStatus, Invoice, InvoiceReturn, Order, OrderStatus, Shipment,
    ShipmentStatus,
};
use crate::providers::{
    FundingSnapshot, InvoiceLine, InvoiceSnapshot, InvoiceStatus, List, OrderSnapshot, OrderState,
    OrderView, ProviderSnapshot, ReturnSnapshot, ShipmentSnapshot,
};
use crate::providers::{ProviderError, ProviderId, ProviderKind, ReadBack};

impl Account<'_> {
    /// Reads one order.
    pub async fn order_snapshot(&self, id: &ProviderId) -> Result<OrderSnapshot, ProviderError> {
        Ok(order(&self.order(id).await?))
    }

    /// Reads an order by its id, with its invoices; without an id, reads the orders that carry our number. A part that
    /// cannot be read is `None`, which makes the snapshot incomplete.
    pub async fn snapshot(
        &self,
        id: Option<&ProviderId>,
        number: &str,
    ) -> Result<ProviderSnapshot, ProviderError> {
        let order = match id {
            Some(id) => match self.order_snapshot(id).await {
                Ok(order) => OrderView::Bound(order),
                Err(ProviderError::NotFound) => OrderView::Gone,
                Err(error) => return Err(error),
            },
            None => OrderView::Candidates(self.orders_with(number).await?),
        };
        let (mut same_number, mut invoices) = (None, None);
        if let OrderView::Bound(order) = &order {
            same_number = self.orders_with(number).await.ok();
            invoices = Some(self.invoice_snapshots(&order.id).await?);
        }
        Ok(ProviderSnapshot {
            order,
            same_number,
            invoices,
        })
    }

    /// Lists the orders that carry one of our numbers.
    async fn orders_with(&self, number: &str) -> Result<List<OrderSnapshot>, ProviderError> {
        let found = self.orders_by_merchant_order_id(number);
        let found = found.await.map_err(not_listed)?;
        Ok(List {
            items: found.items.iter().map(order).collect(),
            complete: found.complete,
        })
    }

    /// Lists the invoices of an order with their shipments and returns. A list of these that cannot be read is `None`.
    pub async fn invoice_snapshots(
        &self,
        order: &ProviderId,
    ) -> Result<List<InvoiceSnapshot>, ProviderError> {
        let found = self.invoices(order).await.map_err(not_listed)?;
        let mut items = Vec::with_capacity(found.items.len());
        for listed in &found.items {
            let id = &listed.id;
            let mut invoice = invoice(listed);
            let shipments = self.shipments(id).await.ok();
            invoice.shipments = shipments.map(|list| List {
                items: list.items.iter().map(shipment).collect(),
                complete: list.complete,
            });
            let returns = self.invoice_returns(id).await.ok();
            invoice.returns = returns.map(|list| List {
                items: list.items.iter().map(invoice_return).collect(),
                complete: list.complete,
            });
            items.push(invoice);
        }
        Ok(List {
            items,
            complete: found.complete,
        })
    }
}

/// A 404 for a list must not count as "the object does not exist".
fn not_listed(error: ProviderError) -> ProviderError {
    match error {
        ProviderError::NotFound => ProviderError::Status(ProviderKind::Apruve, 404),
        error => error,
    }
}

/// An order that was read.
pub fn order(read: &ReadBack<Order>) -> OrderSnapshot {
    order_answered(read)
}

/// An order from the answer to its creation; only its id may be used, everything else is read back.
pub fn order_answered(order: &Order) -> OrderSnapshot {
    OrderSnapshot {
        id: order.id.clone(),
        state: match &order.status {
            OrderStatus::New | OrderStatus::Pending => OrderState::Waiting,
            OrderStatus::Accepted => OrderState::Accepted,
            OrderStatus::Canceled => OrderState::Canceled,
            OrderStatus::Other(_) => OrderState::Unclear,
        },
        status: order.status.to_string(),
        merchant_id: order.merchant_id.clone(),
        merchant_order_id: order.merchant_order_id.clone(),
        amount: order.amount_cents,
        currency: order.currency.clone(),
        secure_hash: order.secure_hash.clone(),
        expire_at: order.expire_at,
        created_at: order.created_at,
        final_at: order.final_state_at,
    }
}

/// An invoice that was read; the caller reads its shipments and returns separately.
pub fn invoice(read: &ReadBack<Invoice>) -> InvoiceSnapshot {
    invoice_answered(read)
}

/// An invoice from the answer to a command.
pub fn invoice_answered(invoice: &Invoice) -> InvoiceSnapshot {
    // Saturating, because Apruve's amounts are unchecked: an overflowing sum stays larger than any valid amount.
    let funding = (!invoice.funding_details.is_empty()).then(|| FundingSnapshot {
        // If one amount is unknown, so is the sum.
        amount: invoice
            .funding_details
            .iter()
            .try_fold(0, |sum: i64, it| Some(sum.saturating_add(it.amount_cents?))),
        fee: invoice
            .funding_details
            .iter()
            .filter_map(|it| it.fee_cents)
            .fold(0, i64::saturating_add),
    });
    InvoiceSnapshot {
        id: invoice.id.clone(),
        number: invoice.merchant_invoice_id.clone(),
        status: invoice_status(&invoice.status),
        amount: invoice.amount_cents,
        currency: invoice.currency.clone(),
        tax: invoice.tax_cents.unwrap_or(0),
        shipping: invoice.shipping_cents.unwrap_or(0),
        issued_at: invoice.issued_at,
        due_at: invoice.due_at,
        final_at: invoice.final_state_at,
        amount_due: invoice.amount_due_cents,
        funding,
        lines: invoice
            .lines
            .iter()
            .map(|client| InvoiceLine {
                line: None,
                title: client.title.clone().unwrap_or_default(),
                sku: client.sku.clone(),
                quantity: client.quantity.map(|quantity| quantity.to_string()),
                total: client.total_cents.unwrap_or(0),
            })
            .collect(),
        shipments: None,
        returns: None,
    }
}

/// A shipment that was read.
pub fn shipment(read: &ReadBack<Shipment>) -> ShipmentSnapshot {
    ShipmentSnapshot {
        id: read.id.clone(),
        number: read.merchant_shipment_id.clone(),
        amount: read.amount_cents,
        shipped_at: read.shipped_at,
        shipper: read.shipper.clone(),
        tracking_number: read.tracking_number.clone(),
        delivered_at: read.delivered_at,
        notes: read.merchant_notes.clone(),
        partial: read.status == ShipmentStatus::Partial,
    }
}

/// A return that was read.
pub fn invoice_return(read: &ReadBack<InvoiceReturn>) -> ReturnSnapshot {
    ReturnSnapshot {
        id: read.id.clone(),
        amount: read.amount_cents,
        reason: read.reason.clone(),
        notes: read.merchant_notes.clone(),
        created_at: read.created_at,
    }
}

/// `None` for a status that we do not know.
fn invoice_status(status: &ApruveInvoiceStatus) -> Option<InvoiceStatus> {
    match status {
        ApruveInvoiceStatus::Pending => Some(InvoiceStatus::Pending),
        ApruveInvoiceStatus::Open => Some(InvoiceStatus::Open),
        ApruveInvoiceStatus::Closed => Some(InvoiceStatus::Closed),
        ApruveInvoiceStatus::Canceled => Some(InvoiceStatus::Canceled),
        ApruveInvoiceStatus::Other(_) => None,
    }
}
