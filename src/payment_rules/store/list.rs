//! Which rules are listed, a page at a time.

use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Bool, Text},
};
use utoipa::ToSchema;

use super::{
    each_with_methods, place,
    row::{self, Row},
};
use crate::{
    auth::Websites,
    http::pagination::{Direction, ListRow, Page, Position},
    ids::RuleId,
    money::Currency,
    payment_methods::PaymentMethodId,
    payment_rules::Rule,
    store::{
        Conn, MultiBackend, StoreError, folded, keyset,
        schema::{integrations, payment_rule_methods, payment_rules},
        timestamp,
    },
};

/// Which rules are meant; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleFilter)]
pub struct Filter {
    /// Only rules that are on, or off.
    pub enabled: Option<bool>,
    /// ISO 4217.
    #[schema(value_type = Option<String>, example = "USD")]
    pub currency: Option<Currency>,
    /// Contained in the name, in whatever case.
    pub name: Option<String>,
    /// A payment method the rule offers.
    #[schema(value_type = Option<String>, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub payment_method: Option<PaymentMethodId>,
    /// A country that a destination reaches: `PR` finds rules for `PR` and for `US` with `US-PR`, and so does `US`.
    #[schema(example = "US")]
    pub country: Option<String>,
    /// Rules that callers bound to these websites may read.
    #[schema(ignore)]
    pub websites: Websites,
}

/// What rules can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    SortOrder,
    Name,
    Currency,
    Enabled,
    CreatedAt,
    UpdatedAt,
}

impl By {
    /// The fields by their JSON names.
    pub const FIELDS: &'static [(&'static str, By)] = &[
        ("sortOrder", By::SortOrder),
        ("name", By::Name),
        ("currency", By::Currency),
        ("enabled", By::Enabled),
        ("createdAt", By::CreatedAt),
        ("updatedAt", By::UpdatedAt),
    ];

    /// What a rule has to compare, as a cursor carries it.
    fn value_of(self, rule: &Rule) -> String {
        match self {
            By::SortOrder => rule.sort_order.to_string(),
            By::Name => rule.name.clone(),
            By::Currency => rule.currency.to_string(),
            By::Enabled => rule.enabled.to_string(),
            By::CreatedAt => timestamp::to_cursor(rule.created_at),
            By::UpdatedAt => timestamp::to_cursor(rule.updated_at),
        }
    }

    /// `None` when the cursor holds what this field cannot have.
    fn step(self, direction: Direction, value: &str) -> Option<keyset::Step<payment_rules::table>> {
        Some(match self {
            By::SortOrder => {
                keyset::step!(
                    payment_rules::sort_order,
                    direction,
                    value.parse::<i32>().ok()?
                )
            }
            By::Name => keyset::step!(payment_rules::name, direction, value.to_owned()),
            By::Currency => keyset::step!(payment_rules::currency, direction, value.to_owned()),
            By::Enabled => {
                keyset::step!(
                    payment_rules::enabled,
                    direction,
                    value.parse::<bool>().ok()?
                )
            }
            By::CreatedAt => {
                keyset::step!(
                    payment_rules::created_at,
                    direction,
                    timestamp::from_cursor(value)?
                )
            }
            By::UpdatedAt => {
                keyset::step!(
                    payment_rules::updated_at,
                    direction,
                    timestamp::from_cursor(value)?
                )
            }
        })
    }
}

/// Where a page ends that ends with this rule.
pub fn position(page: &Page<By>, rule: &Rule) -> Position {
    Position {
        values: page.sort.iter().map(|(by, _)| by.value_of(rule)).collect(),
        id: rule.id.to_string(),
    }
}

/// Whether the page's cursor holds what its sort fields can have.
pub fn has_readable_cursor(page: &Page<By>) -> bool {
    start(page).is_some()
}

