//! CSV as RFC 4180 has it: a header, lines that end with CR LF, no byte order mark. Texts are safe in a spreadsheet.

use super::{Cell, LineKind, Render, Report, ReportLine, moment};

/// What makes a spreadsheet take a text for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The report as a table.
pub(super) struct CsvReport;

impl Render for CsvReport {
    fn begin<R: Report>(&mut self, report: &R, out: &mut Vec<u8>) {
        let names = ["rowType", "asOf"].into_iter();
        let names = names.chain(report.columns().iter().map(String::as_str));
        write(out, |table| table.write_record(names));
    }

    fn lines<R: Report>(
        &mut self,
        report: &R,
        lines: &[ReportLine],
        kind: LineKind,
        out: &mut Vec<u8>,
    ) {
        let as_of = moment(report.as_of());
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

    fn end(&mut self, _: &mut Vec<u8>) {}
}

fn write(
    out: &mut Vec<u8>,
    records: impl FnOnce(&mut csv::Writer<&mut Vec<u8>>) -> csv::Result<()>,
) {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    // Writing to memory does not fail, and every record has the columns of the header.
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

/// An apostrophe in front shows a spreadsheet that it is a text.
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
