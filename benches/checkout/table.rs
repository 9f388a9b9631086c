//! The table: each set of rules against the floor, and against another build where one is named.

use serde_json::{Value, json};

use crate::{
    ADDRESS, CART, CONNECTIONS, ROUND, ROUNDS,
    floor_process::Floor,
    load::{self, Figures, drive, median, rate},
    rules,
    service::{Build, Service, counted},
};

/// So many requests are counted under callgrind.
const COUNTED: usize = 200;

struct Line {
    name: &'static str,
    rules: Vec<Value>,
    path: String,
    cart: String,
    goal: &'static str,
}

fn lines() -> Vec<Line> {
    let line = |name, rules, goal| Line {
        name,
        rules,
        path: ADDRESS.to_owned(),
        cart: CART.to_owned(),
        goal,
    };
    vec![
        line(
            "100 rules, 10 candidates",
            rules::ten_of(100),
            "≥ 0.95, p99 ≤ 1.5×; ≤ 100k",
        ),
        line("100 rules, all candidates", rules::all(100), "≥ 0.9"),
        line("100 rules, all false", rules::all_false(100, 100), "≥ 0.75"),
        line(
            "10,000 rules, 10 candidates",
            rules::ten_of(10_000),
            "as the first line",
        ),
        line(
            "10,000 rules, all false, 100 clauses",
            rules::all_false(10_000, 100),
            "≤ 600k",
        ),
        Line {
            path: format!("{ADDRESS}?explain=summary"),
            ..line(
                "10 candidates, explain=summary",
                rules::explained(),
                "≤ 1.2× of explain=none",
            )
        },
        Line {
            cart: long_cart(1000),
            ..line(
                "10 candidates, cart of 1,000 lines",
                rules::ten_of(100),
                "≤ 30 a byte",
            )
        },
    ]
}

/// The cart with so many lines.
fn long_cart(lines: usize) -> String {
    let mut cart: Value = serde_json::from_str(CART).expect("a cart");
    let line = cart["lineItems"][0].clone();
    cart["lineItems"] = json!(vec![line; lines]);
    cart.to_string()
}

/// Prints rates, or instructions where those are wanted.
pub fn print() {
    let unit = if counted::is_wanted() {
        "instr."
    } else {
        "req/s"
    };
    println!(
        "{:<38} {unit:>10} {:>10} {:>7} {:>8} {:>8}  goal",
        "", "floor", "ratio", "p99/p99", "×before"
    );
    for line in lines() {
        match counted::is_wanted() {
            true => count(&line),
            false => compare(&line),
        }
    }
}

/// The service, and the floor that answers the same bytes.
fn start(line: &Line) -> (Service, Option<Service>, Floor) {
    let service = Service::start(&line.rules);
    let before = Build::before().map(|build| Service::start_build(build, None, &line.rules));
    let floor = Floor::start(&[
        ("answer", &service.ask(&line.path, &line.cart)),
        ("token", &service.token),
    ]);
    (service, before, floor)
}

fn compare(line: &Line) {
    let (service, before, floor) = start(line);
    let run = |port, token: &str| drive(port, &line.path, token, &line.cart, CONNECTIONS, ROUND);
    let (mut ours, mut theirs, mut olds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(run(service.port, &service.token));
        theirs.push(run(floor.port, &service.token));
        olds.extend(before.iter().map(|old| run(old.port, &old.token)));
    }
    let each = |of: fn(&Figures, &Figures) -> f64, others: &[Figures]| {
        median(
            ours.iter()
                .zip(others)
                .map(|(our, other)| of(our, other))
                .collect(),
        )
    };
    let rates = |our: &Figures, other: &Figures| our.per_second / other.per_second;
    let tails = |our: &Figures, other: &Figures| our.p99.as_secs_f64() / other.p99.as_secs_f64();
    let gain = before.map_or(String::new(), |_| format!("{:.2}", each(rates, &olds)));
    println!(
        "{:<38} {:>10.0} {:>10.0} {:>7.2} {:>8.2} {gain:>8}  {}",
        line.name,
        rate(&ours),
        rate(&theirs),
        each(rates, &theirs),
        each(tails, &theirs),
        line.goal
    );
}

fn count(line: &Line) {
    let (service, before, floor) = start(line);
    let operate = |port, token: &str, count| {
        let request = load::request(&line.path, token, &line.cart);
        load::repeat(port, &|| Some(request.clone()), &["HTTP/1.1 200"], count);
    };
    let of = |service: &Service| {
        service.instructions(COUNTED, |count| {
            operate(service.port, &service.token, count)
        })
    };
    let ours = of(&service);
    let theirs = floor.instructions(COUNTED, |count| operate(floor.port, &service.token, count));
    let gain = before.map_or(String::new(), |old| format!("{:.2}", of(&old) / ours));
    println!(
        "{:<38} {ours:>10.0} {theirs:>10.0} {:>7.2} {:>8} {gain:>8}  {} ({:.1} a byte)",
        line.name,
        theirs / ours,
        "",
        line.goal,
        ours / line.cart.len() as f64
    );
}
