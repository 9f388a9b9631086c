//! Sets the order of rules, for instance after they were dragged in a list.

use utoipa::ToSchema;

use super::{
    Rule,
    bulk::{Counted, named, once},
    change::Changes,
    refusal::RuleRefusal,
};
use crate::{
    audit::Actor,
    idempotency::{Key, Once},
    store::Tx,
};

/// The distance between the sort orders of two rules after a reorder, which leaves room for rules in between.
const STEP: i32 = 10;

/// Rules from first to last.
#[derive(Clone, Debug, PartialEq, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ids": ["rule_01h455vb4pex5vsknk084sn02q"] }))]
pub struct RuleOrder {
    /// Their ids.
    #[schema(max_items = 10_000)]
    pub ids: Vec<String>,
}

/// Gives rules the sort orders 10, 20, 30 … in this order. Rules that are not named keep their sort order.
pub fn reorder(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    order: &RuleOrder,
) -> Result<Once<Counted>, RuleRefusal> {
    once(tx, actor, key, |tx| {
        let rules = named(tx, &order.ids)?;
        let count = rules.len();
        let mut changes = Changes::by(actor);
        let sort_orders = (1..).map(|place: i32| place.saturating_mul(STEP));
        for (rule, sort_order) in rules.into_iter().zip(sort_orders) {
            if rule.sort_order != sort_order {
                let after = Rule {
                    sort_order,
                    ..rule.clone()
                };
                changes.replace(tx, "reorder", rule, after)?;
            }
        }
        let changed = changes.len();
        let revision = changes.commit(tx, "reorder", "Put the rules in another order")?;
        Ok(Counted {
            count,
            changed,
            revision,
        })
    })
}
