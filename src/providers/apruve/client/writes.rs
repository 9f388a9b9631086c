//! Calls that change something. Each is sent once and never retried.

use reqwest::Method;
use serde::Serialize;

use super::{
    Account, NoAnswer, Received, WriteOutcome,
    outcome::{acted_on, made},
};
use crate::providers::ProviderId;
use crate::providers::apruve::{fields::Wire, model::Entity};

impl Account<'_> {
    /// Creates an object.
    pub(super) async fn create<T: Wire>(
        &self,
        path: &[&str],
        draft: &impl Serialize,
    ) -> WriteOutcome<T> {
        let answer = self.send_json(Method::POST, path, draft).await;
        WriteOutcome::of(answer, made)
    }

    /// Replaces the details of an object.
    pub(super) async fn replace<T: Entity>(
        &self,
        path: &[&str],
        id: &ProviderId,
        draft: &impl Serialize,
    ) -> WriteOutcome<T> {
        let answer = self.send_json(Method::PUT, path, draft).await;
        WriteOutcome::of(answer, acted_on(id))
    }

    /// Acts on an existing object: `POST /{nouns}/{id}/{verb}`.
    pub(super) async fn act<T: Entity>(
        &self,
        nouns: &str,
        id: &ProviderId,
        verb: &str,
    ) -> WriteOutcome<T> {
        let answer = self.send(Method::POST, &[nouns, id.as_str(), verb]).await;
        WriteOutcome::of(answer, acted_on(id))
    }

    /// Deletes an object; the body of the answer is ignored.
    pub(super) async fn delete(&self, path: &[&str]) -> WriteOutcome<()> {
        WriteOutcome::of(self.send(Method::DELETE, path).await, |_| Ok(()))
    }

    async fn send_json(
        &self,
        method: Method,
        path: &[&str],
        draft: &impl Serialize,
    ) -> Result<Received, NoAnswer> {
        match self.request(method, path, &[]) {
            Ok(request) => self.exchange(request.json(draft), 1).await,
            Err(cause) => Err(NoAnswer::not_sent(cause)),
        }
    }

    async fn send(&self, method: Method, path: &[&str]) -> Result<Received, NoAnswer> {
        match self.request(method, path, &[]) {
            Ok(request) => self.exchange(request, 1).await,
            Err(cause) => Err(NoAnswer::not_sent(cause)),
        }
    }
}
