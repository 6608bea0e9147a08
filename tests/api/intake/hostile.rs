//! Files that mean harm: what a file claims of itself costs the file, not the server.

use crate::harness::World;
use serde_json::Value;
use std::io::{Cursor, Write};

/// A workbook of one row whose shared strings say that there are so many.
fn workbook(unique_count: &str) -> Vec<u8> {
    let sheet = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>"#;
    let strings = format!(
        r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        count="1" uniqueCount="{unique_count}"><si><t>企业名称</t></si></sst>"#
    );
    let book = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
        <sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let relations = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
        </Relationships>"#;

    let root = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
        </Relationships>"#;

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", &strings),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn import(world: &World, file: Vec<u8>) -> Value {
    let path = "/api/v1/imports?dataset=objects&filename=book.xlsx";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let job = world.post("market.lead", path).raw(kind, file).send().await.expect(202);
    world.wait_for("market.lead", &job).await
}

#[tokio::test]
async fn a_workbook_that_claims_too_much_ends_nothing_but_itself() {
    let mut world = World::bare().await;

    let honest = import(&world, workbook("1")).await;
    let told = "文件缺少列：统一社会信用代码。找到的列：企业名称。";
    assert_eq!(honest["error"], told, "an honest one is read: {honest}");

    for claimed in ["99999999999", "9223372036854775807", "400000000000000"] {
        let job = import(&world, workbook(claimed)).await;
        assert_eq!(job["status"], "FAILED", "{claimed}: {job}");
        let error = job["error"].as_str().unwrap();
        assert!(error.contains("无法读取"), "{error}");
        assert!(world.server.is_alive(), "{claimed} ended the server");
    }
}
