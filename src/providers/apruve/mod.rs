//! The client for Apruve: hosts, paths, wire format, hashes and signatures. Nothing else in the service knows these
//! details.

mod client;
mod commands;
mod fields;
mod model;
mod orders;
mod secure_hash;
mod signature;
mod snapshots;
mod webhook;

pub use client::{Account, register_metrics};
pub use model::{Merchant, WebhookEndpoint};
pub(super) use orders::{MOST_CENTS, check_amount, confirmation, order_text, script_url};
pub use signature::{BadKey, BadSignature, PublicKey, SIGNATURE_HEADER, verify};
pub use webhook::parse_event;

/// The public key of Apruve's test environment for webhook signatures, verified with a genuine signature. No production
/// key is published, so that one is always configuration.
pub const TEST_WEBHOOK_KEY: &str = include_str!("test_webhook_key.pem");
