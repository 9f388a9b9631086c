//! Reads a page of the feed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::last_sequence;
use crate::{
    auth::Websites,
    events::{EventType, source::EventSource},
    store::{Conn, StoreError, columns::Moment, keyset::equal, schema::events, timestamp},
};

/// The maximum number of places that one page searches, so that a filter with few matches does not read the whole feed.
const SEARCHED: i64 = 2_500;

/// The position and the filters of a reader.
#[derive(Clone, Debug)]
pub struct FeedQuery {
    /// The place of the last event that was read; `None` begins with the oldest stored event.
    pub after: Option<i64>,
    /// `None` for every type, including types that this version does not know.
    pub types: Option<Vec<EventType>>,
    pub subject: Option<String>,
    pub website: Option<String>,
    /// The websites of the caller. An event without a website is hidden from callers that are bound to some.
    pub websites: Websites,
    pub limit: i64,
}

/// An event as it is stored, without its place.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub id: String,
    pub kind: String,
    pub subject: String,
    pub website: Option<String>,
    #[diesel(deserialize_as = Moment)]
    pub occurred_at: DateTime<Utc>,
    pub payload: String,
}

/// A page of events.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The events with their places.
    pub rows: Vec<(EventRow, i64)>,
    /// The place up to which every event is on the page or does not match the filter.
    pub next: i64,
    /// Whether `next` is the end of the feed.
    pub caught_up: bool,
    pub source: EventSource,
}

/// The result of reading a page.
#[derive(Clone, Debug)]
pub enum FeedRead {
    Page(FeedPage),
    /// Events after the cursor were deleted already, or the cursor is beyond the end of the feed. `oldest` is the
    /// cursor before the oldest stored event.
    Expired {
        oldest: i64,
    },
}

/// Reads a page. Call it in one snapshot.
pub fn read_page(conn: &mut Conn, query: &FeedQuery) -> Result<FeedRead, StoreError> {
    let last = last_sequence(conn)?;
    let first: Option<i64> = events::table
        .filter(events::sequence.is_not_null())
        .order(events::sequence.asc())
        .select(events::sequence.assume_not_null())
        .first(conn)
        .optional()?;
    let oldest = first.map_or(last, |first| first - 1);
    let after = query.after.unwrap_or(oldest);
    if !(oldest..=last).contains(&after) {
        return Ok(FeedRead::Expired { oldest });
    }
    let end = last.min(after.saturating_add(SEARCHED));
    let rows = load(conn, query, after, end)?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= query.limit);
    let next = match rows.last() {
        Some((_, sequence)) if is_full => *sequence,
        _ => end,
    };
    Ok(FeedRead::Page(FeedPage {
        rows,
        next,
        caught_up: next == last,
        source: EventSource::read(conn)?,
    }))
}

/// The events with these ids, by their ids, each with its place in the feed if it has one yet.
pub fn find_each(
    conn: &mut Conn,
    ids: &[&str],
) -> Result<HashMap<String, (EventRow, Option<i64>)>, StoreError> {
    let found: Vec<(EventRow, Option<i64>)> = events::table
        .filter(events::id.eq_any(ids))
        .select((EventRow::as_select(), events::sequence))
        .load(conn)?;
    let by_id = found.into_iter().map(|it| (it.0.id.clone(), it));
    Ok(by_id.collect())
}

/// The place after which the events since a moment begin. This is a binary search, which assumes that events are in the
/// order of their times.
pub fn place_before(conn: &mut Conn, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let since = timestamp::to_stored(since);
    let mut end = last_sequence(conn)?;
    let mut begin = 0;
    while begin < end {
        let middle = begin + (end - begin) / 2;
        let next: Option<(i64, NaiveDateTime)> = events::table
            .filter(events::sequence.gt(middle))
            .order(events::sequence.asc())
            .select((events::sequence.assume_not_null(), events::occurred_at))
            .first(conn)
            .optional()?;
        match next {
            Some((place, at)) if at < since => begin = place,
            _ => end = middle,
        }
    }
    Ok(begin)
}

fn load(
    conn: &mut Conn,
    query: &FeedQuery,
    after: i64,
    end: i64,
) -> Result<Vec<(EventRow, i64)>, StoreError> {
    let mut rows = events::table
        .filter(events::sequence.gt(after))
        .filter(events::sequence.le(end))
        .order(events::sequence.asc())
        .limit(query.limit)
        .into_boxed();
    if let Some(types) = &query.types {
        let words: Vec<&str> = types.iter().map(|it| it.as_str()).collect();
        rows = rows.filter(events::kind.eq_any(words));
    }
    rows = equal!(rows, events {
        subject = query.subject,
        website = query.website,
    });
    if let Some(names) = query.websites.names() {
        rows = rows.filter(events::website.eq_any(names.to_vec()));
    }
    let columns = (EventRow::as_select(), events::sequence.assume_not_null());
    Ok(rows.select(columns).load(conn)?)
}
