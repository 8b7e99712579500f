//! Tables for spreadsheets (RFC 4180).
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe: names come from strangers.

use model::{Money, UnixMillis};
use std::fmt::Write;
use time::OffsetDateTime;

/// One line of RFC 4180.
pub fn write_row(csv: &mut String, cells: &[String]) {
    write_cells(csv, &cells.iter().map(|cell| guarded(cell)).collect::<Vec<_>>());
}

/// The same, with amounts behind the texts.
pub fn write_row_with(csv: &mut String, cells: &[String], amounts: impl Iterator<Item = Money>) {
    let texts = cells.iter().map(|cell| guarded(cell));
    write_cells(csv, &texts.chain(amounts.map(number)).collect::<Vec<_>>());
}

fn write_cells(csv: &mut String, cells: &[String]) {
    csv.push_str(&cells.join(","));
    csv.push_str("\r\n");
}

/// An amount without its currency, as spreadsheets read it. It may be less than nothing and is no formula.
fn number(amount: Money) -> String {
    let text = amount.to_string();
    text.split_once(' ').map_or_else(String::new, |(number, _)| number.to_owned())
}

/// A cell that no spreadsheet computes and no reader splits.
fn guarded(cell: &str) -> String {
    // What follows spaces is still taken for a formula by some; so is a tab or a return at the front.
    let is_formula =
        cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n', ';', '\'']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

/// A moment as ISO 8601 writes it, in UTC.
pub fn moment(at: UnixMillis) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000) else {
        return at.0.to_string();
    };
    let mut text = String::with_capacity(24);
    let (date, clock) = (time.date(), time.time());
    write!(text, "{:04}-{:02}-{:02}T", date.year(), u8::from(date.month()), date.day())
        .and_then(|()| write!(text, "{:02}:{:02}:{:02}", clock.hour(), clock.minute(), clock.second()))
        .and_then(|()| write!(text, ".{:03}Z", clock.millisecond()))
        .expect("a text takes what is written to it");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Currency;

    #[test]
    fn no_cell_is_a_formula_and_no_cell_falls_apart() {
        for (cell, written) in [
            ("Bo", "Bo"),
            ("", ""),
            ("=1+1", "\"'=1+1\""),
            ("+49 30", "\"'+49 30\""),
            ("-2", "\"'-2\""),
            ("@here", "\"'@here\""),
            ("  =1", "\"'  =1\""),
            ("\tx", "\"'\tx\""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(guarded(cell), written, "{cell}");
        }
    }

    #[test]
    fn amounts_are_numbers() {
        let euro = |minor| Money::new(minor, Currency::parse("EUR").expect("a currency"));
        let mut csv = String::new();
        write_row_with(&mut csv, &["=x".to_owned()], [euro(-1_250), euro(0)].into_iter());
        assert_eq!(csv, "\"'=x\",-12.50,0.00\r\n");
    }
}
