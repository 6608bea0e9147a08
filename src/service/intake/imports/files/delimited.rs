//! Text with a separator: UTF-8, GB18030 (and so GBK) or UTF-16; comma, semicolon, tab or bar; with blank lines where they stand.

use super::lines::{Line, Place};
use super::quotes::{Quotes, Unclosed};
use crate::kernel::error::{AppError, Result};
use csv::{ReaderBuilder, StringRecord};
use domain::intake::imports::reading::headings::{HEAD, Headings};
use domain::intake::imports::{Dataset, Finding};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest cell that is read, characters.
const MAX_CELL: usize = 100_000;
/// Bytes at the head of a file by which it is recognised.
const SAMPLE: u64 = 1 << 16;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The records of a file.
pub struct Delimited {
    reader: csv::Reader<Box<dyn Read + Send>>,
    record: StringRecord,
    unclosed: Unclosed,
    row: i64,
    taken: Arc<AtomicU64>,
    pub encoding: &'static str,
}

impl Delimited {
    pub fn open(mut file: File, dataset: Dataset) -> Result<Self> {
        let mut head = Vec::new();
        file.by_ref().take(SAMPLE).read_to_end(&mut head).map_err(AppError::internal)?;
        file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
        let (name, encoding) = encoding_of(&head);
        let sample = encoding.decode(&head).0;
        let (said, skipped) = said_separator(&sample);
        let separator = said.unwrap_or_else(|| separator_of(dataset, &sample));

        let taken = Arc::<AtomicU64>::default();
        let mut decoding = Decoding {
            inner: BufReader::new(file),
            taken: Arc::clone(&taken),
            decoder: encoding.new_decoder(),
            out: Vec::new(),
            at: 0,
            end: false,
        };
        io::copy(&mut decoding.by_ref().take(skipped), &mut io::sink()).map_err(AppError::internal)?;
        let (source, unclosed) = Quotes::new(decoding, separator);
        let source: Box<dyn Read + Send> = Box::new(source);
        let reader = ReaderBuilder::new().flexible(true).has_headers(false).delimiter(separator).from_reader(source);

        Ok(Self { reader, record: StringRecord::new(), unclosed, row: 0, taken, encoding: name })
    }

    /// The next record, blank ones too.
    pub fn next(&mut self) -> Result<Option<Line>> {
        let unreadable = |error: csv::Error| {
            AppError::new(Code::InvalidBody, text!("CSV 无法读取：{error}", "The CSV cannot be read: {error}"))
        };

        if !self.reader.read_record(&mut self.record).map_err(unreadable)? {
            return Ok(None);
        }
        self.row += 1;
        let cell =
            |cell: &str| if cell.len() > MAX_CELL { cell.chars().take(MAX_CELL).collect() } else { cell.to_owned() };
        let place = Place {
            first: self.record.position().map_or(0, csv::Position::line),
            last: self.reader.position().line(),
            open_quote: self.unclosed.line_of_record_ending_at(self.reader.position().byte()),
        };
        let cells = self.record.iter().map(cell).collect();
        Ok(Some(Line { row: self.row, cells, place: Some(place), ..Line::default() }))
    }

