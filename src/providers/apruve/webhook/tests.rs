//! Webhooks in every known spelling.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::*;

fn id(text: &str) -> ProviderId {
    ProviderId::parse(text).expect("an id")
}

fn about(event: &str, entity: Value) -> Result<EventResource, Unintelligible> {
    let body = json!({ "event": event, "entity": entity }).to_string();
    parse_event(body.as_bytes()).resource
}

/// Uuid, name and time.
fn top(body: &[u8]) -> (Option<String>, Option<String>, Option<DateTime<Utc>>) {
    let event = parse_event(body);
    (event.uuid, event.name, event.occurred_at)
}

#[test]
fn an_envelope_is_read_as_far_as_it_can_be() {
    let body = json!({ "uuid": "a1", "created_at": "2017-05-11T09:05:10-05:00", "event": "invoice.closed" });
    let whole = (
        Some("a1".to_owned()),
        Some("invoice.closed".to_owned()),
        "2017-05-11T14:05:10Z".parse().ok(),
    );
    assert_eq!(top(body.to_string().as_bytes()), whole);
    for body in [
        &b""[..],
        b"\xff\xfe",
        b"null",
        b"[]",
        b"\"x\"",
        b"{\"uuid\":",
        b"{\"uuid\":\"a\xff\"}",
        b"{\"uuid\":\"\",\"event\":7,\"created_at\":\"soon\"}",
        b"{\"uuid\":\"a\\u0000\",\"event\":\"a\\nb\",\"created_at\":\"99999-01-01T00:00:00Z\"}",
    ] {
        assert_eq!(top(body), (None, None, None), "{body:?}");
    }
    let long = json!({ "event": "x".repeat(256) }).to_string();
    assert_eq!(top(long.as_bytes()), (None, None, None));
}

#[test]
fn an_envelope_is_read_however_deep_the_body_is() {
    let deep = format!(
        "{{\"uuid\":\"a1\",\"entity\":{}{}}}",
        "[".repeat(9999),
        "]".repeat(9999)
    );
    assert_eq!(parse_event(deep.as_bytes()).uuid.as_deref(), Some("a1"));
}

#[test]
fn each_event_leads_to_what_it_is_about() {
    let order = |event, entity: Value, reference: Option<&str>| {
        let expected = EventResource::Order {
            id: id("o1"),
            merchant_order_id: reference.map(str::to_owned),
        };
        assert_eq!(about(event, entity), Ok(expected), "{event}");
    };
    for event in [
        "order.accepted",
        "order.approved",
        "order.canceled",
        "order.cancelled",
    ] {
        order(
            event,
            json!({ "id": "o1", "merchant_order_id": "SO-1" }),
            Some("SO-1"),
        );
        order(
            event,
            json!({ "id": "o1", "merchant_order_id": null }),
            None,
        );
    }
    for event in ["payment_term.accepted", "payment_term.approved"] {
        order(
            event,
            json!({ "id": "t1", "purchase_order_id": "o1" }),
            None,
        );
        for link in ["orders/o1", "orders/o1.json"] {
            let link = format!("https://elsewhere.example/api/v4/{link}");
            let links = json!({ "order": link });
            order(event, json!({ "id": "t1", "links": links }), None);
        }
    }
    for (event, funded) in [
        ("invoice.closed", false),
        ("invoice.canceled", false),
        ("invoice.funded", true),
    ] {
        let expected = |order| EventResource::Invoice {
            id: id("i1"),
            order,
            funded,
        };
        assert_eq!(
            about(event, json!({ "id": "i1", "order_id": "o1" })),
            Ok(expected(Some(id("o1"))))
        );
        assert_eq!(about(event, json!({ "id": "i1" })), Ok(expected(None)));
    }
    let shipment = about(
        "shipment.created",
        json!({ "id": "s1", "invoice_id": "i1" }),
    );
    assert_eq!(shipment, Ok(EventResource::Shipment { invoice: id("i1") }));
}

