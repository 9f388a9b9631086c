//! How something is looked for that may not be there.

use super::*;
use crate::payments::sample::{authorized, child, only};

/// A payment with an invoice whose answer was lost.
fn searching() -> Ledger {
    let ledger = authorized(1000);
    let mut made = child(
        only(&ledger, Action::Authorize),
        Action::Invoice,
        State::Unknown,
        600,
    );
    made.number = Some("ours".to_owned());
    with(&ledger, [lost(made)])
}

fn after(looks: &[i64], picture: &Picture) -> Transaction {
    let mut ledger = searching();
    for seconds in looks {
        ledger = look(&ledger, picture, *seconds).ledger;
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
    for (looks, state) in table {
        assert_eq!(after(looks, &nothing).state, state, "{looks:?}");
    }
}

#[test]
fn a_list_that_breaks_off_is_a_look_and_no_absence() {
    let broken = Picture {
        invoices: Some(half(Vec::new())),
        ..accepted(Vec::new())
    };
    let unread = Picture {
        invoices: None,
        ..accepted(Vec::new())
    };
    for picture in [broken, unread, Picture::default()] {
        let found = after(&[5, 35, 2000, 4000], &picture);
        assert_eq!(found.state, State::Unknown);
        assert_eq!((found.search.reads, found.search.absences), (4, 0));
        assert_eq!(found.search.next_at, Some(at(4000 + 15 * 60)));
    }
}

#[test]
fn what_is_found_late_is_found() {
    let nothing = accepted(Vec::new());
    let missed = look(&searching(), &nothing, 5).ledger;
    let missed = look(&missed, &nothing, 35).ledger;
    let seen = InvoiceSeen {
        number: Some("ours".to_owned()),
        ..invoice("invoice1", 600, Standing::Open)
    };
    let heeded = look(&missed, &accepted(vec![seen]), 5000);
    assert_eq!(heeded.only(Action::Invoice).state, State::Succeeded);
}
