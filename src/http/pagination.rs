//! Lists: pages of `{ items, nextCursor }`, in an order that the caller chooses.
//!
//! A page continues after the last row's sort values and id (a keyset), so inserted and deleted rows do not shift it. The
//! cursor contains its order and names its list; with another `sort` or other filters it is rejected.

mod cursor;
mod filters;
pub mod list_filter;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{
    precondition,
    problem::{FieldError, Problem},
    text_value::TextValue,
    unknown_name::there_is_no,
};

pub use crate::http::text_value::{FilledText, NamePart, SearchText};
use cursor::{Cursor, list_of, parameter};
pub use filters::{AmountRange, Period};
pub use list_filter::ListFilter;
pub(crate) use list_filter::list_filter;
pub use rows::{Item, ListRow, UnreadableItem, complete_readable, list_rows, respond_each};

/// Which way a field is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// What a list can be sorted by.
pub trait SortFields: Copy + PartialEq + 'static {
    /// Every field with its name in `sort`.
    const FIELDS: &'static [(&'static str, Self)];

    /// Whether a row can have this value, as a cursor writes it.
    fn is_value(self, text: &str) -> bool;

    /// Whether a row can have this id.
    fn is_id(text: &str) -> bool;
}

/// The parameters every list takes; `F` is the list's own enum of sort fields.
#[derive(Clone, Debug)]
pub struct Page<F> {
    /// The maximum number of items, 1 to 200.
    pub limit: i64,
    /// The sort fields in order of precedence; the id always comes last.
    pub sort: Vec<(F, Direction)>,
    /// The position of the last row of the previous page.
    pub after: Option<Position>,
    /// Whether the caller asked for `total`.
    pub count: bool,
}

impl<F> Page<F> {
    /// Runs `count` if the caller asked for the total number of rows.
    pub fn total<E>(&self, count: impl FnOnce() -> Result<i64, E>) -> Result<Option<i64>, E> {
        self.count.then(count).transpose()
    }
}

/// The sort values and the id of a page's last row, as texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub values: Vec<String>,
    pub id: String,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// This page's resources.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// How many resources match in all, with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

impl<T> Listed<T> {
    /// A list on one page.
    pub fn all(items: Vec<T>) -> Self {
        Listed {
            items,
            next_cursor: None,
            total: None,
        }
    }
}

/// A resource in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versioned<T> {
    #[serde(flatten)]
    resource: T,
    /// The `ETag` of the resource; send it as `If-Match`.
    #[schema(example = "\"1\"")]
    etag: String,
}

impl<T> Versioned<T> {
    /// A resource of this version.
    pub fn new(version: i64, resource: T) -> Self {
        Versioned::in_state(&version.to_string(), resource)
    }

    /// A resource in this state, for a resource whose ETag needs more than its version.
    pub fn in_state(state: &str, resource: T) -> Self {
        let (_, etag) = precondition::tag(state);
        Versioned { resource, etag }
    }
}

/// The query parameters of one request. Unknown ones are rejected with the nearest known name, and so are repeated ones
/// unless they are read by [`Query::each`].
pub struct Query {
    given: HashMap<String, Vec<String>>,
    /// The list and its filters as a cursor names them; set only if a cursor was given.
    list: Option<String>,
    names: Vec<&'static str>,
    /// Parameters that were given by their former name, each with that name.
    spelled: HashMap<&'static str, &'static str>,
    errors: Vec<FieldError>,
}

