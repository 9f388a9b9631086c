//! `Idempotency-Key`: a request that is sent again does not repeat the operation.
//!
//! A caller that got no response sends its POST again with the same `Idempotency-Key`. The key is a row that is written in
//! the transaction of the operation. Two requests at once conflict at the primary key: the second waits for the first and
//! then finds its row. Only the operation's id and the request's hash are stored; the response is built from the current
//! state. An error rolls the row back, so a corrected request may use the key again.
//!
//! An operation that calls a provider has several transactions: the key is committed with the intent, and the lease in the
//! operation's row says whether the call is still running. The lease expires after a crash. Until then `rebuild` returns
//! [`still_running`]. When the provider rejects the call, [`forget_operation`] deletes the key.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::{HeaderValue, RETRY_AFTER},
    web::Data,
};
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{prelude::*, query_dsl::methods, upsert::excluded};

use crate::{
    clock,
    http::problem::{FieldError, Kind, Problem},
    store::{Conn, Prepared, StoreError, Tx, on_each, schema::idempotency_keys, timestamp},
};

const HEADER: &str = "Idempotency-Key";

/// How long keys are kept where no [`KeyLifetime`] is given.
const USUAL_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// An idempotency key of a caller for one request on one route.
#[derive(Clone, Debug)]
pub struct Key {
    caller: String,
    route: String,
    key: String,
    request_hash: String,
    remembered_for: Duration,
}

/// Identifies a request by its parameters and its body.
pub struct RequestHash(Context);

impl RequestHash {
    /// Starts the hash with the query parameters.
    pub fn of(request: &HttpRequest) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(request.query_string().as_bytes());
        context.update(b"\0");
        RequestHash(context)
    }

    /// Adds a piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }
}

/// How long keys are kept. Part of the app data.
#[derive(Clone, Copy, Debug)]
pub struct KeyLifetime(pub Duration);

/// The result of an operation that may have been requested before.
#[derive(Debug)]
pub struct Once<T> {
    pub value: T,
    /// Whether an earlier request performed the operation.
    pub replayed: bool,
}

/// The key was used with another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key was used with another request")]
pub struct KeyReused;

impl Key {
    /// Reads the header, if there is one. The route is the path with its ids, so one key may be used for two resources.
    pub fn read(request: &HttpRequest, caller: &str, body: &[u8]) -> Result<Option<Self>, Problem> {
        let mut hash = RequestHash::of(request);
        hash.update(body);
        Key::with_hash(request, caller, hash)
    }

    /// Like [`Key::read`], for a body that is read in chunks.
    pub fn with_hash(
        request: &HttpRequest,
        caller: &str,
        hash: RequestHash,
    ) -> Result<Option<Self>, Problem> {
        let mut values = request.headers().get_all(HEADER);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        let key = value
            .to_str()
            .ok()
            .map(str::trim)
            .filter(|key| (1..=255).contains(&key.len()) && values.next().is_none());
        let Some(key) = key else {
            let message =
                "`Idempotency-Key` must be given once, with 1 to 255 visible ASCII characters.";
            return Err(Problem::new(Kind::BadRequest, message).with_errors(vec![
                FieldError::parameter(HEADER, "not_understood", message),
            ]));
        };
        let remembered = request.app_data::<Data<KeyLifetime>>().map(|data| data.0);
        Ok(Some(Key {
            caller: caller.to_owned(),
            route: format!("{} {}", request.method(), request.path()),
            key: key.to_owned(),
            request_hash: URL_SAFE_NO_PAD.encode(hash.0.finish()),
            remembered_for: remembered.unwrap_or(USUAL_LIFETIME),
        }))
    }

    /// Reads the header of an operation that requires it.
    pub fn require(request: &HttpRequest, caller: &str, body: &[u8]) -> Result<Self, Problem> {
        Key::read(request, caller, body)?.ok_or_else(|| {
            let message = "This operation requires an `Idempotency-Key` header: 1 to 255 visible ASCII characters. Send the same key when you repeat the request.";
            Problem::new(Kind::IdempotencyKeyRequired, message)
                .with_errors(vec![FieldError::parameter(HEADER, "required", message)])
        })
    }

