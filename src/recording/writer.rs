//! Writes recorded carts in batches, at a limited rate.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{
    KeptPaths, projection,
    recorder::{PostedCart, RecordingOutcome, count},
    store::{self, RecordedRow},
};
use crate::{
    cart::{self, Cart},
    config, error_chain,
    ids::{self, RecordedCartId},
    payment_rules::rulebook::RulebookCache,
    privacy::EmailKey,
    seal::Sealer,
    store::{Store, StoreError},
};

/// The pause between two batches: it limits recording to 5,000 carts a second.
const PAUSE: Duration = Duration::from_millis(200);
const CARTS_AT_ONCE: usize = 1000;

/// Writes the carts that a [`super::Recorder`] takes.
pub struct CartWriter {
    pub store: Store,
    pub rulebooks: RulebookCache,
    pub sealer: Arc<Sealer>,
    pub email_key: Arc<EmailKey>,
    pub settings: config::RecordingSettings,
    pub posted: mpsc::UnboundedReceiver<PostedCart>,
}

impl CartWriter {
    /// Writes until the store is closed or the task is dropped.
    pub async fn run(mut self) {
        let mut kept = Arc::new(KeptPaths::default());
        let mut revision = None;
        // Trim only after every `max / 20` new carts, because finding the oldest ones takes long in a large table.
        let slack = usize::try_from(self.settings.max / 20).unwrap_or(0);
        let mut since_trim = slack;
        loop {
            let mut batch = Vec::new();
            if self.posted.recv_many(&mut batch, CARTS_AT_ONCE).await == 0 {
                return;
            }
            let book = self.rulebooks.newest();
            if revision.replace(book.revision()) != Some(book.revision()) {
                kept = Arc::new(KeptPaths::of(&book));
            }
            let rows = self.project(batch, Arc::clone(&kept)).await;
            let since = since_trim + rows.len();
            let trims = !rows.is_empty() && since >= slack.max(1);
            match self.write(rows, trims.then_some(self.settings.max)).await {
                Ok(()) if trims => since_trim = 0,
                Ok(()) => since_trim = since,
                Err(StoreError::Closed) => return,
                // The next batch that is written trims.
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn project(&self, batch: Vec<PostedCart>, kept: Arc<KeptPaths>) -> Vec<RecordedRow> {
        let (sealer, email_key) = (Arc::clone(&self.sealer), Arc::clone(&self.email_key));
        let all = batch.len();
        let project = move || {
            let row = |posted: &PostedCart| row(posted, &kept, &sealer, &email_key);
            batch.iter().filter_map(row).collect::<Vec<_>>()
        };
        let rows = tokio::task::spawn_blocking(project).await;
        let rows = rows.unwrap_or_else(|error| {
            tracing::error!(%error, "carts could not be recorded");
            Vec::new()
        });
        count(RecordingOutcome::Unfit, all - rows.len());
        rows
    }

    async fn write(&self, rows: Vec<RecordedRow>, max: Option<i64>) -> Result<(), StoreError> {
        let written = rows.len();
        if written == 0 {
            return Ok(());
        }
        let write = self.store.write(move |tx| {
            store::insert(tx, &rows)?;
            match max {
                Some(max) => store::forget_beyond(tx, max),
                None => Ok(0),
            }
        });
        match write.await {
            Ok(_) => count(RecordingOutcome::Recorded, written),
            Err(error) => {
                count(RecordingOutcome::Failed, written);
                let shown = error_chain::chain(&error);
                tracing::warn!(
                    error = shown,
                    carts = written,
                    "carts could not be recorded"
                );
                return Err(error);
            }
        }
        Ok(())
    }
}

/// The row of a posted cart; `None` if it cannot be recorded.
fn row(
    posted: &PostedCart,
    kept: &KeptPaths,
    sealer: &Sealer,
    email_key: &EmailKey,
) -> Option<RecordedRow> {
    let mut cart = cart::read(std::str::from_utf8(&posted.body).ok()?).ok()?;
    cart.bind(&posted.websites).ok()?;
    RecordedRow::of(&cart, posted.at, kept, sealer, email_key)
}

impl RecordedRow {
    /// The row of a cart; `None` if it cannot be recorded.
    pub fn of(
        cart: &Cart<'_>,
        at: DateTime<Utc>,
        kept: &KeptPaths,
        sealer: &Sealer,
        email_key: &EmailKey,
    ) -> Option<Self> {
        let projection = projection::record(cart, kept).ok()?;
        let id: RecordedCartId = ids::fresh(at);
        let sealed = sealer.seal_bytes(store::place(&id.to_string()), projection.as_bytes());
        Some(RecordedRow {
            id,
            recorded_at: at,
            email_hash: cart.buyer_email().map(|email| email_key.hash(&email)),
            sealed: sealed.ok()?,
        })
    }
}
