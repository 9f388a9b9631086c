//! The service as a test runs it, and a client to knock with.

#[path = "documented_problems.rs"]
mod documented_problems;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::dev::ServerHandle;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::RunQueryDsl;
use onterms::{
    app::Onterms,
    auth::{Scope, mint},
    clock::Clock,
    config::{SecretSettings, Settings, Sources},
    rate_limit::Ticks,
    store::StoreError,
};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

use crate::support::{Database, client, verified};

/// Longer than anything here takes, even on a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first moment of every test.
pub const START: &str = "2026-03-01T12:00:00Z";

/// A running service with a database of its own.
pub struct TestApp {
    pub address: SocketAddr,
    pub service: Onterms,
    server: ServerHandle,
    clock: Arc<AtomicI64>,
    client: reqwest::Client,
    settings: Settings,
    /// Whether the test did to the database what no version of the service does.
    tampered: AtomicBool,
    /// Kept last: the database goes when everything that uses it is gone.
    _database: Arc<Database>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl TestApp {
    /// A service on this database with the default settings of tests.
    pub async fn start(database: Database) -> Self {
        Self::start_with(Arc::new(database), &[]).await
    }

    /// The same with settings of the test's own, as (key, value). Two services may share a database.
    pub async fn start_with(database: Arc<Database>, flags: &[(&'static str, &str)]) -> Self {
        let mut all = vec![
            ("database.url", database.url().to_owned()),
            ("database.connections", "2".to_owned()),
            ("server.port", "0".to_owned()),
            ("server.workers", "1".to_owned()),
            (
                "auth.hs256_secret",
                "a secret of the tests, 32 bytes long".to_owned(),
            ),
            (
                "secrets.master_key",
                format!("base64:{}", "A".repeat(43) + "="),
            ),
            ("rulebook.refresh", "20ms".to_owned()),
            ("webhooks.poll", "20ms".to_owned()),
            ("notifications.poll", "20ms".to_owned()),
            // A test that waits asks often.
            ("rate_limits.admin", "0".to_owned()),
            ("rate_limits.explain", "0".to_owned()),
            ("metrics.enabled", "false".to_owned()),
            ("log.filter", "off".to_owned()),
        ];
        all.extend(flags.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let sources = Sources {
            file: None,
            environment: Some(Vec::new()),
            flags: all,
        };
        let settings = Settings::load(sources).expect("the tests' settings");
        let start: DateTime<Utc> = START.parse().expect("a moment");
        let micros = Arc::new(AtomicI64::new(start.timestamp_micros()));
        let shown = Arc::clone(&micros);
        let clock = Clock::from_fn(move || {
            DateTime::from_timestamp_micros(shown.load(Ordering::Relaxed)).expect("a moment")
        });
        let service = Onterms::build(settings.clone(), clock, Ticks::system())
            .await
            .expect("the service builds");
        let listener = service.listener().expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = service.serve(listener).expect("the service starts");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        TestApp {
            address,
            service,
            server: handle,
            clock: micros,
            client: client(),
            settings,
            tampered: AtomicBool::new(false),
            _database: database,
        }
    }

    /// What the service takes for now.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.clock.load(Ordering::Relaxed)).expect("a moment")
    }

    /// Moves the clock.
    pub fn pass(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).expect("a short time");
        self.clock.fetch_add(micros, Ordering::Relaxed);
    }

    /// The test did to the database what no version of the service does, so that nothing is verified.
    pub fn is_tampered(&self) {
        self.tampered.store(true, Ordering::Relaxed);
    }

    /// What it seals with.
    pub fn secrets(&self) -> SecretSettings {
        self.settings.secrets.clone()
    }

    /// A token with these scopes that outlives the test.
    pub fn token(&self, subject: &str, scopes: &[Scope]) -> String {
        let ttl = TimeDelta::days(90).to_std().expect("positive");
        mint::mint(&self.settings.auth, subject, scopes, None, ttl, self.now()).expect("a token")
    }

    /// A token with every scope that is bound to websites.
    pub fn token_of(&self, websites: &[&str]) -> String {
        let ttl = TimeDelta::days(90).to_std().expect("positive");
        let websites: Vec<String> = websites.iter().map(|it| (*it).to_owned()).collect();
        let auth = &self.settings.auth;
        mint::mint(auth, "clerk", Scope::ALL, Some(&websites), ttl, self.now()).expect("a token")
    }

    /// A request with every scope; see [`Request`].
    pub fn request(&self, method: Method, path: &str) -> Request {
        self.bare(method, path)
            .bearer(&self.token("admin", Scope::ALL))
    }

    /// A request without a token.
    pub fn bare(&self, method: Method, path: &str) -> Request {
        Request(
            self.client
                .request(method, format!("http://{}{path}", self.address)),
        )
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).json(body).send().await
    }

    /// Changes a resource as somebody would who has just read it.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        let plain = path.split('?').next().unwrap_or(path);
        let etag = self.get(plain).await.etag();
        self.request(Method::PUT, path)
            .header("if-match", &etag)
            .json(body)
            .send()
            .await
    }

