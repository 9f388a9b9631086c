//! Lists in which some rows cannot be read, for example because a newer version wrote them. Those are shown with their id
//! only.

use std::error::Error;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Page, Position, respond};

/// A row of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListRow<T> {
    Readable(T),
    Unreadable(UnreadableRow),
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its sort values, and its id.
    pub position: Position,
    /// What cannot be read.
    pub reason: String,
}

impl<T> ListRow<T> {
    /// The result of reading a row; `position` is the end of a page that ends with it.
    pub fn of<E: Error + 'static>(read: Result<T, E>, position: Position) -> Self {
        read.map_or_else(
            |error| {
                // The innermost cause names the column.
                let mut cause: &(dyn Error + 'static) = &error;
                while let Some(inner) = cause.source() {
                    cause = inner;
                }
                let reason = cause.to_string();
                ListRow::Unreadable(UnreadableRow { position, reason })
            },
            ListRow::Readable,
        )
    }
}

/// Calls `complete` once with all readable rows in their order; the others keep their places.
pub fn complete_readable<T, E>(
    rows: Vec<ListRow<T>>,
    complete: impl FnOnce(Vec<T>) -> Result<Vec<T>, E>,
) -> Result<Vec<ListRow<T>>, E> {
    let mut readable = Vec::new();
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        places.push(match row {
            ListRow::Readable(row) => {
                readable.push(row);
                None
            }
            ListRow::Unreadable(row) => Some(row),
        });
    }
    let mut completed = complete(readable)?.into_iter();
    let at = |place: Option<UnreadableRow>| match place {
        Some(row) => Some(ListRow::Unreadable(row)),
        None => completed.next().map(ListRow::Readable),
    };
    Ok(places.into_iter().filter_map(at).collect())
}

/// An item of a list: the resource, or that it cannot be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Item<T> {
    Readable(T),
    Unreadable(UnreadableItem),
}

/// A resource that exists but cannot be read, for example because a newer version wrote it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unreadable)]
pub struct UnreadableItem {
    /// The id of the resource.
    #[schema(example = "payment_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// Always true.
    #[schema(example = true)]
    unreadable: bool,
    /// What cannot be read.
    #[schema(example = "cannot read the currency of payment payment_01h455vb4pex5vsknk084sn02q")]
    reason: String,
}

/// As [`respond`], for rows of which some may not be readable.
pub fn respond_each<R, T: Serialize, F>(
    request: &HttpRequest,
    page: &Page<F>,
    rows: Vec<ListRow<R>>,
    total: Option<i64>,
    position: impl Fn(&R) -> Position,
    show: impl Fn(R) -> T,
) -> HttpResponse {
    let position = |row: &ListRow<R>| match row {
        ListRow::Readable(row) => position(row),
        ListRow::Unreadable(row) => row.position.clone(),
    };
    let show = |row| match row {
        ListRow::Readable(row) => Item::Readable(show(row)),
        ListRow::Unreadable(row) => Item::Unreadable(UnreadableItem {
            id: row.position.id,
            unreadable: true,
            reason: row.reason,
        }),
    };
    respond(request, page, rows, total, position, show)
}
