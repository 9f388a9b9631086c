//! The HTTP client for all outgoing calls: to providers, for JWK sets, and to receivers of notifications.
//!
//! It calls only hosts that a [`HostPolicy`] allows, and connects only to checked addresses: the resolver filters them,
//! so the checked address is the one that is used. It follows no redirects, never sends a request twice, and reads no
//! more than a limit. Proxies of the environment are ignored; `outbound.proxy` is used (see [`proxy`]). Every call
//! carries the trace context of the work that makes it.

mod address;
mod policy;
mod proxied;
mod proxy;

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures_util::future::BoxFuture;
use reqwest::{
    Client, Method, Request, RequestBuilder, Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderValue, USER_AGENT},
    redirect,
};

use self::proxied::Proxied;
pub use self::{
    policy::{HostPolicy, UrlRefusal},
    proxy::Proxy,
};
use crate::trace::{self, FinishedSpan, SpanKind};

/// The `User-Agent` of the service.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("onterms/", env!("CARGO_PKG_VERSION")));

/// The error for a name whose addresses are all refused.
const NOT_PUBLIC: &str = "its name leads to addresses that are not on the public internet";

/// How long an idle connection is kept. Shorter than the idle time of servers, because a call on a connection that the
/// server is just closing has an unknown effect.
const IDLE: Duration = Duration::from_secs(15);

/// The time limits of a call.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The limit for connecting, including TLS.
    pub connect: Duration,
    /// The limit from the look-up of the name to the last byte of the body.
    pub total: Duration,
}

/// A client that calls only hosts that its policy allows. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    /// The client for hosts other than loopback, if there is a proxy.
    proxied: Option<Proxied>,
    policy: Arc<HostPolicy>,
    timeouts: Timeouts,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    #[error(transparent)]
    Direct(#[from] reqwest::Error),
    #[error(transparent)]
    Proxied(#[from] rustls::Error),
}

impl Outbound {
    /// Fails where TLS cannot be set up.
    pub fn new(
        policy: HostPolicy,
        proxy: Option<&Proxy>,
        timeouts: Timeouts,
    ) -> Result<Self, NoClient> {
        let policy = Arc::new(policy);
        let proxied = proxy
            .map(|proxy| Proxied::new(proxy, Arc::clone(&policy), timeouts))
            .transpose()?;
        let client = Client::builder()
            .dns_resolver(Arc::new(CheckedResolver {
                policy: policy.clone(),
                names: NameLookup::system(),
            }))
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
            proxied,
            policy,
            timeouts,
        })
    }

    /// Builds a request if the policy allows the URL; send it with [`Outbound::send`].
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, UrlRefusal> {
        self.policy.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// Sends a request and waits for the head of the answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, CallFailed> {
        let (client, request) = request.build_split();
        let mut request = request?;
        let parent = trace::current();
        let context = parent.child();
        if let Ok(header) = HeaderValue::from_str(&context.header()) {
            request.headers_mut().insert(trace::HEADER, header);
        }
        request.headers_mut().insert(USER_AGENT, AGENT);
        let (method, host) = (request.method().to_string(), host_of(&request));
        let (started, from) = (SystemTime::now(), Instant::now());
        let answered = match &self.proxied {
            // Loopback is called directly, because the proxy's loopback is another machine.
            Some(proxied) if !policy::is_loopback(&host) => proxied.send(request).await,
            _ => client.execute(request).await.map_err(CallFailed::from),
        };
        trace::finished(|| FinishedSpan {
            context,
            parent: Some(parent),
            kind: SpanKind::Client,
            method,
            target: host,
            status: answered.as_ref().ok().map(|it| it.status().as_u16()),
            started,
            took: from.elapsed(),
        });
        answered
    }

    /// The time limits of calls.
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// The policy of this client.
    pub fn policy(&self) -> &HostPolicy {
        &self.policy
    }
}

/// How a call failed, by what is known of its effect. The text contains no URL, because URLs may contain ids.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    /// The connection failed; the other side has received nothing.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// Something may have been sent, and the other side may have acted on it.
    #[error("the answer did not arrive: {0}")]
    Unknown(String),
}

