//! Tokens that are revoked before they expire.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;

/// The claims of a token that a revocation may name.
pub(super) struct TokenIdentity<'t> {
    pub jti: Option<&'t str>,
    pub subject: &'t str,
    pub issuer: &'t str,
    pub issued_seconds: Option<i64>,
}

/// All revoked tokens.
#[derive(Debug, Default)]
pub struct RevokedTokens {
    ids: HashSet<String>,
    subjects: HashMap<String, Vec<RevokedSubject>>,
}

/// A subject whose older tokens are revoked.
#[derive(Clone, Debug)]
pub struct RevokedSubject {
    /// Only tokens of this issuer; `None` is any.
    pub issuer: Option<String>,
    /// Unix seconds; tokens issued in this second or later stay valid.
    pub issued_before_seconds: i64,
}

impl RevokedTokens {
    /// Adds the token with this `jti`.
    pub fn add_id(&mut self, jti: String) {
        self.ids.insert(jti);
    }

    /// Adds the tokens of a subject.
    pub fn add_subject(&mut self, subject: String, revoked: RevokedSubject) {
        self.subjects.entry(subject).or_default().push(revoked);
    }

    /// Whether a token is revoked. A token without an issue time is revoked if its subject is.
    pub(super) fn has(&self, token: &TokenIdentity<'_>) -> bool {
        let is_named = |revoked: &RevokedSubject| {
            let is_of_issuer = revoked
                .issuer
                .as_deref()
                .is_none_or(|one| one == token.issuer);
            let issued = token.issued_seconds;
            is_of_issuer && issued.is_none_or(|issued| issued < revoked.issued_before_seconds)
        };
        let of_subject = self.subjects.get(token.subject);
        token.jti.is_some_and(|jti| self.ids.contains(jti))
            || of_subject.is_some_and(|all| all.iter().any(is_named))
    }
}

/// The revocations that this process knows. Cheap to clone.
#[derive(Clone, Default)]
pub struct Revocations(Arc<RevocationState>);

#[derive(Default)]
struct RevocationState {
    tokens: ArcSwap<RevokedTokens>,
    generation: AtomicU64,
}

impl Revocations {
    /// Replaces all revocations.
    pub fn replace(&self, tokens: RevokedTokens) {
        self.0.tokens.store(Arc::new(tokens));
        // The number changes after the tokens: a reader of the new number sees the new tokens.
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    pub(super) fn current(&self) -> Arc<RevokedTokens> {
        self.0.tokens.load_full()
    }

    /// Incremented by each replacement; tokens verified under an older generation must be verified again.
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_revoked_by_id_and_by_subject_issuer_and_time() {
        let mut revoked = RevokedTokens::default();
        revoked.add_id("lost".to_owned());
        for (subject, issuer, issued_before_seconds) in
            [("anybody", None, 100), ("clerk", Some("idp"), 200)]
        {
            let issuer = issuer.map(str::to_owned);
            revoked.add_subject(
                subject.to_owned(),
                RevokedSubject {
                    issuer,
                    issued_before_seconds,
                },
            );
        }
        for (jti, subject, issuer, issued_seconds, expected) in [
            (Some("lost"), "nobody", "idp", Some(1000), true),
            (Some("kept"), "nobody", "idp", Some(1), false),
            (None, "nobody", "idp", None, false),
            (None, "anybody", "idp", Some(99), true),
            (None, "anybody", "other", Some(99), true),
            (None, "anybody", "idp", Some(100), false),
            (None, "anybody", "idp", None, true),
            (None, "clerk", "idp", Some(199), true),
            (None, "clerk", "other", Some(199), false),
            (None, "clerk", "other", None, false),
            (None, "clerk", "idp", Some(200), false),
        ] {
            let named = TokenIdentity {
                jti,
                subject,
                issuer,
                issued_seconds,
            };
            assert_eq!(revoked.has(&named), expected, "{jti:?} {subject} {issuer}");
        }
    }
}
