//! `/openapi.json` and `/docs`: there for everybody, and without a network.

use onterms::auth::Scope;
use reqwest::Method;

use crate::{
    TestApp,
    browser::{Page, in_browser},
    support::Database,
    test_shop::TestShop,
};

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
        if file.ends_with(".html") || file.ends_with("onterms.js") || file.ends_with(".css") {
            for load in LOADS {
                assert!(!answer.text.contains(load), "{file} has {load}");
            }
        }
        if file.ends_with("onterms.js") {
            assert!(answer.text.contains("/openapi.json"), "{}", answer.text);
            for scheme in ["http://", "https://"] {
                assert!(!answer.text.contains(scheme), "{}", answer.text);
            }
        }
    }
}

/// Tries an operation out as the page shows it; the status of its answer.
async fn try_out(page: &Page, tag: &str, operation: &str) -> String {
    let block = format!("document.getElementById('operations-{tag}-{operation}')");
    let click = async |selector: &str| {
        let element = format!("{block}?.querySelector('{selector}')");
        page.holds(&element).await;
        page.run(&format!("{element}.click()")).await;
    };
    click(".opblock-summary-control").await;
    click(".try-out__btn").await;
    click(".execute").await;
    let status =
        format!("{block}.querySelector('.live-responses-table tbody .response-col_status')");
    page.holds(&status).await;
    let status = page.run(&format!("return {status}.innerText.trim()")).await;
    status.as_str().expect("a text").to_owned()
}

#[actix_web::test]
async fn with_a_token_the_examples_run_on_what_the_service_has() {
    let shop = TestShop::open(Database::sqlite()).await;
    let payment = shop.authorized("SO-1").await;
    let token = shop.app.token("me", Scope::ALL);
    let url = format!("http://{}/docs/", shop.app.address);
    in_browser(&url, async move |page: Page| {
        assert_eq!(page.run("return document.title").await, "OnTerms – API document");
        page.holds("document.querySelectorAll('.opblock').length > 50")
            .await;
        let ours = "{ exclude: [['#operations']] }";
        page.looks_good_in("docs", ours).await;
        page.fill("token", "no token").await;
        page.click("use-token").await;
        page.holds("document.getElementById('token-error').textContent !== ''")
            .await;
        page.fill("token", &token).await;
        page.click("use-token").await;
        page.holds("document.getElementById('token-used').textContent.startsWith('In use, as me.')")
            .await;
        page.shows("token-error", "").await;
        for (tag, operation) in [
            ("Checkout", "list_eligible_methods"),
            ("Payments", "get_payment"),
            ("Payment_rules", "get_payment_rule"),
            ("Integrations", "get_integration"),
        ] {
            assert_eq!(try_out(&page, tag, operation).await, "200", "{operation}");
        }
        let shown = page.run("return document.getElementById('operations-Payments-get_payment').innerText").await;
        let shown = shown.as_str().expect("a text");
        assert!(shown.contains(payment["id"].as_str().expect("an id")), "{shown}");
        page.looks_good_in("docs-tried", ours).await;
        let loaded = page.run("return performance.getEntriesByType('resource').map((it) => new URL(it.name).origin).filter((it) => it !== location.origin)").await;
        assert_eq!(loaded, serde_json::json!([]), "nothing is loaded from elsewhere");
        drop(shop);
    })
    .await;
}
