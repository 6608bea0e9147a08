//! Reading a file as it comes: text with a separator, a workbook or NDJSON, headings in any order and wherever they stand.

use super::delimited::Delimited;
use super::formats::{self, Format, refused};
use super::lines::{About, Line, Reader};
use super::{ndjson, workbook};
use crate::kernel::error::{AppError, Result};
use domain::intake::imports::reading::fields::{Cell, Cells};
use domain::intake::imports::reading::footers::{Footer, is_footer};
use domain::intake::imports::reading::headings::{HEAD, Headings, NoHeadings};
use domain::intake::imports::{Dataset, Finding};
use domain::kernel::characters::has_visible;
use domain::kernel::text::{listed, text};
use std::collections::VecDeque;
use std::fs::File;

enum Source {
    Text(Box<Delimited>),
    Lines(Box<Reader>),
}

/// The rows of a file by the data set's headings.
pub struct Rows {
    source: Source,
    dataset: Dataset,
    headings: Headings,
    /// Rows that were read to find the headings.
    ahead: VecDeque<Line>,
    /// The file's own number of the last row of its headings.
    heading_row: i64,
    /// Bytes of the file, and how many have been read.
    size: u64,
    taken: u64,
    /// UTF-8, GB18030, UTF-16LE, UTF-16BE, or the kind of workbook.
    pub encoding: String,
    /// What is told of the file as a whole.
    pub findings: Vec<Finding>,
}

/// Where a row stands: among the data, from 1 behind the headings, and in the file, from 1. Blank rows keep their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    pub row: i64,
    pub sheet_row: i64,
}

/// A row that holds something.
pub struct FileRow {
    pub at: At,
    pub line: Line,
    pub kind: RowKind,
}

pub enum RowKind {
    Data,
    /// A sum, a signature, a remark, or the headings once more.
    NoRecord,
    /// Its cells cannot be trusted.
    Broken(Finding),
}

impl Rows {
    /// Opens a file and finds the data set's headings in it.
    pub fn open(mut file: File, dataset: Dataset) -> Result<Self> {
        let (mut source, encoding, about, size) = match formats::detect(&mut file)? {
            Format::Text => {
                let size = file.metadata().map_err(AppError::internal)?.len();
                let source = Delimited::open(file, dataset)?;
                let encoding = source.encoding;
                (Source::Text(Box::new(source)), encoding.to_owned(), About::default(), size)
            }
            Format::Zip | Format::Compound => of_lines(workbook::read(&file, dataset)?)?,
            Format::Ndjson => of_lines(ndjson::read(&file)?)?,
        };

        let mut taken = 0;
        let mut head: Vec<Line> = Vec::new();
        while head.len() <= HEAD {
            let Some(line) = source.next(&mut taken)? else { break };
            head.push(line);
        }
        let cells: Vec<Vec<String>> = head.iter().map(|line| line.cells.clone()).collect();
        let headings = Headings::find(dataset, &cells).map_err(|why| no_headings(why, &cells))?;
        let heading_row = headings.rows.checked_sub(1).and_then(|last| head.get(last)).map_or(0, |line| line.row);
        let findings = told(&headings, &about);
        let ahead = head.into_iter().skip(headings.rows).collect();

        Ok(Self { source, dataset, headings, ahead, heading_row, size, taken, encoding, findings })
    }

    /// The file's headings, as it has them; what stands in no column is left out.
    pub fn headings(&self) -> &[String] {
        let end = self.headings.printed.iter().rposition(|heading| !heading.is_empty()).map_or(0, |last| last + 1);
        &self.headings.printed[..end]
    }

