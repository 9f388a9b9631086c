//! Renders a report as one JSON document, or as JSON Lines.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{LineKind, Render, Report, ReportLine, moment};

/// One document: `{ asOf, …, rows: […], totals: […] }`.
#[derive(Default)]
pub(super) struct JsonReport {
    /// The list that is open in the output.
    list: Option<LineKind>,
}

impl JsonReport {
    /// Prepares the output for the next element of a list; closes the previous list if another one begins.
    fn turn_to(&mut self, kind: LineKind, out: &mut Vec<u8>) {
        if self.list == Some(kind) {
            out.push(b',');
            return;
        }
        if kind == LineKind::Total && self.list.is_none() {
            self.turn_to(LineKind::Row, out);
        }
        let begin: &[u8] = match kind {
            LineKind::Row => b",\"rows\":[",
            LineKind::Total => b"],\"totals\":[",
        };
        out.extend_from_slice(begin);
        self.list = Some(kind);
    }
}

impl Render for JsonReport {
    fn begin<R: Report>(&mut self, report: &R, out: &mut Vec<u8>) {
        let as_of = ("asOf", Value::from(moment(report.as_of())));
        for (place, (name, value)) in std::iter::once(as_of).chain(report.head()).enumerate() {
            out.push(if place == 0 { b'{' } else { b',' });
            write(out, name);
            out.push(b':');
            write(out, &value);
        }
    }

    fn lines<R: Report>(
        &mut self,
        report: &R,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        if lines.is_empty() {
            self.turn_to(kind, out);
        }
        for line in lines {
            self.turn_to(kind, out);
            write(
                out,
                &Object {
                    report,
                    line,
                    kind: None,
                },
            );
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}");
    }
}

/// JSON Lines: one object per line, with `rowType` and `asOf`.
pub(super) struct Lines;

impl Render for Lines {
    fn begin<R: Report>(&mut self, _: &R, _: &mut Vec<u8>) {}

    fn lines<R: Report>(
        &mut self,
        report: &R,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        for line in lines {
            let kind = Some(kind);
            write(out, &Object { report, line, kind });
            out.push(b'\n');
        }
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

/// A line of the report as a JSON object with its members in the order of the columns.
struct Object<'l, R> {
    report: &'l R,
    line: &'l ReportLine,
    kind: Option<LineKind>,
}

impl<R: Report> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = self.kind {
            map.serialize_entry("rowType", kind.as_str())?;
            map.serialize_entry("asOf", &moment(self.report.as_of()))?;
        }
        for (name, cell) in self.report.columns().iter().zip(self.line) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

/// Serializes a value; this cannot fail for texts and numbers in memory.
fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}
