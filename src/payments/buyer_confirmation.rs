//! What the provider's popup is to be given, in which the buyer confirms an order.

use serde_json::Value;

/// What the popup is to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct BuyerConfirmation {
    pub script_url: String,
    /// As it was hashed.
    pub order: Value,
    pub secure_hash: String,
}
