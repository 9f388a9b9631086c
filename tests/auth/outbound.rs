//! The way out: what it refuses, and what it knows about a call that failed.

use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use onterms::outbound::{self, BodyFailed, CallFailed, HostPolicy, Outbound, Timeouts};
use reqwest::{Method, Url};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::support::settings;

/// Waits longer for an answer than any of these tests takes.
const PATIENT: Duration = Duration::from_secs(20);
/// For tests in which no answer comes.
const IMPATIENT: Duration = Duration::from_secs(3);

fn client(listen: &str, total: Duration) -> Outbound {
    let policy = HostPolicy::new(&settings(&[("ONTERMS__SERVER__HOST", listen)]));
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        total,
    };
    Outbound::new(policy.expect("the hosts fit"), None, timeouts).expect("a client")
}

async fn get(client: &Outbound, url: &str) -> Result<reqwest::Response, CallFailed> {
    let url = Url::parse(url).expect("a test writes valid URLs");
    let request = client
        .request(Method::GET, url)
        .expect("the host is allowed");
    client.send(request).await
}

fn origin() -> String {
    let server = HttpServer::new(|| {
        App::new()
            .route(
                "/away",
                web::get().to(|| async {
                    HttpResponse::Found()
                        .insert_header(("location", "/kilobyte"))
                        .finish()
                }),
            )
            .route("/kilobyte", web::get().to(|| async { "x".repeat(1024) }))
            .route(
                "/chunked",
                web::get().to(|| async {
                    let chunk = || Ok::<_, actix_web::Error>(web::Bytes::from(vec![b'x'; 512]));
                    HttpResponse::Ok()
                        .streaming(futures_util::stream::iter((0..2).map(move |_| chunk())))
                }),
            )
    })
    .workers(1)
    .bind(("127.0.0.1", 0))
    .expect("a free port");
    let origin = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    origin
}

#[actix_web::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let response = get(&client("127.0.0.1", PATIENT), &format!("{}/away", origin())).await;
    assert_eq!(response.expect("an answer").status(), 302);
}

#[actix_web::test]
async fn a_body_is_read_up_to_its_cap_and_no_further() {
    let (client, origin) = (client("127.0.0.1", PATIENT), origin());
    for path in ["/kilobyte", "/chunked"] {
        let url = format!("{origin}{path}");
        let response = get(&client, &url).await.expect("an answer");
        let body = outbound::read_capped(response, 1024)
            .await
            .expect("it fits");
        assert_eq!(body.len(), 1024, "{path}");
        let response = get(&client, &url).await.expect("an answer");
        let error = outbound::read_capped(response, 1023).await.err();
        assert!(matches!(error, Some(BodyFailed::TooLarge(1023))), "{path}");
    }
}

#[actix_web::test]
async fn loopback_and_private_addresses_are_refused_for_a_public_service() {
    let client = client("0.0.0.0", PATIENT);
    for url in [
        "http://127.0.0.1:4000/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "http://app.apruve.com/",
    ] {
        let url = Url::parse(url).expect("a test writes valid URLs");
        assert!(client.request(Method::GET, url.clone()).is_err(), "{url}");
    }
}

#[actix_web::test]
async fn a_connection_that_never_stood_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it listens");
    drop(listener);
    for url in [
        format!("http://{address}/"),
        "http://no-such-name.localhost/".to_owned(),
    ] {
        let error = get(&client("127.0.0.1", PATIENT), &url)
            .await
            .expect_err("nobody is there");
        assert!(matches!(error, CallFailed::NotSent(_)), "{url}: {error}");
        assert!(!error.to_string().contains("http://"), "{error}");
    }
}

#[actix_web::test]
async fn silence_or_a_reset_after_sending_leaves_the_outcome_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("it listens"));
    let client = client("127.0.0.1", IMPATIENT);
    let silent = async {
        let (mut silent, _) = listener.accept().await.expect("a call");
        // Reads until the client gives up.
        let mut received = Vec::new();
        silent.read_to_end(&mut received).await.map(|_| received)
    };
    let (error, received) = futures_util::future::join(get(&client, &url), async {
        tokio::time::timeout(Duration::from_secs(20), silent).await
    })
    .await;
    assert!(matches!(error, Err(CallFailed::Unknown(_))), "{error:?}");
    let received = received.expect("the client gives up").expect("it closes");
    assert!(received.starts_with(b"GET / "), "the request was sent once");
    assert_eq!(
        received.windows(4).filter(|four| four == b"GET ").count(),
        1
    );

    let reset = async {
        let (mut reset, _) = listener.accept().await.expect("a call");
        reset.read_u8().await
    };
    let (error, _) = futures_util::future::join(get(&client, &url), reset).await;
    assert!(matches!(error, Err(CallFailed::Unknown(_))), "{error:?}");
}
