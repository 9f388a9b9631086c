//! `/v1/settings`

use serde_json::{Map, Value};

use super::{Accounts, LedgerAccount, ShopSettings, manage, store};
use crate::{
    geo,
    http::routing::Routes,
    locale,
    operation::prelude::*,
    store::{
        StoreError,
        revisions::{self, RevisionSubject},
    },
};

/// Mounts the calls.
pub fn routes(config: &mut impl Routes) {
    config.routing(get_settings).routing(replace_settings);
}

/// Read the settings
#[utoipa::path(
    params(IfNoneMatch),
    responses((status = 200, description = "The settings.", body = ShopSettings)),
)]
#[get("/v1/settings")]
async fn get_settings(
    read: Read<scope::SettingsRead>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (settings, version) = store
        .snapshot(|conn| {
            let settings = store::load(conn)?;
            Ok::<_, StoreError>((
                settings,
                revisions::newest(conn, RevisionSubject::Settings)?,
            ))
        })
        .await?;
    Ok(reply::versioned(&read.request, version, settings))
}

/// Replace the settings
///
/// Fields that are left out or null are not set. `If-Match` is optional; if it is sent, it must match the current
/// version.
#[utoipa::path(
    params(OptionalIfMatch, ForceParameter),
    request_body(content = ShopSettings),
    responses((status = 200, description = "The settings after the change.", body = SavedSettings)),
)]
#[put("/v1/settings")]
async fn replace_settings(
    call: Edit<scope::SettingsWrite, JsonObject, (Option<IfMatch>, Refusable)>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    let (if_match, refusable) = call.header;
    let settings = read(&call.body.0)?;
    let wanted = settings.clone();
    let saved = writes
        .write(refusable, &call.actor, move |tx, actor| {
            manage::replace(tx, actor, if_match.as_ref(), &wanted)
        })
        .await?;
    Ok(Reply::ok().version(saved.value).json(SavedSettings {
        settings,
        warnings: saved.warnings,
    }))
}

/// The settings as they were saved.
#[derive(Serialize, ToSchema)]
struct SavedSettings {
    #[serde(flatten)]
    settings: ShopSettings,
    /// The tests of the rules that fail now. Absent if none fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
}

fn read(body: &Map<String, Value>) -> Result<ShopSettings, Problem> {
    Fields::read(body, |fields| {
        // A client may send back the response of PUT.
        fields.ignore(&["warnings"]);
        Some(ShopSettings {
            merchant_country: read_country(fields),
            default_locale: read_locale(fields),
            event_source: read_event_source(fields),
            accounts: read_accounts(fields),
        })
    })
}

fn read_country(fields: &Fields<'_>) -> Option<String> {
    const NAME: &str = "merchantCountry";
    let code = fields.optional_text(NAME, 255)?;
    if !geo::is_country(&code) {
        let advice = geo::country_advice(&code);
        let message = format!("`{code}` is not an ISO 3166-1 country{advice}");
        fields.refuse(NAME, "unknown_country", message);
    }
    Some(code)
}

fn read_locale(fields: &Fields<'_>) -> Option<String> {
    const NAME: &str = "defaultLocale";
    let tag = fields.optional_text(NAME, 255)?;
    let canonical = locale::canonical(&tag);
    if canonical.is_none() {
        let message = format!("`{tag}` is not a BCP 47 language tag such as `fr-CA`.");
        fields.refuse(NAME, "unknown_locale", message);
    }
    canonical
}

fn read_event_source(fields: &Fields<'_>) -> Option<String> {
    const NAME: &str = "eventSource";
    let source = fields.optional_text(NAME, 255)?;
    let is_uri =
        source.bytes().all(|b| b.is_ascii_graphic()) && reqwest::Url::parse(&source).is_ok();
    if !is_uri {
        let message = format!("`{source}` is not an absolute URI such as `https://shop.example`.");
        fields.refuse(NAME, "not_a_uri", message);
    }
    Some(source)
}

/// Reads account codes. A code is a free text of the shop, which reports show unchanged.
fn read_accounts(fields: &Fields<'_>) -> Accounts {
    const MOST: usize = 64;
    let mut accounts = Accounts::default();
    let Some(codes) = fields.object("accounts") else {
        return accounts;
    };
    for account in LedgerAccount::ALL.iter().copied() {
        let name = account.as_str();
        let Some(code) = codes.optional_text(name, MOST) else {
            continue;
        };
        if code.trim().is_empty() || code.chars().any(char::is_control) {
            let message =
                format!("`{name}` must be the code of an account such as `1200`, or left out.");
            codes.refuse(name, "not_a_code", message);
        }
        *accounts.code_mut(account) = code.trim().to_owned();
    }
    codes.finish();
    accounts
}
