//! Compares the answers of two rulebooks for recorded carts.

use std::{sync::Arc, thread};

use chrono::{DateTime, Utc};

use super::tally::Tally;
use crate::{
    cart::Cart,
    checkout::offered_to_recorded,
    ids::RecordedCartId,
    payment_methods::PaymentMethodId,
    payment_rules::rulebook::Rulebook,
    recording::{RecordedCart, RecordedRow},
    seal::Sealer,
};

/// The number of carts after which a thread yields to others.
const CARTS_BEFORE_YIELD: usize = 64;

/// The rulebook to try, and the one to compare it with.
#[derive(Clone, Debug)]
pub struct ComparedRulebooks {
    pub live: Arc<Rulebook>,
    pub tried: Arc<Rulebook>,
}

/// Compares the rows, in order, on `threads` threads.
pub fn compare_all(
    rows: &[RecordedRow],
    rulebooks: &ComparedRulebooks,
    sealer: &Sealer,
    at: DateTime<Utc>,
    threads: usize,
) -> Tally {
    let part = rows.len().div_ceil(threads.max(1)).max(1);
    let comparison = CartComparison {
        rulebooks,
        sealer,
        at,
    };
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let compare = |rows| scope.spawn(move || comparison.part(rows));
        let parts: Vec<_> = rows.chunks(part).map(compare).collect();
        for part in parts {
            match part.join() {
                Ok(part) => tally.append(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    tally
}

/// How recorded carts are compared.
#[derive(Clone, Copy)]
struct CartComparison<'c> {
    rulebooks: &'c ComparedRulebooks,
    sealer: &'c Sealer,
    /// The moment at which dates are judged.
    at: DateTime<Utc>,
}

impl CartComparison<'_> {
    fn part(self, rows: &[RecordedRow]) -> Tally {
        let mut tally = Tally::default();
        for rows in rows.chunks(CARTS_BEFORE_YIELD) {
            rows.iter().for_each(|row| self.row(row, &mut tally));
            thread::yield_now();
        }
        tally
    }

    fn row(self, row: &RecordedRow, tally: &mut Tally) {
        tally.carts += 1;
        let opened = row.open(self.sealer).ok();
        let decided =
            opened.and_then(|opened| self.cart(&RecordedCart::parse(&opened)?, row.id, tally));
        if decided.is_none() {
            tally.undecidable += 1;
        }
    }

    /// Compares one cart; `None` if it cannot be judged.
    fn cart(
        self,
        recorded: &RecordedCart<'_>,
        id: RecordedCartId,
        tally: &mut Tally,
    ) -> Option<()> {
        if recorded.unpayable {
            // No rule can offer such a cart a method.
            return Some(());
        }
        let mut cart = recorded.read()?;
        let [live, tried] = [&self.rulebooks.live, &self.rulebooks.tried];
        let before = offered(live, &mut cart, self.at)?;
        let after = offered(tried, &mut cart, self.at)?;
        let total = cart.total();
        if after.is_empty() && !before.is_empty() {
            tally.without_method.add(id, total);
        }
        let mut note = |book: &Rulebook, method: &PaymentMethodId, is_gained: bool| {
            let ours = tally.methods.entry(method.to_string()).or_default();
            if ours.name.is_empty() {
                let cards = book.methods().iter();
                let card = cards.map(|card| &card.method).find(|it| it.id == *method);
                ours.name = card.map(|card| card.name.clone()).unwrap_or_default();
            }
            match is_gained {
                true => ours.gained.add(id, total),
                false => ours.lost.add(id, total),
            }
        };
        let gained = after.iter().filter(|method| !before.contains(method));
        let lost = before.iter().filter(|method| !after.contains(method));
        let is_changed = gained.clone().chain(lost.clone()).next().is_some();
        gained.for_each(|method| note(tried, method, true));
        lost.for_each(|method| note(live, method, false));
        tally.changed += u64::from(is_changed);
        Some(())
    }
}

fn offered<'b>(
    book: &'b Rulebook,
    cart: &mut Cart<'b>,
    at: DateTime<Utc>,
) -> Option<Vec<PaymentMethodId>> {
    cart.set_merchant_country(book.merchant_country());
    let places = offered_to_recorded(book, cart, at)?;
    let id = |place: usize| book.methods().get(place).map(|card| card.method.id);
    Some(places.into_iter().filter_map(id).collect())
}
