//! `POST /v1/expressions/complete`

use super::{EvaluateScope, expression};
use crate::{
    expressions::{Completion, Dialect, Misplaced},
    operation::prelude::*,
};

/// A text that is being edited, and the place of the cursor.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expression": "total > 5 and cust", "offset": 18 }))]
#[expect(dead_code, reason = "describes what is read below")]
struct ExpressionToComplete {
    /// The text, which may be half-written.
    #[schema(example = "total > 5 and cust", max_length = 32768)]
    expression: String,
    /// The number of UTF-16 code units before the cursor.
    #[schema(example = 18, minimum = 0)]
    offset: u32,
}

/// The completions at the cursor.
#[derive(Serialize, ToSchema)]
struct Completions {
    /// The completions, the likeliest first.
    #[schema(max_items = 400)]
    items: Vec<Completion>,
}

/// Complete an expression
///
/// Offers names, attributes, functions, operators, the item variables of surrounding loops, and values that an
/// attribute commonly has. The text may be half-written.
#[utoipa::path(operation_id = "complete_expression",
    security(("bearer" = ["rules:read"])),
    request_body(content = ExpressionToComplete, content_type = "application/json"),
    responses((status = 200, description = "What can be written there.", body = Completions)))]
#[post("/v1/expressions/complete")]
pub async fn complete_expression(
    call: Call<EvaluateScope, JsonObject, ()>,
    dialect: Data<Dialect>,
) -> Result<HttpResponse, Problem> {
    let JsonObject(object) = call.body;
    let items = Fields::read(&object, |fields| {
        let text = expression(fields);
        let offset = fields
            .required("offset")
            .and_then(|_| fields.integer("offset", 0..=i64::from(u32::MAX)));
        text.zip(offset).and_then(|(text, offset)| {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            let items = (dialect.schema)().complete(&text, offset);
            let refuse = |misplaced| {
                let (code, message) = refusal(misplaced);
                fields.refuse("offset", code, message);
            };
            items.map_err(refuse).ok()
        })
    })?;
    Ok(HttpResponse::Ok().json(Completions { items }))
}

fn refusal(misplaced: Misplaced) -> (&'static str, String) {
    match misplaced {
        Misplaced::BehindEnd(units) => {
            let message = format!(
                "`expression` has {units} UTF-16 code units; `offset` is from 0 to {units}."
            );
            ("beyond_end", message)
        }
        Misplaced::InsideCharacter(start) => {
            let end = start + 2;
            let message = format!(
                "`offset` is inside of the character that begins at {start}; take {start} or {end}."
            );
            ("inside_character", message)
        }
    }
}
