//! What a file is, by its first bytes: read, or refused with the cause.

use crate::kernel::error::{AppError, Result};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with a separator, in whichever encoding.
    Text,
    /// A zip: XLSX, XLSB or ODS.
    Zip,
    /// A compound document: XLS, or a workbook with a password.
    Compound,
    Ndjson,
}

/// First bytes, and what begins with them.
const FORMATS: [(&[u8], Format); 2] =
    [(b"PK\x03\x04", Format::Zip), (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Format::Compound)];

/// Kinds of file that departments send by mistake.
const OTHERS: [(&[u8], &str); 9] = [
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF", "7z"),
    (b"\x1F\x8B", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"MIME-Version", "MHTML"),
    (b"PK\x05\x06", "ZIP"),
];

pub fn detect(file: &mut File) -> Result<Format> {
    let mut head = Vec::new();
    file.take(1 << 12).read_to_end(&mut head).map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    if let Some((_, format)) = FORMATS.iter().find(|(begin, _)| head.starts_with(begin)) {
        return Ok(*format);
    }
    if let Some((_, name)) = OTHERS.iter().find(|(begin, _)| head.starts_with(begin)) {
        return Err(refused(text!(
            "这是 {name} 文件，不是表格；请发送 .xlsx、.xls、.ods、CSV 或 NDJSON。",
            "This is a {name} file and no table; send .xlsx, .xls, .ods, CSV or NDJSON."
        )));
    }

    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    match text.first() {
        Some(b'{') => Ok(Format::Ndjson),
        Some(b'[') => Err(refused(text!(
            "这是一个 JSON 数组；请每行一个对象（NDJSON）。",
            "This is a JSON array; send one object a line (NDJSON)."
        ))),
        Some(b'<') => Err(refused(markup(text))),
        _ => Ok(Format::Text),
    }
}

/// Web pages and XML that systems export under the name .xls.
fn markup(head: &[u8]) -> Text {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") || head.starts_with("<?xml") {
        return text!(
            "这是 XML 表格（有的系统以 .xls 为名导出）；请用表格软件打开，另存为 .xlsx 后再报。",
            "This is an XML table (some systems export it as .xls); open it in a spreadsheet and save it as .xlsx."
        );
    }
    text!(
        "这是网页（有的系统以 .xls 为名导出）；请用表格软件打开，另存为 .xlsx 后再报。",
        "This is a web page (some systems export one as .xls); open it in a spreadsheet and save it as .xlsx."
    )
}

pub fn refused(detail: Text) -> AppError {
    AppError::new(Code::InvalidBody, detail)
}

pub fn unreadable(what: &str, why: &impl ToString) -> AppError {
    let why = why.to_string();
    refused(text!("{what} 无法读取：{why}", "The {what} cannot be read: {why}"))
}

/// A workbook that only a password opens.
pub fn encrypted() -> AppError {
    refused(text!(
        "工作簿有打开密码，无法读取；请去掉密码后另存再报。",
        "The workbook is protected by a password; remove it, save and send again."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of(content: &[u8]) -> std::result::Result<Format, String> {
        let mut file = tempfile::tempfile().unwrap_or_else(|error| unreachable!("{error}"));
        file.write_all(content).and_then(|()| file.seek(SeekFrom::Start(0))).unwrap_or_default();
        detect(&mut file).map_err(|error| error.detail.zh)
    }

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(of(b"PK\x03\x04rest"), Ok(Format::Zip));
        assert_eq!(of(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), Ok(Format::Compound));
        assert_eq!(of(b"\xef\xbb\xbf\n {\"a\":1}"), Ok(Format::Ndjson));
        assert_eq!(of("名称,编码\n".as_bytes()), Ok(Format::Text));
        assert_eq!(of(b""), Ok(Format::Text));
    }

    #[test]
    fn what_is_no_table_is_named() {
        for (content, named) in [
            (&b"%PDF-1.7"[..], "PDF"),
            (b"<html><table>", "网页"),
            (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "XML"),
            (b"[{\"a\":1}]", "JSON"),
            (b"Rar!\x1a", "RAR"),
        ] {
            assert!(of(content).is_err_and(|why| why.contains(named)), "{named}");
        }
    }
}
