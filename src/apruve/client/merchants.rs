//! The call about the shop itself.

use super::{Account, CallError, ReadBack};
use crate::apruve::{id::ApruveId, model::Merchant};

impl Account<'_> {
    /// Reads a merchant. That it can be read also shows that the API key is good.
    pub async fn merchant(&self, id: &ApruveId) -> Result<ReadBack<Merchant>, CallError> {
        self.read(&["merchants", id.as_str()]).await
    }
}
