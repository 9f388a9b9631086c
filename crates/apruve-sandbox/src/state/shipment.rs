//! Shipments of invoices.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    SandboxState,
    invoice::{Invoice, InvoiceStatus},
    item::{self, Item},
    shown_time, shown_time_or_null,
};
use crate::{
    error::ApiError,
    fields::{Fields, missing},
};

/// A shipment.
pub struct Shipment {
    pub id: String,
    pub invoice_id: String,
    created_at: DateTime<Utc>,
    details: ShipmentDetails,
}

#[derive(Clone)]
struct ShipmentDetails {
    amount_cents: Option<i64>,
    tax_cents: Option<i64>,
    shipping_cents: Option<i64>,
    currency: Option<String>,
    shipper: Option<String>,
    tracking_number: Option<String>,
    shipped_at: DateTime<Utc>,
    delivered_at: Option<DateTime<Utc>>,
    merchant_notes: Option<String>,
    merchant_shipment_id: Option<String>,
    status: String,
    items: Vec<Item>,
}

impl ShipmentDetails {
    /// The total as given, otherwise the sum of the parts.
    fn total(&self) -> Option<i64> {
        let parts = || {
            let items = (!self.items.is_empty()).then(|| item::total(&self.items))??;
            items
                .checked_add(self.tax_cents.unwrap_or(0))?
                .checked_add(self.shipping_cents.unwrap_or(0))
        };
        self.amount_cents.or_else(parts)
    }
}

impl SandboxState {
    /// Adds a shipment to an invoice that is not canceled.
    pub fn create_shipment(
        &mut self,
        invoice_id: &str,
        fields: &Fields,
    ) -> Result<String, ApiError> {
        let invoice = self.invoices.get(invoice_id);
        let invoice = invoice.ok_or_else(ApiError::not_found)?;
        if invoice.status == InvoiceStatus::Canceled {
            return Err(ApiError::invalid_state(
                "Invoice is canceled and cannot be shipped",
            ));
        }
        let details = self.read_shipment(fields, None)?;
        let id = self.ids.fresh();
        let shipment = Shipment {
            id: id.clone(),
            invoice_id: invoice_id.to_owned(),
            created_at: self.now(),
            details,
        };
        self.shipments.put(&id, shipment);
        if let Some(invoice) = self.invoices.get_mut(invoice_id) {
            invoice.shipments.push(id.clone());
        }
        self.emit_shipment_event(&id, "shipment.created");
        Ok(id)
    }

    /// Changes a shipment.
    pub fn update_shipment(&mut self, id: &str, fields: &Fields) -> Result<(), ApiError> {
        let shipment = self.shipments.get(id).ok_or_else(ApiError::not_found)?;
        let before = shipment.details.clone();
        let details = self.read_shipment(fields, Some(before))?;
        if let Some(shipment) = self.shipments.get_mut(id) {
            shipment.details = details;
        }
        self.emit_shipment_event(id, "shipment.updated");
        Ok(())
    }

    /// A shipment of this invoice.
    pub fn shipment(&self, invoice_id: &str, id: &str) -> Result<&Shipment, ApiError> {
        let shipment = self.shipments.get(id);
        shipment
            .filter(|shipment| shipment.invoice_id == invoice_id)
            .ok_or_else(ApiError::not_found)
    }

    /// The shipments of an invoice, the oldest first.
    pub fn shipments_of<'a>(&'a self, invoice: &'a Invoice) -> impl Iterator<Item = &'a Shipment> {
        let ids = invoice.shipments.iter();
        ids.filter_map(|id| self.shipments.get(id))
    }

    pub fn show_shipment(&self, shipment: &Shipment) -> Value {
        let details = &shipment.details;
        let items = details.items.iter();
        let items =
            items.map(|item| item.show(json!({ "shipment_id": shipment.id, "uuid": item.id })));
        let shown = json!({
            "id": shipment.id,
            "uuid": shipment.id,
            "invoice_id": shipment.invoice_id,
            "amount_cents": details.total(),
            "tax_cents": details.tax_cents,
            "shipping_cents": details.shipping_cents,
            "currency": details.currency.as_deref().unwrap_or("USD"),
            "shipper": details.shipper,
            "tracking_number": details.tracking_number,
            "shipped_at": shown_time(details.shipped_at),
            "delivered_at": shown_time_or_null(details.delivered_at),
            "merchant_notes": details.merchant_notes,
            "merchant_shipment_id": details.merchant_shipment_id,
            "status": details.status,
            "created_at": shown_time(shipment.created_at),
            "shipment_items": items.collect::<Vec<_>>(),
        });
        self.shown(&shipment.id, shown)
    }

    fn emit_shipment_event(&mut self, id: &str, event: &str) {
        let Some(shipment) = self.shipments.get(id) else {
            return;
        };
        let invoice = self.invoices.get(&shipment.invoice_id);
        if let Some(merchant_id) = invoice.map(|invoice| invoice.merchant_id.clone()) {
            let entity = self.show_shipment(shipment);
            self.emit(&merchant_id, event, &entity);
        }
    }

    fn read_shipment(
        &mut self,
        fields: &Fields,
        before: Option<ShipmentDetails>,
    ) -> Result<ShipmentDetails, ApiError> {
        let shipped_at = fields.moment("shipped_at")?;
        let items = self.read_items(fields, "shipment_items")?;
        let mut details = match before {
            Some(before) => before,
            None => ShipmentDetails {
                amount_cents: None,
                tax_cents: None,
                shipping_cents: None,
                currency: None,
                shipper: None,
                tracking_number: None,
                shipped_at: shipped_at.ok_or_else(|| missing("shipped_at"))?,
                delivered_at: None,
                merchant_notes: None,
                merchant_shipment_id: None,
                status: "fulfilled".to_owned(),
                items: Vec::new(),
            },
        };
        let status = fields.text("status")?.unwrap_or(details.status);
        if !["fulfilled", "partial"].contains(&status.as_str()) {
            return Err(ApiError::invalid_field(
                "status",
                "Status is not fulfilled or partial",
            ));
        }
        details.status = status;
        details.shipped_at = shipped_at.unwrap_or(details.shipped_at);
        if fields.has("delivered_at") {
            details.delivered_at = fields.moment("delivered_at")?;
        }
        details.items = items.unwrap_or(details.items);
        details.amount_cents = fields.cents("amount_cents")?.or(details.amount_cents);
        details.tax_cents = fields.cents("tax_cents")?.or(details.tax_cents);
        details.shipping_cents = fields.cents("shipping_cents")?.or(details.shipping_cents);
        for (name, place) in [
            ("currency", &mut details.currency),
            ("shipper", &mut details.shipper),
            ("tracking_number", &mut details.tracking_number),
            ("merchant_notes", &mut details.merchant_notes),
            ("merchant_shipment_id", &mut details.merchant_shipment_id),
        ] {
            if fields.has(name) {
                *place = fields.text(name)?;
            }
        }
        Ok(details)
    }
}