    /// Bytes of the file that were taken so far.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// What is wrong with a record as a whole, so that its cells cannot be trusted.
    pub fn fault(&self, line: &Line, columns: usize) -> Option<Finding> {
        const ROW: &str = "整行";
        let Place { first, last, open_quote } = line.place?;
        if let Some(line) = open_quote {
            let message = text!(
                "第 {line} 行的引号没有结束，其后到文件末尾的内容都在这一格里；请补上引号后重报。",
                "The quote in line {line} is never closed, so the rest of the file is in that cell; close it and send again."
            );
            return Some(Finding::error(ROW, "QUOTE_UNCLOSED", "", message));
        }

        let cells = line.cells.len();
        let surplus = line.cells.iter().skip(columns).any(|cell| !cell.trim().is_empty());
        if cells < columns || surplus {
            let message = text!(
                "文件第 {first} 至 {last} 行：有 {cells} 格，应为 {columns} 格；请检查分隔符和引号。",
                "Lines {first} to {last}: {cells} cells where there are {columns} columns; look for separators and quotes."
            );
            return Some(Finding::error(ROW, "COLUMN_COUNT", "", message));
        }

        let broken = line.cells.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
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

/// What a file's head is written in: UTF-16 by its mark or its zero bytes; UTF-8 where most lines that could tell are; else GB18030.
fn encoding_of(head: &[u8]) -> (&'static str, &'static Encoding) {
    if let Some((encoding, _)) = Encoding::for_bom(head).filter(|(encoding, _)| *encoding != UTF_8) {
        return (if encoding == UTF_16LE { "UTF-16LE" } else { "UTF-16BE" }, encoding);
    }
    // A stray zero byte makes no UTF-16, nor does 一 (4E 00) tell its side: every separator and line end has one, on the same.
    let several = (head.split(|byte| *byte == 0).count() - 1) * 100 >= head.len();
    let marks = |of: fn(u8, u8) -> (u8, u8)| {
        let pairs = head.as_chunks::<2>().0.iter().map(|&[first, second]| of(first, second));
        pairs.filter(|(zero, mark)| *zero == 0 && (matches!(mark, b'\n' | b'\r') || SEPARATORS.contains(mark))).count()
    };
    let (big, little) = (marks(|first, second| (first, second)), marks(|first, second| (second, first)));
    match several {
        true if little > 8 * big => return ("UTF-16LE", UTF_16LE),
        true if big > 8 * little => return ("UTF-16BE", UTF_16BE),
        _ => {}
    }

    // One byte that is wrong spoils its row, not the file.
    let lines = head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_ascii());
    let (mut utf8, mut other) = (0, 0);
    for line in lines.take(2 * HEAD) {
        match std::str::from_utf8(line) {
            Ok(_) => utf8 += 1,
            // The sample may end within a character.
            Err(error) if error.error_len().is_none() => utf8 += 1,
            Err(_) => other += 1,
        }
    }
    if utf8 >= other { ("UTF-8", UTF_8) } else { ("GB18030", GB18030) }
}

/// `sep=;` in the first line, as spreadsheets write it for themselves, and how many bytes it takes.
fn said_separator(sample: &str) -> (Option<u8>, u64) {
    let bare = sample.strip_prefix('"').unwrap_or(sample);
    let Some(rest) = bare.strip_prefix("sep=").or_else(|| bare.strip_prefix("SEP=")) else { return (None, 0) };
    let said = rest.bytes().next().filter(|byte| byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"'));
    let end = sample.find(['\n', '\r']).map_or(sample.len(), |at| {
        let line = &sample[at..];
        at + if line.starts_with("\r\n") { 2 } else { 1 }
    });
    (said, end as u64)
}

/// The separator that yields the data set's headings; the comma where none does.
fn separator_of(dataset: Dataset, sample: &str) -> u8 {
    let yields = |separator: &u8| {
        let mut reader =
            ReaderBuilder::new().flexible(true).has_headers(false).delimiter(*separator).from_reader(sample.as_bytes());
        let head: Vec<Vec<String>> = reader
            .records()
            .take(HEAD + 1)
            .filter_map(|row| Some(row.ok()?.iter().map(str::to_owned).collect()))
            .collect();
        Headings::find(dataset, &head).is_ok()
    };
    SEPARATORS.into_iter().find(yields).unwrap_or(b',')
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn rows(content: &[u8]) -> (Vec<Vec<String>>, &'static str) {
        let mut file = tempfile::tempfile().unwrap_or_else(|error| unreachable!("{error}"));
        file.write_all(content).and_then(|()| file.seek(SeekFrom::Start(0))).unwrap_or_default();
        let mut source = Delimited::open(file, Dataset::Objects).unwrap_or_else(|error| unreachable!("{error:?}"));
        let rows = std::iter::from_fn(|| source.next().ok().flatten()).map(|line| line.cells).collect();
        (rows, source.encoding)
    }

    #[test]
    fn a_stray_zero_byte_is_no_encoding() {
        let rows_of = (0..40).map(|n| format!("旺苍第{n}店,X{n}\n"));
        let mut text = std::iter::once("企业名称,统一社会信用代码\n".to_owned()).chain(rows_of).collect::<String>();
        let at = text.find("旺苍第7店").unwrap_or_default();
        text.insert(at, '\0');
        let (rows, encoding) = rows(text.as_bytes());
        assert_eq!((encoding, rows.len()), ("UTF-8", 41));
    }

    #[test]
    fn separators_and_encodings() {
        // 一 (4E 00) has its zero byte on the other side.
        let table = [["企业名称", "统一社会信用代码"], ["旺苍一店", "X1"]];

        for separator in [",", ";", "\t", "|"] {
            let text = table.map(|row| row.join(separator)).join("\r\n");
            for (name, bytes) in [
                ("UTF-8", text.clone().into_bytes()),
                ("UTF-8", format!("\u{feff}{text}").into_bytes()),
                ("UTF-8", format!("sep={separator}\r\n{text}").into_bytes()),
                ("GB18030", GB18030.encode(&text).0.into_owned()),
                ("UTF-16LE", [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()),
                ("UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            ] {
                let (rows, encoding) = rows(&bytes);
                assert_eq!(
                    (rows, encoding),
                    (table.map(|row| row.map(str::to_owned).to_vec()).to_vec(), name),
                    "{separator:?}"
                );
            }
        }
    }
}
