//! The table: webhooks taken and payments begun, against the floor and against another build where one is named.

use onterms::store::Migrator;

use crate::{
    BEGUN, CONNECTIONS, ROUND, ROUNDS, TAKEN,
    floor_process::Floor,
    load::{Figures, Next, drive_each, median, rate, repeat},
    payments, rules,
    service::{Build, Service, counted},
    support::Database,
    webhook_fixtures::{self, SignedWebhooks},
};

/// So many operations are counted under callgrind.
const COUNTED: usize = 200;

/// The head of the table.
pub fn head() {
    let unit = if counted::is_wanted() {
        "instr."
    } else {
        "req/s"
    };
    println!(
        "{:<28} {unit:>10} {:>10} {:>7} {:>9} {:>8} {:>9} {:>8} {:>9}  goal",
        "", "floor", "ratio", "p99", "×before", "CPU", "switches", "commits"
    );
}

/// A new database each time.
pub type NewDatabase<'n> = &'n dyn Fn() -> Database;

/// Fresh, genuine webhooks, to the service and to the floor in turn.
pub fn accepted(name: &str, new: NewDatabase<'_>, webhooks: &SignedWebhooks) {
    let (ours, theirs, olds) = (new(), new(), emptied(new()));
    let service = Service::start_on(Some(ours.url().to_owned()), &[]);
    let before = Build::before();
    let before = before.map(|build| Service::start_build(build, Some(olds.url().to_owned()), &[]));
    let floor = start_floor(theirs.url(), webhooks);
    let paths = |service: &Service| webhook_fixtures::accounts(service, webhooks.public_pem());
    let goal = match ours.url().starts_with("sqlite") {
        true => "≥ 0.8, p99 ≤ 15 ms; ≤ 1,350k",
        false => "≥ 0.85, p99 ≤ 25 ms, ≥ 2× before",
    };
    let line = Line {
        name,
        goal,
        answers: TAKEN,
        service,
        before,
        floor,
        url: ours.url(),
    };
    line.print(|service| Box::new(webhooks.genuine(paths(service))));
}

/// Payments of a usual cart, each for another order, at the service and at the floor in turn.
pub fn begun(name: &str, new: NewDatabase<'_>, webhooks: &SignedWebhooks) {
    let (ours, theirs, olds) = (new(), new(), emptied(new()));
    let rules = rules::ten_of(100);
    let service = Service::start_on(Some(ours.url().to_owned()), &rules);
    let before = Build::before();
    let before =
        before.map(|build| Service::start_build(build, Some(olds.url().to_owned()), &rules));
    // The floor inserts what the service wrote there.
    let model = Service::start_on(Some(theirs.url().to_owned()), &rules);
    let request = payments::fresh(payments::method(&model), model.token.clone());
    repeat(model.port, &request, BEGUN, 1);
    drop(model);
    let floor = start_floor(theirs.url(), webhooks);
    let goal = match ours.url().starts_with("sqlite") {
        true => "≥ 2.2× before; ≤ 1,300k",
        false => "≥ 0.5, p99 ≤ 50 ms, ≥ 2.5× before",
    };
    let line = Line {
        name,
        goal,
        answers: BEGUN,
        service,
        before,
        floor,
        url: ours.url(),
    };
    line.print(|service| {
        let method = payments::method(service);
        Box::new(payments::fresh(method, service.token.clone()))
    });
}

/// For another build, which may know fewer migrations and runs its own.
fn emptied(database: Database) -> Database {
    let mut migrator = Migrator::open(&database.options()).expect("a database");
    while migrator
        .revert_last()
        .expect("a migration undoes itself")
        .is_some()
    {}
    database
}

fn start_floor(url: &str, webhooks: &SignedWebhooks) -> Floor {
    Floor::start(&[("url", url), ("key", webhooks.public_pem())])
}

struct Line<'l> {
    name: &'l str,
    goal: &'l str,
    answers: &'l [&'l str],
    service: Service,
    before: Option<Service>,
    floor: Floor,
    url: &'l str,
}

