//! What is known after a call that was to change something.

use onterms::{
    money::{Currency, Money},
    providers::{
        CommandOutcome, InvoiceDraft, InvoiceStatus, OrderBuyer, OrderDraft, ReturnDraft,
        ShipmentDraft,
    },
};
use serde_json::{Value, json};

use crate::{
    API_KEY, IMPATIENT, INVOICE, MERCHANT, ORDER, PATIENT, Shop, id, nobody,
    stand_in::{RecordedCall, Reply, StandIn, says, says_later, says_text},
};

fn usd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("USD").expect("a currency"))
}

fn draft() -> InvoiceDraft {
    InvoiceDraft {
        number: "INV-1".to_owned(),
        amount: usd(2000),
        tax: usd(0),
        shipping: usd(1),
        lines: Vec::new(),
        charges: Vec::new(),
        notes: None,
        terms_of_delivery: None,
        due_at: None,
        bill_to: None,
        ship_to: None,
        issue: true,
    }
}

#[tokio::test]
async fn what_was_made_is_answered_with_201_and_with_200_bare_and_wrapped() {
    let invoice = json!({ "id": INVOICE, "status": "open", "amount_cents": "2000", "new": null });
    for (status, body) in [
        (201, invoice.clone()),
        (200, invoice.clone()),
        (201, json!({ "invoice": invoice })),
    ] {
        let apruve = StandIn::start([says(status, &body)]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let outcome = shop.account().create_invoice(&id(ORDER), &draft()).await;
        let CommandOutcome::Done(made) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            (made.id, made.status),
            (id(INVOICE), Some(InvoiceStatus::Open))
        );
        assert_eq!(made.amount, Some(2000));
        let [asked]: [RecordedCall; 1] = apruve.asked().try_into().expect("one call");
        assert_eq!(
            asked.line(),
            format!("POST /api/v4/orders/{ORDER}/invoices")
        );
        assert_eq!(
            (&*asked.api_key, &*asked.content_type),
            (API_KEY, "application/json")
        );
        assert_eq!(
            serde_json::from_str::<Value>(&asked.body).expect("JSON"),
            json!({ "amount_cents": 2000, "currency": "USD", "tax_cents": 0, "shipping_cents": 1,
                "merchant_invoice_id": "INV-1", "issue_on_create": true })
        );
    }
}

