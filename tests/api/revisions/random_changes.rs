//! Hundreds of random changes of all that checkout sees, with a cart asked after each: afterwards every revision answers each of
//! those carts as checkout did.

use onterms::{
    cart,
    clock::Clock,
    payment_rules::rulebook::{BookRule, Rulebook, RulebookCache},
    revision_watch::RevisionWatch,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    TestApp,
    app::START,
    shop::{self, cart_with},
    support::{Database, on_both_databases},
};

const CHANGES: usize = 200;

/// A small generator, so that a failure can be played again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        match of.len() {
            0 => None,
            sides => of.get(self.roll(sides)),
        }
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        self.pick(of).expect("something to choose").clone()
    }
}

fn carts() -> Vec<Value> {
    vec![
        shop::cart(),
        cart_with(json!({ "total": "2500.00", "subtotal": null, "lineItems": null })),
        cart_with(json!({ "currency": "EUR", "subtotal": null, "lineItems": null })),
        cart_with(json!({ "website": "eu-store" })),
        cart_with(json!({ "billingAddress": null })),
        cart_with(
            json!({ "customer": null, "billingAddress": { "countryIso2": "DE", "postalCode": "10115" } }),
        ),
    ]
}

/// A random rule, or part of one.
fn rule(dice: &mut Dice, methods: &[Value]) -> Value {
    let expression = dice.one(&[
        json!(null),
        json!("total <= 1000"),
        json!("merchantCountry = 'US'"),
        json!("billingAddress.countryIso2 = 'US' or total > 2000"),
        json!("customer.id = 42"),
    ]);
    let destinations = dice.one(&[
        json!([]),
        json!([]),
        json!([{ "country": "US" }]),
        json!([{ "country": "DE", "postalCodes": ["10*"] }, { "country": "US", "region": "US-CA" }]),
    ]);
    let dates = dice.one(&[
        (json!(null), json!(null)),
        (json!(null), json!(null)),
        (json!("2026-03-01T12:00:05Z"), json!(null)),
        (json!(null), json!("2026-03-01T12:00:10Z")),
    ]);
    let mut named = Vec::new();
    for _ in 0..=dice.roll(3) {
        if let Some(method) = dice.pick(methods)
            && !named.iter().any(|it: &Value| it["id"] == *method)
        {
            let options = dice.one(&[json!(null), json!({ "badge": "new" }), json!({ "n": 1 })]);
            named.push(json!({ "id": method, "options": options }));
        }
    }
    json!({
        "name": dice.one(&["A", "B", "C"]),
        "enabled": dice.roll(6) > 0,
        "sortOrder": dice.roll(5),
        "currency": dice.one(&["USD", "USD", "EUR"]),
        "stopProcessing": dice.roll(5) == 0,
        "expression": expression,
        "destinations": destinations,
        "websites": dice.one(&[json!([]), json!([]), json!(["us-store"])]),
        "paymentMethods": named,
        "activeFrom": dates.0,
        "activeUntil": dates.1,
    })
}

fn labels(dice: &mut Dice) -> Value {
    let localized = dice.one(&[
        json!({}),
        json!({ "fr": "À terme" }),
        json!({ "de": "Auf Ziel", "fr-CA": "Terme" }),
    ]);
    json!({ "default": dice.one(&["Pay later", "On terms", "Check"]), "localized": localized })
}

