//! A stand-in for Apruve, for development and tests: its REST API, webhooks, checkout script and pages for the buyer.
//!
//! Apruve's own test host needs an account, so everything that calls Apruve is tested with this crate. It shares no code with
//! the service's client, so that a misunderstanding on one side is not repeated on the other. All data is in memory only. It
//! trusts every caller, so it listens on loopback only.

mod api;
mod clock;
mod context;
mod control;
mod error;
mod faults;
mod fields;
mod initial_data;
mod pages;
mod rest;
mod secure_hash;
mod shop;
mod signer;
mod state;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use tokio::task::JoinHandle;

pub use self::{clock::Clock, faults::Faults, shop::ServiceAccess, signer::SigningKeyError};
use self::{
    context::SandboxContext,
    initial_data::{BUYER, insert_initial_data},
    signer::Signer,
    state::{SandboxState, ids::Ids},
};

/// How often webhooks and expiries are checked.
const TICK: Duration = Duration::from_millis(200);
/// The timeout for a receiver of webhooks.
const PATIENCE: Duration = Duration::from_secs(30);

/// Start options.
pub struct Options {
    /// The address to listen on; links use loopback for a wildcard address.
    pub host: IpAddr,
    /// 0 takes a free port.
    pub port: u16,
    /// The same seed produces the same ids and API keys.
    pub seed: u64,
    /// The time before the control API advances it.
    pub clock: Clock,
    /// The webhook URLs of the first shop.
    pub webhook_urls: Vec<String>,
    /// The key that signs webhooks, as PEM (PKCS#8, RSA); by default it is generated at start.
    pub signing_key_pem: Option<String>,
    /// Whether the first shop is funded only after a shipment.
    pub physical_goods: bool,
    /// Faults from the start; the control API can add more. Deserialize them from the same JSON as there:
    /// `{"calls": […], "webhooks": […]}`.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            seed: 0,
            clock: Clock::system(),
            webhook_urls: Vec::new(),
            signing_key_pem: None,
            physical_goods: true,
            faults: Faults::default(),
        }
    }
}

/// Why the sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("The sandbox cannot listen on port {0}: {1}.")]
    Listen(u16, #[source] io::Error),
    #[error("The sandbox cannot use its signing key: {0}.")]
    Key(#[from] SigningKeyError),
    #[error("The sandbox has no HTTP client for its webhooks: {0}.")]
    Client(#[from] reqwest::Error),
}

/// The largest request: an order with thousands of lines.
const MOST_BYTES: usize = 16 << 20;

/// The Apruve stand-in.
pub struct Sandbox;

/// A running sandbox; stops when it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The initial shop, and its key.
    pub merchant_id: String,
    pub api_key: String,
    /// The key for verifying its webhooks.
    pub public_key_pem: String,
    /// A buyer who may buy at the initial shop on terms.
    pub buyer_email: String,
    context: Arc<SandboxContext>,
    server: ServerHandle,
    sender: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox with one shop and one corporate account. Needs a Tokio runtime.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let cannot_listen = |error| StartError::Listen(options.port, error);
        let listener = TcpListener::bind((options.host, options.port));
        let listener = listener.map_err(cannot_listen)?;
        let mut address = listener.local_addr().map_err(cannot_listen)?;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let signer = match &options.signing_key_pem {
            Some(pem) => Signer::from_pem(pem)?,
            None => Signer::generate()?,
        };
        let ids = Ids::new(options.seed);
        let origin = format!("http://{address}");
        let mut state = SandboxState::new(origin, options.clock.clone(), ids);
        let merchant_id = insert_initial_data(&mut state, &options);
        state.outbox.faults = options.faults;
        let merchant = state.merchants.get(&merchant_id);
        let api_key = merchant.map_or_else(String::new, |merchant| merchant.api_key.clone());
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let public_key_pem = signer.public_key_pem().to_owned();
        let context = Arc::new(SandboxContext::new(state, signer, client));
        let server = serve(listener, context.clone()).map_err(cannot_listen)?;
        Ok(Running {
            address,
            merchant_id,
            api_key,
            public_key_pem,
            buyer_email: BUYER.1.to_owned(),
            server,
            sender: tokio::spawn(send_webhooks(context.clone())),
            context,
        })
    }
}

impl Running {
    /// The `baseUrl` for an integration, such as `http://127.0.0.1:4711`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Opens the demo shop at `/shop`, which sells with this service. Only the first call has an effect. Needs a Tokio
    /// runtime.
    pub fn open_shop(&self, service: ServiceAccess) {
        self.context.open_shop(service);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sender.abort();
        // The stop command is sent at once; the future only waits for the end.
        drop(self.server.stop(false));
    }
}

fn serve(listener: TcpListener, context: Arc<SandboxContext>) -> io::Result<ServerHandle> {
    let context = web::Data::from(context);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(context.clone())
            .app_data(web::PayloadConfig::new(MOST_BYTES))
            .configure(pages::routes)
            .configure(shop::routes)
            .service(web::scope("/control").configure(control::routes))
            .service(web::scope("/api/v4").default_service(web::to(rest::rest)))
    })
    .on_connect(rest::keep_connection)
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

async fn send_webhooks(context: Arc<SandboxContext>) {
    loop {
        context.send_due().await;
        // Both a wake-up and a timeout lead to the next check.
        let _ = tokio::time::timeout(TICK, context.wake.notified()).await;
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
