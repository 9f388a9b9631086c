//! The use of payment methods by rules, for `integrations`: which rules offer a method, and its removal from all rules.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Rule, change::Changes, store};
use crate::{
    audit::Actor,
    ids::{IntegrationId, RuleId},
    payment_methods,
    store::{Conn, StoreError, Tx},
};

/// A rule that offers an integration's method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleRef)]
pub struct RuleUse {
    /// The rule's id.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub id: RuleId,
    /// The rule's name.
    #[schema(example = "US buyers")]
    pub name: String,
    /// Whether the rule is enabled.
    pub enabled: bool,
    /// The number of other methods of the rule that are enabled. If 0, the rule offers nothing without this one.
    #[serde(skip)]
    pub other_enabled_methods: i64,
}

/// The rules that offer an integration's method, in the order in which checkout walks them.
pub fn rules_using(
    conn: &mut Conn,
    integration: IntegrationId,
) -> Result<Vec<RuleUse>, StoreError> {
    let (mut rules, unreadable) = readable(conn, integration)?;
    rules.sort_by_key(|rule| (rule.sort_order, rule.id.to_string()));
    let mut all = uses(conn, integration, &rules)?;
    all.extend(unreadable);
    Ok(all)
}

/// The rules that offer an integration's method and cannot be read. The method cannot be removed from them, but they
/// can be deleted.
pub fn unreadable_rules_using(
    conn: &mut Conn,
    integration: IntegrationId,
) -> Result<Vec<RuleUse>, StoreError> {
    Ok(readable(conn, integration)?.1)
}

fn readable(
    conn: &mut Conn,
    integration: IntegrationId,
) -> Result<(Vec<Rule>, Vec<RuleUse>), StoreError> {
    let ids = store::ids_using(conn, integration)?;
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let (mut rules, mut unreadable) = (Vec::new(), Vec::new());
    for rule in store::load_each(conn, &texts)? {
        match rule {
            Ok(rule) => rules.push(rule),
            Err(row) => {
                let not_an_id = |_| StoreError::unreadable(format!("the rule {}", row.id));
                let id: RuleId = row.id.parse().map_err(not_an_id)?;
                let name = store::find_version(conn, id)?.map(|(_, name)| name);
                unreadable.push(RuleUse {
                    id,
                    name: name.unwrap_or_default(),
                    // Checkout ignores an unreadable rule.
                    enabled: false,
                    other_enabled_methods: 0,
                });
            }
        }
    }
    Ok((rules, unreadable))
}

/// The rules from which a method was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detached {
    pub rules: Vec<RuleUse>,
    /// The rules that were enabled and now have no enabled method.
    pub without_methods: Vec<RuleUse>,
}

/// Removes an integration's method from every rule, as one revision. A rule that is left without any method is
/// disabled, because it could only stop other rules.
pub fn detach(
    tx: &mut Tx<'_>,
    actor: &Actor,
    integration: IntegrationId,
) -> Result<Detached, StoreError> {
    let ids = store::ids_using(tx, integration)?;
    let mut rules = store::load_many_locked(tx, &ids)?;
    rules.sort_by_key(|rule| (rule.sort_order, rule.id.to_string()));
    let were_on: Vec<bool> = rules.iter().map(|rule| rule.enabled).collect();
    let mut changes = Changes::by(actor);
    for rule in &mut rules {
        let after = without(rule, integration);
        // Another transaction may have removed the method before the rule was locked.
        if after != *rule {
            *rule = changes.replace(tx, "detach", rule.clone(), after)?;
        }
    }
    let summary = format!("Took a payment method out of {} rules", changes.len());
    changes.commit(tx, "detach", &summary)?;
    let rules = uses(tx, integration, &rules)?;
    let without_methods = rules
        .iter()
        .zip(were_on)
        .filter(|(rule, was_on)| *was_on && rule.other_enabled_methods == 0)
        .map(|(rule, _)| rule.clone())
        .collect();
    Ok(Detached {
        rules,
        without_methods,
    })
}

fn without(rule: &Rule, integration: IntegrationId) -> Rule {
    let mut rule = rule.clone();
    rule.payment_methods
        .retain(|method| method.id.integration != integration);
    rule.enabled &= !rule.payment_methods.is_empty();
    rule
}

fn uses(
    conn: &mut Conn,
    integration: IntegrationId,
    rules: &[Rule],
) -> Result<Vec<RuleUse>, StoreError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let on: Vec<IntegrationId> = payment_methods::store::list_each(conn)?
        .into_iter()
        // An unreadable method is not offered.
        .filter_map(Result::ok)
        .filter(|method| method.enabled && method.id.integration != integration)
        .map(|method| method.id.integration)
        .collect();
    let uses = rules.iter().map(|rule| {
        let methods = rule.payment_methods.iter();
        let others = methods.filter(|method| on.contains(&method.id.integration));
        RuleUse {
            id: rule.id,
            name: rule.name.clone(),
            enabled: rule.enabled,
            other_enabled_methods: others.map(|_| 1).sum(),
        }
    });
    Ok(uses.collect())
}
