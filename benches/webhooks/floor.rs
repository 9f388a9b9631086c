//! The floor: the same HTTP server and the same way to the database, which parses, verifies and inserts, and nothing else. As
//! many signatures are checked at the same time as by the service, and commits are shared as there.

use std::{path::Path, sync::Arc};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::RunQueryDsl;
use onterms::{
    config::SecretSettings,
    providers::{PublicKey, SIGNATURE_HEADER, verify},
    seal::{SealedField, Sealer},
    secret::SecretText,
    store::{Grouped, Store, StoreError, StoreOptions, Tx},
};
use tokio::sync::Semaphore;

use crate::{
    borrowed_cart::Cart,
    inbox_row::{InboxRow, insert_rows},
    payment_floor::Template,
};

struct Floors {
    store: Store,
    rows: Grouped<InboxRow, ()>,
    keys: Arc<Vec<PublicKey>>,
    signature_checks: Semaphore,
    sealer: Sealer,
    /// Where the database has a payment.
    payment: Option<Arc<Template>>,
}

/// Serves on a free port, which it prints, over the database in the file `url` of a folder and with the public key in `key`.
pub fn serve(folder: &str) {
    let read = |name| std::fs::read_to_string(Path::new(folder).join(name)).expect("a file");
    let (url, pem) = (read("url"), read("key"));
    let options = StoreOptions::new(url.parse().expect("an address"));
    let store = Store::open(&options).expect("a database");
    let system = actix_web::rt::System::new();
    let template = store.write(|tx| Ok::<_, StoreError>(Template::read(tx).ok()));
    let payment = system.block_on(template).expect("a database that answers");
    let secrets = SecretSettings {
        master_key: SecretText::from_key_bytes(&[7; 32]),
        retired_master_keys: Vec::new(),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let floors = Arc::new(Floors {
        rows: Grouped::new(store.clone(), insert_rows),
        store,
        keys: Arc::new(vec![PublicKey::parse(&pem).expect("a key")]),
        // As `webhooks.verifiers` by default.
        signature_checks: Semaphore::new((cores / 2).max(1)),
        sealer: Sealer::new(&secrets).expect("a sealer"),
        payment: payment.map(Arc::new),
    });
    system.block_on(async move {
        let create = "CREATE TABLE inbox (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)";
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
    let turn = floors.signature_checks.acquire().await;
    let read = tokio::task::spawn_blocking(move || read(&keys, &token, &body, &signature));
    let read = read.await.expect("it is read");
    drop(turn);
    let Some(row) = read else {
        return HttpResponse::Unauthorized().finish();
    };
    match floors.rows.write(row).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

fn read(keys: &[PublicKey], token: &str, body: &[u8], signature: &str) -> Option<InboxRow> {
    verify(keys, body, signature).ok()?;
    let text = std::str::from_utf8(body).expect("UTF-8");
    let parsed: Webhook<'_> = serde_json::from_str(text).expect("JSON");
    Some(InboxRow {
        id: format!("{token} {}", parsed.uuid),
        body: text.to_owned(),
    })
}

/// What is read of a webhook; everything else is passed over.
#[derive(serde::Deserialize)]
struct Webhook<'b> {
    uuid: &'b str,
}

/// What is read of a payment that begins.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPayment<'b> {
    order_id: &'b str,
    #[serde(borrow)]
    cart: Cart<'b>,
}

async fn begin(body: web::Bytes, floors: web::Data<Floors>) -> HttpResponse {
    let text = std::str::from_utf8(&body).expect("UTF-8");
    let new: NewPayment<'_> = serde_json::from_str(text).expect("JSON");
    std::hint::black_box(&new.cart);
    let place = SealedField {
        table: "payment_checkouts",
        id: new.order_id,
        field: "sealed",
    };
    let sealed = floors.sealer.seal_bytes(place, &body);
    std::hint::black_box(sealed.expect("it is sealed"));
    let template = Arc::clone(floors.payment.as_ref().expect("a payment to begin with"));
    let name = new.order_id.to_owned();
    let write = move |tx: &mut Tx<'_>| template.insert(tx, &name);
    match floors.store.write_one(write).await {
        Ok(()) => HttpResponse::Created()
            .content_type("application/json")
            .body(body),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}
