//! What `integrations` asks about rules: who uses this payment method, and how they change without it.

use super::{Rule, change::Changes, store};
use crate::{
    audit::Actor,
    ids::{IntegrationId, RuleId},
    payment_methods,
    store::{Conn, StoreError, Tx},
};

/// A rule that offers an integration's method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleUse {
    pub id: RuleId,
    pub name: String,
    pub enabled: bool,
    /// How many other methods of the rule are on: with none, the rule offers nothing without this one.
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

/// Those of them that cannot be read, and so cannot lose a method; they can be deleted.
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
                let id: RuleId = row
                    .id
                    .parse()
                    .map_err(|_| StoreError::unreadable(format!("the rule {}", row.id)))?;
                let name = store::find_version(conn, id)?.map(|(_, name)| name);
                unreadable.push(RuleUse {
                    id,
                    name: name.unwrap_or_default(),
                    // Checkout goes on without it.
                    enabled: false,
                    other_enabled_methods: 0,
                });
            }
        }
    }
    Ok((rules, unreadable))
}

/// Rules that lost a method, as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detached {
    pub rules: Vec<RuleUse>,
    /// Those of them that were on and have no method that is on.
    pub without_methods: Vec<RuleUse>,
}

/// Takes an integration's method out of every rule, as one revision. A rule that is left with no method keeps an empty list
/// and is turned off: it could only stop others, which nobody asked of it.
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
        // Somebody may have taken it out before the lock was ours.
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
        // One that cannot be read is not offered.
        .filter_map(Result::ok)
        .filter(|method| method.enabled && method.id.integration != integration)
        .map(|method| method.id.integration)
        .collect();
    Ok(rules
        .iter()
        .map(|rule| RuleUse {
            id: rule.id,
            name: rule.name.clone(),
            enabled: rule.enabled,
            other_enabled_methods: rule
                .payment_methods
                .iter()
                .filter(|method| on.contains(&method.id.integration))
                .map(|_| 1)
                .sum(),
        })
        .collect())
}
