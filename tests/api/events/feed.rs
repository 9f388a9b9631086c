//! The feed: pages, filters, cursors, and waiting.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, future::join, stream::FuturesUnordered};
use reqwest::Method;
use serde_json::json;

use super::{numbered, reported, text, types};
use crate::{
    TestApp,
    app::execute,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// So many changes of the rules, and with each an event.
async fn change_rules(app: &TestApp, count: usize) {
    let method = app.check("By check").await;
    for nth in 0..count {
        app.rule(&format!("Rule {nth}"), 1, &[&method], json!({}))
            .await;
    }
    numbered(app).await;
}

fn sequence(nth: usize) -> String {
    format!("{nth:020}")
}

on_both_databases! {
    async fn pages_go_on_where_the_last_one_ended(database: Database) {
        let app = TestApp::start(database).await;
        let empty = app.get("/v1/events").await.expect(200);
        assert_eq!(empty, json!({ "items": [], "next": sequence(0), "caughtUp": true }));
        change_rules(&app, 5).await;
        let first = app.get("/v1/events?limit=2").await.expect(200);
        let sequences: Vec<&str> = first["items"].as_array().expect("a list").iter().map(|it| text(it, "sequence")).collect();
        assert_eq!(sequences, [sequence(1), sequence(2)]);
        assert_eq!((text(&first, "next"), &first["caughtUp"]), (sequence(2).as_str(), &json!(false)));
        let last = app.get("/v1/events?limit=3&after=2").await.expect(200);
        assert_eq!((text(&last, "next"), &last["caughtUp"]), (sequence(5).as_str(), &json!(true)));
        let none = app.get(&format!("/v1/events?after={}", sequence(5))).await.expect(200);
        assert_eq!(none, json!({ "items": [], "next": sequence(5), "caughtUp": true }));
    }

    async fn each_filter_leaves_out_what_it_should_and_the_cursor_goes_on(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = json!({ "paymentMethodId": shop.method, "orderId": "SO-1", "cart": crate::buyer::payable() });
        body["website"] = json!("us");
        body["cart"]["website"] = json!("us");
        let payment = shop.post("/v1/payments", &body).await.expect(201);
        shop.begun("SO-2").await;
        let id = text(&payment, "id");
        for (filter, expected) in [
            (String::new(), vec!["rules.changed", "payment.created", "payment.created"]),
            ("type=*".to_owned(), vec!["rules.changed", "payment.created", "payment.created"]),
            ("type=payment.*".to_owned(), vec!["payment.created", "payment.created"]),
            ("type=rules.changed".to_owned(), vec!["rules.changed"]),
            ("type=payment.paid".to_owned(), vec![]),
            (format!("subject={id}"), vec!["payment.created"]),
            ("subject=payment-rules".to_owned(), vec!["rules.changed"]),
            ("website=us".to_owned(), vec!["payment.created"]),
            ("website=eu".to_owned(), vec![]),
            (format!("type=payment.*&subject={id}&website=us"), vec!["payment.created"]),
            ("type=rules.*&website=us".to_owned(), vec![]),
        ] {
            assert_eq!(types(&reported(&shop.app, &filter).await), expected, "{filter}");
        }
        let page = shop.app.get("/v1/events?type=payment.paid").await.expect(200);
        assert_eq!((text(&page, "next"), &page["caughtUp"]), (sequence(3).as_str(), &json!(true)), "nobody searches it twice");
        let events = reported(&shop.app, "website=us").await;
        assert_eq!((&events[0]["website"], &events[0]["data"]["website"]), (&json!("us"), &json!("us")));
    }

    async fn what_is_not_valid_is_rejected(database: Database) {
        let app = TestApp::start(database).await;
        for (query, parameter) in [
            ("after=x", "after"), ("after=", "after"), ("after=-1", "after"), ("after=99999999999999999999", "after"),
            ("type=nothing", "type"), ("type=payment", "type"), ("type=pay*", "type"), ("type=", "type"),
            ("subject=", "subject"), ("website=", "website"), ("limit=0", "limit"), ("limit=201", "limit"),
            ("wait=26", "wait"), ("wait=-1", "wait"), ("wait=1s", "wait"), ("cursor=1", "cursor"), ("limit=1&limit=2", "limit"),
        ] {
            assert_eq!(app.get(&format!("/v1/events?{query}")).await.pointers(), [parameter], "{query}");
        }
        assert_eq!(app.get("/v1/events?after=0&type=x&wait=99&limit=x").await.pointers(), ["type", "limit", "wait"], "all at once");
    }

    async fn a_cursor_older_than_what_is_kept_gets_where_to_go_on(database: Database) {
        let app = TestApp::start(database).await;
        change_rules(&app, 3).await;
        app.pass(Duration::from_secs(20 * 86_400));
        app.rule("Later", 1, &[], json!({ "enabled": false })).await;
        numbered(&app).await;
        assert_eq!(reported(&app, "").await.len(), 4);
        app.pass(Duration::from_secs(11 * 86_400));
        app.service.sweep().await.expect("a sweep");
        let expired = app.get("/v1/events?after=1").await;
        assert_eq!(expired.problem(410), "cursor-expired");
        assert_eq!(expired.json()["oldest"], sequence(3));
        let rest = app.get(&format!("/v1/events?after={}", sequence(3))).await.expect(200);
        assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(reported(&app, "").await.len(), 1, "without a cursor from the oldest that is kept");
        // When nothing is kept, places are not given out again.
        app.pass(Duration::from_secs(30 * 86_400));
        app.service.sweep().await.expect("a sweep");
        assert_eq!(app.get("/v1/events?after=3").await.json()["oldest"], sequence(4));
        app.rule("Last", 1, &[], json!({ "enabled": false })).await;
        let page = reported(&app, "after=4").await;
        assert_eq!(text(&page[0], "sequence"), sequence(5));
        let ahead = app.get("/v1/events?after=6").await;
        assert_eq!(ahead.problem(410), "cursor-expired", "of another feed, such as one before a restore");
    }

    async fn a_reader_that_waits_is_answered_when_something_happens(database: Database) {
        let app = TestApp::start(database).await;
        change_rules(&app, 1).await;
        let begin = Instant::now();
        let waiting = app.get("/v1/events?after=1&wait=25");
        let change = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            app.rule("Another", 1, &[], json!({ "enabled": false })).await;
        };
        let (page, ()) = join(waiting, change).await;
        let page = page.expect(200);
        assert_eq!(types(page["items"].as_array().expect("a list")), ["rules.changed"]);
        assert_eq!(text(&page, "next"), sequence(2));
        assert!(begin.elapsed() < Duration::from_secs(20), "it is not waited for the end");
    }

    async fn a_reader_that_waits_in_vain_is_answered_in_the_end(database: Database) {
        let app = TestApp::start(database).await;
        change_rules(&app, 1).await;
        let waiting = app.get("/v1/events?after=1&wait=3&type=payment.*");
        let change = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            app.rule("Another", 1, &[], json!({ "enabled": false })).await;
        };
        let begin = Instant::now();
        let (page, ()) = join(waiting, change).await;
        assert_eq!(page.expect(200), json!({ "items": [], "next": sequence(2), "caughtUp": true }), "what it passed over counts");
        assert!(begin.elapsed() >= Duration::from_secs(3));
        // What is there is answered at once.
        let begin = Instant::now();
        app.get("/v1/events?wait=25").await.expect(200);
        assert!(begin.elapsed() < Duration::from_secs(20));
    }

    async fn two_hundred_may_wait_and_hold_nobody_else_up(database: Database) {
        let app = TestApp::start(database).await;
        let mut waiting: FuturesUnordered<_> = (0..201).map(|_| app.get("/v1/events?wait=25")).collect();
        // The first answer is that of the one who found no place.
        let refused = waiting.next().await.expect("an answer");
        assert_eq!(refused.problem(503), "unavailable");
        assert_ne!(refused.header("retry-after"), "");
        let others = async {
            app.get("/v1/events").await.expect(200);
            app.get("/v1/settings").await.expect(200);
            change_rules(&app, 1).await;
        };
        let (answers, ()) = join(waiting.collect::<Vec<_>>(), others).await;
        assert_eq!(answers.len(), 200);
        for answer in answers {
            assert_eq!(types(answer.expect(200)["items"].as_array().expect("a list")), ["rules.changed"]);
        }
        app.get("/v1/events?wait=1").await.expect(200);
    }

    async fn a_row_that_holds_no_json_keeps_nobody_from_what_is_behind_it(database: Database) {
        let app = TestApp::start(database).await;
        change_rules(&app, 3).await;
        execute(&app, "UPDATE events SET payload = '{', type = 'rules.unheard_of' WHERE sequence = 2").await;
        let events = reported(&app, "").await;
        assert_eq!(types(&events), ["rules.changed", "rules.unheard_of", "rules.changed"]);
        assert_eq!(events[1]["data"], json!(null));
        let head = app.request(Method::HEAD, "/v1/events").send().await;
        assert_eq!(head.status, 200);
    }
}
