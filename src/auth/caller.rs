//! `Caller<scope::…>`: the handler argument that authenticates and authorizes the request.
//!
//! Put it first. actix polls the arguments of a handler in order and answers with the first error, and `Caller` is
//! ready at once, so 401, 403 and 429 come before any error about the path or the body. A token with a new `kid` waits
//! until the JWK set has been read again, and the body waits with it.

use std::{
    borrow::Cow,
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
    refusal::TokenRefusal,
    scope::{Required, Scope, WebsiteAccess},
    token::VerifiedToken,
    websites::Websites,
};
use crate::{
    http::problem::{Kind, Problem},
    rate_limit::{RateLimitKey, class::Limited},
};

/// A caller with a valid token that carries the scope `S`, within the rate limit of its class.
pub struct Caller<S: Required> {
    verified: Arc<VerifiedToken>,
    permit: PhantomData<fn() -> S>,
}

impl<S: Required> Caller<S> {
    /// The caller's name, see [`VerifiedToken::subject`].
    pub fn subject(&self) -> &str {
        self.verified.subject()
    }

    /// Whether the token carries this scope too, for operations whose required scope depends on the request.
    pub fn has(&self, scope: Scope) -> bool {
        self.verified.scopes().has(scope)
    }

    /// The websites that the caller may act for.
    pub fn websites(&self) -> &Websites {
        self.verified.websites()
    }

    /// Returns 403 for a token that is bound to websites, if the request turns out to concern the whole shop.
    pub fn require_whole_shop(&self) -> Result<(), Problem> {
        match self.websites().is_bound() {
            true => Err(closed_to_websites()),
            false => Ok(()),
        }
    }

    /// The owner of idempotency keys: two tokens of one subject for different websites do not share keys.
    pub fn key_owner(&self) -> Cow<'_, str> {
        match self.websites().names() {
            None => self.subject().into(),
            Some(names) => format!("{}\u{1f}{}", self.subject(), names.join("\u{1f}")).into(),
        }
    }

    /// The token itself.
    pub fn token(&self) -> &VerifiedToken {
        &self.verified
    }

    /// Returns 403 if the token lacks a scope that turns out to be required.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.has(scope) {
            Ok(())
        } else {
            Err(missing_scope(&[&[scope]]))
        }
    }

    /// Also counts the request against the rate limit of another class, if its content decides its cost.
    pub fn count_as<D: Limited>(&self, request: &HttpRequest) -> Result<(), Problem> {
        let authenticator = request.app_data::<Authenticator>();
        authenticator.map_or(Ok(()), |it| self.count::<D>(request, it))
    }

    fn count<D: Limited>(
        &self,
        request: &HttpRequest,
        authenticator: &Authenticator,
    ) -> Result<(), Problem> {
        let key = RateLimitKey::Subject(self.subject());
        if let Some(allowance) = authenticator.limits().check(D::CLASS, key)? {
            request.extensions_mut().insert(allowance);
        }
        Ok(())
    }

    fn admit(
        request: &HttpRequest,
        authenticator: &Authenticator,
        verified: Arc<VerifiedToken>,
    ) -> Result<Self, Problem> {
        let caller = Caller {
            verified,
            permit: PhantomData,
        };
        if !caller.verified.scopes().has_any_of(S::ANY_OF) {
            return Err(missing_scope(S::ANY_OF));
        }
        if caller.websites().is_bound() && S::WEBSITES == WebsiteAccess::Closed {
            return Err(closed_to_websites());
        }
        caller.count::<S::Class>(request, authenticator)?;
        Ok(caller)
    }
}

type CallerFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<S: Required> FromRequest for Caller<S> {
    type Error = Problem;
    type Future = Either<Ready<Result<Self, Problem>>, CallerFuture<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let Some(authenticator) = request.app_data::<Authenticator>() else {
            return Either::Left(ready(Err(Problem::internal(
                "the authenticator is not in the app's data",
            ))));
        };
        let token = bearer(request);
        let first = token
            .clone()
            .and_then(|token| authenticator.authenticate(token));
        if first.as_ref().err() == Some(&TokenRefusal::UnknownKey)
            && let Some(refreshed) = token
                .ok()
                .and_then(|token| authenticator.refresh_keys(token))
        {
            let request = request.clone();
            let body = HeldBody::hold(payload);
            return Either::Right(Box::pin(async move {
                refreshed.await;
                let authenticator = request
                    .app_data::<Authenticator>()
                    .ok_or_else(|| Problem::internal("the authenticator left the app's data"))?;
                let verified =
                    bearer(&request).and_then(|token| authenticator.authenticate(token))?;
                let caller = Self::admit(&request, authenticator, verified)?;
                body.release();
                Ok(caller)
            }));
        }
        Either::Left(ready(
            first
                .map_err(Problem::from)
                .and_then(|verified| Self::admit(request, authenticator, verified)),
        ))
    }
}

