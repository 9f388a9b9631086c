//! `POST /v1/checkout/credit`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    auth::{Scope, Websites},
    credit::{CreditAccount, CreditEntry, CreditService, CreditUnread},
    ids::IntegrationId,
    operation::prelude::*,
    payment_methods::Method,
    payment_rules::{
        access,
        rulebook::{RenderedMethod, Rulebook, RulebookCache},
    },
    pii::Email,
    rate_limit::class,
    string_enum::string_enum,
};

const MOST_ID_CHARS: usize = 100;
/// The maximum length of an e-mail address in characters.
const MOST_EMAIL_CHARS: usize = 254;

/// Calls a provider, so it has its own rate limit.
type MayAsk = scope::CountedAs<scope::Filtered<scope::Checkout>, class::Credit>;

string_enum! {
    /// The state of a buyer's credit.
    CreditState as "CreditState" {
        /// The buyer may order on credit. Checkout decides whether the credit covers a cart.
        Ok = "ok",
        /// None of the buyer's companies may order.
        Hold = "hold",
        /// The provider could not be called.
        Unknown = "unknown",
        /// The provider does not know the buyer.
        NoAccount = "no_account",
    }
}

/// The buyer and the method whose credit is read.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is read below")]
struct CreditQuestion {
    /// The method whose account at Apruve is read.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: String,
    /// The buyer's e-mail address; case and surrounding blanks are ignored.
    #[schema(max_length = 254, example = "amanda@acme.example")]
    buyer_email: String,
}

/// A buyer's credit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BuyerCredit {
    /// The state of the buyer's credit.
    state: CreditState,
    /// When the credit was read at the provider; null if it is unknown.
    #[schema(required)]
    read_at: Option<DateTime<Utc>>,
    /// The accounts of the buyer's companies; with the scope `credit:read` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<Vec<AccountCredit>>,
}

/// A company's credit line. Limit = balance + available.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountCredit {
    /// Apruve's id of the account.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    id: String,
    /// The company's name at Apruve.
    #[schema(example = "Acme Manufacturing")]
    name: Option<String>,
    /// The status in the provider's words.
    #[schema(example = "approved")]
    status: Option<String>,
    /// The instant since when the company may not order.
    disabled_at: Option<DateTime<Utc>>,
    /// Whether the company may not order.
    on_hold: bool,
    /// The company's payment term in Apruve's words.
    #[schema(example = "Net30")]
    payment_term_strategy: Option<String>,
    /// The currency of the figures; null if the provider's code is not ISO 4217.
    #[schema(value_type = Option<crate::money::Currency>)]
    currency: Option<String>,
    /// The credit limit, in `currency`.
    #[schema(example = "100000.00")]
    credit_limit: Option<String>,
    /// The used part of the limit.
    #[schema(example = "2500.00")]
    credit_balance: Option<String>,
    /// The available part of the limit; negative if the limit was lowered below the balance.
    #[schema(example = "97500.00")]
    credit_available: Option<String>,
}

#[utoipa::path(
    operation_id = "read_credit",
    summary = "Read a buyer's credit",
    description = "Reads the buyer's credit at the provider, at most 12 s, and keeps it for checkout, which itself never asks a provider. Useful when a buyer signs in. Accounts and figures need `credit:read`. Counts against the rate limit `credit`.",
    request_body(content = CreditQuestion, content_type = "application/json", example = json!({
            "paymentMethodId": "apruve_01h455vb4pex5vsknk084sn02q", "buyerEmail": "amanda@acme.example"
        })),
    responses(
        (status = 200, description = "What is known of it; a provider that does not answer is `unknown`.", body = BuyerCredit),
        (status = 409, description = "`/problems/conflict`: the integration of the method is deactivated."),
    ),
    security(("bearer" = ["checkout"])),
)]
#[post("/v1/checkout/credit")]
pub(super) async fn read_credit(
    call: Call<MayAsk, JsonObject, ()>,
    rulebooks: Data<RulebookCache>,
    credit: Data<CreditService>,
) -> Result<HttpResponse, Problem> {
    let JsonObject(body) = call.body;
    let websites = call.caller.websites();
    let (integration, email) = read_question(&body, rulebooks.current()?.book(), websites)?;
    let shows_accounts = call.caller.has(Scope::CreditRead);
    let answer = match credit.read(integration, &email).await {
        Ok(entry) => BuyerCredit::of(&entry, shows_accounts),
        Err(CreditUnread::Unreachable { .. }) => BuyerCredit {
            state: CreditState::Unknown,
            read_at: None,
            accounts: shows_accounts.then(Vec::new),
        },
        Err(CreditUnread::NoAccount) => return Err(deactivated()),
        Err(failed @ CreditUnread::Failed(_)) => return Err(Problem::internal(failed)),
    };
    Ok(HttpResponse::Ok().json(answer))
}

