//! `/v1/findings`.

mod acknowledge;
mod carried_over;
mod list;
mod orphans;
mod shown;

use onterms::{
    findings::{self, Finding, FindingCode, FindingSubject, Observation},
    ids::{IntegrationId, PaymentId},
    store::StoreError,
};
use serde_json::{Value, json};

use crate::{TestApp, integrations::begin_payment};

pub const PAYMENT: &str = "payment_01h455vb4pex5vsknk084sn02q";

/// An integration with one payment.
pub async fn a_payment(app: &TestApp) -> (PaymentId, IntegrationId) {
    let method = app.apruve("A").await;
    let integration = method.replace("apruve_", "integration_");
    begin_payment(
        app,
        &json!({ "id": integration, "type": "apruve" }),
        PAYMENT,
    )
    .await;
    let parsed = integration.parse().expect("an id");
    (PAYMENT.parse().expect("an id"), parsed)
}

/// What a read notices, as if somebody had read.
pub async fn notice(
    app: &TestApp,
    about: (PaymentId, IntegrationId),
    noticed: &[(FindingCode, &str)],
    complete: bool,
) -> Vec<Finding> {
    let noticed: Vec<Observation> = noticed
        .iter()
        .map(|(code, reference)| Observation::of(*code, reference, "It differs."))
        .collect();
    let (now, subject) = (app.now(), FindingSubject::Payment(about.0, about.1));
    let written = app.service.store().write(move |tx| {
        let found = findings::record(tx, subject, &noticed, complete, now)?;
        Ok::<_, StoreError>(found)
    });
    written.await.expect("rows")
}

/// What a list holds.
pub async fn listed(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/v1/findings?{query}")).await.expect(200);
    page["items"].as_array().cloned().expect("a list")
}
