//! A person who resolves what is unknown after a check at the provider.

use super::{super::books, Shop};
use crate::{
    payments::{
        error::PaymentError,
        event::Source,
        ledger::Ledger,
        operations::resolve::{self, Verdict},
        transaction::{Action, State, Transaction},
    },
    providers::{InvoiceStatus, OrderState, ProviderId},
};

impl Shop {
    /// A person looks up an unknown outcome at the provider, once no call can change it any more, and reports it.
    pub(super) fn resolve(&mut self, which: usize) -> Result<(), PaymentError> {
        let mut ledger = self.read();
        let certain = |it: &&Transaction| {
            it.state == State::Unknown && self.calls.iter().all(|call| call.transaction != it.id)
        };
        let unknown: Vec<&Transaction> = ledger.transactions().iter().filter(certain).collect();
        let Some(place) = which.checked_rem(unknown.len()) else {
            return Ok(());
        };
        let (id, there) = (unknown[place].id, self.truth(&ledger, unknown[place]));
        let Some(there) = there else { return Ok(()) };
        let verdict = Verdict {
            succeeded: there.is_ok(),
            reason: "They say so.".to_owned(),
            provider_id: there.ok().flatten(),
            force: true,
        };
        resolve::resolve(&mut ledger, id, &verdict, self.by(Source::Operator))?;
        self.save(&ledger);
        Ok(())
    }

    /// Whether the effect exists, and its id if it has one; `None` if a person could not know.
    fn truth(&self, ledger: &Ledger, it: &Transaction) -> Option<Result<Option<ProviderId>, ()>> {
        let of_parent = |invoice: &&books::Invoice| {
            let parent = it.parent_id.and_then(|id| ledger.find(id));
            parent.and_then(|it| it.reference.as_ref()) == Some(&invoice.id)
        };
        let parent = self.books.invoices.iter().find(of_parent);
        let named = |name: Option<&str>| {
            let own = it.number.as_deref();
            name.is_some_and(|name| name.split(' ').next() == own)
        };
        let found = |id: Option<&ProviderId>| Some(id.map(|id| Some(id.clone())).ok_or(()));
        let when = |holds: bool| Some(if holds { Ok(None) } else { Err(()) });
        match it.action {
            Action::Authorize => {
                let order = self.books.orders.first();
                match order.map(|order| order.state) {
                    Some(OrderState::Accepted) => found(order.map(|order| &order.id)),
                    Some(_) => None,
                    None => Some(Err(())),
                }
            }
            Action::Invoice => {
                let mut all = self.books.invoices.iter();
                found(
                    all.find(|invoice| named(invoice.number.as_deref()))
                        .map(|it| &it.id),
                )
            }
            Action::Shipment => {
                let mut all = parent?.shipments.iter();
                found(all.find(|it| named(it.number.as_deref())).map(|it| &it.id))
            }
            Action::Refund => {
                let mut all = parent?.returns.iter();
                found(all.find(|it| named(it.notes.as_deref())).map(|it| &it.id))
            }
            Action::Issue => when(parent?.issued_at.is_some()),
            Action::Capture => when(parent?.status == InvoiceStatus::Closed),
            Action::Cancel if it.details.write_off => when(parent?.status == InvoiceStatus::Closed),
            Action::Cancel => match parent {
                Some(invoice) => when(invoice.status == InvoiceStatus::Canceled),
                None => {
                    let place = ledger.payment.provider_order.as_ref()?;
                    let order = self.books.order(place.id.as_ref()?)?;
                    when(order.state == OrderState::Canceled)
                }
            },
            Action::Purchase | Action::Reversal => None,
        }
    }
}
