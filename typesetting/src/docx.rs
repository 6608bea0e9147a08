//! The same as text, to be worked on: DOCX (ISO/IEC 29500).

use crate::{Fault, qr};
use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, HeightRule, LineSpacing, Paragraph, Pic, Run, RunFonts, SpecialIndentType,
    Table, TableCell, TableLayoutType, TableRow, VAlignType, WidthType,
};
use domain::records::sheets::{Block, Cell, Sheet};
use std::io::Cursor;

/// Twentieths of a point in a millimetre.
const MM: f64 = 1440.0 / 25.4;
/// Half points of the sizes of type: 小二, 二号, 三号, 四号, 小四, and small.
const HEADING: usize = 36;
const TITLE: usize = 44;
const BODY: usize = 32;
const NUMBER: usize = 28;
const GRID: usize = 24;
const SMALL: usize = 18;
/// Breadth of the text, twentieths of a point, and of one of a grid's twelve columns.
const BREADTH: usize = 8844;
const COLUMN: usize = BREADTH / 12;
/// A code of 20 mm, in EMU.
const CODE: u32 = 720_000;

#[expect(clippy::cast_possible_truncation, reason = "a few hundred millimetres")]
fn mm(length: f64) -> i32 {
    (length * MM) as i32
}

fn run(text: &str, size: usize) -> Run {
    let fonts = RunFonts::new().ascii("宋体").hi_ansi("宋体").east_asia("宋体");
    let mut run = Run::new().size(size).fonts(fonts);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line);
    }
    run
}

fn plain(text: &str) -> Paragraph {
    Paragraph::new().add_run(run(text, BODY)).line_spacing(LineSpacing::new().line(360))
}

fn centred(run: Run) -> Paragraph {
    Paragraph::new().add_run(run).align(AlignmentType::Center)
}

/// A sheet as a text document. The library numbers paragraphs by a counter of the thread: one that begins gives the same numbers
/// each time.
pub fn docx(sheet: &Sheet) -> Result<Vec<u8>, Fault> {
    let written = std::thread::scope(|scope| scope.spawn(|| write(sheet)).join());
    written.unwrap_or_else(|_| Err(Fault("the writer broke off".to_owned())))
}

fn write(sheet: &Sheet) -> Result<Vec<u8>, Fault> {
    let mut document = Docx::new()
        .page_size(11906, 16838)
        .page_margin(docx_rs::PageMargin::new().top(mm(37.0)).bottom(mm(35.0)).left(mm(28.0)).right(mm(26.0)));
    if let Some(watermark) = &sheet.watermark {
        document = document.add_paragraph(centred(run(&format!("（{watermark}）"), NUMBER)));
    }
    document = document
        .add_paragraph(centred(run(&sheet.heading, HEADING)))
        .add_paragraph(centred(run(&sheet.title, TITLE).bold()));
    if let Some(number) = &sheet.number {
        document = document.add_paragraph(centred(run(number, NUMBER)));
    }
    document = document.add_paragraph(Paragraph::new());
    for block in &sheet.blocks {
        document = add(document, block);
    }
    if let Some(stamp) = &sheet.stamp {
        let (png, side) = qr::as_png(&stamp.address)?;
        let mut code = Pic::new_with_dimensions(png, side, side).size(CODE, CODE);
        "rIdImage1".clone_into(&mut code.id);
        let mut footer = Footer::new().add_paragraph(Paragraph::new().add_run(Run::new().add_image(code)));
        for line in &stamp.lines {
            footer = footer.add_paragraph(Paragraph::new().add_run(run(line, SMALL)));
        }
        document = document.footer(footer);
    }

    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| Fault(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn add(document: Docx, block: &Block) -> Docx {
    match block {
        Block::Paragraph { text } => {
            let indent = Some(SpecialIndentType::FirstLine(i32::try_from(BODY * 20).unwrap_or_default()));
            let part = |text| plain(text).indent(None, indent, None, None).align(AlignmentType::Both);
            text.split('\n').fold(document, |document, text| document.add_paragraph(part(text)))
        }
        Block::Address { text } => document.add_paragraph(plain(text)),
        Block::Subtitle { text } => document.add_paragraph(Paragraph::new().add_run(run(text, BODY).bold())),
        Block::Line { label, text } => document.add_paragraph(plain(&format!("{label}{text}"))),
        Block::Grid { rows } => {
            let rows = rows.iter().map(|row| grid_row(row)).collect();
            let grid = Table::new(rows).set_grid(vec![COLUMN; 12]).layout(TableLayoutType::Fixed);
            document.add_table(grid.width(COLUMN * 12, WidthType::Dxa))
        }
        Block::Closing { body, day } => {
            let right = |text| plain(text).align(AlignmentType::Right);
            document.add_paragraph(Paragraph::new()).add_paragraph(right(body)).add_paragraph(right(day))
        }
        Block::Signatures { labels } => labels
            .iter()
            .fold(document, |document, label| document.add_paragraph(plain(&format!("{label}________________")))),
    }
}

fn grid_row(cells: &[Cell]) -> TableRow {
    let height = cells.iter().map(|cell| cell.height_mm).max().unwrap_or_default();
    let cells = cells.iter().map(|cell| {
        let align = if cell.is_label { AlignmentType::Center } else { AlignmentType::Left };
        TableCell::new()
            .add_paragraph(Paragraph::new().add_run(run(&cell.text, GRID)).align(align))
            .grid_span(usize::from(cell.columns))
            .width(COLUMN * usize::from(cell.columns), WidthType::Dxa)
            .vertical_align(VAlignType::Center)
    });
    let row = TableRow::new(cells.collect());
    if height == 0 {
        return row;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred millimetres")]
    let height = (f64::from(height) * MM) as f32;
    row.row_height(height).height_rule(HeightRule::AtLeast)
}