    /// The key of one step of an operation that has several. Each step is done once, so a repeated request continues where
    /// the first one stopped.
    pub fn step(&self, name: &str) -> Self {
        Key {
            route: format!("{} {name}", self.route),
            ..self.clone()
        }
    }

    /// The row of the key, with the operation's id if it is known already.
    pub fn row<'k>(&'k self, operation: Option<&'k str>, now: DateTime<Utc>) -> KeyRow<'k> {
        KeyRow {
            caller: &self.caller,
            route: &self.route,
            idempotency_key: &self.key,
            request_hash: &self.request_hash,
            operation,
            created_at: timestamp::to_stored(now),
        }
    }
}

/// A row of `idempotency_keys`.
#[derive(Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub struct KeyRow<'k> {
    caller: &'k str,
    route: &'k str,
    idempotency_key: &'k str,
    request_hash: &'k str,
    operation: Option<&'k str>,
    created_at: NaiveDateTime,
}

/// Runs `act`, which returns the operation's id and its value. If this key was used before, runs `rebuild` with the id of
/// that operation instead.
pub fn once<T, E>(
    tx: &mut Tx<'_>,
    key: Option<&Key>,
    now: DateTime<Utc>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<(String, T), E>,
    rebuild: impl FnOnce(&mut Tx<'_>, &str) -> Result<T, E>,
) -> Result<Once<T>, E>
where
    E: From<StoreError> + From<KeyReused>,
{
    let Some(key) = key else {
        return Ok(Once {
            value: act(tx)?.1,
            replayed: false,
        });
    };
    if !claim(tx, key, None, now)? {
        return again(tx, key, rebuild);
    }
    let (operation, value) = act(tx)?;
    settle(tx, key, &operation)?;
    Ok(Once {
        value,
        replayed: false,
    })
}

/// Like [`once`], for an operation whose id is known before it runs, which saves a statement.
pub fn once_as<T, E>(
    tx: &mut Tx<'_>,
    key: &Key,
    operation: &str,
    now: DateTime<Utc>,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    rebuild: impl FnOnce(&mut Tx<'_>, &str) -> Result<T, E>,
) -> Result<Once<T>, E>
where
    E: From<StoreError> + From<KeyReused>,
{
    if !claim(tx, key, Some(operation), now)? {
        return again(tx, key, rebuild);
    }
    Ok(Once {
        value: act(tx)?,
        replayed: false,
    })
}

fn again<T, E>(
    tx: &mut Tx<'_>,
    key: &Key,
    rebuild: impl FnOnce(&mut Tx<'_>, &str) -> Result<T, E>,
) -> Result<Once<T>, E>
where
    E: From<StoreError> + From<KeyReused>,
{
    let (hash, operation) = find(tx, key)?;
    if hash != key.request_hash {
        return Err(KeyReused.into());
    }
    Ok(Once {
        value: rebuild(tx, operation.as_deref().unwrap_or_default())?,
        replayed: true,
    })
}

/// Deletes the keys of an operation that was rejected, so that a corrected request may use them.
pub fn forget_operation(tx: &mut Tx<'_>, operation: &str) -> Result<(), StoreError> {
    let of_it = idempotency_keys::operation.eq(operation);
    diesel::delete(idempotency_keys::table.filter(of_it)).execute(tx.conn())?;
    Ok(())
}

/// The response to a repeated request whose operation is still running: 409, with the seconds until its lease ends.
pub fn still_running(lease_ends: DateTime<Utc>, now: DateTime<Utc>) -> Problem {
    // Rounded up, so that the caller does not retry too early.
    let seconds = ((lease_ends - now).num_milliseconds().max(1) + 999) / 1000;
    let detail = "The first request with this Idempotency-Key is still running. Send the request again after `Retry-After`.";
    Problem::new(Kind::StillRunning, detail).with_header(RETRY_AFTER, HeaderValue::from(seconds))
}

/// The operation of this key, if it was used before.
pub fn peek<E>(conn: &mut Conn, key: &Key, now: DateTime<Utc>) -> Result<Option<String>, E>
where
    E: From<StoreError> + From<KeyReused>,
{
    let oldest = timestamp::to_stored(clock::before(now, key.remembered_for));
    let found: Option<(String, Option<String>)> = idempotency_keys::table
        .find((&key.caller, &key.route, &key.key))
        .filter(idempotency_keys::created_at.ge(oldest))
        .select((idempotency_keys::request_hash, idempotency_keys::operation))
        .first(conn)
        .optional()
        .map_err(StoreError::from)?;
    match found {
        Some((hash, _)) if hash != key.request_hash => Err(KeyReused.into()),
        Some((_, operation)) => Ok(operation),
        None => Ok(None),
    }
}

/// Deletes up to `most` expired keys, oldest first, and more with an equal timestamp. Called by housekeeping.
pub fn forget_before(
    tx: &mut Tx<'_>,
    moment: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let old = idempotency_keys::created_at.lt(timestamp::to_stored(moment));
    let moments: Vec<NaiveDateTime> = idempotency_keys::table
        .filter(old)
        .order(idempotency_keys::created_at.asc())
        .limit(most)
        .select(idempotency_keys::created_at)
        .load(tx.conn())?;
    let Some(last) = moments.last() else {
        return Ok(0);
    };
    let oldest = idempotency_keys::table.filter(idempotency_keys::created_at.le(last));
    Ok(diesel::delete(oldest).execute(tx.conn())?)
}

/// Claims a key, with the operation's id if it is known already. Returns false if the key was used within its lifetime.
pub fn claim(
    tx: &mut Tx<'_>,
    key: &Key,
    operation: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let oldest = timestamp::to_stored(now - key.remembered_for);
    let upsert = diesel::insert_into(idempotency_keys::table)
        .values(key.row(operation, now))
        .on_conflict((
            idempotency_keys::caller,
            idempotency_keys::route,
            idempotency_keys::idempotency_key,
        ))
        .do_update()
        .set((
            idempotency_keys::request_hash.eq(excluded(idempotency_keys::request_hash)),
            idempotency_keys::operation.eq(excluded(idempotency_keys::operation)),
            idempotency_keys::created_at.eq(excluded(idempotency_keys::created_at)),
        ));
    let upsert = methods::FilterDsl::filter(upsert, idempotency_keys::created_at.lt(oldest))
        .returning(idempotency_keys::caller);
    let claimed: Option<String> =
        on_each!(tx.conn(), conn => Prepared(upsert).get_result(conn)).optional()?;
    Ok(claimed.is_some())
}

fn find(tx: &mut Tx<'_>, key: &Key) -> Result<(String, Option<String>), StoreError> {
    Ok(idempotency_keys::table
        .find((&key.caller, &key.route, &key.key))
        .select((idempotency_keys::request_hash, idempotency_keys::operation))
        .first(tx.conn())?)
}

fn settle(tx: &mut Tx<'_>, key: &Key, operation: &str) -> Result<(), StoreError> {
    let settled = diesel::update(idempotency_keys::table.find((&key.caller, &key.route, &key.key)))
        .set(idempotency_keys::operation.eq(operation))
        .returning(idempotency_keys::caller);
    let _: String = on_each!(tx.conn(), conn => Prepared(settled).get_result(conn))?;
    Ok(())
}

impl From<KeyReused> for Problem {
    fn from(_: KeyReused) -> Self {
        Problem::new(
            Kind::KeyReused,
            "This Idempotency-Key was used with another request. Use a new key for a new operation.",
        )
    }
}
