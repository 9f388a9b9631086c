//! The shop's receiver of notifications, in the process of the demo: it accepts posted events and checks their
//! signature by Standard Webhooks.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::clock::Clock;

/// The maximum age of an accepted message, and the maximum clock difference, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// A received message.
pub struct Notification {
    /// Whether it is signed with the secret of the endpoint.
    pub is_verified: bool,
    pub event: Value,
}

/// A running receiver; stops when it is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    shared: web::Data<ReceiverState>,
    arriving: UnboundedReceiver<Notification>,
    /// Events that arrived before the demo waited for them, because the order of delivery is not guaranteed.
    waiting: VecDeque<Notification>,
    server: ServerHandle,
}

struct ReceiverState {
    secret: Mutex<String>,
    sender: UnboundedSender<Notification>,
}

impl ReceiverState {
    fn secret(&self) -> MutexGuard<'_, String> {
        self.secret.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Receiver {
    /// Starts a receiver on a free loopback port.
    pub fn start() -> std::io::Result<Self> {
        let (sender, arriving) = mpsc::unbounded_channel();
        let shared = web::Data::new(ReceiverState {
            secret: Mutex::default(),
            sender,
        });
        let data = shared.clone();
        let app = move || {
            App::new()
                .app_data(data.clone())
                .route("/onterms", web::post().to(take))
        };
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.listen(listener)?.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Receiver {
            address,
            shared,
            arriving,
            waiting: VecDeque::new(),
            server: handle,
        })
    }

    /// Stores the secret that the endpoint was created with.
    pub fn set_secret(&self, secret: &str) {
        secret.clone_into(&mut self.shared.secret());
    }

    /// Waits for an event of this type; `None` if it does not arrive in time.
    pub async fn wait_for(&mut self, event_type: &str, patience: Duration) -> Option<Notification> {
        let is_wanted = |it: &Notification| it.event["type"] == event_type;
        if let Some(place) = self.waiting.iter().position(is_wanted) {
            return self.waiting.remove(place);
        }
        let arrival = async {
            loop {
                let next = self.arriving.recv().await?;
                if is_wanted(&next) {
                    return Some(next);
                }
                self.waiting.push_back(next);
            }
        };
        tokio::time::timeout(patience, arrival).await.ok()?
    }

    /// The next message of any type.
    pub async fn next(&mut self) -> Option<Notification> {
        self.arriving.recv().await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // The stop command is sent at once; the future only waits for the end.
        drop(self.server.stop(false));
    }
}

async fn take(
    request: HttpRequest,
    body: web::Bytes,
    shared: web::Data<ReceiverState>,
) -> HttpResponse {
    let Ok(event) = serde_json::from_slice(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    let now = Clock::system().now().timestamp();
    let is_verified = is_signed(&request, &body, &shared.secret(), now).unwrap_or(false);
    // At the end of the demo the channel is closed.
    let _ = shared.sender.send(Notification { is_verified, event });
    HttpResponse::NoContent().finish()
}

/// `None` if a header is missing or unreadable.
fn is_signed(request: &HttpRequest, body: &[u8], secret: &str, now: i64) -> Option<bool> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let timestamp: i64 = header("webhook-timestamp")?.parse().ok()?;
    if (now - timestamp).abs() > TOLERANCE_SECONDS {
        return None;
    }
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let prefix = format!("{}.{timestamp}.", header("webhook-id")?);
    let content = [prefix.as_bytes(), body].concat();
    let mut signatures = header("webhook-signature")?.split(' ');
    Some(signatures.any(|it| {
        let tag = it.strip_prefix("v1,").map(|tag| STANDARD.decode(tag));
        matches!(tag, Some(Ok(tag)) if hmac::verify(&key, &content, &tag).is_ok())
    }))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// A test vector of the libraries at github.com/standard-webhooks/standard-webhooks.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SENT: i64 = 1_614_265_330;

    #[test]
    fn only_what_is_signed_with_the_secret_just_now_is_verified() {
        let garbage = "v1,AAAA";
        let both = format!("{garbage} {SIGNATURE}");
        for (secret, signature, body, now, verified) in [
            (SECRET, SIGNATURE, BODY, SENT, true),
            (SECRET, both.as_str(), BODY, SENT + 299, true),
            (SECRET, garbage, BODY, SENT, false),
            (SECRET, "", BODY, SENT, false),
            (SECRET, SIGNATURE, "{}", SENT, false),
            (SECRET, SIGNATURE, BODY, SENT + 301, false),
            (SECRET, SIGNATURE, BODY, SENT - 301, false),
            ("whsec_AAAA", SIGNATURE, BODY, SENT, false),
            ("", SIGNATURE, BODY, SENT, false),
        ] {
            let request = TestRequest::post()
                .insert_header(("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"))
                .insert_header(("webhook-timestamp", SENT.to_string()))
                .insert_header(("webhook-signature", signature))
                .to_http_request();
            let signed = is_signed(&request, body.as_bytes(), secret, now).unwrap_or(false);
            assert_eq!(signed, verified, "{secret} {signature} {body} {now}");
        }
    }
}
