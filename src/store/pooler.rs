//! Detects a pooler between the service and PostgreSQL that lends a server session for one transaction at a time. Such
//! a pooler loses the prepared statements and session settings that Diesel and the time-outs need.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::RunQueryDsl;
use diesel::sql_types::Integer;

use super::conn::{Conn, Purpose, Shared};
use super::share::ConnectionClass;
use super::transaction::{self, Mode};
use super::{Backend, StoreError, StoreOptions};

/// Other clients of the pooler may interfere, so one round may miss it.
const ROUNDS: usize = 4;

#[derive(diesel::QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Whether two open connections reach the same server session, or one connection reaches several.
pub fn lends_for_a_transaction(options: &StoreOptions) -> Result<bool, StoreError> {
    if options.url.backend() == Backend::Sqlite {
        return Ok(false);
    }
    let shared = Shared::new(options.clone());
    let open = || shared.open(Purpose::Any, ConnectionClass::Requests, Arc::default());
    let (mut one, mut other) = (open()?, open()?);
    let (mut of_one, mut of_other) = (HashSet::new(), HashSet::new());
    for _ in 0..ROUNDS {
        of_one.insert(session(&mut one)?);
        of_other.insert(session(&mut other)?);
    }
    let several = of_one.len() > 1 || of_other.len() > 1;
    Ok(several || !of_one.is_disjoint(&of_other))
}

/// Runs in a transaction, so that the statement is prepared and executed in the same session.
fn session(conn: &mut Conn) -> Result<i32, StoreError> {
    transaction::begin(conn, Mode::Snapshot)?;
    let found = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result::<Session>(conn);
    transaction::finish(conn, found.map_err(StoreError::from)).map(|session| session.pid)
}
