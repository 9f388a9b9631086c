//! Reads payment methods from the rows of their integrations.

pub mod history;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{AccountTerms, CreditPolicy, Method, MethodType, PaymentMethodId, Terms};
use crate::{
    locale::Labels,
    money::Currency,
    store::{Conn, StoreError, UnreadableRow, schema::integrations},
};

type PaymentMethodRow = (String, String, String, bool, String, String, String, i64);

/// All methods that are not archived, oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Method>, StoreError> {
    let methods: Result<_, UnreadableRow> = list_each(conn)?.into_iter().collect();
    Ok(methods?)
}

/// As [`list`], but each unreadable method is an error of its own.
pub fn list_each(conn: &mut Conn) -> Result<Vec<Result<Method, UnreadableRow>>, StoreError> {
    let rows: Vec<PaymentMethodRow> = rows().load(conn)?;
    let each = rows.into_iter().map(|row| {
        let body = MethodBody::of(&row);
        let (id, version) = (row.0, row.7);
        body.and_then(|body| body.method(&id, version))
            .map_err(|why| UnreadableRow { id, version, why })
    });
    Ok(each.collect())
}

#[diesel::dsl::auto_type]
fn rows() -> _ {
    integrations::table
        .filter(integrations::archived_at.is_null())
        .order(integrations::id)
        .select((
            integrations::id,
            integrations::type_,
            integrations::name,
            integrations::enabled,
            integrations::label,
            integrations::short_label,
            integrations::settings,
            integrations::version,
        ))
}

/// The part of an integration's settings that is read here and stored in the history; `integrations` writes the
/// settings.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct MethodSettings {
    #[serde(default)]
    currencies: Vec<String>,
    #[serde(default)]
    test_mode: bool,
    base_url: Option<String>,
    #[serde(default)]
    credit: CreditPolicy,
    #[serde(default)]
    instructions: String,
    net_days: Option<u16>,
    #[serde(default)]
    pay_to: String,
    #[serde(default)]
    send_to: String,
}

/// A method without its id and version; the JSON of a version in the history.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct MethodBody {
    #[serde(rename = "type")]
    kind: MethodType,
    name: String,
    enabled: bool,
    label: Labels,
    short_label: Labels,
    settings: MethodSettings,
}

impl MethodBody {
    fn of(row: &PaymentMethodRow) -> Result<Self, StoreError> {
        let (id, kind, name, enabled, label, short_label, settings, _) = row;
        let unreadable = |what: &str| StoreError::unreadable(format!("{what} of {id}"));
        let labels = |text: &str| serde_json::from_str(text).map_err(|_| unreadable("a label"));
        Ok(MethodBody {
            kind: MethodType::parse(kind).ok_or_else(|| unreadable("the type"))?,
            name: name.clone(),
            enabled: *enabled,
            label: labels(label)?,
            short_label: labels(short_label)?,
            settings: serde_json::from_str(settings).map_err(|_| unreadable("the settings"))?,
        })
    }

    fn method(self, id: &str, version: i64) -> Result<Method, StoreError> {
        let unreadable = |_| StoreError::unreadable(format!("the id of {id}"));
        Ok(Method {
            id: PaymentMethodId {
                kind: self.kind,
                integration: id.parse().map_err(unreadable)?,
            },
            name: self.name,
            enabled: self.enabled,
            label: self.label,
            short_label: self.short_label,
            terms: terms(self.kind, self.settings),
            version,
        })
    }
}

fn terms(kind: MethodType, settings: MethodSettings) -> Terms {
    match kind {
        MethodType::Apruve => Terms::Provider(AccountTerms {
            currencies: settings
                .currencies
                .iter()
                .filter_map(|code| Currency::parse(code))
                .collect(),
            test_mode: settings.test_mode,
            credit: settings.credit,
            origin: settings
                .base_url
                .unwrap_or_else(|| apruve_origin(settings.test_mode).to_owned()),
        }),
        MethodType::PaymentTerm => Terms::PaymentTerm {
            instructions: settings.instructions,
            net_days: settings.net_days,
        },
        MethodType::CheckMoneyOrder => Terms::CheckMoneyOrder {
            pay_to: settings.pay_to,
            send_to: settings.send_to,
        },
    }
}

/// Apruve's origin for integrations without a host of their own.
pub fn apruve_origin(test_mode: bool) -> &'static str {
    if test_mode {
        "https://test.apruve.com"
    } else {
        "https://app.apruve.com"
    }
}
