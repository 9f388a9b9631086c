//! `onterms serve`: it starts, it answers, it stops when it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use reqwest::Method;

use crate::process::Workspace;

#[tokio::test]
async fn serve_makes_its_keys_and_takes_the_token_that_token_prints() {
    let place = Workspace::new();
    let service = place.serve(&[]);
    assert_eq!(place.files(), ["data", "keys"]);
    let ended = place.run(&["token", "--role", "admin", "--sub", "me", "--ttl", "15m"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.err, "");
    let token = ended.out.strip_suffix('\n').expect("one line");
    assert_eq!(token.split('.').count(), 3, "the token alone: {token}");
    let answer = service
        .request(Method::GET, "/v1/settings")
        .bearer_auth(token);
    assert_eq!(answer.send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_storefronts_token_opens_checkout_and_not_the_rules() {
    let place = Workspace::new().with_keys();
    let service = place.serve(&[]);
    let token = place.token("storefront");
    let cart = serde_json::json!({ "currency": "USD" });
    let (status, answer) = service
        .post("/v1/checkout/payment-methods", &token, &cart)
        .await;
    assert_eq!((status, &answer["offered"]), (200, &serde_json::json!([])));
    let rules = service
        .request(Method::GET, "/v1/payment-rules")
        .bearer_auth(token);
    assert_eq!(rules.send().await.expect("an answer").status(), 403);
}

/// The window between the line and the handlers was short, so the start is repeated.
#[test]
fn a_stop_right_after_the_start_is_in_order() {
    let place = Workspace::new().with_keys();
    for _ in 0..10 {
        let mut service = place.serve(&[]);
        service.terminate();
        let (status, log) = service.wait();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.contains("closing the database"), "{log}");
    }
}

#[test]
fn a_request_in_flight_is_answered_before_the_service_stops() {
    let place = Workspace::new().with_keys();
    let mut service = place.serve(&[]);
    let body = r#"{ "currency": "USD" }"#;
    let token = place.token("storefront");
    let mut stream = TcpStream::connect(&service.address).expect("a connection");
    write!(
        stream,
        "POST /v1/checkout/payment-methods HTTP/1.1\r\nHost: onterms\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        token,
        body.len()
    )
    .expect("the head is sent");
    let mut reader = BufReader::new(stream.try_clone().expect("the same connection"));
    // The service asks for the body: now the request is in a handler's hands.
    assert_eq!(next_line(&mut reader), "HTTP/1.1 100 Continue");
    assert_eq!(next_line(&mut reader), "");

    service.terminate();
    while TcpStream::connect(&service.address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).expect("the body is sent");
    assert_eq!(next_line(&mut reader), "HTTP/1.1 200 OK");
    let mut rest = String::new();
    reader.read_to_string(&mut rest).expect("the answer");
    assert!(rest.contains("\"offered\":[]"), "{rest}");
    let (status, log) = service.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("closing the database"), "{log}");
}

#[test]
fn readers_that_wait_for_events_are_answered_when_the_service_stops() {
    let place = Workspace::new().with_keys();
    let mut service = place.serve(&[]);
    let token = place.token("admin");
    let ask = |wait: u8| {
        let mut stream = TcpStream::connect(&service.address).expect("a connection");
        write!(
            stream,
            "GET /v1/events?wait={wait} HTTP/1.1\r\nHost: onterms\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
        .expect("the request is sent");
        stream
    };
    let read = |mut stream: TcpStream| {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer");
        answer
    };
    let mut waiting: Vec<TcpStream> = (0..5).map(|_| ask(25)).collect();
    // When this one has waited for its second, the others wait too.
    assert!(read(ask(1)).starts_with("HTTP/1.1 200 OK"));

    let began = Instant::now();
    service.terminate();
    for stream in waiting.drain(..) {
        let answer = read(stream);
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.contains("\"caughtUp\":true"), "{answer}");
    }
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "they are not waited for"
    );
    let (status, log) = service.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_port_that_is_taken_stops_the_start_with_a_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__LOG__FILTER", "off");
    let ended = place.run(&["serve", "--port", &port]);
    let sentence = ended.refusal();
    assert!(
        sentence.starts_with(&format!("onterms: Cannot listen on 127.0.0.1:{port}: ")),
        "{sentence}"
    );
}

fn next_line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    line.trim_end().to_owned()
}
