//! What Apruve's answers are in our words. Amounts are minor units on both sides.

use crate::{
    apruve::{
        self, Invoice, InvoiceReturn, Order, OrderStatus, ReadBack, Shipment, ShipmentStatus,
    },
    payments::{
        details::{InvoiceLine, InvoiceStatus},
        snapshot::{
            FundingSnapshot, InvoiceSnapshot, OrderSnapshot, OrderState, ReturnSnapshot,
            ShipmentSnapshot,
        },
    },
};

/// An order that was read.
pub fn order(read: &ReadBack<Order>) -> OrderSnapshot {
    order_told(read)
}

/// An order in the answer to its own making, from which nothing is taken but its id.
pub fn order_told(order: &Order) -> OrderSnapshot {
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

/// An invoice that was read; its shipments and returns are read beside it.
pub fn invoice(read: &ReadBack<Invoice>) -> InvoiceSnapshot {
    invoice_told(read)
}

/// An invoice in the answer to its own making.
pub fn invoice_told(invoice: &Invoice) -> InvoiceSnapshot {
    // Apruve may tell any amounts; sums beyond all money stay beyond it.
    let funding = (!invoice.funding_details.is_empty()).then(|| FundingSnapshot {
        // One that is not told leaves the sum untold.
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
fn invoice_status(status: &apruve::InvoiceStatus) -> Option<InvoiceStatus> {
    match status {
        apruve::InvoiceStatus::Pending => Some(InvoiceStatus::Pending),
        apruve::InvoiceStatus::Open => Some(InvoiceStatus::Open),
        apruve::InvoiceStatus::Closed => Some(InvoiceStatus::Closed),
        apruve::InvoiceStatus::Canceled => Some(InvoiceStatus::Canceled),
        apruve::InvoiceStatus::Other(_) => None,
    }
}
