//! The request data of an operation, as one argument of its handler.
//!
//! Every operation checks in the same order: token, scope, query parameters, headers, body. The handler then checks the
//! meaning of the body and the existence of the resource.

pub mod prelude;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use crate::{
    audit::Actor,
    auth::{Caller, Scope, scope::Required},
    clock::Clock,
    guarded_write::Refusable,
    http::{
        body::collect,
        pagination::Query,
        precondition::IfMatch,
        problem::Problem,
        query_parameters::{ForceParameter, RequestQuery},
        request_body::RequestBody,
    },
    idempotency::Key,
};

/// A POST by a caller with the scope `S`, with an `Idempotency-Key`: optional, or required with `K` = [`Key`].
pub type Write<S, B, K = Option<Key>, Q = ()> = Call<S, B, K, Q>;

/// A change to the version of a resource that `If-Match` names: required, or optional with `M` = `Option<IfMatch>`.
pub type Edit<S, B, M = IfMatch, Q = ()> = Call<S, B, M, Q>;

/// A request by a caller with the scope `S`, with the header `H`, the body `B` and the query parameters `Q`. Takes
/// `force=true` if `H` does.
pub struct Call<S: Required, B, H, Q = ()> {
    pub caller: Caller<S>,
    /// The author for the audit log.
    pub actor: Actor,
    /// The `Idempotency-Key` or the `If-Match`.
    pub header: H,
    pub body: B,
    pub query: Q,
}

/// Reads `force`: whether to make a change that fails the tests of the rules. 403 without the scope `rules:force`.
pub fn read_force<S: Required>(
    query: &mut Query,
    caller: &Caller<S>,
) -> Result<Refusable, Problem> {
    if ForceParameter::read(query).force != Some(true) {
        return Ok(Refusable::Yes);
    }
    caller.require(Scope::RulesForce)?;
    Ok(Refusable::Forced)
}

/// A header that an operation reads.
pub trait RequestHeader: Sized + 'static {
    /// Whether the operation accepts `force=true`, which needs its own scope.
    const TAKES_FORCE: bool = false;

    /// Reads the header. Two requests with one `Idempotency-Key` are the same if their `hashed` bytes are equal.
    fn read(request: &HttpRequest, owner: &str, hashed: &[u8]) -> Result<Self, Problem>;
}

impl RequestHeader for () {
    fn read(_: &HttpRequest, _: &str, _: &[u8]) -> Result<Self, Problem> {
        Ok(())
    }
}

impl RequestHeader for Option<Key> {
    fn read(request: &HttpRequest, owner: &str, hashed: &[u8]) -> Result<Self, Problem> {
        Key::read(request, owner, hashed)
    }
}

impl RequestHeader for Key {
    fn read(request: &HttpRequest, owner: &str, hashed: &[u8]) -> Result<Self, Problem> {
        Key::require(request, owner, hashed)
    }
}

impl RequestHeader for IfMatch {
    fn read(request: &HttpRequest, _: &str, _: &[u8]) -> Result<Self, Problem> {
        IfMatch::required(request)
    }
}

impl RequestHeader for Option<IfMatch> {
    fn read(request: &HttpRequest, _: &str, _: &[u8]) -> Result<Self, Problem> {
        IfMatch::optional(request)
    }
}

/// The query parameter `force`, which is read like a header.
impl RequestHeader for Refusable {
    const TAKES_FORCE: bool = true;

    fn read(request: &HttpRequest, _: &str, _: &[u8]) -> Result<Self, Problem> {
        match ForceParameter::read(&mut Query::of(request)?).force {
            Some(true) => Ok(Refusable::Forced),
            Some(false) | None => Ok(Refusable::Yes),
        }
    }
}

impl<A: RequestHeader, B: RequestHeader> RequestHeader for (A, B) {
    const TAKES_FORCE: bool = A::TAKES_FORCE || B::TAKES_FORCE;

    fn read(request: &HttpRequest, owner: &str, hashed: &[u8]) -> Result<Self, Problem> {
        Ok((
            A::read(request, owner, hashed)?,
            B::read(request, owner, hashed)?,
        ))
    }
}

impl<S: Required, B: RequestBody, H: RequestHeader, Q: RequestQuery> FromRequest
    for Call<S, B, H, Q>
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // `Caller` may replace the payload by one that stays closed until the caller is authenticated.
        let caller = Caller::<S>::from_request(request, payload);
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller = caller.await?;
            let mut given = Query::of(&request)?;
            if H::TAKES_FORCE {
                read_force(&mut given, &caller)?;
            }
            let query = Q::read(&mut given);
            given.finish()?;
            let clock = request
                .app_data::<Data<Clock>>()
                .ok_or_else(|| Problem::internal("the clock is not in the app's data"))?;
            let actor = Actor::of(&request, caller.subject(), clock.now());
            let bytes = collect(payload, B::limit(&request)).await?;
            let header = H::read(&request, &caller.key_owner(), B::hashed(&bytes))?;
            let body = B::read(&request, bytes)?;
            Ok(Call {
                caller,
                actor,
                header,
                body,
                query,
            })
        })
    }
}

/// A GET without query parameters by a caller with the scope `S`.
pub struct Read<S: Required> {
    pub caller: Caller<S>,
    pub request: HttpRequest,
}

impl<S: Required> FromRequest for Read<S> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::<S>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let caller = caller.await?;
            Query::of(&request)?.finish()?;
            Ok(Read { caller, request })
        })
    }
}
