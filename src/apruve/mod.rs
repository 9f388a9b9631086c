//! Everything Apruve and nothing of ours: its hosts, its paths, its words, its hashes and signatures.

mod client;
mod model;
mod secure_hash;
mod signature;
mod text;

pub use client::{Account, CallError};
pub use model::Merchant;
pub use secure_hash::secure_hash;
pub use signature::{BadKey, BadSignature, PublicKey, SIGNATURE_HEADER, Verified, verify};
pub use text::CleanText;

/// The key with which Apruve's test environment signs its webhooks; there is a genuine signature made with it. No
/// production key is published, so that one is always configuration.
pub const TEST_WEBHOOK_KEY: &str = include_str!("test_webhook_key.pem");
