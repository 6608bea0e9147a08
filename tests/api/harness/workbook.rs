//! Workbooks as people keep them: sheets hidden and shown, numbers in cells that mean codes, percentages, merged cells.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

/// A cell of a sheet.
#[derive(Clone)]
pub enum Cell {
    Text(String),
    /// A number as the file writes it.
    Number(&'static str),
    /// A number that is shown as a percentage.
    Percent(&'static str),
    Blank,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text.to_owned()) }
    }
}

/// A sheet: its rows by their own numbers, and ranges such as `A2:A4`.
#[derive(Default)]
pub struct Sheet {
    pub name: &'static str,
    pub hidden: bool,
    pub rows: Vec<(u32, Vec<Cell>)>,
    pub merged: Vec<&'static str>,
}

impl Sheet {
    /// Rows of text, one below the other.
    pub fn of(rows: &[&[&str]]) -> Self {
        let rows =
            rows.iter().zip(1..).map(|(row, at)| (at, row.iter().map(|cell| Cell::from(*cell)).collect())).collect();
        Self { name: "数据", rows, ..Self::default() }
    }

    fn xml(&self) -> String {
        let mut xml = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
        for (at, cells) in &self.rows {
            let _ = write!(xml, "<row r=\"{at}\">");
            for (cell, column) in cells.iter().zip('A'..) {
                xml += &cell_xml(cell, &format!("{column}{at}"));
            }
            xml += "</row>";
        }
        xml += "</sheetData>";
        if !self.merged.is_empty() {
            xml += "<mergeCells>";
            for range in &self.merged {
                let _ = write!(xml, "<mergeCell ref=\"{range}\"/>");
            }
            xml += "</mergeCells>";
        }
        xml + "</worksheet>"
    }
}

fn cell_xml(cell: &Cell, at: &str) -> String {
    match cell {
        Cell::Text(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
        }
        Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
        Cell::Percent(number) => format!("<c r=\"{at}\" s=\"1\"><v>{number}</v></c>"),
        Cell::Blank => String::new(),
    }
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// An XLSX of these sheets.
pub fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let (mut named, mut related) = (String::new(), String::new());
    for (sheet, at) in sheets.iter().zip(1..) {
        let state = if sheet.hidden { " state=\"hidden\"" } else { "" };
        let _ = write!(named, "<sheet name=\"{}\" sheetId=\"{at}\"{state} r:id=\"r{at}\"/>", sheet.name);
        let target = format!("worksheets/sheet{at}.xml");
        let _ = write!(related, "<Relationship Id=\"r{at}\" Type=\"{RELATIONS}/worksheet\" Target=\"{target}\"/>");
    }
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"10\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
    );
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{named}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{PACKAGE}\">{related}<Relationship Id=\"rs\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml".to_owned(), styles),
    ];
    parts.extend(sheets.iter().zip(1..).map(|(sheet, at)| (format!("xl/worksheets/sheet{at}.xml"), sheet.xml())));

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A table in CSV as a workbook of one sheet.
pub fn of_csv(csv: &str) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    workbook(&[Sheet::of(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())])
}
