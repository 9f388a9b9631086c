//! `GET /v1/revisions/{number}`

use serde_json::Value;

use super::{
    super::super::{
        Rule, access,
        difference::Difference,
        refusal::RuleRefusal,
        store::{
            self,
            history::{self, Revision},
        },
    },
    changes::{RevisionChange, changes},
    read_number,
};
use crate::{
    auth::Websites,
    ids::IntegrationId,
    operation::prelude::*,
    payment_methods::{MethodType, PaymentMethodId, store::history as methods},
    settings::{self, ShopSettings},
    store::{Conn, revisions::RevisionSubject},
};

/// A revision: its changes, and everything that checkout saw afterwards.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RevisionInFull {
    #[serde(flatten)]
    revision: Revision,
    /// The changes of the revision.
    changes: Vec<RevisionChange>,
    /// The rules after the revision, in the order in which checkout walked them.
    rules: Vec<Rule>,
    /// The integrations as checkout saw them; null if the revision is not complete.
    #[schema(required)]
    integrations: Option<Vec<RevisionIntegration>>,
    /// The settings; null if the revision is not complete, and for a token of websites.
    #[schema(required)]
    settings: Option<ShopSettings>,
    /// The newest revision of the rules; also the ETag.
    newest: i64,
}

/// An integration as checkout saw it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RevisionIntegration {
    /// The integration's id.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    id: IntegrationId,
    /// The id of its payment method.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: PaymentMethodId,
    /// The type of the integration and its payment method.
    #[serde(rename = "type")]
    kind: MethodType,
    /// Name, labels, whether it was enabled, and the settings that checkout used.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    rest: Value,
}

/// Read a revision
///
/// The changes of the revision, and everything that checkout saw afterwards: rules, integrations without their secrets,
/// and settings. A restore sends the ETag as `If-Match`: it changes with every newer revision of the rules. A token of
/// websites gets the rules that it may read, no settings, and no revision that changed only rules of other websites.
#[utoipa::path(
    params(("number" = i64, Path, description = "The revision.", example = 17), IfNoneMatch),
    responses((status = 200, description = "The revision.", body = RevisionInFull, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/revisions/{number}")]
pub async fn get_revision(
    read: Read<scope::Filtered<scope::RulesRead>>,
    number: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    respond(&read, &number, &store).await
}

/// Read a revision by its older address
///
/// As `GET /v1/revisions/{number}`.
#[utoipa::path(
    params(("number" = i64, Path, description = "The revision.", example = 17), IfNoneMatch),
    responses((status = 200, description = "The revision.", body = RevisionInFull, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/rule-revisions/{number}")]
pub async fn get_rule_revision(
    read: Read<scope::Filtered<scope::RulesRead>>,
    number: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    respond(&read, &number, &store).await
}

async fn respond(
    read: &Read<scope::Filtered<scope::RulesRead>>,
    number: &str,
    store: &Store,
) -> Result<HttpResponse, Problem> {
    let number = read_number(number)?;
    let websites = read.caller.websites().clone();
    let load = move |conn: &mut Conn| load(conn, number, &websites);
    let shown = store.snapshot(load).await?;
    Ok(reply::versioned(&read.request, shown.newest, shown))
}

fn load(conn: &mut Conn, number: i64, websites: &Websites) -> Result<RevisionInFull, RuleRefusal> {
    let revision = history::find(conn, number)?.ok_or(RuleRefusal::NoSuchRevision(number))?;
    if websites.is_bound()
        && revision.subject == RevisionSubject::Rules.as_str()
        && !history::concerning(conn, &[number], websites)?.contains(&number)
    {
        return Err(RuleRefusal::NoSuchRevision(number));
    }
    let difference = Difference::of_revision(conn, number)?.readable_by(websites);
    let (mut integrations, mut settings, mut before) = (None, None, Vec::new());
    let left = methods::left_by(conn, number)?;
    let mut rules = history::as_of(conn, number)?;
    rules.retain(|rule| access::may_read(rule, websites));
    if revision.complete {
        let shown = methods::as_of(conn, number)?;
        add_labels(&mut rules, &shown);
        let shown = shown.into_iter();
        integrations = Some(shown.map(RevisionIntegration::from).collect());
        if !websites.is_bound() {
            settings = Some(settings::store::as_of(conn, number)?);
        }
        if !left.is_empty() {
            before = methods::as_of(conn, number - 1)?;
        }
    } else {
        store::add_labels(conn, &mut rules)?;
    }
    Ok(RevisionInFull {
        changes: changes(difference, &before, &left),
        revision,
        rules,
        integrations,
        settings,
        newest: history::newest(conn)?,
    })
}

/// Adds to the methods of rules the labels that they had then.
fn add_labels(rules: &mut [Rule], methods: &[methods::MethodVersion]) {
    for method in rules.iter_mut().flat_map(|rule| &mut rule.payment_methods) {
        let known = methods.iter().find(|known| known.method.id == method.id);
        method.label = known.map(|known| known.method.label.default.clone());
    }
}

impl From<methods::MethodVersion> for RevisionIntegration {
    fn from(version: methods::MethodVersion) -> Self {
        let id = version.method.id;
        let mut rest = version.json;
        if let Value::Object(rest) = &mut rest {
            rest.remove("type");
        }
        RevisionIntegration {
            id: id.integration,
            payment_method_id: id,
            kind: id.kind,
            rest,
        }
    }
}
