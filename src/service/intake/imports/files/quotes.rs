//! CSV on its way to the reader, which would take a quote that is never closed for one long cell and say nothing.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Longest cell in bytes; beyond it a quote is open that should not be.
const LONGEST: u64 = 1 << 20;

/// Where the reader stands, as RFC 4180 and the `csv` crate see it.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Start,
    Bare,
    Quoted,
    /// Behind a quote inside quotes: the end of the cell, or half of a doubled quote.
    Quote,
}

/// Passes UTF-8 through and follows its quotes. A blank line becomes a record without anything in it: the reader would
/// pass over it, and the rows behind it would have other numbers than in the file.
pub struct Quotes<R> {
    inner: R,
    separator: u8,
    at: At,
    /// Whether the record has any byte yet, and whether its end was a carriage return that a line feed may follow.
    empty: bool,
    returned: bool,
    bytes: u64,
    cell: u64,
    line: u64,
    /// The line at which the open quote stands.
    opened: u64,
    unclosed: Unclosed,
    out: Vec<u8>,
    given: usize,
}

/// Set at the end of a file that ends inside quotes: its size and the line of the quote.
#[derive(Clone, Default)]
pub struct Unclosed(Arc<(AtomicU64, AtomicU64)>);

impl Unclosed {
    /// The line of the open quote, for the record that ends where the file ends.
    pub fn line_of_record_ending_at(&self, byte: u64) -> Option<u64> {
        let (size, line) = (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed));
        (line > 0 && byte >= size).then_some(line)
    }
}

impl<R: Read> Quotes<R> {
    pub fn new(inner: R, separator: u8) -> (Self, Unclosed) {
        let unclosed = Unclosed::default();
        let quotes = Self {
            inner,
            separator,
            at: At::Start,
            empty: true,
            returned: false,
            bytes: 0,
            cell: 0,
            line: 1,
            opened: 0,
            unclosed: unclosed.clone(),
            out: Vec::new(),
            given: 0,
        };
        (quotes, unclosed)
    }

    fn follow(&mut self, byte: u8) -> io::Result<()> {
        self.cell += 1;
        self.line += u64::from(byte == b'\n');
        let ends = self.at != At::Quoted && matches!(byte, b'\n' | b'\r');
        let second_half = byte == b'\n' && self.returned;
        if ends && self.empty && !second_half {
            self.give(self.separator);
        }
        self.give(byte);
        let mark = matches!(byte, 0xEF | 0xBB | 0xBF) && self.bytes <= 3;
        self.empty = if ends { true } else { self.empty && mark };
        self.returned = ends && byte == b'\r';

        self.at = match (self.at, byte) {
            // The mark of the encoding stands before the first cell.
            (At::Start, _) if mark => At::Start,
            (At::Start, b'"') => {
                self.opened = self.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Quote,
            (At::Quote, b'"') | (At::Quoted, _) => At::Quoted,
            (At::Start | At::Bare | At::Quote, byte) if ends || byte == self.separator => {
                self.cell = 0;
                At::Start
            }
            (At::Start | At::Bare | At::Quote, _) => At::Bare,
        };
        if self.cell > LONGEST {
            let line = if self.at == At::Quoted { self.opened } else { self.line };
            return Err(io::Error::other(format!("a cell longer than {LONGEST} bytes, from line {line} on")));
        }

        Ok(())
    }

    fn give(&mut self, byte: u8) {
        self.bytes += 1;
        self.out.push(byte);
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.out.len() {
            self.out.clear();
            self.given = 0;
            let mut raw = [0; 1 << 13];
            let count = self.inner.read(&mut raw)?;
            for byte in &raw[..count] {
                self.follow(*byte)?;
            }
            if count == 0 && self.at == At::Quoted {
                self.unclosed.0.0.store(self.bytes, Ordering::Relaxed);
                self.unclosed.0.1.store(self.opened, Ordering::Relaxed);
            }
        }

        let count = buffer.len().min(self.out.len() - self.given);
        buffer[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;

        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unclosed(text: &str) -> Option<u64> {
        let (mut quotes, unclosed) = Quotes::new(text.as_bytes(), b',');
        let mut out = String::new();
        quotes.read_to_string(&mut out).ok()?;
        assert_eq!(out, text, "blank lines apart, nothing is changed");
        unclosed.line_of_record_ending_at(text.len() as u64)
    }

    #[test]
    fn an_open_quote_is_told_with_its_line() {
        assert_eq!(unclosed("a,b\n1,\"x\ny,z\n"), Some(2));
        assert_eq!(unclosed("\u{feff}\"a,b\n"), Some(1));
        for closed in
            ["", "a,b\n1,\"x\ny\"\n", "a,\"say \"\"x\"\"\"\n", "12\" pipe,b\n", "\u{feff}\"a\",b\n", "a,\"b\"c\",d\n"]
        {
            assert_eq!(unclosed(closed), None, "{closed}");
        }
    }

    #[test]
    fn blank_lines_are_records_too() {
        for (text, read) in [
            ("a,b\n\n\n1,2\n", "a,b\n,\n,\n1,2\n"),
            ("a,b\r\n\r\n1,2\r\n", "a,b\r\n,\r\n1,2\r\n"),
            ("a,b\r\r1,2\r", "a,b\r,\r1,2\r"),
            ("\u{feff}\na,\"\n\n\"\n", "\u{feff},\na,\"\n\n\"\n"),
        ] {
            let mut out = String::new();
            Quotes::new(text.as_bytes(), b',').0.read_to_string(&mut out).unwrap_or_default();
            assert_eq!(out, read, "{text:?}");
        }
    }

    #[test]
    fn a_cell_without_end_is_refused() {
        let mut quotes = Quotes::new(io::repeat(b'x'), b',').0;
        let error = io::copy(&mut quotes, &mut io::sink()).err();
        assert!(error.is_some_and(|error| error.to_string().contains("line 1")));
    }

    proptest! {
        /// What the csv crate writes it reads back, whatever the cells hold, so no quote is open.
        #[test]
        fn what_is_written_well_is_closed(rows in proptest::collection::vec(proptest::collection::vec("[a\",\n\r é]{0,6}", 2), 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).map_err(|error| TestCaseError::fail(error.to_string()))?;
            }
            let text = writer.into_inner().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let mut quotes = Quotes::new(text.as_bytes(), b',');
            quotes.0.read_to_string(&mut String::new()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(quotes.1.line_of_record_ending_at(u64::MAX), None);
        }
    }
}
