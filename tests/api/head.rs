//! HEAD wherever GET works: the same status and headers, and no body.

use std::collections::BTreeMap;

use onterms::auth::Scope;
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    TestApp,
    every_operation::operations,
    support::{Database, on_both_databases},
};

/// An answer as it came over the wire.
struct Wire {
    status: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// Sends a request on a connection of its own, since a client that knows HTTP would hide what follows the head.
async fn send(app: &TestApp, method: &str, path: &str, token: Option<&str>) -> Wire {
    let mut stream = TcpStream::connect(app.address).await.expect("a connection");
    let authorization = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nx-request-id: same\r\n{authorization}connection: close\r\n\r\n",
        app.address
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n");
    let end = end.expect("a head") + 4;
    let head = String::from_utf8(answer[..end].to_vec()).expect("a readable head");
    let mut lines = head.lines();
    let status = lines.next().expect("a status line").to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Wire {
        status,
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            // These tell of the moment and of earlier requests.
            .filter(|(name, _)| !["date", "ratelimit"].contains(&name.as_str()))
            .collect(),
        body: answer[end..].to_vec(),
    }
}

async fn assert_alike(app: &TestApp, path: &str, token: Option<&str>) {
    let get = send(app, "GET", path, token).await;
    let head = send(app, "HEAD", path, token).await;
    assert_eq!(head.status, get.status, "{path}");
    assert_eq!(head.headers, get.headers, "{path}");
    assert!(
        head.body.is_empty(),
        "{path}: {:?}",
        String::from_utf8_lossy(&head.body)
    );
}

on_both_databases! {
    async fn head_is_answered_as_get_without_a_body_at_every_address(database: Database) {
        let app = TestApp::start(database).await;
        let token = app.token("somebody", Scope::ALL);
        let mut seen = 0;
        for operation in operations().iter().filter(|it| it.method == Method::GET) {
            seen += 1;
            assert_alike(&app, &operation.path, Some(&token)).await;
            assert_alike(&app, &operation.path, None).await;
        }
        assert!(seen > 20, "the document has few reads");
        for path in ["/openapi.json", "/docs/", "/docs", "/v1/nothing"] {
            assert_alike(&app, path, None).await;
        }
    }

    async fn head_shows_the_etag_of_what_exists(database: Database) {
        let app = TestApp::start(database).await;
        let made = app.post("/v1/integrations", &json!({
            "type": "check_money_order", "name": "By check", "label": { "default": "Check" },
            "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
        })).await.expect(201);
        let path = format!("/v1/integrations/{}", made["id"].as_str().expect("an id"));
        let token = app.token("somebody", Scope::ALL);
        assert_alike(&app, &path, Some(&token)).await;
        assert_alike(&app, "/v1/payment-rules/export", Some(&token)).await;
        let head = app.request(Method::HEAD, &path).send().await;
        assert_eq!(head.etag(), app.get(&path).await.etag());
        assert!(!head.etag().is_empty());
    }

    async fn head_is_refused_where_get_is_and_allowed_where_get_is(database: Database) {
        let app = TestApp::start(database).await;
        let head = app.request(Method::HEAD, "/v1/payment-rules/reorder").send().await;
        assert_eq!((head.status.as_u16(), head.header("allow").as_str()), (405, "POST"));
        for operation in operations().iter().filter(|it| it.method == Method::GET) {
            // No address takes this one.
            let method: Method = "PURGE".parse().expect("a method");
            let answer = app.request(method, &operation.path).send().await;
            assert_eq!(answer.problem(405), "method-not-allowed", "{}", operation.path);
            let allow = answer.header("allow");
            assert!(allow.contains("GET, HEAD"), "{}: {allow}", operation.path);
        }
    }

    async fn the_root_names_the_program_and_its_document(database: Database) {
        let app = TestApp::start(database).await;
        let answer = app.bare(Method::GET, "/").send().await;
        let about = answer.expect(200);
        assert_eq!(about["name"], "onterms");
        assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
        for member in ["openapi", "docs"] {
            let path = about[member].as_str().expect("a path");
            assert_eq!(app.bare(Method::GET, path).send().await.status, 200, "{path}");
        }
    }
}
