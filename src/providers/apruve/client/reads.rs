//! Calls that only read. A guarded account retries them within the time limit of one call.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use reqwest::Method;

use super::{Account, NoAnswer, Received, is_passing};
use crate::providers::{Later, List, ProviderError, ProviderId, ProviderKind};
use crate::{
    outbound::{BodyFailed, CallFailed},
    providers::apruve::{
        fields::{UnreadableAnswer, Wire, read_list, read_one},
        model::Entity,
    },
};

/// The pause before each retry.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
/// The number of elements that Apruve returns when no page is requested.
const PAGE: usize = 25;
const MOST_PAGES: usize = 20;

impl Account<'_> {
    /// Reads one object.
    pub(super) async fn read<T: Wire>(&self, path: &[&str]) -> Result<T, ProviderError> {
        let body = self.get(path, &[], 1, self.deadline()).await?;
        Ok(read_one(&body)?)
    }

    /// Reads one object by its id, and checks that the answer has this id.
    pub(super) async fn read_by_id<T: Entity>(
        &self,
        path: &[&str],
        id: &ProviderId,
    ) -> Result<T, ProviderError> {
        let path = [path, &[id.as_str()]].concat();
        let found: T = self.read(&path).await?;
        if found.id() == id {
            return Ok(found);
        }
        let what = format!("it is about another {}", T::NOUN);
        Err(ProviderError::Unreadable(ProviderKind::Apruve, what))
    }

    /// Reads a whole list. Apruve does not document how pages are counted and which lists have pages. So the first
    /// request names no page; only if its answer is full, pages are read until one is short.
    pub(super) async fn list<T: Entity>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<List<T>, ProviderError> {
        let deadline = self.deadline();
        let mut items: Vec<T> = Vec::new();
        let mut seen = HashSet::new();
        for number in 0..=MOST_PAGES {
            let (number_text, per_page) = (number.to_string(), PAGE.to_string());
            let mut query = query.to_vec();
            if number > 0 {
                query.extend([("page", &*number_text), ("per_page", &*per_page)]);
            }
            let page: Vec<T> = read_list(&self.get(path, &query, PAGE, deadline).await?)?;
            let complete = page.len() < PAGE;
            let known = items.len();
            items.extend(page.into_iter().filter(|it| seen.insert(it.id().clone())));
            if complete {
                return Ok(List { items, complete });
            }
            // Page 1 may repeat the first answer; a later page without new elements means that the list ignores `page`.
            if number > 1 && items.len() == known {
                break;
            }
        }
        Ok(List {
            items,
            complete: false,
        })
    }

    /// The deadline of one read with all its pages and retries.
    fn deadline(&self) -> Instant {
        Instant::now() + self.outbound.timeouts().total
    }

    async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        things: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, ProviderError> {
        let mut pauses = PAUSES.iter().filter(|_| self.is_patient());
        loop {
            let request = self.request(Method::GET, path, query)?;
            let request = request.timeout(left(deadline)?);
            let received = self.exchange(request, things).await;
            let pause = pauses
                .next()
                .filter(|pause| left(deadline).is_ok_and(|left| left > **pause));
            match pause {
                Some(pause) if is_passing(&received) && !asks_to_wait(&received) => {
                    tokio::time::sleep(*pause).await;
                }
                _ => return answer(received),
            }
        }
    }
}

/// The time until the deadline.
fn left(deadline: Instant) -> Result<Duration, ProviderError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ProviderError::NoAnswer("the time for it is up".to_owned()));
    }
    Ok(left)
}

/// Whether the retry has to wait for longer than our own pauses.
fn asks_to_wait(received: &Result<Received, NoAnswer>) -> bool {
    match received {
        Ok(received) => received.status == 429 && received.retry_after.is_some(),
        Err(NoAnswer::HeldBack { .. }) => true,
        Err(NoAnswer::Failed(_)) => false,
    }
}

fn answer(received: Result<Received, NoAnswer>) -> Result<Vec<u8>, ProviderError> {
    let received = received?;
    match received.status {
        200..=299 => Ok(received.body?),
        status @ (401 | 403) => Err(ProviderError::Unauthorized(ProviderKind::Apruve, status)),
        404 => Err(ProviderError::NotFound),
        429 => Err(ProviderError::Later(Later::TooManyCalls(
            received.retry_after,
        ))),
        status => Err(ProviderError::Status(ProviderKind::Apruve, status)),
    }
}

impl From<NoAnswer> for ProviderError {
    fn from(failed: NoAnswer) -> Self {
        match failed {
            NoAnswer::HeldBack { seconds } => ProviderError::Later(Later::HeldBack { seconds }),
            NoAnswer::Failed(CallFailed::NotSent(cause)) => ProviderError::NotSent(cause),
            NoAnswer::Failed(CallFailed::Unknown(cause)) => ProviderError::NoAnswer(cause),
        }
    }
}

impl From<BodyFailed> for ProviderError {
    fn from(failed: BodyFailed) -> Self {
        match failed {
            BodyFailed::TooLarge(_) => {
                ProviderError::Unreadable(ProviderKind::Apruve, failed.to_string())
            }
            BodyFailed::Broken(cause) => ProviderError::NoAnswer(cause),
        }
    }
}

impl From<UnreadableAnswer> for ProviderError {
    fn from(unreadable: UnreadableAnswer) -> Self {
        ProviderError::Unreadable(ProviderKind::Apruve, unreadable.to_string())
    }
}
