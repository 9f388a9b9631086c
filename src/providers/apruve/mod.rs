//! Everything Apruve and nothing of ours: its hosts, its paths, its words, its hashes and signatures.

mod client;
mod commands;
mod fields;
mod model;
mod orders;
mod secure_hash;
mod signature;
mod snapshots;
mod webhook;

pub use client::{Account, Refusal, WriteOutcome, register_metrics};
pub use model::{
    ApruveInvoiceStatus, BuyerPayment, FundingDetail, Invoice, InvoiceReturn, Line, Merchant,
    Order, OrderPaymentTerm, OrderStatus, PaymentStatus, PaymentTermStatus, Shipment,
    ShipmentStatus, WebhookEndpoint,
};
pub(super) use orders::{
    MOST_CENTS, check_invoice, check_order, confirmation, order_text, script_url,
};
pub use signature::{BadKey, BadSignature, PublicKey, SIGNATURE_HEADER, Verified, verify};
pub use webhook::parse_event;

/// The key with which Apruve's test environment signs its webhooks; there is a genuine signature made with it. No
/// production key is published, so that one is always configuration.
pub const TEST_WEBHOOK_KEY: &str = include_str!("test_webhook_key.pem");
