//! What must hold of every ledger, and of a ledger after a complete read.

use std::collections::{HashMap, HashSet};

use super::shop::{Shop, has_unknown};
use crate::payments::{
    amounts::Amounts,
    ledger::Ledger,
    operations::resolve::is_verdict,
    projection::Projection,
    status::Ended,
    transaction::{Action, Origin, State, Transaction},
    verify,
};
use crate::providers::{InvoiceStatus, OrderState};

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

/// The sums of all transactions, computed in the simplest way.
fn plainly(ledger: &Ledger) -> Amounts {
    let succeeded = |action| {
        ledger
            .of_action(action)
            .filter(|it| it.state == State::Succeeded)
    };
    let sum = |action| succeeded(action).map(|it| it.amount).sum::<i64>();
    let is_canceled = |invoice: &Transaction| {
        succeeded(Action::Cancel)
            .any(|it| it.parent_id == Some(invoice.id) && !it.details.write_off)
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
    let on = |action, invoice: &Transaction| -> i64 {
        let own = succeeded(action).filter(|it| it.parent_id == Some(invoice.id));
        own.map(|it| it.amount).sum()
    };
    // An invoice that is not canceled has no cancellations but write-offs. What was returned is not written off.
    let written_off: i64 = standing
        .iter()
        .map(|it| on(Action::Cancel, it).min((it.amount - on(Action::Refund, it)).max(0)))
        .sum();
    let invoiced = invoiced - written_off;
    let canceled: i64 = succeeded(Action::Cancel)
        .filter(|it| !on_invoice(it))
        .map(|it| it.amount)
        .sum::<i64>()
        + written_off;
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
        // Taken over, because these two depend on the order of the transactions.
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
    let broken = verify::broken(ledger);
    assert!(broken.is_empty(), "{broken:?}");
    assert!(sums.authorized == 0 || sums.authorized == ledger.payment.amount);
    covered(ledger, &sums);
    // Money received on an invoice that is canceled is taken back with the next read.
    let to_come_back: i64 = ledger
        .of_action(Action::Invoice)
        .map(|invoice| ledger.part(invoice))
        .filter(|part| part.canceled)
        .map(|part| part.captured)
        .sum();
    assert!(
        0 <= sums.captured && sums.captured - to_come_back <= sums.invoiced,
        "{sums:?}"
    );
    assert!(
        0 <= sums.refunded && sums.refunded <= sums.captured,
        "{sums:?}"
    );
    assert!(sums.refunded <= sums.returned, "{sums:?}");
    assert!(sums.due >= 0);
    for invoice in ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved())
    {
        let part = ledger.part(invoice);
        if part.canceled {
            continue;
        }
        let billed = part.billed.max(invoice.amount - part.written_off);
        assert!(0 <= part.captured && part.captured <= billed, "{part:?}");
        assert!(part.returned + part.returning <= invoice.amount, "{part:?}");
        assert!(part.forgiven() <= part.billed, "{part:?}");
    }
    unique(ledger);
}

