//! Restores the rules of an earlier revision.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Rule,
    change::Changes,
    difference::{Difference, Others},
    methods::Living,
    refusal::RuleRefusal,
    store,
};
use crate::{
    audit::Actor,
    http::precondition::IfMatch,
    idempotency::{self, Key, Once},
    ids::RuleId,
    payment_methods::PaymentMethodId,
    store::{StoreError, Tx, revisions},
};

/// The result of a restore.
#[derive(Clone, Debug)]
pub struct Restored {
    pub difference: Difference,
    /// The newest revision of the rules.
    pub revision: i64,
    /// The methods that no longer exist, with the rules from which they were left out.
    pub missing: Vec<MissingMethod>,
}

/// A payment method that no longer exists.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissingMethod {
    /// The rule that had the method.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    rule_id: RuleId,
    /// The method that does not exist any more.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: PaymentMethodId,
}

/// Restores the rules of revision `number`, unless the rules have changed since the caller read them. Methods that no
/// longer exist are left out, and a rule without any method is disabled.
pub fn restore(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    if_match: &IfMatch,
    number: i64,
) -> Result<Once<Restored>, RuleRefusal> {
    idempotency::once(
        tx,
        key,
        actor.at,
        |tx| {
            let restored = restore_now(tx, actor, if_match, number)?;
            let operation = restored.difference.operation(restored.revision);
            Ok((operation, restored))
        },
        |tx, operation| {
            let (_, missing) = wanted(tx, number)?;
            let (difference, revision) = Difference::of_operation(tx, operation)?;
            tx.answer_with(revision);
            Ok(Restored {
                difference,
                revision,
                missing,
            })
        },
    )
}

fn restore_now(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: &IfMatch,
    number: i64,
) -> Result<Restored, RuleRefusal> {
    store::history::find(tx, number)?.ok_or(RuleRefusal::NoSuchRevision(number))?;
    let (wanted, missing) = wanted(tx, number)?;
    // Lock the rules before the revision, in the order of all writers, so that no deadlock is possible.
    store::load_all_locked(tx)?;
    revisions::current_locked(tx)?;
    if_match.check(store::history::newest(tx)?)?;
    let current = store::load_all(tx)?;
    let difference = Difference::between(current, wanted, Others::Delete);
    let mut changes = Changes::by(actor);
    difference.apply(tx, &mut changes)?;
    let summary = difference.summary(&format!("Restored revision {number}"));
    let revision = changes.commit(tx, "restore", &summary)?;
    Ok(Restored {
        difference,
        revision,
        missing,
    })
}

fn wanted(tx: &mut Tx<'_>, number: i64) -> Result<(Vec<Rule>, Vec<MissingMethod>), StoreError> {
    let mut rules = store::history::as_of(tx, number)?;
    let living = Living::among(tx, rules.iter().flat_map(|rule| &rule.payment_methods))?;
    let mut missing = Vec::new();
    for rule in &mut rules {
        let rule_id = rule.id;
        let gone = rule
            .payment_methods
            .extract_if(.., |method| !living.has(method.id));
        missing.extend(gone.map(|method| MissingMethod {
            rule_id,
            payment_method_id: method.id,
        }));
        rule.enabled &= !rule.payment_methods.is_empty();
    }
    Ok((rules, missing))
}
