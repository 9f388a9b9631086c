//! What the provider shows of its books.

use super::{LedgerModel, expiry};
use crate::{
    payments::sample::{MERCHANT, ORDER_NUMBER},
    providers::{
        FundingSnapshot, InvoiceSnapshot, List, OrderSnapshot, ProviderId, ReturnSnapshot,
        ShipmentSnapshot,
    },
};

impl LedgerModel {
    pub fn order_seen(&self, id: &ProviderId) -> OrderSnapshot {
        let order = self.order(id).expect("an order that is there");
        OrderSnapshot {
            id: id.clone(),
            state: order.state,
            status: format!("{:?}", order.state).to_lowercase(),
            merchant_id: Some(MERCHANT.to_owned()),
            merchant_order_id: Some(ORDER_NUMBER.to_owned()),
            amount: Some(order.amount),
            currency: Some("USD".to_owned()),
            secure_hash: None,
            expire_at: Some(expiry()),
            created_at: None,
            final_at: order.final_at,
        }
    }

    pub(super) fn invoice_seen(&self, id: &ProviderId) -> InvoiceSnapshot {
        let invoice = self.invoices.iter().find(|it| it.id == *id);
        let invoice = invoice.expect("an invoice that is there");
        InvoiceSnapshot {
            id: id.clone(),
            order: None,
            number: invoice.number.clone(),
            status: Some(invoice.status),
            amount: Some(invoice.amount),
            currency: None,
            tax: 0,
            shipping: 0,
            issued_at: invoice.issued_at,
            due_at: None,
            final_at: invoice.final_at,
            amount_due: Some(invoice.due()),
            funding: invoice.funded.map(|(amount, told)| FundingSnapshot {
                amount: told.then_some(amount),
                fee: 0,
            }),
            lines: Vec::new(),
            shipments: None,
            returns: None,
        }
    }

    pub fn orders_seen(&self) -> Vec<OrderSnapshot> {
        self.orders
            .iter()
            .map(|it| self.order_seen(&it.id))
            .collect()
    }

    /// The invoices of an order with all their parts.
    pub fn invoices_seen(&self, order: &ProviderId) -> Vec<InvoiceSnapshot> {
        let of_order = self.invoices.iter().filter(|it| it.order == *order);
        of_order
            .map(|invoice| InvoiceSnapshot {
                shipments: Some(whole(invoice.shipments.iter().map(|it| ShipmentSnapshot {
                    id: it.id.clone(),
                    number: it.number.clone(),
                    amount: Some(it.amount),
                    shipped_at: None,
                    shipper: None,
                    tracking_number: None,
                    delivered_at: None,
                    notes: None,
                    partial: false,
                }))),
                returns: Some(whole(invoice.returns.iter().map(|it| ReturnSnapshot {
                    id: it.id.clone(),
                    amount: Some(it.amount),
                    reason: None,
                    notes: it.notes.clone(),
                    created_at: Some(it.created_at),
                }))),
                ..self.invoice_seen(&invoice.id)
            })
            .collect()
    }
}

fn whole<T>(items: impl Iterator<Item = T>) -> List<T> {
    List {
        items: items.collect(),
        complete: true,
    }
}