    /// The next row that holds something, or `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<FileRow>> {
        loop {
            let line = match self.ahead.pop_front() {
                Some(line) => line,
                None => match self.source.next(&mut self.taken)? {
                    Some(line) => line,
                    None => return Ok(None),
                },
            };
            if line.is_blank() {
                continue;
            }
            let at = At { row: line.row - self.heading_row, sheet_row: line.row };
            let kind = self.kind_of(&line);
            return Ok(Some(FileRow { at, line, kind }));
        }
    }

    fn kind_of(&self, line: &Line) -> RowKind {
        match is_footer(line.first()) {
            Footer::Sum | Footer::Remark => return RowKind::NoRecord,
            Footer::Label if self.lacks_keys(line) || !self.begins_with_a_value(line) => return RowKind::NoRecord,
            _ if line.is_one_text() || self.headings.is_repeated_by(&line.cells) => return RowKind::NoRecord,
            Footer::Label | Footer::No => {}
        }
        let fault = match &self.source {
            Source::Text(source) => source.fault(line, self.headings.columns()),
            Source::Lines(_) => None,
        };
        fault.map_or(RowKind::Data, RowKind::Broken)
    }

    /// Whether what the row says first stands in a column that is read and that a record may leave out: 主要负责人 may be
    /// somebody's position, and is nobody's name.
    fn begins_with_a_value(&self, line: &Line) -> bool {
        let first = line.cells.iter().position(|cell| has_visible(cell));
        let mut optional = self.dataset.columns().iter().filter(|column| !column.required);
        optional.any(|column| first.is_some() && self.headings.place(self.dataset, column.name) == first)
    }

    /// Whether a column that every record needs is empty.
    fn lacks_keys(&self, line: &Line) -> bool {
        let mut required = self.dataset.columns().iter().filter(|column| column.required);
        required.any(|column| {
            let place = self.headings.place(self.dataset, column.name);
            place.and_then(|at| line.cells.get(at)).is_none_or(|cell| cell.trim().is_empty())
        })
    }

    /// A row by the data set's columns.
    pub fn by_column<'a>(&'a self, line: &'a Line) -> impl Cells + 'a {
        ByColumn { rows: self, line }
    }

    /// How many rows there seem to be, by the share of the file that so many have taken.
    pub fn estimate(&self, done: i64) -> Option<i64> {
        let taken = match &self.source {
            Source::Text(source) => source.taken(),
            Source::Lines(_) => self.taken,
        };
        let rows = (i128::from(done) * i128::from(self.size)).checked_div(i128::from(taken))?;
        i64::try_from(rows).ok().map(|rows| rows.max(done))
    }
}

impl Source {
    fn next(&mut self, taken: &mut u64) -> Result<Option<Line>> {
        match self {
            Self::Text(source) => source.next(),
            Self::Lines(source) => Ok(source.next()?.map(|(line, bytes)| {
                *taken += bytes as u64;
                line
            })),
        }
    }
}

fn of_lines(file: File) -> Result<(Source, String, About, u64)> {
    let size = file.metadata().map_err(AppError::internal)?.len();
    let (source, about) = Reader::new(file)?;
    Ok((Source::Lines(Box::new(source)), about.kind.clone(), about, size))
}

struct ByColumn<'a> {
    rows: &'a Rows,
    line: &'a Line,
}

impl Cells for ByColumn<'_> {
    fn cell(&self, field: &str) -> Option<Cell> {
        self.rows.headings.place(self.rows.dataset, field).map(|at| self.line.cell(at))
    }

    fn has(&self, field: &str) -> bool {
        self.rows.headings.place(self.rows.dataset, field).is_some()
    }
}

/// What was passed over before the first row, so that nothing is lost in silence.
fn told(headings: &Headings, about: &About) -> Vec<Finding> {
    const FILE: &str = "文件";
    let mut findings = Vec::new();
    if let Some(sheet) = &about.sheet {
        let others = listed(&about.others);
        let message = text!(
            "读取的是工作表“{sheet}”；未读取：{zh}。",
            "The sheet {sheet} was read; not read: {en}.",
            zh = others.zh,
            en = others.en
        );
        findings.push(Finding::warning(FILE, "SHEET_READ", sheet, message));
    }
    if headings.above > 0 {
        let above = headings.above;
        let message = text!(
            "列名以上有 {above} 行标题或说明，未作为数据。",
            "{above} rows stand above the headings; they are no data."
        );
        findings.push(Finding::warning(FILE, "ROWS_ABOVE_HEADINGS", "", message).without_value());
    }
    for heading in &headings.ignored {
        let message = text!("没有读取“{heading}”这一列。", "The column {heading} is not read.");
        let field: String = heading.chars().take(60).collect();
        findings.push(Finding::warning(field, "COLUMN_IGNORED", heading, message));
    }

    findings
}

/// Why a file is not of the data set, with what stands there instead.
fn no_headings(why: NoHeadings, head: &[Vec<String>]) -> AppError {
    let (missing, found) = match why {
        NoHeadings::Twice(heading) => {
            return refused(text!(
                "列“{heading}”出现了两次，请只留一列。",
                "The column {heading} stands there twice; keep one of them."
            ));
        }
        NoHeadings::Missing { missing, found } => (listed(missing), found),
    };
    if found.len() == 1 && head.len() > 1 && found[0].contains([';', '；', '，', ' ', ':', '：']) {
        let found = &found[0];
        return refused(text!(
            "文件缺少列：{zh}。整行被读成了一列“{found}”；请用逗号、分号或制表符分隔。",
            "The file lacks the columns {en}. Its lines were read as one column, {found}; separate them by commas, semicolons or tabs.",
            zh = missing.zh,
            en = missing.en
        ));
    }

    let found = if found.is_empty() { text!("（无）", "(none)") } else { listed(found) };
    refused(text!(
        "文件缺少列：{zh}。找到的列：{found_zh}。",
        "The file lacks the columns {en}. It has these: {found_en}.",
        zh = missing.zh,
        en = missing.en,
        found_zh = found.zh,
        found_en = found.en
    ))
}
