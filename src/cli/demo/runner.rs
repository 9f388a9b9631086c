//! Sends the requests of the demo, prints requests and responses, and counts wrong results.

// Prints no colours without a terminal.
use anstream::println;
use std::{
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use apruve_sandbox::{Running, ServiceAccess};
use reqwest::{Client, Method, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::{
    print::{self, indented, one_line, print_notification, without_secret},
    receiver::Receiver,
};
use crate::{
    auth::{Role, mint},
    clock::Clock,
    config::Settings,
    ids::{self, TransactionId},
};

/// The lifetime of the demo's tokens: long enough to try the API for a day.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum time to wait for background work.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the demo.
pub struct DemoRunner {
    base: String,
    pub sandbox: Running,
    pub receiver: Receiver,
    client: Client,
    admin: String,
    storefront: String,
    wrong: u32,
    right: u32,
}

pub type StepResult<T = ()> = Result<T, Box<dyn Error>>;

impl DemoRunner {
    /// A runner for the service at `base`.
    pub fn new(
        base: String,
        sandbox: Running,
        receiver: Receiver,
        settings: &Settings,
    ) -> StepResult<Self> {
        let token = |role: Role, name: &str| {
            let (auth, now) = (&settings.auth, Clock::system().now());
            mint::mint(auth, name, role.scopes(), None, TOKEN_LIFE, now)
        };
        Ok(DemoRunner {
            base,
            sandbox,
            receiver,
            client: Client::builder().no_proxy().build()?,
            admin: token(Role::Admin, "demo-admin")?,
            storefront: token(Role::Storefront, "demo-storefront")?,
            wrong: 0,
            right: 0,
        })
    }

    /// Prints a heading.
    pub fn chapter(&self, text: &str) {
        println!("\n\x1b[1m== {text}\x1b[0m");
    }

    /// Prints a sentence.
    pub fn say(&self, text: &str) {
        println!("   {text}");
    }

    /// An administrator's POST that must succeed.
    pub async fn create(&mut self, path: &str, body: &Value) -> StepResult<Value> {
        println!("\n-> POST {path}\n{}", indented(body));
        let (status, answer) = self.call(Method::POST, path, &self.admin, body).await?;
        self.check_status(path, status, 201);
        Ok(answer)
    }

    /// Requests the methods of a cart as a storefront, and prints the reasons.
    pub async fn ask(&mut self, path: &str, cart: &Value) -> StepResult<Value> {
        println!("\n-> POST {path}\n{}", one_line(cart));
        let token = &self.storefront;
        let (status, answer) = self.call(Method::POST, path, token, cart).await?;
        self.check_status(path, status, 200);
        println!("<- {status}");
        print::print_methods(&answer);
        Ok(answer)
    }

    /// Posts a request that must return `expected`, and prints a summary. Each has its own idempotency key.
    pub async fn post(&mut self, path: &str, body: &Value, expected: u16) -> StepResult<Value> {
        println!("\n-> POST {path}\n{}", one_line(body));
        let (status, answer) = self.call(Method::POST, path, &self.admin, body).await?;
        println!("<- {status}\n{}", one_line(&without_secret(answer.clone())));
        self.check_status(path, status, expected);
        Ok(answer)
    }

    /// Reads something.
    pub async fn read(&self, path: &str) -> StepResult<Value> {
        let answer = self.call(Method::GET, path, &self.admin, &Value::Null);
        Ok(answer.await?.1)
    }

    /// Reads until the result is the expected one, for background work.
    pub async fn until(
        &mut self,
        path: &str,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> StepResult<Value> {
        let begun = Instant::now();
        loop {
            let seen = self.read(path).await?;
            let late = begun.elapsed() > PATIENCE;
            if holds(&seen) || late {
                println!("\n-> GET {path}\n{}", one_line(&seen));
                self.check(!late, &format!("{what}, within {PATIENCE:?}"));
                return Ok(seen);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for a notification of this type, which must be signed with the endpoint's secret.
    pub async fn expect_notification(&mut self, event_type: &str) -> Value {
        let received = self.receiver.wait_for(event_type, PATIENCE).await;
        let is_verified = received.as_ref().is_some_and(|it| it.is_verified);
        let event = received.map(|it| it.event).unwrap_or_default();
        print_notification(is_verified, &event);
        let complaint = format!("{event_type} is notified within {PATIENCE:?}");
        self.check(event["type"] == event_type, &complaint);
        self.check(is_verified, "the notification's signature is right");
        event
    }

    /// Triggers an event in the stand-in for Apruve.
    pub async fn at_apruve(&mut self, path: &str, body: &Value) -> StepResult<Value> {
        println!("\n~~ at Apruve: POST {path}");
        let url = format!("{}{path}", self.sandbox.origin());
        let response = self.client.post(url).body(body.to_string()).send().await?;
        let status = response.status();
        let complaint = format!("{path} is done, not {status}");
        self.check(status.is_success(), &complaint);
        Ok(response.json().await.unwrap_or_default())
    }

    /// Compares a text with the expected one.
    pub fn expect_text(&mut self, what: &str, found: &Value, should: &str) {
        let found = found.as_str().unwrap_or("nothing").to_owned();
        self.expect(what, &[found], &[should]);
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> StepResult<(StatusCode, Value)> {
        let url = format!("{}{path}", self.base);
        // Any unused id is valid.
        let key: TransactionId = ids::fresh(Clock::system().now());
        let mut request = self.client.request(method, url).bearer_auth(token);
        if !body.is_null() {
            request = request.json(body);
        }
        let request = request.header("Idempotency-Key", key.to_string());
        let response = request.send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        if !status.is_success() {
            println!("<- {status}\n{}", indented(&answer));
        }
        Ok((status, answer))
    }

    /// Compares a value with the expected one.
    pub fn expect(&mut self, what: &str, found: &[String], should: &[&str]) {
        let fits = found.iter().map(String::as_str).eq(should.iter().copied());
        self.check(fits, &format!("{what} should be {should:?}, not {found:?}"));
    }

    fn check_status(&mut self, path: &str, status: StatusCode, expected: u16) {
        let complaint = format!("POST {path} answers {expected}, not {status}");
        self.check(status == expected, &complaint);
    }

    fn check(&mut self, fits: bool, complaint: &str) {
        if fits {
            self.right += 1;
        } else {
            self.wrong += 1;
            println!("   \x1b[31mWRONG: {complaint}\x1b[0m");
        }
    }

    /// Success if all results were the expected ones.
    pub fn verdict(&self) -> ExitCode {
        let (right, wrong) = (self.right, self.wrong);
        println!("\n{right} expectations held, {wrong} did not.");
        match self.wrong {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// The access that a shop needs to sell with this service.
    fn access(&self) -> ServiceAccess {
        ServiceAccess {
            origin: self.base.clone(),
            storefront_token: SecretString::from(self.storefront.clone()),
            office_token: SecretString::from(self.admin.clone()),
        }
    }

    /// Opens the shop, prints how to continue by hand, and then what the shop's receiver gets.
    pub async fn stay_open(mut self) {
        self.sandbox.open_shop(self.access());
        let shop = format!("{}/shop", self.sandbox.origin());
        print::invite(&self.base, &shop, &self.storefront, &self.admin);
        while let Some(notification) = self.receiver.next().await {
            print_notification(notification.is_verified, &notification.event);
        }
    }
}
