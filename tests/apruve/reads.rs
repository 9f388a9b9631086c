//! What a read finds, and how it fails.

use chrono::DateTime;
use onterms::{
    clock::Clock,
    providers::{Breaker, Later, OrderState, ProviderError, ProviderKind, RetryAfterHeader},
};
use serde_json::json;

use crate::{
    API_KEY, IMPATIENT, INVOICE, MERCHANT, ORDER, PATIENT, Shop, id, nobody,
    stand_in::{RecordedCall, Reply, StandIn, says, says_later, says_text},
};

fn clock() -> Clock {
    Clock::from_fn(|| DateTime::UNIX_EPOCH)
}

#[tokio::test]
async fn the_key_and_the_accepted_type_are_sent_and_the_answer_is_read() {
    let body = json!({ "id": ORDER, "status": "accepted", "amount_cents": 1700, "unheard_of": {} });
    let apruve = StandIn::start([says(200, &body)]).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let order = shop.account().order(&id(ORDER)).await.expect("an order");
    assert_eq!(order.state, OrderState::Accepted);
    assert_eq!(order.amount, Some(1700));
    assert_eq!(
        apruve.asked(),
        [RecordedCall {
            method: "GET".to_owned(),
            path: format!("/api/v4/orders/{ORDER}"),
            api_key: API_KEY.to_owned(),
            accept: "application/json".to_owned(),
            ..RecordedCall::default()
        }]
    );
}

#[tokio::test]
async fn each_read_has_its_path() {
    let account = json!({ "id": "c1" });
    let apruve = StandIn::start([
        says(200, &json!({ "invoice": { "id": INVOICE } })),
        says(200, &account),
        says(200, &json!({ "id": MERCHANT, "name": "Acme" })),
    ])
    .await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let merchant = id(MERCHANT);
    assert!(shop.account().invoice(&id(INVOICE)).await.is_ok());
    let read = shop.account().corporate_account(&merchant, &id("c1")).await;
    assert!(read.is_ok());
    let read = shop
        .account()
        .merchant(&merchant)
        .await
        .expect("a merchant");
    assert_eq!(read.name.as_deref(), Some("Acme"));
    let lines: Vec<_> = apruve.asked().iter().map(RecordedCall::line).collect();
    assert_eq!(
        lines,
        [
            format!("GET /api/v4/invoices/{INVOICE}"),
            format!("GET /api/v4/merchants/{MERCHANT}/corporate_accounts/c1"),
            format!("GET /api/v4/merchants/{MERCHANT}"),
        ]
    );
}