fn integration(dice: &mut Dice, number: usize) -> Value {
    let mut made = dice.one(&[
        json!({ "type": "apruve", "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "0123456789abcdef0123456789abcdef", "currencies": ["USD", "EUR"] } }),
        json!({ "type": "payment_term", "settings": { "instructions": "Net 30" } }),
        json!({ "type": "check_money_order", "settings": { "payTo": "Acme", "sendTo": "Main Street" } }),
    ]);
    made["name"] = format!("Method {number}").into();
    made["label"] = labels(dice);
    made["shortLabel"] = labels(dice);
    made
}

/// All that a list has of a member.
async fn all(app: &TestApp, path: &str, member: &str) -> Vec<Value> {
    let list = app.get(&format!("{path}?limit=200")).await.expect(200);
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|item| item[member].clone()).collect()
}

async fn change(app: &TestApp, dice: &mut Dice, number: usize) {
    let methods = all(app, "/v1/integrations", "paymentMethodId").await;
    let integrations = all(app, "/v1/integrations", "id").await;
    let rules = all(app, "/v1/payment-rules", "id").await;
    let at = |folder: &str, id: &Value| format!("/v1/{folder}/{}", id.as_str().expect("an id"));
    let some_rule = dice.pick(&rules).map(|id| at("payment-rules", id));
    let some_integration = dice.pick(&integrations).map(|id| at("integrations", id));
    // What the state does not allow is refused, which is no change.
    match (dice.roll(20), some_rule, some_integration) {
        (0..=3, ..) => {
            app.post("/v1/payment-rules", &rule(dice, &methods)).await;
        }
        (4..=6, Some(path), _) => {
            app.patch(&path, &rule(dice, &methods)).await;
        }
        (7, Some(path), _) => {
            let word = dice.one(&["enable", "disable", "duplicate"]);
            app.post(&format!("{path}/{word}"), &json!({})).await;
        }
        (8, Some(path), _) if rules.len() > 4 => {
            app.delete(&path).await;
        }
        (9, ..) => {
            let action = dice.one(&["enable", "disable"]);
            let filter = dice.one(&[
                json!({}),
                json!({ "currency": "EUR" }),
                json!({ "name": "A" }),
            ]);
            app.post(
                "/v1/payment-rules/bulk",
                &json!({ "action": action, "filter": filter }),
            )
            .await;
        }
        (10, ..) => {
            let mut order = rules.clone();
            order.reverse();
            order.truncate(1 + dice.roll(6));
            app.post("/v1/payment-rules/reorder", &json!({ "ids": order }))
                .await;
        }
        (11 | 12, _, Some(path)) => {
            let (label, short_label) = (labels(dice), labels(dice));
            let patch = dice.one(&[
                json!({ "label": label }),
                json!({ "label": label, "shortLabel": short_label }),
                json!({ "settings": { "currencies": ["EUR"] } }),
                json!({ "settings": { "currencies": ["USD", "EUR"] } }),
                json!({ "settings": { "instructions": "Net 60" } }),
                json!({ "name": format!("Renamed {number}") }),
            ]);
            app.patch(&path, &patch).await;
        }
        (13, _, Some(path)) => {
            let word = dice.one(&["activate", "deactivate", "activate", "rotate-webhook-token"]);
            app.post(&format!("{path}/{word}"), &json!({})).await;
        }
        (14, _, Some(path)) if integrations.len() > 3 => {
            app.delete(&format!("{path}?detach=true")).await;
        }
        (15 | 16, ..) => {
            app.post("/v1/integrations", &integration(dice, number))
                .await;
        }
        (17, ..) => {
            let settings = dice.one(&[
                json!({ "merchantCountry": "US" }),
                json!({ "merchantCountry": "DE", "defaultLocale": "de" }),
                json!({ "defaultLocale": "fr" }),
                json!({}),
            ]);
            app.put("/v1/settings", &settings).await;
        }
        (18, ..) => {
            let numbers = all(app, "/v1/revisions", "number").await;
            let list = app.get("/v1/revisions").await;
            let path = format!("/v1/revisions/{}/restore", dice.one(&numbers));
            let restore = app
                .request(Method::POST, &path)
                .header("if-match", &list.etag());
            restore.send().await.expect(200);
        }
        (19, ..) => {
            let mut file = app.get("/v1/payment-rules/export").await.expect(200);
            let kept = file["rules"]
                .as_array()
                .expect("rules")
                .len()
                .saturating_sub(dice.roll(3));
            let rules = file["rules"].as_array_mut().expect("rules");
            rules.truncate(kept);
            for one in rules.iter_mut().take(2) {
                one["sortOrder"] = dice.roll(5).into();
            }
            let mode = dice.one(&["merge", "replace"]);
            app.post(&format!("/v1/payment-rules/import?mode={mode}"), &file)
                .await;
        }
        _ => {}
    }
}

/// The answer of checkout as `evaluate` tells it: that names the rule of each method too.
fn plain(answer: &Value) -> Value {
    let mut offered = answer["offered"].clone();
    for method in offered.as_array_mut().expect("a list") {
        method.as_object_mut().expect("a method").remove("rule");
    }
    json!([
        offered,
        answer["revision"],
        answer["paymentRequired"],
        answer["incomplete"]
    ])
}

/// What there is of a rule in a rulebook, and which methods it offers with which options.
fn outline(book: &Rulebook, rule: &BookRule) -> String {
    let offers: Vec<_> = rule
        .offers
        .iter()
        .map(|offer| (&book.methods()[offer.method].method, &*offer.options))
        .collect();
    let shared = book.shared_conditions();
    let is_shared = shared.of_rule(rule.place).condition() < shared.count();
    format!(
        "{} {:?} {offers:?} {is_shared}",
        rule.place, rule.compiled.rule
    )
}

/// The rulebook that was changed step by step is the one that a replica reads that starts now.
async fn same_as_read_anew(app: &TestApp, carts: &[Value]) {
    let hour = std::time::Duration::from_secs(3600);
    let start = async || {
        let store = app.service.store().clone();
        let started = RulebookCache::start(store, Clock::system(), RevisionWatch::default(), hour);
        started.await.expect("a rulebook").newest()
    };
    let (changed, anew) = (app.service.rulebooks().newest(), start().await);
    assert_eq!(changed.revision(), anew.revision());
    let shared = |book: &Rulebook| book.shared_conditions().count();
    assert_eq!(shared(&changed), shared(&anew));
    let rules = |book: &Rulebook| {
        book.rules()
            .iter()
            .map(|rule| outline(book, rule))
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&changed), rules(&anew));
    for method in 0..anew.methods().len() {
        let naming = |book: &Rulebook| {
            book.rules_naming(method)
                .map(|rule| rule.place)
                .collect::<Vec<_>>()
        };
        assert_eq!(naming(&changed), naming(&anew));
    }
    for text in carts.iter().map(Value::to_string) {
        let cart = cart::read(&text).expect("a cart");
        let candidates = |book: &Rulebook| {
            let places = book.candidates(&cart, cart.billing_address());
            let anywhere = book.candidates_anywhere(&cart).map(|rule| rule.place);
            (places.into_owned(), anywhere.collect::<Vec<_>>())
        };
        assert_eq!(candidates(&changed), candidates(&anew));
    }
}

