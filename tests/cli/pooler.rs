//! PgBouncer between the service and PostgreSQL: it works with sessions, and is refused with transactions.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    process::Workspace,
    support::postgres::{self, Cluster},
};

/// A pooler, stopped when the test forgets it.
struct Pooler {
    child: Child,
    port: u16,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    folders
        .iter()
        .map(|folder| folder.join("pgbouncer"))
        .find(|it| it.exists())
}

fn start(program: &Path, cluster: &Cluster, mode: &str) -> Pooler {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|it| it.local_addr())
        .expect("a free port")
        .port();
    let folder = cluster.socket().parent().expect("a folder").to_owned();
    let file = folder.join(format!("{mode}.ini"));
    let text = format!(
        "[databases]\n* = host={} port=5432 user=onterms\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
        folder.display()
    );
    fs::write(&file, text).expect("a file");
    // Another user reads it.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("its owner");
    let mut command = Command::new(program);
    command
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    cluster.run_as_its_user(&mut command);
    let pooler = Pooler {
        child: command.spawn().expect("the pooler"),
        port,
    };
    let patience = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < patience, "the pooler does not listen");
        std::thread::yield_now();
    }
    pooler
}

#[test]
fn a_pooler_of_sessions_works_and_one_of_transactions_is_refused_with_a_sentence() {
    let name = "a_pooler_of_sessions_works_and_one_of_transactions_is_refused";
    let (Some(program), Some(cluster)) = (program(), postgres::own_cluster()) else {
        postgres::say(&format!(
            "skipped {name}: there is no pgbouncer here, or no PostgreSQL"
        ));
        return;
    };
    cluster.create("pooled");
    let place = |pooler: &Pooler| {
        let url = format!("postgres://onterms@127.0.0.1:{}/pooled", pooler.port);
        Workspace::new().with_keys().with("DATABASE_URL", &url)
    };
    for mode in ["transaction", "statement"] {
        let pooler = start(&program, &cluster, mode);
        let place = place(&pooler).with("ONTERMS__LOG__FILTER", "off");
        for command in ["serve", "check-config", "verify", "migrate"] {
            let ended = place.run(&[command]);
            let sentence = ended.refusal();
            if mode == "transaction" {
                assert!(
                    sentence.contains("use pool_mode = session"),
                    "{command}: {sentence}"
                );
            }
        }
    }
    let pooler = start(&program, &cluster, "session");
    let place = place(&pooler);
    assert_eq!(place.run(&["check-config"]).code, Some(0));
    let (admin, service) = (place.token("admin"), place.serve(&[]));
    let body = serde_json::json!({
        "type": "check_money_order", "name": "Check", "label": { "default": "Check" },
        "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
    });
    actix_web::rt::System::new().block_on(async {
        let (status, made) = service.post("/v1/integrations", &admin, &body).await;
        assert_eq!(status, 201, "{made}");
    });
}
