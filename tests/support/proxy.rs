//! A TCP address behind which a test puts one server or another, as a name that moves in a switchover.

use std::{
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// Listens until the process ends.
pub struct Proxy {
    pub address: SocketAddr,
    target: Arc<Mutex<PathBuf>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// Passes everything on to the socket at `target`.
    pub fn to(target: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (target, open) = (
            Arc::new(Mutex::new(target)),
            Arc::<Mutex<Vec<_>>>::default(),
        );
        let (current, kept) = (Arc::clone(&target), Arc::clone(&open));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Held until the connection is kept, so that `cut` misses none that leads to an earlier target.
                let target = current.lock().expect("no panic");
                // A server that is away is a connection that ends.
                if let Ok(server) = UnixStream::connect(&*target) {
                    let again = client.try_clone().expect("the same connection");
                    kept.lock().expect("no panic").push(again);
                    pass_on(client, server);
                }
            }
        });
        Proxy {
            address,
            target,
            open,
        }
    }

    /// New connections go there; those that are open stay where they are.
    pub fn point_at(&self, target: PathBuf) {
        *self.target.lock().expect("no panic") = target;
    }

    /// Ends every connection that is open.
    pub fn cut(&self) {
        let _target = self.target.lock().expect("no panic");
        for connection in self.open.lock().expect("no panic").drain(..) {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn pass_on(client: TcpStream, server: UnixStream) {
    let (mut from_client, mut from_server) = (
        client.try_clone().expect("the same connection"),
        server.try_clone().expect("the same connection"),
    );
    let (mut to_client, mut to_server) = (client, server);
    std::thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
}