#[test]
fn events_of_companies_name_an_account_and_people_or_neither() {
    use CompanyNoun::{Account, Approval, Credit, Member};
    for (event, entity, what, account, emails) in [
        (
            "corporate_account.approved",
            json!(null),
            Approval,
            None,
            &[][..],
        ),
        (
            "corporate_account.approved",
            json!({ "id": "c1", "authorized_buyers": [{ "id": "u1", "email": "ann@acme.example" }, { "id": "u2" }] }),
            Approval,
            Some("c1"),
            &["ann@acme.example"],
        ),
        (
            "corporate_account.suspended",
            json!({ "id": "c1" }),
            Account,
            Some("c1"),
            &[],
        ),
        (
            "credit_available.updated",
            json!({ "id": "c1" }),
            Credit,
            Some("c1"),
            &[],
        ),
        (
            "credit_available.updated",
            json!({ "id": "x1", "corporate_account_id": "c1" }),
            Credit,
            Some("c1"),
            &[],
        ),
        (
            "team_member.added",
            json!({ "id": "u1", "email": "ann@acme.example", "corporate_account": { "id": "c1" } }),
            Member,
            Some("c1"),
            &["ann@acme.example"],
        ),
        (
            "team_member.removed",
            json!({ "id": "u1" }),
            Member,
            None,
            &[],
        ),
        ("team_member.removed", json!(["u1"]), Member, None, &[]),
    ] {
        let expected = EventResource::Company {
            what,
            account: account.map(id),
            emails: emails.iter().map(|it| (*it).to_owned()).collect(),
        };
        assert_eq!(
            about(event, entity.clone()),
            Ok(expected),
            "{event} {entity}"
        );
    }
}

#[test]
fn what_leads_nowhere_says_why() {
    for (event, entity, why) in [
        ("order.accepted", json!("o1"), Unintelligible::NoEntity),
        ("order.accepted", json!(["o1"]), Unintelligible::NoEntity),
        ("order.accepted", json!(null), Unintelligible::NoEntity),
        (
            "order.accepted",
            json!({}),
            Unintelligible::Nameless("order"),
        ),
        (
            "order.accepted",
            json!({ "id": "../x" }),
            Unintelligible::Nameless("order"),
        ),
        (
            "payment_term.accepted",
            json!({ "id": "t1" }),
            Unintelligible::Nameless("order"),
        ),
        (
            "payment_term.accepted",
            json!({ "links": { "order": "https://a.example/orders/..?" } }),
            Unintelligible::Nameless("order"),
        ),
        (
            "shipment.updated",
            json!({ "id": "s1" }),
            Unintelligible::Nameless("invoice"),
        ),
        (
            "order.exploded",
            json!({ "id": "o1" }),
            Unintelligible::UnknownEvent,
        ),
    ] {
        assert_eq!(about(event, entity.clone()), Err(why), "{event} {entity}");
    }
    let not_json = "it is not JSON (line 1, column 1)".to_owned();
    for (body, why) in [
        (&b""[..], Unintelligible::Empty),
        (b"{}", Unintelligible::NoEvent),
        (b"\xff", Unintelligible::Unreadable(not_json)),
        (
            b"[1]",
            Unintelligible::Unreadable("it is not an object".to_owned()),
        ),
    ] {
        assert_eq!(parse_event(body).resource, Err(why), "{body:?}");
    }
}

#[test]
fn an_event_may_be_wrapped_in_its_noun_and_one_bad_byte_hides_nothing_else() {
    let expected = Ok(EventResource::Order {
        id: id("o1"),
        merchant_order_id: None,
    });
    for (body, uuid) in [
        (
            &br#"{"uuid":"a1","webhook":{"uuid":"b2","event":"order.accepted","entity":{"id":"o1"}}}"#[..],
            Some("a1"),
        ),
        (
            br#"{"uuid":"a1","event":"order.accepted","entity":{"id":"o0","id":"o1","memo":"\ud83d"}}"#,
            Some("a1"),
        ),
        (
            b"{\"uuid\":\"a1\",\"event\":\"order.accepted\",\"entity\":{\"id\":\"o1\",\"memo\":\"\xff\"}}",
            None,
        ),
    ] {
        let event = parse_event(body);
        assert_eq!(event.resource, expected, "{body:?}");
        assert_eq!(event.uuid.as_deref(), uuid, "{body:?}");
    }
}
