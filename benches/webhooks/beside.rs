//! What other work does to checkout.

use crate::{
    BEGUN, CONNECTIONS, ROUND, TAKEN,
    load::{Figures, drive, drive_each},
    payments, provider, rules,
    service::Service,
    webhook_fixtures::{self, SignedWebhooks},
};

const CART: &str = include_str!("../checkout/cart.json");
const REFUSED: &[&str] = &["HTTP/1.1 401", "HTTP/1.1 503"];

fn checkout(service: &Service) -> Figures {
    let path = "/v1/checkout/payment-methods";
    drive(service.port, path, &service.token, CART, 2, ROUND)
}

fn print(name: &str, figures: &Figures, goal: &str) {
    println!(
        "{name:<52} {:>9.0} req/s, p99 {:.2} ms  {goal}",
        figures.per_second,
        figures.p99.as_secs_f64() * 1e3
    );
}

/// Checkout alone, and while somebody posts bad signatures as fast as 64 connections go.
pub fn flooded(webhooks: &SignedWebhooks) {
    let service = Service::start(&rules::ten_of(100));
    let path = webhook_fixtures::account(&service, webhooks.public_pem(), "flooded");
    let alone = checkout(&service);
    let (flood, beside) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let bad = || Some(webhooks.forged(&path));
            drive_each(service.port, &bad, REFUSED, CONNECTIONS, ROUND)
        });
        let beside = checkout(&service);
        (flood.join().expect("a flood"), beside)
    });
    println!();
    print("checkout, 2 connections alone", &alone, "");
    let name = format!("  beside {:.0} bad signatures/s", flood.per_second);
    let share = beside.per_second / alone.per_second;
    print(&name, &beside, &format!("{share:.2} of alone, goal ≥ 0.45"));
}

/// Checkout while webhooks come in, payments begin, and all payments are compared with the provider.
pub fn busy(webhooks: &SignedWebhooks) {
    let service = Service::start_as(None, &rules::ten_of(100), &provider::start());
    let method = payments::method(&service);
    let alone = checkout(&service);
    let paths = webhook_fixtures::accounts(&service, webhooks.public_pem());
    let (webhooks, begun) = (
        webhooks.genuine(paths),
        payments::fresh(method, service.token.clone()),
    );
    let (taken, paid, beside) = std::thread::scope(|scope| {
        let port = service.port;
        let webhooks = &webhooks;
        let taken = scope.spawn(move || drive_each(port, webhooks, TAKEN, 8, ROUND));
        let begun = &begun;
        let paid = scope.spawn(move || drive_each(port, begun, BEGUN, 8, ROUND));
        service.ask("/v1/reconciliation/runs", "");
        let beside = checkout(&service);
        (
            taken.join().expect("webhooks"),
            paid.join().expect("payments"),
            beside,
        )
    });
    print("checkout, 2 connections alone", &alone, "");
    let name = format!(
        "  beside {:.0} webhooks/s, {:.0} payments/s, reconciliation",
        taken.per_second, paid.per_second
    );
    print(&name, &beside, "goal p99 ≤ 3 ms");
}
