//! Notifications of the service, verified by the official library of Standard Webhooks in another language.

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::{
    shop::Shop,
    tools::{program, python, sources},
};

/// A small HTTP server in Python. It is killed when the test forgets it.
struct Receiver {
    server: Child,
    lines: Lines<BufReader<ChildStdout>>,
    origin: String,
    client: Client,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // A signal that the time limit passes on; it fails where the receiver has ended already.
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.server.wait();
    }
}

impl Receiver {
    fn start() -> Option<Self> {
        let script = sources().join("python/receiver.py");
        let mut command = program(python()?, "python");
        let started = command.arg(script).stdout(Stdio::piped()).spawn();
        let mut server = started.expect("the receiver");
        let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        let origin = lines.next().expect("a line").expect("its address");
        let client = Client::builder().no_proxy().build().expect("a client");
        Some(Receiver {
            server,
            lines,
            origin,
            client,
        })
    }

    /// The next line; the time limit of the program ends a wait that leads nowhere.
    fn line(&mut self) -> String {
        self.lines.next().expect("a line").expect("UTF-8")
    }

    /// The parts of a line about a verified event, and the request that it came with.
    fn verified(&mut self) -> (String, u32, Value) {
        let line = self.line();
        let parts: Vec<&str> = line.split(' ').collect();
        let ["verified", kind, _, signatures] = parts[..] else {
            panic!("{line}");
        };
        let found = (kind.to_owned(), signatures.parse().expect("a number"));
        let request = serde_json::from_str(&self.line()).expect("JSON");
        (found.0, found.1, request)
    }

    async fn uses(&self, secret: &Value) {
        let secret = secret.as_str().expect("a secret").to_owned();
        let told = self.client.put(&self.origin).body(secret).send().await;
        assert_eq!(told.expect("an answer").status(), 204);
    }

    /// Sends a request again that it has received, with this body; its status.
    async fn repeat(&self, request: &Value, body: String) -> u16 {
        let mut again = self.client.post(&self.origin);
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let value = request["headers"][name].as_str().expect(name);
            again = again.header(name, value);
        }
        let answer = again.body(body).send().await;
        answer.expect("an answer").status().as_u16()
    }
}

#[tokio::test]
async fn the_official_library_verifies_notifications_before_and_after_a_rotation() {
    let Some(mut receiver) = Receiver::start() else {
        return;
    };
    let shop = Shop::open(&[]).await;
    let endpoint = json!({ "url": format!("{}/events", receiver.origin), "types": ["*"] });
    let endpoint = shop.create("/v1/notification-endpoints", &endpoint).await;
    let path = format!(
        "/v1/notification-endpoints/{}",
        endpoint["id"].as_str().expect("an id")
    );
    receiver.uses(&endpoint["secret"]).await;
    let ping = async || {
        let (status, told) = shop
            .service
            .post(&format!("{path}/ping"), &shop.admin, &json!({}))
            .await;
        assert_eq!(status, 202, "{told}");
    };

    ping().await;
    let (kind, signatures, request) = receiver.verified();
    assert_eq!((kind.as_str(), signatures), ("ping", 1));

    // The same request is verified again; with one character more in its body it is not.
    let body = request["body"].as_str().expect("a text");
    assert_eq!(receiver.repeat(&request, body.to_owned()).await, 204);
    receiver.verified();
    assert_eq!(receiver.repeat(&request, format!("{body} ")).await, 400);
    assert!(receiver.line().starts_with("refused"));

    // Inside the grace both secrets verify.
    let rotate = shop
        .service
        .request(Method::POST, &format!("{path}/rotate-secret"));
    let rotated = rotate
        .bearer_auth(&shop.admin)
        .json(&json!({ "graceSeconds": 3600 }));
    let rotated: Value = rotated
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_ne!(rotated["secret"], endpoint["secret"]);
    for secret in [&endpoint["secret"], &rotated["secret"]] {
        receiver.uses(secret).await;
        ping().await;
        let (kind, signatures, _) = receiver.verified();
        assert_eq!((kind.as_str(), signatures), ("ping", 2));
    }

    // Without grace the old one does not.
    let rotate = shop
        .service
        .request(Method::POST, &format!("{path}/rotate-secret"));
    let rotate = rotate
        .bearer_auth(&shop.admin)
        .json(&json!({ "graceSeconds": 0 }));
    let replaced: Value = rotate
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    ping().await;
    assert!(receiver.line().starts_with("refused"));
    receiver.uses(&replaced["secret"]).await;
    ping().await;
    let (kind, signatures, _) = receiver.verified();
    assert_eq!((kind.as_str(), signatures), ("ping", 1));
}
