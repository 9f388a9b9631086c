//! A stand-in for Apruve that notes what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};

pub const MERCHANT: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
pub const API_KEY: &str = "0123456789abcdef0123456789ab9f3c";

/// What it answers to everything.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// As Apruve does: the merchant for the right key, 401 for a wrong one, 404 for another merchant.
    Genuine,
    Status(u16),
    /// Never answers.
    Silent,
    /// 200 with this body.
    Says(&'static str),
    /// 200 with the body of a path below `/api/v4`, 404 for every other.
    Knows(&'static [(&'static str, &'static str)]),
    /// The same, but never answers what is asked first.
    KnowsAtLast(&'static [(&'static str, &'static str)]),
    /// A redirect to a place that would answer well.
    Elsewhere,
    /// 200 with more than anybody should read.
    Endless,
}

/// One request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCall {
    pub method: String,
    pub path: String,
    pub api_key: Option<String>,
    pub accept: Option<String>,
}

pub struct Apruve {
    pub origin: String,
    asked: Arc<Mutex<Vec<RecordedCall>>>,
    server: ServerHandle,
}

impl Apruve {
    /// Starts one on a port of its own.
    pub fn start(behaviour: Behaviour) -> Self {
        let asked: Arc<Mutex<Vec<RecordedCall>>> = Arc::default();
        let notes = web::Data::from(Arc::clone(&asked));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(notes.clone())
                .app_data(web::Data::new(behaviour))
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
        Apruve {
            origin,
            asked,
            server: handle,
        }
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<RecordedCall> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    /// Stops answering; connections to its port are refused from now on.
    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

async fn answer(
    request: HttpRequest,
    notes: web::Data<Mutex<Vec<RecordedCall>>>,
    behaviour: web::Data<Behaviour>,
) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let asked = RecordedCall {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        api_key: header("apruve-api-key"),
        accept: header("accept"),
    };
    let path = asked.path.clone();
    let api_key = asked.api_key.clone();
    let is_first = {
        let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(asked);
        notes.len() == 1
    };
    match **behaviour {
        Behaviour::Genuine => genuine(&path, api_key.as_deref()),
        Behaviour::Status(status) => {
            let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
            HttpResponse::build(status).body("Not Found")
        }
        Behaviour::Silent => std::future::pending().await,
        Behaviour::KnowsAtLast(_) if is_first => std::future::pending().await,
        Behaviour::Knows(known) | Behaviour::KnowsAtLast(known) => {
            let found = known.iter().find(|(of, _)| path == format!("/api/v4{of}"));
            match found {
                Some((_, body)) => HttpResponse::Ok()
                    .content_type("application/json")
                    .body(*body),
                None => HttpResponse::NotFound().body("Not Found"),
            }
        }
        Behaviour::Says(body) => HttpResponse::Ok()
            .content_type("application/json")
            .body(body),
        Behaviour::Elsewhere => HttpResponse::Found()
            .insert_header(("location", format!("/api/v4/merchants/{MERCHANT}")))
            .finish(),
        Behaviour::Endless => HttpResponse::Ok().body("[".repeat(3 << 20)),
    }
}

fn genuine(path: &str, api_key: Option<&str>) -> HttpResponse {
    if api_key != Some(API_KEY) {
        return HttpResponse::Unauthorized().finish();
    }
    if path != format!("/api/v4/merchants/{MERCHANT}") {
        return HttpResponse::NotFound().body("Not Found");
    }
    HttpResponse::Ok().json(serde_json::json!({
        "id": MERCHANT, "name": "Acme Supplies", "email": "shop@acme.example", "web_url": null,
    }))
}
