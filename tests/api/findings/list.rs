//! `GET /v1/findings` and `GET /v1/findings/{id}`.

use std::time::Duration;

use onterms::{
    findings::{self, FindingCode, FindingSubject, Observation},
    store::StoreError,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{PAYMENT, a_payment, listed, notice};
use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

use FindingCode::{InvoiceDiffers, OrderAfterEnd, SecondOrder, TwoLivePayments};

on_both_databases! {
    async fn a_finding_is_one_row_until_a_complete_read_does_not_see_it(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        let first = notice(&app, about, &[(SecondOrder, "o2")], true).await.remove(0);
        let path = format!("/v1/findings/{}", first.id);
        let opened = app.get(&path).await;
        assert_eq!(opened.expect(200), json!({
            "id": first.id.to_string(), "code": "second_order", "message": "It differs.", "state": "open",
            "paymentId": PAYMENT, "integrationId": about.1.to_string(), "providerReference": "o2",
            "openedAt": "2026-03-01T12:00:00Z", "lastSeenAt": "2026-03-01T12:00:00Z",
        }));

        app.pass(Duration::from_secs(60));
        notice(&app, about, &[(SecondOrder, "o2"), (SecondOrder, "o2")], true).await;
        let mut seen = opened.expect(200);
        seen["lastSeenAt"] = json!("2026-03-01T12:01:00Z");
        let again = app.get(&path).await;
        assert_eq!(again.expect(200), seen, "only the moment moves");
        assert_ne!(again.etag(), opened.etag());
        let unchanged = app.request(Method::GET, &path).header("if-none-match", &again.etag()).send().await;
        assert_eq!(unchanged.status, 304);

        notice(&app, about, &[], false).await;
        assert_eq!(app.get(&path).await.expect(200), seen, "what was not read in full says nothing");
        app.pass(Duration::from_secs(60));
        notice(&app, about, &[], true).await;
        let resolved = app.get(&path).await.expect(200);
        assert_eq!((&resolved["state"], &resolved["resolvedAt"]), (&json!("resolved"), &json!("2026-03-01T12:02:00Z")));
        assert_eq!(resolved["lastSeenAt"], seen["lastSeenAt"]);

        let second = notice(&app, about, &[(SecondOrder, "o2")], true).await.remove(0);
        assert_ne!(second.id, first.id, "seen again, it is a new one");
        assert_eq!(app.get(&path).await.expect(200), resolved, "and the old one stays resolved");
    }

    async fn each_code_and_reference_is_a_finding_of_its_own(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        let three = [(SecondOrder, "o2"), (SecondOrder, "o3"), (OrderAfterEnd, "o2")];
        let found = notice(&app, about, &three, true).await;
        assert_eq!(found.len(), 3);
        notice(&app, about, &three[1..2], true).await;
        let open = listed(&app, "state=open").await;
        assert_eq!(open.len(), 1);
        assert_eq!((&open[0]["code"], &open[0]["providerReference"]), (&json!("second_order"), &json!("o3")));
    }

    async fn a_finding_that_reading_does_not_judge_is_resolved_by_its_author(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        notice(&app, about, &[(TwoLivePayments, "")], true).await;
        notice(&app, about, &[(InvoiceDiffers, "i1")], true).await;
        let states = |items: &[Value]| -> Vec<String> {
            items.iter().map(|it| format!("{} {}", it["code"], it["state"]).replace('"', "")).collect()
        };
        let sorted = "sort=openedAt";
        assert_eq!(states(&listed(&app, sorted).await), ["two_live_payments open", "invoice_differs open"]);
        let now = app.now();
        let resolved = app.service.store().write(move |tx| {
            findings::resolve(tx, TwoLivePayments, about.0, now)?;
            Ok::<_, StoreError>(())
        });
        resolved.await.expect("rows");
        assert_eq!(states(&listed(&app, sorted).await), ["two_live_payments resolved", "invoice_differs open"]);
    }

    async fn each_filter_leaves_out_what_it_should(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        notice(&app, about, &[(SecondOrder, "o1"), (InvoiceDiffers, "i1")], true).await;
        app.pass(Duration::from_secs(60));
        notice(&app, about, &[(InvoiceDiffers, "i1"), (InvoiceDiffers, "i2")], true).await;
        let (now, integration) = (app.now(), FindingSubject::Integration(about.1));
        let noticed = Observation::of(OrderAfterEnd, "o9", "It is over.").with("1.00", "2.00");
        let opened = app.service.store().write(move |tx| {
            let found = findings::open(tx, integration, &noticed, now)?;
            Ok::<_, StoreError>(found)
        });
        assert_eq!(opened.await.expect("a row").payment_id, None);
        for (query, expected) in [
            (String::new(), 4),
            ("state=open".to_owned(), 3),
            ("state=acknowledged".to_owned(), 0),
            ("state=resolved".to_owned(), 1),
            ("code=invoice_differs".to_owned(), 2),
            ("code=paid_too_much".to_owned(), 0),
            (format!("paymentId={PAYMENT}"), 3),
            ("paymentId=payment_01h455vb4pex5vsknk084sn02r".to_owned(), 0),
            (format!("integrationId={}", about.1), 4),
            ("integrationId=integration_01h455vb4pex5vsknk084sn02r".to_owned(), 0),
            ("openedFrom=2026-03-01T12:01:00Z".to_owned(), 2),
            ("openedUntil=2026-03-01T12:01:00Z".to_owned(), 2),
            ("openedFrom=2026-03-01T12:00:00Z&openedUntil=2026-03-01T12:00:00Z".to_owned(), 0),
            ("code=invoice_differs&state=open&openedFrom=2026-03-01T12:00:30Z".to_owned(), 1),
        ] {
            let page = app.get(&format!("/v1/findings?count=true&{query}")).await.expect(200);
            assert_eq!(page["total"], expected, "{query}");
            assert_eq!(page["items"].as_array().map(Vec::len), usize::try_from(expected).ok(), "{query}");
        }
        let wrong = app.get("/v1/findings?state=shut&code=x&paymentId=1&integrationId=2&openedFrom=y&openedUntil=z&sort=code&cod=1").await;
        let mut names = wrong.pointers();
        names.sort_unstable();
        assert_eq!(names, ["cod", "code", "integrationId", "openedFrom", "openedUntil", "paymentId", "sort", "state"]);
    }

    async fn pages_go_on_where_the_one_before_ended(database: Database) {
        let app = TestApp::start(database).await;
        let about = a_payment(&app).await;
        let five = ["o1", "o2", "o3", "o4", "o5"].map(|order| (SecondOrder, order));
        for number in 1..=five.len() {
            notice(&app, about, &five[..number], true).await;
            if number % 2 == 0 {
                app.pass(Duration::from_secs(1));
            }
        }
        for sort in ["openedAt", "-openedAt", "lastSeenAt", "-lastSeenAt,openedAt"] {
            let all = listed(&app, &format!("sort={sort}")).await;
            assert_eq!(all.len(), five.len());
            let (mut paged, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.get(&format!("/v1/findings?limit=2&sort={sort}{cursor}")).await.expect(200);
                paged.extend(page["items"].as_array().cloned().expect("a list"));
                match page["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(paged, all, "{sort}");
        }
        let default = listed(&app, "").await;
        assert_eq!(default, listed(&app, "sort=-openedAt").await);
    }

    async fn a_finding_that_is_not_there_is_not_found(database: Database) {
        let app = TestApp::start(database).await;
        for id in ["finding_01h455vb4pex5vsknk084sn02q", "finding_1", PAYMENT, "%00"] {
            assert_eq!(app.get(&format!("/v1/findings/{id}")).await.problem(404), "not-found", "{id}");
            let refused = app.post(&format!("/v1/findings/{id}/acknowledge"), &json!({})).await;
            assert_eq!(refused.problem(404), "not-found", "{id}");
        }
    }
}
