//! The middleware for every request: an id, a time limit, one log line, two metrics, and errors in one format.
//!
//! A HEAD request is handled as the GET of the same path. The HTTP encoder knows from the request line that it was
//! HEAD, so it sends the headers and omits the body.
//!
//! actix answers unknown paths, wrong methods and oversized bodies with plain text; here these responses become
//! problems. Checkout is the hot path: it is counted and timed like other requests, but logged only when it fails or is
//! slow, because a log line costs more than the response. A problem without a cause is not logged as a failure here,
//! because the code that knew the cause has logged it.

mod client;
mod coding;
mod cors;
mod incoming;
mod methods;
mod request_id;
mod sliced;

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant, SystemTime},
};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use futures_util::FutureExt;

pub use client::{TrustedProxies, client_address};
pub use cors::{Cors, cors};
pub use methods::AllowedMethods;
pub use request_id::RequestId;

use self::{
    coding::refuse_coded_body,
    incoming::Incoming,
    request_id::{REQUEST_ID, request_id},
    sliced::in_slices,
};
use crate::{
    http::{
        body,
        problem::{Kind, MEDIA_TYPE, Problem},
    },
    rate_limit, telemetry,
    trace::{self, FinishedSpan, SpanKind, TraceContext},
};

/// Created once, because a header name given as text is parsed for each request.
static TRACE_PARENT: HeaderName = HeaderName::from_static(trace::HEADER);
/// A request that takes longer is logged on every route.
const SLOW: Duration = Duration::from_secs(1);
/// The route of an unknown path.
const UNMATCHED: &str = "unmatched";

/// How long a request may take; app data.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimits {
    /// From the head of the request to the handler's response.
    pub request: Duration,
    /// The maximum time until the next piece of the body arrives.
    pub idle_body: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        TimeLimits {
            request: Duration::from_secs(30),
            idle_body: Duration::from_secs(10),
        }
    }
}

/// The middleware; wrap the whole app in it.
pub async fn front_door(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let seen = RequestSummary::of(&request);
    if !is_hot(request.path()) {
        // Checkout writes no row that would contain the request's id.
        request.extensions_mut().insert(RequestId(seen.id.clone()));
    }
    let limits = request
        .app_data::<TimeLimits>()
        .copied()
        .unwrap_or_default();
    let incoming = Incoming::watch(&mut request, limits.idle_body);
    let refused = refuse_coded_body(request.headers()).or_else(|| beside_the_address(&request));
    if let Some(problem) = refused {
        let (request, _) = request.into_parts();
        let response = incoming.close_behind(problem.respond(Some(&seen.id)));
        let mut response = ServiceResponse::new(request, response);
        seen.stamp(response.headers_mut());
        seen.observe(&response, started.elapsed());
        return Ok(response);
    }
    if seen.method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }

    let work = trace::unit(seen.trace, next.call(request));
    let answered = AssertUnwindSafe(tokio::time::timeout(limits.request, work))
        .catch_unwind()
        .await;
    let lost = match answered {
        Ok(Ok(Ok(response))) => {
            let response = response.map_into_boxed_body();
            let response = match incoming.problem() {
                Some(problem) => response.into_response(problem.respond(Some(&seen.id))),
                None => seen.as_problem(response, started.elapsed()),
            };
            let (request, response) = in_slices(response).into_parts();
            let response = incoming.close_behind(response);
            let mut response = ServiceResponse::new(request, response);
            rate_limit::stamp(&mut response);
            seen.stamp(response.headers_mut());
            seen.observe(&response, started.elapsed());
            return Ok(response);
        }
        Ok(Ok(Err(error))) => error
            .as_error::<Problem>()
            .cloned()
            .unwrap_or_else(|| Problem::internal(error)),
        Ok(Err(_)) => {
            let detail = format!(
                "The request was not answered within {} s.",
                limits.request.as_secs()
            );
            Problem::unavailable(detail, "the time limit")
        }
        Err(_) => Problem::internal("a handler panicked"),
    };
    // The request was dropped with the handler, so no `ServiceResponse` can be built.
    let took = started.elapsed();
    seen.log_failure(&lost, seen.lost_route(), took);
    let status = lost.kind().status().as_u16();
    seen.finish_span(|| seen.lost_route().to_owned(), status, took);
    telemetry::count_lost_request(&seen.method, status, took);
    let mut response = incoming.close_behind(lost.respond(Some(&seen.id)));
    seen.stamp(response.headers_mut());
    Err(InternalError::from_response("a lost request", response).into())
}

/// Whether this is the storefront's hot path.
fn is_hot(path: &str) -> bool {
    path.starts_with("/v1/checkout/")
}

/// The data of a request that is needed after the handler has consumed the request.
struct RequestSummary {
    id: String,
    method: Method,
    uri: Uri,
    methods: Option<&'static AllowedMethods>,
    /// The span of this request, a child of the caller's span.
    trace: Option<TraceContext>,
    caller: Option<TraceContext>,
    started: SystemTime,
}

impl RequestSummary {
    fn of(request: &ServiceRequest) -> Self {
        let caller = trace_parent(request);
        let own = || trace::is_exported().then(TraceContext::new_root);
        RequestSummary {
            id: request_id(request),
            method: request.method().clone(),
            uri: request.uri().clone(),
            methods: request.app_data::<&'static AllowedMethods>().copied(),
            trace: caller.map(TraceContext::child).or_else(own),
            caller,
            started: SystemTime::now(),
        }
    }