    /// As [`TestApp::put`], with a merge patch.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        let plain = path.split('?').next().unwrap_or(path);
        let etag = self.get(plain).await.etag();
        self.request(Method::PATCH, path)
            .header("if-match", &etag)
            .json(body)
            .send()
            .await
    }

    /// As [`TestApp::put`], but gone.
    pub async fn delete(&self, path: &str) -> Answer {
        let plain = path.split('?').next().unwrap_or(path);
        let etag = self.get(plain).await.etag();
        self.request(Method::DELETE, path)
            .header("if-match", &etag)
            .send()
            .await
    }
}

impl Drop for TestApp {
    /// Stops listening (the command is sent at once; nobody needs to wait for it), and verifies what the story left behind.
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if !std::thread::panicking() && !self.tampered.load(Ordering::Relaxed) {
            let options = self._database.options();
            let verified = std::thread::spawn(move || verified::differences(&options)).join();
            assert_eq!(
                verified.expect("verifying does not panic"),
                "",
                "onterms verify"
            );
        }
    }
}

/// A request that is being put together.
pub struct Request(reqwest::RequestBuilder);

impl Request {
    pub fn bearer(self, token: &str) -> Self {
        Request(self.0.bearer_auth(token))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Request(self.0.header(name, value))
    }

    pub fn json(self, body: &Value) -> Self {
        Request(self.0.json(body))
    }

    /// A body as it is, sent as JSON.
    pub fn raw(self, body: impl Into<reqwest::Body>) -> Self {
        self.typed("application/json", body)
    }

    /// A body as it is, sent as what it is said to be.
    pub fn typed(self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Request(self.0.header("content-type", media_type).body(body))
    }

    pub async fn send(self) -> Answer {
        let response = self.0.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a text");
        let answer = Answer {
            status,
            headers,
            text,
        };
        if answer.header("content-type") == "application/problem+json" {
            documented_problems::check(&answer.text);
        }
        answer
    }
}

/// An answer whose body is no text.
pub struct Bytes {
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Request {
    pub async fn send_bytes(self) -> Bytes {
        let response = self.0.send().await.expect("an answer");
        Bytes {
            headers: response.headers().clone(),
            bytes: response.bytes().await.expect("a body").into(),
        }
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as JSON, after the status was what it should be.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The problem's type, after the status was what it should be and the document looks like one.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["instance"], self.header("x-request-id"));
        body["type"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches("/problems/")
            .to_owned()
    }

    /// The pointers (or parameters) of a 422, in order.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.expect(422)["errors"].clone();
        let errors = errors.as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                error["pointer"]
                    .as_str()
                    .or(error["parameter"].as_str())
                    .unwrap_or("?")
                    .to_owned()
            })
            .collect()
    }

    pub fn header(&self, name: &str) -> String {
        let value = self
            .headers
            .get(name)
            .map(|value| value.to_str().expect("readable"));
        value.unwrap_or_default().to_owned()
    }

    pub fn etag(&self) -> String {
        self.header("etag")
    }
}

/// An item of a list as the resource is when it is read alone.
pub fn alone(mut item: Value) -> Value {
    if let Value::Object(item) = &mut item {
        item.remove("etag");
    }
    item
}

/// Asks until the answer is as wanted, and returns it.
pub async fn awaited<T: std::fmt::Debug>(
    ask: impl AsyncFn() -> T,
    holds: impl Fn(&T) -> bool,
) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        let answer = ask().await;
        if holds(&answer) {
            return answer;
        }
        assert!(Instant::now() < patience, "it never became so: {answer:#?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Asks until it is so. A test that waits for another process has no moment to wait for, only an end to its patience.
pub async fn until(holds: impl AsyncFn() -> bool) {
    awaited(holds, |it| *it).await;
}

/// Does to the database what no version of the service does.
pub async fn execute(app: &TestApp, statement: &str) {
    app.is_tampered();
    let statement = statement.to_owned();
    let done = app.service.store().write(move |tx| {
        diesel::sql_query(statement).execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    done.await.expect("a statement");
}
