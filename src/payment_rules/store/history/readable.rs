//! The part of the history that a caller bound to websites may read.

use std::collections::HashSet;

use serde::Deserialize;

use super::{Revision, RevisionSort, count, list, steps_of};
use crate::{
    auth::Websites,
    http::pagination::{Page, Position},
    payment_rules::access,
    store::{Conn, StoreError, revisions::RevisionSubject},
};

/// Those of these revisions that changed a rule which a caller bound to these websites may read, before or after the
/// change.
pub fn concerning(
    conn: &mut Conn,
    numbers: &[i64],
    websites: &Websites,
) -> Result<HashSet<i64>, StoreError> {
    let steps = steps_of(conn, numbers)?.into_iter();
    let concerned = steps.filter_map(|step| {
        let mut bodies = std::iter::once(&step.body).chain(&step.body_before);
        let is_readable = bodies.any(|body| may_read_body(body, websites));
        is_readable.then_some(step.revision)
    });
    Ok(concerned.collect())
}

fn may_read_body(body: &str, websites: &Websites) -> bool {
    #[derive(Deserialize)]
    struct RuleWebsites {
        websites: Vec<String>,
    }
    let body: Option<RuleWebsites> = serde_json::from_str(body).ok();
    body.is_some_and(|body| access::may_read_of(&body.websites, websites))
}

/// The number of revisions that are read at a time.
const LOOKED_THROUGH: i64 = 200;

/// As [`list`]; for a caller bound to websites, without changes of rules that only apply to others.
pub fn list_for(
    conn: &mut Conn,
    subject: Option<RevisionSubject>,
    page: &Page<RevisionSort>,
    websites: &Websites,
) -> Result<Vec<(Position, Revision)>, StoreError> {
    if !websites.is_bound() {
        return list(conn, subject, page);
    }
    let wanted = usize::try_from(page.limit).unwrap_or(0) + 1;
    let mut page = Page {
        limit: LOOKED_THROUGH,
        ..page.clone()
    };
    let mut found = Vec::new();
    loop {
        let rows = list(conn, subject, &page)?;
        let is_last = rows.len() <= usize::try_from(LOOKED_THROUGH).unwrap_or(0);
        let of_rules = rows.iter().map(|(_, it)| it);
        let of_rules = of_rules.filter(|it| it.subject == RevisionSubject::Rules.as_str());
        let numbers: Vec<i64> = of_rules.map(|it| it.number).collect();
        let concerning = concerning(conn, &numbers, websites)?;
        page.after = rows.last().map(|(position, _)| position.clone());
        found.extend(rows.into_iter().filter(|(_, it)| {
            it.subject != RevisionSubject::Rules.as_str() || concerning.contains(&it.number)
        }));
        if is_last || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// The number of revisions that [`list_for`] returns on all pages.
pub fn count_for(
    conn: &mut Conn,
    subject: Option<RevisionSubject>,
    page: &Page<RevisionSort>,
    websites: &Websites,
) -> Result<i64, StoreError> {
    if !websites.is_bound() {
        return count(conn, subject);
    }
    let all = Page {
        limit: i64::from(u32::MAX),
        after: None,
        ..page.clone()
    };
    let found = list_for(conn, subject, &all, websites)?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}
