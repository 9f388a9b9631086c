//! The rows of runs and of what they came upon.

mod listing;
mod queue;
mod row;

use diesel::prelude::*;

use super::run::{Found, Run};
use crate::{
    findings::{Finding, store::FindingRow},
    ids::ReconciliationId,
    store::{
        Conn, StoreError,
        schema::{findings, reconciliation_findings, reconciliation_runs},
    },
};

pub use listing::{ByStart, Filter, count, has_readable_cursor, list, position};
pub use queue::{Claimed, Turn, begin, claim, forget_before, has_due, keep};

use row::{FoundRow, Row};

/// The run with this id.
pub fn find(conn: &mut Conn, id: ReconciliationId) -> Result<Option<Run>, StoreError> {
    let row: Option<Row> = reconciliation_runs::table
        .find(id.to_string())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Run::try_from).transpose()
}

/// What a run came upon, by payment, and no more than so much; each with its finding as that stands now.
pub fn list_found(
    conn: &mut Conn,
    id: ReconciliationId,
    most: i64,
) -> Result<Vec<(Found, Option<Finding>)>, StoreError> {
    let its_finding = reconciliation_findings::finding_id.eq(findings::id.nullable());
    let rows: Vec<(FoundRow, Option<FindingRow>)> = reconciliation_findings::table
        .left_join(findings::table.on(its_finding))
        .filter(reconciliation_findings::run_id.eq(id.to_string()))
        .order((
            reconciliation_findings::payment_id.asc(),
            reconciliation_findings::ordinal.asc(),
        ))
        .limit(most)
        .select((FoundRow::as_select(), Option::<FindingRow>::as_select()))
        .load(conn)?;
    rows.into_iter()
        .map(|(found, finding)| {
            let finding = finding.map(Finding::try_from).transpose()?;
            Ok((found.try_into()?, finding))
        })
        .collect()
}

/// How much a run came upon.
pub fn count_found(conn: &mut Conn, id: ReconciliationId) -> Result<i64, StoreError> {
    Ok(reconciliation_findings::table
        .filter(reconciliation_findings::run_id.eq(id.to_string()))
        .count()
        .get_result(conn)?)
}
