//! Seals secrets at rest: AES-256-GCM with a master key that can be replaced.
//!
//! The format is `v1.kid.nonce.ciphertext`, each part in Base64url without padding. `kid` is a short hash of the master
//! key: it identifies the key of a sealed value without revealing it. Table, id and field are authenticated too, so a
//! value that is copied to another row or column does not open there.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest::{SHA256, digest},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    config::{self, WrongSettings},
    secret::SecretText,
};

const VERSION: &str = "v1";
const KEY_BYTES: usize = 32;
/// The length of `kid` in bytes: eight characters in Base64url.
const KID_BYTES: usize = 6;
/// Separates `kid` from any other hash of the key.
const KID_CONTEXT: &[u8] = b"onterms master key\0";

/// The place of a sealed value; it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedField<'a> {
    /// The table's name.
    pub table: &'static str,
    /// The row's id.
    pub id: &'a str,
    /// The column, or the field within it.
    pub field: &'static str,
}

impl<'a> SealedField<'a> {
    /// The field of a row.
    pub fn of(table: &'static str, id: &'a str, field: &'static str) -> Self {
        SealedField { table, id, field }
    }

    /// NUL separates the parts: no database stores one in an id, so two places never have the same data.
    fn associated_data(self) -> Aad<Vec<u8>> {
        Aad::from([self.table, self.id, self.field].join("\0").into_bytes())
    }
}

/// The cipher failed; the value was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be sealed")]
pub struct CannotSeal;

/// The reason why a sealed value does not open. Names a key by its `kid` and contains no part of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// The text is not of the form `v1.kid.nonce.ciphertext`.
    #[error("the sealed value is not of the form v1.kid.nonce.ciphertext")]
    Malformed,
    /// Sealed under a key that is neither the master key nor a retired one.
    #[error(
        "the value was sealed under key `{kid}`, which is neither secrets.master_key nor in secrets.retired_master_keys"
    )]
    UnknownKey {
        /// The `kid` of the key that sealed it.
        kid: String,
    },
    /// Changed since it was sealed, or moved here from another place.
    #[error("the sealed value was changed or belongs to another place")]
    Changed,
}

/// Seals under the master key and opens what it or a retired key sealed.
pub struct Sealer {
    current: MasterKey,
    retired: Vec<MasterKey>,
}

struct MasterKey {
    kid: String,
    key: RandomizedNonceKey,
}