    fn trace_id(&self) -> String {
        self.trace.map(TraceContext::trace_id).unwrap_or_default()
    }

    /// Exports the span of the request, if traces are exported.
    fn finish_span(&self, route: impl FnOnce() -> String, status: u16, took: Duration) {
        if let Some(context) = self.trace {
            trace::finished(|| FinishedSpan {
                context,
                parent: self.caller,
                kind: SpanKind::Server,
                method: self.method.to_string(),
                target: route(),
                status: Some(status),
                started: self.started,
                took,
            });
        }
    }

    /// The route of a consumed request.
    fn lost_route(&self) -> &str {
        let route = self
            .methods
            .and_then(|methods| methods.pattern_of(self.uri.path()));
        route.unwrap_or(UNMATCHED)
    }

    /// Renders every error as a problem with the request's id.
    fn as_problem(
        &self,
        response: ServiceResponse<BoxBody>,
        took: Duration,
    ) -> ServiceResponse<BoxBody> {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return response;
        }
        let error = response.response().error();
        let ours = error.and_then(|error| error.as_error::<Problem>()).cloned();
        let Some(problem) = ours.or_else(|| self.translate(&response)) else {
            return response;
        };
        if status.is_server_error() {
            self.log_failure(&problem, &route_of(response.request()), took);
        }
        let (request, _) = response.into_parts();
        ServiceResponse::new(request, problem.respond(Some(&self.id)))
    }

    /// The problem for an error response of actix itself.
    fn translate(&self, response: &ServiceResponse<BoxBody>) -> Option<Problem> {
        // A JSON response is intended by its handler, such as the health of an unavailable service.
        let is_meant = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| {
                [&b"application/json"[..], MEDIA_TYPE.as_bytes()]
                    .iter()
                    .any(|kind| value.as_bytes().starts_with(kind))
            });
        if is_meant {
            return None;
        }
        Some(match response.status() {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                unknown_path(response, &self.method)
            }
            StatusCode::PAYLOAD_TOO_LARGE => body::too_large(body::BODY_LIMIT),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
                Kind::UnsupportedMediaType,
                "The body's Content-Type is not one this operation reads.",
            ),
            status if status.is_client_error() => {
                Problem::new(Kind::BadRequest, "The request cannot be read.")
            }
            status => Problem::internal(format!("answered with {status}")),
        })
    }

    fn log_failure(&self, problem: &Problem, route: &str, took: Duration) {
        let Some(cause) = problem.cause() else {
            return;
        };
        tracing::error!(
            request_id = self.id,
            trace_id = self.trace_id(),
            method = %self.method,
            route,
            status = problem.kind().status().as_u16(),
            took_ms = in_ms(took),
            problem = problem.kind().slug(),
            cause,
            "a request failed"
        );
    }

    fn stamp(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID.clone(), value);
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        // A response must not be cached for another caller. The API documents set their own cache headers.
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }

    fn observe(&self, response: &ServiceResponse<BoxBody>, took: Duration) {
        let request = response.request();
        let status = response.status().as_u16();
        telemetry::count_request(request, &self.method, status, took);
        self.finish_span(|| route_of(request), status, took);
        let path = request.path();
        let quiet = is_hot(path) || path.starts_with("/health/");
        if !quiet || took > SLOW {
            tracing::info!(
                request_id = self.id,
                trace_id = self.trace_id(),
                method = %self.method,
                route = route_of(request),
                status,
                took_ms = in_ms(took),
                "answered a request"
            );
        }
    }
}

/// The route pattern that matched; unlike the path it contains no id.
fn route_of(request: &HttpRequest) -> String {
    request
        .match_pattern()
        .unwrap_or_else(|| UNMATCHED.to_owned())
}

fn in_ms(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn trace_parent(request: &ServiceRequest) -> Option<TraceContext> {
    let text = request.headers().get(&TRACE_PARENT)?.to_str().ok()?;
    TraceContext::parse(text)
}

/// 405 for a method that a fixed path does not support. The router alone would continue to a route with an id at this
/// place, and look for a rule called `export`. No POST route ends with an id, so POST, the hot path, skips the check.
fn beside_the_address(request: &ServiceRequest) -> Option<Problem> {
    if request.method() == Method::POST {
        return None;
    }
    let methods = request.app_data::<&'static AllowedMethods>()?;
    let allow = methods.0.get(request.path())?;
    let takes = allow
        .split(", ")
        .any(|method| method == request.method().as_str());
    if takes {
        return None;
    }
    Some(wrong_method(
        request.method(),
        HeaderValue::from_str(allow).ok()?,
    ))
}

fn wrong_method(method: &Method, allow: HeaderValue) -> Problem {
    Problem::new(
        Kind::MethodNotAllowed,
        format!("This path does not support {method}."),
    )
    .with_header(header::ALLOW, allow)
}

/// 405 if the path exists for another method, otherwise 404.
fn unknown_path(response: &ServiceResponse<BoxBody>, method: &Method) -> Problem {
    let request = response.request();
    let allow = request
        .app_data::<&'static AllowedMethods>()
        .zip(request.match_pattern())
        .and_then(|(methods, pattern)| methods.0.get(&pattern))
        .and_then(|allow| HeaderValue::from_str(allow).ok());
    match allow {
        Some(allow) => wrong_method(method, allow),
        None => Problem::new(
            Kind::NotFound,
            "The resource does not exist. /openapi.json lists all paths.",
        ),
    }
}
