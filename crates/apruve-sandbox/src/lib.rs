//! A stand-in for Apruve, for development and tests: its REST API, its webhooks, its script, and a buyer who can be anybody.
//!
//! Apruve's own test host needs an account, so everything that talks to Apruve is tested here. It shares nothing with the
//! client in `apruve` but the wire, so that a misunderstanding on one side is not repeated on the other. Everything is in
//! memory and gone at the end. It trusts whoever reaches it, so it listens on loopback only.

mod api;
mod clock;
mod control;
mod faults;
mod fields;
mod furnish;
mod pages;
mod refusal;
mod secure_hash;
mod shared;
mod shop;
mod signer;
mod wire;
mod world;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use tokio::task::JoinHandle;

pub use self::{clock::Clock, faults::Faults, shop::Counter, signer::BadKey};
use self::{
    furnish::{BUYER, furnish},
    shared::Shared,
    signer::Signer,
    world::{World, ids::Ids},
};

/// How often time alone may bring something about.
const TICK: Duration = Duration::from_millis(200);
/// How long a receiver of webhooks may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a stand-in starts.
pub struct Options {
    /// The address to listen on; what it hands out names loopback for a wildcard address.
    pub host: IpAddr,
    /// 0 takes a free port.
    pub port: u16,
    /// The same seed gives the same ids and keys again.
    pub seed: u64,
    /// What time it is, until the control API sets it ahead.
    pub clock: Clock,
    /// Where the first shop's webhooks go.
    pub webhook_urls: Vec<String>,
    /// The key that signs webhooks, as PEM (PKCS#8, RSA); without one it is made at start.
    pub signing_key_pem: Option<String>,
    /// Whether the first shop is funded only for what it shipped.
    pub physical_goods: bool,
    /// What goes wrong from the start; more can be asked of the control API. Read it from JSON:
    /// `{"calls": […], "webhooks": […]}`, with the same faults as there.
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

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error("The sandbox cannot listen on port {0}: {1}.")]
    Listen(u16, #[source] io::Error),
    #[error("The sandbox cannot use its signing key: {0}.")]
    Key(#[from] BadKey),
    #[error("The sandbox has no HTTP client for its webhooks: {0}.")]
    Client(#[from] reqwest::Error),
}

/// The largest request: an order with thousands of lines.
const MOST_BYTES: usize = 16 << 20;

/// The Apruve stand-in.
pub struct Sandbox;

/// A stand-in that runs until this is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The shop that is there from the start, and its key.
    pub merchant_id: String,
    pub api_key: String,
    /// Verifies its webhooks.
    pub public_key_pem: String,
    /// Somebody who may buy there on terms.
    pub buyer_email: String,
    shared: Arc<Shared>,
    server: ServerHandle,
    sender: JoinHandle<()>,
}

impl Sandbox {
    /// Starts one, with one shop and one corporate account. Needs a Tokio runtime.
    pub async fn start(options: Options) -> Result<Running, CannotStart> {
        let cannot_listen = |error| CannotStart::Listen(options.port, error);
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
        let mut world = World::new(origin, options.clock.clone(), ids);
        let merchant_id = furnish(&mut world, &options);
        world.outbox.faults = options.faults;
        let merchant = world.merchants.get(&merchant_id);
        let api_key = merchant.map(|merchant| merchant.api_key.clone());
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let public_key_pem = signer.public_key_pem().to_owned();
        let shared = Arc::new(Shared::new(world, signer, client));
        let server = serve(listener, shared.clone()).map_err(cannot_listen)?;
        Ok(Running {
            address,
            merchant_id,
            api_key: api_key.unwrap_or_default(),
            public_key_pem,
            buyer_email: BUYER.1.to_owned(),
            server,
            sender: tokio::spawn(send_webhooks(shared.clone())),
            shared,
        })
    }
}

impl Running {
    /// Such as `http://127.0.0.1:4711`: what an integration takes as its `baseUrl`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Opens the shop at `/shop`, in which a person clicks through a checkout with this service; its first service stays.
    pub fn open_shop(&self, counter: Counter) {
        self.shared.open_shop(counter);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sender.abort();
        // The command is sent at once; only its end would have to be awaited.
        drop(self.server.stop(false));
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>) -> io::Result<ServerHandle> {
    let shared = web::Data::from(shared);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(MOST_BYTES))
            .configure(pages::routes)
            .configure(shop::routes)
            .service(web::scope("/control").configure(control::routes))
            .service(web::scope("/api/v4").default_service(web::to(wire::rest)))
    })
    .on_connect(wire::hold_connection)
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

async fn send_webhooks(shared: Arc<Shared>) {
    loop {
        shared.send_due().await;
        // Woken or not: both mean to look again.
        let _ = tokio::time::timeout(TICK, shared.wake.notified()).await;
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
