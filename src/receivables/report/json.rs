//! Renders a report as one JSON document, or as JSON Lines.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{LineKind, Render, ReportHead, ReportLine, moment};

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
    fn begin(&mut self, head: &ReportHead, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"asOf\":");
        write(out, &moment(head.as_of));
        for (name, value) in &head.members {
            out.push(b',');
            write(out, name);
            out.push(b':');
            write(out, value);
        }
    }

    fn lines(
        &mut self,
        head: &ReportHead,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        if lines.is_empty() {
            self.turn_to(kind, out);
        }
        for line in lines {
            self.turn_to(kind, out);
            let kind = None;
            write(out, &Object { head, line, kind });
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}");
    }
}

/// JSON Lines: one object per line, with `rowType` and `asOf`.
pub(super) struct Lines;

impl Render for Lines {
    fn lines(
        &mut self,
        head: &ReportHead,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        for line in lines {
            let kind = Some(kind);
            write(out, &Object { head, line, kind });
            out.push(b'\n');
        }
    }
}

/// A line of the report as a JSON object with its members in the order of the columns.
struct Object<'l> {
    head: &'l ReportHead,
    line: &'l ReportLine,
    kind: Option<LineKind>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = self.kind {
            map.serialize_entry("rowType", kind.as_str())?;
            map.serialize_entry("asOf", &moment(self.head.as_of))?;
        }
        for (name, cell) in self.head.columns.split(',').zip(self.line) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

/// Serializes a value; this cannot fail for texts and numbers in memory.
fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}
