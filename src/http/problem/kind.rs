//! The problem types: one row each, with the status, the slug, the title and the advice.

use actix_web::http::StatusCode;

macro_rules! kinds {
    ($($name:ident => $status:ident, $slug:literal, $title:literal, $advice:literal;)*) => {
        /// The problem types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $(#[doc = $title] $name,)* }

        impl Kind {
            /// All kinds, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// The HTTP status of this kind.
            pub const fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status,)* }
            }

            /// The last segment of the problem's `type`.
            pub const fn slug(self) -> &'static str {
                match self { $(Kind::$name => $slug,)* }
            }

            /// The problem's `type`: the path of this service that explains it.
            pub fn path(self) -> String {
                format!("/problems/{}", self.slug())
            }

            /// The title; the same for every problem of this kind.
            pub const fn title(self) -> &'static str {
                match self { $(Kind::$name => $title,)* }
            }

            /// Why it happens, and what a caller can do, for `GET /problems/{type}`.
            pub const fn advice(self) -> &'static str {
                match self { $(Kind::$name => $advice,)* }
            }
        }
    };
}

kinds! {
    MalformedJson => BAD_REQUEST, "malformed-json", "The body is not well-formed JSON",
        "The body cannot be parsed, or parsers would read it differently: duplicate names, lone surrogates, too deep or too large numbers. `detail` and `errors` name the place. Correct the body.";
    BadRequest => BAD_REQUEST, "bad-request", "The request is malformed",
        "A header, the address or the encoding cannot be read. Correct the request.";
    IdempotencyKeyRequired => BAD_REQUEST, "idempotency-key-required", "This operation requires an Idempotency-Key header",
        "The operation changes money, so a repeated request must be recognised. Send a new `Idempotency-Key` for each operation and the same one when you repeat a request.";
    Unauthorized => UNAUTHORIZED, "unauthorized", "A valid bearer token is required",
        "There is no token, or it is not accepted. `detail` names the claim and what was expected. Get a new token.";
    BadSignature => UNAUTHORIZED, "bad-signature", "The signature does not match the body",
        "The webhook was not signed with the key of the integration. Check the integration's webhook key.";
    MissingScope => FORBIDDEN, "missing-scope", "The token lacks the scope for this operation",
        "The token is valid, but lacks a scope; `WWW-Authenticate` names it. `GET /v1/me` lists the scopes of a token.";
    WebsiteToken => FORBIDDEN, "website-token", "The operation is closed to tokens that are bound to websites",
        "The operation concerns the whole shop. Use a token that is not bound to websites.";
    WebsiteNotYours => FORBIDDEN, "website-not-yours", "The token is not good for this website",
        "The token is bound to other websites. `GET /v1/me` lists them.";
    NotFound => NOT_FOUND, "not-found", "The resource does not exist",
        "Nothing with this id exists, or the token is not good for its website. `/openapi.json` has every path.";
    MethodNotAllowed => METHOD_NOT_ALLOWED, "method-not-allowed", "The resource does not support this method",
        "`Allow` lists the methods of this path.";
    NotAcceptable => NOT_ACCEPTABLE, "not-acceptable", "The resource has no representation that the request accepts",
        "`detail` lists the media types that there are. Change `Accept`, or leave it out.";
    RequestTimeout => REQUEST_TIMEOUT, "request-timeout", "The request was not received in time",
        "The request did not arrive in time. Send it again.";
    Conflict => CONFLICT, "conflict", "The state of the resource conflicts with this request",
        "Other requests change the same resource, or its state does not allow this. Read it again, then decide whether to repeat the request.";
    NameTaken => CONFLICT, "name-taken", "Another resource has this name",
        "Names of integrations are unique. Choose another name.";
    ChangedSinceExport => CONFLICT, "changed-since-export", "Rules have changed since the file was exported",
        "`rules` lists the rules that have changed since the file was exported. Export again, or import with `overwrite=true`.";
    RevisionChanged => CONFLICT, "revision-changed", "The rules have changed since the previous page",
        "The cursor belongs to an earlier revision of the rules. Start again without a cursor.";
    RevisionIncomplete => CONFLICT, "revision-incomplete", "The revision does not keep all that checkout saw",
        "Revisions from before the upgrade to complete revisions keep the rules alone, so what checkout answered then cannot be told. `GET /v1/revisions` says of each whether it is `complete`.";
    RuleTestsFailed => CONFLICT, "rule-tests-failed", "Tests of the rules would fail",
        "Tests that pass now would fail after the change, so nothing was changed. `tests` says which, what they expect, what the cart would be offered, and why. Correct the change or the tests; with the scope `rules:force`, `force=true` changes it all the same.";
    InUse => CONFLICT, "in-use", "The resource is in use",
        "`rules` and `openPayments` say what uses it. Change these first, or delete with `detach=true` where that is possible.";
    WrongState => CONFLICT, "wrong-state", "The current status does not allow this operation",
        "`paymentStatus` and `possible` say what the payment allows now.";
    NotEligible => CONFLICT, "not-eligible", "The cart may not use this payment method",
        "The rules do not offer this method for this cart. `reasons` says why.";
    ExceedsRemaining => CONFLICT, "exceeds-remaining", "The amount exceeds the remaining amount",
        "`remaining` is what can still be invoiced, captured or refunded.";
    UseRefund => CONFLICT, "use-refund", "The invoice cannot be canceled; refund it instead",
        "The invoice is paid, funded or shipped. Refund it instead of canceling it.";
    ReferenceTaken => CONFLICT, "reference-taken", "The reference is used by another operation",
        "The reference names an operation with other fields. Choose another reference, or send the same fields.";
    ReferenceCanceled => CONFLICT, "reference-canceled", "The reference is used by a canceled operation",
        "The reference names a canceled operation. Choose another reference.";
    OrderNotOurs => CONFLICT, "order-not-ours", "The order at the provider does not belong to this payment",
        "The order at the provider has another number, amount, currency or merchant than the payment. Send the order of this payment.";
    AnotherPaymentIsLive => CONFLICT, "another-payment-is-live", "Another payment of this order is live",
        "Another payment of the order has money or credit. Use that one, or cancel it first.";
    KnownOtherwise => CONFLICT, "known-otherwise", "The provider reports another result",
        "The provider reports another result than the one that was given. Read the payment again.";
    AmbiguousAccount => CONFLICT, "ambiguous-account", "Several companies list this buyer",
        "Several companies list the buyer. Send `corporateAccountId` with one of `candidates`.";
    InsufficientCredit => CONFLICT, "insufficient-credit", "The buyer's credit line does not cover the order",
        "The buyer's credit line does not cover the order. Lower the amount or offer another method.";
    StillRunning => CONFLICT, "still-running", "The first request with this Idempotency-Key is still running",
        "The first request with this key has not finished. Send the request again after `Retry-After`.";
    CursorExpired => GONE, "cursor-expired", "The cursor is older than what is kept",
        "The events behind the cursor are not kept any more. Go on after `oldest`, and read what may have been missed from the resources.";
    Stale => PRECONDITION_FAILED, "stale", "The resource has changed since it was read",
        "Somebody changed the resource since it was read. Read it again, and repeat the change with its new ETag.";
    TooLarge => PAYLOAD_TOO_LARGE, "too-large", "The body is too large",
        "`limit` is the most bytes that the operation reads.";
    UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The media type of the body is not supported",
        "`detail` names the media types that the operation reads.";
    Invalid => UNPROCESSABLE_ENTITY, "invalid", "The request has invalid values",
        "`errors` lists every invalid value with its pointer or parameter, a code and what would be valid. Correct all of them and send the request again.";
    ApruveOrderNotFound => UNPROCESSABLE_ENTITY, "apruve-order-not-found", "The order does not exist at the provider",
        "The provider does not know the order. Check the id, and whether integration and order are both in test mode.";
    LinesUnknown => UNPROCESSABLE_ENTITY, "lines-unknown", "The lines of the order are not known",
        "The lines of the order are not stored, so parts cannot be named by line. Send an amount.";
    WebsiteRequired => UNPROCESSABLE_ENTITY, "website-required", "The website is required, because the token is good for several",
        "The token is good for several websites. Name one in `website`.";
    NothingToInvoice => UNPROCESSABLE_ENTITY, "nothing-to-invoice", "The amount to invoice is zero",
        "Nothing of the order is left to invoice.";
    NoCorporateAccount => UNPROCESSABLE_ENTITY, "no-corporate-account", "No company with a credit line lists this buyer",
        "No company with a credit line lists the buyer's e-mail address at the provider.";
    KeyReused => UNPROCESSABLE_ENTITY, "idempotency-key-reused", "This Idempotency-Key was used with another request",
        "Each operation needs an `Idempotency-Key` of its own. Send the request with a new one.";
    ProviderRefused => UNPROCESSABLE_ENTITY, "provider-refused", "The payment provider rejected the request",
        "The provider rejected the request for good; `failure` has its words. Sending the same request again does not help.";
    PreconditionRequired => PRECONDITION_REQUIRED, "precondition-required", "This operation requires an If-Match header",
        "Send the ETag that you read as `If-Match`, so that later changes are not overwritten.";
    TooManyRequests => TOO_MANY_REQUESTS, "too-many-requests", "The rate limit is exceeded",
        "Send the request again after `Retry-After`. `RateLimit-Policy` has the limit.";
    Internal => INTERNAL_SERVER_ERROR, "internal", "The service failed",
        "The service failed. Give the value of `instance` to its operator.";
    KeyRefused => BAD_GATEWAY, "key-refused", "The payment provider rejects the API key",
        "The provider rejects the API key. An administrator has to enter a valid one.";
    GatewayUnreachable => BAD_GATEWAY, "gateway-unreachable", "The payment provider did not answer",
        "The provider did not answer, and nothing was done there. Send the request again after `Retry-After`.";
    Unavailable => SERVICE_UNAVAILABLE, "unavailable", "The service is temporarily unavailable",
        "The service is temporarily unavailable. Send the request again after `Retry-After`.";
}

impl Kind {
    /// Whether the same request may succeed later. A rejected API key stays rejected until an administrator enters
    /// another one.
    pub fn is_passing(self) -> bool {
        let status = self.status();
        let passes = status == StatusCode::BAD_GATEWAY || status == StatusCode::SERVICE_UNAVAILABLE;
        passes && self != Kind::KeyRefused
    }
}
