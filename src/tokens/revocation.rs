//! A revocation as a caller sends it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::end_of_tokens_before;
use crate::http::{body::Fields, problem::Problem};

/// The maximum length of a claim in characters.
const LONGEST_CLAIM: usize = 255;
/// How far the caller's clock may be ahead of the service's.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// The revoked tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The token with this id.
    Token { jti: String },
    /// All tokens of a subject that were issued before a moment, by one issuer or by any.
    Subject {
        subject: String,
        issuer: Option<String>,
        issued_before: DateTime<Utc>,
    },
}

/// A revocation and the end of its relevance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub revoked: Revoked,
    pub ends_at: DateTime<Utc>,
}

impl Revocation {
    /// Reads one of the two forms; returns all errors at once.
    pub fn read(
        body: &Map<String, Value>,
        now: DateTime<Utc>,
        leeway: Duration,
    ) -> Result<Self, Problem> {
        Fields::read(body, |fields| {
            match (fields.value("jti"), fields.value("sub")) {
                (Some(_), None) => read_token(fields, now, leeway),
                (None, Some(_)) => read_subject(fields, now, leeway),
                (None, None) => {
                    let message = "Name a token by `jti` and `expiresAt`, or a subject by `sub` and `issuedBefore`.";
                    fields.refuse("jti", "required", message);
                    None
                }
                (Some(_), Some(_)) => {
                    let message = "`jti` and `sub` exclude each other: send two requests.";
                    fields.refuse("sub", "conflict", message);
                    None
                }
            }
        })
    }
}

fn read_token(fields: &Fields<'_>, now: DateTime<Utc>, leeway: Duration) -> Option<Revocation> {
    let jti = fields.text("jti", 1, LONGEST_CLAIM);
    let expires_at = fields.required_instant("expiresAt");
    // No token that ends later than this is accepted.
    let latest = end_of_tokens_before(now, leeway);
    let leeway = TimeDelta::from_std(leeway).unwrap_or(TimeDelta::MAX);
    let ends_at = expires_at?
        .checked_add_signed(leeway)
        .map_or(latest, |end| end.min(latest));
    Some(Revocation {
        revoked: Revoked::Token { jti: jti? },
        ends_at,
    })
}

fn read_subject(fields: &Fields<'_>, now: DateTime<Utc>, leeway: Duration) -> Option<Revocation> {
    let subject = fields.text("sub", 1, LONGEST_CLAIM);
    let issuer = fields.optional_text("issuer", LONGEST_CLAIM);
    let issued_before = fields.required_instant("issuedBefore");
    if issued_before.is_some_and(|moment| moment > now + AHEAD) {
        // Such a revocation could not be undone, and would reject tokens that are not issued yet.
        let message = "`issuedBefore` must not be in the future.";
        fields.refuse("issuedBefore", "in_future", message);
    }
    let issued_before = issued_before?;
    Some(Revocation {
        revoked: Revoked::Subject {
            subject: subject?,
            issuer,
            issued_before,
        },
        // A token without an issue time may be as young as this request.
        ends_at: end_of_tokens_before(now.max(issued_before), leeway),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Result<Revocation, Vec<String>> {
        let now = "2026-03-01T12:00:00Z".parse().expect("an instant");
        let body = body.as_object().expect("an object");
        Revocation::read(body, now, Duration::from_secs(5)).map_err(|problem| {
            let pointers = problem.errors().iter();
            pointers.filter_map(|error| error.pointer.clone()).collect()
        })
    }

    #[test]
    fn a_revocation_ends_when_no_token_of_it_can_be_valid() {
        for (body, ends_at) in [
            (
                json!({ "jti": "a", "expiresAt": "2026-03-02T00:00:00Z" }),
                "2026-03-02T00:00:05Z",
            ),
            (
                json!({ "jti": "a", "expiresAt": "9999-01-01T00:00:00Z" }),
                "2027-03-02T12:00:05Z",
            ),
            (
                json!({ "sub": "a", "issuedBefore": "2026-03-01T11:00:00Z" }),
                "2027-03-02T12:00:05Z",
            ),
            (
                json!({ "sub": "a", "issuer": "b", "issuedBefore": "2026-03-01T12:00:30Z" }),
                "2027-03-02T12:00:35Z",
            ),
        ] {
            let revocation = read(body.clone()).expect("it fits");
            assert_eq!(
                revocation.ends_at,
                ends_at.parse::<DateTime<Utc>>().expect("an instant"),
                "{body}"
            );
        }
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        let nothing: &[&str] = &[];
        for (body, pointers) in [
            (json!({}), &["/jti"][..]),
            (json!({ "jti": null, "sub": null }), &["/jti"]),
            (json!({ "jti": "a" }), &["/expiresAt"]),
            (
                json!({ "jti": "", "expiresAt": "tomorrow" }),
                &["/jti", "/expiresAt"],
            ),
            (
                json!({ "jti": 7, "expiresAt": 8, "x": 9 }),
                &["/jti", "/expiresAt", "/x"],
            ),
            (
                json!({ "jti": "a\u{0}", "expiresAt": "2026-03-02T00:00:00Z" }),
                &["/jti"],
            ),
            (json!({ "jti": "a", "sub": "b" }), &["/sub"]),
            (json!({ "sub": "a" }), &["/issuedBefore"]),
            (
                json!({ "sub": "a", "issuedBefore": "2026-03-01T12:02:00Z" }),
                &["/issuedBefore"],
            ),
            (
                json!({ "sub": "a", "issuedBefore": "2026-03-01T11:00:00Z" }),
                nothing,
            ),
        ] {
            let wrong = read(body.clone()).err().unwrap_or_default();
            assert_eq!(wrong, pointers, "{body}");
        }
    }
}
