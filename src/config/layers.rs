//! Merges the layers of the configuration: defaults, file, environment, flags.
//!
//! All values of the environment are texts. A value stays a text until the type of its key is known, so that a secret
//! of digits stays a text; only lists are split here.

use std::{ffi::OsString, path::Path};

use ::config::{Config, ConfigError, Environment, File, FileFormat, Value, ValueKind};

use super::{DEFAULTS, Settings, WrongSettings};

const PREFIX: &str = "ONTERMS__";
const DATABASE_URL: &str = "DATABASE_URL";
/// The keys whose value in the environment is a comma-separated list.
const LISTS: [&str; 12] = [
    "server.trusted_proxies",
    "auth.retired_hs256_secrets",
    "auth.jwks_algorithms",
    "auth.denied_jti",
    "auth.audience",
    "auth.subject_claims",
    "auth.scope_claims",
    "cors.allowed_origins",
    "secrets.retired_master_keys",
    "apruve.allowed_hosts",
    "notifications.allowed_hosts",
    "notifications.retry_schedule",
];
/// The keys, and a section, whose values never appear in an error message.
const UNSPOKEN: [&str; 5] = [
    "secrets",
    "auth.hs256_secret",
    "auth.retired_hs256_secrets",
    "database.url",
    "outbound.proxy",
];

/// The sources of [`Settings::load`]; a value, so that tests need not change the process environment.
#[derive(Default)]
pub struct Sources<'a> {
    /// `--config`. The named file must exist; without it, `onterms.toml` in the working directory may be absent.
    pub file: Option<&'a Path>,
    /// The environment as pairs; `None` reads the environment of the process.
    pub environment: Option<Vec<(String, String)>>,
    /// Flags as (key, value), such as `("server.port", "8080")`.
    pub flags: Vec<(&'static str, String)>,
}

impl Settings {
    /// Merges the layers, and checks everything that needs no access to the outside.
    pub fn load(sources: Sources<'_>) -> Result<Self, WrongSettings> {
        let environment = match sources.environment {
            Some(given) => given,
            None => readable(std::env::vars_os())?,
        };
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        builder = match sources.file {
            Some(path) => builder.add_source(File::new(&path.to_string_lossy(), FileFormat::Toml)),
            None => builder.add_source(File::new("onterms.toml", FileFormat::Toml).required(false)),
        };
        let (lists, texts): (Vec<_>, Vec<_>) = environment
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .partition(|(name, _)| LISTS.contains(&key_of(name).as_str()));
        if let Some((_, url)) = texts.iter().find(|(name, _)| name == DATABASE_URL) {
            builder = builder.set_override("database.url", url.clone())?;
        }
        builder = builder.add_source(
            Environment::with_prefix("ONTERMS")
                .prefix_separator("__")
                .separator("__")
                .source(Some(texts.into_iter().collect())),
        );
        for (name, value) in lists {
            builder = builder.set_override(key_of(&name), list(&value))?;
        }
        for (key, value) in sources.flags {
            builder = match LISTS.contains(&key) {
                true => builder.set_override(key, list(&value))?,
                false => builder.set_override(key, value)?,
            };
        }
        let settings: Settings = builder.build()?.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }
}

impl From<ConfigError> for WrongSettings {
    fn from(error: ConfigError) -> Self {
        if let Some(sentence) = unspoken(&error) {
            return WrongSettings(sentence);
        }
        // A parser prints the line at which it stopped, which does not fit into a sentence.
        let is_drawing = |line: &&str| {
            let line = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
            line.starts_with('|')
        };
        let text = error.to_string();
        let lines = text.lines().filter(|line| !is_drawing(line));
        let sentence = lines.map(str::trim).collect::<Vec<_>>().join(", ");
        WrongSettings(format!("The configuration does not fit: {sentence}."))
    }
}

/// The message about a secret of the wrong type; the parser's message would contain the value.
fn unspoken(error: &ConfigError) -> Option<String> {
    let (ConfigError::Type { key, .. } | ConfigError::At { key, .. }) = error else {
        return None;
    };
    let key = key.as_ref()?;
    let is_secret = UNSPOKEN.iter().any(|secret| key.starts_with(secret));
    is_secret.then(|| format!("The configuration does not fit: `{key}` has the wrong type."))
}

/// The pairs that are UTF-8. Others are ignored, unless they have our prefix.
fn readable(
    pairs: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, WrongSettings> {
    let mut read = Vec::new();
    for (name, value) in pairs {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => read.push((name, value)),
            (name, _) => {
                let name = name.unwrap_or_else(|name| name.to_string_lossy().into_owned());
                if name.starts_with(PREFIX) || name == DATABASE_URL {
                    return Err(WrongSettings(format!(
                        "{name} in the environment is not UTF-8."
                    )));
                }
            }
        }
    }
    Ok(read)
}

/// The key that a variable sets, in lower case.
fn key_of(name: &str) -> String {
    let name = name.strip_prefix(PREFIX).unwrap_or_default();
    name.to_lowercase().replace("__", ".")
}

fn list(value: &str) -> Value {
    let origin = "the environment".to_owned();
    let items = value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    let items = items.map(|item| Value::new(Some(&origin), item)).collect();
    Value::new(Some(&origin), ValueKind::Array(items))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_is_not_utf_8_is_ignored_unless_it_is_meant_for_us() {
        let bad = || OsString::from_vec(vec![b'x', 0xff]);
        let pairs = [
            (bad(), "1".into()),
            ("LC".into(), bad()),
            ("A".into(), "b".into()),
        ];
        let read = readable(pairs.into_iter()).expect("nothing of ours");
        assert_eq!(read, [("A".to_owned(), "b".to_owned())]);
        let ours = OsString::from("ONTERMS__AUTH__HS256_SECRET");
        let sentence = readable([(ours, bad())].into_iter()).expect_err("ours");
        assert!(
            sentence.0.starts_with("ONTERMS__AUTH__HS256_SECRET"),
            "{sentence}"
        );
    }
}
