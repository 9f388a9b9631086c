//! Payments that an upgrade left waiting for the live one of their order.

use super::{
    rivals,
    service::PaymentService,
    store::{self, Live},
};
use crate::store::StoreError;

impl PaymentService {
    /// Opens the findings of payments that an upgrade left waiting.
    pub async fn note_waiting(&self) -> Result<(), StoreError> {
        let waiting = self.store().read(store::list_waiting).await?;
        let now = self.clock().now();
        for payment in waiting {
            self.store()
                .write(move |tx| rivals::note(tx, payment, Live::Waits, now))
                .await?;
        }
        Ok(())
    }
}
