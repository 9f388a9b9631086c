//! What holds for every request, whatever it asks for.

use reqwest::Method;

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn an_unknown_address_and_a_wrong_method_are_problems(database: Database) {
        let app = TestApp::start(database).await;
        assert_eq!(app.get("/v1/nothing").await.problem(404), "not-found");
        let answer = app.request(Method::DELETE, "/v1/checkout/payment-methods").send().await;
        assert_eq!(answer.problem(405), "method-not-allowed");
        assert_eq!(answer.header("allow"), "POST");
    }

    async fn an_address_with_percent_encoded_letters_is_the_same_address(database: Database) {
        let app = TestApp::start(database).await;
        for (address, status) in [
            ("/v1/pay%6Dents", 200),
            ("/v1/payment%2drules", 200),
            ("/v1/%69ntegrations", 200),
            ("/%76%31/audit-log", 200),
            ("/v1/payments%2Fsync", 404),
            ("/v1%2Fpayments", 404),
            ("/v1/pay%", 404),
            ("/v1/pay%zzments", 404),
            ("/v1/paymentsx", 404),
            ("/v1/eventsx", 404),
        ] {
            let answer = app.get(address).await;
            assert_eq!(answer.status, status, "{address}: {}", answer.text);
        }
    }

    async fn a_fixed_address_is_never_taken_for_an_id(database: Database) {
        let app = TestApp::start(database).await;
        let paths = [("reorder", "POST"), ("bulk", "POST"), ("evaluate", "POST"), ("export", "GET, HEAD")];
        for (name, takes) in paths {
            let path = format!("/v1/payment-rules/{name}");
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if !takes.contains(method.as_str()) {
                    let answer = app.request(method, &path).send().await;
                    assert_eq!(answer.problem(405), "method-not-allowed");
                    assert_eq!(answer.header("allow"), takes);
                }
            }
        }
    }

    async fn a_request_id_is_kept_when_it_is_sane_and_made_when_it_is_not(database: Database) {
        let app = TestApp::start(database).await;
        let answer = app.bare(Method::GET, "/health/live").header("x-request-id", "abc-123").send().await;
        assert_eq!(answer.header("x-request-id"), "abc-123");
        let answer = app.bare(Method::GET, "/health/live").header("x-request-id", "no spaces").send().await;
        assert!(answer.header("x-request-id").starts_with("req_"));
    }
}
