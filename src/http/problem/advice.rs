//! What a caller can do about each problem type, for `GET /problems/{type}`.

use super::Kind;

impl Kind {
    /// Why it happens, and what to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Kind::MalformedJson => {
                "The body cannot be parsed, or parsers would read it differently: duplicate names, lone surrogates, too deep or too large numbers. `detail` and `errors` name the place. Correct the body."
            }
            Kind::BadRequest => {
                "A header, the address or the encoding cannot be read. Correct the request."
            }
            Kind::IdempotencyKeyRequired => {
                "The operation changes money, so a repeated request must be recognised. Send a new `Idempotency-Key` for each operation and the same one when you repeat a request."
            }
            Kind::Unauthorized => {
                "There is no token, or it is not accepted. `detail` names the claim and what was expected. Get a new token."
            }
            Kind::BadSignature => {
                "The webhook was not signed with the key of the integration. Check the integration's webhook key."
            }
            Kind::MissingScope => {
                "The token is valid, but lacks a scope; `WWW-Authenticate` names it. `GET /v1/me` lists the scopes of a token."
            }
            Kind::WebsiteToken => {
                "The operation concerns the whole shop. Use a token that is not bound to websites."
            }
            Kind::WebsiteNotYours => {
                "The token is bound to other websites. `GET /v1/me` lists them."
            }
            Kind::NotFound => {
                "Nothing with this id exists, or the token is not good for its website. `/openapi.json` has every path."
            }
            Kind::MethodNotAllowed => "`Allow` lists the methods of this path.",
            Kind::NotAcceptable => {
                "`detail` lists the media types that there are. Change `Accept`, or leave it out."
            }
            Kind::RequestTimeout => "The request did not arrive in time. Send it again.",
            Kind::Conflict => {
                "Other requests change the same resource, or its state does not allow this. Read it again, then decide whether to repeat the request."
            }
            Kind::NameTaken => "Names of integrations are unique. Choose another name.",
            Kind::ChangedSinceExport => {
                "`rules` lists the rules that have changed since the file was exported. Export again, or import with `overwrite=true`."
            }
            Kind::RevisionChanged => {
                "The cursor belongs to an earlier revision of the rules. Start again without a cursor."
            }
            Kind::RevisionIncomplete => {
                "Revisions from before the upgrade to complete revisions keep the rules alone, so what checkout answered then cannot be told. `GET /v1/revisions` says of each whether it is `complete`."
            }
            Kind::RuleTestsFailed => {
                "Tests that pass now would fail after the change, so nothing was changed. `tests` says which, what they expect, what the cart would be offered, and why. Correct the change or the tests; with the scope `rules:force`, `force=true` changes it all the same."
            }
            Kind::InUse => {
                "`rules` and `openPayments` say what uses it. Change these first, or delete with `detach=true` where that is possible."
            }
            Kind::WrongState => "`paymentStatus` and `possible` say what the payment allows now.",
            Kind::NotEligible => {
                "The rules do not offer this method for this cart. `reasons` says why."
            }
            Kind::ExceedsRemaining => {
                "`remaining` is what can still be invoiced, captured or refunded."
            }
            Kind::UseRefund => {
                "The invoice is paid, funded or shipped. Refund it instead of canceling it."
            }
            Kind::ReferenceTaken => {
                "The reference names an operation with other fields. Choose another reference, or send the same fields."
            }
            Kind::ReferenceCanceled => {
                "The reference names a canceled operation. Choose another reference."
            }
            Kind::OrderNotOurs => {
                "The order at the provider has another number, amount, currency or merchant than the payment. Send the order of this payment."
            }
            Kind::AnotherPaymentIsLive => {
                "Another payment of the order has money or credit. Use that one, or cancel it first."
            }
            Kind::KnownOtherwise => {
                "The provider reports another result than the one that was given. Read the payment again."
            }
            Kind::AmbiguousAccount => {
                "Several companies list the buyer. Send `corporateAccountId` with one of `candidates`."
            }
            Kind::InsufficientCredit => {
                "The buyer's credit line does not cover the order. Lower the amount or offer another method."
            }
            Kind::StillRunning => {
                "The first request with this key has not finished. Send the request again after `Retry-After`."
            }
            Kind::CursorExpired => {
                "The events behind the cursor are not kept any more. Go on after `oldest`, and read what may have been missed from the resources."
            }
            Kind::Stale => {
                "Somebody changed the resource since it was read. Read it again, and repeat the change with its new ETag."
            }
            Kind::TooLarge => "`limit` is the most bytes that the operation reads.",
            Kind::UnsupportedMediaType => {
                "`detail` names the media types that the operation reads."
            }
            Kind::Invalid => {
                "`errors` lists every invalid value with its pointer or parameter, a code and what would be valid. Correct all of them and send the request again."
            }
            Kind::ApruveOrderNotFound => {
                "The provider does not know the order. Check the id, and whether integration and order are both in test mode."
            }
            Kind::LinesUnknown => {
                "The lines of the order are not stored, so parts cannot be named by line. Send an amount."
            }
            Kind::WebsiteRequired => {
                "The token is good for several websites. Name one in `website`."
            }
            Kind::NothingToInvoice => "Nothing of the order is left to invoice.",
            Kind::NoCorporateAccount => {
                "No company with a credit line lists the buyer's e-mail address at the provider."
            }
            Kind::KeyReused => {
                "Each operation needs an `Idempotency-Key` of its own. Send the request with a new one."
            }
            Kind::ProviderRefused => {
                "The provider rejected the request for good; `failure` has its words. Sending the same request again does not help."
            }
            Kind::PreconditionRequired => {
                "Send the ETag that you read as `If-Match`, so that later changes are not overwritten."
            }
            Kind::TooManyRequests => {
                "Send the request again after `Retry-After`. `RateLimit-Policy` has the limit."
            }
            Kind::Internal => "The service failed. Give the value of `instance` to its operator.",
            Kind::KeyRefused => {
                "The provider rejects the API key. An administrator has to enter a valid one."
            }
            Kind::GatewayUnreachable => {
                "The provider did not answer, and nothing was done there. Send the request again after `Retry-After`."
            }
            Kind::Unavailable => {
                "The service is temporarily unavailable. Send the request again after `Retry-After`."
            }
        }
    }
}
