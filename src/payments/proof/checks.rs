//! What must hold of every ledger, and what a ledger must say once everything was looked at.

use std::collections::{HashMap, HashSet};

use super::shop::{Shop, has_unknown};
use crate::payments::{
    amounts::Amounts,
    details::Standing,
    ledger::Ledger,
    picture::OrderStanding,
    projection::Projection,
    status::Ended,
    transaction::{Action, State, Transaction},
};

/// What is settled keeps its state and its amount.
pub fn settled_stays(before: &Ledger, after: &Ledger) {
    for then in before.transactions() {
        let now = after.find(then.id).expect("nothing is ever removed");
        if then.state.is_settled() {
            assert_eq!((now.state, now.amount), (then.state, then.amount));
        }
        assert_eq!((now.action, now.parent_id), (then.action, then.parent_id));
    }
}

/// The sums of everything that happened, added up the plainest way.
fn plainly(ledger: &Ledger) -> Amounts {
    let succeeded = |action| {
        ledger
            .of_action(action)
            .filter(|it| it.state == State::Succeeded)
    };
    let sum = |action| succeeded(action).map(|it| it.amount).sum::<i64>();
    let is_canceled = |invoice: &Transaction| {
        succeeded(Action::Cancel).any(|cancel| cancel.parent_id == Some(invoice.id))
    };
    let standing: Vec<_> = succeeded(Action::Invoice)
        .filter(|it| !is_canceled(it))
        .collect();
    let stands = |parent| standing.iter().any(|invoice| Some(invoice.id) == parent);
    let on_invoice = |it: &&Transaction| {
        ledger
            .of_action(Action::Invoice)
            .any(|invoice| Some(invoice.id) == it.parent_id)
    };
    let authorized = sum(Action::Authorize);
    let invoiced: i64 = standing.iter().map(|it| it.amount).sum();
    let canceled: i64 = succeeded(Action::Cancel)
        .filter(|it| !on_invoice(it))
        .map(|it| it.amount)
        .sum();
    let captured = sum(Action::Capture) - sum(Action::Reversal);
    let returned = succeeded(Action::Refund)
        .filter(|it| stands(it.parent_id))
        .map(|it| it.amount)
        .sum();
    Amounts {
        authorized,
        open_authorized: (authorized - canceled - invoiced).max(0),
        invoiced,
        captured,
        returned,
        canceled,
        // These two depend on which came first.
        refunded: ledger.amounts().refunded,
        due: ledger.amounts().due,
    }
}

/// What holds at every moment.
pub fn holds(ledger: &Ledger) {
    let sums = ledger.amounts();
    assert_eq!(sums, plainly(ledger));
    let read = Ledger::of(ledger.payment.clone(), ledger.transactions().to_vec());
    assert_eq!(
        Projection::of(ledger),
        Projection::of(&read),
        "the projection can be computed again"
    );
    assert!(sums.authorized == 0 || sums.authorized == ledger.payment.amount);
    assert!(sums.invoiced <= sums.authorized, "{sums:?}");
    assert!(
        sums.authorized == 0 || sums.invoiced + sums.canceled <= sums.authorized,
        "{sums:?}"
    );
    assert!(
        0 <= sums.captured && sums.captured <= sums.invoiced,
        "{sums:?}"
    );
    assert!(
        0 <= sums.refunded && sums.refunded <= sums.captured,
        "{sums:?}"
    );
    assert!(
        sums.refunded <= sums.returned && sums.returned <= sums.invoiced,
        "{sums:?}"
    );
    assert!(sums.due >= 0);
    let mut reserved = 0;
    for invoice in ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved())
    {
        let part = ledger.part(invoice);
        if part.canceled {
            continue;
        }
        reserved += invoice.amount;
        let asked = invoice.amount;
        assert!(0 <= part.captured && part.captured <= asked, "{part:?}");
        assert!(part.returned + part.returning <= asked, "{part:?}");
        let captures = ledger.children(invoice.id, Action::Capture).count();
        assert!(captures <= 1, "an invoice is captured once");
    }
    assert!(sums.authorized == 0 || reserved + sums.canceled <= sums.authorized);
    unique(ledger);
}

/// The unique keys of the database.
fn unique(ledger: &Ledger) {
    let (mut numbers, mut references) = (HashSet::new(), HashSet::new());
    for it in ledger.transactions().iter().filter(|it| it.is_reserved()) {
        if let (Action::Invoice, Some(number)) = (it.action, &it.number) {
            assert!(numbers.insert(number), "{number} twice");
        }
        let named = matches!(
            it.action,
            Action::Invoice | Action::Shipment | Action::Refund
        );
        if let Some(reference) = it.reference.as_ref().filter(|_| named) {
            assert!(
                references.insert((it.action.as_str(), reference)),
                "{reference} twice"
            );
        }
    }
}

