//! `onterms demo` after its story: it goes on for somebody to try by hand.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::{process::Workspace, support};

/// A program that is killed when the test forgets it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn demo_leaves_a_shop_open_in_which_a_cart_may_be_paid_on_terms() {
    let place = Workspace::new();
    let mut command = place.command(&["demo"]);
    let started = command.stdout(Stdio::piped()).spawn();
    let mut demo = Running(started.expect("the program"));
    let output = BufReader::new(demo.0.stdout.take().expect("a pipe"));
    let mut lines = output.lines().map_while(Result::ok);
    let page = lines.find(|line| line.ends_with("/shop"));
    let page = page.expect("a line with the shop's address");
    let page = page.trim();
    let client = support::client();
    let shown = client.get(page).send().await.expect("an answer");
    assert_eq!(shown.status(), 200);
    let orders = format!("{page}/api/orders");
    let order = client.post(&orders).send().await.expect("an answer");
    let order: Value = order.json().await.expect("JSON");
    let order = order["orderId"].as_str().expect("a number");
    let methods = client
        .post(format!("{orders}/{order}/v1/checkout/payment-methods"))
        .header("Idempotency-Key", "a click")
        .send()
        .await
        .expect("an answer");
    let methods: Value = methods.json().await.expect("JSON");
    assert_eq!(methods["offered"][0]["type"], "apruve", "{methods}");
}
