//! Rows on their way from a workbook's reader, or from NDJSON: one line each, with what its cells lost.

use crate::kernel::error::{AppError, Result};
use domain::intake::imports::reading::fields::Cell;
use domain::kernel::characters::has_visible;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

/// A row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The file's own number of the row, from 1.
    pub row: i64,
    pub cells: Vec<String>,
    /// Cells that were numbers of more than fifteen digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<usize>,
    /// Some of its cells are one, drawn together across columns.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub merged: bool,
    /// Where it stands in a file of text.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// Lines of a file of text that a record takes, and the line of a quote in it that is never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub first: u64,
    pub last: u64,
    pub open_quote: Option<u64>,
}

impl Line {
    pub fn is_blank(&self) -> bool {
        !self.cells.iter().any(|cell| has_visible(cell))
    }

    /// Whether all that it says is one text in one merged cell: a remark. A trader under his own name says it in two.
    pub fn is_one_text(&self) -> bool {
        if !self.merged {
            return false;
        }
        let mut shown = self.cells.iter().filter(|cell| has_visible(cell));
        let Some(first) = shown.next() else { return false };
        let mut others = shown.peekable();
        others.peek().is_some() && others.all(|cell| cell == first)
    }

    pub fn cell(&self, at: usize) -> Cell {
        Cell { text: self.cells.get(at).cloned().unwrap_or_default(), digits_lost: self.lost.contains(&at) }
    }

    /// What the row says first.
    pub fn first(&self) -> &str {
        let mut shown = self.cells.iter().filter(|cell| has_visible(cell));
        shown.next().map_or("", String::as_str)
    }
}

/// What is told of a file before its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// XLSX, XLS, XLSB, ODS or NDJSON.
    pub kind: String,
    /// The sheet that is read, where there are others.
    pub sheet: Option<String>,
    /// Sheets that are not read.
    pub others: Vec<String>,
}

/// Rows into a file: what is told of the whole first.
pub struct Writer<W: Write>(BufWriter<W>);

impl<W: Write> Writer<W> {
    pub fn new(target: W, about: &About) -> Result<Self> {
        let mut writer = Self(BufWriter::new(target));
        writer.write(about)?;
        Ok(writer)
    }

    pub fn line(&mut self, line: &Line) -> Result<()> {
        self.write(line)
    }

    fn write(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.0, value).map_err(AppError::internal)?;
        self.0.write_all(b"\n").map_err(AppError::io)
    }

    pub fn finish(self) -> Result<W> {
        self.0.into_inner().map_err(|error| AppError::io(error.into_error()))
    }
}

/// Rows out of a file.
pub struct Reader {
    source: BufReader<File>,
    text: String,
}

impl Reader {
    pub fn new(mut file: File) -> Result<(Self, About)> {
        file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
        let mut reader = Self { source: BufReader::new(file), text: String::new() };
        let about = if reader.advance()? > 0 { serde_json::from_str(&reader.text)? } else { About::default() };
        Ok((reader, about))
    }

    /// The next row, and how many bytes it took.
    pub fn next(&mut self) -> Result<Option<(Line, usize)>> {
        match self.advance()? {
            0 => Ok(None),
            taken => Ok(Some((serde_json::from_str(&self.text)?, taken))),
        }
    }

    fn advance(&mut self) -> Result<usize> {
        self.text.clear();
        self.source.read_line(&mut self.text).map_err(AppError::internal)
    }
}
