use std::{
    io,
    sync::{Mutex, PoisonError},
};

use rcgen::{CertificateParams, Issuer, KeyPair};
use reqwest::{Method, Url};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{config::Sources, secret::SecretText};

const PATIENCE: Duration = Duration::from_secs(10);

/// What was recorded, in order.
type Notes = Arc<Mutex<Vec<String>>>;

fn noted(notes: &Notes) -> Vec<String> {
    notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note(notes: &Notes, text: impl Into<String>) {
    notes
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(text.into());
}

async fn read_head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).expect("a readable head")
}

/// A provider for one name: notes the name in the TLS greeting and the head of each request.
struct Provider {
    address: SocketAddr,
    notes: Notes,
    trusted: ClientConfig,
}

impl Provider {
    async fn start(name: &str) -> Self {
        let authority_key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).expect("a certificate");
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let own = own.signed_by(&key, &issuer).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).expect("a root");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let trusted = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let secret = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], secret)
            .expect("a server");
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (address, notes) = (listener.local_addr().expect("an address"), Notes::default());
        let kept = Arc::clone(&notes);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let name = stream.get_ref().1.server_name().unwrap_or("none");
                note(&kept, format!("tls {name}"));
                note(&kept, read_head(&mut stream).await);
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Provider {
            address,
            notes,
            trusted,
        }
    }
}

/// A proxy that records the head of each request and answers as configured. If it accepts, it connects to `leads_to`,
/// whatever the requested target is.
async fn proxy(leads_to: SocketAddr, answer: &'static str) -> (SocketAddr, Notes) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, notes) = (listener.local_addr().expect("an address"), Notes::default());
    let kept = Arc::clone(&notes);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                note(&kept, read_head(&mut stream).await);
                let _ = stream.write_all(answer.as_bytes()).await;
                if answer.contains(" 200 ") {
                    let mut onward = TcpStream::connect(leads_to).await.expect("the provider");
                    let _ = copy_bidirectional(&mut stream, &mut onward).await;
                }
            });
        }
    });
    (address, notes)
}

const AGREES: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

/// A server without TLS that notes the head of each request, and answers only if it is to.
async fn plain_server(answers: bool) -> (SocketAddr, Notes) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, notes) = (listener.local_addr().expect("an address"), Notes::default());
    let kept = Arc::clone(&notes);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            note(&kept, read_head(&mut stream).await);
            if answers {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                let _ = stream.write_all(answer).await;
            }
            open.push(stream);
        }
    });
    (address, notes)
}

/// `app.apruve.com` is the provider's own host, `listed.example` one that the operator configured.
fn policy() -> Arc<HostPolicy> {
    let environment = [("ONTERMS__APRUVE__ALLOWED_HOSTS", "listed.example,10.1.2.3")];
    let settings = crate::config::Settings::load(Sources {
        environment: Some(
            environment
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .to_vec(),
        ),
        ..Sources::default()
    });
    Arc::new(HostPolicy::new(&settings.expect("settings")).expect("hosts"))
}

/// Every name leads to these addresses; without any, it cannot be looked up.
fn names(addresses: &'static [&'static str]) -> NameLookup {
    NameLookup(Arc::new(move |_, port| {
        Box::pin(async move {
            if addresses.is_empty() {
                return Err(io::Error::other("no such name"));
            }
            let parsed = addresses
                .iter()
                .map(|it| SocketAddr::new(it.parse().expect("an address"), port));
            Ok(parsed.collect())
        })
    }))
}

async fn get(client: &Proxied, url: &str) -> Result<String, CallFailed> {
    let url = Url::parse(url).expect("a URL");
    let response = client.send(Request::new(Method::GET, url)).await?;
    Ok(response.text().await.expect("a body"))
}

