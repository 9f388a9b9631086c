//! A trial of rules. No I/O.

use chrono::{DateTime, Utc};
use diesel::{Insertable, Queryable, Selectable};

use super::tally::Tally;
use crate::{
    ids::WhatIfId,
    recording::RecordingWindow,
    store::{
        columns::{MaybeMoment, Moment},
        schema::what_ifs,
    },
    string_enum::string_enum,
};

string_enum! {
    /// The state of a trial of rules on recorded carts.
    WhatIfStatus as "WhatIfStatus" {
        /// Some carts are not tried yet.
        Running = "running",
        /// All carts were tried.
        Finished = "finished",
        /// The trial made no progress in several attempts, or its rules can no longer be read.
        Failed = "failed",
    }
}

/// A row of `what_ifs`.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = what_ifs)]
pub struct WhatIf {
    pub id: WhatIfId,
    pub status: WhatIfStatus,
    pub requested_by: String,
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub created_at: DateTime<Utc>,
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub finished_at: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub window_from: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub window_until: Option<DateTime<Utc>>,
    /// Only carts recorded before this moment are read.
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub read_until: DateTime<Utc>,
    /// The revision whose rules, methods and settings are tried; `None` if `rules` are tried.
    pub revision: Option<i64>,
    /// The rules as JSON, which replace the live ones.
    pub rules: Option<String>,
    /// The revision whose rules, methods and settings they are compared with.
    pub live_revision: i64,
    /// The number of carts in the window when the trial began; `evaluated` is the number of carts tried so far.
    pub total: i64,
    pub evaluated: i64,
    /// A [`Tally`] as JSON.
    pub tally: String,
    /// The id of the last cart that was tried.
    pub position: String,
}

impl WhatIf {
    /// The carts that are tried.
    pub fn window(&self) -> RecordingWindow {
        RecordingWindow {
            from: self.window_from,
            until: Some(self.read_until),
        }
    }

    /// The results of the carts so far.
    pub fn read_tally(&self) -> Tally {
        serde_json::from_str(&self.tally).unwrap_or_default()
    }
}
