//! A load generator: keep-alive connections that each ask, read the whole answer, and ask again.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// What one round came to.
pub struct Figures {
    /// How many requests were answered.
    #[allow(dead_code, reason = "only one bench asks for it")]
    pub count: usize,
    pub per_second: f64,
    pub p99: Duration,
}

/// What is sent next, and what may be answered: the beginning of a status line each. `None` ends the load.
pub type Next<'a> = &'a (dyn Fn() -> Option<Vec<u8>> + Sync);

/// A request with a body and a token.
pub fn request(path: &str, token: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Asks `count` times over one connection.
pub fn repeat(port: u16, next: Next<'_>, answers: &[&str], count: usize) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let mut buffer = vec![0; 1 << 20];
    for _ in 0..count {
        let request = next().expect("a request for each turn");
        stream.write_all(&request).expect("sent");
        read_answer(&mut stream, &mut buffer, answers);
    }
}

/// Asks the same over `connections` connections for `time`.
pub fn drive(
    port: u16,
    path: &str,
    token: &str,
    body: &str,
    connections: usize,
    time: Duration,
) -> Figures {
    let request = request(path, token, body);
    let next = || Some(request.clone());
    drive_each(port, &next, &["HTTP/1.1 200"], connections, time)
}

/// Asks over `connections` connections for `time`, from two threads. A wrong answer ends the bench: its figure would lie.
pub fn drive_each(
    port: u16,
    next: Next<'_>,
    answers: &[&str],
    connections: usize,
    time: Duration,
) -> Figures {
    let started = Instant::now();
    let mut taken: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(move || work(port, next, answers, connections / 2, started + time))
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a load thread"))
            .collect()
    });
    let took = started.elapsed();
    taken.sort_unstable();
    Figures {
        count: taken.len(),
        per_second: taken.len() as f64 / took.as_secs_f64(),
        p99: taken[taken.len() * 99 / 100],
    }
}

/// One thread keeps all its connections busy: it sends on each, then reads from each, in turn. All of them wait at the
/// server at once, which is what a load is; and the generator itself costs little.
fn work(
    port: u16,
    next: Next<'_>,
    answers: &[&str],
    connections: usize,
    until: Instant,
) -> Vec<Duration> {
    let mut streams: Vec<TcpStream> = (0..connections)
        .map(|_| {
            let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
            stream.set_nodelay(true).expect("no delay");
            stream
        })
        .collect();
    let mut taken = Vec::with_capacity(1 << 20);
    let mut sent: Vec<Instant> = Vec::with_capacity(connections);
    let mut buffer = vec![0; 1 << 20];
    for stream in &mut streams {
        let request = next().expect("a request for each connection");
        stream.write_all(&request).expect("sent");
        sent.push(Instant::now());
    }
    'load: while Instant::now() < until {
        for (stream, sent) in streams.iter_mut().zip(&mut sent) {
            read_answer(stream, &mut buffer, answers);
            taken.push(sent.elapsed());
            let Some(request) = next() else {
                break 'load;
            };
            stream.write_all(&request).expect("sent");
            *sent = Instant::now();
        }
    }
    taken
}

fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>, answers: &[&str]) {
    let mut have = 0;
    loop {
        if have == buffer.len() {
            buffer.resize(have * 2, 0);
        }
        let read = stream.read(&mut buffer[have..]).expect("an answer");
        assert!(
            read > 0,
            "the server hung up: {}",
            String::from_utf8_lossy(&buffer[..have])
        );
        have += read;
        let Some(head) = find(&buffer[..have], b"\r\n\r\n") else {
            continue;
        };
        let length = content_length(&buffer[..head]);
        if have >= head + 4 + length {
            assert!(
                answers
                    .iter()
                    .any(|answer| buffer.starts_with(answer.as_bytes())),
                "{}",
                String::from_utf8_lossy(&buffer[..have])
            );
            return;
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn content_length(head: &[u8]) -> usize {
    let text = std::str::from_utf8(head).expect("a head of ASCII");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .expect("a length");
    line.parse().expect("a number")
}

/// The median rate.
pub fn rate(figures: &[Figures]) -> f64 {
    median(figures.iter().map(|figures| figures.per_second).collect())
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many processes wanted the processor in the last minute; with others at work the figures swing.
pub fn average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .next()
        .unwrap_or("unknown")
        .to_owned()
}