/// Our invoices, including unsettled ones, and cancellations stay within the authorization. Only invoices that the
/// provider made and that were adopted because money was received may exceed it.
fn covered(ledger: &Ledger, sums: &Amounts) {
    if sums.authorized == 0 {
        return;
    }
    let asked_by = |origin| -> i64 {
        ledger
            .of_action(Action::Invoice)
            .filter(|it| it.origin == origin && it.is_reserved() && !ledger.part(it).canceled)
            .map(|it| it.amount)
            .sum()
    };
    let ours = asked_by(Origin::Caller);
    let given_up: i64 = ledger
        .of_action(Action::Cancel)
        .filter(|it| it.state == State::Succeeded && !ledger.is_of_invoice(it))
        .map(|it| it.amount)
        .sum();
    assert!(
        ours + given_up <= sums.authorized,
        "{ours} {given_up} {sums:?}"
    );
    let beyond = sums.invoiced + sums.canceled - sums.authorized;
    assert!(beyond <= asked_by(Origin::Provider), "{sums:?}");
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
        // A later invoice may have the number of one that failed.
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

/// After a complete read, the ledger equals the provider's books.
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
    let is_reported = |reference: &str, code: &str| {
        let about = |it: &&crate::findings::Observation| it.reference.as_deref() == Some(reference);
        shop.findings
            .iter()
            .filter(about)
            .any(|it| it.code.as_str() == code)
    };
    let place = ledger.payment.provider_order.as_ref().expect("a place");
    let Some(order) = &place.id else {
        for order in &shop.books.orders {
            let dead = order.state == OrderState::Canceled;
            let reported = is_reported(order.id.as_str(), "order_after_end");
            assert!(dead || reported, "{order:?} is found or reported");
        }
        assert!(ledger.of_action(Action::Invoice).next().is_none());
        return;
    };
    let there = shop.books.order(order).expect("the order that is bound");
    let state = authorization.map(|it| it.state);
    match there.state {
        OrderState::Waiting | OrderState::Unclear => assert_eq!(state, Some(State::Pending)),
        OrderState::Accepted => assert_eq!(state, Some(State::Succeeded)),
        OrderState::Canceled => {
            assert!(state.is_some_and(State::is_settled));
            assert_eq!(ledger.left_to_invoice(), 0);
            let ended = matches!(ledger.payment.ended, Some(Ended::Declined | Ended::Expired));
            assert!(state == Some(State::Succeeded) || ended || ledger.amounts().canceled > 0);
        }
    }
    let closed_here = ledger
        .of_action(Action::Cancel)
        .filter_map(|it| it.details.note.as_deref())
        .any(|note| note.starts_with("Closed on our side only") || is_verdict(note));
    let mut known = 0;
    for invoice in shop.books.invoices.iter().filter(|it| it.order == *order) {
        let ours: Vec<_> = ledger
            .of_action(Action::Invoice)
            .filter(|it| it.is_reserved() && it.reference.as_ref() == Some(&invoice.id))
            .collect();
        let [ours] = ours.as_slice() else {
            let nothing = ours.is_empty();
            let void = invoice.status == InvoiceStatus::Canceled
                || state != Some(State::Succeeded)
                || (closed_here && is_reported(invoice.id.as_str(), "invoice_unexplained"));
            assert!(nothing && void, "{invoice:?} is known");
            continue;
        };
        known += 1;
        agrees_on(shop, ours, invoice);
    }
    let made = ledger
        .of_action(Action::Invoice)
        .filter(|it| it.is_reserved());
    assert_eq!(made.count(), known, "every invoice here is there");
    let sums = ledger.amounts();
    let is_covered = sums.invoiced == 0 || sums.invoiced + sums.canceled <= sums.authorized;
    let mut adopted = ledger
        .of_action(Action::Invoice)
        .filter(|it| it.origin == Origin::Provider && !ledger.part(it).canceled)
        .filter_map(|it| it.reference.as_ref());
    assert!(
        is_covered || adopted.any(|id| is_reported(id.as_str(), "invoice_unexplained")),
        "what nothing covers is reported: {sums:?}"
    );
}

fn agrees_on(shop: &Shop, ours: &Transaction, there: &super::books::Invoice) {
    let ledger = &shop.ledger;
    assert_eq!(ledger.invoice_status(ours), there.status);
    assert_eq!(ours.amount, there.amount);
    let part = ledger.part(ours);
    assert_eq!(part.returned, there.returned(), "{ours:?}");
    let shipped = ledger
        .children(ours.id, Action::Shipment)
        .filter(|it| it.state == State::Succeeded);
    assert_eq!(shipped.count(), there.shipments.len());
    // What remains of received money: what exceeds the amount was given back.
    let left = |paid: i64| paid - (paid + there.returned() - there.amount).max(0);
    let kept = part.captured - part.refunded();
    let context = || format!("{ours:?} {there:?} {part:?}");
    match (there.status, there.funded, shop.books.own) {
        (InvoiceStatus::Canceled, ..) => assert_eq!(part.captured, 0, "{}", context()),
        (_, Some((funded, true)), _) => assert_eq!(part.captured, funded, "{}", context()),
        // Where the paid amount is not reported, only what remains of it is certain.
        (_, Some((_, false)), _) => {
            assert_eq!(kept, there.amount - there.returned(), "{}", context());
        }
        (InvoiceStatus::Closed, None, _) => {
            let billed = there.amount - part.written_off;
            assert_eq!(kept, (billed - there.returned()).max(0), "{}", context());
        }
        (_, None, true) => assert_eq!(kept, left(there.paid), "{}", context()),
        (_, None, false) => assert_eq!(part.captured, 0, "{}", context()),
    }
}