/// Requests for a service that it has not had yet.
type Fresh<'l> = Box<dyn Fn() -> Option<Vec<u8>> + Sync + 'l>;

impl Line<'_> {
    fn print<'l>(&self, fresh: impl Fn(&Service) -> Fresh<'l>) {
        match counted::is_wanted() {
            true => self.count(fresh),
            false => self.compare(fresh),
        }
    }

    fn compare<'l>(&self, fresh: impl Fn(&Service) -> Fresh<'l>) {
        let run = |port, next: Next<'_>| drive_each(port, next, self.answers, CONNECTIONS, ROUND);
        let (mut ours, mut theirs, mut olds) = (Vec::new(), Vec::new(), Vec::new());
        let (mut cpu, mut switches, mut commits) = (0.0, 0, 0);
        for _ in 0..ROUNDS {
            let next = fresh(&self.service);
            let start = self.spent();
            ours.push(run(self.service.port, &*next));
            let end = self.spent();
            cpu += end.0 - start.0;
            switches += end.1 - start.1;
            commits += end.2 - start.2;
            theirs.push(run(self.floor.port, &*fresh(&self.service)));
            olds.extend(self.before.iter().map(|old| run(old.port, &*fresh(old))));
        }
        let ratio = |others: &[Figures]| {
            let pairs = ours.iter().zip(others);
            median(
                pairs
                    .map(|(our, other)| our.per_second / other.per_second)
                    .collect(),
            )
        };
        let done: f64 = ours.iter().map(|it| it.count as f64).sum();
        let gain = self
            .before
            .as_ref()
            .map_or(String::new(), |_| format!("{:.2}", ratio(&olds)));
        let commits = match commits {
            0 => String::new(),
            commits => format!("{:.2}", commits as f64 / done),
        };
        println!(
            "{:<28} {:>10.0} {:>10.0} {:>7.2} {:>6.1} ms {gain:>8} {:>6.0} µs {:>8.1} {commits:>9}  {}",
            self.name,
            rate(&ours),
            rate(&theirs),
            ratio(&theirs),
            median(ours.iter().map(|it| it.p99.as_secs_f64() * 1e3).collect()),
            cpu * 1e6 / done,
            switches as f64 / done,
            self.goal
        );
    }

    /// Seconds of processor time, voluntary switches between threads, and commits of the database until now.
    fn spent(&self) -> (f64, u64, i64) {
        let commits = match self.url.starts_with("sqlite") {
            true => 0,
            false => commits(self.url),
        };
        (self.service.cpu_seconds(), self.service.switches(), commits)
    }

    fn count<'l>(&self, fresh: impl Fn(&Service) -> Fresh<'l>) {
        let of = |service: &Service| {
            let next = fresh(service);
            service.instructions(COUNTED, |count| {
                repeat(service.port, &*next, self.answers, count)
            })
        };
        let ours = of(&self.service);
        let next = fresh(&self.service);
        let port = self.floor.port;
        let theirs = self
            .floor
            .instructions(COUNTED, |count| repeat(port, &*next, self.answers, count));
        let gain = self
            .before
            .as_ref()
            .map_or(String::new(), |old| format!("{:.2}", of(old) / ours));
        println!(
            "{:<28} {ours:>10.0} {theirs:>10.0} {:>7.2} {:>9} {gain:>8} {:>9} {:>8} {:>9}  {}",
            self.name,
            theirs / ours,
            "",
            "",
            "",
            "",
            self.goal
        );
    }
}

/// How many transactions PostgreSQL has committed in a database; this question is one more.
fn commits(url: &str) -> i64 {
    use diesel::{Connection, PgConnection, RunQueryDsl, dsl::sql, sql_types::BigInt};
    let mut conn = PgConnection::establish(url).expect("a connection");
    // The backends tell of their transactions a second late.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    let count = "(SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())";
    diesel::select(sql::<BigInt>(count))
        .get_result(&mut conn)
        .expect("a count")
}
