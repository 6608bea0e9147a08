//! Answers that are files: a table as XLSX or CSV, or text as it was hashed.

use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::error::Result;
use crate::service::kernel::table::{FileKind, Table};
use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// A table and the name of its file, without the ending.
pub struct NamedTable {
    pub table: Table,
    /// Letters and digits of ASCII, as codes are.
    pub name: String,
}

/// A file of one kind, to be saved.
pub struct Download<const XLSX: bool> {
    content: Vec<u8>,
    name: String,
}

pub type Spreadsheet = Download<true>;
pub type CsvFile = Download<false>;

impl NamedTable {
    pub fn xlsx(self) -> Result<Spreadsheet> {
        Download::of(self)
    }

    pub fn csv(self) -> Result<CsvFile> {
        Download::of(self)
    }
}

impl<const XLSX: bool> Download<XLSX> {
    const KIND: FileKind = if XLSX { FileKind::Xlsx } else { FileKind::Csv };

    fn of(NamedTable { table, name }: NamedTable) -> Result<Self> {
        Ok(Self { content: table.file(Self::KIND)?, name: format!("{name}.{}", Self::KIND.extension()) })
    }
}

impl Spreadsheet {
    /// A workbook of several sheets, and the name of its file without the ending.
    pub fn book(content: Vec<u8>, name: &str) -> Self {
        Self { content, name: format!("{name}.{}", FileKind::Xlsx.extension()) }
    }
}

impl<const XLSX: bool> Responder for Download<XLSX> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(Self::KIND.media_type())
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)))
            .body(self.content)
    }
}

impl<const XLSX: bool> Describe for Download<XLSX> {
    fn describe(doc: &mut Doc) {
        let file =
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        doc.raw(Self::KIND.media_type(), file);
    }
}

/// A file of plain text, to be saved as it is.
pub struct TextFile {
    pub content: String,
    /// Letters, digits and `-` of ASCII, without the ending.
    pub name: String,
}

impl Responder for TextFile {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.txt\"", self.name)))
            .body(self.content)
    }
}

impl Describe for TextFile {
    fn describe(doc: &mut Doc) {
        doc.raw("text/plain", ObjectBuilder::new().schema_type(Type::String));
    }
}
