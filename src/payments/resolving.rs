//! A person says what became of a transaction, after reading has had its chance.

use super::{
    desk::{Asked, Begun, Desk},
    happening::Source,
    not_done::NotDone,
    operate::Done,
    operations::resolve,
};
use crate::ids::{PaymentId, TransactionId};

/// What became of it, and how that is known.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub succeeded: bool,
    pub reason: String,
}

impl Desk {
    /// Settles a transaction whose outcome is unknown, and that Apruve does not tell even now.
    pub async fn resolve(
        &self,
        id: PaymentId,
        asked: &Asked,
        transaction: TransactionId,
        verdict: &Verdict,
    ) -> Result<Done, NotDone> {
        if let Some(transaction) = self.done_before(asked).await? {
            return self.told_again(id, transaction).await;
        }
        self.ready(id).await?;
        let by = self.mover(Source::Operator);
        let settled = self.begin(id, asked, |ledger| {
            resolve::resolve(ledger, transaction, verdict.succeeded, &verdict.reason, by)?;
            Ok(Begun {
                transaction,
                command: None,
            })
        });
        Ok(Done {
            replayed: settled.await?.replayed,
            ledger: self.ledger(id).await?,
            transaction,
            later: None,
        })
    }
}
