//! `/openapi.json` and `/docs`: there for everybody, and without a network.

use reqwest::Method;

use crate::{TestApp, support::Database};

/// What a page loads by itself, as opposed to what it names or links to.
const LOADS: [&str; 6] = [
    "src=\"http",
    "href=\"http",
    "src=\"//",
    "href=\"//",
    "url(http",
    "@import",
];

async fn app() -> TestApp {
    TestApp::start(Database::sqlite()).await
}

#[actix_web::test]
async fn the_document_is_served_to_everybody_as_the_code_prints_it() {
    let app = app().await;
    let answer = app.bare(Method::GET, "/openapi.json").send().await;
    answer.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.text,
        onterms::http::openapi::print(&onterms::app::document())
    );
}

#[actix_web::test]
async fn the_docs_load_nothing_from_elsewhere() {
    let app = app().await;
    let page = app.bare(Method::GET, "/docs").send().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    let mut loaded = vec!["index.html".to_owned()];
    for attribute in ["src=\"", "href=\""] {
        let found = page.text.split(attribute).skip(1);
        loaded.extend(found.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    assert!(loaded.len() > 3, "{loaded:?}");
    for file in loaded {
        let file = file.trim_start_matches("./");
        let answer = app.bare(Method::GET, &format!("/docs/{file}")).send().await;
        assert_eq!(answer.status, 200, "{file}");
        // Swagger UI's own bundles name many addresses without loading them.
        if file.ends_with(".html") || file.ends_with("initializer.js") || file.ends_with(".css") {
            for load in LOADS {
                assert!(!answer.text.contains(load), "{file} has {load}");
            }
        }
        if file.ends_with("initializer.js") {
            assert!(answer.text.contains("/openapi.json"), "{}", answer.text);
            for scheme in ["http://", "https://"] {
                assert!(!answer.text.contains(scheme), "{}", answer.text);
            }
        }
    }
}