#[tokio::test]
async fn what_keeps_a_read_from_finding_anything_is_named() {
    let unreadable = |what: &str| ProviderError::Unreadable(ProviderKind::Apruve, what.to_owned());
    for (reply, expected) in [
        (
            says_text(401, "{}"),
            ProviderError::Unauthorized(ProviderKind::Apruve, 401),
        ),
        (
            says_text(403, ""),
            ProviderError::Unauthorized(ProviderKind::Apruve, 403),
        ),
        (says_text(404, "Not Found"), ProviderError::NotFound),
        (
            says_text(429, ""),
            ProviderError::Later(Later::TooManyCalls(None)),
        ),
        (
            says_text(500, ""),
            ProviderError::Status(ProviderKind::Apruve, 500),
        ),
        (
            Reply::Elsewhere(302),
            ProviderError::Status(ProviderKind::Apruve, 302),
        ),
        (
            Reply::Elsewhere(308),
            ProviderError::Status(ProviderKind::Apruve, 308),
        ),
        (
            says_text(200, "<html>"),
            unreadable("it is not JSON (line 1, column 1)"),
        ),
        (
            says_text(200, ""),
            unreadable("it is not JSON (line 1, column 0)"),
        ),
        (says_text(200, "[]"), unreadable("it is not an object")),
        (
            says(200, &json!({ "id": INVOICE })),
            unreadable("it is about another order"),
        ),
        (
            says(200, &json!({ "id": ORDER, "amount_cents": 1.5 })),
            unreadable("`amount_cents` is missing or cannot be read"),
        ),
        (
            says_text(200, &"[".repeat(2 << 20)),
            unreadable("the answer is longer than 1048576 bytes"),
        ),
    ] {
        let apruve = StandIn::start([reply.clone()]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let error = shop.account().order(&id(ORDER)).await.err();
        assert_eq!(error, Some(expected), "{reply:?}");
        assert_eq!(apruve.count(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn silence_and_broken_answers_are_no_answer_and_a_refused_connection_sends_nothing() {
    for reply in [Reply::Silent, Reply::HangsUp, Reply::BreaksOff(200)] {
        let apruve = StandIn::start([reply.clone()]).await;
        let shop = Shop::new(&apruve.origin, IMPATIENT);
        let error = shop.account().order(&id(ORDER)).await.err();
        assert!(
            matches!(error, Some(ProviderError::NoAnswer(_))),
            "{reply:?}: {error:?}"
        );
    }
    let shop = Shop::new(&nobody(), PATIENT);
    let error = shop.account().order(&id(ORDER)).await.err();
    assert!(
        matches!(error, Some(ProviderError::NotSent(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_guarded_read_is_tried_again_while_trouble_may_pass() {
    let (breaker, clock) = (Breaker::default(), clock());
    let found = says(200, &json!({ "id": ORDER }));
    for passing in [
        says_text(503, ""),
        says_text(429, ""),
        Reply::HangsUp,
        Reply::BreaksOff(200),
    ] {
        let apruve = StandIn::start([passing.clone(), passing.clone(), found.clone()]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let account = shop.account().guarded(&breaker, &clock);
        assert!(account.order(&id(ORDER)).await.is_ok(), "{passing:?}");
    }
    let lasting = [says_text(500, ""), says_text(502, ""), says_text(503, "")];
    let apruve = StandIn::start(lasting).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let account = shop.account().guarded(&breaker, &clock);
    let error = account.order(&id(ORDER)).await.err();
    assert_eq!(
        error,
        Some(ProviderError::Status(ProviderKind::Apruve, 503)),
        "three times and no more"
    );
}

#[tokio::test]
async fn a_guarded_read_comes_again_when_apruve_says_and_not_before() {
    let (breaker, clock) = (Breaker::default(), clock());
    let apruve = StandIn::start((0..6).map(|_| says_later("7"))).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    for asked in 1..=6 {
        let account = shop.account().guarded(&breaker, &clock);
        let Some(ProviderError::Later(Later::TooManyCalls(when))) =
            account.order(&id(ORDER)).await.err()
        else {
            panic!("it is asked to wait");
        };
        assert_eq!(when.as_ref().map(RetryAfterHeader::as_str), Some("7"));
        assert_eq!(apruve.count(), asked, "and the breaker leaves it alone");
    }
}

#[tokio::test]
async fn an_answer_may_be_the_longer_the_longer_its_order_was() {
    let lines = |count: usize| {
        let line = json!({ "id": ORDER, "title": "x".repeat(600), "price_total_cents": 1 });
        json!({ "id": ORDER, "amount_cents": 1700, "order_items": vec![line; count] })
    };
    for (count, sent, fits) in [
        (1000, 0, true),
        (3000, 0, false),
        (3000, 60_000, true),
        (5000, 60_000, false),
        (5000, 600_000, true),
    ] {
        let apruve = StandIn::start([says(200, &lines(count))]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let account = shop.account().about_order_of(sent);
        let read = account.order(&id(ORDER)).await;
        match &read {
            Ok(order) => assert_eq!(order.amount, Some(1700)),
            Err(error) => assert!(matches!(error, ProviderError::Unreadable(..)), "{error}"),
        }
        assert_eq!(
            read.is_ok(),
            fits,
            "{count} lines of an order of {sent} bytes"
        );
    }
}

#[tokio::test]
async fn a_guarded_read_is_not_tried_again_after_a_clear_answer_or_when_time_is_up() {
    let (breaker, clock) = (Breaker::default(), clock());
    for reply in [
        says_text(404, ""),
        says_text(401, ""),
        says_text(200, "[]"),
        Reply::Elsewhere(301),
    ] {
        let apruve = StandIn::start([reply]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let account = shop.account().guarded(&breaker, &clock);
        assert!(account.order(&id(ORDER)).await.is_err());
        assert_eq!(apruve.count(), 1);
    }
    let apruve = StandIn::start([Reply::Silent]).await;
    let shop = Shop::new(&apruve.origin, IMPATIENT);
    let account = shop.account().guarded(&breaker, &clock);
    let error = account.order(&id(ORDER)).await.err();
    assert!(
        matches!(error, Some(ProviderError::NoAnswer(_))),
        "{error:?}"
    );
}
