//! Connections that are opened and left.

use std::{future::poll_fn, io::ErrorKind, sync::Arc, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::{TcpSocket, TcpStream},
};

use crate::{
    TestApp,
    app::until,
    support::{Database, on_both_databases},
};

const PATIENCE: Duration = Duration::from_secs(20);
const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: here\r\n\r\n";

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.address).await.expect("a connection")
}

/// Whether an answer begins to arrive within this time.
async fn is_answered(stream: &mut TcpStream, within: Duration) -> bool {
    let mut first = [0; 1];
    let mut first = ReadBuf::new(&mut first);
    let arrives = poll_fn(|context| stream.poll_peek(context, &mut first));
    tokio::time::timeout(within, arrives).await.is_ok()
}

on_both_databases! {
    async fn a_head_that_does_not_come_to_an_end_is_given_up(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("server.head_timeout", "200ms")]).await;
        let whole = std::str::from_utf8(LIVE).expect("a text");
        for start in ["", "GET /health/live HT", "GET /health/live HTTP/1.1\r\nx: y\r\n"] {
            // The first request on a connection, and one after another.
            for before in ["", whole] {
                let mut stream = connect(&app).await;
                // A slow client finds the connection reset, which is an end too.
                let _ = stream.write_all(format!("{before}{start}").as_bytes()).await;
                let mut rest = Vec::new();
                let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
                assert!(ended.is_ok(), "{before:?} {start:?} is held open");
            }
        }
    }

    async fn a_client_that_takes_nothing_of_its_answers_is_cut_off(database: Database) {
        let app = TestApp::start_with(Arc::new(database), &[("server.write_timeout", "500ms")]).await;
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let mut stream = socket.connect(app.address).await.expect("a connection");
        // More than the buffers of both ends take.
        let request = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: here\r\n\r\n";
        for _ in 0..12 {
            if stream.write_all(request).await.is_err() {
                return;
            }
        }
        // Nothing tells a client that the other end has gone but the answer to what it sends. It is an error of the socket,
        // and whichever call comes first takes it: a write, or the question behind it.
        until(async || {
            let written = stream.try_write(b"GET");
            let error = SockRef::from(&stream).take_error();
            matches!(written, Err(error) if error.kind() != ErrorKind::WouldBlock)
                || error.expect("an option of every socket").is_some()
        })
        .await;
    }

    async fn so_many_connections_are_open_at_once_and_others_wait(database: Database) {
        let flags = [("server.max_connections", "3"), ("server.head_timeout", "1h")];
        let app = TestApp::start_with(Arc::new(database), &flags).await;
        let mut held = Vec::new();
        for _ in 0..3 {
            let mut stream = connect(&app).await;
            stream.write_all(LIVE).await.expect("sent");
            assert!(is_answered(&mut stream, PATIENCE).await);
            // Another request begins, so that the connection is not idle.
            stream.write_all(b"POST /v1/checkout/payment-methods HTTP/1.1\r\n").await.expect("sent");
            held.push(stream);
        }
        let mut waiting = connect(&app).await;
        waiting.write_all(LIVE).await.expect("sent");
        assert!(!is_answered(&mut waiting, Duration::from_millis(200)).await);
        held.pop();
        assert!(is_answered(&mut waiting, PATIENCE).await);
    }
}
