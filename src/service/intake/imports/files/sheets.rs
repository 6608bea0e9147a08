//! The sheet of a workbook that holds a data set, row by row, as a person sees its cells.

use super::cells::{Shown, as_ref, decimals_of_percent, shown};
use super::formats::{encrypted, refused, unreadable};
use super::lines::{About, Line, Writer};
use super::merged::Merged;
use crate::kernel::error::{AppError, Result};
use calamine::{
    Data, DataType, Dimensions, Ods, OdsError, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb,
    XlsbError, Xlsx, XlsxError,
};
use domain::intake::imports::Dataset;
use domain::intake::imports::reading::headings::{HEAD, Headings};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use zip::ZipArchive;

/// Bytes that a workbook may unpack to, and its shared strings, which are held in memory.
const UNPACKED: u64 = 512 << 20;
const STRINGS: u64 = 64 << 20;
/// Columns of a sheet, and sheets that are looked into.
const COLUMNS: usize = 200;
const SHEETS: usize = 50;

/// A workbook, whichever its kind.
enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    /// Kinds that are held in memory whole; bounds on memory hold for the process.
    Xls(Box<Xls<BufReader<File>>>),
    Xlsb(Box<Xlsb<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
}

/// Writes the rows of the first visible sheet that has the data set's headings; else of the first visible one.
pub fn copy(file: &File, dataset: Dataset, target: impl Write) -> Result<()> {
    let mut book = Book::open(file)?;
    let sheets = book.sheets();
    let visible: Vec<&Sheet> =
        sheets.iter().filter(|sheet| sheet.visible == SheetVisible::Visible).take(SHEETS).collect();
    let mut chosen = None;
    let mut others = Vec::new();
    for sheet in &visible {
        let mut head = Vec::new();
        book.rows(&sheet.name, |line| {
            head.push(line.cells);
            Ok(head.len() < HEAD + 1)
        })?;
        if chosen.is_none() && Headings::find(dataset, &head).is_ok() {
            chosen = Some(sheet.name.clone());
        } else if !head.is_empty() {
            others.push(sheet.name.clone());
        }
    }

    let fallback = others.first().cloned().or_else(|| visible.first().map(|sheet| sheet.name.clone()));
    let name = chosen.or(fallback).ok_or_else(|| unreadable(book.kind(), &"没有可见的工作表 (no visible sheet)"))?;
    others.retain(|other| *other != name);
    others.extend(
        sheets
            .iter()
            .filter(|sheet| sheet.visible != SheetVisible::Visible)
            .map(|sheet| format!("{}（隐藏）", sheet.name)),
    );
    let about =
        About { kind: book.kind().to_owned(), sheet: Some(name.clone()).filter(|_| !others.is_empty()), others };
    let mut writer = Writer::new(target, &about)?;
    book.rows(&name, |line| writer.line(&line).map(|()| true))?;
    writer.finish().map(drop)
}

impl Book {
    fn open(file: &File) -> Result<Self> {
        let source = || -> Result<BufReader<File>> {
            let mut file = file.try_clone().map_err(AppError::internal)?;
            file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
            Ok(BufReader::new(file))
        };
        let mut magic = [0; 2];
        source()?.read_exact(&mut magic).map_err(AppError::internal)?;
        if &magic != b"PK" {
            // A password puts an XLSX into a compound document, which then is no XLS.
            if matches!(Xlsx::new(source()?), Err(XlsxError::Password)) {
                return Err(encrypted());
            }
            return match Xls::new(source()?) {
                Ok(book) => Ok(Self::Xls(Box::new(book))),
                Err(XlsError::Password) => Err(encrypted()),
                Err(error) => Err(unreadable("XLS", &error)),
            };
        }

        match zip_kind(file)? {
            ZipKind::Xlsx => match Xlsx::new(source()?) {
                Ok(book) => Ok(Self::Xlsx(Box::new(book))),
                Err(XlsxError::Password) => Err(encrypted()),
                Err(error) => Err(unreadable("XLSX", &error)),
            },
            ZipKind::Xlsb => match Xlsb::new(source()?) {
                Ok(book) => Ok(Self::Xlsb(Box::new(book))),
                Err(XlsbError::Password) => Err(encrypted()),
                Err(error) => Err(unreadable("XLSB", &error)),
            },
            ZipKind::Ods => match Ods::new(source()?) {
                Ok(book) => Ok(Self::Ods(Box::new(book))),
                Err(OdsError::Password) => Err(encrypted()),
                Err(error) => Err(unreadable("ODS", &error)),
            },
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Xlsx(_) => "XLSX",
            Self::Xls(_) => "XLS",
            Self::Xlsb(_) => "XLSB",
            Self::Ods(_) => "ODS",
        }
    }

    fn sheets(&self) -> Vec<Sheet> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect()
    }

    /// Visits the rows of a sheet that hold something, until the visitor has seen enough.
    fn rows(&mut self, name: &str, mut visit: impl FnMut(Line) -> Result<bool>) -> Result<()> {
        match self {
            Self::Xlsx(book) => streamed(book, name, visit),
            Self::Xls(book) => {
                let range = book.worksheet_range(name).map_err(|error| unreadable("XLS", &error))?;
                let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                held(&range, &merged, &mut visit)
            }
            Self::Xlsb(book) => {
                held(&book.worksheet_range(name).map_err(|error| unreadable("XLSB", &error))?, &[], &mut visit)
            }
            Self::Ods(book) => {
                held(&book.worksheet_range(name).map_err(|error| unreadable("ODS", &error))?, &[], &mut visit)
            }
        }
    }
}

