//! The requested detail of an explanation, and where explanations are computed.
//!
//! An explanation may take a hundred times as long as the decision, so long ones run on blocking threads, and only a
//! few at once.

use std::sync::Arc;

use actix_web::web;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::sync::Semaphore;

use crate::{
    checkout::trace::TraceRange,
    http::{
        pagination::Query,
        problem::{Kind, Problem},
    },
    payment_rules::rulebook::Rulebook,
    string_enum::string_enum,
};

const LIMIT: usize = 100;
const MOST: usize = 200;
/// The maximum size, in bytes, of a cart that is read and explained in a fraction of a millisecond.
const SHORT_CART: usize = 16 * 1024;
/// The maximum number of reasons that are computed as fast; each may try several changes of the cart.
pub(super) const FEW_REASONS: usize = 16;

string_enum! {
    /// The detail of the explanation in an answer.
    Explain as "Explain" {
        None = "none",
        Summary = "summary",
        Full = "full",
    }
}

impl Explain {
    /// Reads `explain`. Errors are noted in `query`.
    pub(super) fn read(query: &mut Query) -> Self {
        let explain = query.parsed("explain", "none, summary or full", Explain::parse);
        explain.unwrap_or(Explain::None)
    }

    /// Whether it may be computed on a request thread: without an explanation, or with reasons only for a small cart.
    pub(super) fn may_be_short(self, cart: &[u8]) -> bool {
        match self {
            Explain::None => true,
            Explain::Summary => cart.len() <= SHORT_CART,
            Explain::Full => false,
        }
    }
}

impl TraceRange {
    /// Reads the range of a page of the trace, which the caller must check against the rulebook.
    pub(super) fn read(query: &mut Query) -> Self {
        let limit = query.parsed("limit", "a whole number from 1 to 200", |text| {
            let limit = text.parse().ok();
            limit.filter(|limit| (1..=MOST).contains(limit))
        });
        let cursor = query.parsed("cursor", "the `nextCursor` of the page before", read_cursor);
        TraceRange {
            start: cursor.map_or(0, |(_, start)| start),
            limit: limit.unwrap_or(LIMIT),
            revision: cursor.map(|(revision, _)| revision),
        }
    }

    /// Refuses the range if the rules have changed since the previous page.
    pub(super) fn check(self, book: &Rulebook) -> Result<(), Problem> {
        if self.revision.is_none_or(|it| it == book.revision()) {
            return Ok(());
        }
        Err(Problem::new(
            Kind::RevisionChanged,
            "The rules have changed since the page before; begin again without `cursor`.",
        ))
    }
}

/// The revision of the rules, and the place of the first rule of the page.
fn read_cursor(text: &str) -> Option<(i64, usize)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (revision, start) = text.split_once('.')?;
    Some((revision.parse().ok()?, start.parse().ok()?))
}

/// The cursor of the page that begins with the rule at `start`.
pub(super) fn cursor(revision: i64, start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{revision}.{start}"))
}

/// Runs long explanations, a few at once; app data.
pub struct Explainers(Arc<Semaphore>);

impl Explainers {
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
    /// Allows as many explanations at once as half the cores, so that the other cores go on serving checkout.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Explainers(Arc::new(Semaphore::new((cores / 2).max(1))))
    }
}
