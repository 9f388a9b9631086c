//! Tests of the order and the times of deliveries.

use super::*;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn outbox_with(faults: &[WebhookEffect], events: &[&str]) -> Outbox {
    let mut outbox = Outbox::default();
    for effect in faults {
        let fault = json!({ "effect": effect });
        outbox
            .faults
            .webhooks
            .push(serde_json::from_value(fault).expect("a fault"));
    }
    let endpoint = Endpoint {
        id: "e".to_owned(),
        url: "http://shop".to_owned(),
    };
    for event in events {
        outbox.add(&endpoint, event, event, "{}", START);
    }
    outbox
}

fn sent(outbox: &mut Outbox, now: DateTime<Utc>) -> Vec<String> {
    let mut sent = Vec::new();
    while let Some(delivery) = outbox.due(now) {
        let statuses = vec![Some(200)];
        outbox.attempted(delivery.number, Attempt { at: now, statuses });
        sent.push(delivery.event);
    }
    sent
}

#[test]
fn a_webhook_that_nobody_takes_is_tried_for_a_day_and_no_longer() {
    let mut outbox = outbox_with(&[], &["order.accepted"]);
    let mut minutes = Vec::new();
    while let Some(due) = outbox.next_due() {
        let delivery = outbox.due(due).expect("due");
        minutes.push((due - START).num_minutes());
        outbox.attempted(
            delivery.number,
            Attempt {
                at: due,
                statuses: vec![Some(500)],
            },
        );
    }
    assert_eq!(
        minutes,
        [0, 1, 3, 7, 15, 31, 63, 127, 255, 495, 735, 975, 1215]
    );
    assert!(
        outbox
            .deliveries
            .values()
            .all(|delivery| delivery.state == DeliveryStatus::GivenUp)
    );
}

#[test]
fn what_is_held_back_goes_after_the_next_one() {
    let mut outbox = outbox_with(&[WebhookEffect::Reorder], &["one", "two", "three"]);
    assert_eq!(sent(&mut outbox, START), ["two", "one", "three"]);
}

#[test]
fn what_is_late_goes_when_its_time_has_come_and_what_is_lost_never() {
    let faults = [WebhookEffect::Late { seconds: 60 }];
    let mut outbox = outbox_with(&faults, &["one", "two"]);
    assert_eq!(sent(&mut outbox, START), ["two"]);
    assert_eq!(sent(&mut outbox, START + TimeDelta::seconds(60)), ["one"]);
    let mut outbox = outbox_with(&[WebhookEffect::Lose], &["one", "two"]);
    assert_eq!(sent(&mut outbox, START + TimeDelta::days(2)), ["two"]);
}

#[test]
fn texts_are_escaped_as_rails_does() {
    let entity = json!({ "title": "Nuts & <bolts>" });
    let envelope = Envelope {
        uuid: "u",
        created_at: json!("t"),
        event: "e",
        entity: &entity,
    };
    assert_eq!(
        body(&envelope),
        r#"{"uuid":"u","created_at":"t","event":"e","entity":{"title":"Nuts \u0026 \u003cbolts\u003e"}}"#
    );
}

#[test]
fn what_was_held_back_and_sent_by_hand_does_not_go_again() {
    let mut outbox = outbox_with(&[WebhookEffect::Reorder], &["one"]);
    assert!(outbox.send_again("one", START));
    let endpoint = Endpoint {
        id: "e".to_owned(),
        url: "http://shop".to_owned(),
    };
    outbox.add(&endpoint, "two", "two", "{}", START);
    assert_eq!(sent(&mut outbox, START), ["one", "two"]);
}
