//! Sends the requests of the demo, prints requests and responses, and counts wrong results.

// Prints no colours without a terminal.
use anstream::println;
use std::{
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use apruve_sandbox::{Running, ServiceAccess};
use chrono::{DateTime, Utc};
use reqwest::{Client, Method, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::{
    print::{self, indented, one_line, print_notification, text_of, without_secret},
    receiver::Receiver,
};
use crate::{
    auth::{
        Role,
        mint::{self, CannotMint},
    },
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
    client: Client,
    admin: String,
    storefront: String,
    clock: Clock,
    wrong: u32,
    right: u32,
}

impl DemoRunner {
    /// A runner for the service at `base`.
    pub fn new(base: String, settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let clock = Clock::system();
        let token = |role: Role, name: &str| -> Result<String, CannotMint> {
            mint::mint(
                &settings.auth,
                name,
                role.scopes(),
                None,
                TOKEN_LIFE,
                clock.now(),
            )
        };
        Ok(DemoRunner {
            base,
            client: Client::builder().no_proxy().build()?,
            admin: token(Role::Admin, "demo-admin")?,
            storefront: token(Role::Storefront, "demo-storefront")?,
            clock,
            wrong: 0,
            right: 0,
        })
    }

    /// The current time, for rules with dates.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
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
    pub async fn create(&mut self, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        println!("\n-> POST {path}\n{}", indented(body));
        let answer = self
            .call(Method::POST, path, &self.admin.clone(), body)
            .await?;
        self.check(
            answer.0 == StatusCode::CREATED,
            &format!("POST {path} answers 201, not {}", answer.0),
        );
        Ok(answer.1)
    }

    /// Requests the methods of a cart as a storefront, and prints the reasons.
    pub async fn ask(&mut self, path: &str, cart: &Value) -> Result<Value, Box<dyn Error>> {
        println!("\n-> POST {path}\n{}", one_line(cart));
        let (status, answer) = self
            .call(Method::POST, path, &self.storefront.clone(), cart)
            .await?;
        self.check(
            status == StatusCode::OK,
            &format!("POST {path} answers 200, not {status}"),
        );
        println!("<- {status}");
        for method in answer["offered"].as_array().into_iter().flatten() {
            println!(
                "   \x1b[32moffered\x1b[0m      {}  by \"{}\"",
                text_of(&method["label"]),
                text_of(&method["rule"]["name"])
            );
        }
        for method in answer["notOffered"].as_array().into_iter().flatten() {
            println!(
                "   \x1b[33mnot offered\x1b[0m  {}",
                text_of(&method["type"])
            );
            for reason in method["reasons"].as_array().into_iter().flatten() {
                let rule = reason["rule"]["name"]
                    .as_str()
                    .unwrap_or("the method itself");
                println!(
                    "                \"{rule}\": {} ({})",
                    text_of(&reason["message"]),
                    text_of(&reason["code"])
                );
                if let Some(change) = reason.get("wouldApplyIf") {
                    let value = match &change["value"] {
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    println!(
                        "                would apply if {} {} {value}",
                        text_of(&change["path"]),
                        text_of(&change["operator"])
                    );
                }
            }
        }
        Ok(answer)
    }

    /// Sends a request that must return `status`, and prints a summary. Each has its own idempotency key.
    pub async fn act(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
        status: u16,
    ) -> Result<Value, Box<dyn Error>> {
        println!("\n-> {method} {path}\n{}", one_line(body));
        let answer = self
            .call(method.clone(), path, &self.admin.clone(), body)
            .await?;
        let shown = without_secret(answer.1.clone());
        println!("<- {}\n{}", answer.0, one_line(&shown));
        let should = format!("{method} {path} answers {status}, not {}", answer.0);
        self.check(answer.0.as_u16() == status, &should);
        Ok(answer.1)
    }

    /// Reads something.
    pub async fn read(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        let nothing = Value::Null;
        Ok(self.call(Method::GET, path, &self.admin, &nothing).await?.1)
    }

    /// Reads until the result is the expected one, for background work.
    pub async fn until(
        &mut self,
        path: &str,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Result<Value, Box<dyn Error>> {
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
    pub async fn expect_notification(
        &mut self,
        receiver: &mut Receiver,
        event_type: &str,
    ) -> Value {
        let received = receiver.wait_for(event_type, PATIENCE).await;
        let is_verified = received.as_ref().is_some_and(|it| it.is_verified);
        let event = received.map(|it| it.event).unwrap_or_default();
        print_notification(is_verified, &event);
        let is_expected = event["type"] == event_type;
        self.check(
            is_expected,
            &format!("{event_type} is notified within {PATIENCE:?}"),
        );
        self.check(is_verified, "the notification's signature is right");
        event
    }

    /// Triggers an event in the stand-in for Apruve.
    pub async fn at_apruve(
        &mut self,
        sandbox: &Running,
        path: &str,
        body: &Value,
    ) -> Result<Value, Box<dyn Error>> {
        println!("\n~~ at Apruve: POST {path}");
        let url = format!("{}{path}", sandbox.origin());
        let response = self.client.post(url).body(body.to_string()).send().await?;
        let status = response.status();
        self.check(
            status.is_success(),
            &format!("{path} is done, not {status}"),
        );
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
    ) -> Result<(StatusCode, Value), Box<dyn Error>> {
        let url = format!("{}{path}", self.base);
        // Any unused id is valid.
        let key: TransactionId = ids::fresh(self.clock.now());
        let request = self
            .client
            .request(method, url)
            .bearer_auth(token)
            .header("Idempotency-Key", key.to_string());
        let request = if body.is_null() {
            request
        } else {
            request.json(body)
        };
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
        println!(
            "\n{} expectations held, {} did not.",
            self.right, self.wrong
        );
        if self.wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// The access that a shop needs to sell with this service.
    pub fn access(&self) -> ServiceAccess {
        ServiceAccess {
            origin: self.base.clone(),
            storefront_token: SecretString::from(self.storefront.clone()),
            office_token: SecretString::from(self.admin.clone()),
        }
    }

    /// Prints how to continue by hand.
    pub fn invite(&self, shop: &str) {
        print::invite(&self.base, shop, &self.storefront, &self.admin);
    }
}
