//! Provides the keys at start. On a developer's machine they are generated; elsewhere they must be configured.
//!
//! The files of generated keys have the same spelling as the configuration, so that a line can be copied into a secret
//! store. `serve`, `token` and `rotate-key` all use this module and so agree on the keys.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{
    config::{Settings, WrongSettings},
    secret::SecretText,
};

/// The directory of generated keys, below the working directory.
pub const DIRECTORY: &str = "keys";

const KEY_BYTES: usize = 32;

/// A key that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// What tokens are signed with.
    Secret,
    /// What is sealed at rest is sealed with it.
    MasterKey,
}

impl Needed {
    /// The name of its file, where it was made.
    pub fn file(self) -> &'static str {
        match self {
            Needed::Secret => "hs256_secret",
            Needed::MasterKey => "master_key",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Needed::Secret => "auth.hs256_secret",
            Needed::MasterKey => "secrets.master_key",
        }
    }

    fn value(self, settings: &mut Settings) -> &mut SecretText {
        match self {
            Needed::Secret => &mut settings.auth.hs256_secret,
            Needed::MasterKey => &mut settings.secrets.master_key,
        }
    }
}

/// The keys that a service needs and that are not configured. Where others sign the tokens, it needs no secret.
pub fn missing_keys(settings: &Settings) -> Vec<Needed> {
    let auth = &settings.auth;
    let lacks_secret =
        auth.hs256_secret.is_empty() && auth.jwks_file.is_empty() && auth.jwks_url.is_empty();
    let lacks_master = settings.secrets.master_key.is_empty();
    let secret = lacks_secret.then_some(Needed::Secret);
    secret
        .into_iter()
        .chain(lacks_master.then_some(Needed::MasterKey))
        .collect()
}

/// Fills in the keys that are not configured: from `directory`, where they are made if they are not there yet.
///
/// Only if the service listens on loopback and uses SQLite. Otherwise the error names the missing settings.
pub fn provide_keys(settings: &mut Settings, directory: &Path) -> Result<(), WrongSettings> {
    let missing = missing_keys(settings);
    if missing.is_empty() {
        return Ok(());
    }
    if let Some(reason) = why_not_at_home(settings) {
        let names: Vec<_> = missing.iter().map(|key| key.setting()).collect();
        return Err(WrongSettings(format!(
            "Set {}: keys are made only for a loopback listener with SQLite, and {reason}.",
            names.join(" and ")
        )));
    }
    for key in missing {
        *key.value(settings) = read_or_make(directory, key.file())?;
    }
    Ok(())
}

/// Fills in the needed keys that are not configured from `directory`, for a command that generates none.
pub fn use_made_keys(
    settings: &mut Settings,
    directory: &Path,
    needed: &[Needed],
) -> Result<(), WrongSettings> {
    for key in needed {
        if !key.value(settings).is_empty() {
            continue;
        }
        let path = directory.join(key.file());
        let found = match why_not_at_home(settings) {
            Some(reason) => Err(reason),
            None => read(&path).map_err(|error| format!("`{}`: {error}", path.display())),
        };
        *key.value(settings) = found.map_err(|reason| {
            WrongSettings(format!(
                "Set {}, or run this where `onterms serve` made its keys ({reason}).",
                key.setting()
            ))
        })?;
    }
    Ok(())
}

fn why_not_at_home(settings: &Settings) -> Option<String> {
    if !settings.server.host.is_loopback() {
        return Some(format!("server.host is {}", settings.server.host));
    }
    let url = settings.database.url.expose();
    (url.starts_with("postgres://") || url.starts_with("postgresql://"))
        .then(|| "database.url names PostgreSQL".to_owned())
}

/// A key of 256 random bits in the spelling of the configuration.
pub fn random_key() -> Result<SecretText, WrongSettings> {
    let mut bytes = zeroize::Zeroizing::new([0; KEY_BYTES]);
    aws_lc_rs::rand::fill(&mut *bytes)
        .map_err(|_| WrongSettings("The system has no random numbers for a key.".to_owned()))?;
    Ok(SecretText::from_key_bytes(&*bytes))
}

fn read_or_make(directory: &Path, name: &str) -> Result<SecretText, WrongSettings> {
    let path = directory.join(name);
    read(&path)
        .or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => make(directory, &path),
            _ => Err(error),
        })
        .map_err(|error| {
            WrongSettings(format!(
                "The key file `{}` cannot be used: {error}.",
                path.display()
            ))
        })
}

fn read(path: &Path) -> io::Result<SecretText> {
    let text = zeroize::Zeroizing::new(fs::read_to_string(path)?);
    match text.trim() {
        "" => Err(io::Error::other("it is empty")),
        key => Ok(SecretText::new(key)),
    }
}

/// Writes a new key to a temporary file and links it to its place, so that no process reads half a key, and two
/// processes that start together both use the key of the first.
fn make(directory: &Path, path: &PathBuf) -> io::Result<SecretText> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let key = random_key().map_err(io::Error::other)?;
    // A temporary file has mode 0600 from its creation.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    writeln!(file, "{}", key.expose())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            tracing::info!(file = %path.display(), "made a key, since none is configured");
            Ok(key)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error.error),
    }
}
