//! Reads tables of text: RFC 4180, and what spreadsheets make of it.
//!
//! In: text. Out: records with their lines, or what is wrong with one.
//! Invariant: after a broken record the next line is read as if nothing had happened.
//!
//! <https://www.rfc-editor.org/rfc/rfc4180>

use crate::domain::import::RowProblem;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it begins, from 1.
    pub line: usize,
    pub fields: Vec<String>,
}

/// Reads record after record. Blank lines are no records.
#[derive(Debug, Clone)]
pub struct CsvReader<'a> {
    text: &'a str,
    /// Where the next record begins, in bytes.
    at: usize,
    line: usize,
    separator: u8,
}

impl<'a> CsvReader<'a> {
    /// A reader that finds out by the first line what separates fields: a comma, a semicolon, a tab or a bar.
    pub fn new(text: &'a str) -> Self {
        let first_line = text.lines().next().unwrap_or_default();
        // Spreadsheets may say it themselves: `sep=;`.
        if let Some(&[separator]) = first_line.trim_end().strip_prefix("sep=").map(str::as_bytes) {
            let at = text.find('\n').map_or(text.len(), |at| at + 1);
            return Self { text, at, line: 2, separator };
        }
        Self { text, at: 0, line: 1, separator: likely_separator(first_line) }
    }

    /// How far the text is read, in bytes.
    pub const fn position(&self) -> usize {
        self.at
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The end of a line at `at`, if there is one: the place after it.
    fn line_end(&self, at: usize) -> Option<usize> {
        match (self.byte(at), self.byte(at + 1)) {
            (None, _) => Some(at),
            (Some(b'\r'), Some(b'\n')) => Some(at + 2),
            (Some(b'\n' | b'\r'), _) => Some(at + 1),
            (Some(_), _) => None,
        }
    }

    /// One field from `at`: its text and the place after it.
    fn field(&self, at: usize) -> Result<(String, usize), &'static str> {
        if self.byte(at) != Some(b'"') {
            let mut end = at;
            while self.byte(end) != Some(self.separator) && self.line_end(end).is_none() {
                end += 1;
            }
            return Ok((self.text.get(at..end).unwrap_or_default().to_owned(), end));
        }
        let mut field = String::new();
        let mut start = at + 1;
        loop {
            let rest = self.text.get(start..).unwrap_or_default();
            let Some(quote) = rest.find('"') else { return Err("The quotation mark is never closed.") };
            field.push_str(rest.get(..quote).unwrap_or_default());
            let after = start + quote + 1;
            if self.byte(after) == Some(b'"') {
                field.push('"');
                start = after + 1;
            } else if self.byte(after) == Some(self.separator) || self.line_end(after).is_some() {
                return Ok((field, after));
            } else {
                return Err(
                    "There is text after a closing quotation mark. Double the quotation marks inside of a field.",
                );
            }
        }
    }

    fn record(&self, start: usize) -> Result<(Vec<String>, usize), &'static str> {
        let mut fields = Vec::new();
        let mut at = start;
        loop {
            let (field, end) = self.field(at)?;
            fields.push(field);
            match self.line_end(end) {
                Some(next) => return Ok((fields, next)),
                None => at = end + 1,
            }
        }
    }

    fn move_to(&mut self, next: usize) {
        self.line += count_lines(self.text.get(self.at..next).unwrap_or_default());
        self.at = next;
    }
}

impl Iterator for CsvReader<'_> {
    type Item = Result<Record, RowProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            let (start, line) = (self.at, self.line);
            match self.record(start) {
                Ok((fields, next)) => {
                    self.move_to(next);
                    if fields.iter().any(|field| !field.trim().is_empty()) {
                        return Some(Ok(Record { line, fields }));
                    }
                }
                Err(message) => {
                    let mut next = start;
                    while self.line_end(next).is_none() {
                        next += 1;
                    }
                    self.move_to(self.line_end(next).unwrap_or(self.text.len()));
                    return Some(Err(RowProblem { line, message: message.to_owned() }));
                }
            }
        }
        None
    }
}

/// Writes one record with its line end; fields are quoted where they must be.
pub fn write_record(out: &mut String, fields: impl IntoIterator<Item = String>) {
    for (field_idx, field) in fields.into_iter().enumerate() {
        if field_idx > 0 {
            out.push(',');
        }
        if field.contains(['"', ',', ';', '\t', '\n', '\r']) || field.trim() != field {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&field);
        }
    }
    out.push_str("\r\n");
}

fn count_lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

fn likely_separator(first_line: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in first_line.bytes() {
        is_quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!is_quoted && *separator == byte);
        }
    }
    // The first of those that are equal.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Result<(usize, Vec<String>), usize>> {
        CsvReader::new(text)
            .map(|record| record.map(|record| (record.line, record.fields)).map_err(|problem| problem.line))
            .collect()
    }

    fn row(line: usize, fields: &[&str]) -> Result<(usize, Vec<String>), usize> {
        Ok((line, fields.iter().map(|field| (*field).to_owned()).collect()))
    }

    #[test]
    fn the_rfcs_examples_are_read() {
        assert_eq!(rows("aaa,bbb\r\nzzz,yyy\r\n"), [row(1, &["aaa", "bbb"]), row(2, &["zzz", "yyy"])]);
        assert_eq!(rows("aaa,bbb\r\nzzz,yyy"), [row(1, &["aaa", "bbb"]), row(2, &["zzz", "yyy"])]);
        let quoted = "\"aaa\",\"b \r\nbb\",\"c\"\"cc\"\r\nzzz,,xxx\n";
        assert_eq!(rows(quoted), [row(1, &["aaa", "b \r\nbb", "c\"cc"]), row(3, &["zzz", "", "xxx"])]);
    }

    #[test]
    fn spreadsheets_and_old_machines_are_understood() {
        assert_eq!(rows("a;b\n1,5;2\n"), [row(1, &["a", "b"]), row(2, &["1,5", "2"])]);
        assert_eq!(rows("a\tb\r1\t2\r"), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
        assert_eq!(rows("sep=|\r\na|b\r\n"), [row(2, &["a", "b"])]);
        assert_eq!(rows("a,b\n\n , \n5\" tin,x\n"), [row(1, &["a", "b"]), row(4, &["5\" tin", "x"])]);
        assert_eq!(rows("\"a,b;c;d\",e\n"), [row(1, &["a,b;c;d", "e"])]);
    }

    #[test]
    fn a_broken_row_costs_only_itself() {
        let text = "a,b\n\"open,1\n2,3\n\"x\"y,4\n5,6\n\"never";
        assert_eq!(rows(text), [row(1, &["a", "b"]), Err(2), row(3, &["2", "3"]), Err(4), row(5, &["5", "6"]), Err(6)]);
    }

    #[test]
    fn a_huge_field_is_a_field() {
        let huge = "x\"\"\n".repeat(500_000);
        let text = format!("a,b\n\"{huge}\",2\n");
        let last = rows(&text).pop().expect("two rows").expect("a good row");
        assert_eq!((last.1[0].len(), last.1[1].as_str()), (1_500_000, "2"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let fields = ["plain", "a,b", "\"q\"", "two\r\nlines", "", " edge ", "5;6"];
        let mut out = String::from("1,2,3,4,5,6,7\r\n");
        write_record(&mut out, fields.map(str::to_owned));
        assert_eq!(rows(&out).pop(), Some(row(2, &fields)));
    }
}