/// An XLSX is read cell by cell, with flat memory.
fn streamed(book: &mut Xlsx<BufReader<File>>, name: &str, mut visit: impl FnMut(Line) -> Result<bool>) -> Result<()> {
    let bad = |error: XlsxError| unreadable("XLSX", &error);
    let mut merged = Merged::new(&book.merge_cells_by_sheet_name(name).map_err(bad)?);
    let mut cells = book.worksheet_cells_reader(name).map_err(bad)?;
    let percent: Vec<Option<usize>> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().and_then(|format| decimals_of_percent(&format.format_code)))
        .collect();
    let mut line = Line { row: 1, ..Line::default() };

    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(bad)? {
        let (row, column) = cell.get_position();
        let (row, column) = (i64::from(row) + 1, column as usize);
        if column >= COLUMNS {
            continue;
        }
        if row != line.row {
            if !give(&mut merged, &mut line, &mut visit)? {
                return Ok(());
            }
            line = Line { row, ..Line::default() };
        }
        put(&mut line, column, &shown(cell.get_value(), percent.get(style).copied().flatten()));
    }

    give(&mut merged, &mut line, &mut visit).map(drop)
}

/// Other kinds come as a whole.
fn held(range: &Range<Data>, merged: &[Dimensions], visit: &mut impl FnMut(Line) -> Result<bool>) -> Result<()> {
    let mut merged = Merged::new(merged);
    let (top, left) = range.start().unwrap_or_default();
    for (at, cells) in range.rows().enumerate() {
        let mut line =
            Line { row: i64::from(top) + i64::try_from(at).map_err(AppError::internal)? + 1, ..Line::default() };
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let column = column + left as usize;
            if column < COLUMNS {
                put(&mut line, column, &shown(&as_ref(cell), None));
            }
        }
        if !give(&mut merged, &mut line, visit)? {
            return Ok(());
        }
    }
    Ok(())
}

fn put(line: &mut Line, column: usize, shown: &Shown) {
    if line.cells.len() <= column {
        line.cells.resize(column + 1, String::new());
    }
    line.cells[column].clone_from(&shown.text);
    if shown.lost {
        line.lost.push(column);
    }
}

/// Hands a row over, with the values of the merged cells that it lies in; rows without anything in them are none.
fn give(merged: &mut Merged, line: &mut Line, visit: &mut impl FnMut(Line) -> Result<bool>) -> Result<bool> {
    let mut line = std::mem::take(line);
    if line.is_blank() {
        return Ok(true);
    }
    merged.fill(&mut line, COLUMNS);
    visit(line)
}

enum ZipKind {
    Xlsx,
    Xlsb,
    Ods,
}

/// What a zip holds. What it says of its sizes is not believed: it is unpacked once and counted.
fn zip_kind(file: &File) -> Result<ZipKind> {
    let bad = |error: zip::result::ZipError| unreadable("XLSX", &error);
    let mut source = file.try_clone().map_err(AppError::internal)?;
    source.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    let mut archive = ZipArchive::new(BufReader::new(source)).map_err(bad)?;
    let mut left = UNPACKED;
    let mut kind = None;
    let mut other = "ZIP";

    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(bad)?;
        let name = entry.name().map_err(bad)?.to_ascii_lowercase();
        match name.as_str() {
            "xl/workbook.xml" => kind = kind.or(Some(ZipKind::Xlsx)),
            "xl/workbook.bin" => kind = Some(ZipKind::Xlsb),
            "content.xml" => kind = kind.or(Some(ZipKind::Ods)),
            "word/document.xml" => other = "Word",
            "ppt/presentation.xml" => other = "PowerPoint",
            "index/document.iwa" => other = "Numbers",
            _ => {}
        }
        let limit = if name.ends_with("sharedstrings.xml") { left.min(STRINGS) } else { left };
        let size = io::copy(&mut entry.take(limit + 1), &mut io::sink()).map_err(|error| unreadable("XLSX", &error))?;
        if size > limit {
            let detail = text!("工作簿解压后过大。", "The workbook unpacks to too much.");
            return Err(AppError::new(Code::PayloadTooLarge, detail));
        }
        left -= size;
    }

    kind.ok_or_else(|| {
        refused(text!(
            "这是 {other} 文件，不是工作簿；请发送 .xlsx、.xls、.ods、CSV 或 NDJSON。",
            "This is a {other} file and no workbook; send .xlsx, .xls, .ods, CSV or NDJSON."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_that_is_none_is_refused() {
        let mut file = tempfile::tempfile().unwrap_or_else(|error| unreachable!("{error}"));
        file.write_all(b"PK\x03\x04nothing").unwrap_or_default();
        assert!(copy(&file, Dataset::Objects, io::sink()).is_err());
    }
}
