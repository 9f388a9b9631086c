//! The secret that signs the deliveries to an endpoint: `whsec_` and 32 bytes in Base64, the format of Standard
//! Webhooks libraries. It is shown once when it is created, and stored sealed.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use zeroize::Zeroizing;

use crate::{
    ids::{self, EndpointSecretId},
    seal::{CannotSeal, SealedField, Sealer},
    secret::SecretText,
    store::schema::notification_secrets,
};

/// The prefix of a secret.
pub const PREFIX: &str = "whsec_";
const BYTES: usize = 32;

/// The sealed column of a secret.
pub fn place(id: &str) -> SealedField<'_> {
    SealedField::of("notification_secrets", id, "sealed")
}

/// A secret as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = notification_secrets)]
pub struct SealedSecret {
    pub id: EndpointSecretId,
    pub sealed: String,
}

/// Generates a secret and seals it.
pub fn generate(sealer: &Sealer, now: DateTime<Utc>) -> Result<SealedSecret, CannotSeal> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    rand::fill(&mut *bytes).map_err(|_| CannotSeal)?;
    let secret = SecretText::new(format!("{PREFIX}{}", STANDARD.encode(*bytes)));
    let id = ids::fresh(now);
    Ok(SealedSecret {
        id,
        sealed: sealer.seal(place(&id.to_string()), &secret)?,
    })
}