struct Question {
    cart: Value,
    locale: &'static str,
    at: chrono::DateTime<chrono::Utc>,
    answer: Value,
}

on_both_databases! {
    async fn every_revision_answers_every_cart_as_checkout_did(database: Database) {
        let flags = [("rate_limits.evaluate", "0"), ("rate_limits.admin", "0")];
        let app = TestApp::start_with(std::sync::Arc::new(database), &flags).await;
        assert_eq!(app.now(), START.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment"));
        let mut dice = Dice(0x5eed_0f7e_a521_cafe);
        let carts = carts();
        let mut asked = Vec::new();
        for number in 0..CHANGES {
            app.pass(std::time::Duration::from_millis(1 + dice.roll(100) as u64));
            change(&app, &mut dice, number).await;
            let locale = dice.one(&["en", "fr", "de", "fr-CA"]);
            let cart = dice.one(&carts);
            let answer = app.post(&format!("/v1/checkout/payment-methods?locale={locale}"), &cart).await;
            asked.push(Question { cart, locale, at: app.now(), answer: answer.expect(200) });
            if number % 10 == 9 {
                same_as_read_anew(&app, &carts).await;
            }
        }
        let (mut offered, mut revisions) = (0, std::collections::BTreeSet::new());
        for (place, it) in asked.iter().enumerate() {
            offered += usize::from(it.answer["offered"] != json!([]));
            revisions.insert(it.answer["revision"].as_i64());
            let path = format!("/v1/payment-rules/evaluate?locale={}", it.locale);
            for when in [
                json!({ "cart": it.cart, "revision": it.answer["revision"], "at": it.at }),
                json!({ "cart": it.cart, "asOf": it.at }),
            ] {
                let then = app.post(&path, &when).await.expect(200);
                assert_eq!(plain(&then), plain(&it.answer), "change {place}: {when}");
            }
        }
        assert!(offered > CHANGES / 4 && revisions.len() > CHANGES / 2, "{offered} offers at {} revisions", revisions.len());
    }
}