fn client(
    proxy: SocketAddr,
    user: &str,
    tls: &ClientConfig,
    names: NameLookup,
    total: Duration,
) -> Proxied {
    let text = SecretText::new(format!("http://{user}{proxy}"));
    let proxy = Proxy::read(&text).expect("it fits").expect("a proxy");
    let timeouts = Timeouts {
        connect: total / 2,
        total,
    };
    Proxied::with_tls(&proxy, policy(), timeouts, tls.clone(), names)
}

#[tokio::test]
async fn the_proxy_is_asked_for_the_checked_address_and_tls_and_host_keep_the_name() {
    let provider = Provider::start("app.apruve.com").await;
    for (addresses, user, line, authorization) in [
        (
            &["93.184.215.14"][..],
            "",
            "CONNECT 93.184.215.14:443 HTTP/1.1",
            None,
        ),
        // Addresses that the policy refuses are skipped.
        (
            &["10.0.0.1", "93.184.215.14"][..],
            "me:s3cret@",
            "CONNECT 93.184.215.14:443 HTTP/1.1",
            Some("Basic bWU6czNjcmV0"),
        ),
        (
            &["2606:4700::1111"][..],
            "",
            "CONNECT [2606:4700::1111]:443 HTTP/1.1",
            None,
        ),
    ] {
        let (address, asked) = proxy(provider.address, AGREES).await;
        let client = client(address, user, &provider.trusted, names(addresses), PATIENCE);
        let answer = get(&client, "https://app.apruve.com/api/v4/merchants/1").await;
        assert_eq!(answer.expect("an answer"), "ok");
        let asked = noted(&asked);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(asked[0].lines().next(), Some(line));
        let given = asked[0]
            .lines()
            .find_map(|line| line.strip_prefix("Proxy-Authorization: "));
        assert_eq!(given, authorization);
        let seen = noted(&provider.notes);
        let [.., tls, head] = &seen[..] else {
            panic!("nothing arrived: {seen:?}");
        };
        assert_eq!(tls, "tls app.apruve.com");
        assert!(head.contains("host: app.apruve.com\r\n"), "{head}");
        assert!(
            !head.to_lowercase().contains("proxy-authorization"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn only_a_host_that_was_written_down_is_left_to_the_proxy_to_look_up() {
    let provider = Provider::start("listed.example").await;
    let (address, asked) = proxy(provider.address, AGREES).await;
    let client = client(address, "", &provider.trusted, names(&[]), PATIENCE);
    let answer = get(&client, "https://listed.example:8443/").await;
    assert_eq!(answer.expect("an answer"), "ok");
    let first = "CONNECT listed.example:8443 HTTP/1.1";
    assert_eq!(noted(&asked)[0].lines().next(), Some(first));
    let refused = get(&client, "https://app.apruve.com/").await;
    let refused = refused.expect_err("nobody here knows the name");
    assert!(
        matches!(&refused, CallFailed::NotSent(cause) if cause == "no such name"),
        "{refused}"
    );
    assert_eq!(noted(&asked).len(), 1, "the proxy was not asked");
}

#[tokio::test]
async fn a_private_address_is_refused_through_the_proxy_as_without_it() {
    let provider = Provider::start("app.apruve.com").await;
    let (address, asked) = proxy(provider.address, AGREES).await;
    for (addresses, url, passes) in [
        (&["10.0.0.1"][..], "https://app.apruve.com/", false),
        (&["127.0.0.1"][..], "https://app.apruve.com/", false),
        (&["169.254.169.254"][..], "https://listed.example/", false),
        (&["::ffff:10.0.0.1"][..], "https://app.apruve.com/", false),
        (&["10.0.0.1"][..], "https://listed.example/", true),
    ] {
        let before = noted(&asked).len();
        let client = client(address, "", &provider.trusted, names(addresses), PATIENCE);
        let answer = get(&client, url).await;
        assert_eq!(
            noted(&asked).len() > before,
            passes,
            "{url} at {addresses:?}"
        );
        if !passes {
            let refused = answer.expect_err("refused");
            let text = refused.to_string();
            assert!(text.contains("not on the public internet"), "{text}");
            assert!(matches!(refused, CallFailed::NotSent(_)), "{text}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_down_or_says_no_means_that_nothing_was_sent() {
    let provider = Provider::start("app.apruve.com").await;
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nobody = free.local_addr().expect("an address");
    drop(free);
    let mut proxies = vec![nobody];
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
        "what?\r\n\r\n",
        "",
    ] {
        proxies.push(proxy(provider.address, answer).await.0);
    }
    for address in proxies {
        let client = client(
            address,
            "",
            &provider.trusted,
            names(&["1.1.1.1"]),
            PATIENCE,
        );
        let failed = get(&client, "https://app.apruve.com/").await;
        let failed = failed.expect_err("no way through");
        let text = failed.to_string();
        assert!(matches!(failed, CallFailed::NotSent(_)), "{text}");
        assert!(text.contains("through the proxy: "), "{text}");
    }
    assert!(
        noted(&provider.notes).is_empty(),
        "nothing reached the provider"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_inside_the_tunnel() {
    let provider = Provider::start("other.example").await;
    let (address, _) = proxy(provider.address, AGREES).await;
    let client = client(
        address,
        "",
        &provider.trusted,
        names(&["1.1.1.1"]),
        PATIENCE,
    );
    let failed = get(&client, "https://app.apruve.com/").await;
    assert!(matches!(failed, Err(CallFailed::NotSent(_))), "{failed:?}");
}

#[tokio::test]
async fn a_proxy_that_never_answers_holds_a_call_no_longer_than_connecting_may_take() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let provider = Provider::start("app.apruve.com").await;
    let address = listener.local_addr().expect("an address");
    let brief = Duration::from_millis(200);
    let client = client(address, "", &provider.trusted, names(&["1.1.1.1"]), brief);
    let failed = get(&client, "https://app.apruve.com/").await;
    assert!(matches!(failed, Err(CallFailed::NotSent(_))), "{failed:?}");
}

#[tokio::test]
async fn a_host_on_http_is_called_inside_the_tunnel_without_tls() {
    let provider = Provider::start("unused.example").await;
    let (server, heads) = plain_server(true).await;
    for (url, target) in [
        ("http://listed.example/hook?a=1", "93.184.215.14:80"),
        ("http://listed.example:8080/hook?a=1", "93.184.215.14:8080"),
    ] {
        let (address, asked) = proxy(server, AGREES).await;
        let client = client(
            address,
            "",
            &provider.trusted,
            names(&["93.184.215.14"]),
            PATIENCE,
        );
        assert_eq!(get(&client, url).await.expect("an answer"), "ok");
        let line = format!("CONNECT {target} HTTP/1.1");
        assert_eq!(noted(&asked)[0].lines().next(), Some(line.as_str()));
        let head = noted(&heads).pop().expect("a request");
        assert_eq!(head.lines().next(), Some("GET /hook?a=1 HTTP/1.1"));
        assert!(head.contains("host: listed.example"), "{head}");
    }
}

#[tokio::test]
async fn the_time_limit_of_a_request_goes_before_that_of_all_calls() {
    let provider = Provider::start("unused.example").await;
    let (server, _) = plain_server(false).await;
    let (address, _) = proxy(server, AGREES).await;
    let names = names(&["1.1.1.1"]);
    let client = client(address, "", &provider.trusted, names, 6 * PATIENCE);
    let url = Url::parse("http://listed.example/").expect("a URL");
    let mut request = Request::new(Method::GET, url);
    *request.timeout_mut() = Some(Duration::from_millis(100));
    let failed = timeout(PATIENCE, client.send(request)).await;
    let failed = failed.expect("it ends long before the limit of all calls");
    assert!(matches!(failed, Err(CallFailed::Unknown(_))), "{failed:?}");
}
