//! The forms of integrations' settings in a renderer that we did not write: react-jsonschema-form, in a page of another origin.

use std::fs;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::{
    api::browser::in_browser,
    shop::Shop,
    tools::{copy, node, program, run, sources, workshop},
};

#[actix_web::test]
async fn a_generic_form_shows_the_settings_in_german_and_creates_integrations() {
    let Some(packages) = node() else { return };
    let folder = workshop(packages, "form");
    copy(&sources(), &["form/form.tsx"], &folder);
    run(program(packages, "esbuild")
        .args([
            "--bundle",
            "--format=esm",
            "--jsx=automatic",
            "--log-level=warning",
            "--outfile=form.js",
            "form.tsx",
        ])
        .current_dir(&folder));
    let script = fs::read_to_string(folder.join("form.js")).expect("a script");
    let pages = HttpServer::new(move || {
        let script = script.clone();
        let page = || async {
            HttpResponse::Ok()
                .content_type("text/html")
                .body(include_str!("form/page.html"))
        };
        let script = move || {
            let script = script.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("text/javascript")
                    .body(script)
            }
        };
        App::new()
            .route("/", web::get().to(page))
            .route("/form.js", web::get().to(script))
    });
    let pages = pages
        .workers(1)
        .bind(("127.0.0.1", 0))
        .expect("a free port");
    let origin = format!("http://{}", pages.addrs()[0]);
    actix_web::rt::spawn(pages.run());
    let shop = Shop::open(&[("ONTERMS__CORS__ALLOWED_ORIGINS", &origin)]).await;
    let fragment = format!("{} {}", shop.setting("SERVICE"), shop.setting("ADMIN"));
    let url = format!("{origin}/#{}", fragment.replace(' ', "%20"));
    in_browser(&url, |page| async move {
        page.click("look-apruve").await;
        let seen = page.text("seen-apruve").await;
        let lines: Vec<&str> = seen.lines().collect();
        let place = |start: &str| {
            let found = lines.iter().position(|line| line.starts_with(start));
            found.unwrap_or_else(|| panic!("nothing begins with {start}:\n{seen}"))
        };
        // In the order of `ui:order`, with German titles; the secret is not shown while it is typed.
        let places = [
            "apruve_merchantId: Händler-ID* (text)",
            "apruve_apiKey: API-Schlüssel* (password)",
            "apruve_testMode: Testbetrieb (checkbox)",
            "apruve_financing: Finanzierung (select)",
            "apruve_baseUrl: Basis-URL (url)",
        ]
        .map(place);
        assert!(places.is_sorted(), "{seen}");
        assert!(seen.contains("Die ID des Händlers bei Apruve."), "{seen}");
        page.click("look-payment_term").await;
        let seen = page.text("seen-payment_term").await;
        assert!(
            seen.contains("payment_term_instructions: Anweisungen (textarea)"),
            "{seen}"
        );
        page.click("look-check_money_order").await;
        let seen = page.text("seen-check_money_order").await;
        assert!(
            seen.contains("check_money_order_payTo: Zahlbar an (text)"),
            "{seen}"
        );
        assert!(
            seen.contains("check_money_order_sendTo: Senden an (textarea)"),
            "{seen}"
        );

        page.fill("apruve_merchantId", "a1b2c3d4e5f60718293a4b5c6d7e8f90")
            .await;
        page.fill("apruve_apiKey", "0123456789abcdef0123456789abcdef")
            .await;
        page.fill("payment_term_instructions", "Zahlbar in 30 Tagen")
            .await;
        page.fill("check_money_order_payTo", "Acme Supplies").await;
        page.fill("check_money_order_sendTo", "1 Main Street").await;
        for kind in ["apruve", "payment_term", "check_money_order"] {
            page.click(&format!("save-{kind}")).await;
            page.shows(&format!("told-{kind}"), &format!("201 \"1\" {kind}"))
                .await;
        }
    })
    .await;
}
