//! Traces as a collector gets them. Needs `--features otlp`.
#![cfg(feature = "otlp")]

#[path = "../cli/process.rs"]
#[allow(
    dead_code,
    reason = "shared by test binaries that need different parts of it"
)]
mod process;

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
};

use process::Workspace;
use reqwest::Method;
use serde_json::json;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLERS_SPAN: &str = "00f067aa0ba902b7";

/// What a collector got: the request's head, and its body.
struct Export {
    head: String,
    body: Vec<u8>,
}

impl Export {
    fn has(&self, bytes: &[u8]) -> bool {
        self.body.windows(bytes.len()).any(|window| window == bytes)
    }
}

/// A collector that takes everything. Protobuf has ids and texts as they are, so they can be looked for in the bytes.
fn collector() -> (String, mpsc::Receiver<Export>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!(
        "http://{}/v1/traces",
        listener.local_addr().expect("an address")
    );
    let (sender, exports) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sender) = (stream.expect("a connection"), sender.clone());
            std::thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                    if !head.ends_with(b"\r\n\r\n") {
                        continue;
                    }
                    let text = String::from_utf8(std::mem::take(&mut head)).expect("a head");
                    let length = text.lines().find_map(|line| {
                        line.to_lowercase()
                            .strip_prefix("content-length: ")
                            .map(str::to_owned)
                    });
                    let mut body =
                        vec![0; length.and_then(|it| it.parse().ok()).expect("a length")];
                    stream.read_exact(&mut body).expect("a body");
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .expect("sent");
                    // The test may be over.
                    let _ = sender.send(Export { head: text, body });
                }
            });
        }
    });
    (endpoint, exports)
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
        .collect()
}

#[tokio::test]
async fn a_request_and_the_calls_it_makes_are_spans_of_the_callers_trace() {
    let (endpoint, exports) = collector();
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__TELEMETRY__OTLP_ENDPOINT", &endpoint);
    let service = place.serve(&[]);
    let nobody = TcpListener::bind("127.0.0.1:0")
        .expect("a free port")
        .local_addr()
        .expect("an address");
    let account = json!({
        "type": "apruve",
        "settings": { "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6", "apiKey": "planted-key-0123456789abcdef0123",
                      "baseUrl": format!("http://{nobody}"), "testMode": true },
    });
    let request = service
        .request(Method::POST, "/v1/integrations/check")
        .header("traceparent", format!("00-{TRACE}-{CALLERS_SPAN}-01"))
        .bearer_auth(place.token("admin"));
    assert_eq!(
        request
            .json(&account)
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );
    let (mut server, mut client) = (false, false);
    while !(server && client) {
        let export = exports
            .recv_timeout(std::time::Duration::from_secs(60))
            .expect("spans");
        assert!(
            export.head.starts_with("POST /v1/traces "),
            "{}",
            export.head
        );
        assert!(!export.has(b"planted-key"), "a secret left the house");
        if !export.has(&bytes(TRACE)) {
            continue;
        }
        assert!(export.has(b"onterms") && export.has(b"service.name"));
        server |= export.has(b"POST /v1/integrations/check") && export.has(&bytes(CALLERS_SPAN));
        client |= export.has(b"server.address") && export.has(b"127.0.0.1");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_costs_no_answer() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .expect("a free port")
        .local_addr()
        .expect("an address");
    let endpoint = format!("http://{nobody}/v1/traces");
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__TELEMETRY__OTLP_ENDPOINT", &endpoint);
    let mut service = place.serve(&[]);
    for _ in 0..3 {
        let answer = service.request(Method::GET, "/health/live").send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
    }
    service.wait_for_line("traces cannot be sent to telemetry.otlp_endpoint");
}
