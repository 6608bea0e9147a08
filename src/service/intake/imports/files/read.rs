//! Reading a file as it comes, CSV, XLSX or NDJSON; CSV in UTF-8 or GB18030 (and so GBK), with or without BOM, headings in any order.

use super::formats::{self, Format};
use super::quotes::{Quotes, Unclosed};
use crate::kernel::error::{AppError, Result};
use csv::{ReaderBuilder, StringRecord};
use domain::intake::imports::{Dataset, Finding};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use encoding_rs::{Decoder, GB18030, UTF_8};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest cell that is read, characters.
const MAX_CELL: usize = 100_000;

/// The rows of a file by heading.
pub struct Rows {
    reader: csv::Reader<Box<dyn Read + Send>>,
    headings: HashMap<String, usize>,
    columns: usize,
    record: StringRecord,
    unclosed: Unclosed,
    /// Bytes of the file, and how many have been read.
    size: u64,
    taken: Arc<AtomicU64>,
    pub encoding: &'static str,
}

/// One row's cells.
pub struct Cells<'a> {
    headings: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Cells<'_> {
    pub fn get(&self, heading: &str) -> Option<String> {
        let at = *self.headings.get(heading)?;
        Some(self.record.get(at).unwrap_or_default().chars().take(MAX_CELL).collect())
    }
}

impl Rows {
    /// Opens a file and checks that its headings are the data set's.
    pub fn open(mut file: File, dataset: Dataset) -> Result<Self> {
        let encoding = match formats::detect(&mut file)? {
            Format::Csv => detect(&mut file, dataset).map_err(AppError::internal)?,
            Format::Xlsx => {
                file = super::workbook::read(&file)?;
                "XLSX"
            }
            Format::Ndjson => {
                file = formats::lines_to_csv(&file)?;
                "NDJSON"
            }
        };
        let size = file.metadata().map_err(AppError::internal)?.len();
        let taken = Arc::<AtomicU64>::default();
        let decoder = if encoding == "GB18030" { GB18030.new_decoder() } else { UTF_8.new_decoder() };
        let decoding = Decoding {
            inner: BufReader::new(file),
            taken: Arc::clone(&taken),
            decoder,
            out: Vec::new(),
            at: 0,
            end: false,
        };
        let (source, unclosed) = Quotes::new(decoding);
        let source: Box<dyn Read + Send> = Box::new(source);
        let mut reader = ReaderBuilder::new().flexible(true).has_headers(true).from_reader(source);
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let headings: HashMap<_, _> = header
            .iter()
            .enumerate()
            .map(|(at, heading)| (heading.trim().trim_start_matches('\u{feff}').to_owned(), at))
            .collect();
        let columns = header.len();
        let repeated = header.iter().enumerate().find(|(at, heading)| {
            let heading = heading.trim();
            !heading.is_empty() && headings.get(heading).is_some_and(|last| last != at)
        });

        if let Some((_, heading)) = repeated {
            return Err(AppError::new(
                Code::InvalidBody,
                text!(
                    "列“{heading}”出现了两次，请只留一列。",
                    "The column {heading} stands there twice; keep one of them."
                ),
            ));
        }

        let missing: Vec<_> =
            dataset.required_headings().iter().filter(|heading| !headings.contains_key(**heading)).copied().collect();
        if !missing.is_empty() {
            let missing = missing.join("、");
            return Err(AppError::new(
                Code::InvalidBody,
                text!("文件缺少列：{missing}。", "The file lacks the columns {missing}."),
            ));
        }

        Ok(Self { reader, headings, columns, record: StringRecord::new(), unclosed, size, taken, encoding })
    }

    /// The next row, or `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Cells<'_>>> {
        let more = self.reader.read_record(&mut self.record).map_err(|error| unreadable(&error))?;
        Ok(more.then_some(Cells { headings: &self.headings, record: &self.record }))
    }
}

impl Rows {
    /// How many rows there seem to be, by the share of the file that so many have taken.
    pub fn estimate(&self, done: i64) -> Option<i64> {
        let taken = i128::from(self.taken.load(Ordering::Relaxed));
        let rows = (i128::from(done) * i128::from(self.size)).checked_div(taken)?;
        i64::try_from(rows).ok().map(|rows| rows.max(done))
    }

