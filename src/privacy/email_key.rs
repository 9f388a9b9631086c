//! The key for hashing e-mail addresses. It makes a person's payments findable, and without the key no one can test
//! addresses against the hashes.

use aws_lc_rs::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types::Text};
use zeroize::Zeroizing;

use super::store;
use crate::{
    pii::Email,
    seal::{CannotOpen, CannotSeal, Sealer},
    store::{Store, StoreError},
    text_column::text_column,
};

/// The name of the key in its table.
const NAME: &str = "buyer_email_hash";
const KEY_BYTES: usize = 32;

/// Hashes e-mail addresses; the same address always has the same hash in one installation.
pub struct EmailKey(hmac::Key);

/// A keyed hash that replaces an e-mail address.
#[derive(AsExpression, Clone, Debug, FromSqlRow, PartialEq, Eq, Hash)]
#[diesel(sql_type = Text)]
pub struct EmailHash(String);

text_column!(EmailHash, |text| Some(EmailHash(text.to_owned())), as_str);

/// The reason why the key cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CannotLoadEmailKey {
    #[error("The key that hashes e-mail addresses does not open under secrets.master_key: {0}.")]
    CannotOpen(#[from] CannotOpen),
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    #[error("The system has no random numbers.")]
    NoRandomNumbers,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EmailKey {
    /// The installation's key. The first call creates it; of several concurrent calls, one wins.
    pub async fn load(
        store: &Store,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<Self, CannotLoadEmailKey> {
        if let Some(key) = EmailKey::find(store, sealer).await? {
            return Ok(key);
        }
        let mut fresh = Zeroizing::new([0; KEY_BYTES]);
        SystemRandom::new()
            .fill(fresh.as_mut())
            .map_err(|_| CannotLoadEmailKey::NoRandomNumbers)?;
        let sealed = sealer.seal_bytes(store::place(NAME), fresh.as_ref())?;
        let kept = store.write(move |tx| store::insert_once(tx, NAME, &sealed, now));
        let kept = kept.await?;
        EmailKey::open(sealer, &kept)
    }

    /// The installation's key, if it exists; for commands, which create none.
    pub async fn find(store: &Store, sealer: &Sealer) -> Result<Option<Self>, CannotLoadEmailKey> {
        let kept = store.read(|conn| store::find(conn, NAME)).await?;
        kept.map(|kept| EmailKey::open(sealer, &kept)).transpose()
    }

    fn open(sealer: &Sealer, sealed: &str) -> Result<Self, CannotLoadEmailKey> {
        let key = sealer.open_bytes(store::place(NAME), sealed)?;
        Ok(EmailKey::of_bytes(&key))
    }

    /// A key of these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        EmailKey(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The hash of an address.
    pub fn hash(&self, email: &Email) -> EmailHash {
        let tag = hmac::sign(&self.0, email.expose().as_bytes());
        EmailHash(URL_SAFE_NO_PAD.encode(tag))
    }
}

impl EmailHash {
    /// The text of the hash, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
