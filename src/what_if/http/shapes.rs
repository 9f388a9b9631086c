//! The JSON of trials.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    ids::RecordedCartId,
    money::{Currency, sum_to_decimal},
    recording::{RecordedCart, RecordedRow},
    seal::Sealer,
    what_if::{
        tally::{Affected, Tally},
        trial::{WhatIf, WhatIfStatus},
    },
};

/// A trial of other rules on recorded carts.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIf)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownWhatIf {
    /// The trial's id.
    #[schema(example = "whatif_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// Whether the trial is running, and how it ended.
    status: WhatIfStatus,
    /// The subject of the token that requested the trial.
    #[schema(example = "alice")]
    requested_by: String,
    /// When the trial was requested; the dates of rules are judged at this instant.
    created_at: DateTime<Utc>,
    /// When the trial ended; null while it is running.
    finished_at: Option<DateTime<Utc>>,
    /// Only carts recorded at or after this instant; null means all.
    from: Option<DateTime<Utc>>,
    /// Only carts recorded before this instant; null means until the request.
    until: Option<DateTime<Utc>>,
    /// The revision that is tried; null if rules were posted.
    #[schema(example = 12)]
    revision: Option<i64>,
    /// The revision that was live at the time of the request. The other rules are compared with it.
    #[schema(example = 17)]
    live_revision: i64,
    /// The progress of the trial.
    progress: TrialProgress,
    /// The results; null until the trial is finished.
    result: Option<TrialResult>,
}

/// The progress of a trial.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfProgress)]
#[serde(rename_all = "camelCase")]
struct TrialProgress {
    /// The number of carts in the window when the trial began.
    #[schema(example = 1200)]
    total: i64,
    /// The number of carts tried so far.
    #[schema(example = 1200)]
    evaluated: i64,
}

/// The results of a trial.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfResult)]
#[serde(rename_all = "camelCase")]
struct TrialResult {
    /// The number of carts that were tried.
    #[schema(example = 1200)]
    carts: u64,
    /// The number of carts that would gain or lose a method.
    #[schema(example = 31)]
    changed: u64,
    /// The number of carts that cannot be judged, because an attribute that a rule reads was not recorded.
    #[schema(example = 2)]
    undecidable: u64,
    /// The methods that gain or lose carts, in the order of their ids.
    methods: Vec<MethodChange>,
    /// Carts that have a method with the live rules, and none with the other rules.
    without_method: AffectedCarts,
}

/// The carts that a payment method gains and loses.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfMethod)]
#[serde(rename_all = "camelCase")]
struct MethodChange {
    /// The method's id.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The name of its integration.
    #[schema(example = "Apruve US")]
    name: String,
    /// Carts that would be offered the method, and are not with the live rules.
    gained: AffectedCarts,
    /// Carts that would not be offered the method, and are with the live rules.
    lost: AffectedCarts,
}

/// Carts with the same effect.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfCarts)]
#[serde(rename_all = "camelCase")]
struct AffectedCarts {
    /// The number of carts.
    #[schema(example = 31)]
    carts: u64,
    /// The sum of their totals, by currency. A cart without a total adds nothing.
    amounts: Vec<AffectedAmount>,
    /// The first of the carts, at most ten.
    #[schema(max_items = 10)]
    examples: Vec<CartExample>,
}

/// The totals of carts in one currency.
#[derive(Serialize, ToSchema)]
#[schema(as = WhatIfAmount)]
#[serde(rename_all = "camelCase")]
struct AffectedAmount {
    /// The currency of the amount.
    #[schema(value_type = Currency)]
    currency: Currency,
    /// The sum.
    #[schema(example = "40120.50")]
    amount: String,
}

/// A recorded cart.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedCart)]
#[serde(rename_all = "camelCase")]
struct CartExample {
    /// When checkout was asked about it.
    recorded_at: DateTime<Utc>,
    /// The recorded part of the cart; it can be sent to `/v1/payment-rules/evaluate`.
    #[schema(value_type = Object, example = json!({ "currency": "USD", "total": 1290.50, "billingAddress": { "countryIso2": "US" } }))]
    cart: Box<RawValue>,
    /// The paths of the attributes that were not recorded.
    #[schema(example = json!(["billingAddress.street", "customerUser"]))]
    withheld: Vec<String>,
}

/// Recorded carts by their ids.
type RecordedCarts = HashMap<RecordedCartId, RecordedRow>;

impl ShownWhatIf {
    /// A trial, with its results if it is given the example carts that still exist.
    pub(super) fn of(trial: WhatIf, examples: Option<(&RecordedCarts, &Sealer)>) -> Self {
        ShownWhatIf {
            result: examples.map(|(rows, sealer)| result(trial.read_tally(), rows, sealer)),
            id: trial.id.to_string(),
            status: trial.status,
            requested_by: trial.requested_by,
            created_at: trial.created_at,
            finished_at: trial.finished_at,
            from: trial.window_from,
            until: trial.window_until,
            revision: trial.revision,
            live_revision: trial.live_revision,
            progress: TrialProgress {
                total: trial.total,
                evaluated: trial.evaluated,
            },
        }
    }
}

fn result(tally: Tally, rows: &RecordedCarts, sealer: &Sealer) -> TrialResult {
    let shown = |affected: Affected| affected_carts(affected, rows, sealer);
    let methods = tally.methods.into_iter().map(|(id, method)| MethodChange {
        id,
        name: method.name,
        gained: shown(method.gained),
        lost: shown(method.lost),
    });
    TrialResult {
        carts: tally.carts,
        changed: tally.changed,
        undecidable: tally.undecidable,
        methods: methods.collect(),
        without_method: shown(tally.without_method),
    }
}

fn affected_carts(affected: Affected, rows: &RecordedCarts, sealer: &Sealer) -> AffectedCarts {
    let amounts = affected.minor.into_iter();
    let amounts = amounts.map(|(currency, minor)| AffectedAmount {
        currency,
        amount: sum_to_decimal(minor, currency).to_string(),
    });
    let examples = affected.examples.iter().filter_map(|id| rows.get(id));
    AffectedCarts {
        carts: affected.carts,
        amounts: amounts.collect(),
        examples: examples.filter_map(|row| example(row, sealer)).collect(),
    }
}

fn example(row: &RecordedRow, sealer: &Sealer) -> Option<CartExample> {
    let opened = row.open(sealer).ok()?;
    let recorded = RecordedCart::parse(&opened)?;
    let withheld = recorded.withheld.into_iter();
    Some(CartExample {
        recorded_at: row.recorded_at,
        cart: recorded.cart.to_owned(),
        withheld: withheld.map(|path| path.into_owned()).collect(),
    })
}
