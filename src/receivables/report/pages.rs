//! Reads the rows of a report in batches.

use super::{Report, ReportHead, ReportLine};
use crate::{
    http::pagination::Position,
    receivables::TOPIC,
    store::{Store, StoreError},
};

/// Rows in order, and the position of the last row that was read; `None` at the end.
pub type Batch<T> = (Vec<T>, Option<Position>);

/// A report with its head, and the position up to which its rows are read.
pub(super) struct Pages<R> {
    pub head: ReportHead,
    pub report: R,
    store: Store,
    after: Option<Position>,
    is_read: bool,
}

impl<R: Report> Pages<R> {
    pub fn new(store: &Store, report: R) -> Self {
        Pages {
            head: report.head(),
            report,
            store: store.for_lists(TOPIC),
            after: None,
            is_read: false,
        }
    }

    /// The next lines; empty at the end.
    pub async fn next(&mut self) -> Result<Vec<ReportLine>, StoreError> {
        let mut lines = Vec::new();
        while lines.is_empty() && !self.is_read {
            let (read, after) = (self.report.reader(), self.after.take());
            let (rows, last) = self
                .store
                .snapshot(move |conn| read(conn, after.as_ref()))
                .await?;
            self.is_read = last.is_none();
            self.after = last;
            for row in rows {
                lines.extend(self.report.add(row));
            }
            if self.is_read {
                lines.extend(self.report.flush());
            }
        }
        Ok(lines)
    }
}
