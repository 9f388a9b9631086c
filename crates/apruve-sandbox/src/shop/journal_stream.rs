//! The journal of an order as server-sent events: existing entries, then new ones.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{HttpResponse, http::header, web::Bytes};
use futures_util::stream;
use tokio::sync::watch;

use super::journal::{Entry, Journal};

/// The interval of comments while there are no entries, so that a closed connection is noticed.
const PAUSE: Duration = Duration::from_secs(15);

struct Reader {
    journal: Arc<Journal>,
    changed: watch::Receiver<()>,
    order_id: String,
    position: usize,
    is_new: bool,
}

/// Streams an order's entries. A client that reconnects receives all of them again, each with its number.
pub fn stream(journal: Arc<Journal>, order_id: String) -> HttpResponse {
    let reader = Reader {
        changed: journal.watch(),
        journal,
        order_id,
        position: 0,
        is_new: true,
    };
    let chunks = stream::unfold(reader, async |mut reader| {
        let chunk = reader.next().await;
        Some((Ok::<_, Infallible>(chunk), reader))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(Box::pin(chunks))
}

impl Reader {
    async fn next(&mut self) -> Bytes {
        loop {
            self.changed.mark_unchanged();
            let (entries, position) = self.journal.read(&self.order_id, self.position);
            self.position = position;
            let is_new = std::mem::take(&mut self.is_new);
            if is_new || !entries.is_empty() {
                return entries.iter().fold(Bytes::from_static(b":\n\n"), render);
            }
            let changed = tokio::time::timeout(PAUSE, self.changed.changed()).await;
            if changed.is_err() {
                return Bytes::from_static(b":\n\n");
            }
        }
    }
}

fn render(before: Bytes, entry: &Entry) -> Bytes {
    // The JSON has no line breaks.
    let data = serde_json::to_string(entry).unwrap_or_default();
    [before.as_ref(), format!("data: {data}\n\n").as_bytes()]
        .concat()
        .into()
}