fn read_question(
    body: &Map<String, Value>,
    book: &Rulebook,
    websites: &Websites,
) -> Result<(IntegrationId, Email), Problem> {
    let (method, email) = Fields::read(body, |fields| {
        let method = fields.text("paymentMethodId", 1, MOST_ID_CHARS);
        let method = method.and_then(|text| match find_method(book, websites, &text) {
            Some(method) if method.terms.credit().is_some() => Some(method),
            Some(_) => {
                let message = format!("`{text}` is an offline method, which lends no credit.");
                fields.refuse("paymentMethodId", "offline_method", message);
                None
            }
            None => {
                let message = format!("There is no payment method `{text}`.");
                fields.refuse("paymentMethodId", "unknown_method", message);
                None
            }
        });
        let email = fields.text("buyerEmail", 1, MOST_EMAIL_CHARS);
        let email = email.and_then(|text| match text.parse::<Email>() {
            Ok(email) => Some(email),
            Err(error) => {
                let message = format!("`buyerEmail`: {error}.");
                fields.refuse("buyerEmail", "not_an_email", message);
                None
            }
        });
        method.zip(email)
    })?;
    match method.enabled {
        true => Ok((method.id.integration, email)),
        false => Err(deactivated()),
    }
}

/// A token of websites sees only methods that a rule for one of its websites, or for all, offers.
fn find_method<'b>(book: &'b Rulebook, websites: &Websites, text: &str) -> Option<&'b Method> {
    let methods = book.methods();
    let is_it = |card: &RenderedMethod| card.method.id.to_string() == text;
    let place = methods.iter().position(is_it)?;
    let mut rules = book.rules_naming(place);
    let mut is_theirs = || rules.any(|rule| access::may_read(&rule.compiled.rule, websites));
    if websites.is_bound() && !is_theirs() {
        return None;
    }
    Some(&methods[place].method)
}

fn deactivated() -> Problem {
    let detail = "The integration of this method is deactivated.";
    Problem::new(Kind::Conflict, detail)
}

impl BuyerCredit {
    fn of(entry: &CreditEntry, shows_accounts: bool) -> Self {
        let may_order = entry.accounts.iter().any(|it| !it.is_on_hold());
        BuyerCredit {
            state: match (entry.accounts.is_empty(), may_order) {
                (true, _) => CreditState::NoAccount,
                (false, true) => CreditState::Ok,
                (false, false) => CreditState::Hold,
            },
            read_at: Some(entry.read_at),
            accounts: shows_accounts
                .then(|| entry.accounts.iter().map(AccountCredit::from).collect()),
        }
    }
}

impl From<&CreditAccount> for AccountCredit {
    fn from(account: &CreditAccount) -> Self {
        let amount = |minor| account.money(minor).map(|money| money.to_string());
        AccountCredit {
            id: account.id.clone(),
            name: account.name.clone(),
            status: account.status.clone(),
            disabled_at: account.disabled_at,
            on_hold: account.is_on_hold(),
            payment_term_strategy: account.terms.clone(),
            currency: account.currency.map(|it| it.to_string()),
            credit_limit: amount(account.limit),
            credit_balance: amount(account.used),
            credit_available: amount(account.available),
        }
    }
}
