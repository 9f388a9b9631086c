//! Reads rows one by one, so that an unreadable row leaves the others readable.

use diesel::{QueryResult, result::Error as DieselError};

use super::StoreError;

/// The rows of `load_iter`, each readable or not. An error of the database itself ends the whole list.
pub fn each<T>(
    rows: QueryResult<impl Iterator<Item = QueryResult<T>>>,
) -> Result<Vec<Result<T, StoreError>>, StoreError> {
    rows?
        .map(|row| match row {
            Err(error @ DieselError::DeserializationError(_)) => Ok(Err(error.into())),
            row => Ok(Ok(row?)),
        })
        .collect()
}

/// Rows with their keys; a row that cannot be read has an error.
pub type Keyed<K, T> = Vec<(K, Result<T, StoreError>)>;

/// Adds the keys to rows. If a row cannot be read, `keys` reads the keys alone, in the same order and snapshot.
pub fn keyed<K, T>(
    rows: Vec<Result<(K, T), StoreError>>,
    keys: impl FnOnce() -> Result<Vec<K>, StoreError>,
) -> Result<Keyed<K, T>, StoreError> {
    if rows.iter().all(Result::is_ok) {
        let read = rows.into_iter().flatten();
        return Ok(read.map(|(key, row)| (key, Ok(row))).collect());
    }
    let rows = rows.into_iter().map(|row| row.map(|(_, row)| row));
    Ok(keys()?.into_iter().zip(rows).collect())
}
