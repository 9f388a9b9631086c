//! The floor: the same HTTP server and the same way to the database, which parses, verifies and inserts, and nothing else. Of
//! a payment it inserts as many rows as there are, in one transaction.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::{RunQueryDsl, sql_types::Text};
use onterms::{
    providers::{PublicKey, SIGNATURE_HEADER, verify},
    store::{Store, StoreError, StoreOptions},
};

struct Floors {
    store: Store,
    keys: Vec<PublicKey>,
}

/// Serves on a free port, which it prints. `key` is the file of the public key.
pub fn serve(url: &str, key: &str) {
    let pem = std::fs::read_to_string(key).expect("a key");
    let options = StoreOptions::new(url.parse().expect("an address"));
    let floors = Arc::new(Floors {
        store: Store::open(&options).expect("a database"),
        keys: vec![PublicKey::parse(&pem).expect("a key")],
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
    let parsed: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let signature = request
        .headers()
        .get(SIGNATURE_HEADER)
        .expect("a signature");
    let signature = signature.to_str().expect("a text");
    if verify(&floors.keys, &body, signature).is_err() {
        return HttpResponse::Unauthorized().finish();
    }
    let id = format!("{token} {}", parsed["uuid"].as_str().expect("a uuid"));
    let text = String::from_utf8(body.to_vec()).expect("a text");
    let insert = insert(&floors);
    let kept = floors.store.write_one(move |tx| {
        diesel::sql_query(insert)
            .bind::<Text, _>(id)
            .bind::<Text, _>(text)
            .execute(tx.conn())?;
        Ok::<_, StoreError>(())
    });
    match kept.await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
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
    _key: tempfile::NamedTempFile,
}

impl Floor {
    /// Starts this very program as the floor.
    pub fn start(url: &str, public_pem: &str) -> Self {
        let key = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(key.path(), public_pem).expect("written");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("floor")
            .arg(url)
            .arg(key.path())
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
            _key: key,
        }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
