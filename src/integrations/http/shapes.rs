//! The response bodies of integrations.

use chrono::{DateTime, Utc};

use crate::{
    http::precondition::state_beside,
    integrations::{
        Integration, IntegrationService, PublicOrigin,
        health::IntegrationHealth,
        manage::WithToken,
        settings::{
            ApruveSettings, CheckMoneyOrderSettings, Financing, IntegrationSettings,
            PaymentTermSettings,
        },
    },
    locale::Labels,
    money::Currency,
    operation::prelude::*,
    payment_methods::{CreditPolicy, MethodType},
    payment_rules::usage::{Detached, RuleUse},
    providers::List,
};

/// An integration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Integration)]
pub struct ShownIntegration {
    /// The integration's id.
    #[schema(example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// The type of the integration.
    #[serde(rename = "type")]
    pub kind: MethodType,
    /// The name that administrators see; unique among integrations.
    #[schema(example = "Apruve US")]
    pub name: String,
    /// Whether the integration is active. The method of an inactive integration is not offered and creates no payments.
    pub enabled: bool,
    /// The label of the method that buyers see.
    pub label: Labels,
    /// A shorter label, for places with little room.
    pub short_label: Labels,
    /// The settings of the integration's type. Secrets are shown by their last characters.
    pub settings: ShownSettings,
    /// The id of the payment method that rules offer.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub payment_method_id: String,
    /// The health of the account at the provider. Absent for offline methods. The ETag changes with the health, but an
    /// ETag from before such a change is still valid in `If-Match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<IntegrationHealth>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, and the health that is shown beside it.
    #[serde(skip)]
    pub state: String,
}

/// The settings of the integration's type. Secrets are shown by their last characters.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = IntegrationSettings)]
pub enum ShownSettings {
    Apruve(ShownApruve),
    PaymentTerm(PaymentTermSettings),
    CheckMoneyOrder(CheckMoneyOrderSettings),
}

/// The settings of an Apruve account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApruveSettings)]
pub struct ShownApruve {
    /// The shop's id at Apruve.
    #[schema(example = "a1b2c3d4e5f60718293a4b5c6d7e8f90")]
    pub merchant_id: String,
    /// The last characters of the API key.
    #[schema(example = "…9f3c")]
    pub api_key_hint: String,
    /// Whether Apruve's test environment is used.
    pub test_mode: bool,
    /// The currencies of carts that can be paid with this account.
    #[schema(example = json!(["USD"]))]
    pub currencies: Vec<Currency>,
    /// The origin of the API. Null if it is the host that `testMode` selects.
    #[schema(required, example = json!(null))]
    pub base_url: Option<String>,
    /// RSA public keys in PEM. A webhook is accepted if one of them verifies it.
    pub webhook_public_keys: Vec<String>,
    /// Who waits for the buyer's money: Apruve, or the shop.
    pub financing: Financing,
    /// Whether Apruve pays the shop only after the goods are shipped.
    pub requires_shipment: bool,
    /// The number of hours without a payment from Apruve after which an invoice counts as overdue for funding, 1 to
    /// 8760.
    #[schema(example = 24)]
    pub funding_alert_hours: u32,
    /// How the buyer's credit and outages of Apruve affect the method at checkout.
    pub credit: CreditPolicy,
    /// The webhook URL with only the last characters of its token.
    #[schema(example = "https://pay.shop.example/webhooks/apruve/…Q3hc")]
    pub webhook_url_hint: String,
}

/// An integration with the secret webhook URL that Apruve posts to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IntegrationWithWebhookUrl)]
pub struct WithUrl {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    /// The webhook URL. Enter it at Apruve, and keep it secret like a password. Absent for offline methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://pay.shop.example/webhooks/apruve/yb3nHf0S…")]
    pub webhook_url: Option<String>,
}

/// An integration after a change.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedIntegration)]
pub struct ChangedIntegration {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    /// Side effects of the change, such as the removal of the test key together with test mode, and the tests of the
    /// rules that fail now. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// The effect of a change on the rules that offer the method.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesTouched {
    /// The rules that offer the method, and therefore lose or regain it.
    pub rules_affected: Vec<RuleUse>,
    /// Those rules in `rulesAffected` that have no active method now, and are enabled or were enabled until they lost
    /// their last method.
    pub rules_without_methods: Vec<RuleUse>,
}