    /// What is wrong with the row just read as a whole, so that its cells cannot be trusted.
    pub fn fault(&self) -> Option<Finding> {
        const ROW: &str = "整行";
        let (first, last) = (self.record.position().map_or(0, csv::Position::line), self.reader.position().line());
        if let Some(line) = self.unclosed.line_of_record_ending_at(self.reader.position().byte()) {
            let message = text!(
                "第 {line} 行的引号没有结束，其后到文件末尾的内容都在这一格里；请补上引号后重报。",
                "The quote in line {line} is never closed, so the rest of the file is in that cell; close it and send again."
            );
            return Some(Finding::error(ROW, "QUOTE_UNCLOSED", "", message));
        }

        let (cells, columns) = (self.record.len(), self.columns);
        let surplus = self.record.iter().skip(columns).any(|cell| !cell.trim().is_empty());
        if cells < columns || surplus {
            let message = text!(
                "文件第 {first} 至 {last} 行：有 {cells} 格，应为 {columns} 格；请检查逗号和引号。",
                "Lines {first} to {last}: {cells} cells where there are {columns} columns; look for commas and quotes."
            );
            return Some(Finding::error(ROW, "COLUMN_COUNT", "", message));
        }

        let broken = self.record.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
        broken.then(|| {
            let encoding = self.encoding;
            let message = text!(
                "文件第 {first} 行有不能按 {encoding} 识别的字节，请以正确的编码重报。",
                "Line {first} has bytes that are not {encoding}; send it in the right encoding."
            );
            Finding::error(ROW, "ENCODING", "", message)
        })
    }
}

fn unreadable(error: &csv::Error) -> AppError {
    AppError::new(Code::InvalidBody, text!("CSV 无法读取：{error}", "The CSV cannot be read: {error}"))
}

/// UTF-8 where the whole file is valid UTF-8, or its first line is and names the data set's columns; else GB18030.
fn detect(file: &mut File, dataset: Dataset) -> io::Result<&'static str> {
    let mut head = Vec::new();
    file.take(1 << 16).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let line = head.split(|byte| *byte == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    if line.is_some_and(|line| dataset.required_headings().iter().all(|heading| line.contains(heading))) {
        return Ok("UTF-8");
    }
    let mut pending = Vec::new();
    let mut chunk = vec![0; 1 << 16];
    let mut encoding = "UTF-8";

    loop {
        let count = file.read(&mut chunk)?;
        pending.extend_from_slice(&chunk[..count]);
        match std::str::from_utf8(&pending) {
            Ok(_) => pending.clear(),
            Err(error) if error.error_len().is_none() && count > 0 => {
                pending.drain(..error.valid_up_to());
            }
            Err(_) => {
                encoding = "GB18030";
                break;
            }
        }
        if count == 0 {
            break;
        }
    }

    file.seek(SeekFrom::Start(0))?;
    Ok(encoding)
}

/// Turns bytes into UTF-8 on the way; what cannot be read becomes U+FFFD, and a finding.
struct Decoding<R> {
    inner: R,
    taken: Arc<AtomicU64>,
    decoder: Decoder,
    out: Vec<u8>,
    at: usize,
    end: bool,
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.end {
                return Ok(0);
            }
            let mut raw = [0; 1 << 14];
            let count = self.inner.read(&mut raw)?;
            self.taken.fetch_add(count as u64, Ordering::Relaxed);
            self.end = count == 0;
            let room = self.decoder.max_utf8_buffer_length(count).ok_or_else(|| io::Error::other("overflow"))?;
            self.out.resize(room, 0);
            self.at = 0;
            let (_, _, written, _) = self.decoder.decode_to_utf8(&raw[..count], &mut self.out, self.end);
            self.out.truncate(written);
        }

        let count = buffer.len().min(self.out.len() - self.at);
        buffer[..count].copy_from_slice(&self.out[self.at..self.at + count]);
        self.at += count;

        Ok(count)
    }
}
