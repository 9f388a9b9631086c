//! Calls from pages of other origins (CORS of the Fetch standard).
//!
//! A browser sends a preflight before such a call; it needs no token and is answered first. Every other response to an
//! allowed origin, including errors, permits the page to read it. Cookies are never used.

use std::sync::Arc;

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
};
use reqwest::Url;

use crate::config::{self, WrongSettings};

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language";
const EXPOSED: &str = "ETag, Link, Location, Retry-After, Idempotent-Replayed, RateLimit, RateLimit-Policy, X-Request-Id, Age";
/// Only Apruve calls these paths, never a page.
const WEBHOOKS: &str = "/webhooks";

/// The allowed origins; app data.
#[derive(Clone)]
pub struct Cors(Arc<Allowed>);

struct Allowed {
    origins: Vec<String>,
    max_age: HeaderValue,
}

impl Cors {
    /// Reads the origins; the error names an invalid one and how to write it.
    pub fn new(settings: &config::CorsSettings) -> Result<Self, WrongSettings> {
        for origin in &settings.allowed_origins {
            check_origin(origin)?;
        }
        Ok(Cors(Arc::new(Allowed {
            origins: settings.allowed_origins.clone(),
            max_age: HeaderValue::from(settings.max_age.as_secs()),
        })))
    }

    /// Whether any origin is allowed.
    pub fn is_used(&self) -> bool {
        !self.0.origins.is_empty()
    }

    /// The origin of the request, if it is allowed.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        let is_allowed = self
            .0
            .origins
            .iter()
            .any(|it| it.as_bytes() == origin.as_bytes());
        is_allowed.then(|| origin.clone())
    }

    fn preflight(&self, origin: Option<HeaderValue>) -> HttpResponse {
        let mut response = HttpResponse::NoContent();
        let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        response.insert_header((header::VARY, vary));
        if let Some(origin) = origin {
            response
                .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin))
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, self.0.max_age.clone()));
        }
        response.finish()
    }
}

/// The middleware; wrap the whole app in it as the outermost one, if [`Cors::is_used`].
pub async fn cors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let cors = request.app_data::<Cors>().cloned();
    let Some(cors) = cors.filter(|_| !request.path().starts_with(WEBHOOKS)) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let origin = cors.allowed(request.headers());
    if is_preflight(&request) {
        return Ok(request.into_response(cors.preflight(origin)));
    }
    match next.call(request).await {
        Ok(response) => {
            let mut response = response.map_into_boxed_body();
            mark(response.headers_mut(), origin);
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            mark(response.headers_mut(), origin);
            Err(InternalError::from_response("a lost request", response).into())
        }
    }
}

fn is_preflight(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds the CORS headers. `Vary` applies to every response, because caches must separate responses by origin.
fn mark(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(EXPOSED),
        );
    }
}

/// Checks that a text is an origin as a browser sends it: scheme, host and, unless it is the default, port.
fn check_origin(text: &str) -> Result<(), WrongSettings> {
    let wrong = |advice: &str| {
        Err(WrongSettings(format!(
            "cors.allowed_origins takes origins such as `https://admin.example.com`, not `{text}`{advice}."
        )))
    };
    if text.contains('*') || text == "null" {
        return wrong(": name each origin that may call");
    }
    let Some(url) = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
    else {
        return wrong("");
    };
    let origin = url.origin().ascii_serialization();
    match origin == text {
        true => Ok(()),
        false => wrong(&format!("; write `{origin}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_origins_are_taken() {
        for (text, advice) in [
            ("https://admin.example.com", None),
            ("http://localhost:5173", None),
            ("https://xn--bcher-kva.example", None),
            ("*", Some("each origin")),
            ("null", Some("each origin")),
            ("https://*.example.com", Some("each origin")),
            (
                "https://admin.example.com/",
                Some("write `https://admin.example.com`"),
            ),
            (
                "https://admin.example.com/app",
                Some("write `https://admin.example.com`"),
            ),
            (
                "https://Admin.example.com",
                Some("write `https://admin.example.com`"),
            ),
            (
                "https://admin.example.com:443",
                Some("write `https://admin.example.com`"),
            ),
            (
                "https://bücher.example",
                Some("write `https://xn--bcher-kva.example`"),
            ),
            ("admin.example.com", Some("")),
            ("ftp://admin.example.com", Some("")),
            ("", Some("")),
        ] {
            let refused = check_origin(text).err().map(|error| error.to_string());
            match (advice, refused) {
                (None, refused) => assert_eq!(refused, None, "{text}"),
                (Some(advice), Some(refused)) => assert!(refused.contains(advice), "{refused}"),
                (Some(_), None) => panic!("{text} is no origin"),
            }
        }
    }
}