#[tokio::test]
async fn a_clear_no_is_a_refusal_whatever_its_shape() {
    let shape_1 = r#"{"errors":[{"title":"Invalid","detail":"too much","source":{"parameter":"amount_cents"}}]}"#;
    for (reply, status, reason) in [
        (says_text(400, shape_1), 400, "Invalid: too much"),
        (says_text(402, r#"{"error":"no credit"}"#), 402, "no credit"),
        (says_text(404, "Not Found"), 404, "Not Found"),
        (says_text(422, r#"{"errors":"odd"}"#), 422, "odd"),
        (Reply::BreaksOff(409), 409, "Conflict"),
    ] {
        let apruve = StandIn::start([reply]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let outcome = shop.account().create_invoice(&id(ORDER), &draft()).await;
        let message = format!("Apruve refused with status {status}: {reason}");
        assert_eq!(outcome, CommandOutcome::Refused { status, message });
    }
}

#[tokio::test]
async fn a_refused_key_and_too_many_calls_say_nothing_about_what_was_asked() {
    let later = |when: Option<&str>| match when {
        None => "Later(TooManyCalls(None))".to_owned(),
        Some(when) => format!("Later(TooManyCalls(Some(RetryAfterHeader({when:?}))))"),
    };
    for (reply, expected) in [
        (says_text(401, ""), "KeyRefused { status: 401 }".to_owned()),
        (
            says_text(403, r#"{"error":"not yours"}"#),
            "KeyRefused { status: 403 }".to_owned(),
        ),
        (says_text(429, ""), later(None)),
        (says_later("7"), later(Some("7"))),
        (says_later("soon"), later(None)),
        (
            says_later("Wed, 21 Oct 2026 07:28:00 GMT"),
            later(Some("Wed, 21 Oct 2026 07:28:00 GMT")),
        ),
    ] {
        let apruve = StandIn::start([reply.clone(), reply]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let account = shop.account();
        let made = account.create_invoice(&id(ORDER), &draft()).await;
        assert_eq!(format!("{made:?}"), expected);
        let acted = account.cancel_order(&id(ORDER)).await;
        assert_eq!(format!("{acted:?}"), expected);
        assert_eq!(apruve.count(), 2, "each is sent once");
    }
}

#[tokio::test]
async fn anything_else_after_sending_leaves_the_outcome_unknown_and_is_sent_once() {
    for reply in [
        says_text(500, r#"{"error":"done all the same"}"#),
        says_text(503, ""),
        says_text(408, ""),
        says_text(200, ""),
        says_text(204, ""),
        says_text(201, "<html>"),
        says_text(201, "{\"status\":\"open\"}"),
        says_text(201, "[]"),
        says_text(201, &"[".repeat(2 << 20)),
        Reply::Elsewhere(302),
        Reply::Elsewhere(307),
        Reply::BreaksOff(201),
        Reply::HangsUp,
        Reply::Silent,
    ] {
        let total = if matches!(reply, Reply::Silent) {
            IMPATIENT
        } else {
            PATIENT
        };
        let apruve = StandIn::start([reply.clone()]).await;
        let shop = Shop::new(&apruve.origin, total);
        let outcome = shop.account().create_invoice(&id(ORDER), &draft()).await;
        assert!(
            matches!(outcome, CommandOutcome::Lost(_)),
            "{reply:?}: {outcome:?}"
        );
        assert_eq!(apruve.count(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn what_never_left_is_certain_to_have_done_nothing() {
    for origin in [
        nobody(),
        "https://elsewhere.example".to_owned(),
        "mailto:a".to_owned(),
    ] {
        let shop = Shop::new(&origin, PATIENT);
        let outcome = shop.account().create_invoice(&id(ORDER), &draft()).await;
        assert!(
            matches!(outcome, CommandOutcome::NotSent(_)),
            "{origin}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn an_action_is_done_only_when_the_answer_is_about_what_was_acted_on() {
    let apruve = StandIn::start([
        says(200, &json!({ "id": INVOICE, "status": "open" })),
        says(200, &json!({ "id": INVOICE, "status": "canceled" })),
        says(200, &json!({ "id": ORDER, "status": "cancelled" })),
        says(200, &json!({ "id": INVOICE, "status": "canceled" })),
    ])
    .await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let account = shop.account();
    let issued = account.issue_invoice(&id(INVOICE)).await;
    assert!(matches!(issued, CommandOutcome::Done(it) if it.status == Some(InvoiceStatus::Open)));
    let canceled = account.cancel_invoice(&id(INVOICE)).await;
    assert!(
        matches!(canceled, CommandOutcome::Done(it) if it.status == Some(InvoiceStatus::Canceled))
    );
    assert!(matches!(
        account.cancel_order(&id(ORDER)).await,
        CommandOutcome::Done(_)
    ));
    let another = account.cancel_order(&id(ORDER)).await;
    assert!(matches!(another, CommandOutcome::Lost(_)), "{another:?}");
    let asked = apruve.asked();
    let lines: Vec<_> = asked.iter().map(RecordedCall::line).collect();
    assert_eq!(
        lines,
        [
            format!("POST /api/v4/invoices/{INVOICE}/issue"),
            format!("POST /api/v4/invoices/{INVOICE}/cancel"),
            format!("POST /api/v4/orders/{ORDER}/cancel"),
            format!("POST /api/v4/orders/{ORDER}/cancel"),
        ]
    );
    assert!(asked.iter().all(|asked| asked.body.is_empty()));
}

#[tokio::test]
async fn each_new_thing_has_its_path_and_its_body() {
    let apruve = StandIn::start((0..5).map(|_| says_text(201, "{\"id\":\"x1\"}"))).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let account = shop.account();
    let order = OrderDraft {
        merchant: id(MERCHANT),
        number: "SO-1".to_owned(),
        total: usd(0),
        tax: usd(0),
        shipping: usd(0),
        lines: Vec::new(),
        charges: Vec::new(),
        po_number: None,
        expires_at: None,
        buyer: Some(OrderBuyer {
            person: id("u1"),
            company: id("c1"),
        }),
    };
    assert!(matches!(
        account.create_order(&order).await,
        CommandOutcome::Done(_)
    ));
    let shipment = ShipmentDraft {
        number: "SH-1".to_owned(),
        amount: usd(2000),
        partial: false,
        lines: Vec::new(),
        shipped_at: "2026-01-15T10:00:00Z".parse().expect("a moment"),
        delivered_at: None,
        shipper: None,
        tracking_number: Some("1Z\n9".to_owned()),
        notes: None,
    };
    let made = account.create_shipment(&id(INVOICE), &shipment).await;
    assert!(matches!(made, CommandOutcome::Done(_)));
    let told = account
        .update_shipment(&id(INVOICE), &id("x1"), &shipment)
        .await;
    assert!(matches!(told, CommandOutcome::Done(_)));
    let invoice_return = ReturnDraft {
        number: "txn_1".to_owned(),
        reference: None,
        amount: usd(5),
        reason: None,
    };
    let made = account
        .create_invoice_return(&id(INVOICE), &invoice_return)
        .await;
    assert!(matches!(made, CommandOutcome::Done(_)));
    let url = "https://shop.example/webhooks/apruve/token";
    let made = account.create_webhook_endpoint(&id(MERCHANT), url).await;
    assert!(matches!(made, CommandOutcome::Done(_)));
    let asked: Vec<_> = apruve
        .asked()
        .iter()
        .map(|it| (it.line(), it.body.clone()))
        .collect();
    let body = |at: usize| serde_json::from_str::<Value>(&asked[at].1).expect("JSON");
    assert_eq!(asked[0].0, "POST /api/v4/orders");
    assert_eq!(body(0)["finalize_on_create"], true);
    assert_eq!(body(0)["invoice_on_create"], false);
    assert_eq!(body(0)["shopper_id"], "u1");
    assert_eq!(body(0)["payment_term"]["corporate_account_id"], "c1");
    assert_eq!(
        asked[1].0,
        format!("POST /api/v4/invoices/{INVOICE}/shipments")
    );
    assert_eq!(
        body(1),
        json!({ "amount_cents": 2000, "currency": "USD", "merchant_shipment_id": "SH-1", "status": "fulfilled",
            "shipped_at": "2026-01-15T10:00:00+00:00", "tracking_number": "1Z 9" })
    );
    assert_eq!(
        asked[2].0,
        format!("PUT /api/v4/invoices/{INVOICE}/shipments/x1")
    );
    assert_eq!(
        body(2),
        json!({ "amount_cents": 2000, "currency": "USD", "merchant_shipment_id": "SH-1", "status": "fulfilled",
            "shipped_at": "2026-01-15T10:00:00+00:00", "tracking_number": "1Z 9", "shipper": null, "delivered_at": null,
            "merchant_notes": null })
    );
    assert_eq!(
        asked[3].0,
        format!("POST /api/v4/invoices/{INVOICE}/invoice_returns")
    );
    assert_eq!(
        body(3),
        json!({ "amount_cents": 5, "currency": "USD", "reason": "OTHER", "merchant_notes": "txn_1" })
    );
    assert_eq!(
        asked[4].0,
        format!("POST /api/v4/merchants/{MERCHANT}/webhook_endpoints")
    );
    assert_eq!(body(4), json!({ "url": url, "version": "v4" }));
}

#[tokio::test]
async fn a_removed_endpoint_is_gone_whatever_the_answer_says() {
    let apruve = StandIn::start([
        says_text(204, ""),
        says_text(200, "OK"),
        says_text(404, "Not Found"),
        says_text(500, ""),
    ])
    .await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let account = shop.account();
    let (merchant, endpoint) = (id(MERCHANT), id("13"));
    let delete = || account.delete_webhook_endpoint(&merchant, &endpoint);
    assert_eq!(delete().await, CommandOutcome::Done(()));
    assert_eq!(delete().await, CommandOutcome::Done(()));
    assert!(matches!(
        delete().await,
        CommandOutcome::Refused { status: 404, .. }
    ));
    assert!(matches!(delete().await, CommandOutcome::Lost(_)));
    assert_eq!(
        apruve.asked()[0].line(),
        format!("DELETE /api/v4/merchants/{MERCHANT}/webhook_endpoints/13")
    );
}
