//! Which order is ours, and how it moves the authorization.

use super::*;
use crate::payments::{
    apply_snapshot::{OrderMismatch, verify},
    sample::{authorized, begun, child, only, payment, transaction},
    status::{Ended, Status},
};
use OrderState::{Accepted, Canceled, Unclear, Waiting};

fn searching(state: State) -> Ledger {
    let ledger = begun(1000);
    let mut new = child(
        only(&ledger, Action::Purchase),
        Action::Authorize,
        state,
        1000,
    );
    if state == State::Unknown {
        new = lost(new);
    }
    with(&ledger, [new])
}

/// A payment whose order is bound, and whose authorization is in this state.
fn waiting(state: State) -> Ledger {
    let mut ledger = searching(state);
    if let Some(provider_order) = &mut ledger.payment.provider_order {
        provider_order.id = Some(provider_id("order1"));
    }
    ledger
}

#[test]
fn an_order_is_ours_only_when_everything_comparable_agrees() {
    let ours = order("order1", Waiting);
    let mut offline = payment(1000);
    offline.provider_order = None;
    let changed = |change: fn(&mut OrderSnapshot)| {
        let mut order = ours.clone();
        change(&mut order);
        order
    };
    let payment = payment(1000);
    let with_hash = changed(|it| it.secure_hash = Some("ABC".to_owned()));
    let given = |hashes: &[&str]| hashes.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (given, order, outcome) in [
        (given(&[]), &ours, Ok(())),
        (given(&[]), &with_hash, Ok(())),
        // Made over REST.
        (given(&["abc"]), &ours, Ok(())),
        (given(&["abc"]), &with_hash, Ok(())),
        (given(&["abd", "abc"]), &with_hash, Ok(())),
        (given(&["abc", "abd"]), &with_hash, Ok(())),
        (given(&["abd"]), &with_hash, Err(OrderMismatch::SecureHash)),
        (
            given(&["ab", "abcd"]),
            &with_hash,
            Err(OrderMismatch::SecureHash),
        ),
    ] {
        assert_eq!(verify(&payment, &given, order), outcome, "{given:?}");
    }
    assert_eq!(verify(&offline, &[], &ours), Err(OrderMismatch::Merchant));
    let reference = OrderMismatch::OrderReference(ORDER_NUMBER.to_owned());
    type Change = fn(&mut OrderSnapshot);
    let table: [(Change, OrderMismatch); 8] = [
        (|it| it.merchant_id = None, OrderMismatch::Merchant),
        (
            |it| it.merchant_id = Some("merchant2".to_owned()),
            OrderMismatch::Merchant,
        ),
        (|it| it.merchant_order_id = None, reference.clone()),
        (
            |it| it.merchant_order_id = Some("SO-70".to_owned()),
            reference,
        ),
        (|it| it.amount = None, OrderMismatch::Amount),
        (|it| it.amount = Some(1001), OrderMismatch::Amount),
        (|it| it.currency = None, OrderMismatch::Currency),
        (
            |it| it.currency = Some("CAD".to_owned()),
            OrderMismatch::Currency,
        ),
    ];
    for (change, why) in table {
        assert_eq!(verify(&payment, &[], &changed(change)), Err(why));
    }
}

#[test]
fn an_order_whose_buyer_never_came_back_is_bound_and_authorizes_the_payment() {
    let applied = apply_at(
        &begun(1000),
        &candidates(vec![order("order1", Accepted)]),
        5,
    );
    let authorization = applied.only(Action::Authorize);
    assert_eq!(authorization.state, State::Succeeded);
    assert_eq!(authorization.reference, Some(provider_id("order1")));
    assert_eq!(applied.only(Action::Purchase).state, State::Succeeded);
    let provider_order = applied
        .ledger
        .payment
        .provider_order
        .as_ref()
        .expect("a place");
    assert_eq!(provider_order.id, Some(provider_id("order1")));
    assert_eq!(provider_order.order_status.as_deref(), Some("accepted"));
    assert_eq!(applied.ledger.status(), Status::Authorized);
    assert!(applied.codes.is_empty());
}

#[test]
fn an_order_that_waits_is_bound_and_waits() {
    let applied = apply_at(&begun(1000), &candidates(vec![order("order1", Waiting)]), 5);
    assert_eq!(applied.only(Action::Authorize).state, State::Pending);
    assert_eq!(applied.ledger.status(), Status::Pending);
    assert_eq!(applied.ledger.payment.expires_at, None);
}