impl Query {
    /// Reads the query string.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        Self::read(request.path(), request.query_string())
    }

    fn read(path: &str, text: &str) -> Result<Self, Problem> {
        let mut query = Query {
            given: HashMap::new(),
            list: None,
            names: Vec::new(),
            spelled: HashMap::new(),
            errors: Vec::new(),
        };
        if text.is_empty() {
            return Ok(query);
        }
        let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(text)
            .map_err(|error| {
                let message = format!("The query string is malformed: {error}.");
                Problem::new(crate::http::problem::Kind::BadRequest, message)
            })?
            .into_inner();
        for (name, value) in pairs {
            if value.contains('\0') {
                query.refuse(
                    &name,
                    "control_character",
                    "A parameter must not contain NUL.",
                );
            }
            query.given.entry(name).or_default().push(value);
        }
        if query.given.contains_key("cursor") {
            query.list = Some(list_of(path, text));
        }
        Ok(query)
    }

    /// Adds an error for a parameter.
    pub fn refuse(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let spelled = self.spelled.get(name).map_or(name, |former| *former);
        self.errors
            .push(FieldError::parameter(spelled.to_owned(), code, message));
    }

    fn refuse_value(&mut self, name: &str, what: &str, text: &str) {
        let spelled = self.spelled.get(name).map_or(name, |former| *former);
        let message = format!("`{spelled}` must be {what}, not `{text}`.");
        self.refuse(name, "not_understood", message);
    }

    /// Adds the error that `cursor` is not a cursor of this list.
    fn refuse_cursor(&mut self) {
        let message = "`cursor` must be the `nextCursor` of a page of this list with the same filters and `sort`.";
        self.refuse("cursor", "not_understood", message);
    }

    /// Whether a parameter was given, with any value.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// A text parameter.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.names.push(name);
        let values = self.given.get(name)?;
        let first = values.first().cloned();
        if values.len() > 1 {
            self.refuse(name, "repeated", format!("`{name}` must not be repeated."));
        }
        first
    }

    /// A parameter parsed by `read`; `what` completes the sentence "must be …".
    pub fn parsed<T>(
        &mut self,
        name: &'static str,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = read(&text);
        if value.is_none() {
            self.refuse_value(name, what, &text);
        }
        value
    }

    /// A parameter of this type.
    pub fn value<T: TextValue>(&mut self, name: &'static str) -> Option<T> {
        self.parsed(name, &T::expected(), T::from_text)
    }

    /// The list parameters; `order` is the order without `sort`.
    pub fn page<F: SortFields>(&mut self, order: &[(F, Direction)]) -> Page<F> {
        let limit = self
            .parsed("limit", "a whole number from 1 to 200", |text| {
                text.parse().ok().filter(|limit| (1..=200).contains(limit))
            })
            .unwrap_or(50);
        let sort_text = self.text("sort").unwrap_or_default();
        let sort = if sort_text.is_empty() {
            order.to_vec()
        } else {
            self.sort(&sort_text)
        };
        let after = self.text("cursor").and_then(|text| {
            let fits = Cursor::read(&text).filter(|cursor| {
                cursor.sort == sort_text
                    && (cursor.list.is_none() || cursor.list == self.list)
                    && cursor.position.values.len() == sort.len()
                    // A forged cursor must not contain NUL, which PostgreSQL rejects.
                    && cursor.position.values.iter().all(|value| !value.contains('\0'))
                    && !cursor.position.id.contains('\0')
            });
            if fits.is_none() {
                self.refuse_cursor();
            }
            fits.map(|cursor| cursor.position)
        });
        let count = self.value("count").unwrap_or(false);
        let is_readable = after.as_ref().is_none_or(|after| {
            let mut values = sort.iter().zip(&after.values);
            F::is_id(&after.id) && values.all(|((field, _), value)| field.is_value(value))
        });
        if !is_readable {
            self.refuse_cursor();
        }
        Page {
            limit,
            sort,
            after,
            count,
        }
    }

    fn sort<F: SortFields>(&mut self, text: &str) -> Vec<(F, Direction)> {
        let mut sort: Vec<(F, Direction)> = Vec::new();
        for word in text.split(',') {
            let (name, direction) = match word.strip_prefix('-') {
                Some(name) => (name, Direction::Descending),
                None => (word, Direction::Ascending),
            };
            match F::FIELDS.iter().find(|(known, _)| *known == name) {
                Some((_, field)) if sort.iter().all(|(other, _)| other != field) => {
                    sort.push((*field, direction));
                }
                Some(_) => self.refuse(
                    "sort",
                    "repeated",
                    format!("`sort` must not repeat `{name}`."),
                ),
                None => {
                    let known: Vec<_> = F::FIELDS.iter().map(|(name, _)| *name).collect();
                    self.refuse(
                        "sort",
                        "not_understood",
                        format!(
                            "`sort` takes {}, each with an optional `-`; not `{name}`.",
                            known.join(", ")
                        ),
                    );
                }
            }
        }
        sort
    }

    /// Returns 422 with all errors; an unknown parameter is an error too.
    pub fn finish(mut self) -> Result<(), Problem> {
        let mut unknown: Vec<_> = self
            .given
            .keys()
            .filter(|name| !self.names.contains(&name.as_str()))
            .cloned()
            .collect();
        unknown.sort_unstable();
        for name in unknown {
            let message = there_is_no("parameter", &name, &self.names);
            self.refuse(&name, "unknown_parameter", message);
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }
}

/// Responds with a page and the total number of rows. One row more than `limit` in `rows` means that there is a next
/// page.
pub fn respond<R, T: Serialize, F>(
    request: &HttpRequest,
    page: &Page<F>,
    (mut rows, total): (Vec<(Position, R)>, Option<i64>),
    show: impl Fn(R) -> T,
) -> HttpResponse {
    let limit = usize::try_from(page.limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|(last, _)| {
        let query = request.query_string();
        let cursor = Cursor {
            sort: parameter(query, "sort").unwrap_or_default(),
            list: Some(list_of(request.path(), query)),
            position: last.clone(),
        };
        cursor.write()
    });
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        response.insert_header((header::LINK, next_link(request, cursor)));
    }
    response.json(Listed {
        items: rows.into_iter().map(|(_, row)| show(row)).collect(),
        next_cursor,
        total,
    })
}

fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let mut parts: Vec<&str> = request
        .query_string()
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("cursor="))
        .collect();
    let cursor = format!("cursor={cursor}");
    parts.push(&cursor);
    format!("<{}?{}>; rel=\"next\"", request.path(), parts.join("&"))
}
