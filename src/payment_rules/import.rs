//! Takes a whole set of rules in, from a file that an export wrote, here or in another installation.
//!
//! A rule is known by its id. A payment method is known by its id too and, where that names nothing here, by the type and
//! the name of its integration.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    Draft, Kept, Rule,
    change::Changes,
    difference::{Difference, Others},
    draft,
    methods::Living,
    refusal::Refusal,
    store,
};
use crate::{
    audit::Actor,
    body::{self, Fields, Findings},
    idempotency::{self, Key, Once},
    ids::{self, RuleId},
    payment_methods::{Method, MethodType, PaymentMethodId},
    problem::{FieldError, Problem},
    store::{Conn, StoreError, Tx},
};

/// How many rules one file may hold.
const MAX_RULES: usize = 10_000;

/// What an import did or would do, and the newest revision of the rules.
#[derive(Clone, Debug)]
pub struct Imported {
    pub difference: Difference,
    pub revision: i64,
}

/// Reads a file; 422 with all that is wrong in any of its rules. `stored` are the rules that are there now.
pub fn read(
    file: &Map<String, Value>,
    methods: &[Method],
    stored: &HashMap<RuleId, Rule>,
    actor: &Actor,
) -> Result<Vec<Rule>, Problem> {
    let findings = Findings::default();
    let fields = Fields::of(file, &findings);
    fields.ignore(&["exportedAt", "revision"]);
    fields.integer("version", 1..=1);
    fields.required("rules");
    let resolve = |entry: &Fields<'_>| resolve(entry, methods);
    let mut seen = HashSet::new();
    let rules = fields
        .list("rules", MAX_RULES)
        .into_iter()
        .filter_map(|(pointer, item)| {
            let rule = body::object_at(item, pointer, &findings)?;
            let id = read_id(&rule, actor, &mut seen);
            let stored = id.and_then(|id| stored.get(&id));
            let draft = Draft::read_with(rule, &resolve, stored.map_or(Kept::Nothing, Kept::of));
            Some(Rule::new(id?, draft?, actor.at))
        })
        .collect();
    fields.finish();
    findings.into_result(Some(rules))
}

/// A rule without an id is new.
fn read_id(rule: &Fields<'_>, actor: &Actor, seen: &mut HashSet<RuleId>) -> Option<RuleId> {
    let Some(value) = rule.value("id") else {
        return Some(ids::fresh(actor.at));
    };
    let Some(id) = value.as_str().and_then(|text| text.parse().ok()) else {
        rule.refuse(
            "id",
            "not_an_id",
            "`id` must be the id of a payment rule, or absent.",
        );
        return None;
    };
    if !seen.insert(id) {
        rule.refuse("id", "duplicate", format!("`{id}` is listed twice."));
        return None;
    }
    Some(id)
}

fn resolve(entry: &Fields<'_>, methods: &[Method]) -> Option<PaymentMethodId> {
    let text = entry.optional_text("id", 255);
    let kind = entry.optional_text("type", 255);
    let name = entry.optional_text("name", 255);
    let by_id = text.as_deref().and_then(PaymentMethodId::parse);
    let by_name = kind
        .as_deref()
        .and_then(MethodType::parse)
        .zip(name.as_deref());
    let found = methods
        .iter()
        .find(|method| by_id == Some(method.id))
        .or_else(|| {
            let is_named =
                |method: &&Method| by_name == Some((method.id.kind, method.name.as_str()));
            methods.iter().find(is_named)
        });
    if found.is_none() {
        let message = match (&text, &name) {
            (_, Some(name)) => format!(
                "There is no payment method of this type named `{name}` here, and none with this id."
            ),
            (Some(text), None) => draft::no_such_method(text),
            (None, None) => "A payment method needs its `id`, or `type` and `name`.".to_owned(),
        };
        entry.refuse("id", draft::UNKNOWN_METHOD, message);
    }
    found.map(|method| method.id)
}

/// What an import would do now.
pub fn foresee(conn: &mut Conn, rules: &[Rule], others: Others) -> Result<Imported, StoreError> {
    let current = store::load_all(conn)?;
    Ok(Imported {
        difference: Difference::between(current, rules.to_vec(), others),
        revision: store::history::newest(conn)?,
    })
}

/// Adds the rules, or updates those whose id is known.
pub fn import(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    rules: &[Rule],
    others: Others,
) -> Result<Once<Imported>, Refusal> {
    idempotency::once(
        tx,
        key,
        actor.at,
        |tx| {
            require_methods(tx, rules)?;
            let current = store::load_all_locked(tx)?;
            let difference = Difference::between(current, rules.to_vec(), others);
            let mut changes = Changes::by(actor);
            difference.apply(tx, &mut changes)?;
            let changed = changes.len() > 0;
            let revision = changes.commit(tx, "import", &difference.summary("Imported rules"))?;
            Ok((
                write(revision, changed),
                Imported {
                    difference,
                    revision,
                },
            ))
        },
        |tx, operation| Ok(remember(tx, operation, rules)?),
    )
}

/// The revision, and whether it is the import's own.
fn write(revision: i64, changed: bool) -> String {
    format!("{revision} {changed}")
}

/// What the import did when it was asked for the first time; the rest of its file was as it should be.
fn remember(conn: &mut Conn, operation: &str, rules: &[Rule]) -> Result<Imported, StoreError> {
    let (revision, changed) = operation
        .split_once(' ')
        .and_then(|(revision, changed)| Some((revision.parse().ok()?, changed.parse().ok()?)))
        .ok_or_else(|| StoreError::unreadable("the import of an idempotency key"))?;
    let mut difference = if changed {
        Difference::of_revision(conn, revision)?
    } else {
        Difference::default()
    };
    let ids: Vec<RuleId> = rules.iter().map(|rule| rule.id).collect();
    difference.unchanged = store::load_many(conn, &ids)?;
    let touched = difference
        .updated
        .iter()
        .map(|(_, after)| after)
        .chain(&difference.created);
    let touched: HashSet<RuleId> = touched.map(|rule| rule.id).collect();
    difference
        .unchanged
        .retain(|rule| !touched.contains(&rule.id));
    Ok(Imported {
        difference,
        revision,
    })
}

/// They were found before this transaction began.
fn require_methods(tx: &mut Tx<'_>, rules: &[Rule]) -> Result<(), Refusal> {
    let living = Living::among(tx, rules.iter().flat_map(|rule| &rule.payment_methods))?;
    let missing: Vec<FieldError> = rules
        .iter()
        .enumerate()
        .flat_map(|(index, rule)| living.missing(&format!("/rules/{index}"), &rule.payment_methods))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(missing))
    }
}
