//! Errors of the database, in terms that a use case can act on.
//!
//! `Display` never contains SQL, values or addresses, so a message may be sent to callers; the cause of
//! [`StoreError::Broken`] is its `source` and belongs only in the log.

use crate::{error_chain, http::problem::Problem};
use diesel::result::{
    DatabaseErrorInformation, DatabaseErrorKind, DeserializeFieldError, Error as DieselError,
};

/// The reason why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint already holds such a row. On both databases the constraint is named `{table}_{columns}_key`,
    /// or after its index if the index is over expressions; only the names of primary keys differ.
    #[error("a row with this {constraint} exists")]
    Conflict { constraint: String },
    /// A row that this one refers to is missing, or rows that refer to this one still exist.
    #[error("a reference to or from this row does not hold")]
    Reference,
    /// There is no such row.
    #[error("there is no such row")]
    NotFound,
    /// The database is overloaded: a full queue, a lock or a deadlock, or a statement over its time limit. Nothing was
    /// changed; a later attempt may succeed.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached, or could not store the write. On PostgreSQL, a write whose connection was lost
    /// during its commit may have happened nevertheless.
    #[error("the database is not available")]
    Unavailable,
    /// The store was closed because the service shuts down.
    #[error("the store is closed")]
    Closed,
    /// An unexpected fault of the service or of the database. Nothing was changed.
    #[error("the database could not do this")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether this is a conflict on the named unique constraint.
    pub fn is_conflict_on(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }

    /// A row with a value that the service cannot have written; `what` names the value for the log.
    pub fn unreadable(what: impl Into<String>) -> Self {
        Self::broken(format!("cannot read {}", what.into()))
    }

    pub(super) fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }
}

/// A row that cannot be read, for callers that continue without it.
#[derive(Debug)]
pub struct UnreadableRow {
    pub id: String,
    pub version: i64,
    /// The reason why the row cannot be read.
    pub why: StoreError,
}

impl From<UnreadableRow> for StoreError {
    /// For callers that need the row.
    fn from(row: UnreadableRow) -> Self {
        row.why
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind as Kind;
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::BrokenTransactionManager => Self::Unavailable,
            DieselError::RollbackErrorOnCommit { commit_error, .. } => (*commit_error).into(),
            DieselError::DatabaseError(kind, info) => match kind {
                Kind::UniqueViolation => Self::Conflict {
                    constraint: constraint_of(&*info),
                },
                Kind::ForeignKeyViolation | Kind::RestrictViolation => Self::Reference,
                Kind::SerializationFailure => Self::Busy,
                Kind::ClosedConnection | Kind::UnableToSendCommand | Kind::ReadOnlyTransaction => {
                    Self::Unavailable
                }
                Kind::Unknown if says_busy(info.message()) => Self::Busy,
                Kind::Unknown if says_unavailable(info.message()) => Self::Unavailable,
                _ => Self::broken(DieselError::DatabaseError(kind, info)),
            },
            DieselError::DeserializationError(cause) => unreadable(cause),
            other => Self::broken(other),
        }
    }
}

/// Names the column, if the error contains its name. A conversion of ours (`deserialize_as`) says itself what it cannot
/// read.
fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    let cause = match cause.downcast::<StoreError>() {
        Ok(error) => return *error,
        Err(cause) => cause,
    };
    match cause.downcast_ref() {
        Some(DeserializeFieldError {
            field_name: Some(column),
            ..
        }) => StoreError::unreadable(format!("the column {column}")),
        _ => StoreError::broken(DieselError::DeserializationError(cause)),
    }
}

/// Diesel has no error kind for these, so the message decides (English, the default of both databases).
fn says_busy(message: &str) -> bool {
    [
        "database is locked",
        "deadlock detected",
        "due to statement timeout",
        "due to lock timeout",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// A disk that is full or fails, a missing file, and a server that stops or lost its connection. If the server speaks
/// another language, the state of the connection decides.
fn says_unavailable(message: &str) -> bool {
    [
        "disk is full",
        "disk I/O error",
        "unable to open database file",
        "No space left",
        "terminating connection",
        "server closed the connection",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// PostgreSQL names the constraint. SQLite lists the columns (`UNIQUE constraint failed: t.a, t.b`), from which this
/// derives PostgreSQL's name, and names only an index over expressions (`index 'name'`).
fn constraint_of(info: &dyn DatabaseErrorInformation) -> String {
    if let Some(name) = info.constraint_name() {
        return name.to_owned();
    }
    let failed = info.message().rsplit("failed: ").next().unwrap_or_default();
    if let Some(index) = failed.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let mut columns = failed
        .split(", ")
        .map(|column| column.split_once('.').unwrap_or(("", column)));
    let Some((table, first)) = columns.next() else {
        return String::new();
    };
    let rest = columns.fold(String::new(), |name, (_, column)| name + "_" + column);
    format!("{table}_{first}{rest}_key")
}

/// The response to a store error that no use case has translated.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                Problem::unavailable("The database is busy; try again in a moment.", error)
            }
            StoreError::Unavailable | StoreError::Closed => {
                Problem::unavailable("The database cannot be reached right now.", error)
            }
            StoreError::Broken(cause) => Problem::internal(error_chain::chain(&*cause)),
            other => Problem::internal(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(message: &str) -> StoreError {
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation,
            Box::new(message.to_owned()),
        )
        .into()
    }

    #[test]
    fn sqlite_columns_become_the_name_postgresql_gives() {
        assert!(unique("UNIQUE constraint failed: rules.name").is_conflict_on("rules_name_key"));
        assert!(
            unique("UNIQUE constraint failed: rules.a, rules.b").is_conflict_on("rules_a_b_key")
        );
        assert!(
            unique("UNIQUE constraint failed: index 'rules_lower_name_key'")
                .is_conflict_on("rules_lower_name_key")
        );
    }

    #[test]
    fn nothing_of_the_statement_reaches_the_message() {
        let error = StoreError::from(DieselError::DatabaseError(
            DatabaseErrorKind::NotNullViolation,
            Box::new("NOT NULL constraint failed: secrets.value".to_owned()),
        ));
        assert_eq!(error.to_string(), "the database could not do this");
    }
}
