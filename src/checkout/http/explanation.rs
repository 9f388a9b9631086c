//! How much of an answer a caller asks for, and where it is worked out.
//!
//! An explanation may take a hundred times what the decision takes, so long ones run beside the threads that serve checkout,
//! and only a few at once.

use std::sync::Arc;

use actix_web::web;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{
    checkout::trace::{TracePage, TraceRange},
    http::{
        pagination::Query,
        problem::{Kind, Problem},
    },
    payment_rules::rulebook::Rulebook,
};

const LIMIT: usize = 100;
const MOST: usize = 200;
/// A cart of so many bytes is read and explained in a fraction of a millisecond.
const SHORT_CART: usize = 16 * 1024;
/// So are so many reasons: each may try several changes of the cart.
pub(super) const FEW_REASONS: usize = 16;

/// How much an answer explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(super) enum Explain {
    None,
    Summary,
    Full,
}

/// What is explained: which rules of the trace, with `full`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExplainRequest {
    Nothing,
    Reasons,
    Everything(TraceRange),
}

impl Explain {
    fn read(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Explain::None),
            "summary" => Some(Explain::Summary),
            "full" => Some(Explain::Full),
            _ => None,
        }
    }
}

impl ExplainRequest {
    /// Reads `explain`, and with `full` the part of the trace. What is wrong with the words is noted in `query`.
    pub(super) fn read(query: &mut Query) -> (Self, Option<ExplanationCursor>) {
        let explain = query.parsed("explain", "none, summary or full", Explain::read);
        match explain.unwrap_or(Explain::None) {
            Explain::None => (ExplainRequest::Nothing, None),
            Explain::Summary => (ExplainRequest::Reasons, None),
            Explain::Full => {
                let (range, cursor) = read_range(query);
                (ExplainRequest::Everything(range), cursor)
            }
        }
    }

    /// Whether it may be worked out while others wait: nothing is explained, or a small cart in short.
    pub(super) fn may_be_short(self, cart: &[u8]) -> bool {
        match self {
            ExplainRequest::Nothing => true,
            ExplainRequest::Reasons => cart.len() <= SHORT_CART,
            ExplainRequest::Everything(_) => false,
        }
    }
}

/// Which part of the trace is wanted; the cursor, if any, has still to be held against the rulebook.
pub(super) fn read_range(query: &mut Query) -> (TraceRange, Option<ExplanationCursor>) {
    let limit = query.parsed("limit", "a whole number from 1 to 200", |text| {
        let limit = text.parse().ok();
        limit.filter(|limit| (1..=MOST).contains(limit))
    });
    let cursor = query.parsed(
        "cursor",
        "the `nextCursor` of the page before",
        ExplanationCursor::read,
    );
    let range = TraceRange {
        start: cursor.map_or(0, |cursor| cursor.start),
        limit: limit.unwrap_or(LIMIT),
    };
    (range, cursor)
}

/// Where the next page of a trace begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExplanationCursor {
    revision: i64,
    start: usize,
}

impl ExplanationCursor {
    fn read(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (revision, start) = text.split_once('.')?;
        Some(ExplanationCursor {
            revision: revision.parse().ok()?,
            start: start.parse().ok()?,
        })
    }

    /// Refuses a page of other rules than those of the page before.
    pub(super) fn check(self, book: &Rulebook) -> Result<(), Problem> {
        if self.revision == book.revision() {
            return Ok(());
        }
        Err(Problem::new(
            Kind::RevisionChanged,
            "The rules have changed since the page before; begin again without `cursor`.",
        ))
    }

    /// The cursor of the page after this one.
    pub(super) fn after(page: &TracePage, revision: i64) -> Option<String> {
        let next = |start| URL_SAFE_NO_PAD.encode(format!("{revision}.{start}"));
        page.next.map(next)
    }
}

/// Runs long explanations, some at once; app data.
pub struct Explainers(Arc<Semaphore>);

impl Explainers {
    /// Half the cores, so that the others go on serving checkout.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Explainers(Arc::new(Semaphore::new((cores / 2).max(1))))
    }

    /// Runs one beside the threads that serve. The place is kept until it is done, also when the caller has gone.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.0).acquire_owned().await;
        let place = place.map_err(Problem::internal)?;
        let done = web::block(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(Problem::internal)?
    }
}

impl Default for Explainers {
    fn default() -> Self {
        Explainers::new()
    }
}
