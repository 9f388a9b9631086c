//! The rows of runs and of their entries.

mod listing;
mod queue;

use diesel::prelude::*;

use super::run::{Run, RunFinding};
use crate::{
    findings::Finding,
    ids::ReconciliationId,
    store::{
        Conn, StoreError,
        schema::{findings, reconciliation_findings, reconciliation_runs},
    },
};

pub use listing::{RunFilter, count, list};
pub use queue::{ClaimedPayments, ComparisonTurn, begin, claim, forget_before, has_due, keep};

/// The run with this id.
pub fn find(conn: &mut Conn, id: ReconciliationId) -> Result<Option<Run>, StoreError> {
    let found = reconciliation_runs::table.find(id);
    Ok(found.select(Run::as_select()).first(conn).optional()?)
}

/// The entries of a run by payment, up to a limit, each with its finding in its present state.
pub fn list_found(
    conn: &mut Conn,
    id: ReconciliationId,
    most: i64,
) -> Result<Vec<(RunFinding, Option<Finding>)>, StoreError> {
    let its_finding = reconciliation_findings::finding_id.eq(findings::id.nullable());
    Ok(reconciliation_findings::table
        .left_join(findings::table.on(its_finding))
        .filter(reconciliation_findings::run_id.eq(id))
        .order((
            reconciliation_findings::payment_id.asc(),
            reconciliation_findings::ordinal.asc(),
        ))
        .limit(most)
        .select((RunFinding::as_select(), Option::<Finding>::as_select()))
        .load(conn)?)
}

/// The number of entries of a run.
pub fn count_found(conn: &mut Conn, id: ReconciliationId) -> Result<i64, StoreError> {
    let found = reconciliation_findings::table.filter(reconciliation_findings::run_id.eq(id));
    Ok(found.count().get_result(conn)?)
}
