//! What answers carry for browsers and caches.

use reqwest::Method;

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

on_both_databases! {
    async fn answers_behind_a_token_are_not_stored(database: Database) {
        let app = TestApp::start(database).await;
        for path in ["/v1/settings", "/v1/payment-rules", "/v1/payments/nothing", "/v1/nothing"] {
            assert_eq!(app.get(path).await.header("cache-control"), "no-store", "{path}");
            let refused = app.bare(Method::GET, path).send().await;
            assert_eq!(refused.header("cache-control"), "no-store", "{path}");
        }
    }

    async fn the_documents_come_compressed_and_once(database: Database) {
        let app = TestApp::start(database).await;
        for path in ["/openapi.json", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/swagger-initializer.js"] {
            let plain = app.bare(Method::GET, path).send().await;
            assert_eq!(plain.status, 200, "{path}");
            let zipped = app.bare(Method::GET, path).header("accept-encoding", "gzip").send_bytes().await;
            assert_eq!(zipped.headers["content-encoding"], "gzip", "{path}");
            let mut unpacked = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(zipped.bytes.as_slice()), &mut unpacked).expect("gzip");
            assert!(unpacked == plain.text, "{path}");
            assert_ne!(zipped.headers["etag"], plain.headers["etag"], "{path}");
            for (etag, coding) in [(plain.etag(), None), (zipped.headers["etag"].to_str().expect("a text").to_owned(), Some("gzip"))] {
                let request = app.bare(Method::GET, path).header("if-none-match", &etag);
                let request = match coding {
                    Some(coding) => request.header("accept-encoding", coding),
                    None => request,
                };
                let same = request.send().await;
                assert_eq!((same.status.as_u16(), same.text.as_str(), same.etag()), (304, "", etag), "{path}");
            }
            assert_eq!(plain.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(plain.header("x-content-type-options"), "nosniff", "{path}");
            let policy = plain.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self';"), "{path}: {policy}");
            assert_eq!(plain.header("cache-control"), "no-cache", "{path}");
            assert_eq!(plain.header("vary"), "Accept-Encoding", "{path}");
        }
        assert_eq!(app.bare(Method::GET, "/docs/nothing.js").send().await.problem(404), "not-found");
        assert_eq!(app.bare(Method::GET, "/docs/../../etc/passwd").send().await.status, 404);
    }
}
