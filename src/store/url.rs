//! The address of the database: a file for SQLite, a URL for PostgreSQL.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

/// The two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    PostgreSql,
}

/// The address of the database. `Debug` hides it, because it may contain a password.
#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    PostgreSql(SecretString),
}

/// The reason why a text is not a database address. The error never repeats the text, which may contain a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDatabaseUrl {
    #[error("the database must be a file path, `sqlite://PATH` or `postgres://USER@HOST/NAME`")]
    Scheme,
    #[error("the SQLite database must be a file: one in memory is lost with each connection")]
    NoFile,
    #[error("the user name and password in the PostgreSQL address must be percent-encoded")]
    UnencodedPassword,
}

impl DatabaseUrl {
    /// Which of the two databases it is.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::PostgreSql(_) => Backend::PostgreSql,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('\0') {
            return Err(BadDatabaseUrl::Scheme);
        }
        if let Some(address) = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"))
        {
            check_credentials(address)?;
            return Ok(Self::PostgreSql(SecretString::from(text)));
        }
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
            .unwrap_or(text);
        match path {
            "" | ":memory:" => Err(BadDatabaseUrl::NoFile),
            // SQLite would read options from a `file:` name, among them one for a database in memory.
            _ if path.starts_with("file:") || path.contains("://") => Err(BadDatabaseUrl::Scheme),
            _ => Ok(Self::Sqlite(PathBuf::from(path))),
        }
    }
}

/// libpq's error messages repeat the host and the port. A password with an unencoded `@` or `/` would be taken for
/// them.
fn check_credentials(address: &str) -> Result<(), BadDatabaseUrl> {
    let before_options = address.split('?').next().unwrap_or_default();
    let authority = before_options.split('/').next().unwrap_or_default();
    let ats = before_options.matches('@').count();
    if ats > 1 || (ats == 1 && !authority.contains('@')) {
        return Err(BadDatabaseUrl::UnencodedPassword);
    }
    Ok(())
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::PostgreSql(_) => f.write_str("postgresql://[hidden]"),
        }
    }
}

/// Adds the options that limit waiting for a lost server, unless the address sets them.
pub(super) fn with_defaults(address: &SecretString, connect_timeout_s: u64) -> SecretString {
    let mut address = address.expose_secret().to_owned();
    let options = address
        .split_once('?')
        .map(|(_, options)| options.to_owned());
    let is_set = |key: &str| {
        options
            .iter()
            .flat_map(|all| all.split('&'))
            .any(|option| option.split('=').next() == Some(key))
    };
    let defaults = [
        ("application_name", "onterms".to_owned()),
        ("connect_timeout", connect_timeout_s.to_string()),
        ("keepalives_idle", "10".to_owned()),
        ("keepalives_interval", "5".to_owned()),
        ("keepalives_count", "3".to_owned()),
        ("tcp_user_timeout", "15000".to_owned()),
    ];
    let mut separator = match options.as_deref() {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    for (key, value) in defaults {
        if !is_set(key) {
            address.push_str(separator);
            address.push_str(&format!("{key}={value}"));
            separator = "&";
        }
    }
    SecretString::from(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, BadDatabaseUrl> {
        text.parse()
    }

    #[test]
    fn a_path_and_a_sqlite_url_are_files() {
        for (text, path) in [
            ("./data/onterms.db", "./data/onterms.db"),
            ("sqlite://./data/onterms.db", "./data/onterms.db"),
            ("sqlite:///var/lib/onterms.db", "/var/lib/onterms.db"),
        ] {
            assert!(
                matches!(parse(text), Ok(DatabaseUrl::Sqlite(p)) if p == std::path::Path::new(path)),
                "{text}"
            );
        }
    }

    #[test]
    fn both_spellings_of_the_postgresql_scheme_are_known() {
        for text in [
            "postgres://u@h/db",
            "postgresql://u:p@h:5432/db",
            "postgresql:///db?host=/tmp",
        ] {
            assert_eq!(
                parse(text).map(|url| url.backend()),
                Ok(Backend::PostgreSql),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert_eq!(parse("mysql://h/db").err(), Some(BadDatabaseUrl::Scheme));
        assert_eq!(
            parse("file:x?mode=memory").err(),
            Some(BadDatabaseUrl::Scheme)
        );
        assert_eq!(
            parse("sqlite://:memory:").err(),
            Some(BadDatabaseUrl::NoFile)
        );
        assert_eq!(parse("").err(), Some(BadDatabaseUrl::NoFile));
    }

    #[test]
    fn a_password_that_would_be_taken_for_a_host_is_refused() {
        assert_eq!(
            parse("postgres://u:p@ss@h/db").err(),
            Some(BadDatabaseUrl::UnencodedPassword)
        );
        assert_eq!(
            parse("postgres://u:p/ss@h/db").err(),
            Some(BadDatabaseUrl::UnencodedPassword)
        );
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = parse("postgres://u:hunter2@h/db").expect("a good address");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn options_that_are_set_are_left_alone() {
        let address = SecretString::from("postgres://h/db?connect_timeout=1");
        let full = with_defaults(&address, 5);
        assert!(
            full.expose_secret()
                .starts_with("postgres://h/db?connect_timeout=1&application_name=onterms&")
        );
        assert_eq!(full.expose_secret().matches("connect_timeout").count(), 1);
        let bare = with_defaults(&SecretString::from("postgres://h/db?"), 5);
        assert!(
            bare.expose_secret()
                .starts_with("postgres://h/db?application_name=onterms&")
        );
    }
}
