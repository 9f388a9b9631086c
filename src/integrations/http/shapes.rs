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
    /// For administrators; unique.
    #[schema(example = "Apruve US")]
    pub name: String,
    /// Off means: not offered, no new payments.
    pub enabled: bool,
    /// What buyers read.
    pub label: Labels,
    /// The same where there is little room.
    pub short_label: Labels,
    /// The settings of this type; secrets are shown by their ends.
    pub settings: ShownSettings,
    /// The method that rules offer.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub payment_method_id: String,
    /// How its account at the provider answers. Offline methods have none. The ETag changes with it, but as `If-Match` an ETag
    /// from before such a change still names the version.
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

/// The settings of the integration's type; secrets are shown by their ends.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = IntegrationSettings)]
pub enum ShownSettings {
    Apruve(ShownApruve),
    PaymentTerm(PaymentTermSettings),
    CheckMoneyOrder(CheckMoneyOrderSettings),
}

/// Settings of an Apruve account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApruveSettings)]
pub struct ShownApruve {
    /// The shop's id at Apruve.
    #[schema(example = "a1b2c3d4e5f60718293a4b5c6d7e8f90")]
    pub merchant_id: String,
    /// The end of the API key.
    #[schema(example = "…9f3c")]
    pub api_key_hint: String,
    /// Whether Apruve's test environment is used.
    pub test_mode: bool,
    /// Carts in other currencies cannot be paid with this account.
    #[schema(value_type = Vec<Currency>, example = json!(["USD"]))]
    pub currencies: Vec<String>,
    /// Null: the host that `testMode` picks.
    #[schema(required, example = json!(null))]
    pub base_url: Option<String>,
    /// PEM.
    pub webhook_public_keys: Vec<String>,
    /// Who waits for the buyer's money: Apruve, or the shop itself.
    pub financing: Financing,
    /// Whether Apruve pays the shop only once the goods are shipped.
    pub requires_shipment: bool,
    /// After so many hours without Apruve's payment an invoice counts as overdue for funding.
    #[schema(example = 24)]
    pub funding_alert_hours: u32,
    /// What the buyer's credit and outages of Apruve mean for the method at checkout.
    pub credit: CreditPolicy,
    /// The webhook URL, with all but the end of its token left out.
    #[schema(example = "https://pay.shop.example/webhooks/apruve/…Q3hc")]
    pub webhook_url_hint: String,
}

/// An integration and the secret address Apruve posts to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IntegrationWithWebhookUrl)]
pub struct WithUrl {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    /// Enter it at Apruve, and keep it like a password. Offline methods have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://pay.shop.example/webhooks/apruve/yb3nHf0S…")]
    pub webhook_url: Option<String>,
}

/// An integration that was changed.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedIntegration)]
pub struct ChangedIntegration {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    /// What the change did besides what was asked for, such as dropping the test key with test mode, and the tests of the rules
    /// that fail since. Not there when there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// A rule that offers an integration's method.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleRef {
    /// The rule's id.
    #[schema(example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// The rule's name.
    #[schema(example = "US buyers")]
    pub name: String,
    /// Whether the rule itself is on.
    pub enabled: bool,
}

/// What a change does to the rules that offer the method.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesTouched {
    /// The rules that offer the method, and so lose or regain it.
    pub rules_affected: Vec<RuleRef>,
    /// Those of them that are on, or were until they lost their last method, and now have no method that is on.
    pub rules_without_methods: Vec<RuleRef>,
}

/// An integration that was switched, and what that does to rules.
#[derive(Serialize, ToSchema)]
#[schema(as = SwitchedIntegration)]
pub struct SwitchedIntegration {
    #[serde(flatten)]
    pub integration: ShownIntegration,
    #[serde(flatten)]
    pub rules: RulesTouched,
    /// The tests of the rules that fail now; absent where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// What the deletion of an integration did to rules.
#[derive(Serialize, ToSchema)]
pub struct DeletedIntegration {
    #[serde(flatten)]
    pub rules: RulesTouched,
    /// The tests of the rules that fail now; absent where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<FieldError>,
}

/// What Apruve has at this moment, on one page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderListing<T> {
    /// Everything that was found, on one page.
    pub items: Vec<T>,
    /// Always null.
    next_cursor: Option<String>,
    /// Whether this is certain to be all: a very long list is not read to its end.
    pub complete: bool,
}

impl<T> ProviderListing<T> {
    /// A listing of items that were just read.
    pub fn new(items: Vec<T>, complete: bool) -> Self {
        ProviderListing {
            items,
            next_cursor: None,
            complete,
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
            currencies: settings
                .currencies
                .iter()
                .map(|it| it.to_string())
                .collect(),
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
    pub fn new(rules: &[RuleUse], offered: bool) -> Self {
        let without = rules
            .iter()
            .filter(|rule| !offered && rule.enabled && rule.other_enabled_methods == 0);
        RulesTouched {
            rules_affected: rule_refs(rules),
            rules_without_methods: without.map(RuleRef::from).collect(),
        }
    }
}

impl RulesTouched {
    /// The rules from which the method of a deleted integration was removed.
    pub fn detached(detached: &Detached) -> Self {
        RulesTouched {
            rules_affected: rule_refs(&detached.rules),
            rules_without_methods: rule_refs(&detached.without_methods),
        }
    }
}

impl From<&RuleUse> for RuleRef {
    fn from(rule: &RuleUse) -> Self {
        RuleRef {
            id: rule.id.to_string(),
            name: rule.name.clone(),
            enabled: rule.enabled,
        }
    }
}

/// Rules by id and name.
pub fn rule_refs(rules: &[RuleUse]) -> Vec<RuleRef> {
    rules.iter().map(RuleRef::from).collect()
}