impl CallFailed {
    /// Whether the policy refused all addresses of the name.
    pub fn is_refused_address(&self) -> bool {
        matches!(self, CallFailed::NotSent(cause) if cause.ends_with(NOT_PUBLIC))
    }
}

impl From<reqwest::Error> for CallFailed {
    fn from(error: reqwest::Error) -> Self {
        // A total timeout while connecting cannot be distinguished from one after sending, and counts as unknown.
        if error.is_builder() || error.is_connect() {
            CallFailed::NotSent(innermost(error))
        } else {
            CallFailed::Unknown(innermost(error))
        }
    }
}

fn host_of(request: &Request) -> String {
    request.url().host_str().unwrap_or_default().to_owned()
}

/// Why a body was not read completely.
#[derive(Debug, thiserror::Error)]
pub enum BodyFailed {
    /// The body is longer than the limit.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The connection broke or the time limit was reached.
    #[error("the answer broke off: {0}")]
    Broken(String),
}

/// Reads a body of at most `most_bytes` bytes; a longer one is an error, and its connection is dropped.
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

/// The text of the innermost cause, which says what happened; outer causes only say where in the client.
fn innermost(error: reqwest::Error) -> String {
    last_cause(&error.without_url())
}

fn last_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Looks names up; tests replace the resolver of the system.
#[derive(Clone)]
struct NameLookup(Arc<dyn Fn(String, u16) -> LookingUp + Send + Sync>);

type LookingUp = BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

impl NameLookup {
    fn system() -> Self {
        NameLookup(Arc::new(|name, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
        }))
    }

    fn find(&self, name: &str, port: u16) -> LookingUp {
        (self.0)(name.to_owned(), port)
    }
}

/// Resolves names and keeps the addresses that the policy allows.
struct CheckedResolver {
    policy: Arc<HostPolicy>,
    names: NameLookup,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        // The port is replaced by that of the URL.
        let (policy, found) = (self.policy.clone(), self.names.find(name.as_str(), 0));
        Box::pin(async move {
            let allowed = policy.keep_allowed(name.as_str(), found.await?.into_iter())?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    async fn resolved(name: &str) -> Result<usize, String> {
        let policy = HostPolicy::only(&Url::parse("https://listed.example/").expect("a URL"));
        let name = name.parse().expect("a test writes valid names");
        let policy = Arc::new(policy);
        let names = NameLookup::system();
        let addresses = CheckedResolver { policy, names }.resolve(name).await;
        addresses
            .map(|found| found.count())
            .map_err(|error| error.to_string())
    }

    /// Simulates DNS rebinding: the first look-up returns a public address, the second both kinds, the third a loopback
    /// address.
    fn rebinding(_: String, _: u16) -> LookingUp {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let (public, own) = ("1.1.1.1:0", "127.0.0.1:0");
        let found = match ASKED.fetch_add(1, Ordering::Relaxed) {
            0 => vec![public],
            1 => vec![own, public, "[::ffff:169.254.169.254]:0"],
            _ => vec![own],
        };
        let found = found.into_iter().map(|it| it.parse().expect("an address"));
        let found = Ok(found.collect());
        Box::pin(async { found })
    }

    #[tokio::test]
    async fn a_name_that_leads_elsewhere_the_next_time_is_judged_by_what_is_connected_to() {
        let policy = Arc::new(HostPolicy::only(
            &Url::parse("https://listed.example/").expect("a URL"),
        ));
        let resolver = CheckedResolver {
            policy,
            names: NameLookup(Arc::new(rebinding)),
        };
        for expected in [Some("1.1.1.1:0"), Some("1.1.1.1:0"), None, None] {
            let name = "hook.example".parse().expect("a name");
            let found = resolver.resolve(name).await;
            let found = found.map(|it| it.map(|it| it.to_string()).collect::<Vec<_>>());
            match (found, expected) {
                (Ok(found), Some(expected)) => assert_eq!(found, [expected]),
                (Err(error), None) => assert!(error.to_string().ends_with(NOT_PUBLIC)),
                (found, _) => panic!("{found:?} instead of {expected:?}"),
            }
        }
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
