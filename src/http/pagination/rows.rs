//! Lists with rows that cannot be read, for example because a newer version wrote them. Such a row is shown with its id
//! only.

use std::error::Error;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Page, Position, respond};

/// A row of a page: its sort values and id, and the resource or the reason why it cannot be read.
pub type ListRow<T> = (Position, Result<T, String>);

/// Makes the rows of a page from the results of reading them.
pub fn list_rows<T, E: Error + 'static>(
    rows: impl IntoIterator<Item = (Position, Result<T, E>)>,
) -> Vec<ListRow<T>> {
    let reason = |error: E, id: &str| {
        // The innermost cause names the column.
        let mut cause: &(dyn Error + 'static) = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        format!("{cause} of {id}")
    };
    let row = |(position, read): (Position, Result<T, E>)| {
        let read = read.map_err(|error| reason(error, &position.id));
        (position, read)
    };
    rows.into_iter().map(row).collect()
}

/// Calls `complete` once with all readable rows in order; unreadable rows keep their places.
pub fn complete_readable<T, E>(
    rows: Vec<ListRow<T>>,
    complete: impl FnOnce(Vec<T>) -> Result<Vec<T>, E>,
) -> Result<Vec<ListRow<T>>, E> {
    let mut readable = Vec::new();
    let mut places = Vec::with_capacity(rows.len());
    for (position, row) in rows {
        places.push((position, row.map(|row| readable.push(row))));
    }
    let mut completed = complete(readable)?.into_iter();
    let at = |(position, row): ListRow<()>| match row {
        Ok(()) => Some((position, Ok(completed.next()?))),
        Err(reason) => Some((position, Err(reason))),
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

/// Like [`respond`], for rows of which some may be unreadable.
pub fn respond_each<R, T: Serialize, F>(
    request: &HttpRequest,
    page: &Page<F>,
    (rows, total): (Vec<ListRow<R>>, Option<i64>),
    show: impl Fn(R) -> T,
) -> HttpResponse {
    let named = rows.into_iter().map(|(position, row)| {
        let id = position.id.clone();
        (position, row.map_err(|reason| (id, reason)))
    });
    respond(request, page, (named.collect(), total), |row| match row {
        Ok(row) => Item::Readable(show(row)),
        Err((id, reason)) => Item::Unreadable(UnreadableItem {
            id,
            unreadable: true,
            reason,
        }),
    })
}
