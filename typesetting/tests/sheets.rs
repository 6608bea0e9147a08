//! Sheets as a county's officers see them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::records::sheets::{Block, Cell, Sheet, Stamp};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read};
use typesetting::{docx, missing_characters, pdf};

fn sheet() -> Sheet {
    Sheet {
        heading: "旺苍县市场监督管理局".to_owned(),
        title: "行政检查通知书".to_owned(),
        number: Some("旺市监检通〔2026〕12号".to_owned()),
        made_on: (2026, 11, 20),
        blocks: vec![
            Block::Address { text: "旺苍县张三便利店：".to_owned() },
            Block::Paragraph {
                text: "根据《中华人民共和国食品安全法》第一百一十条、《市场监督管理行政检查办法》（试行）的规定，本机关定于2026年11月24日派出执法人员对你（单位）预包装食品进货查验与标签情况实施现场检查。请你（单位）予以配合，并准备下列材料：营业执照；食品经营许可证；进货查验记录、供货者许可证明。".to_owned(),
            },
            Block::Line { label: "检查人员：".to_owned(), text: "王强（证号510821030012）、李芳（证号510821030013）".to_owned() },
            Block::Grid {
                rows: vec![
                    vec![Cell::label("检查对象", 2), Cell::filled("旺苍县张三便利店", 4), Cell::label("统一社会信用代码", 2), Cell::filled("92510821MA62TEST0X", 4)],
                    vec![Cell::label("负责人意见", 2), Cell::filled("同意。\n2026年11月20日", 10).tall(30)],
                ],
            },
            Block::Closing { body: "旺苍县市场监督管理局（印章）".to_owned(), day: "2026年11月20日".to_owned() },
            Block::Signatures { labels: vec!["受送达人签名或盖章：".to_owned(), "见证人：".to_owned()] },
        ],
        stamp: Some(Stamp {
            address: "https://jianguan.example.gov.cn/verify/documents/7K2M9QX4".to_owned(),
            lines: vec!["扫码核验本文书的真伪".to_owned(), "存证日志 第 1,024 行 根 5f3a…".to_owned()],
        }),
        watermark: None,
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let digests = || [pdf(&sheet()).unwrap(), docx(&sheet()).unwrap()].map(|file| hex::encode(Sha256::digest(file)));
    let first = digests();
    if let Some(folder) = std::env::var_os("SHEETS") {
        let folder = std::path::Path::new(&folder);
        std::fs::write(folder.join("sheet.pdf"), pdf(&sheet()).unwrap()).unwrap();
        std::fs::write(folder.join("sheet.docx"), docx(&sheet()).unwrap()).unwrap();
    }

    // On other threads, one after the other and at once, among other sheets.
    let other = Sheet { title: "责令改正通知书".to_owned(), ..sheet() };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                pdf(&other).unwrap();
                docx(&other).unwrap();
                assert_eq!(digests(), first);
            });
        }
    });
}

#[test]
fn a_page_is_an_archival_pdf_that_holds_its_type() {
    let pages = pdf(&sheet()).unwrap();
    assert!(pages.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&pages);
    assert!(text.contains("pdfaid"), "PDF/A says so in its metadata");
    assert!(text.contains("FontFile"), "the fonts are inside");
}

#[test]
fn a_text_document_holds_each_word_and_the_code() {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx(&sheet()).unwrap())).unwrap();
    let mut text = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    for words in
        ["行政检查通知书", "旺市监检通〔2026〕12号", "旺苍县张三便利店：", "负责人意见", "见证人：________________"]
    {
        assert!(text.contains(words), "{words}");
    }
    assert!(archive.file_names().any(|name| name.unwrap().ends_with(".png")), "the code is a picture");
}

/// Names that people and shops have are printed whole, or it is said which sign cannot be.
#[test]
fn rare_characters_are_told_before_they_are_empty_boxes() {
    let missing = missing_characters(&["䶮亮、李喆、张玥、㐂久食堂、王𠳐 ·—…《》〔2026〕12号 ABC abc 0123"]);
    assert!(missing.is_empty(), "{missing:?}");
    let missing = missing_characters(&["陈𪚥店\u{e000}"]);
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), ['\u{e000}', '𪚥']);
}

/// A cell that is longer than a page goes on on the next.
#[test]
fn a_long_cell_goes_on_on_the_next_page() {
    let pages = |text: String| {
        let rows = vec![vec![Cell::label("检查依据", 2), Cell::filled(text, 10)]];
        let sheet = Sheet { blocks: vec![Block::Grid { rows }], ..sheet() };
        let file = String::from_utf8_lossy(&pdf(&sheet).unwrap()).into_owned();
        file.matches("/Type/Page").count() - file.matches("/Type/Pages").count()
    };
    let one = pages("依据".to_owned());
    assert!(pages("依据".repeat(2_500)) >= one + 2);
    assert!(pages("依\n".repeat(200)) >= one + 3);
}
