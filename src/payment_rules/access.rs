//! Access to rules for callers whose tokens are bound to websites: they may read the rules that apply to one of their
//! websites, and change those that apply to no other website.

use super::{Rule, refusal::RuleRefusal, store};
use crate::{
    auth::{WebsiteRefusal, Websites},
    ids::RuleId,
    store::Tx,
};

/// Whether the caller may read the rule: it applies to one of the caller's websites, or to all.
pub fn may_read(rule: &Rule, caller: &Websites) -> bool {
    may_read_of(&rule.websites, caller)
}

/// As [`may_read`], for a rule that applies to the websites `names`.
pub fn may_read_of(names: &[String], caller: &Websites) -> bool {
    names.is_empty() || names.iter().any(|it| caller.include(Some(it)))
}

/// Refuses a rule that also applies to other websites, or to all.
pub fn check_websites(names: &[String], caller: &Websites) -> Result<(), RuleRefusal> {
    let is_within = !names.is_empty() && names.iter().all(|it| caller.include(Some(it)));
    match caller.is_bound() && !is_within {
        true => Err(WebsiteRefusal::NotYours.into()),
        false => Ok(()),
    }
}

/// Refuses a change of the stored rule if the caller may not make it. A rule that the caller may not read is reported
/// as not found.
pub fn check_change(tx: &mut Tx<'_>, id: RuleId, caller: &Websites) -> Result<(), RuleRefusal> {
    if !caller.is_bound() {
        return Ok(());
    }
    let rule = store::find_locked(tx, id)?.filter(|rule| may_read(rule, caller));
    check_websites(&rule.ok_or(RuleRefusal::NoSuchRule(id))?.websites, caller)
}
