//! A service whose clock the test sets, and tokens of every kind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, HttpResponse, HttpServer, Responder,
    dev::{ServerHandle, Service},
    get, post, web,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use onterms::{
    auth::{Auth, Caller, scope},
    clock::Clock,
    config::{Settings, Sources},
    http::problem::Problem,
    rate_limit::{self, Ticks, class},
};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Value, json};

pub const SECRET: &str = "an HS256 secret that has more than 32 bytes";
/// 2026-01-01T00:00:00Z.
pub const START: i64 = 1_767_225_600;

/// Settings as `serve` would read them from this environment.
pub fn settings(environment: &[(&str, &str)]) -> Settings {
    Settings::load(Sources {
        environment: Some(
            environment
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        ..Sources::default()
    })
    .expect("the settings fit")
}

/// A running service and its clock.
pub struct Stage {
    pub auth: Auth,
    origin: String,
    server: ServerHandle,
    client: reqwest::Client,
    elapsed_ms: Arc<AtomicI64>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

#[get("/whoami")]
async fn whoami(caller: Caller<scope::Checkout>) -> String {
    caller.subject().to_owned()
}

#[post("/rules/{id}")]
async fn write_rule(
    _: Caller<scope::RulesWrite>,
    _: web::Path<u32>,
    body: web::Json<Value>,
) -> impl Responder {
    HttpResponse::Ok().json(body.into_inner())
}

/// What a token says, as the service reads it.
#[get("/me")]
async fn me(caller: Caller<scope::GlobalRead<scope::AnyToken>>) -> impl Responder {
    let scopes: Vec<&str> = caller
        .token()
        .scopes()
        .all()
        .map(|it| it.as_str())
        .collect();
    HttpResponse::Ok().json(json!({
        "subject": caller.subject(),
        "scopes": scopes,
        "websites": caller.websites().names(),
    }))
}

#[get("/check")]
async fn check(_: Caller<scope::CountedAs<scope::IntegrationsRead, class::Check>>) -> &'static str {
    "ok"
}

#[get("/settle")]
async fn settle(caller: Caller<scope::PaymentsRead>) -> Result<&'static str, Problem> {
    caller.require(onterms::auth::Scope::PaymentsSettle)?;
    Ok("settled")
}

impl Stage {
    /// Starts a service with this environment on a port of its own.
    pub fn new(environment: &[(&str, &str)]) -> Self {
        Self::with_settings(&settings(environment))
    }

    pub fn with_settings(settings: &Settings) -> Self {
        let elapsed_ms = Arc::new(AtomicI64::new(0));
        let (wall, ticking) = (elapsed_ms.clone(), elapsed_ms.clone());
        let clock = Clock::from_fn(move || {
            DateTime::from_timestamp_millis(START * 1000 + wall.load(Ordering::SeqCst))
                .expect("tests stay within the calendar")
        });
        let ticks = Ticks::from_fn(move || {
            Duration::from_millis(ticking.load(Ordering::SeqCst).unsigned_abs())
        });
        let auth = Auth::new(settings, clock, ticks).expect("the settings fit");
        let made = auth.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(made.authenticator())
                .wrap_fn(|request, service| {
                    let answer = service.call(request);
                    async move {
                        let mut answer = answer.await?;
                        rate_limit::stamp(&mut answer);
                        Ok(answer)
                    }
                })
                .service(whoami)
                .service(me)
                .service(write_rule)
                .service(check)
                .service(settle)
        })
        .workers(1)
        .bind(("127.0.0.1", 0))
        .expect("a free port");
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Stage {
            auth,
            origin: format!("http://{address}"),
            server: handle,
            client: client(),
            elapsed_ms,
        }
    }

    /// Sets the clock to so long after [`START`].
    pub fn at(&self, elapsed: Duration) {
        let elapsed = i64::try_from(elapsed.as_millis()).expect("tests stay within the calendar");
        self.elapsed_ms.store(elapsed, Ordering::SeqCst);
    }

    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.origin))
    }

    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.origin))
    }

    /// The status of `GET /whoami` with this token.
    pub async fn status(&self, token: &str) -> u16 {
        Answer::of(self.get("/whoami").bearer_auth(token))
            .await
            .status
    }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
}

/// An answer, taken apart.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the service answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.json().await.unwrap_or(Value::Null),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are ASCII"))
    }
}

/// Good claims for a storefront, an hour long.
pub fn claims() -> Value {
    json!({ "iss": "onterms", "aud": "onterms", "sub": "shop", "scope": "checkout", "exp": START + 3600 })
}

/// Good claims with other or further members; `null` takes one away.
pub fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("changes are an object") {
        claims[name] = value.clone();
    }
    claims
        .as_object_mut()
        .expect("claims are an object")
        .retain(|_, value| !value.is_null());
    claims
}

pub fn hs256(claims: &Value) -> String {
    hs256_with(SECRET.as_bytes(), claims)
}

pub fn hs256_with(secret: &[u8], claims: &Value) -> String {
    encode(
        &Header::new(Algorithm::HS256),
        claims,
        &EncodingKey::from_secret(secret),
    )
    .expect("it signs")
}

/// A token from parts that no library would put together.
pub fn by_hand(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!(
        "{}.{}.{}",
        part(header.to_string().as_bytes()),
        part(claims.to_string().as_bytes()),
        part(signature)
    )
}

/// Another issuer's signing key.
pub struct Issuer {
    pub kid: &'static str,
    pub algorithm: Algorithm,
    pub pair: KeyPair,
    key: EncodingKey,
}

impl Issuer {
    pub fn new(kid: &'static str, algorithm: Algorithm) -> Self {
        let kind = match algorithm {
            Algorithm::RS256 => &rcgen::PKCS_RSA_SHA256,
            Algorithm::ES256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            _ => &rcgen::PKCS_ED25519,
        };
        let pair = KeyPair::generate_for(kind).expect("a key");
        let pem = pair.serialize_pem();
        let key = match algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
            _ => EncodingKey::from_ed_pem(pem.as_bytes()),
        }
        .expect("its own PEM");
        Issuer {
            kid,
            algorithm,
            pair,
            key,
        }
    }

    pub fn token(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.to_owned());
        encode(&header, claims, &self.key).expect("it signs")
    }

    /// The public key, as an issuer publishes it.
    pub fn jwk(&self) -> Value {
        let raw = self.pair.der_bytes();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self.algorithm {
            Algorithm::RS256 => {
                let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("an RSA key");
                serde_json::to_value(jwk).expect("a JWK is JSON")
            }
            Algorithm::ES256 => {
                json!({ "kty": "EC", "crv": "P-256", "x": part(&raw[1..33]), "y": part(&raw[33..]) })
            }
            _ => json!({ "kty": "OKP", "crv": "Ed25519", "x": part(raw) }),
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }
}

/// A token with this header, and a good signature of [`SECRET`].
pub fn signed_by_hand(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
