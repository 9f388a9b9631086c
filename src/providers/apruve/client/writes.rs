//! Calls that change something. Each is sent once and never retried.

use reqwest::{Method, RequestBuilder};
use serde::Serialize;

use super::{
    Account, NoAnswer, Received,
    outcome::{acted_on, made, outcome},
};
use crate::providers::{
    CommandOutcome, ProviderId,
    apruve::{fields::Wire, model::Entity},
};

impl Account<'_> {
    /// Creates an object.
    pub(super) async fn create<T: Wire>(
        &self,
        path: &[&str],
        draft: &impl Serialize,
    ) -> CommandOutcome<T> {
        let answer = self.send(Method::POST, path, |it| it.json(draft)).await;
        outcome(answer, made)
    }

    /// Replaces the details of an object.
    pub(super) async fn replace<T: Entity>(
        &self,
        path: &[&str],
        id: &ProviderId,
        draft: &impl Serialize,
    ) -> CommandOutcome<T> {
        let answer = self.send(Method::PUT, path, |it| it.json(draft)).await;
        outcome(answer, acted_on(id))
    }

    /// Acts on an existing object: `POST /{nouns}/{id}/{verb}`.
    pub(super) async fn act<T: Entity>(
        &self,
        nouns: &str,
        id: &ProviderId,
        verb: &str,
    ) -> CommandOutcome<T> {
        let path = [nouns, id.as_str(), verb];
        let answer = self.send(Method::POST, &path, |it| it).await;
        outcome(answer, acted_on(id))
    }

    /// Deletes an object; the body of the answer is ignored.
    pub(super) async fn delete(&self, path: &[&str]) -> CommandOutcome<()> {
        let answer = self.send(Method::DELETE, path, |it| it).await;
        outcome(answer, |_| Ok(()))
    }

    /// Sends a request that `complete` has completed.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Received, NoAnswer> {
        let request = self.request(method, path, &[])?;
        self.exchange(complete(request), 1).await
    }
}
