//! Everything Apruve and nothing of ours: its hosts, its paths, its words, its hashes and signatures.

mod client;
mod commands;
mod fields;
mod model;
mod secure_hash;
mod signature;
mod snapshots;
mod webhook;

pub use client::{Account, Outcome, Refusal, register_metrics};
pub use model::{
    AccountChoice, AddressDraft, Always, Fulfilment, FundingDetail, Invoice, InvoiceDraft,
    InvoiceReturn, InvoiceReturnDraft, InvoiceStatus, Line, LineDraft, MOST_CENTS, Merchant, Order,
    OrderDraft, OrderStatus, Payment, PaymentStatus, PaymentTerm, PaymentTermStatus, Shipment,
    ShipmentDraft, ShipmentStatus, WebhookEndpoint, WireTime,
};
pub use secure_hash::{OrderJson, secure_hash};
pub use signature::{BadKey, BadSignature, PublicKey, SIGNATURE_HEADER, Verified, verify};
pub use webhook::parse_event;

/// The key with which Apruve's test environment signs its webhooks; there is a genuine signature made with it. No
/// production key is published, so that one is always configuration.
pub const TEST_WEBHOOK_KEY: &str = include_str!("test_webhook_key.pem");