/// The condition of a page that continues another; the outer `None` when the cursor was not one of ours.
fn start(page: &Page<By>) -> Option<Option<keyset::Condition<payment_rules::table>>> {
    let Some(after) = &page.after else {
        return Some(None);
    };
    let steps: Option<Vec<_>> = page
        .sort
        .iter()
        .zip(&after.values)
        .map(|((by, direction), value)| by.step(*direction, value))
        .collect();
    let last = Box::new(payment_rules::id.gt(after.id.clone()));
    Some(Some(keyset::after(steps?, last)))
}

/// The rules of a page whose cursor is readable, and one more when there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<By>,
) -> Result<Vec<ListRow<Rule>>, StoreError> {
    let mut query = matching(filter).select(Row::as_select());
    if let Some(Some(after)) = start(page) {
        query = query.filter(after);
    }
    for (by, direction) in &page.sort {
        macro_rules! order {
            ($column:expr) => {
                match direction {
                    Direction::Ascending => query.then_order_by($column.asc()),
                    Direction::Descending => query.then_order_by($column.desc()),
                }
            };
        }
        query = match by {
            By::SortOrder => order!(payment_rules::sort_order),
            By::Name => order!(payment_rules::name),
            By::Currency => order!(payment_rules::currency),
            By::Enabled => order!(payment_rules::enabled),
            By::CreatedAt => order!(payment_rules::created_at),
            By::UpdatedAt => order!(payment_rules::updated_at),
        };
    }
    let rows: Vec<Row> = query
        .then_order_by(payment_rules::id)
        .limit(page.limit + 1)
        .load(conn)?;
    let positions: Vec<Position> = rows.iter().map(|row| row.position(&page.sort)).collect();
    let rules = each_with_methods(conn, rows)?.into_iter().zip(positions);
    Ok(rules
        .map(|(rule, position)| ListRow::of(rule.map_err(StoreError::from), position))
        .collect())
}

/// How many rules are meant.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(matching(filter).count().get_result(conn)?)
}

/// The ids of all that are meant.
pub fn ids(conn: &mut Conn, filter: &Filter) -> Result<Vec<RuleId>, StoreError> {
    let ids: Vec<String> = matching(filter)
        .order(payment_rules::id)
        .select(payment_rules::id)
        .load(conn)?;
    ids.iter().map(|id| row::read_id(id)).collect()
}

fn matching(filter: &Filter) -> payment_rules::BoxedQuery<'_, MultiBackend> {
    let mut query = payment_rules::table.into_boxed();
    if let Some(enabled) = filter.enabled {
        query = query.filter(payment_rules::enabled.eq(enabled));
    }
    if let Some(currency) = &filter.currency {
        query = query.filter(payment_rules::currency.eq(currency.code()));
    }
    if let Some(name) = &filter.name {
        let pattern = folded::containing(name);
        query = query.filter(payment_rules::name_folded.like(pattern).escape('\\'));
    }
    if let Some(method) = &filter.payment_method {
        query = query.filter(exists(
            payment_rule_methods::table
                .inner_join(integrations::table)
                .filter(payment_rule_methods::rule_id.eq(payment_rules::id))
                .filter(integrations::id.eq(method.integration.to_string()))
                .filter(integrations::type_.eq(method.kind.as_str())),
        ));
    }
    if let Some(country) = &filter.country {
        query = query.filter(place::reaches(country));
    }
    if let Some(names) = filter.websites.names() {
        query = query.filter(concerns(names));
    }
    query
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn replace(text: Text, from: Text, to: Text) -> Text;
}

/// Whether a rule is for one of these websites, or for all. They are stored as a JSON list. LIKE would not tell `US` from `us`
/// on SQLite.
fn concerns(
    names: &[String],
) -> Box<dyn BoxableExpression<payment_rules::table, MultiBackend, SqlType = Bool>> {
    let column = payment_rules::websites;
    let mut any: Box<dyn BoxableExpression<_, _, SqlType = Bool>> = Box::new(column.eq("[]"));
    for name in names {
        let quoted = serde_json::Value::from(name.as_str()).to_string();
        any = Box::new(any.or(replace(column, quoted, "").ne(column)));
    }
    any
}
