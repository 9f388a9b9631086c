//! `clients/typescript`: its types are those of the document, its verifier holds, and the README's storefront runs with it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::{
    shop::Shop,
    tools::{copy, document, node, program, root, run, workshop},
};

fn package() -> PathBuf {
    root().join("clients/typescript")
}

/// Builds the package below a folder, as it would be published.
fn build(packages: &Path, folder: &Path) {
    let sources = ["src/index.ts", "src/schema.ts", "src/webhooks.ts"];
    fs::create_dir_all(folder.join("src")).expect("a folder");
    copy(&package(), &sources, &folder.join("src"));
    copy(
        &package(),
        &["package.json", "tsconfig.json", "tsconfig.build.json"],
        folder,
    );
    run(program(packages, "tsc")
        .args(["--project", "tsconfig.build.json"])
        .current_dir(folder));
}

#[test]
fn the_types_of_the_package_are_those_of_the_document() {
    let Some(packages) = node() else { return };
    let folder = workshop(packages, "types");
    let generated = folder.join("schema.ts");
    run(program(packages, "openapi-typescript")
        .args(["--default-non-nullable", "false"])
        .arg(document())
        .arg("--output")
        .arg(&generated));
    let generated = fs::read_to_string(generated).expect("types");
    let kept = package().join("src/schema.ts");
    if std::env::var_os("UPDATE_OPENAPI").is_some_and(|value| value == "1") {
        fs::write(&kept, &generated).expect("the types are written");
    }
    let kept = fs::read_to_string(kept).expect("types");
    assert!(
        generated == kept,
        "clients/typescript/src/schema.ts is not what the document generates; UPDATE_OPENAPI=1 cargo test --test clients writes it"
    );
}

#[test]
fn the_lock_files_name_the_public_registry_alone() {
    for file in [
        "clients/typescript/package-lock.json",
        "tests/clients/package-lock.json",
    ] {
        let lock = fs::read_to_string(root().join(file)).expect(file);
        let lock: serde_json::Value = serde_json::from_str(&lock).expect("JSON");
        let all = lock["packages"].as_object().expect("packages");
        for (name, package) in all.iter().filter(|(name, _)| !name.is_empty()) {
            let from = package["resolved"].as_str().unwrap_or_default();
            assert!(
                from.starts_with("https://registry.npmjs.org/"),
                "{file}: {name} is from `{from}`"
            );
            assert!(package["integrity"].is_string(), "{file}: {name}");
        }
    }
}

#[test]
fn the_tests_of_the_package_pass() {
    let Some(packages) = node() else { return };
    let folder = workshop(packages, "package");
    build(packages, &folder);
    fs::create_dir(folder.join("test")).expect("a folder");
    copy(&package(), &["test/webhooks.test.js"], &folder.join("test"));
    let told = run(program(packages, "node")
        .args(["--test", "test"])
        .current_dir(&folder));
    assert!(told.contains("pass 5") && told.contains("fail 0"), "{told}");
}

/// The code in the README, which is run as it is.
fn storefront() -> String {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (_, rest) = readme
        .split_once("```ts storefront\n")
        .expect("a storefront");
    let (code, _) = rest.split_once("```").expect("its end");
    code.to_owned()
}

/// A storefront that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_storefront_of_the_readme_sells_and_learns_that_it_was_paid() {
    let Some(packages) = node() else { return };
    let folder = workshop(packages, "storefront");
    build(packages, &folder.join("node_modules/@onterms/client"));
    let code = storefront();
    assert!(
        code.lines().count() <= 30,
        "the README says that it is short"
    );
    fs::write(folder.join("storefront.ts"), code).expect("a file");
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#).expect("a file");
    run(program(packages, "tsc")
        .args([
            "--strict",
            "--target",
            "es2022",
            "--module",
            "nodenext",
            "--types",
            "node",
            "--skipLibCheck",
            "storefront.ts",
        ])
        .current_dir(&folder));

    let shop = Shop::open(&[]).await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let endpoint =
        json!({ "url": format!("http://127.0.0.1:{port}/events"), "types": ["payment.*"] });
    let endpoint = shop.create("/v1/notification-endpoints", &endpoint).await;
    let mut command = Command::new("node");
    let started = command
        .arg("storefront.js")
        .current_dir(&folder)
        .env("ONTERMS_URL", shop.setting("SERVICE"))
        .env("ONTERMS_TOKEN", shop.setting("SHOP"))
        .env(
            "ONTERMS_SECRET",
            endpoint["secret"].as_str().expect("a secret"),
        )
        .env("PORT", port.to_string())
        .stdout(Stdio::piped())
        .spawn();
    let mut running = Running(started.expect("node"));
    let lines = BufReader::new(running.0.stdout.take().expect("a pipe")).lines();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert_eq!(running.0.try_wait().expect("a state"), None, "it ended");
        std::thread::yield_now();
    }

    let storefront = format!("http://127.0.0.1:{port}");
    let cart = fs::read_to_string(root().join("examples/carts/us-small.json")).expect("a cart");
    let cart: serde_json::Value = serde_json::from_str(&cart).expect("JSON");
    let offered = shop.ask(&format!("{storefront}/methods"), &cart).await;
    let method = &offered["offered"][0]["id"];
    assert_eq!(method, shop.setting("METHOD"), "{offered}");
    let order = json!({ "paymentMethodId": method, "orderId": "SO-README", "cart": cart });
    let payment = shop.ask(&format!("{storefront}/pay"), &order).await;
    let sandbox = shop.setting("SANDBOX");
    let action = &payment["nextAction"];
    let popup = json!({ "order": action["order"], "secure_hash": action["secureHash"] });
    let popup = shop
        .ask(&format!("{sandbox}/js/v4/checkouts"), &popup)
        .await;
    let popup = popup["id"].as_str().expect("an id");
    let placed = shop
        .ask(
            &format!("{sandbox}/js/v4/checkouts/{popup}/place"),
            &json!({ "approve": true }),
        )
        .await;
    let confirmed = json!({ "paymentId": payment["id"], "apruveOrderId": placed["order_id"] });
    let confirmed = shop
        .ask(&format!("{storefront}/confirmed"), &confirmed)
        .await;
    assert_eq!(confirmed["status"], "authorized", "{confirmed}");

    let id = payment["id"].as_str().expect("an id");
    let invoice = shop
        .create(
            &format!("/v1/payments/{id}/invoices"),
            &json!({ "shipment": {} }),
        )
        .await;
    let invoice = invoice["providerId"].as_str().expect("an id");
    shop.ask(
        &format!("{sandbox}/control/invoices/{invoice}/fund"),
        &json!({}),
    )
    .await;
    let mut lines = lines.map_while(Result::ok);
    assert!(
        lines.any(|line| line == "SO-README is paid: 640.50"),
        "it received nothing"
    );
}
