//! The floor: the same HTTP server and the same way to the database, which parses, verifies and inserts, and nothing else. As
//! many signatures are checked at the same time as by the service, and commits are shared as there. Of a payment it inserts as
//! many rows as there are, in one transaction.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::{RunQueryDsl, sql_types::Text};
use onterms::{
    providers::{PublicKey, SIGNATURE_HEADER, verify},
    store::{Grouped, Store, StoreError, StoreOptions},
};
use tokio::sync::Semaphore;

use crate::{
    letters::{Letter, insert_letters},
    service::counted,
};

struct Floors {
    store: Store,
    letters: Grouped<Letter, ()>,
    keys: Arc<Vec<PublicKey>>,
    verifiers: Semaphore,
}

/// Serves on a free port, which it prints. `key` is the file of the public key.
pub fn serve(url: &str, key: &str) {
    let pem = std::fs::read_to_string(key).expect("a key");
    let options = StoreOptions::new(url.parse().expect("an address"));
    let store = Store::open(&options).expect("a database");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let floors = Arc::new(Floors {
        letters: Grouped::new(store.clone(), insert_letters),
        store,
        keys: Arc::new(vec![PublicKey::parse(&pem).expect("a key")]),
        // As `webhooks.verifiers` by default.
        verifiers: Semaphore::new((cores / 2).max(1)),
    });
    let system = actix_web::rt::System::new();
    system.block_on(async move {
        let create = "CREATE TABLE letters (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)";
        let made = floors.store.write(move |tx| {
            diesel::sql_query(create).execute(tx.conn())?;
            Ok::<_, StoreError>(())
        });
        made.await.expect("a table");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        println!("{}", listener.local_addr().expect("an address").port());
        HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(Arc::clone(&floors)))
                .route("/webhooks/apruve/{token}", web::post().to(take))
                .route("/v1/payments", web::post().to(begin))
        })
        .workers(2)
        .listen(listener)
        .expect("listening")
        .run()
        .await
        .expect("served");
    });
}

async fn take(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    floors: web::Data<Floors>,
) -> HttpResponse {
    let signature = request.headers().get(SIGNATURE_HEADER);
    let signature = signature.expect("a signature").to_str();
    let signature = signature.expect("a text").to_owned();
    let keys = Arc::clone(&floors.keys);
    let turn = floors.verifiers.acquire().await;
    let read = tokio::task::spawn_blocking(move || read(&keys, &token, &body, &signature));
    let read = read.await.expect("it is read");
    drop(turn);
    let Some(letter) = read else {
        return HttpResponse::Unauthorized().finish();
    };
    match floors.letters.write(letter).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

fn read(keys: &[PublicKey], token: &str, body: &[u8], signature: &str) -> Option<Letter> {
    verify(keys, body, signature).ok()?;
    let text = std::str::from_utf8(body).expect("UTF-8");
    let parsed: Webhook<'_> = serde_json::from_str(text).expect("JSON");
    Some(Letter {
        id: format!("{token} {}", parsed.uuid),
        body: text.to_owned(),
    })
}

/// What is read of a webhook; everything else is passed over.
#[derive(serde::Deserialize)]
struct Webhook<'b> {
    uuid: &'b str,
}

/// Payment, checkout, purchase, history, audit and idempotency key.
const ROWS: [&str; 6] = ["p", "c", "t", "h", "a", "k"];

async fn begin(body: web::Bytes, floors: web::Data<Floors>) -> HttpResponse {
    let parsed: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let order = parsed["orderId"].as_str().expect("an order").to_owned();
    let text = String::from_utf8(body.to_vec()).expect("a text");
    let insert = insert(&floors);
    let kept = floors.store.write(move |tx| {
        for row in ROWS {
            diesel::sql_query(insert)
                .bind::<Text, _>(format!("{row} {order}"))
                .bind::<Text, _>(if row == "c" {
                    text.as_str()
                } else {
                    "a short row"
                })
                .execute(tx.conn())?;
        }
        Ok::<_, StoreError>(())
    });
    match kept.await {
        Ok(()) => HttpResponse::Created()
            .content_type("application/json")
            .body(body),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

fn insert(floors: &Floors) -> &'static str {
    match floors.store.backend() {
        onterms::store::Backend::Sqlite => "INSERT INTO letters VALUES (?, ?)",
        onterms::store::Backend::PostgreSql => "INSERT INTO letters VALUES ($1, $2)",
    }
}

/// The floor in a process of its own, gone when dropped.
pub struct Floor {
    child: Child,
    pub port: u16,
    folder: tempfile::TempDir,
}

impl Floor {
    /// Starts this very program as the floor.
    pub fn start(url: &str, public_pem: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("key.pem");
        std::fs::write(&key, public_pem).expect("written");
        let program = std::env::current_exe().expect("this program");
        let mut runner = match counted::is_wanted() {
            true => counted::under_callgrind(&program, folder.path()),
            false => Command::new(program),
        };
        let mut child = runner
            .arg("floor")
            .arg(url)
            .arg(&key)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the floor starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("its port");
        Floor {
            child,
            port: line.trim().parse().expect("a port"),
            folder,
        }
    }

    /// Instructions of one of `count` operations; where they are counted.
    pub fn instructions(&self, count: usize, operate: impl Fn(usize)) -> f64 {
        counted::instructions(self.child.id(), self.folder.path(), count, operate)
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
