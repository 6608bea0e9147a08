//! Workbooks and NDJSON as CSV: whatever a department sends is read row by row in one way, with flat memory.

use crate::kernel::error::{AppError, Result};
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use csv::Writer;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;

/// Bytes that a workbook may unpack to, and its shared strings, which are held in memory.
const UNPACKED: u64 = 512 << 20;
const STRINGS: u64 = 64 << 20;
/// Columns of a sheet, and bytes of a line of NDJSON.
const COLUMNS: usize = 200;
const LINE: u64 = 1 << 20;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Ndjson,
}

pub fn detect(file: &mut File) -> Result<Format> {
    let mut head = [0; 64];
    let read = file.read(&mut head).map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let head = &head[..read];
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Format::Xlsx);
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(if first == Some(&b'{') { Format::Ndjson } else { Format::Csv })
}

fn temporary() -> Result<File> {
    tempfile::tempfile().map_err(AppError::internal)
}

fn finished(writer: Writer<File>) -> Result<File> {
    let mut file = writer.into_inner().map_err(|error| AppError::internal(error.to_string()))?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    Ok(file)
}

pub(super) fn unreadable(what: &str, why: &impl ToString) -> AppError {
    let why = why.to_string();
    AppError::new(Code::InvalidBody, text!("{what} 无法读取：{why}", "The {what} cannot be read: {why}"))
}

/// The first sheet of a workbook.
pub fn sheet_to_csv(file: &File) -> Result<File> {
    check_unpacked(file)?;
    let bad = |error: XlsxError| unreadable("XLSX", &error);
    let source = BufReader::new(file.try_clone().map_err(AppError::internal)?);
    let mut book: Xlsx<_> = Xlsx::new(source).map_err(bad)?;
    let name = book.sheet_names().first().cloned();
    let name = name.ok_or_else(|| unreadable("XLSX", &"no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(bad)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(temporary()?);
    let (mut row, mut line): (u32, Vec<String>) = (0, Vec::new());

    while let Some(cell) = cells.next_cell().map_err(bad)? {
        let (at, column) = cell.get_position();
        let column = column as usize;
        if column >= COLUMNS {
            continue;
        }
        if at != row {
            write(&mut writer, &line)?;
            line.clear();
            row = at;
        }
        if line.len() <= column {
            line.resize(column + 1, String::new());
        }
        line[column] = shown(cell.get_value());
    }

    write(&mut writer, &line)?;
    finished(writer)
}

/// Lines without anything in them are none.
fn write(writer: &mut Writer<File>, line: &[String]) -> Result<()> {
    if line.iter().all(String::is_empty) {
        return Ok(());
    }
    writer.write_record(line).map_err(AppError::internal)
}

/// A cell as its reader sees it: whole numbers without a point, dates as days.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
    }
}

/// A workbook is a zip: what it says of its sizes is not believed, it is unpacked once and counted.
fn check_unpacked(file: &File) -> Result<()> {
    let bad = |error: zip::result::ZipError| unreadable("XLSX", &error);
    let source = BufReader::new(file.try_clone().map_err(AppError::internal)?);
    let mut archive = ZipArchive::new(source).map_err(bad)?;
    let mut left = UNPACKED;

    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(bad)?;
        let limit = if entry.name().map_err(bad)?.ends_with("sharedStrings.xml") { left.min(STRINGS) } else { left };
        let size = io::copy(&mut entry.take(limit + 1), &mut io::sink()).map_err(|error| unreadable("XLSX", &error))?;
        if size > limit {
            let detail = text!("工作簿解压后过大。", "The workbook unpacks to too much.");
            return Err(AppError::new(Code::PayloadTooLarge, detail));
        }
        left -= size;
    }

    Ok(())
}

/// One object a line: the keys of all lines are the columns.
pub fn lines_to_csv(file: &File) -> Result<File> {
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    each_line(file, |line| {
        for key in line.keys() {
            let next = columns.len();
            if next < COLUMNS {
                columns.entry(key.clone()).or_insert(next);
            }
        }
        Ok(())
    })?;
    let mut names = vec![String::new(); columns.len()];
    for (name, at) in &columns {
        names[*at].clone_from(name);
    }
    let mut writer = Writer::from_writer(temporary()?);
    writer.write_record(&names).map_err(AppError::internal)?;
    each_line(file, |line| {
        let cells = names.iter().map(|name| match line.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(";"),
            Some(value @ (Value::Bool(_) | Value::Number(_) | Value::Object(_))) => value.to_string(),
        });
        writer.write_record(cells).map_err(AppError::internal)
    })?;

    finished(writer)
}

fn each_line(file: &File, mut visit: impl FnMut(Map<String, Value>) -> Result<()>) -> Result<()> {
    let mut file = file.try_clone().map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let mut reader = BufReader::new(file);
    let mut number = 0u64;

    loop {
        let mut line = Vec::new();
        let read = (&mut reader).take(LINE + 1).read_until(b'\n', &mut line).map_err(AppError::internal)?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let bad = |why: &str| unreadable("NDJSON", &format!("{number}: {why}"));
        if read as u64 > LINE {
            return Err(bad("too long"));
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        visit(serde_json::from_slice(line).map_err(|error| bad(&error.to_string()))?)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(content: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap_or_else(|error| unreachable!("{error}"));
        file.write_all(content).and_then(|()| file.seek(SeekFrom::Start(0))).unwrap_or_default();
        file
    }

    fn text(mut file: File) -> String {
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap_or_default();
        text
    }

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let of = |content: &[u8]| detect(&mut file(content)).map_err(|error| error.code);
        assert_eq!(of(b"PK\x03\x04rest"), Ok(Format::Xlsx));
        assert_eq!(of(b"\xef\xbb\xbf\n {\"a\":1}"), Ok(Format::Ndjson));
        assert_eq!(of("名称,编码\n".as_bytes()), Ok(Format::Csv));
        assert_eq!(of(b""), Ok(Format::Csv));
    }

    #[test]
    fn lines_become_rows_whatever_their_keys() {
        let lines = "{\"a\":\"1\",\"b\":[\"x\",\"y\"]}\n\n{\"b\":2,\"c\":null}\n";
        let csv = lines_to_csv(&file(lines.as_bytes())).map(text).unwrap_or_default();
        assert_eq!(csv, "a,b,c\n1,x;y,\n,2,\n");
        assert!(lines_to_csv(&file(b"{\"a\":")).is_err());
    }

    #[test]
    fn a_workbook_that_is_none_is_refused() {
        assert!(sheet_to_csv(&file(b"PK\x03\x04nothing")).is_err());
    }
}
