//! Shipments of invoices.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    SandboxState,
    invoice::{Invoice, InvoiceStatus},
    item::{self, Item},
    object::ApiObject,
    shown_time, shown_time_or_null,
    table::Table,
};
use crate::{
    error::{ApiError, invalid, missing},
    fields::Fields,
};

/// A shipment.
pub struct Shipment {
    pub id: String,
    pub invoice_id: String,
    created_at: DateTime<Utc>,
    details: ShipmentDetails,
}

#[derive(Clone, Default)]
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
        if self.invoices.find(invoice_id)?.status == InvoiceStatus::Canceled {
            let title = "Invoice is canceled and cannot be shipped";
            return Err(ApiError::invalid_state(title));
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
        let invoice = self.invoices.find_mut(invoice_id)?;
        invoice.shipments.push(id.clone());
        self.announce::<Shipment>(&id, "shipment.created");
        Ok(id)
    }

    /// Changes a shipment.
    pub fn update_shipment(&mut self, id: &str, fields: &Fields) -> Result<(), ApiError> {
        let before = self.shipments.find(id)?.details.clone();
        let details = self.read_shipment(fields, Some(before))?;
        self.shipments.find_mut(id)?.details = details;
        self.announce::<Shipment>(id, "shipment.updated");
        Ok(())
    }

    /// The shipments of an invoice, the oldest first.
    pub fn shipments_of<'a>(&'a self, invoice: &'a Invoice) -> impl Iterator<Item = &'a Shipment> {
        let ids = invoice.shipments.iter();
        ids.filter_map(|id| self.shipments.get(id))
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
                shipped_at: shipped_at.ok_or_else(|| missing("shipped_at"))?,
                status: "fulfilled".to_owned(),
                ..ShipmentDetails::default()
            },
        };
        let status = fields.text("status")?.unwrap_or(details.status);
        if !["fulfilled", "partial"].contains(&status.as_str()) {
            return Err(invalid("status", "Status is not fulfilled or partial"));
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

impl ApiObject for Shipment {
    fn table(state: &SandboxState) -> &Table<Self> {
        &state.shipments
    }

    fn merchant_id(&self, state: &SandboxState) -> String {
        state.merchant_of_invoice(&self.invoice_id)
    }

    fn show(&self, state: &SandboxState) -> Value {
        let details = &self.details;
        let items = details.items.iter();
        let items = items.map(|item| item.show(json!({ "shipment_id": self.id, "uuid": item.id })));
        let shown = json!({
            "id": self.id,
            "uuid": self.id,
            "invoice_id": self.invoice_id,
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
            "created_at": shown_time(self.created_at),
            "shipment_items": items.collect::<Vec<_>>(),
        });
        state.shown(&self.id, shown)
    }
}
