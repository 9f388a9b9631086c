//! Lists: which elements there are, and whether that is certain to be all.

use onterms::providers::{List, OrderSnapshot, ProviderError};
use serde_json::{Value, json};

use crate::{
    INVOICE, MERCHANT, ORDER, PATIENT, Shop, id,
    stand_in::{RecordedCall, Reply, StandIn, says, says_text},
};

/// Orders of the shop's number `SO-1`, with these ids.
fn orders(ids: std::ops::Range<usize>) -> Value {
    ids.map(|number| json!({ "id": format!("o{number}"), "merchant_order_id": "SO-1" }))
        .collect()
}

async fn listed(replies: Vec<Reply>) -> (Result<List<OrderSnapshot>, ProviderError>, Vec<String>) {
    let apruve = StandIn::start(replies).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let listing = shop.account().orders_by_merchant_order_id("SO-1").await;
    let asked = apruve.asked();
    let queries = asked.iter().map(|asked| {
        let query = asked.path.strip_prefix("/api/v4/orders?");
        query.expect("the list's path").to_owned()
    });
    (listing, queries.collect())
}

fn count(listing: Result<List<OrderSnapshot>, ProviderError>) -> (usize, bool) {
    let listing = listing.expect("a listing");
    (listing.items.len(), listing.complete)
}

#[tokio::test]
async fn a_short_list_is_all_there_is() {
    for (body, length) in [
        (orders(0..0), 0),
        (orders(0..1), 1),
        (orders(0..24), 24),
        (json!({ "orders": orders(0..2) }), 2),
    ] {
        let (listing, asked) = listed(vec![says(200, &body)]).await;
        assert_eq!(count(listing), (length, true), "{body}");
        assert_eq!(asked, ["merchant_order_id=SO-1"]);
    }
}

#[tokio::test]
async fn a_full_list_is_walked_page_by_page_wherever_pages_begin() {
    for (name, pages, length) in [
        ("from one", vec![0..25, 0..25, 25..50, 50..60], 60),
        ("from zero", vec![0..25, 25..50, 50..60], 60),
        ("full to the end", vec![0..25, 0..25, 25..50, 50..50], 50),
    ] {
        let pages = pages.into_iter().map(|page| says(200, &orders(page)));
        let (listing, asked) = listed(pages.collect()).await;
        assert_eq!(count(listing), (length, true), "{name}");
        assert_eq!(asked[1], "merchant_order_id=SO-1&page=1&per_page=25");
        assert_eq!(asked[2], "merchant_order_id=SO-1&page=2&per_page=25");
    }
}

#[tokio::test]
async fn a_list_whose_pages_repeat_may_not_be_all() {
    for length in [25, 30] {
        let same = || says(200, &orders(0..length));
        let (listing, _) = listed(vec![same(), same(), same()]).await;
        assert_eq!(count(listing), (length, false));
    }
}

#[tokio::test]
async fn a_list_without_end_is_given_up_and_may_not_be_all() {
    let pages = (0..21).map(|page| says(200, &orders(page * 25..page * 25 + 25)));
    let (listing, asked) = listed(pages.collect()).await;
    assert_eq!(count(listing), (525, false));
    assert_eq!(asked.len(), 21);
}

#[tokio::test]
async fn orders_with_another_number_are_left_out() {
    let mut body = orders(0..3);
    body[1]["merchant_order_id"] = json!("SO-10");
    body[2]["merchant_order_id"] = Value::Null;
    let (listing, _) = listed(vec![says(200, &body)]).await;
    assert_eq!(count(listing), (1, true));
}

#[tokio::test]
async fn a_list_that_cannot_be_read_in_full_says_nothing() {
    let mut broken = orders(0..2);
    broken[1]["id"] = Value::Null;
    for replies in [
        vec![says(200, &broken)],
        vec![says_text(200, "{}")],
        vec![says_text(404, "Not Found")],
        vec![says_text(500, "")],
        vec![Reply::BreaksOff(200)],
        vec![says(200, &orders(0..25)), says_text(500, "")],
    ] {
        let (listing, _) = listed(replies.clone()).await;
        assert!(listing.is_err(), "{replies:?}");
    }
}

#[tokio::test]
async fn an_address_nobody_has_an_account_for_lists_nothing() {
    for reply in [says_text(404, "Not Found"), says_text(200, "[]")] {
        let apruve = StandIn::start([reply]).await;
        let shop = Shop::new(&apruve.origin, PATIENT);
        let (merchant, email) = (id(MERCHANT), "amanda+shop@acme.example");
        let listing = shop
            .account()
            .corporate_accounts_by_email(&merchant, email)
            .await;
        let listing = listing.expect("a listing");
        assert_eq!((listing.items.len(), listing.complete), (0, true));
        assert_eq!(
            apruve.asked()[0].path,
            format!(
                "/api/v4/merchants/{MERCHANT}/corporate_accounts?email=amanda%2Bshop%40acme.example"
            )
        );
    }
}

#[tokio::test]
async fn each_list_has_its_path() {
    let apruve = StandIn::start((0..5).map(|_| says_text(200, "[{\"id\":\"x1\"}]"))).await;
    let shop = Shop::new(&apruve.origin, PATIENT);
    let account = shop.account();
    let (merchant, invoice) = (id(MERCHANT), id(INVOICE));
    let ones = [
        account.invoices(&id(ORDER)).await.map(|it| it.items.len()),
        account.shipments(&invoice).await.map(|it| it.items.len()),
        account
            .invoice_returns(&invoice)
            .await
            .map(|it| it.items.len()),
        account
            .corporate_accounts(&merchant)
            .await
            .map(|it| it.items.len()),
        account
            .webhook_endpoints(&merchant)
            .await
            .map(|it| it.items.len()),
    ];
    assert_eq!(ones, [const { Ok(1) }; 5]);
    let lines: Vec<_> = apruve.asked().iter().map(RecordedCall::line).collect();
    assert_eq!(
        lines,
        [
            format!("GET /api/v4/orders/{ORDER}/invoices"),
            format!("GET /api/v4/invoices/{INVOICE}/shipments"),
            format!("GET /api/v4/invoices/{INVOICE}/invoice_returns"),
            format!("GET /api/v4/merchants/{MERCHANT}/corporate_accounts"),
            format!("GET /api/v4/merchants/{MERCHANT}/webhook_endpoints"),
        ]
    );
}
