//! Calls to Apruve over a real connection, against a server that says and does what the test wants.

mod breaker;
mod listings;
mod reads;
mod stand_in;
mod writes;

use std::time::Duration;

use onterms::{
    config::{Settings, Sources},
    outbound::{HostPolicy, Outbound, Timeouts},
    providers::{ProviderId, apruve::Account},
    secret::SecretText,
};

const API_KEY: &str = "0123456789abcdef0123456789ab9f3c";
const ORDER: &str = "0000000000000000000000000000000a";
const INVOICE: &str = "0000000000000000000000000000000b";
const MERCHANT: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

fn id(text: &str) -> ProviderId {
    ProviderId::parse(text).expect("an id")
}

/// Long enough for every answer that comes.
const PATIENT: Duration = Duration::from_secs(20);
/// For answers that do not come.
const IMPATIENT: Duration = Duration::from_secs(3);

/// What an account is made of.
struct Shop {
    outbound: Outbound,
    origin: String,
    api_key: SecretText,
}

impl Shop {
    fn new(origin: &str, total: Duration) -> Self {
        let environment = [("ONTERMS__SERVER__HOST", "127.0.0.1")];
        let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let settings = Settings::load(Sources {
            environment: Some(environment.to_vec()),
            ..Sources::default()
        });
        let policy = HostPolicy::new(&settings.expect("the settings fit"));
        let timeouts = Timeouts {
            connect: Duration::from_secs(5),
            total,
        };
        Shop {
            outbound: Outbound::new(policy.expect("the hosts fit"), None, timeouts)
                .expect("a client"),
            origin: origin.to_owned(),
            api_key: SecretText::new(API_KEY),
        }
    }

    fn account(&self) -> Account<'_> {
        Account::new(&self.outbound, &self.origin, &self.api_key)
    }
}

/// The origin of a server that has gone.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("it listens"))
}
