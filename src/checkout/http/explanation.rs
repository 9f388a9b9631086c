//! The requested detail of an explanation, and where explanations are computed.
//!
//! An explanation may take a hundred times as long as the decision, so long ones run on blocking threads, and only a
//! few at once.

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
/// The maximum size, in bytes, of a cart that is read and explained in a fraction of a millisecond.
const SHORT_CART: usize = 16 * 1024;
/// The maximum number of reasons that are computed as fast; each may try several changes of the cart.
pub(super) const FEW_REASONS: usize = 16;

/// The detail of the explanation in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(super) enum Explain {
    None,
    Summary,
    Full,
}

/// The requested explanation, with `full` including the range of the trace.
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
    /// Reads `explain` and, with `full`, the range of the trace. Errors are noted in `query`.
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

    /// Whether it may be computed on a request thread: without an explanation, or with reasons only for a small cart.
    pub(super) fn may_be_short(self, cart: &[u8]) -> bool {
        match self {
            ExplainRequest::Nothing => true,
            ExplainRequest::Reasons => cart.len() <= SHORT_CART,
            ExplainRequest::Everything(_) => false,
        }
    }
}

/// The requested range of the trace. The caller must check the cursor against the rulebook.
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

/// The start of a page of a trace.
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

    /// Refuses the cursor if the rules have changed since the previous page.
    pub(super) fn check(self, book: &Rulebook) -> Result<(), Problem> {
        if self.revision == book.revision() {
            return Ok(());
        }
        Err(Problem::new(
            Kind::RevisionChanged,
            "The rules have changed since the page before; begin again without `cursor`.",
        ))
    }

    /// The cursor of the page after this one; `None` after the last.
    pub(super) fn after(page: &TracePage, revision: i64) -> Option<String> {
        let next = |start| URL_SAFE_NO_PAD.encode(format!("{revision}.{start}"));
        page.next.map(next)
    }
}

/// Runs long explanations, a few at once; app data.
pub struct Explainers(Arc<Semaphore>);

impl Explainers {
    /// Allows as many explanations at once as half the cores, so that the other cores go on serving checkout.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Explainers(Arc::new(Semaphore::new((cores / 2).max(1))))
    }

    /// Runs `work` on a blocking thread. Its place is occupied until the work is done, even if the caller disconnects.
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
