//! `Caller<scope::…>`: the argument by which a handler says who may call it.
//!
//! Put it first. actix polls a handler's arguments in their order and answers with the first error, and `Caller` is ready at
//! once, so 401, 403 and 429 come before anything is said about the path or the body. A token whose `kid` is new waits for
//! the JWK set to be read again, and the body waits with it.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE},
};
use futures_util::future::Either;

use super::{
    Authenticator,
    held_body::HeldBody,
    scope::{Required, Scope},
    token::{Refusal, Verified},
};
use crate::{
    http::problem::{Kind, Problem},
    rate_limit::{Key, class::Limited},
};

/// A caller with a valid token that carries the scope `S`, within the rate limit of its class.
pub struct Caller<S: Required> {
    verified: Arc<Verified>,
    permit: PhantomData<fn() -> S>,
}

impl<S: Required> Caller<S> {
    /// Who calls: the token's `sub`.
    pub fn subject(&self) -> &str {
        self.verified.subject()
    }

    /// Whether the token carries this scope too, for operations whose needs depend on what they find.
    pub fn has(&self, scope: Scope) -> bool {
        self.verified.scopes().has(scope)
    }

    /// The 403 for a scope that turned out to be needed.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.has(scope) {
            Ok(())
        } else {
            Err(missing_scope(scope))
        }
    }

    /// Counts the request against another class too, where what it asks for decides what it costs.
    pub fn count_as<D: Limited>(&self, request: &HttpRequest) -> Result<(), Problem> {
        let gatekeeper = request.app_data::<Authenticator>();
        let limits = gatekeeper.map(Authenticator::limits);
        let key = Key::Subject(self.subject());
        let allowance = limits
            .map(|limits| limits.check(D::CLASS, key))
            .transpose()?;
        if let Some(allowance) = allowance.flatten() {
            request.extensions_mut().insert(allowance);
        }
        Ok(())
    }

    fn admit(
        request: &HttpRequest,
        gatekeeper: &Authenticator,
        verified: Arc<Verified>,
    ) -> Result<Self, Problem> {
        let caller = Caller {
            verified,
            permit: PhantomData,
        };
        caller.require(S::SCOPE)?;
        let key = Key::Subject(caller.subject());
        if let Some(allowance) = gatekeeper
            .limits()
            .check(<S::Class as Limited>::CLASS, key)?
        {
            request.extensions_mut().insert(allowance);
        }
        Ok(caller)
    }
}

type Later<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<S: Required> FromRequest for Caller<S> {
    type Error = Problem;
    type Future = Either<Ready<Result<Self, Problem>>, Later<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let Some(gatekeeper) = request.app_data::<Authenticator>() else {
            return Either::Left(ready(Err(Problem::internal(
                "the gatekeeper is not in the app's data",
            ))));
        };
        let first = bearer(request).and_then(|token| gatekeeper.authenticate(token));
        if first.as_ref().err() == Some(&Refusal::UnknownKey)
            && let Some(refreshed) = gatekeeper.refresh_keys()
        {
            let request = request.clone();
            let body = HeldBody::hold(payload);
            return Either::Right(Box::pin(async move {
                refreshed.await;
                let gatekeeper = request
                    .app_data::<Authenticator>()
                    .ok_or_else(|| Problem::internal("the gatekeeper left the app's data"))?;
                let verified = bearer(&request).and_then(|token| gatekeeper.authenticate(token))?;
                let caller = Self::admit(&request, gatekeeper, verified)?;
                body.release();
                Ok(caller)
            }));
        }
        Either::Left(ready(
            first
                .map_err(Problem::from)
                .and_then(|verified| Self::admit(request, gatekeeper, verified)),
        ))
    }
}

/// The token of the only `Authorization` header.
fn bearer(request: &HttpRequest) -> Result<&str, Refusal> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let text = value.to_str().map_err(|_| Refusal::Malformed)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim()),
        _ => None,
    }
    .filter(|token| !token.is_empty())
    .ok_or(Refusal::Malformed)
}

impl From<Refusal> for Problem {
    /// Only tokens with a valid signature get a specific reason; others get a general one.
    fn from(refusal: Refusal) -> Self {
        let (detail, challenge) = match refusal {
            Refusal::Missing => (
                "Send `Authorization: Bearer` with a token.",
                "Bearer realm=\"onterms\"",
            ),
            Refusal::Malformed => (
                "The Authorization header must be one `Bearer` token.",
                "Bearer realm=\"onterms\", error=\"invalid_token\", error_description=\"The header is not one bearer token\"",
            ),
            Refusal::Expired => (
                "The token has expired.",
                "Bearer realm=\"onterms\", error=\"invalid_token\", error_description=\"The token has expired\"",
            ),
            Refusal::NotYet => (
                "The token is not valid yet.",
                "Bearer realm=\"onterms\", error=\"invalid_token\", error_description=\"The token is not valid yet\"",
            ),
            Refusal::TooLong => (
                "The token is valid for too long: at most 366 days.",
                "Bearer realm=\"onterms\", error=\"invalid_token\", error_description=\"The token is valid for too long\"",
            ),
            Refusal::Untrusted | Refusal::UnknownKey | Refusal::Denied => (
                "The token is not valid here.",
                "Bearer realm=\"onterms\", error=\"invalid_token\", error_description=\"The token is not valid here\"",
            ),
        };
        Problem::new(Kind::Unauthorized, detail)
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }
}

fn missing_scope(scope: Scope) -> Problem {
    let challenge =
        format!("Bearer realm=\"onterms\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let problem = Problem::new(
        Kind::MissingScope,
        format!("This operation requires the scope `{scope}`."),
    );
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.with_header(WWW_AUTHENTICATE, challenge),
        // Scopes are plain ASCII, so there always is a header.
        Err(_) => problem,
    }
}
