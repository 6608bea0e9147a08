//! Tables as files: CSV that a spreadsheet opens as Chinese text, and XLSX.

use crate::kernel::error::{AppError, Result};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// Headings and rows, all of them text.
pub struct Table {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// What kind of file a table becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Xlsx,
}

impl FileKind {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

impl Table {
    pub fn file(&self, kind: FileKind) -> Result<Vec<u8>> {
        match kind {
            FileKind::Csv => self.csv(),
            FileKind::Xlsx => self.xlsx(),
        }
    }

    /// UTF-8 with its mark, without which spreadsheets take Chinese text for something else.
    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        for row in [&self.headings].into_iter().chain(&self.rows) {
            writer.write_record(row.iter().map(|cell| inert(cell))).map_err(AppError::internal)?;
        }
        writer.into_inner().map_err(AppError::internal)
    }

    fn xlsx(&self) -> Result<Vec<u8>> {
        let mut book = Workbook::new();
        self.write(book.add_worksheet())?;
        book.save_to_buffer().map_err(AppError::internal)
    }

    /// Every cell is text, so that no code loses its zeros and none is a formula.
    fn write(&self, sheet: &mut Worksheet) -> Result<()> {
        let (bold, plain) = (Format::new().set_bold(), Format::new().set_num_format_index(TEXT));
        let place = |at: usize| u32::try_from(at).map_err(AppError::internal);
        let column = |at: usize| u16::try_from(at).map_err(AppError::internal);

        for (at, heading) in self.headings.iter().enumerate() {
            // What somebody types below stays the text that it is.
            sheet.set_column_format(column(at)?, &plain).map_err(AppError::internal)?;
            sheet.write_string_with_format(0, column(at)?, heading, &bold).map_err(AppError::internal)?;
        }
        for (line, row) in self.rows.iter().enumerate() {
            for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let (row, column) = (place(line + 1)?, column(at)?);
                sheet.write_string_with_format(row, column, shortened(cell), &plain).map_err(AppError::internal)?;
            }
        }
        Ok(())
    }
}

/// The workbook's own format “text”.
const TEXT: u8 = 49;

/// Characters of a cell, at most: what a spreadsheet holds.
pub const CELL: usize = 32_767;

/// A cell that says more than a spreadsheet holds says so.
fn shortened(cell: &str) -> String {
    if cell.chars().count() <= CELL {
        return cell.to_owned();
    }
    cell.chars().take(CELL - 1).chain(['…']).collect()
}

/// Several tables as one workbook, each a sheet of its own name.
pub fn workbook(sheets: &[(&str, Table)]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    for (name, table) in sheets {
        table.write(book.add_worksheet().set_name(*name).map_err(AppError::internal)?)?;
    }
    book.save_to_buffer().map_err(AppError::internal)
}

/// A cell that a spreadsheet would take for a formula is kept as text by a sign in front of it.
fn inert(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 01 stays 01, and so does what somebody types over it: the cells and their columns are of the format “text” (49).
    #[test]
    fn a_workbook_holds_text() {
        let table = Table { headings: vec!["检查形式".to_owned()], rows: vec![vec!["01".to_owned()]] };
        let file = table.file(FileKind::Xlsx).unwrap_or_default();
        let Ok(mut parts) = zip::ZipArchive::new(std::io::Cursor::new(file)) else { panic!("no workbook") };
        let mut part = |name: &str| {
            let mut text = String::new();
            let read = parts.by_name(name).map(|mut part| std::io::Read::read_to_string(&mut part, &mut text));
            assert!(matches!(read, Ok(Ok(_))), "{name}");
            text
        };
        let (sheet, styles) = (part("xl/worksheets/sheet1.xml"), part("xl/styles.xml"));
        let formats: Vec<_> = styles.split("<xf ").skip(1).map(|format| format.contains("numFmtId=\"49\"")).collect();
        // The first of them are the styles that cells' formats stand on.
        let cells = &formats[1..];
        let is_text = |after: &str| {
            let style = sheet.split(after).nth(1).and_then(|rest| rest.split('"').next()?.parse::<usize>().ok());
            style.and_then(|style| cells.get(style).copied()) == Some(true)
        };
        assert!(is_text("r=\"A2\" s=\"") && is_text(" style=\""), "{sheet} {styles}");
    }

    #[test]
    fn a_csv_opens_as_chinese_text_and_runs_nothing() {
        let rows = vec![vec!["001".to_owned(), "=1+1".to_owned()]];
        let table = Table { headings: vec!["编号".to_owned(), "备注".to_owned()], rows };
        let file = table.file(FileKind::Csv).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&file), "\u{feff}编号,备注\n001,'=1+1\n");
    }
}
