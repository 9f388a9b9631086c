//! Goods on their way.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{line::LineDraft, string_enum::ShipmentStatus, wire_time::WireTime};
use crate::providers::apruve::fields::{Fields, Unreadable, Wire};
use crate::providers::{CleanText, ProviderId};

/// A shipment as Apruve has it. Apruve does not pay merchants of physical goods for an invoice that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    pub id: ProviderId,
    pub invoice_id: Option<ProviderId>,
    /// The shop's own number.
    pub merchant_shipment_id: Option<String>,
    pub status: ShipmentStatus,
    pub amount_cents: Option<i64>,
    pub currency: Option<String>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    pub merchant_notes: Option<String>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
}

impl Wire for Shipment {
    const NOUN: &'static str = "shipment";

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Shipment {
            id: fields.own_id()?,
            invoice_id: fields.id("invoice_id"),
            merchant_shipment_id: fields.text("merchant_shipment_id"),
            status: fields.word("status"),
            amount_cents: fields.any_cents("amount_cents"),
            currency: fields.text("currency"),
            shipper: fields.text("shipper"),
            tracking_number: fields.text("tracking_number"),
            merchant_notes: fields.text("merchant_notes"),
            shipped_at: fields.time("shipped_at"),
            delivered_at: fields.time("delivered_at"),
            created_at: fields.time("created_at"),
        })
    }
}

impl super::Entity for Shipment {
    fn id(&self) -> &ProviderId {
        &self.id
    }
}

/// Whether a shipment is all of its invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fulfilment {
    Partial,
    Fulfilled,
}

/// A shipment to be made on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShipmentDraft {
    /// Apruve adds up the lines where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_cents: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_cents: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// The shop's own number, by which the shipment is found again.
    pub merchant_shipment_id: String,
    pub status: Fulfilment,
    pub shipped_at: WireTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<WireTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipper: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_notes: Option<CleanText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shipment_items: Vec<LineDraft>,
}

impl ShipmentDraft {
    /// Everything that is known, with null for what is not.
    pub fn whole(&self) -> Value {
        let mut whole = json!(self);
        for name in [
            "delivered_at",
            "shipper",
            "tracking_number",
            "merchant_notes",
        ] {
            if whole.get(name).is_none() {
                whole[name] = Value::Null;
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::apruve::fields::read_one;

    #[test]
    fn a_shipment_is_read_with_what_it_has() {
        let body = json!({ "uuid": "s1", "invoice_id": "i1", "status": "lost", "delivered_at": "",
            "shipped_at": "2026-01-15 10:00:00", "merchant_shipment_id": 7, "amount_cents": null });
        let shipment: Shipment = read_one(body.to_string().as_bytes()).expect("a shipment");
        assert_eq!(shipment.id.as_str(), "s1");
        assert_eq!(shipment.status, ShipmentStatus::Other("lost".to_owned()));
        assert_eq!(shipment.shipped_at, "2026-01-15T10:00:00Z".parse().ok());
        assert_eq!(shipment.delivered_at, None);
        assert_eq!(shipment.merchant_shipment_id.as_deref(), Some("7"));
    }
}
