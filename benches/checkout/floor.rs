//! The floor: the same HTTP server, which parses the cart into borrowed structs and answers bytes it was given.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;

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

/// Serves the bytes in the file at `path` on a free port, which it prints.
pub fn serve(path: &str) {
    let answer = web::Bytes::from(std::fs::read(path).expect("the answer"));
    let handler = move |body: web::Bytes| {
        let answer = answer.clone();
        async move {
            match serde_json::from_slice::<Cart<'_>>(&body) {
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

/// The floor in a process of its own, gone when dropped.
pub struct Floor {
    child: Child,
    pub port: u16,
    _answer: tempfile::NamedTempFile,
}

impl Floor {
    /// Starts this very program as the floor.
    pub fn start(answer: &str) -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), answer).expect("written");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("floor")
            .arg(file.path())
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
            _answer: file,
        }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
