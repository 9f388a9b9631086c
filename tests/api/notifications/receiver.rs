//! Somebody who gets notifications, and checks their signatures without our help.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// How it answers.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// With this status.
    Status(u16),
    /// With this status and `Retry-After`.
    RetryAfter(u16, &'static str),
    /// With a redirect to a place that would take it.
    Redirect,
    /// 200 with more than anybody should read.
    Endless,
    /// Never.
    Silent,
    /// With this status once there is a permit.
    AfterPermit(Arc<tokio::sync::Semaphore>, u16),
    /// 200, and then a byte now and then without end.
    Trickle,
}

/// A message as it came in.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub id: String,
    pub timestamp: i64,
    pub signatures: Vec<String>,
    pub content_type: String,
    pub body: String,
}

impl Received {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn kind(&self) -> String {
        self.event()["type"].as_str().expect("a type").to_owned()
    }

    /// Whether one of its signatures is that of a secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key.expect("Base64"));
        let content = [&self.id, ".", &self.timestamp.to_string(), ".", &self.body].concat();
        self.signatures.iter().any(|it| {
            let tag = it
                .strip_prefix("v1,")
                .and_then(|it| STANDARD.decode(it).ok());
            tag.is_some_and(|tag| hmac::verify(&key, content.as_bytes(), &tag).is_ok())
        })
    }
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    received: Mutex<Vec<Received>>,
}

pub struct Receiver {
    pub origin: String,
    shared: Arc<Shared>,
    server: ServerHandle,
}

impl Receiver {
    /// Starts one on a port of its own.
    pub fn start(behaviour: Behaviour) -> Self {
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(behaviour),
            received: Mutex::default(),
        });
        let data = web::Data::from(Arc::clone(&shared));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let origin = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Receiver {
            origin,
            shared,
            server: handle,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{}/hook?token=1", self.origin)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        let mut now = self
            .shared
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *now = behaviour;
    }

    /// What came in, in order.
    pub fn received(&self) -> Vec<Received> {
        let received = self
            .shared
            .received
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        received.clone()
    }

    /// The types of what came in, in the order of the alphabet: no other order is promised.
    pub fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self.received().iter().map(Received::kind).collect();
        kinds.sort();
        kinds
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn answer(request: HttpRequest, body: String, shared: web::Data<Shared>) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name).expect("each header is sent");
        value.to_str().expect("readable").to_owned()
    };
    let received = Received {
        path: request.uri().to_string(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().expect("seconds"),
        signatures: header("webhook-signature")
            .split(' ')
            .map(str::to_owned)
            .collect(),
        content_type: header("content-type"),
        body,
    };
    let behaviour = {
        let mut all = shared
            .received
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.push(received);
        shared
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    };
    let with = |status: u16| {
        HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status"))
    };
    match behaviour {
        Behaviour::Status(status) => with(status).body("taken"),
        Behaviour::RetryAfter(status, after) => {
            with(status).insert_header(("retry-after", after)).finish()
        }
        Behaviour::Redirect => with(307).insert_header(("location", "/elsewhere")).finish(),
        Behaviour::Endless => {
            let piece = web::Bytes::from(vec![b'['; 1 << 20]);
            let endless =
                futures_util::stream::repeat_with(move || Ok::<_, actix_web::Error>(piece.clone()));
            with(200).streaming(endless)
        }
        Behaviour::Silent => std::future::pending().await,
        Behaviour::AfterPermit(permits, status) => {
            permits.acquire().await.expect("permits").forget();
            with(status).finish()
        }
        Behaviour::Trickle => {
            let bytes = futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                Some((Ok::<_, actix_web::Error>(web::Bytes::from_static(b".")), ()))
            });
            with(200).streaming(bytes)
        }
    }
}
