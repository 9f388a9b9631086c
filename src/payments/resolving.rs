//! A person says what became of a transaction, after reading has had its chance.

use super::{
    desk::{Asked, Begun, Desk},
    happening::Source,
    ledger::Ledger,
    not_done::NotDone,
    operate::Done,
    operations::resolve,
    transaction::State,
};
use crate::{
    apruve::ApruveId,
    ids::{PaymentId, TransactionId},
};

/// What became of it, and how that is known.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub succeeded: bool,
    pub reason: String,
    /// The provider's id of what was made.
    pub provider_id: Option<ApruveId>,
    /// Whether it has failed although no complete listing says so.
    pub force: bool,
}

impl Desk {
    /// Settles a transaction whose outcome is unknown. It is read back first, and what that tells wins.
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
        resolve::check(&self.ledger(id).await?, transaction, verdict)?;
        self.ready(id).await?;
        let by = self.mover(Source::Operator);
        let settled = self.begin(id, asked, |ledger| {
            if !told_meanwhile(ledger, transaction, verdict)? {
                resolve::resolve(ledger, transaction, verdict, by)?;
            }
            Ok(Begun {
                transaction,
                command: None,
            })
        });
        Ok(Done {
            replayed: settled.await?.replayed,
            ledger: self.ledger(id).await?,
            transaction,
            repeated: false,
            later: None,
        })
    }
}

/// Whether reading it back told the same as the person does. What it told otherwise stands.
fn told_meanwhile(ledger: &Ledger, id: TransactionId, verdict: &Verdict) -> Result<bool, NotDone> {
    let it = ledger.find(id).ok_or(NotDone::NoTransaction)?;
    let same_id = |given: &ApruveId| it.reference.as_ref().is_none_or(|known| known == given);
    let agrees = (it.state == State::Succeeded) == verdict.succeeded
        && verdict.provider_id.as_ref().is_none_or(same_id);
    let by_person = it.details.note.as_deref().is_some_and(resolve::is_verdict);
    match it.state {
        State::Unknown => Ok(false),
        state if by_person => Err(NotDone::NotUnknown(state)),
        State::Succeeded | State::Failed if agrees => Ok(true),
        state => Err(NotDone::KnownOtherwise(state)),
    }
}
