//! Calls to Apruve's REST API, v4.
//!
//! Paths are built from segments that are percent-encoded one by one, so an id never turns into another path. How a call
//! failed says what is known of its effect: only [`CallError::NotSent`] is certain to have had none.

use reqwest::{
    Method, RequestBuilder, Url,
    header::{ACCEPT, HeaderValue},
};
use serde::de::DeserializeOwned;

use super::model::Merchant;
use crate::{
    outbound::{self, BodyFailed, CallFailed, Outbound},
    secret::SecretText,
};

/// The largest answers seen are a few kilobytes.
const MOST_BYTES: usize = 1 << 20;

/// Why there is no answer to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Apruve has seen nothing of it.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// It may have been sent, and nothing readable came back.
    #[error("no answer arrived: {0}")]
    NoAnswer(String),
    /// 401 or 403: the API key is not believed, or not for this.
    #[error("Apruve refused the API key (status {0})")]
    Unauthorized(u16),
    /// 404.
    #[error("Apruve does not know it")]
    NotFound,
    /// Any other status than success.
    #[error("Apruve answered with status {0}")]
    Status(u16),
    /// Success, with a body that is not what it should be.
    #[error("Apruve's answer cannot be read: {0}")]
    Unreadable(String),
}

/// One account at Apruve: where it is and what opens it.
pub struct Account<'a> {
    outbound: &'a Outbound,
    origin: &'a str,
    api_key: &'a SecretText,
}

impl<'a> Account<'a> {
    /// `origin` is scheme, host and port, without a path.
    pub fn new(outbound: &'a Outbound, origin: &'a str, api_key: &'a SecretText) -> Self {
        Account {
            outbound,
            origin,
            api_key,
        }
    }

    /// Reads a merchant.
    pub async fn merchant(&self, id: &str) -> Result<Merchant, CallError> {
        self.get(&["merchants", id]).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, CallError> {
        let request = self.request(Method::GET, path)?;
        let response = outbound::send(request).await?;
        match response.status().as_u16() {
            200..=299 => {}
            status @ (401 | 403) => return Err(CallError::Unauthorized(status)),
            404 => return Err(CallError::NotFound),
            status => return Err(CallError::Status(status)),
        }
        let body = outbound::read_capped(response, MOST_BYTES).await?;
        // serde's message could quote the body, so only the place is told.
        serde_json::from_slice(&body).map_err(|error| {
            CallError::Unreadable(format!(
                "it is not the JSON expected at line {}, column {}",
                error.line(),
                error.column()
            ))
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, CallError> {
        let url = self.url(path)?;
        let mut key = HeaderValue::from_str(self.api_key.expose()).map_err(|_| {
            CallError::NotSent("the API key has characters no header can carry".to_owned())
        })?;
        key.set_sensitive(true);
        let request = self.outbound.request(method, url);
        let request = request.map_err(|refused| CallError::NotSent(refused.sentence))?;
        Ok(request
            .header("Apruve-Api-Key", key)
            .header(ACCEPT, "application/json"))
    }

    fn url(&self, path: &[&str]) -> Result<Url, CallError> {
        let not_sent = |what: &str| CallError::NotSent(what.to_owned());
        let mut url = Url::parse(self.origin).map_err(|_| not_sent("its address is not a URL"))?;
        url.path_segments_mut()
            .map_err(|()| not_sent("its address cannot have a path"))?
            .clear()
            .extend(["api", "v4"])
            .extend(path);
        Ok(url)
    }
}

impl From<CallFailed> for CallError {
    fn from(failed: CallFailed) -> Self {
        match failed {
            CallFailed::NotSent(cause) => CallError::NotSent(cause),
            CallFailed::Unknown(cause) => CallError::NoAnswer(cause),
        }
    }
}

impl From<BodyFailed> for CallError {
    fn from(failed: BodyFailed) -> Self {
        match failed {
            BodyFailed::TooLarge(_) => CallError::Unreadable(failed.to_string()),
            BodyFailed::Broken(cause) => CallError::NoAnswer(cause),
        }
    }
}
