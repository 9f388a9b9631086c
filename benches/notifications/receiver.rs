//! Somebody who takes every notification at once and counts them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, web};

/// A receiver in a thread of its own; it ends with the process.
pub struct Receiver {
    pub origin: String,
    count: Arc<AtomicUsize>,
}

impl Receiver {
    pub fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let (told, address) = mpsc::channel();
        let counter = web::Data::from(Arc::clone(&count));
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(counter.clone())
                        .default_service(web::to(take))
                })
                .workers(1)
                .disable_signals()
                .bind(("127.0.0.1", 0))
                .expect("a free port");
                told.send(server.addrs()[0]).expect("somebody listens");
                server.run().await.expect("served");
            });
        });
        let address = address.recv().expect("it starts");
        Receiver {
            origin: format!("http://{address}"),
            count,
        }
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Waits until so many came in.
    pub fn wait_for(&self, count: usize, patience: Duration) {
        let began = Instant::now();
        while self.count() < count {
            assert!(
                began.elapsed() < patience,
                "{} of {count} notifications came in",
                self.count()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

async fn take(count: web::Data<AtomicUsize>, _body: web::Bytes) -> HttpResponse {
    count.fetch_add(1, Ordering::Relaxed);
    HttpResponse::NoContent().finish()
}
