//! The API document and Swagger UI: shared bytes in memory, compressed once, with an `ETag`.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    sync::{Arc, PoisonError, RwLock},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
    },
    web::{self, Bytes},
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use tokio::sync::Mutex;
use utoipa_swagger_ui::{Config, SwaggerFile};

use super::routes::KEPT;
use crate::http::{
    precondition,
    problem::{Kind, Problem},
};

/// Allows scripts, fonts and requests only from this origin; Swagger UI sets inline styles and has images in its style
/// sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const DOCUMENT: &str = "openapi.json";

/// Our own files, which take precedence over Swagger UI's of the same name.
const OWN: [(&str, &str, &str); 4] = [
    (
        "index.html",
        "text/html; charset=utf-8",
        include_str!("documentation/index.html"),
    ),
    (
        "onterms.css",
        "text/css; charset=utf-8",
        include_str!("documentation/onterms.css"),
    ),
    (
        "onterms.js",
        "text/javascript; charset=utf-8",
        include_str!("documentation/onterms.js"),
    ),
    (
        "onterms.svg",
        "image/svg+xml",
        include_str!("documentation/favicon.svg"),
    ),
];

/// One file, plain and compressed.
struct PageFile {
    content_type: String,
    etag: String,
    plain: Bytes,
    gzip: Bytes,
}

/// The files that were requested before; only existing files are kept.
static PAGES: RwLock<Option<HashMap<String, Arc<PageFile>>>> = RwLock::new(None);

/// Mounts the document, and Swagger UI, which needs no network.
pub fn documentation(config: &mut web::ServiceConfig) {
    let document = async |request: HttpRequest| serve(&request, DOCUMENT).await;
    let file = async |request: HttpRequest, name: web::Path<String>| serve(&request, &name).await;
    config
        .route("/openapi.json", web::get().to(document))
        .service(web::redirect("/docs", "/docs/"))
        .route("/docs/{name:.*}", web::get().to(file));
}

async fn serve(request: &HttpRequest, name: &str) -> Result<HttpResponse, Problem> {
    let page = find(name)
        .await?
        .ok_or_else(|| Problem::new(Kind::NotFound, "The documents have no such page."))?;
    let zips = takes_gzip(request);
    let (form, etag) = match zips {
        true => (&page.gzip, format!("{}-gzip", page.etag)),
        false => (&page.plain, page.etag.clone()),
    };
    let is_known = precondition::has_tag(request, &etag);
    let mut response = match is_known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header(precondition::tag(&etag))
        // A browser revalidates its copy each time, which costs a few bytes.
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((REFERRER_POLICY, "no-referrer"));
    if is_known {
        return Ok(response.finish());
    }
    response.insert_header((CONTENT_TYPE, page.content_type.as_str()));
    if zips {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(form.clone()))
}

/// Returns a page, built once on first use, even under concurrent requests.
async fn find(name: &str) -> Result<Option<Arc<PageFile>>, Problem> {
    static MAKING: Mutex<()> = Mutex::const_new(());
    if let Some(page) = kept(name) {
        return Ok(Some(page));
    }
    let _alone = MAKING.lock().await;
    if let Some(page) = kept(name) {
        return Ok(Some(page));
    }
    let name = name.to_owned();
    // Compressing would block a thread that serves checkout for too long.
    let made = web::block(move || make(&name)).await;
    made.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// Whether the client accepts gzip. A weight of zero refuses it.
fn takes_gzip(request: &HttpRequest) -> bool {
    let lines = request.headers().get_all(ACCEPT_ENCODING);
    let mut codings = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=");
        let is_refused = weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

fn kept(name: &str) -> Option<Arc<PageFile>> {
    let pages = PAGES.read().unwrap_or_else(PoisonError::into_inner);
    pages.as_ref()?.get(name).cloned()
}

fn make(name: &str) -> io::Result<Option<Arc<PageFile>>> {
    let Some((content_type, plain)) = read(name)? else {
        return Ok(None);
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&plain)?;
    let hash = digest(&SHA256, &plain);
    let page = Arc::new(PageFile {
        content_type,
        etag: URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]),
        gzip: gzip.finish()?.into(),
        plain,
    });
    let mut pages = PAGES.write().unwrap_or_else(PoisonError::into_inner);
    let pages = pages.get_or_insert_default();
    Ok(Some(pages.entry(name.to_owned()).or_insert(page).clone()))
}

fn read(name: &str) -> io::Result<Option<(String, Bytes)>> {
    if name == DOCUMENT {
        let bytes = Bytes::from_static(KEPT.as_bytes());
        return Ok(Some(("application/json".to_owned(), bytes)));
    }
    let name = if name.is_empty() { "index.html" } else { name };
    if let Some((_, content_type, text)) = OWN.iter().find(|(own, ..)| *own == name) {
        let bytes = Bytes::from_static(text.as_bytes());
        return Ok(Some(((*content_type).to_owned(), bytes)));
    }
    let config = Arc::new(Config::from("/openapi.json"));
    let found = utoipa_swagger_ui::serve(name, config);
    let Some(file) = found.map_err(|error| io::Error::other(error.to_string()))? else {
        return Ok(None);
    };
    let SwaggerFile {
        bytes,
        content_type,
        gzpipped,
        ..
    } = file;
    let mut plain = bytes.into_owned();
    if gzpipped {
        let packed = std::mem::take(&mut plain);
        GzDecoder::new(packed.as_slice()).read_to_end(&mut plain)?;
    }
    Ok(Some((content_type, plain.into())))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn gzip_is_sent_to_clients_that_take_it() {
        for (header, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate, gzip; q=1.0", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000", false),
            ("identity", false),
            ("", false),
            ("x-gzipped", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, header));
            assert_eq!(takes_gzip(&request.to_http_request()), takes, "{header}");
        }
    }
}
