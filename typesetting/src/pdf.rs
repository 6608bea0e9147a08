//! Pages: the layout is a fixed text of this build, the sheet is its data.

use crate::{Fault, qr};
use domain::records::sheets::Sheet;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// What is the same for every sheet.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    layout: Source,
}

fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| {
        let files: [&'static [u8]; 2] =
            [include_bytes!("../fonts/NotoSerifSC-Regular.ttf"), include_bytes!("../fonts/NotoSerifSC-Bold.ttf")];
        let fonts: Vec<_> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            layout: Source::new(file("layout.typ"), include_str!("layout.typ").to_owned()),
        }
    })
}

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| unreachable!("names of this build are paths"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One sheet on the press.
struct Job {
    sheet: Bytes,
    code: Bytes,
}

impl World for Job {
    fn library(&self) -> &LazyHash<Library> {
        &press().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &press().book
    }

    fn main(&self) -> FileId {
        press().layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == press().layout.id() { Ok(press().layout.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == file("sheet.json") {
            Ok(self.sheet.clone())
        } else if id == file("qr.svg") {
            Ok(self.code.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        press().fonts.get(index).cloned()
    }

    /// A sheet knows no other day than those that stand on it.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The pages of a sheet, as PDF/A-2u where it is stamped.
pub fn pdf(sheet: &Sheet) -> Result<Vec<u8>, Fault> {
    let code = match &sheet.stamp {
        Some(stamp) => qr::as_svg(&stamp.address)?,
        None => String::new(),
    };
    let content = serde_json::to_vec(sheet).map_err(|error| Fault(error.to_string()))?;
    let job = Job { sheet: Bytes::new(content), code: Bytes::from_string(code) };
    let document = typst::compile::<PagedDocument>(&job).output.map_err(said)?;
    // A draft may have signs that no font has: they are told when it is to be issued.
    let kept: &[PdfStandard] = if sheet.stamp.is_some() { &[PdfStandard::A_2u] } else { &[] };
    let standards = PdfStandards::new(kept).map_err(|error| Fault(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(sheet.number.clone().unwrap_or_else(|| sheet.title.clone())),
        creator: Smart::Custom(Some("明鉴".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let pages = typst_pdf::pdf(&document, &options).map_err(said);
    // What was worked out for one sheet is not kept for the next.
    typst::comemo::evict(0);

    pages
}

fn said(faults: impl IntoIterator<Item = SourceDiagnostic>) -> Fault {
    Fault(faults.into_iter().map(|fault| fault.message.to_string()).collect::<Vec<_>>().join("; "))
}

/// Characters of a sheet that no font of the press has: on paper they would be empty boxes.
pub fn missing_characters(texts: &[&str]) -> BTreeSet<char> {
    let has = |character: char| press().fonts.iter().any(|font| font.info().coverage.contains(u32::from(character)));
    let shown = texts.iter().flat_map(|text| text.chars()).filter(|character| !character.is_whitespace());
    shown.filter(|character| !has(*character)).collect()
}