#[test]
fn of_several_orders_the_accepted_one_counts_and_the_other_is_reported() {
    let seen = vec![
        order("order1", Canceled),
        order("order2", Waiting),
        order("order3", Accepted),
    ];
    let applied = apply_at(&begun(1000), &candidates(seen), 5);
    let authorization = applied.only(Action::Authorize);
    assert_eq!(authorization.reference, Some(provider_id("order3")));
    assert_eq!(applied.codes, ["second_order"]);
}

#[test]
fn a_canceled_order_says_nothing_while_the_buyer_may_make_another() {
    let applied = apply_at(
        &begun(1000),
        &candidates(vec![order("order1", Canceled)]),
        5,
    );
    applied.none(Action::Authorize);
    assert!(!applied.ledger.has_moved());
    assert!(applied.codes.is_empty());
}

#[test]
fn an_order_with_another_secure_hash_is_reported_and_not_bound() {
    let theirs = OrderSnapshot {
        secure_hash: Some("other".to_owned()),
        ..order("order1", Accepted)
    };
    let snapshot = candidates(vec![theirs]);
    let applied = apply_knowing(
        &begun(1000),
        &snapshot,
        &FundedAt::new(),
        &["ours".to_owned()],
        5,
    );
    applied.none(Action::Authorize);
    assert_eq!(applied.codes, ["order_not_ours"]);
}

#[test]
fn an_order_that_comes_after_the_end_is_reported_and_not_bound() {
    let snapshot = candidates(vec![order("order1", Accepted)]);
    for ended in [Ended::Expired, Ended::Superseded, Ended::Declined] {
        let mut ledger = begun(1000);
        ledger.payment.ended = Some(ended);
        let applied = apply_at(&ledger, &snapshot, 5);
        applied.none(Action::Authorize);
        assert_eq!(applied.codes, ["order_after_end"], "{ended:?}");
    }
    let canceled = transaction(Action::Cancel, State::Succeeded, 1000);
    let applied = apply_at(&with(&begun(1000), [canceled]), &snapshot, 5);
    applied.none(Action::Authorize);
    assert_eq!(applied.codes, ["order_after_end"]);
}

#[test]
fn an_order_we_made_is_found_by_its_number_however_it_stands() {
    for state in [State::Pending, State::Unknown] {
        for (status, becomes) in [
            (Accepted, State::Succeeded),
            (Waiting, State::Pending),
            (Canceled, State::Failed),
        ] {
            let snapshot = candidates(vec![order("order1", status)]);
            let applied = apply_at(&searching(state), &snapshot, 5);
            let authorization = applied.only(Action::Authorize);
            assert_eq!(authorization.state, becomes, "{state:?} {status:?}");
            assert_eq!(authorization.reference, Some(provider_id("order1")));
        }
    }
}

#[test]
fn an_authorization_that_a_person_settled_takes_the_order_that_shows_up() {
    let snapshot = candidates(vec![order("order1", Accepted)]);
    let applied = apply_at(&searching(State::Succeeded), &snapshot, 5);
    let authorization = applied.only(Action::Authorize);
    assert_eq!(authorization.reference, Some(provider_id("order1")));
    assert_eq!(applied.ledger.amounts().authorized, 1000);
}

#[test]
fn an_order_that_is_certainly_not_there_ends_the_attempt() {
    let applied = apply_until_certain(&searching(State::Unknown), &candidates(Vec::new()));
    let authorization = applied.only(Action::Authorize);
    assert_eq!(authorization.state, State::Failed);
    assert_eq!(
        authorization.failure.as_ref().map(|it| it.code.as_str()),
        Some("not_found")
    );
    assert_eq!(applied.only(Action::Purchase).state, State::Failed);
    assert_eq!(
        applied.ledger.status(),
        Status::Expired,
        "nobody declined it"
    );
}

#[test]
fn an_order_with_our_number_that_is_not_ours_is_no_proof_that_there_is_none() {
    let theirs = OrderSnapshot {
        amount: Some(999),
        ..order("order1", Waiting)
    };
    let applied = apply_until_certain(&searching(State::Unknown), &candidates(vec![theirs]));
    assert_eq!(applied.only(Action::Authorize).state, State::Unknown);
    assert_eq!(applied.codes, ["order_not_ours"]);
}

