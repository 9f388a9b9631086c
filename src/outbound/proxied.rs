//! Sends requests through the proxy.
//!
//! Only connecting differs from the direct client: a CONNECT tunnel to the checked address, and for https TLS for the
//! host's name inside the tunnel.

use std::{
    error::Error,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::uri::Scheme;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, proxy::Tunnel},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use reqwest::{Body, Request, Response};
use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    net::TcpStream,
    time::{Instant, Sleep, sleep_until, timeout, timeout_at},
};
use tower_service::Service;

use super::{CallFailed, HostPolicy, IDLE, NameLookup, Proxy, Timeouts, last_cause};

type BoxError = Box<dyn Error + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// A client that connects through tunnels of the proxy. Cheap to clone.
#[derive(Clone)]
pub struct Proxied {
    client: Client<Bounded, Body>,
    total: Duration,
}

impl Proxied {
    /// Fails where TLS cannot be set up.
    pub fn new(
        proxy: &Proxy,
        policy: Arc<HostPolicy>,
        timeouts: Timeouts,
    ) -> Result<Self, rustls::Error> {
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        let names = NameLookup::system();
        Ok(Self::with_tls(proxy, policy, timeouts, tls, names))
    }

    fn with_tls(
        proxy: &Proxy,
        policy: Arc<HostPolicy>,
        timeouts: Timeouts,
        tls: ClientConfig,
        names: NameLookup,
    ) -> Self {
        let mut tunnel = Tunnel::new(proxy.address.clone(), HttpConnector::new());
        if let Some(authorization) = &proxy.authorization {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            // The policy decides which hosts may be called by http.
            .https_or_http()
            .enable_http1()
            .wrap_connector(CheckedTunnel {
                tunnel,
                policy,
                names,
            });
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .retry_canceled_requests(false)
            .build(Bounded {
                connector,
                limit: timeouts.connect,
            });
        Proxied {
            client,
            total: timeouts.total,
        }
    }

    /// Sends a request and waits for the head of the answer. The time limit of the request, or else of every call, also
    /// applies to reading the body.
    pub async fn send(&self, request: Request) -> Result<Response, CallFailed> {
        // The conversion of the request drops its time limit.
        let limit = request.timeout().copied().unwrap_or(self.total);
        let until = Instant::now() + limit;
        let request: http::Request<Body> = request.try_into()?;
        match timeout_at(until, self.client.request(request)).await {
            Ok(Ok(response)) => {
                let limited = response.map(|body| Body::wrap(TimedBody::new(body, until)));
                Ok(limited.into())
            }
            Ok(Err(error)) if error.is_connect() => Err(CallFailed::NotSent(last_cause(&error))),
            Ok(Err(error)) => Err(CallFailed::Unknown(last_cause(&error))),
            Err(_) => Err(CallFailed::Unknown("operation timed out".to_owned())),
        }
    }
}

/// Opens tunnels to the addresses that the policy allows.
#[derive(Clone)]
struct CheckedTunnel {
    tunnel: Tunnel<HttpConnector>,
    policy: Arc<HostPolicy>,
    names: NameLookup,
}

impl CheckedTunnel {
    /// The targets for the proxy, in order of preference.
    async fn targets(&self, target: &http::Uri) -> Result<Vec<http::Uri>, BoxError> {
        let host = target.host().ok_or("the address has no host")?;
        let usual_port = if target.scheme() == Some(&Scheme::HTTP) {
            80
        } else {
            443
        };
        let port = target.port_u16().unwrap_or(usual_port);
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let authorities = match self.names.find(name, port).await {
            Ok(found) => {
                let allowed = self.policy.keep_allowed(name, found.into_iter())?;
                allowed.iter().map(SocketAddr::to_string).collect()
            }
            Err(_) if self.policy.is_written_down(host) => vec![format!("{host}:{port}")],
            Err(error) => return Err(error.into()),
        };
        let uris = authorities.into_iter().map(http::Uri::try_from);
        Ok(uris.collect::<Result<_, _>>()?)
    }
}

impl Service<http::Uri> for CheckedTunnel {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tunnel.poll_ready(context).map_err(through_proxy)
    }

    fn call(&mut self, target: http::Uri) -> Self::Future {
        let mut it = self.clone();
        Box::pin(async move {
            let mut failed: BoxError = "the name leads nowhere".into();
            for address in it.targets(&target).await? {
                match it.tunnel.call(address).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => failed = through_proxy(error),
                }
            }
            Err(failed)
        })
    }
}

/// Adds to the last cause that it occurred at the proxy.
fn through_proxy(error: impl Error) -> BoxError {
    format!("through the proxy: {}", last_cause(&error)).into()
}

/// A connector with a time limit for connecting, including TLS.
#[derive(Clone)]
struct Bounded {
    connector: HttpsConnector<CheckedTunnel>,
    limit: Duration,
}

impl Service<http::Uri> for Bounded {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: http::Uri) -> Self::Future {
        let connecting = timeout(self.limit, self.connector.call(target));
        Box::pin(async move {
            match connecting.await {
                Ok(connected) => connected,
                Err(_) => {
                    Err("through the proxy: the connection was not established in time".into())
                }
            }
        })
    }
}

/// A body that ends with an error when the time limit of the call is reached.
struct TimedBody {
    body: Incoming,
    end: Pin<Box<Sleep>>,
}

impl TimedBody {
    fn new(body: Incoming, until: Instant) -> Self {
        TimedBody {
            body,
            end: Box::pin(sleep_until(until)),
        }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err("operation timed out".into())));
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        frame.map(|frame| frame.map(|it| it.map_err(BoxError::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
