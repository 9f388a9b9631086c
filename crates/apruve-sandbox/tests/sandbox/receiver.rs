//! A receiver of webhooks that verifies their signatures.

use std::{
    collections::VecDeque,
    net::TcpListener,
    sync::{Arc, Mutex},
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::StatusCode, web,
};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

/// One webhook, as received.
#[derive(Clone, Debug)]
pub struct Taken {
    pub body: Vec<u8>,
    pub signature: Option<String>,
}

impl Taken {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn event(&self) -> String {
        self.json()["event"].as_str().expect("an event").to_owned()
    }

    /// Whether the signature is this key's, over exactly these bytes.
    pub fn is_signed_by(&self, public_key_pem: &str) -> bool {
        let Some(signature) = &self.signature else {
            return false;
        };
        let key = pem::parse(public_key_pem).expect("PEM");
        let signature = BASE64_STANDARD.decode(signature).expect("Base64");
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.contents())
            .verify(&self.body, &signature)
            .is_ok()
    }
}

#[derive(Default)]
struct Inbox {
    taken: Mutex<Vec<Taken>>,
    /// What to answer to the next ones; then 200.
    answers: Mutex<VecDeque<u16>>,
}

/// Listens until it is dropped.
pub struct Receiver {
    pub url: String,
    inbox: Arc<Inbox>,
    server: ServerHandle,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let inbox = Arc::new(Inbox::default());
        let data = web::Data::from(inbox.clone());
        let app = move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(take))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("a server")
            .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Receiver {
            url,
            inbox,
            server: handle,
        }
    }

    /// The webhooks since the last call.
    pub fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut *self.inbox.taken.lock().expect("the inbox"))
    }

    /// Answers the next webhooks with these statuses.
    pub fn answer(&self, statuses: &[u16]) {
        self.inbox
            .answers
            .lock()
            .expect("the inbox")
            .extend(statuses);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn take(request: HttpRequest, body: web::Bytes, inbox: web::Data<Inbox>) -> HttpResponse {
    let signature = request.headers().get("X-Apruve-Signature");
    let signature = signature.map(|value| value.to_str().expect("text").to_owned());
    inbox.taken.lock().expect("the inbox").push(Taken {
        body: body.to_vec(),
        signature,
    });
    let status = inbox.answers.lock().expect("the inbox").pop_front();
    HttpResponse::new(StatusCode::from_u16(status.unwrap_or(200)).expect("a status"))
}