/// An integration that was activated or deactivated, and the effect on rules.
#[derive(Serialize, ToSchema)]
#[schema(as = SwitchedIntegration)]
pub struct SwitchedIntegration {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    #[serde(flatten)]
    pub rules: RulesTouched,
    /// The tests of the rules that fail now. Absent if none fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// The effect of the deletion of an integration on rules.
#[derive(Serialize, ToSchema)]
pub struct DeletedIntegration {
    #[serde(flatten)]
    pub rules: RulesTouched,
    /// The tests of the rules that fail now. Absent if none fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// Items that were just read from Apruve, on one page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderListing<T> {
    /// The items that were found, on one page.
    pub items: Vec<T>,
    /// Always null.
    next_cursor: Option<String>,
    /// Whether the list is certainly complete. A very long list is not read to its end.
    pub complete: bool,
}

impl<T> From<List<T>> for ProviderListing<T> {
    fn from(list: List<T>) -> Self {
        ProviderListing {
            items: list.items,
            next_cursor: None,
            complete: list.complete,
        }
    }
}

impl ShownIntegration {
    /// The integration as any caller with the read scope sees it.
    pub fn new(integration: Integration, service: &IntegrationService) -> Self {
        let has_account = integration.settings.as_provider().is_some();
        let health = has_account.then(|| service.health.of(integration.id));
        let beside = health.as_ref().map(IntegrationHealth::tag);
        ShownIntegration {
            state: state_beside(integration.version, &beside.unwrap_or_default()),
            health,
            id: integration.id.to_string(),
            kind: integration.kind(),
            payment_method_id: integration.payment_method().to_string(),
            name: integration.name,
            enabled: integration.enabled,
            label: integration.label,
            short_label: integration.short_label,
            settings: match integration.settings {
                IntegrationSettings::Apruve(settings) => {
                    ShownSettings::Apruve(ShownApruve::new(settings, &service.origin))
                }
                IntegrationSettings::PaymentTerm(settings) => ShownSettings::PaymentTerm(settings),
                IntegrationSettings::CheckMoneyOrder(settings) => {
                    ShownSettings::CheckMoneyOrder(settings)
                }
            },
            created_at: integration.created_at,
            updated_at: integration.updated_at,
        }
    }
}

impl ShownApruve {
    fn new(settings: ApruveSettings, origin: &PublicOrigin) -> Self {
        ShownApruve {
            merchant_id: settings.merchant_id,
            api_key_hint: settings.api_key_hint,
            test_mode: settings.test_mode,
            currencies: settings.currencies,
            base_url: settings.base_url.map(|origin| origin.as_str().to_owned()),
            webhook_public_keys: settings.webhook_public_keys,
            financing: settings.financing,
            requires_shipment: settings.requires_shipment,
            funding_alert_hours: settings.funding_alert_hours,
            credit: settings.credit,
            webhook_url_hint: origin.webhook_url(&settings.webhook_token_hint),
        }
    }
}

impl WithUrl {
    /// Opens the token for an answer that shows the webhook URL.
    pub fn new(it: WithToken, service: &IntegrationService) -> Result<Self, Problem> {
        let token = it
            .token
            .map(|token| token.open(&service.sealer))
            .transpose();
        let token = token.map_err(Problem::internal)?;
        Ok(WithUrl {
            integration: ShownIntegration::new(it.integration, service),
            webhook_url: token.map(|token| service.origin.webhook_url(token.expose())),
        })
    }
}

impl RulesTouched {
    /// `offered` says whether the method is on after the change.
    pub fn new(rules: Vec<RuleUse>, offered: bool) -> Self {
        let without = rules
            .iter()
            .filter(|rule| !offered && rule.enabled && rule.other_enabled_methods == 0);
        RulesTouched {
            rules_without_methods: without.cloned().collect(),
            rules_affected: rules,
        }
    }
}

/// The rules from which the method of a deleted integration was removed.
impl From<Detached> for RulesTouched {
    fn from(detached: Detached) -> Self {
        RulesTouched {
            rules_affected: detached.rules,
            rules_without_methods: detached.without_methods,
        }
    }
}
