//! The way out: one HTTP client for Apruve and JWK sets.
//!
//! It goes only where a [`HostPolicy`] lets it, connects only to addresses that were checked (the resolver filters, so what
//! was checked is what is connected to), follows no redirect, asks no proxy, sends nothing twice and reads no more than it
//! was told to.

mod address;
mod policy;

use std::{io, sync::Arc, time::Duration};

use reqwest::{
    Client, Method, RequestBuilder, Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

pub use self::policy::{HostPolicy, Refused};

/// How long a connection is kept for the next call. Shorter than servers keep theirs: a call on a connection that the other
/// side is just closing ends with nothing known of its effect.
const IDLE: Duration = Duration::from_secs(15);

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From the first look-up to the last byte of the body.
    pub total: Duration,
}

/// A client that only goes where its policy lets it. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    policy: Arc<HostPolicy>,
    timeouts: Timeouts,
}

impl Outbound {
    /// Fails where TLS cannot be set up.
    pub fn new(policy: HostPolicy, timeouts: Timeouts) -> Result<Self, reqwest::Error> {
        let policy = Arc::new(policy);
        let client = Client::builder()
            .user_agent(concat!("onterms/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(CheckedResolver(policy.clone())))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .build()?;
        Ok(Outbound {
            client,
            policy,
            timeouts,
        })
    }

    /// Begins a request where the policy allows the URL; give it to [`send`].
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Refused> {
        self.policy.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// How long its calls may take.
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Where this client goes.
    pub fn policy(&self) -> &HostPolicy {
        &self.policy
    }
}

/// How a call failed, by what we know of its effect. The text names no URL, since URLs may hold ids.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    /// No connection came about: the other side has seen nothing.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// Something may have been sent, and the other side may have acted on it.
    #[error("the answer did not arrive: {0}")]
    Unknown(String),
}

impl From<reqwest::Error> for CallFailed {
    fn from(error: reqwest::Error) -> Self {
        // A total timeout that strikes while connecting is not told from one after sending, and counts as unknown.
        if error.is_builder() || error.is_connect() {
            CallFailed::NotSent(innermost(error))
        } else {
            CallFailed::Unknown(innermost(error))
        }
    }
}

/// Sends a request and waits for the answer's head.
pub async fn send(request: RequestBuilder) -> Result<Response, CallFailed> {
    Ok(request.send().await?)
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyFailed {
    /// Longer than the caller wanted to read.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The connection broke or the time was up.
    #[error("the answer broke off: {0}")]
    Broken(String),
}

/// Reads a body of at most `most_bytes`; what is longer is dropped with its connection.
pub async fn read_capped(mut response: Response, most_bytes: usize) -> Result<Vec<u8>, BodyFailed> {
    let announced = response.content_length().unwrap_or(0);
    if announced > most_bytes as u64 {
        return Err(BodyFailed::TooLarge(most_bytes));
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| BodyFailed::Broken(innermost(error)))?
    {
        if chunk.len() > most_bytes - body.len() {
            return Err(BodyFailed::TooLarge(most_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The last cause says what happened; the ones around it say where in the client.
fn innermost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Resolves names and keeps the addresses that the policy lets us connect to.
struct CheckedResolver(Arc<HostPolicy>);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found
                .filter(|address| policy.may_connect(name.as_str(), address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "its name leads to addresses that are not on the public internet",
                )
                .into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolved(name: &str) -> Result<usize, String> {
        let policy = HostPolicy::only(&Url::parse("https://listed.example/").expect("a URL"));
        let name = name.parse().expect("a test writes valid names");
        let addresses = CheckedResolver(Arc::new(policy)).resolve(name).await;
        addresses
            .map(|found| found.count())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_resolver_hands_out_no_address_the_policy_refuses() {
        assert_eq!(resolved("1.1.1.1").await, Ok(1));
        for name in ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"] {
            let error = resolved(name).await.expect_err(name);
            assert!(error.contains("not on the public internet"), "{error}");
        }
    }
}
