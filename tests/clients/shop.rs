//! A shop whose clients the tests are: a real service and the sandbox as Apruve, each a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::process::{Served, Workspace};

/// A running service with an integration at the sandbox, and a rule that offers its method for carts in USD.
pub struct Shop {
    pub service: Served,
    pub admin: String,
    environment: Vec<(&'static str, String)>,
    _sandbox: Sandbox,
    /// Its folder has the database.
    _place: Workspace,
}

/// The sandbox, ended with the test.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Shop {
    /// Starts both; `settings` are environment variables of the service.
    pub async fn open(settings: &[(&str, &str)]) -> Self {
        let mut place = Workspace::new();
        for (name, value) in settings {
            place = place.with(name, value);
        }
        let mut sandbox = place
            .command(&["sandbox", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .map(Sandbox)
            .expect("the sandbox");
        let output = BufReader::new(sandbox.0.stdout.take().expect("a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        let origin = lines.find_map(|line| {
            let (_, origin) = line.split_once("listens on ")?;
            Some(origin.trim().to_owned())
        });
        let origin = origin.expect("an address");
        // It ends when nobody reads what it prints.
        std::thread::spawn(move || lines.for_each(drop));
        let service = place.serve(&[]);
        let admin = place.token("admin");
        let environment = vec![
            ("SERVICE", format!("http://{}", service.address)),
            ("SANDBOX", origin),
            ("SHOP", place.token("storefront")),
            ("ADMIN", admin.clone()),
        ];
        let mut shop = Shop {
            service,
            admin,
            environment,
            _sandbox: sandbox,
            _place: place,
        };
        shop.connect().await;
        shop
    }

    async fn connect(&mut self) {
        let sandbox = self.setting("SANDBOX").to_owned();
        let client = Client::builder().no_proxy().build().expect("a client");
        let get = async |path: &str| {
            let answer = client.get(format!("{sandbox}{path}")).send().await;
            answer.expect("an answer").text().await.expect("a text")
        };
        let state: Value = serde_json::from_str(&get("/control/state").await).expect("JSON");
        let merchant = &state["merchants"][0];
        let integration = json!({
            "type": "apruve", "name": "Sandbox", "label": { "default": "Pay on terms" },
            "settings": {
                "merchantId": merchant["id"], "apiKey": merchant["api_key"], "testMode": true, "baseUrl": sandbox,
                "webhookPublicKeys": [get("/.well-known/webhook-key.pem").await],
            },
        });
        let integration = self.create("/v1/integrations", &integration).await;
        let id = integration["id"].as_str().expect("an id").to_owned();
        let registered = self
            .service
            .request(
                Method::POST,
                &format!("/v1/integrations/{id}/webhook-endpoints"),
            )
            .bearer_auth(&self.admin)
            .send()
            .await;
        assert!(registered.expect("an answer").status().is_success());
        let method = integration["paymentMethodId"].clone();
        let rule = json!({ "name": "On terms", "sortOrder": 1, "currency": "USD", "paymentMethods": [{ "id": method }] });
        self.create("/v1/payment-rules", &rule).await;
        let method = method.as_str().expect("an id").to_owned();
        self.environment
            .extend([("INTEGRATION", id), ("METHOD", method)]);
    }

    /// What an administrator creates.
    pub async fn create(&self, path: &str, body: &Value) -> Value {
        let request = self.service.request(Method::POST, path);
        let request = request
            .bearer_auth(&self.admin)
            .header("Idempotency-Key", path);
        let answer = request.json(body).send().await.expect("an answer");
        let status = answer.status();
        let created = answer.json().await.expect("JSON");
        assert_eq!(status, 201, "{created}");
        created
    }

    /// What anything of the shop answers to a POST.
    pub async fn ask(&self, url: &str, body: &Value) -> Value {
        let client = Client::builder().no_proxy().build().expect("a client");
        let answer = client.post(url).json(body).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A part of the environment that scripts read.
    pub fn setting(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| *known == name);
        &found.expect("a setting").1
    }

    /// Lets a script know where everything is.
    pub fn inform<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.envs(self.environment.iter().map(|(name, value)| (name, value)))
    }
}
