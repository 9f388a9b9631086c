//! Compressed bodies, and bodies that stop arriving.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    TestApp,
    support::{Database, on_both_databases},
};

/// 32 MiB of blanks in a few kilobytes.
fn bomb() -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..512 {
        std::io::Write::write_all(&mut gzip, &[b' '; 64 * 1024]).expect("memory");
    }
    gzip.finish().expect("memory")
}

on_both_databases! {
    async fn a_compressed_body_is_refused_everywhere(database: Database) {
        let app = TestApp::start(database).await;
        let bomb = bomb();
        let addresses = [
            (Method::POST, "/v1/checkout/payment-methods"),
            (Method::POST, "/v1/checkout/availability"),
            (Method::POST, "/v1/payments"),
            (Method::POST, "/v1/payment-rules/import"),
            (Method::POST, "/v1/payment-rules/evaluate"),
            (Method::PUT, "/v1/settings"),
            (Method::POST, "/v1/tokens/revoke"),
            (Method::POST, "/v1/integrations/nothing/activate"),
            (Method::POST, "/webhooks/apruve/nothing"),
            (Method::GET, "/v1/settings"),
            (Method::GET, "/health/live"),
            (Method::POST, "/nothing"),
        ];
        for (method, path) in addresses {
            for coding in ["gzip", "deflate", "br", "zstd", "GZIP", "identity, gzip"] {
                for request in [app.bare(method.clone(), path), app.request(method.clone(), path)] {
                    let answer = request.header("content-encoding", coding).raw(bomb.clone()).send().await;
                    assert_eq!(answer.problem(415), "unsupported-media-type", "{path} {coding}");
                    assert_eq!(answer.header("accept-encoding"), "identity");
                }
            }
            let plain = app.request(method, path).header("content-encoding", "identity").raw("{}").send().await;
            assert_ne!(plain.status, 415, "{path}");
        }
    }

    async fn a_body_that_stops_arriving_is_given_up(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("server.idle_body_timeout", "200ms")]).await;
        let token = app.token("admin", onterms::auth::Scope::ALL);
        let addresses = ["POST /v1/checkout/payment-methods", "PUT /v1/settings", "POST /v1/payment-rules/import"];
        let mut requests = Vec::new();
        for address in addresses {
            for (length, start) in [("content-length: 1000", "{"), ("transfer-encoding: chunked", "1\r\n{\r\n")] {
                requests.push(format!(
                    "{address} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n{length}\r\n\r\n{start}"
                ));
            }
        }
        for (request, answer) in requests.iter().zip(ask_all(&app, &requests).await) {
            assert!(answer.starts_with("HTTP/1.1 408 "), "{request}: {answer}");
            assert!(answer.contains("/problems/request-timeout"), "{request}: {answer}");
        }
        app.get("/v1/settings").await.expect(200);
    }
}

on_both_databases! {
    async fn a_refusal_does_not_wait_for_the_body(database: Database) {
        let app = TestApp::start(database).await;
        let addresses = [
            ("POST /v1/checkout/payment-methods", "", 401),
            ("POST /v1/checkout/payment-methods", "content-encoding: gzip\r\n", 415),
            ("DELETE /v1/payment-rules/export", "", 405),
            ("POST /nothing", "", 404),
            ("POST /webhooks/apruve/nothing", "", 404),
        ];
        for length in ["content-length: 100000000", "transfer-encoding: chunked"] {
            let requests = addresses.map(|(address, more, _)| {
                format!("{address} HTTP/1.1\r\nhost: here\r\n{more}{length}\r\n\r\n")
            });
            let answers = ask_all(&app, &requests).await;
            for ((address, _, status), answer) in addresses.iter().zip(answers) {
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{address} {length}: {answer}");
            }
        }
    }
}

/// The answers to these requests, sent at once: the service waits before it closes a connection.
async fn ask_all(app: &TestApp, requests: &[String]) -> Vec<String> {
    join_all(requests.iter().map(|request| ask(app, request))).await
}

/// What comes before the connection is closed.
async fn ask(app: &TestApp, request: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    read.expect("the connection is closed in time")
        .expect("readable");
    String::from_utf8(answer).expect("a text")
}
