//! Reads the credit entries that an evaluation lacked, for the next one.

use crate::credit::{CreditService, KnownCredit, WantedCredit};

/// Reads what this process does not know from the database, and has providers asked in the background for what is not there
/// or too old. True where the evaluation would come to something else now.
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
                    // The next evaluation sees whether it is too old.
                    found = true;
                    continue;
                }
                Ok(KnownCredit::Nothing) => {}
                // While the database is away, the credit is not known.
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
