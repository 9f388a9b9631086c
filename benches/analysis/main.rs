//! How long the analysis of 100, 300 and 1,000 rules takes, and that of one rule among many.
//!
//! Three kinds of sets: rules that each apply somewhere of their own, rules that repeat each other, and rules of which most
//! are behind earlier stop rules. 1,000 rules may take two seconds, one rule a tenth of a second.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use onterms::{
    checkout::CART_JUDGE,
    ids,
    locale::Labels,
    payment_methods::{Method, MethodType, PaymentMethodId, Terms},
    payment_rules::{
        Rule,
        analysis::{self, FOR_ALL, FOR_ONE, RuleAnalysis},
        rulebook::Rulebook,
    },
    settings::ShopSettings,
};
use serde_json::{Value, json};

/// Time enough for measuring what would be cut off.
const AMPLE: Duration = Duration::from_secs(600);

fn main() {
    let mut is_slow = false;
    for (kind, rule) in [
        ("each on its own", own as fn(usize) -> Value),
        ("repeating each other", repeating),
        ("behind stop rules", shadowed),
    ] {
        let mut first = None;
        for count in [100, 300, 1000] {
            let book = book(count, rule);
            let (took, analysis) = timed(|| analysis::analyze(&book, CART_JUDGE, now(), AMPLE));
            let first = *first.get_or_insert(took);
            let growth = took.as_secs_f64() / first.as_secs_f64();
            println!(
                "all of {count:>5} rules, {kind:<21} {:>8.1} ms  × {growth:>5.1}  {} findings, {} unknown",
                millis(took),
                analysis.findings.len(),
                analysis.unknown.len(),
            );
            is_slow |= count == 1000 && took > FOR_ALL;
        }
        let book = book(10_000, rule);
        for place in [0, 5_000, 9_999] {
            let (took, analysis) =
                timed(|| analysis::analyze_one(&book, place, CART_JUDGE, now(), FOR_ONE));
            println!(
                "rule {place:>4} of 10000, {kind:<21} {:>8.1} ms  {} findings{}",
                millis(took),
                analysis.findings.len(),
                if analysis.is_incomplete {
                    ", incomplete"
                } else {
                    ""
                },
            );
            is_slow |= took > FOR_ONE * 2;
        }
    }
    assert!(!is_slow, "the analysis takes longer than it may");
}

fn timed(work: impl FnOnce() -> RuleAnalysis) -> (Duration, RuleAnalysis) {
    let started = Instant::now();
    let analysis = work();
    (started.elapsed(), analysis)
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn now() -> DateTime<Utc> {
    "2026-02-15T00:00:00Z".parse().expect("a moment")
}

fn own(place: usize) -> Value {
    let (group, low) = (place % 50, place / 50 * 100);
    json!({
        "stopProcessing": place.is_multiple_of(3),
        "expression": format!(
            "total > {low} and total <= {} and customer and customer.group and customer.group.id = {group}",
            low + 100
        ),
        "destinations": if place.is_multiple_of(2) { json!([{ "country": "US" }]) } else { json!([]) },
    })
}

fn repeating(place: usize) -> Value {
    json!({
        "stopProcessing": false,
        "expression": format!("customer != null and customer.id in [{}, {}]", place % 40, place % 40 + 1),
        "websites": [format!("shop-{}", place % 7)],
    })
}

fn shadowed(place: usize) -> Value {
    let country = ["US", "CA", "GB", "FR", "DE"][place % 5];
    json!({
        "stopProcessing": place.is_multiple_of(2),
        "expression": format!("total >= {}", 1000 - place % 900),
        "destinations": [{ "country": country }],
    })
}

fn book(count: usize, make: fn(usize) -> Value) -> Rulebook {
    let label = Labels {
        default: "Check".into(),
        ..Labels::default()
    };
    let method = Method {
        id: PaymentMethodId {
            kind: MethodType::CheckMoneyOrder,
            integration: ids::fresh(now()),
        },
        name: "Check".into(),
        enabled: true,
        short_label: label.clone(),
        label,
        terms: Terms::CheckMoneyOrder {
            pay_to: "Acme".into(),
            send_to: "1 Main Street".into(),
        },
        version: 1,
    };
    let rule = |place: usize| {
        let mut rule = json!({
            "name": format!("Rule {place}"), "enabled": true, "sortOrder": place, "currency": "USD",
            "destinations": [], "websites": [], "paymentMethods": [{ "id": method.id.to_string() }],
            "activeFrom": null, "activeUntil": null, "createdAt": now(), "updatedAt": now(),
        });
        let id: ids::RuleId = ids::fresh(now());
        rule["id"] = json!(id.to_string());
        for (name, value) in make(place).as_object().into_iter().flatten() {
            rule[name.as_str()] = value.clone();
        }
        serde_json::from_value::<Rule>(rule).expect("a rule")
    };
    let rules = (0..count).map(rule).collect();
    Rulebook::new(1, rules, vec![method], &ShopSettings::default())
}
