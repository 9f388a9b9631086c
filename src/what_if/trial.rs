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
    /// How far a trial of rules on recorded carts is.
    WhatIfStatus as "WhatIfStatus" {
        /// Carts are left to try.
        Running = "running",
        /// All were tried.
        Finished = "finished",
        /// It was begun again and again and never got on, or its rules cannot be read any more.
        Failed = "failed",
    }
}

/// A row.
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
    /// Before this moment the carts were recorded that are read.
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub read_until: DateTime<Utc>,
    /// Whose rules, methods and settings are tried; otherwise there are `rules`.
    pub revision: Option<i64>,
    /// Rules as JSON, in the place of the live ones.
    pub rules: Option<String>,
    /// Whose rules, methods and settings they are compared with.
    pub live_revision: i64,
    /// How many carts there were when it began, and how many were tried.
    pub total: i64,
    pub evaluated: i64,
    /// A [`Tally`] as JSON.
    pub tally: String,
    /// The last cart that was tried.
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
