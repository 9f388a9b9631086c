//! Replicas that start together migrate together.

use onterms::store::Migrator;

use crate::helpers::{keys, open};
use crate::support::{Database, on_both_databases};

on_both_databases! {
    async fn of_six_replicas_that_start_together_one_migrates(database: Database) {
        let options = database.options();
        let mut migrator = Migrator::open(&options).expect("the database opens");
        while migrator.revert_last().expect("each migration undoes itself").is_some() {}
        let pending = migrator.pending().expect("what is pending");
        assert!(!pending.is_empty());

        let start = std::sync::Barrier::new(6);
        let ran: Vec<Vec<String>> = std::thread::scope(|scope| {
            let replicas: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let mut migrator = Migrator::open(&options).expect("the database opens");
                        start.wait();
                        migrator.run().expect("a replica that starts beside others")
                    })
                })
                .collect();
            replicas.into_iter().map(|replica| replica.join().expect("no panic")).collect()
        });

        assert_eq!(ran.concat(), pending);
        assert!(migrator.pending().expect("what is pending").is_empty());
        assert!(open(&database).read(keys).await.expect("the tables are there").is_empty());
    }
}
