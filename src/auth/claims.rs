//! Reads the claims of a token in the spelling of its issuer: the caller, its scopes, and its websites.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    refusal::TokenRefusal,
    scope::{Scope, Scopes},
    websites::Websites,
};
use crate::config::{self, WrongSettings};

/// The maximum length of a subject in bytes; subjects are stored in the audit log and with idempotency keys.
pub(super) const MOST_SUBJECT_BYTES: usize = 255;

/// The claims of a token whose signature is valid.
pub(super) type Claims = Map<String, Value>;

/// The rules for reading the claims of one issuer.
pub(super) struct ClaimRules {
    subjects: Vec<String>,
    scopes: Vec<String>,
    scope_prefix: String,
    /// A JSON pointer; `None` if roles are not read.
    roles_pointer: Option<String>,
    roles: HashMap<String, Scopes>,
    websites: String,
    require_websites: bool,
}

impl ClaimRules {
    /// The rules of an issuer with these settings.
    pub fn new(auth: &config::AuthSettings) -> Result<Self, WrongSettings> {
        Ok(ClaimRules {
            subjects: auth.subject_claims.clone(),
            scopes: auth.scope_claims.clone(),
            scope_prefix: auth.scope_prefix.clone(),
            roles_pointer: pointer(&auth.roles_claim),
            roles: read_roles(&auth.roles)?,
            websites: auth.websites_claim.clone(),
            require_websites: auth.require_websites,
        })
    }

    /// The caller's name: the first subject claim that is a non-empty text.
    pub fn subject<'c>(&self, claims: &'c Claims) -> Result<&'c str, TokenRefusal> {
        let named = |claim: &String| {
            claims
                .get(claim)
                .and_then(Value::as_str)
                .filter(|it| !it.is_empty())
        };
        let subject = self.subjects.iter().find_map(named);
        let subject = subject.ok_or_else(|| {
            TokenRefusal::claim(format!(
                "The token must name its caller in {}.",
                quoted(&self.subjects, "or")
            ))
        })?;
        // The subject is stored in the audit log. PostgreSQL cannot store NUL, and no name needs control characters.
        if subject.chars().any(char::is_control) || subject.len() > MOST_SUBJECT_BYTES {
            return Err(TokenRefusal::claim(format!(
                "The caller's name must have at most {MOST_SUBJECT_BYTES} bytes and no control characters."
            )));
        }
        Ok(subject)
    }

    /// The scopes of all scope claims and roles.
    pub fn scopes(&self, claims: &Claims) -> Scopes {
        let words = self
            .scopes
            .iter()
            .filter_map(|claim| claims.get(claim))
            .flat_map(words_of);
        let named: Scopes = words
            .filter_map(|word| {
                let own = word.strip_prefix(&self.scope_prefix).unwrap_or(word);
                Scope::parse(own).or_else(|| Scope::parse(word))
            })
            .collect();
        self.role_scopes(claims).fold(named, Scopes::and)
    }

    fn role_scopes(&self, claims: &Claims) -> impl Iterator<Item = Scopes> {
        let found = self
            .roles_pointer
            .as_ref()
            .and_then(|pointer| find(claims, pointer));
        found
            .into_iter()
            .flat_map(words_of)
            .filter_map(|role| self.roles.get(role).copied())
    }

    /// The websites that the token is bound to.
    pub fn websites(&self, claims: &Claims) -> Result<Websites, TokenRefusal> {
        let claim = &self.websites;
        match claims.get(claim) {
            None | Some(Value::Null) if self.require_websites => Err(TokenRefusal::claim(format!(
                "The token must name its websites in `{claim}`."
            ))),
            None | Some(Value::Null) => Ok(Websites::All),
            Some(value) => match texts(value) {
                Some(names) => Ok(Websites::Only(names.into())),
                // A claim that cannot be read must not open every website.
                None => Err(TokenRefusal::claim(format!(
                    "`{claim}` must be a text or a list of texts."
                ))),
            },
        }
    }
}

/// `realm_access.roles` as a JSON pointer.
fn pointer(claim: &str) -> Option<String> {
    match claim {
        "" => None,
        pointer if pointer.starts_with('/') => Some(pointer.to_owned()),
        path => Some(format!(
            "/{}",
            path.replace('~', "~0").replace('/', "~1").replace('.', "/")
        )),
    }
}

fn find<'c>(claims: &'c Claims, pointer: &str) -> Option<&'c Value> {
    let mut segments = pointer
        .split('/')
        .skip(1)
        .map(|it| it.replace("~1", "/").replace("~0", "~"));
    let first = claims.get(&segments.next()?)?;
    segments.try_fold(first, |value, segment| value.get(segment))
}

/// The words of a text or of a list of texts; other values have no words.
fn words_of(value: &Value) -> impl Iterator<Item = &str> {
    let (text, list) = match value {
        Value::String(text) => (Some(text.as_str()), &[][..]),
        Value::Array(list) => (None, list.as_slice()),
        _ => (None, &[][..]),
    };
    let in_list = list.iter().filter_map(Value::as_str);
    text.into_iter()
        .flat_map(str::split_ascii_whitespace)
        .chain(in_list)
}

/// The names in a text or a list of texts. A text is a single name, which may contain blanks.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list
            .iter()
            .map(|it| it.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

fn read_roles(
    roles: &std::collections::BTreeMap<String, Vec<String>>,
) -> Result<HashMap<String, Scopes>, WrongSettings> {
    let scopes = |role: &String, words: &Vec<String>| {
        let read = words.iter().map(|word| match word.as_str() {
            "*" => Ok(Scope::ALL.iter().copied().collect()),
            word => Scope::parse(word)
                .map(|scope| Scopes::from_iter([scope]))
                .ok_or_else(|| {
                    WrongSettings(format!(
                        "auth.roles gives `{role}` the scope `{word}`, which does not exist."
                    ))
                }),
        });
        read.collect::<Result<Vec<Scopes>, _>>()
            .map(|all| all.into_iter().fold(Scopes::default(), Scopes::and))
    };
    roles
        .iter()
        .map(|(role, words)| Ok((role.clone(), scopes(role, words)?)))
        .collect()
}

/// A list of names in backquotes for a sentence.
pub(super) fn quoted(names: &[String], joint: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => {
            format!("{} {joint} {last}", before.join(", "))
        }
        names => names.concat(),
    }
}
