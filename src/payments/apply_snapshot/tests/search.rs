//! The search for an effect that may not exist.

use super::*;
use crate::payments::sample::{authorized, of_order, only};

/// A payment with an invoice whose answer was lost.
fn searching() -> Ledger {
    let ledger = authorized(1000);
    let mut made = of_order(&ledger, Action::Invoice, State::Unknown, 600);
    made.number = Some("ours".to_owned());
    with(&ledger, [lost(made)])
}

fn after(reads: &[i64], snapshot: &ProviderSnapshot) -> Transaction {
    let mut ledger = searching();
    for seconds in reads {
        ledger = apply_at(&ledger, snapshot, *seconds).ledger;
    }
    only(&ledger, Action::Invoice).clone()
}

#[test]
fn only_several_complete_lists_over_a_quarter_of_an_hour_prove_that_it_is_not_there() {
    let nothing = accepted(Vec::new());
    let table: [(&[i64], State); 5] = [
        (&[5], State::Unknown),
        (&[5, 35, 155, 455], State::Unknown),
        (&[5, 905], State::Unknown),
        (&[5, 6, 904], State::Unknown),
        (&[5, 6, 905], State::Failed),
    ];
    for (reads, state) in table {
        assert_eq!(after(reads, &nothing).state, state, "{reads:?}");
    }
}

#[test]
fn a_list_that_breaks_off_shows_no_absence() {
    let broken = ProviderSnapshot {
        invoices: Some(half(Vec::new())),
        ..accepted(Vec::new())
    };
    let unread = ProviderSnapshot {
        invoices: None,
        ..accepted(Vec::new())
    };
    for snapshot in [broken, unread, ProviderSnapshot::default()] {
        let found = after(&[5, 35, 2000, 4000], &snapshot);
        assert_eq!(found.state, State::Unknown);
        assert_eq!((found.search.reads, found.search.absences), (4, 0));
        assert_eq!(found.search.next_at, Some(at(4000 + 15 * 60)));
    }
}

#[test]
fn what_is_found_late_is_found() {
    let nothing = accepted(Vec::new());
    let missed = apply_at(&searching(), &nothing, 5).ledger;
    let missed = apply_at(&missed, &nothing, 35).ledger;
    let seen = InvoiceSnapshot {
        number: Some("ours".to_owned()),
        ..invoice("invoice1", 600, InvoiceStatus::Open)
    };
    let applied = apply_at(&missed, &accepted(vec![seen]), 5000);
    assert_eq!(applied.only(Action::Invoice).state, State::Succeeded);
}

#[test]
fn a_list_with_another_amount_begins_the_count_of_misses_anew() {
    let nothing = accepted(Vec::new());
    let other = InvoiceSnapshot {
        number: Some("ours".to_owned()),
        ..invoice("invoice1", 601, InvoiceStatus::Open)
    };
    let mut ledger = searching();
    for seconds in [5, 6] {
        ledger = apply_at(&ledger, &nothing, seconds).ledger;
    }
    ledger = apply_at(&ledger, &accepted(vec![other]), 1000).ledger;
    for (seconds, state) in [
        (2000, State::Unknown),
        (2001, State::Unknown),
        (2899, State::Unknown),
        (2900, State::Failed),
    ] {
        ledger = apply_at(&ledger, &nothing, seconds).ledger;
        assert_eq!(only(&ledger, Action::Invoice).state, state, "{seconds}");
    }
}
