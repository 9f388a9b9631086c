//! What callers may do with rules whose tokens are bound to websites: they read the rules that concern one of their
//! websites, and change those that concern no other.

use super::{Rule, refusal::RuleRefusal, store};
use crate::{
    auth::{WebsiteRefusal, Websites},
    ids::RuleId,
    store::Tx,
};

/// Whether the rule is for one of these websites, or for all.
pub fn may_read(rule: &Rule, caller: &Websites) -> bool {
    may_read_of(&rule.websites, caller)
}

/// The same of a rule that is for the websites `names`.
pub fn may_read_of(names: &[String], caller: &Websites) -> bool {
    !caller.is_bound() || names.is_empty() || names.iter().any(|it| caller.include(Some(it)))
}

/// Refuses a rule that is for other websites, too, or for all.
pub fn check_websites(names: &[String], caller: &Websites) -> Result<(), RuleRefusal> {
    let is_within = !names.is_empty() && names.iter().all(|it| caller.include(Some(it)));
    match caller.is_bound() && !is_within {
        true => Err(WebsiteRefusal::NotYours.into()),
        false => Ok(()),
    }
}

/// Refuses a change to the rule as it is stored. One that the caller may not read does not exist for it.
pub fn check_change(tx: &mut Tx<'_>, id: RuleId, caller: &Websites) -> Result<(), RuleRefusal> {
    if !caller.is_bound() {
        return Ok(());
    }
    let rule = store::find_locked(tx, id)?.filter(|rule| may_read(rule, caller));
    check_websites(&rule.ok_or(RuleRefusal::NoSuchRule(id))?.websites, caller)
}
