//! CSV by RFC 4180: a header, CR LF line ends, no byte order mark. Texts cannot act as spreadsheet formulas.

use super::{Cell, LineKind, Render, ReportHead, ReportLine, moment};

/// The first characters by which a spreadsheet recognizes a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Renders a report as CSV.
pub(super) struct CsvReport;

impl Render for CsvReport {
    fn begin(&mut self, head: &ReportHead, out: &mut Vec<u8>) {
        let names = ["rowType", "asOf"].into_iter();
        let names = names.chain(head.columns.split(','));
        write(out, |table| table.write_record(names));
    }

    fn lines(
        &mut self,
        head: &ReportHead,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        let as_of = moment(head.as_of);
        write(out, |table| {
            lines.iter().try_for_each(|line| {
                table.write_field(kind.as_str())?;
                table.write_field(&as_of)?;
                line.iter()
                    .try_for_each(|cell| table.write_field(field(cell)))?;
                table.write_record(None::<&[u8]>)
            })
        });
    }
}

fn write(
    out: &mut Vec<u8>,
    records: impl FnOnce(&mut csv::Writer<&mut Vec<u8>>) -> csv::Result<()>,
) {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    // Cannot fail: the target is memory, and every record has as many fields as the header.
    let _ = records(&mut table);
    let _ = table.flush();
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => safe(text),
        Cell::Amount(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Moment(at) => moment(*at),
        Cell::Day(day) => day.to_string(),
    }
}

/// Prefixes a formula-like text with an apostrophe, so that a spreadsheet shows it as text.
fn safe(text: &str) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(safe(text), format!("'{text}"));
        }
        for text in ["", "ACME", "a=b", " =1", "'=1", "1-1", "e@mail"] {
            assert_eq!(safe(text), text);
        }
    }

    #[test]
    fn fields_are_quoted_where_they_have_to_be() {
        let mut out = Vec::new();
        write(&mut out, |table| {
            table.write_record(["a", "b,c", "d\"e", "f\ng", "", " h "])
        });
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",\"f\ng\",, h \r\n");
    }
}