impl Sealer {
    /// Reads `secrets.master_key` and `secrets.retired_master_keys`; the error names the wrong one.
    pub fn new(settings: &config::SecretSettings) -> Result<Self, WrongSettings> {
        Ok(Sealer {
            current: MasterKey::read("secrets.master_key", &settings.master_key)?,
            retired: settings
                .retired_master_keys
                .iter()
                .map(|key| MasterKey::read("secrets.retired_master_keys", key))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Seals a secret for its place, under the master key and a random nonce.
    pub fn seal(
        &self,
        place: SealedField<'_>,
        plaintext: &SecretText,
    ) -> Result<String, CannotSeal> {
        self.seal_bytes(place, plaintext.expose().as_bytes())
    }

    /// Like [`Sealer::seal`], for bytes.
    pub fn seal_bytes(
        &self,
        place: SealedField<'_>,
        plaintext: &[u8],
    ) -> Result<String, CannotSeal> {
        // Reserves room for the tag, so that a growing buffer leaves no unsealed copy behind.
        let mut sealed = Vec::with_capacity(plaintext.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(plaintext);
        let outcome = self
            .current
            .key
            .seal_in_place_append_tag(place.associated_data(), &mut sealed);
        let Ok(nonce) = outcome else {
            sealed.zeroize();
            return Err(CannotSeal);
        };
        Ok(format!(
            "{VERSION}.{}.{}.{}",
            self.current.kid,
            URL_SAFE_NO_PAD.encode(nonce.as_ref()),
            URL_SAFE_NO_PAD.encode(sealed)
        ))
    }

    /// Opens a value that was sealed for this place.
    pub fn open(&self, place: SealedField<'_>, sealed: &str) -> Result<SecretText, CannotOpen> {
        let mut bytes = self.open_bytes(place, sealed)?;
        String::from_utf8(std::mem::take(&mut *bytes))
            .map(SecretText::new)
            .map_err(|error| {
                error.into_bytes().zeroize();
                CannotOpen::Changed
            })
    }

    /// Like [`Sealer::open`], for bytes; they are wiped when dropped.
    pub fn open_bytes(
        &self,
        place: SealedField<'_>,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let parts = SealedParts::of(sealed)?;
        let key = std::iter::once(&self.current)
            .chain(&self.retired)
            .find(|key| key.kid == parts.kid)
            .ok_or_else(|| CannotOpen::UnknownKey {
                kid: parts.kid.to_owned(),
            })?;
        let mut bytes = Zeroizing::new(parts.ciphertext);
        let length = key
            .key
            .open_in_place(parts.nonce, place.associated_data(), &mut bytes)
            .map_err(|_| CannotOpen::Changed)?
            .len();
        // The rest of the buffer is the tag.
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Whether `onterms rotate-key` must seal the value again, because the current master key did not seal it.
    pub fn needs_resealing(&self, sealed: &str) -> bool {
        SealedParts::of(sealed).map_or(true, |parts| parts.kid != self.current.kid)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("kid", &self.current.kid)
            .finish_non_exhaustive()
    }
}

impl MasterKey {
    fn read(name: &str, key: &SecretText) -> Result<Self, WrongSettings> {
        let wrong = |cause: &dyn fmt::Display| {
            WrongSettings(format!(
                "{name} must be {KEY_BYTES} bytes, written as \"base64:…\": {cause}."
            ))
        };
        let bytes = key.key_bytes().map_err(|error| wrong(&error))?;
        let unfit = |_| wrong(&format_args!("it has {}", bytes.len()));
        let key: &[u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(unfit)?;
        let hash = digest(&SHA256, &Zeroizing::new([KID_CONTEXT, key].concat()));
        Ok(MasterKey {
            kid: URL_SAFE_NO_PAD.encode(&hash.as_ref()[..KID_BYTES]),
            key: RandomizedNonceKey::new(&AES_256_GCM, key)
                .map_err(|_| wrong(&"the cipher refused it"))?,
        })
    }
}

struct SealedParts<'a> {
    kid: &'a str,
    nonce: Nonce,
    ciphertext: Vec<u8>,
}

impl<'a> SealedParts<'a> {
    fn of(sealed: &'a str) -> Result<Self, CannotOpen> {
        let parts: Vec<&str> = sealed.splitn(5, '.').collect();
        let [VERSION, kid, nonce, ciphertext] = parts[..] else {
            return Err(CannotOpen::Malformed);
        };
        let bytes = |part| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| CannotOpen::Malformed)
        };
        let nonce: [u8; NONCE_LEN] = bytes(nonce)?
            .try_into()
            .map_err(|_| CannotOpen::Malformed)?;
        Ok(SealedParts {
            kid,
            nonce: Nonce::assume_unique_for_key(nonce),
            ciphertext: bytes(ciphertext)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: SealedField<'_> = SealedField {
        table: "integrations",
        id: "integration_01h455vb4pex5vsknk084sn02q",
        field: "apiKey",
    };

    fn key(byte: u8) -> SecretText {
        SecretText::from_key_bytes(&[byte; KEY_BYTES])
    }

    fn sealer(current: u8, retired: &[u8]) -> Sealer {
        Sealer::new(&config::SecretSettings {
            master_key: key(current),
            retired_master_keys: retired.iter().map(|byte| key(*byte)).collect(),
        })
        .expect("the keys fit")
    }

    fn sealed(sealer: &Sealer, text: &str) -> String {
        sealer
            .seal(PLACE, &SecretText::new(text))
            .expect("it seals")
    }

    fn opened(sealer: &Sealer, place: SealedField<'_>, sealed: &str) -> Result<String, CannotOpen> {
        sealer
            .open(place, sealed)
            .map(|text| text.expose().to_owned())
    }

    #[test]
    fn what_is_sealed_opens_and_no_two_seals_are_alike() {
        let sealer = sealer(1, &[]);
        for text in ["", "a", "schlüssel", &"x".repeat(5000)] {
            let (one, other) = (sealed(&sealer, text), sealed(&sealer, text));
            assert_ne!(one, other);
            assert_eq!(opened(&sealer, PLACE, &one).as_deref(), Ok(text));
            assert_eq!(opened(&sealer, PLACE, &other).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_value_sealed_by_another_program_in_the_same_form_opens() {
        let golden = "v1.fgFeGRuU.AAECAwQFBgcICQoL.a-SKAnh99CgH28j3hyFBw4cP1dgF5orPAGTHvdLdpVh2ctw";
        assert_eq!(
            opened(&sealer(7, &[]), PLACE, golden).as_deref(),
            Ok("secret-api-key-9f3c")
        );
    }

    #[test]
    fn a_changed_character_anywhere_keeps_it_shut() {
        let sealer = sealer(1, &[]);
        let whole = sealed(&sealer, "secret");
        for (at, old) in whole.char_indices() {
            let new = if old == 'A' { 'B' } else { 'A' };
            let mut changed = whole.clone();
            changed.replace_range(at..=at, new.encode_utf8(&mut [0; 4]));
            assert!(opened(&sealer, PLACE, &changed).is_err(), "{at}: {changed}");
        }
        for end in 0..whole.len() {
            assert!(opened(&sealer, PLACE, &whole[..end]).is_err(), "{end}");
        }
        assert_eq!(
            opened(&sealer, PLACE, &format!("{whole}.")),
            Err(CannotOpen::Malformed)
        );
    }

    #[test]
    fn a_value_moved_to_another_place_stays_shut() {
        let sealer = sealer(1, &[]);
        let value = sealed(&sealer, "secret");
        let moved = [
            SealedField {
                table: "payments",
                ..PLACE
            },
            SealedField {
                id: "integration_01h455vb4pex5vsknk084sn02r",
                ..PLACE
            },
            SealedField {
                field: "webhookToken",
                ..PLACE
            },
        ];
        for place in moved {
            assert_eq!(opened(&sealer, place, &value), Err(CannotOpen::Changed));
        }
    }

    #[test]
    fn a_retired_key_opens_what_it_sealed_and_asks_for_resealing() {
        let value = sealed(&sealer(1, &[]), "secret");
        let rotated = sealer(2, &[1]);
        assert_eq!(opened(&rotated, PLACE, &value).as_deref(), Ok("secret"));
        assert!(rotated.needs_resealing(&value));
        let again = sealed(&rotated, "secret");
        assert!(!rotated.needs_resealing(&again));
        assert!(opened(&sealer(1, &[]), PLACE, &again).is_err());
    }

    #[test]
    fn an_unknown_key_is_named_by_its_kid() {
        let value = sealed(&sealer(1, &[]), "secret");
        let kid = value
            .split('.')
            .nth(1)
            .expect("the form has a kid")
            .to_owned();
        assert_eq!(
            opened(&sealer(2, &[3]), PLACE, &value),
            Err(CannotOpen::UnknownKey { kid })
        );
    }

    #[test]
    fn a_master_key_of_another_length_is_refused_by_name() {
        let secrets = |master: SecretText, retired: Vec<SecretText>| config::SecretSettings {
            master_key: master,
            retired_master_keys: retired,
        };
        let short = Sealer::new(&secrets(SecretText::from_key_bytes(&[1; 31]), vec![]));
        let broken = Sealer::new(&secrets(key(1), vec![SecretText::new("base64:???")]));
        assert_eq!(
            short.expect_err("31 bytes").to_string(),
            "secrets.master_key must be 32 bytes, written as \"base64:…\": it has 31."
        );
        assert_eq!(
            broken.expect_err("no Base64").to_string(),
            "secrets.retired_master_keys must be 32 bytes, written as \"base64:…\": what follows `base64:` is not Base64."
        );
    }
}
