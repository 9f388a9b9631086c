//! Who may call, over HTTP: a small app with the real extractor in front of it.

mod claims;
mod issuers;
mod jwks;
mod limits;
mod made_keys;
mod outbound;
mod support;
mod tokens;
