//! `POST /v1/payment-rules/bulk`

use serde_json::{Map, Value};

use super::{
    super::{
        bulk::{self, BulkAction, BulkChange, Counted, Selection},
        difference::Difference,
        store::list::RuleFilter,
    },
    analysis::{Analyze, RuleAnalyst},
    warned::Warnings,
};
use crate::{operation::prelude::*, store::Conn};

/// The maximum number of ids in one body.
pub const MAX_IDS: usize = 10_000;

/// The result of a change to many rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesChanged {
    /// The number of rules that were named.
    #[schema(example = 3)]
    count: usize,
    /// The number of rules that were actually changed.
    #[schema(example = 2)]
    changed: usize,
    /// The newest revision of the rules.
    #[schema(example = 17)]
    revision: i64,
    #[serde(flatten)]
    warnings: Warnings,
}

/// Turn many payment rules on or off, or delete them
///
/// All of them or, when one is invalid, none. The rules are named by `ids`, or by `filter` with the filters of the
/// list; an empty filter means all rules.
#[utoipa::path(
    params(OptionalKey, ForceParameter, Analyze),
    request_body(content = BulkChange, example = json!({ "action": "disable", "filter": { "currency": "EUR", "country": "DE" } })),
    responses((status = 200, description = "The number of changed rules.", body = RulesChanged)),
)]
#[post("/v1/payment-rules/bulk")]
pub async fn change_payment_rules(
    call: Write<scope::RulesWrite, JsonObject, (Option<Key>, Refusable), Analyze>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let (key, refusable) = call.header;
    let change = read(&call.body.0)?;
    let switches_on = change.action == BulkAction::Enable;
    let refusable = match switches_on {
        true => refusable,
        false => Refusable::Never,
    };
    let done = writes
        .write(refusable, &call.actor, move |tx, actor| {
            bulk::apply(tx, actor, key.as_ref(), &change)
        })
        .await?;
    let counted = done.value.value;
    let switched_on = match switches_on && counted.changed > 0 {
        true => {
            let read = move |conn: &mut Conn| Difference::of_revision(conn, counted.revision);
            writes.store().snapshot(read).await?.saved()
        }
        false => Vec::new(),
    };
    let websites = call.caller.websites();
    let analysis = analyst
        .analyze_saved(&switched_on, call.query, websites)
        .await;
    let warnings = Warnings::of(switched_on, analysis, done.warnings).await?;
    Ok(answer(&done.value, warnings))
}

/// The answer: the counts, and the warnings about the rules that were enabled.
pub fn answer(done: &Once<Counted>, warnings: Warnings) -> HttpResponse {
    Reply::ok().replayed(done.replayed).json(RulesChanged {
        count: done.value.count,
        changed: done.value.changed,
        revision: done.value.revision,
        warnings,
    })
}

fn read(body: &Map<String, Value>) -> Result<BulkChange, Problem> {
    Fields::read(body, |fields| {
        let action = read_action(fields);
        let selection = match (fields.value("ids"), fields.object("filter")) {
            (Some(_), None) => Some(Selection::Ids(fields.texts("ids", MAX_IDS, 255))),
            (None, Some(filter)) => Some(Selection::Filter(read_filter(filter))),
            (None, None) if fields.value("filter").is_some() => None,
            (None, None) => {
                fields.refuse("ids", "required", "Name the rules by `ids` or by `filter`.");
                None
            }
            (Some(_), Some(_)) => {
                let message = "Name the rules by `ids` or by `filter`, not by both.";
                fields.refuse("filter", "not_both", message);
                None
            }
        };
        let (action, selection) = action.zip(selection)?;
        Some(BulkChange { action, selection })
    })
}

fn read_action(fields: &Fields<'_>) -> Option<BulkAction> {
    let word = fields.text("action", 1, 255)?;
    let known = BulkAction::parse(&word);
    if known.is_none() {
        let message = format!("`action` must be enable, disable or delete, not `{word}`.");
        fields.refuse("action", "not_understood", message);
    }
    known
}

/// Reads the filters from an object of a body, without the creation and change times of rules.
fn read_filter(fields: Fields<'_>) -> RuleFilter {
    let flag = |name| fields.value(name).map(|_| fields.flag(name, false));
    let filter = RuleFilter {
        enabled: flag("enabled"),
        currency: fields.text_value("currency"),
        name: fields.text_value("name"),
        payment_method: fields
            .text_value("paymentMethodId")
            .or_else(|| fields.text_value("paymentMethod")),
        country: fields.text_value("country"),
        website: fields.optional_text("website", 255),
        stop_processing: flag("stopProcessing"),
        active_at: fields.instant("activeAt"),
        ..RuleFilter::default()
    };
    fields.finish();
    filter
}
