//! Clients that generators make from the document: their code passes strict type checks, and each of them runs a sale from
//! the cart to the refund.

use std::{fs, path::Path, process::Command};

use crate::{
    shop::Shop,
    tools::{copy, document, node, program, python, run, sources, workshop},
};

#[tokio::test]
async fn openapi_typescript_makes_a_client_that_sells() {
    sells_in_typescript("openapi-typescript", |packages, folder| {
        let mut generate = program(packages, "openapi-typescript");
        generate
            // A member with a default may be left out of a request.
            .args(["--default-non-nullable", "false"])
            .arg(document())
            .arg("--output")
            .arg(folder.join("generated/openapi-typescript/schema.ts"));
        generate
    })
    .await;
}

#[tokio::test]
async fn hey_api_makes_a_client_that_sells() {
    sells_in_typescript("hey-api", |packages, folder| {
        let mut generate = program(packages, "openapi-ts");
        generate
            .args(["--client", "@hey-api/client-fetch", "--input"])
            .arg(document())
            .args(["--output", "generated/hey-api"])
            .current_dir(folder);
        generate
    })
    .await;
}

#[tokio::test]
async fn orval_makes_a_client_that_sells() {
    sells_in_typescript("orval", |packages, folder| {
        let mut generate = program(packages, "orval");
        generate
            .args(["--client", "fetch", "--mode", "single", "--input"])
            .arg(document())
            .args(["--output", "generated/orval/client.ts"])
            .current_dir(folder);
        generate
    })
    .await;
}

async fn sells_in_typescript(name: &str, generator: impl FnOnce(&Path, &Path) -> Command) {
    let Some(packages) = node() else { return };
    let folder = workshop(packages, name);
    let script = format!("{name}.ts");
    let files = ["story.ts", "tsconfig.json", &script];
    copy(&sources().join("typescript"), &files, &folder);
    run(&mut generator(packages, &folder));
    run(program(packages, "tsc").arg("--project").arg(&folder));
    run(program(packages, "esbuild")
        .args([
            "--bundle",
            "--platform=node",
            "--format=esm",
            "--log-level=warning",
            "--outfile=sale.mjs",
        ])
        .arg(&script)
        .current_dir(&folder));
    let shop = Shop::open(&[]).await;
    let mut sale = program(packages, "node");
    let told = run(shop.inform(sale.arg(folder.join("sale.mjs"))));
    assert!(told.contains(": sold and refunded"), "{told}");
}

#[tokio::test]
async fn openapi_python_client_makes_a_client_that_sells() {
    let Some(packages) = python() else { return };
    let folder = workshop(packages, "sale");
    copy(&sources(), &["python/sale.py"], &folder);
    fs::write(folder.join("config.yml"), "post_hooks: []\n").expect("a file");
    let mut generate = program(packages, "openapi-python-client");
    generate
        .args([
            "generate",
            "--meta",
            "none",
            "--config",
            "config.yml",
            "--output-path",
            "onterms_client",
            "--path",
        ])
        .arg(document())
        .current_dir(&folder);
    let told = run(&mut generate);
    assert!(
        !told.contains("WARNING") && !told.contains("ERROR"),
        "{told}"
    );
    run(program(packages, "mypy")
        .args(["--strict", "--cache-dir", "../../mypy", "sale.py"])
        .current_dir(&folder));
    let shop = Shop::open(&[]).await;
    let mut sale = program(packages, "python");
    let told = run(shop.inform(sale.arg("sale.py").current_dir(&folder)));
    assert!(told.contains(": sold and refunded"), "{told}");
}
