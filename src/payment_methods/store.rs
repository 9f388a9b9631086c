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
        let (id, version) = (row.0.clone(), row.7);
        method(row).map_err(|why| UnreadableRow { id, version, why })
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

fn method(row: PaymentMethodRow) -> Result<Method, StoreError> {
    let (id, kind, name, enabled, label, short_label, settings, version) = row;
    let unreadable = |what: &str| StoreError::unreadable(format!("{what} of {id}"));
    let kind = MethodType::parse(&kind).ok_or_else(|| unreadable("the type"))?;
    let labels = |text: &str| -> Result<Labels, StoreError> {
        serde_json::from_str(text).map_err(|_| unreadable("a label"))
    };
    let settings: MethodSettings =
        serde_json::from_str(&settings).map_err(|_| unreadable("the settings"))?;
    Ok(Method {
        id: PaymentMethodId {
            kind,
            integration: id.parse().map_err(|_| unreadable("the id"))?,
        },
        name,
        enabled,
        label: labels(&label)?,
        short_label: labels(&short_label)?,
        terms: terms(kind, settings),
        version,
    })
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
