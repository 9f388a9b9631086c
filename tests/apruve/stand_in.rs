//! A server that answers each call as the test says, in order, and notes what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of one call.
#[derive(Clone, Debug)]
pub enum Reply {
    Says(u16, String),
    /// 429, with this `Retry-After`.
    Later(&'static str),
    /// Sends the call somewhere that would answer well.
    Elsewhere(u16),
    /// Breaks off in the middle of the body.
    BreaksOff(u16),
    /// Takes the request and closes the connection.
    HangsUp,
    /// Takes the request and never answers.
    Silent,
}

/// A reply with a JSON body.
pub fn says(status: u16, body: &Value) -> Reply {
    Reply::Says(status, body.to_string())
}

/// 429, to be asked again when this says.
pub fn says_later(when: &'static str) -> Reply {
    Reply::Later(when)
}

/// A reply with any body.
pub fn says_text(status: u16, body: &str) -> Reply {
    Reply::Says(status, body.to_owned())
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedCall {
    pub method: String,
    /// With the query.
    pub path: String,
    pub api_key: String,
    pub accept: String,
    pub content_type: String,
    pub body: String,
}

impl RecordedCall {
    /// Method and path.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    asked: Vec<RecordedCall>,
}

pub struct StandIn {
    pub origin: String,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

impl StandIn {
    /// Starts one that gives these replies; a call beyond them is answered with 599.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Arc::new(Mutex::new(Script {
            replies: replies.into_iter().collect(),
            asked: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("it listens"));
        let shared = Arc::clone(&script);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        StandIn {
            origin,
            script,
            server,
        }
    }

    /// What it was asked so far, in order.
    pub fn asked(&self) -> Vec<RecordedCall> {
        self.script().asked.clone()
    }

    /// How often it was asked.
    pub fn count(&self) -> usize {
        self.script().asked.len()
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
        if !std::thread::panicking() {
            let left = self.script().replies.len();
            assert_eq!(left, 0, "so many replies were not asked for");
        }
    }
}

/// One call; the connection is not used again.
async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(asked) = read(&mut stream).await else {
        return;
    };
    let path = asked.path.clone();
    let reply = {
        let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
        script.asked.push(asked);
        script.replies.pop_front()
    };
    let head = |status: u16, length: usize, more: &str| {
        format!(
            "HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
        )
    };
    let answer = match reply {
        Some(Reply::Says(status, body)) => head(status, body.len(), "") + &body,
        Some(Reply::Later(when)) => head(429, 0, &format!("Retry-After: {when}\r\n")),
        Some(Reply::Elsewhere(status)) => head(status, 0, &format!("Location: {path}\r\n")),
        Some(Reply::BreaksOff(status)) => head(status, 1000, "") + "{\"id\":",
        Some(Reply::HangsUp) => return,
        Some(Reply::Silent) => {
            // Until the client gives up.
            drop(stream.read_to_end(&mut Vec::new()).await);
            return;
        }
        None => head(599, 0, ""),
    };
    drop(stream.write_all(answer.as_bytes()).await);
    drop(stream.shutdown().await);
}

async fn read(stream: &mut TcpStream) -> Option<RecordedCall> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map_or("", |(_, value)| value).to_owned()
    };
    let length: usize = header("content-length").parse().unwrap_or(0);
    while bytes.len() < head_end + length {
        more(stream, &mut bytes).await?;
    }
    let mut words = head.split(' ');
    Some(RecordedCall {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        api_key: header("apruve-api-key"),
        accept: header("accept"),
        content_type: header("content-type"),
        body: String::from_utf8(bytes[head_end..].to_vec()).ok()?,
    })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(bytes).await.ok()?;
    (read > 0).then_some(())
}