/// Nothing that we asked for is there twice, and what failed here is not there.
fn no_effect_twice(shop: &Shop) {
    let mut there: HashMap<&str, u32> = HashMap::new();
    for invoice in &shop.books.invoices {
        let returns = invoice.returns.iter().filter_map(|it| it.notes.as_deref());
        let shipments = invoice
            .shipments
            .iter()
            .filter_map(|it| it.number.as_deref());
        for name in invoice
            .number
            .as_deref()
            .into_iter()
            .chain(returns)
            .chain(shipments)
        {
            *there.entry(name).or_default() += 1;
        }
    }
    assert!(there.values().all(|count| *count == 1), "{there:?}");
    let failed = shop
        .ledger
        .transactions()
        .iter()
        .filter(|it| it.state == State::Failed);
    for name in failed.filter_map(|it| it.number.as_deref()) {
        // The number of an invoice that failed goes to the next.
        let given_on = shop
            .ledger
            .transactions()
            .iter()
            .any(|it| it.is_reserved() && it.number.as_deref() == Some(name));
        assert!(
            given_on || !there.contains_key(name),
            "{name} failed and is there"
        );
    }
}

/// After everything was looked at, the ledger says what Apruve's books say.
pub fn agrees(shop: &Shop) {
    let ledger = &shop.ledger;
    assert!(!has_unknown(ledger), "reading settles everything");
    no_effect_twice(shop);
    let authorization = ledger.authorization();
    for it in ledger
        .transactions()
        .iter()
        .filter(|it| !it.state.is_settled())
    {
        let waits = matches!(it.action, Action::Purchase | Action::Authorize);
        assert!(waits, "{it:?} is settled");
    }
    let told = |reference: &str, code: &str| {
        let about = |it: &&crate::findings::Observation| it.reference.as_deref() == Some(reference);
        shop.findings
            .iter()
            .filter(about)
            .any(|it| it.code.as_str() == code)
    };
    let place = ledger.payment.place.as_ref().expect("a place");
    let Some(order) = &place.order else {
        for order in &shop.books.orders {
            let dead = order.standing == OrderStanding::Canceled;
            let reported = told(order.id.as_str(), "order_after_end");
            assert!(dead || reported, "{order:?} is found or reported");
        }
        assert!(ledger.of_action(Action::Invoice).next().is_none());
        return;
    };
    let there = shop.books.order(order).expect("the order that is bound");
    let state = authorization.map(|it| it.state);
    match there.standing {
        OrderStanding::Waiting | OrderStanding::Unclear => assert_eq!(state, Some(State::Pending)),
        OrderStanding::Accepted => assert_eq!(state, Some(State::Succeeded)),
        OrderStanding::Canceled => {
            assert!(state.is_some_and(State::is_settled));
            assert_eq!(ledger.left_to_invoice(), 0);
            let ended = matches!(ledger.payment.ended, Some(Ended::Declined | Ended::Expired));
            assert!(state == Some(State::Succeeded) || ended || ledger.amounts().canceled > 0);
        }
    }
    let closed_here = ledger
        .of_action(Action::Cancel)
        .any(|it| it.details.note.is_some());
    let mut known = 0;
    for invoice in shop.books.invoices.iter().filter(|it| it.order == *order) {
        let ours: Vec<_> = ledger
            .of_action(Action::Invoice)
            .filter(|it| it.is_reserved() && it.reference.as_ref() == Some(&invoice.id))
            .collect();
        let [ours] = ours.as_slice() else {
            let nothing = ours.is_empty();
            let void = invoice.standing == Standing::Canceled
                || state != Some(State::Succeeded)
                || (closed_here && told(invoice.id.as_str(), "invoice_unexplained"));
            assert!(nothing && void, "{invoice:?} is known");
            continue;
        };
        known += 1;
        agrees_on(shop, ours, invoice, told(invoice.id.as_str(), "paid_again"));
    }
    let made = ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved());
    assert_eq!(made.count(), known, "every invoice here is there");
}

fn agrees_on(shop: &Shop, ours: &Transaction, there: &super::books::Invoice, paid_again: bool) {
    let ledger = &shop.ledger;
    assert_eq!(ledger.standing(ours), there.standing);
    assert_eq!(ours.amount, there.amount);
    let part = ledger.part(ours);
    assert_eq!(part.returned, there.returned(), "{ours:?}");
    let shipped = ledger
        .children(ours.id, Action::Shipment)
        .filter(|it| it.state == State::Succeeded);
    assert_eq!(shipped.count(), there.shipments.len());
    let paid = match there.paid {
        Some(paid) if !paid_again => paid,
        _ => 0,
    };
    // Where it is not told what was paid, or it was paid several times, only what is left of it is certain.
    let certain = there.funded != Some(false) && !there.reopened;
    if certain || paid == 0 {
        assert_eq!(part.captured, paid, "{ours:?} {there:?}");
    } else {
        let net = part.captured - part.refunded();
        assert_eq!(net, there.amount - there.returned(), "{ours:?} {there:?}");
    }
}