#[test]
fn the_bound_order_moves_the_authorization() {
    use State::{Failed, Pending, Succeeded, Unknown};
    let table = [
        (Pending, Waiting, Pending),
        (Unknown, Waiting, Pending),
        (Pending, Accepted, Succeeded),
        (Unknown, Accepted, Succeeded),
        (Pending, Canceled, Failed),
        (Unknown, Canceled, Failed),
        (Pending, Unclear, Pending),
        (Unknown, Unclear, Unknown),
        (Succeeded, Waiting, Succeeded),
        (Succeeded, Accepted, Succeeded),
        (Succeeded, Canceled, Succeeded),
        (Failed, Waiting, Failed),
        (Failed, Accepted, Failed),
        (Failed, Canceled, Failed),
    ];
    for (state, status, becomes) in table {
        let applied = apply_at(&waiting(state), &bound(status, Vec::new()), 5);
        let now = applied.only(Action::Authorize).state;
        assert_eq!(now, becomes, "{state:?} {status:?}");
        let reported = state == Failed && status == Accepted;
        assert_eq!(applied.codes, ["order_after_end"][..usize::from(reported)]);
    }
}

#[test]
fn a_list_of_orders_only_follows_the_one_that_is_bound() {
    let seen = vec![order("order2", Accepted), order("order1", Canceled)];
    let applied = apply_at(&waiting(State::Pending), &candidates(seen), 5);
    assert_eq!(applied.only(Action::Authorize).state, State::Failed);
    let applied = apply_at(
        &waiting(State::Pending),
        &candidates(vec![order("order2", Accepted)]),
        5,
    );
    assert_eq!(applied.only(Action::Authorize).state, State::Pending);
}

#[test]
fn an_order_that_is_declined_or_expires_ends_the_attempt() {
    let table = [
        (Some(at(9_999)), Status::Declined, "declined"),
        (None, Status::Declined, "declined"),
        (Some(at(10_000)), Status::Expired, "expired"),
    ];
    for (final_at, status, code) in table {
        let seen = OrderSnapshot {
            final_at,
            ..order("order1", Canceled)
        };
        let snapshot = ProviderSnapshot {
            order: OrderView::Bound(seen),
            ..ProviderSnapshot::default()
        };
        let applied = apply_at(&waiting(State::Pending), &snapshot, 5);
        assert_eq!(applied.ledger.status(), status);
        let failure = applied.only(Action::Authorize).failure.as_ref();
        assert_eq!(failure.map(|it| it.code.as_str()), Some(code));
        assert_eq!(applied.only(Action::Purchase).state, State::Failed);
    }
}

#[test]
fn an_order_over_another_amount_moves_nothing() {
    let other_amount = OrderSnapshot {
        amount: Some(999),
        ..order("order1", Accepted)
    };
    let other_currency = OrderSnapshot {
        currency: Some("CAD".to_owned()),
        ..order("order1", Accepted)
    };
    for seen in [other_amount, other_currency] {
        let snapshot = ProviderSnapshot {
            order: OrderView::Bound(seen),
            invoices: Some(whole(Vec::new())),
            ..ProviderSnapshot::default()
        };
        let applied = apply_at(&waiting(State::Pending), &snapshot, 5);
        assert_eq!(applied.only(Action::Authorize).state, State::Pending);
        assert_eq!(applied.codes, ["order_differs"]);
    }
}

#[test]
fn an_order_that_the_provider_does_not_know_any_more_is_reported() {
    let gone = ProviderSnapshot {
        order: OrderView::Gone,
        ..ProviderSnapshot::default()
    };
    let applied = apply_at(&authorized(1000), &gone, 5);
    assert_eq!(applied.codes, ["order_gone"]);
    assert!(!applied.ledger.has_moved());
    let never_bound = apply_at(&begun(1000), &gone, 5);
    assert!(never_bound.codes.is_empty());
}

#[test]
fn an_order_that_was_not_read_says_nothing() {
    let applied = apply_at(&authorized(1000), &ProviderSnapshot::default(), 5);
    assert!(!applied.ledger.has_moved() && applied.codes.is_empty());
}
