//! Loads the credit entries that an evaluation lacked, for the next evaluation.

use crate::credit::{CreditService, KnownCredit, WantedCredit};

/// Loads entries that this process does not have from the database and, if `asks`, starts background reads at providers
/// for entries that are missing or too old. Returns whether an entry was loaded, so that a new evaluation may differ.
pub async fn look_up(service: &CreditService, wanted: Vec<WantedCredit>, asks: bool) -> bool {
    let mut found = false;
    for WantedCredit {
        key,
        email,
        is_unread,
    } in wanted
    {
        if is_unread {
            match service.load(&key).await {
                Ok(KnownCredit::Entry(_)) => {
                    // The next evaluation checks the age of the entry.
                    found = true;
                    continue;
                }
                Ok(KnownCredit::Nothing) => {}
                // While the database is away, the credit counts as unknown.
                Err(error) => {
                    tracing::debug!(%error, "credit could not be read from the database");
                    continue;
                }
            }
        }
        if asks {
            service.refresh(key, email);
        }
    }
    found
}
