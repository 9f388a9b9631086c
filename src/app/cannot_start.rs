//! Reasons why the service does not start.

use std::io;

use crate::{
    config::WrongSettings, error_chain, outbound::NoClient, privacy::CannotLoadEmailKey,
    store::StoreError,
};

/// The reason why the service does not start, in one sentence for an operator.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error(transparent)]
    Settings(#[from] WrongSettings),
    #[error("database.url does not fit: {0}.")]
    DatabaseUrl(#[from] crate::store::BadDatabaseUrl),
    #[error("The database cannot be used: {}.", error_chain::chain(.0))]
    Database(#[from] StoreError),
    #[error(
        "The database lacks migrations ({0}); run `onterms migrate`, or start without --no-migrate."
    )]
    NotMigrated(usize),
    #[error(
        "The database has migrations that this version does not know ({0}), so a newer version has used it; run that version."
    )]
    NewerDatabase(String),
    #[error("There is no database at `{0}`; `onterms serve` and `onterms migrate` make one.")]
    NoDatabase(String),
    #[error(
        "The database is behind a pooler that lends a connection for one transaction (PgBouncer with pool_mode = transaction), which loses prepared statements and time-outs; use pool_mode = session, or connect to PostgreSQL itself."
    )]
    TransactionPooler,
    #[error(
        "secrets.master_key opens nothing that is sealed in this database (for example the {field} of {id}); configure the key that sealed it, or put it into secrets.retired_master_keys."
    )]
    WrongMasterKey { field: &'static str, id: String },
    #[error(
        "A service of version {version} (layout {layout}) uses this database, and this version must not run at the same time; stop every such service first."
    )]
    OtherLayout { version: String, layout: i32 },
    #[error(transparent)]
    EmailKey(#[from] CannotLoadEmailKey),
    #[error("No outbound HTTP client: {0}.")]
    Outbound(#[from] NoClient),
    #[error("Cannot listen on {0}: {1}.")]
    Listen(String, #[source] io::Error),
}
