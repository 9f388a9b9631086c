//! The files of the pages, and the response headers of pages and files.
//!
//! Pages load nothing from other origins, and the policy prevents the browser from running or loading anything else: a
//! name that reaches a page as markup has no effect.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web,
};

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page of the shop.
pub const SHOP: &str = include_str!("../shop/page/shop.html");

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

macro_rules! shop_script {
    ($name:literal) => {
        (
            concat!("/assets/shop/", $name),
            SCRIPT,
            include_str!(concat!("../shop/page/", $name)),
        )
    };
}

/// Path, content type and content of each file.
const FILES: [(&str, &str, &str); 16] = [
    ("/assets/pages.css", STYLE, include_str!("assets/pages.css")),
    (
        "/assets/controls.css",
        STYLE,
        include_str!("assets/controls.css"),
    ),
    (
        "/assets/shop.css",
        STYLE,
        include_str!("../shop/page/shop.css"),
    ),
    (
        "/assets/favicon.svg",
        "image/svg+xml",
        include_str!("assets/favicon.svg"),
    ),
    ("/assets/times.js", SCRIPT, include_str!("assets/times.js")),
    shop_script!("shop.js"),
    shop_script!("actions.js"),
    shop_script!("apruve.js"),
    shop_script!("backend.js"),
    shop_script!("calls.js"),
    shop_script!("cart.js"),
    shop_script!("elements.js"),
    shop_script!("journal.js"),
    shop_script!("methods.js"),
    shop_script!("payment.js"),
    shop_script!("words.js"),
];

/// Mounts the files.
pub fn routes(config: &mut web::ServiceConfig) {
    for (path, content_type, text) in FILES {
        let file = move || async move {
            secured(&mut HttpResponse::Ok())
                .content_type(content_type)
                .body(text)
        };
        config.route(path, web::get().to(file));
    }
}

/// The response for a page.
pub fn html(status: StatusCode, text: impl Into<String>) -> HttpResponse {
    secured(&mut HttpResponse::build(status))
        .content_type("text/html; charset=utf-8")
        .body(text.into())
}

fn secured(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        // A browser must not keep files of an older version.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
}
