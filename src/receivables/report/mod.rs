//! Streams a report as lines of cells in one of three formats.
//!
//! The next rows are read only after the client has received the previous ones. So a report of any length needs
//! constant memory, and no database connection waits for a slow client.

mod csv;
mod format;
mod json;
mod pages;
mod window;

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, VARY},
    web::Bytes,
};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use futures_util::stream::try_unfold;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{
    error_chain,
    http::{pagination::Position, problem::Problem},
    money::{self, Currency},
    store::{Conn, Store, StoreError},
    string_enum::string_enum,
};
use pages::Pages;

pub use format::ReportFormat;
pub use pages::Batch;
pub use window::Window;

/// A value in a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value: the key columns of a total, and unknown texts.
    Nothing,
    Text(String),
    Amount(Decimal),
    Count(u64),
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

impl Cell {
    /// An amount or a sum of amounts, in minor units.
    pub fn amount(minor: i128, currency: Currency) -> Self {
        Cell::Amount(money::sum_to_decimal(minor, currency))
    }

    /// A text cell; [`Cell::Nothing`] if the text is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        match text.is_empty() {
            true => Cell::Nothing,
            false => Cell::Text(text),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Nothing => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Amount(amount) => serializer.collect_str(amount),
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Moment(at) => serializer.serialize_str(&moment(*at)),
            Cell::Day(day) => serializer.collect_str(day),
        }
    }
}

/// Formats a moment for reports.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The cells of a line, in the order of the columns.
pub type ReportLine = Vec<Cell>;

/// What is known of a report before its lines.
pub struct ReportHead {
    /// The name of the report in the file name.
    pub name: &'static str,
    /// The moment of the report; what is booked later does not count.
    pub as_of: DateTime<Utc>,
    /// The members of the JSON document besides `asOf`, `rows` and `totals`.
    pub members: Vec<(&'static str, Value)>,
    /// The names of the columns, separated by commas.
    pub columns: String,
}

/// Reads the first rows, or those after a position.
pub type ReadBatch<R> =
    Box<dyn Fn(&mut Conn, Option<&Position>) -> Result<Batch<R>, StoreError> + Send>;

/// A report that is produced line by line.
pub trait Report: 'static {
    /// The row that is read for an invoice or a transaction.
    type Row: Send + 'static;

    fn head(&self) -> ReportHead;

    fn reader(&self) -> ReadBatch<Self::Row>;

    /// Adds a row, and returns the lines that are complete now.
    fn add(&mut self, row: Self::Row) -> Vec<ReportLine>;

    /// Returns the remaining lines after the last row.
    fn flush(&mut self) -> Vec<ReportLine> {
        Vec::new()
    }

    /// The lines with the totals, after all other lines.
    fn totals(&self) -> Vec<ReportLine>;
}

/// Writes a report in one format.
trait Render {
    fn begin(&mut self, _head: &ReportHead, _out: &mut Vec<u8>) {}
    fn lines(&mut self, head: &ReportHead, lines: &[ReportLine], kind: LineKind, out: &mut Vec<u8>);
    fn end(&mut self, _out: &mut Vec<u8>) {}
}

string_enum! {
    /// The kind of a line, by its word in `rowType`.
    LineKind as "ReportLineKind" {
        Row = "row",
        Total = "total",
    }
}

/// The response with a report. The first lines are read before the response begins, so that an early failure is a
/// problem document.
pub async fn respond<R: Report>(
    store: &Store,
    report: R,
    format: ReportFormat,
) -> Result<HttpResponse, Problem> {
    let mut pages = Pages::new(store, report);
    let mut writer: Box<dyn Render> = match format {
        ReportFormat::Json => Box::new(json::JsonReport::default()),
        ReportFormat::Csv => Box::new(csv::CsvReport),
        ReportFormat::Lines => Box::new(json::Lines),
    };
    let first = pages.next().await?;
    let ReportHead { name, as_of, .. } = pages.head;
    let mut head = Vec::new();
    writer.begin(&pages.head, &mut head);
    let (day, extension) = (as_of.date_naive(), format.as_str());
    let file = format!("attachment; filename=\"{name}-{day}.{extension}\"");
    let rest = try_unfold(Some((pages, writer, first)), async |state| {
        let Some((mut pages, mut writer, lines)) = state else {
            return Ok::<_, StoreError>(None);
        };
        let mut out = Vec::new();
        if lines.is_empty() {
            let totals = pages.report.totals();
            writer.lines(&pages.head, &totals, LineKind::Total, &mut out);
            writer.end(&mut out);
            return Ok(Some((Bytes::from(out), None)));
        }
        writer.lines(&pages.head, &lines, LineKind::Row, &mut out);
        let report = pages.head.name;
        // On an error the body breaks off, so that the client notices the missing rest.
        let next = pages.next().await.inspect_err(|error| {
            let error = error_chain::chain(error);
            tracing::error!(error, report, "a report could not be read to its end");
        })?;
        Ok(Some((Bytes::from(out), Some((pages, writer, next)))))
    });
    let head = futures_util::stream::once(async move { Ok::<_, StoreError>(Bytes::from(head)) });
    // An empty chunk would end the body.
    let pieces = futures_util::StreamExt::chain(head, rest);
    let pieces = futures_util::TryStreamExt::try_filter(pieces, |piece| {
        std::future::ready(!piece.is_empty())
    });
    let mut response = HttpResponse::Ok();
    response
        .content_type(format.media_type())
        .insert_header((VARY, "Accept"));
    if format != ReportFormat::Json {
        response.insert_header((CONTENT_DISPOSITION, file));
    }
    Ok(response.streaming(pieces))
}
