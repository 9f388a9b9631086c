//! The rows of trials.

mod queue;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::trial::{WhatIf, WhatIfStatus};
use crate::{
    ids::WhatIfId,
    store::{Conn, StoreError, Tx, on_each, schema::what_ifs, timestamp},
};

pub use queue::{ClaimedTrial, claim, has_due, keep};

/// The trial with this id.
pub fn find(conn: &mut Conn, id: WhatIfId) -> Result<Option<WhatIf>, StoreError> {
    Ok(what_ifs::table
        .find(id)
        .select(WhatIf::as_select())
        .first(conn)
        .optional()?)
}

/// Inserts a new trial.
pub fn insert(tx: &mut Tx<'_>, trial: &WhatIf) -> Result<(), StoreError> {
    let values = (trial.clone(), what_ifs::attempts.eq(0_i32));
    on_each!(tx.conn(), conn => diesel::insert_into(what_ifs::table)
        .values(values)
        .execute(conn))?;
    Ok(())
}

/// Deletes up to `most` trials that have ended and were requested before a moment.
pub fn forget_before(
    tx: &mut Tx<'_>,
    moment: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let old: Vec<String> = what_ifs::table
        .filter(what_ifs::created_at.lt(timestamp::to_stored(moment)))
        .filter(what_ifs::status.ne(WhatIfStatus::Running))
        .order(what_ifs::created_at)
        .limit(most)
        .select(what_ifs::id)
        .load(tx.conn())?;
    let trials = what_ifs::table.filter(what_ifs::id.eq_any(old));
    Ok(diesel::delete(trials).execute(tx.conn())?)
}
