//! A shipment.

use serde::Serialize;
use serde_json::{Value, json};
use serde_with::skip_serializing_none;

use super::{line::WireLine, wire_time::WireTime};
use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};
use crate::providers::{CleanText, ShipmentDraft, ShipmentSnapshot};

/// Apruve pays merchants of physical goods only for invoices that have a shipment.
impl Wire for ShipmentSnapshot {
    const NOUN: &'static str = "shipment";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        let status = fields.text("status");
        Ok(ShipmentSnapshot {
            id: fields.own_id()?,
            number: fields.text("merchant_shipment_id"),
            amount: fields.any_cents("amount_cents"),
            shipped_at: fields.time("shipped_at"),
            shipper: fields.text("shipper"),
            tracking_number: fields.text("tracking_number"),
            delivered_at: fields.time("delivered_at"),
            notes: fields.text("merchant_notes"),
            partial: status.is_some_and(|word| word.eq_ignore_ascii_case("partial")),
        })
    }
}

/// Whether a shipment covers its invoice in part or in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fulfilment {
    Partial,
    Fulfilled,
}

/// A shipment to be made on an invoice.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireShipment {
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// The shop's own number, by which the shipment is found again.
    pub merchant_shipment_id: String,
    pub status: Fulfilment,
    pub shipped_at: WireTime,
    pub delivered_at: Option<WireTime>,
    pub shipper: Option<CleanText>,
    pub tracking_number: Option<CleanText>,
    pub merchant_notes: Option<CleanText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shipment_items: Vec<WireLine>,
}

impl WireShipment {
    /// The JSON for an update: an absent field is sent as null, which clears it at Apruve.
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

impl From<&ShipmentDraft> for WireShipment {
    fn from(shipment: &ShipmentDraft) -> Self {
        let line = |text: &Option<String>| text.as_deref().map(CleanText::line);
        WireShipment {
            amount_cents: shipment.amount.minor(),
            currency: shipment.amount.currency().code().to_owned(),
            merchant_shipment_id: shipment.number.clone(),
            status: match shipment.partial {
                true => Fulfilment::Partial,
                false => Fulfilment::Fulfilled,
            },
            shipped_at: WireTime(shipment.shipped_at),
            delivered_at: shipment.delivered_at.map(WireTime),
            shipper: line(&shipment.shipper),
            tracking_number: line(&shipment.tracking_number),
            merchant_notes: shipment.notes.as_deref().map(CleanText::paragraph),
            shipment_items: WireLine::all(&shipment.lines, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{
        LineDraft,
        apruve::{fields::read_one, model::usd},
    };

    #[test]
    fn a_shipment_is_read_with_what_it_has() {
        let body = json!({ "uuid": "s1", "invoice_id": "i1", "status": "lost", "delivered_at": "",
            "shipped_at": "2026-01-15 10:00:00", "merchant_shipment_id": 7, "amount_cents": null });
        let shipment: ShipmentSnapshot = read_one(body.to_string().as_bytes()).expect("a shipment");
        assert_eq!(shipment.id.as_str(), "s1");
        assert!(!shipment.partial);
        assert_eq!(shipment.shipped_at, "2026-01-15T10:00:00Z".parse().ok());
        assert_eq!(shipment.delivered_at, None);
        assert_eq!(shipment.number.as_deref(), Some("7"));
    }
    #[test]
    fn a_shipment_is_sent_with_clean_texts_and_a_correction_with_what_is_taken_back() {
        let mut line = LineDraft::new(CleanText::line("Clog"), usd(600));
        for (quantity, sent) in [("2", json!(2)), ("2.50", Value::Null), ("3.0", json!(3))] {
            line.quantity = quantity.parse().ok();
            let wire = json!(WireLine::from(&line));
            assert_eq!(wire["quantity"], sent, "{quantity}");
        }
        line.quantity = None;
        let mut draft = ShipmentDraft {
            number: "SH-1".to_owned(),
            amount: usd(600),
            partial: true,
            lines: vec![line],
            shipped_at: "2026-01-15T10:00:00.5Z".parse().expect("a moment"),
            delivered_at: "2026-01-16T10:00:00Z".parse().ok(),
            shipper: Some("<b>UPS</b>".to_owned()),
            tracking_number: Some("1Z\n9".to_owned()),
            notes: Some("left<br>at the door".to_owned()),
        };
        let sent = json!({ "amount_cents": 600, "currency": "USD", "merchant_shipment_id": "SH-1", "status": "partial",
            "shipped_at": "2026-01-15T10:00:00+00:00", "delivered_at": "2026-01-16T10:00:00+00:00", "shipper": "UPS",
            "tracking_number": "1Z 9", "merchant_notes": "left at the door",
            "shipment_items": [{ "title": "Clog", "price_total_cents": 600, "amount_cents": 600 }] });
        let wire = WireShipment::from(&draft);
        assert_eq!(json!(wire), sent);
        assert_eq!(wire.whole(), sent);
        (draft.partial, draft.lines, draft.delivered_at) = (false, Vec::new(), None);
        (draft.shipper, draft.tracking_number, draft.notes) = (None, None, None);
        let wire = WireShipment::from(&draft);
        assert_eq!(
            json!(wire),
            json!({ "amount_cents": 600, "currency": "USD", "merchant_shipment_id": "SH-1", "status": "fulfilled",
                "shipped_at": "2026-01-15T10:00:00+00:00" })
        );
        assert_eq!(
            wire.whole(),
            json!({ "amount_cents": 600, "currency": "USD", "merchant_shipment_id": "SH-1", "status": "fulfilled",
                "shipped_at": "2026-01-15T10:00:00+00:00", "delivered_at": null, "shipper": null,
                "tracking_number": null, "merchant_notes": null })
        );
    }
}