/// The scheme and the blank after it.
const BEARER: &str = "Bearer ";

/// The token of the only `Authorization` header.
fn bearer(request: &HttpRequest) -> Result<&str, TokenRefusal> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().ok_or(TokenRefusal::Missing)?;
    if values.next().is_some() {
        return Err(TokenRefusal::Malformed);
    }
    // A header value contains no control characters except tabs. `to_str` would check each byte by itself.
    let text = std::str::from_utf8(value.as_bytes()).ok();
    let text = text.filter(|text| text.is_ascii());
    let scheme = text
        .ok_or(TokenRefusal::Malformed)?
        .split_at_checked(BEARER.len());
    match scheme {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(BEARER) => Some(token.trim()),
        _ => None,
    }
    .filter(|token| !token.is_empty())
    .ok_or(TokenRefusal::Malformed)
}

impl From<TokenRefusal> for Problem {
    /// Names the wrong claim and the expected value, but never key material.
    fn from(refusal: TokenRefusal) -> Self {
        let detail = match refusal {
            TokenRefusal::Missing => {
                return unauthorized("Send `Authorization: Bearer` with a token.", None);
            }
            TokenRefusal::Malformed => {
                "The Authorization header must be one `Bearer` token of at most 8 KiB.".to_owned()
            }
            TokenRefusal::Claim(sentence) => sentence,
            TokenRefusal::UnknownKey => {
                "No key of the token's issuer matches its `kid`.".to_owned()
            }
            TokenRefusal::Expired => "The token has expired: its `exp` is in the past.".to_owned(),
            TokenRefusal::NotYet => {
                "The token is not valid yet: its `nbf` is in the future.".to_owned()
            }
            TokenRefusal::TooLong => {
                "The token is valid for too long: its `exp` may be at most 366 days after `iat`."
                    .to_owned()
            }
            TokenRefusal::Denied => "The token was revoked.".to_owned(),
        };
        unauthorized(&detail, Some("invalid_token"))
    }
}

fn unauthorized(detail: &str, error: Option<&str>) -> Problem {
    let mut challenge = "Bearer realm=\"onterms\"".to_owned();
    if let Some(error) = error {
        // A quoted string must not contain quotes or characters outside ASCII.
        let plain = |c: char| {
            if c == '"' || c == '\\' || !c.is_ascii() || c.is_ascii_control() {
                '\''
            } else {
                c
            }
        };
        let description: String = detail.chars().map(plain).collect();
        challenge.push_str(&format!(
            ", error=\"{error}\", error_description=\"{description}\""
        ));
    }
    with_challenge(
        Problem::new(Kind::Unauthorized, detail.to_owned()),
        &challenge,
    )
}

fn closed_to_websites() -> Problem {
    let detail = "The token is bound to websites, and this operation concerns the whole shop.";
    Problem::new(Kind::WebsiteToken, detail)
}

/// The 403 for a token that has none of these sets of scopes completely.
fn missing_scope(sets: &[&[Scope]]) -> Problem {
    let joined = |set: &&[Scope], joint: &str| {
        let words: Vec<String> = set.iter().map(|scope| format!("`{scope}`")).collect();
        words.join(joint)
    };
    let alternatives: Vec<String> = sets.iter().map(|set| joined(set, " with ")).collect();
    let first = sets
        .first()
        .map(|set| joined(set, " ").replace('`', ""))
        .unwrap_or_default();
    let detail = match alternatives.as_slice() {
        [one] => format!("This operation requires the scope {one}."),
        several => format!(
            "This operation requires one of the scopes {}.",
            several.join(", ")
        ),
    };
    let challenge =
        format!("Bearer realm=\"onterms\", error=\"insufficient_scope\", scope=\"{first}\"");
    with_challenge(Problem::new(Kind::MissingScope, detail), &challenge)
}

fn with_challenge(problem: Problem, challenge: &str) -> Problem {
    match HeaderValue::from_str(challenge) {
        Ok(challenge) => problem.with_header(WWW_AUTHENTICATE, challenge),
        // The challenge is always ASCII, so this does not happen.
        Err(_) => problem,
    }
}
