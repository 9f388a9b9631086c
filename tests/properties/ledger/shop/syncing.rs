//! Reading the state at the provider, with gaps, and applying it later than it was read.

use chrono::TimeDelta;

use super::{CALL, Shop, has_unknown};
use crate::{
    payments::{
        apply_snapshot::{self, FundedAt, Known},
        event::Source,
        sync::{expire, lose_old_calls},
    },
    providers::{InvoiceSnapshot, List, OrderView, ProviderId, ProviderSnapshot},
};

/// What is left out of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Nothing,
    /// The list of orders or invoices breaks off.
    EndOfList,
    Invoices,
    Parts,
    EndOfParts,
    /// The invoices are read when the snapshot is applied, later than its order.
    Torn,
}

/// A snapshot that was begun.
pub(super) struct Begins {
    version: i64,
    snapshot: ProviderSnapshot,
    torn: bool,
}

impl Shop {
    /// Begins to read a snapshot.
    pub fn begin_sync(&mut self, gap: Gap) {
        let mut ledger = self.read();
        lose_old_calls(&mut ledger, self.by(Source::Recovery));
        self.save(&ledger);
        let place = self
            .ledger
            .payment
            .provider_order
            .as_ref()
            .expect("a place");
        let broken = gap == Gap::EndOfList;
        let bound = place.id.clone();
        let order = match &bound {
            Some(id) => OrderView::Bound(self.books.order_seen(id)),
            None => OrderView::Candidates(cut(self.books.orders_seen(), broken)),
        };
        let candidates = match &order {
            OrderView::Candidates(list) => {
                apply_snapshot::ours(&self.ledger.payment, &[], &list.items)
            }
            _ => Vec::new(),
        };
        let of = bound.or_else(|| candidates.first().map(|it| it.id.clone()));
        let invoices = of.and_then(|id| self.invoices(&id, gap));
        self.snapshots.push(Begins {
            version: self.ledger.payment.version,
            snapshot: ProviderSnapshot {
                order,
                same_number: None,
                invoices,
            },
            torn: gap == Gap::Torn,
        });
    }

    fn invoices(&self, order: &ProviderId, gap: Gap) -> Option<List<InvoiceSnapshot>> {
        if gap == Gap::Invoices {
            return None;
        }
        let mut list = cut(self.books.invoices_seen(order), gap == Gap::EndOfList);
        for invoice in &mut list.items {
            match gap {
                Gap::Parts => (invoice.shipments, invoice.returns) = (None, None),
                Gap::EndOfParts => {
                    invoice.shipments = invoice.shipments.take().map(|it| cut(it.items, true));
                    invoice.returns = invoice.returns.take().map(|it| cut(it.items, true));
                }
                _ => {}
            }
        }
        Some(list)
    }

    /// Reads and applies a snapshot in one moment.
    pub fn sync(&mut self, gap: Gap) {
        self.begin_sync(gap);
        self.finish_sync(self.snapshots.len() - 1);
    }

    /// Applies a snapshot that was begun, unless the ledger has moved on meanwhile.
    pub fn finish_sync(&mut self, which: usize) {
        let Some(place) = which.checked_rem(self.snapshots.len()) else {
            return;
        };
        let mut begun = self.snapshots.remove(place);
        if begun.version != self.ledger.payment.version {
            return;
        }
        if begun.torn
            && let OrderView::Bound(order) = &begun.snapshot.order
        {
            begun.snapshot.invoices = self.invoices(&order.id, Gap::Nothing);
        }
        let by = self.by(Source::Recovery);
        let funded_at = FundedAt::new();
        let known = Known {
            funded_at: &funded_at,
            secure_hashes: &[],
            financing: self.financing(),
        };
        let mut ledger = self.read();
        self.findings = apply_snapshot::apply_snapshot(&mut ledger, &begun.snapshot, known, by);
        expire(&mut ledger, &begun.snapshot, by);
        self.save(&ledger);
        if !has_unknown(&self.ledger) {
            let mut again = self.read();
            apply_snapshot::apply_snapshot(&mut again, &begun.snapshot, known, by);
            assert!(!again.has_moved(), "the same snapshot changes nothing more");
        }
    }

    /// Syncs with no gap until nothing is open that a sync can settle.
    pub fn sync_long_enough(&mut self) {
        while !self.calls.is_empty() {
            self.wait(TimeDelta::seconds(1));
            self.drive(0);
        }
        self.snapshots.clear();
        self.wait(CALL + TimeDelta::seconds(1));
        for _ in 0..6 {
            self.sync(Gap::Nothing);
            self.wait(TimeDelta::minutes(6));
        }
    }
}

/// A list, or the first half of it.
fn cut<T>(mut items: Vec<T>, broken: bool) -> List<T> {
    if broken {
        items.truncate(items.len() / 2);
    }
    List {
        items,
        complete: !broken,
    }
}
