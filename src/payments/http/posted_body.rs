//! The body of an operation on a payment, parsed once. Members with amounts in them keep their own texts, from which they are
//! read exactly.

use std::collections::HashMap;

use actix_web::web::Bytes;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    http::{
        body::{self, BODY_LIMIT, CartLimit},
        merge_patch::expect_media_type,
        request_body::RequestBody,
    },
    operation::prelude::*,
};

/// The amounts and lines of an invoice.
pub(super) const INVOICED: [&str; 8] = [
    "amount",
    "taxAmount",
    "shippingAmount",
    "handlingAmount",
    "insuranceAmount",
    "surchargeAmount",
    "discountAmount",
    "lineItems",
];

/// Members that are read from their own texts, because they have amounts in them.
pub(super) fn exact_members() -> impl Iterator<Item = &'static str> {
    INVOICED.into_iter().chain(["items", "shipment"])
}

/// A JSON object; no body at all, or null, is an empty one.
pub struct PostedBody {
    pub(super) text: String,
    pub(super) map: Map<String, Value>,
    /// The members that are read exactly; null counts as absent.
    pub(super) exact: HashMap<String, Box<RawValue>>,
}

/// The same body with the size limit of a cart.
pub struct PostedLines(pub PostedBody);

impl RequestBody for PostedBody {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        expect_media_type(request, &["application/json"])?;
        let text = body::text(&bytes)?;
        PostedBody::parse(match text.trim() {
            "" | "null" => "{}",
            _ => text,
        })
    }
}

impl RequestBody for PostedLines {
    fn read(request: &HttpRequest, bytes: Bytes) -> Result<Self, Problem> {
        RequestBody::read(request, bytes).map(PostedLines)
    }

    fn limit(request: &HttpRequest) -> usize {
        let limit = request.app_data::<Data<CartLimit>>();
        limit.map_or(BODY_LIMIT, |limit| limit.0)
    }
}

impl PostedBody {
    /// An object without members that are read exactly.
    pub(super) fn of(map: Map<String, Value>) -> Self {
        PostedBody {
            text: String::new(),
            map,
            exact: HashMap::new(),
        }
    }

    /// Parses an object from text that was checked.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let (map, exact) = body::parse_apart(text, &exact_members().collect::<Vec<_>>())?;
        let exact = exact.into_iter();
        let owned = exact.map(|(name, value)| (name, value.to_owned()));
        Ok(PostedBody {
            text: text.to_owned(),
            map,
            exact: owned.collect(),
        })
    }
}
