//! The floor: the same HTTP server, which looks up the hash of the token, parses the cart into borrowed structs and answers
//! bytes it was given.

use std::{
    borrow::Cow,
    collections::HashSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::header::AUTHORIZATION, web};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

use crate::service::counted;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Cart<'a> {
    #[serde(borrow)]
    currency: Cow<'a, str>,
    #[serde(borrow)]
    website: Option<Cow<'a, str>>,
    #[serde(borrow)]
    total: Option<Cow<'a, str>>,
    #[serde(borrow)]
    subtotal: Option<Amount<'a>>,
    #[serde(borrow)]
    shipping_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    tax_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    discount_amount: Option<Cow<'a, str>>,
    #[serde(borrow)]
    shipping_method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    billing_address: Option<Address<'a>>,
    #[serde(borrow)]
    shipping_address: Option<Address<'a>>,
    #[serde(borrow)]
    customer: Option<Customer<'a>>,
    #[serde(borrow)]
    customer_user: Option<User<'a>>,
    #[serde(borrow)]
    line_items: Vec<LineItem<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Amount<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
    #[serde(borrow)]
    currency: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Address<'a> {
    #[serde(borrow)]
    country_iso2: Cow<'a, str>,
    #[serde(borrow)]
    region_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    postal_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    city: Option<Cow<'a, str>>,
    #[serde(borrow)]
    street: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Customer<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    group: Option<Named<'a>>,
    #[serde(borrow)]
    payment_term: Option<Term<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Named<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Term<'a> {
    id: u64,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct User<'a> {
    id: u64,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    full_name: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct LineItem<'a> {
    #[serde(borrow)]
    product_sku: Cow<'a, str>,
    #[serde(borrow)]
    product: Option<Product<'a>>,
    quantity: f64,
    #[serde(borrow)]
    product_unit: Option<Unit<'a>>,
    #[serde(borrow)]
    price: Option<Amount<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Product<'a> {
    #[serde(borrow)]
    sku: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    category: Option<Category>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Category {
    id: u64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Unit<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

/// Serves the bytes in the file `answer` of a folder on a free port, which it prints, to whoever has the token in the file
/// `token`.
pub fn serve(folder: &str) {
    let read = |name| std::fs::read(Path::new(folder).join(name)).expect("a file of the floor");
    let answer = web::Bytes::from(read("answer"));
    let tokens = Arc::new(HashSet::from([hash_of(&read("token"))]));
    let handler = move |request: HttpRequest, body: web::Bytes| {
        let (answer, tokens) = (answer.clone(), Arc::clone(&tokens));
        async move {
            let header = request.headers().get(AUTHORIZATION);
            let token = header.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
            if !token.is_some_and(|token| tokens.contains(&hash_of(token))) {
                return HttpResponse::Unauthorized().finish();
            }
            let text = std::str::from_utf8(&body).expect("UTF-8");
            match serde_json::from_str::<Cart<'_>>(text) {
                Ok(cart) => {
                    std::hint::black_box(&cart);
                    HttpResponse::Ok()
                        .content_type("application/json")
                        .body(answer)
                }
                Err(error) => HttpResponse::BadRequest().body(error.to_string()),
            }
        }
    };
    let system = actix_web::rt::System::new();
    system.block_on(async move {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        println!("{}", listener.local_addr().expect("an address").port());
        HttpServer::new(move || {
            App::new().route(
                "/v1/checkout/payment-methods",
                web::post().to(handler.clone()),
            )
        })
        .workers(2)
        .listen(listener)
        .expect("listening")
        .run()
        .await
        .expect("served");
    });
}

fn hash_of(token: &[u8]) -> Vec<u8> {
    digest(&SHA256, token).as_ref().to_vec()
}

/// The floor in a process of its own, gone when dropped.
pub struct Floor {
    child: Child,
    pub port: u16,
    folder: tempfile::TempDir,
}

impl Floor {
    /// Starts this very program as the floor.
    pub fn start(answer: &str, token: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [("answer", answer), ("token", token)] {
            std::fs::write(folder.path().join(name), content).expect("written");
        }
        let program = std::env::current_exe().expect("this program");
        let mut runner = match counted::is_wanted() {
            true => counted::under_callgrind(&program, folder.path()),
            false => Command::new(program),
        };
        let mut child = runner
            .arg("floor")
            .arg(folder.path())
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

    /// Instructions of one of `count` requests; where they are counted.
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
