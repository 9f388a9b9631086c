//! `onterms verify` of a test's database.

use onterms::{
    payments::verify,
    store::{Store, StoreOptions},
};

/// What does not hold for any payment of a database, a line each.
pub fn differences(options: &StoreOptions) -> String {
    let store = Store::open(options).expect("the database opens");
    actix_web::rt::System::new().block_on(async {
        let mut found = String::new();
        let told = |_, some: Vec<verify::FailedCheck>| {
            some.iter()
                .for_each(|it| found.push_str(&format!("{it}\n")));
        };
        verify::verify(&store, told).await.expect("it reads");
        store.close().await;
        found
    })
}
