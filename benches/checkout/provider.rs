//! The provider beside a service: the sandbox.

use std::sync::mpsc;

use apruve_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// The settings of an account at a sandbox, which runs until the process ends.
pub fn start() -> Value {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
            let account = json!({
                "merchantId": sandbox.merchant_id, "apiKey": sandbox.api_key, "testMode": true,
                "baseUrl": sandbox.origin(),
            });
            tell.send(account).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    told.recv().expect("an account")
}
