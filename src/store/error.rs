//! How the database says no, in words a use case can act on.
//!
//! `Display` never carries SQL, values or addresses, so a message may travel outward; the cause of [`StoreError::Broken`]
//! is its `source` and belongs in the log alone.

use crate::{error_chain, http::problem::Problem};
use diesel::result::{
    DatabaseErrorInformation, DatabaseErrorKind, DeserializeFieldError, Error as DieselError,
};

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint already holds such a row. On both databases its name is `{table}_{columns}_key`, or that of the
    /// index where it is over expressions; only the names of primary keys differ.
    #[error("a row with this {constraint} exists")]
    Conflict { constraint: String },
    /// A row that this one refers to is missing, or rows that refer to this one still exist.
    #[error("a reference to or from this row does not hold")]
    Reference,
    /// There is no such row.
    #[error("there is no such row")]
    NotFound,
    /// Too much is going on: a full queue, a lock or a deadlock, a statement over its time. Nothing was changed; trying
    /// again later may succeed.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached, or could not keep what was written. A write whose connection was lost during its
    /// very commit on PostgreSQL may have happened all the same.
    #[error("the database is not available")]
    Unavailable,
    /// The store was closed: the service is going down.
    #[error("the store is closed")]
    Closed,
    /// Something that should not happen: a fault of ours or of the database. Nothing was changed.
    #[error("the database could not do this")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether this is a conflict on the named unique constraint.
    pub fn is_conflict_on(&self, name: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == name)
    }

    /// A row that does not hold what we once wrote into it; `what` names it for the log.
    pub fn unreadable(what: impl Into<String>) -> Self {
        Self::broken(format!("cannot read {}", what.into()))
    }

    pub(super) fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }
}

/// A row that does not hold what we once wrote into it, for those who go on without it.
#[derive(Debug)]
pub struct UnreadableRow {
    pub id: String,
    pub version: i64,
    /// What of it cannot be read.
    pub why: StoreError,
}

impl From<UnreadableRow> for StoreError {
    /// For those who cannot go on.
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
            DieselError::DeserializationError(cause) => unreadable_column(cause),
            other => Self::broken(other),
        }
    }
}

/// Names the column, where the error says which.
fn unreadable_column(cause: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    match cause.downcast_ref() {
        Some(DeserializeFieldError {
            field_name: Some(column),
            ..
        }) => StoreError::unreadable(format!("the column {column}")),
        _ => StoreError::broken(DieselError::DeserializationError(cause)),
    }
}

/// Diesel gives these no kind of their own, so only the message tells (English, as both databases speak by default).
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

/// A disk that is full or fails, a file that is gone, and a server that stops or lost its connection. Where the server speaks
/// another language, the state of the connection tells.
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

/// PostgreSQL names the constraint; SQLite lists the columns (`UNIQUE constraint failed: t.a, t.b`), from which the name
/// that PostgreSQL would have given is made, and names only an index over expressions (`index 'name'`).
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

/// What a caller sees of a failure that no use case gave a meaning of its own.
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
