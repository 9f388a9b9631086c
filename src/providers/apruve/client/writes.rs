//! Calls that change something. Each is sent once and never again.

use reqwest::Method;
use serde::Serialize;

use super::{
    Account, NoAnswer, Received, WriteOutcome,
    outcome::{acted_on, made},
};
use crate::providers::ProviderId;
use crate::providers::apruve::{fields::Wire, model::Entity};

impl Account<'_> {
    /// Makes something new.
    pub(super) async fn create<T: Wire>(
        &self,
        path: &[&str],
        draft: &impl Serialize,
    ) -> WriteOutcome<T> {
        let answer = self.send_json(Method::POST, path, draft).await;
        WriteOutcome::of(answer, made)
    }

    /// Replaces the details of something.
    pub(super) async fn replace<T: Entity>(
        &self,
        path: &[&str],
        id: &ProviderId,
        draft: &impl Serialize,
    ) -> WriteOutcome<T> {
        let answer = self.send_json(Method::PUT, path, draft).await;
        WriteOutcome::of(answer, acted_on(id))
    }

    /// Does something to what is there: `POST /{nouns}/{id}/{verb}`.
    pub(super) async fn act<T: Entity>(
        &self,
        nouns: &str,
        id: &ProviderId,
        verb: &str,
    ) -> WriteOutcome<T> {
        let answer = self.send(Method::POST, &[nouns, id.as_str(), verb]).await;
        WriteOutcome::of(answer, acted_on(id))
    }

    /// Removes something; what the answer's body says does not matter.
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
