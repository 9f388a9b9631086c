//! Payments that an upgrade left waiting for the live one of their order.

use super::{
    rivals,
    service::PaymentService,
    store::{self, Live},
};
use crate::store::{StoreError, Tx};

impl PaymentService {
    /// Opens the findings of payments that an upgrade left waiting.
    pub async fn note_waiting(&self) -> Result<(), StoreError> {
        let now = self.clock().now();
        for payment in self.store().read(store::list_waiting).await? {
            let write = move |tx: &mut Tx<'_>| rivals::note(tx, payment, Live::Waits, now);
            self.store().write(write).await?;
        }
        Ok(())
    }
}
