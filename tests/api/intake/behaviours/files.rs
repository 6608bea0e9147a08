//! Rows of a file: the findings that the interface gives, wrong rows out as a file, mended there and in again.

use crate::harness::{World, rules_of, run};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const NAME: &str = "某丁戊己";
const NUMBER: &str = "510821199001010013";

/// A file of rows under the names of their columns.
fn file(rows: &[Value]) -> Vec<u8> {
    let columns: Vec<_> = rows[0]["content"].as_object().unwrap().keys().cloned().collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let own = ["cd_id", "cd_operation", "cd_time"];
    writer.write_record(own.into_iter().chain(columns.iter().map(String::as_str))).unwrap();
    for row in rows {
        let envelope = own.map(|name| row[name].as_str().unwrap_or_default().to_owned());
        let cell = |name: &String| {
            let value = &row["content"][name];
            let joined = |parts: &Vec<Value>| parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
            value.as_array().map_or_else(|| value.as_str().unwrap_or_default().to_owned(), joined)
        };
        writer.write_record(envelope.into_iter().chain(columns.iter().map(cell))).unwrap();
    }
    writer.into_inner().unwrap()
}

async fn wrong_rows(world: &World, batch: &Value) -> (Vec<String>, Vec<Vec<String>>) {
    let path = format!("/api/v1/behaviour-batches/{}/wrong-rows.csv", batch["id"].as_str().unwrap());
    let content = world.get(ADMIN, &path).await.content;
    let bytes = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&content);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut rows = reader.records().map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect());
    (rows.next().unwrap(), rows.collect())
}

#[tokio::test]
async fn a_row_has_the_same_findings_by_every_way() {
    let world = World::county().await;
    let faults: [&[(&str, &str)]; 7] = [
        &[],
        &[("check_form", "07")],
        &[("check_form", "日常检查")],
        &[("check_date", "2026/10/12")],
        &[("check_date", ""), ("area_number", "510822")],
        &[("administrative_cp_ui_code", "91510821MAR0501185")],
        &[("supervise_item_implement_code", "31000001000009"), ("check_result", "9")],
    ];
    let rows = |prefix: &str| -> Vec<Value> {
        let row = |(at, columns): (usize, &&[(&str, &str)])| {
            World::row_with(World::check_row(&format!("{prefix}-{at}")), "I", "13T02:00", columns)
        };
        faults.iter().enumerate().map(row).collect()
    };

    let sent = json!({ "rows": rows("API") });
    let sent = world.post(ADMIN, "/api/v1/behaviours/batch").json(&sent).send().await.expect(207);
    let content = file(&rows("FILE"));
    let import = world.import_as(ADMIN, "checks", content.clone()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(7), &json!(0)), "{import}");
    let id = import["id"].as_str().unwrap();
    world.assert_audit("imports", id, "IMPORTED", ADMIN).await;

    let findings = world.get(ADMIN, &format!("/api/v1/imports/{id}/findings?limit=200")).await.expect(200);
    for (at, receipt) in sent["items"].as_array().unwrap().iter().enumerate() {
        let of_row = findings["items"].as_array().unwrap().iter().filter(|finding| finding["row_no"] == at + 1);
        let mut of_row: Vec<_> = of_row.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
        let mut told = rules_of(receipt);
        of_row.sort();
        told.sort();
        assert_eq!(of_row, told, "row {at}");
        let there = world.get(ADMIN, &format!("/api/v1/behaviours?code=FILE-{at}")).await.expect(200);
        let behaviour = &there["items"][0];
        assert_eq!((&behaviour["origin"], &behaviour["status"]), (&json!("FILE"), &receipt["status"]));
        world.assert_audit("behaviours", behaviour["id"].as_str().unwrap(), "CREATED", ADMIN).await;
    }

    // The same file again changes nothing, and says the same.
    let again = world.import_as(ADMIN, "checks", content).await;
    assert_eq!((&again["rows_unchanged"], &again["findings_count"]), (&json!(7), &import["findings_count"]), "{again}");
}

/// What comes out as wrong goes in as right: the rows are mended, nothing else is touched, and what was masked stays what it was.
#[tokio::test]
async fn wrong_rows_are_mended_in_their_file() {
    let world = World::county().await;
    let person = [
        ("administrative_cp_na", "01"),
        ("administrative_cp_ce_type", "111"),
        ("administrative_cp_ui_code", NUMBER),
        ("administrative_cp", NAME),
        ("supervise_object", NAME),
        ("check_form", "07"),
    ];
    let mut rows: Vec<_> = (0..6).map(|at| World::check_row(&format!("JC-M{at}"))).collect();
    rows[1] = World::row_with(rows[1].clone(), "I", "13T02:00", &[("check_form", "07")]);
    rows[3] = World::row_with(rows[3].clone(), "I", "13T02:00", &person);
    // A change of what nobody knows.
    rows[4]["cd_operation"] = json!("U");
    for row in &mut rows {
        row["cd_batch"] = json!("B-M");
    }
    world.post(ADMIN, "/api/v1/behaviours/batch").json(&json!({ "rows": rows })).send().await.expect(207);
    let batch = world.batch_of(ADMIN, "B-M").await;
    assert_eq!((&batch["errors"], &batch["accuracy_bp"]), (&json!(3), &json!(5_000)));

    let (headings, mut wrong) = wrong_rows(&world, &batch).await;
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let shown: Vec<_> = wrong.iter().map(|row| (row[column("主键")].as_str(), row[column("操作")].as_str())).collect();
    assert_eq!(shown, [("JC-M1", "U"), ("JC-M3", "U"), ("JC-M4", "I")]);
    assert!(wrong[0][column("质量问题")].contains("检查形式“07”不在值域范围内"), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains(NAME), "{wrong:?}");

    for row in &mut wrong {
        row[column("检查形式")] = "01".to_owned();
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    std::iter::once(&headings).chain(&wrong).for_each(|row| writer.write_record(row).unwrap());
    let import = world.import_as(ADMIN, "checks", writer.into_inner().unwrap()).await;
    assert_eq!((&import["rows_updated"], &import["rows_rejected"]), (&json!(3), &json!(0)), "{import}");
    let batch = world.batch_of(ADMIN, "B-M").await;
    let told = ["rows", "errors", "accuracy_bp", "first_accuracy_bp"].map(|name| batch[name].as_i64().unwrap());
    assert_eq!(told, [6, 0, 10_000, 5_000]);
    assert_eq!(wrong_rows(&world, &batch).await.1, [[""; 0]; 0]);

    let there = world.get(ADMIN, "/api/v1/behaviours?code=JC-M3").await.expect(200);
    let path = format!("/api/v1/behaviours/{}/personal-data", there["items"][0]["id"].as_str().unwrap());
    let told = world.post(ADMIN, &path).json(&json!({ "purpose": "核对行政相对人" })).send().await.expect(200);
    assert_eq!((&told["name"], &told["id_number"]), (&json!(NAME), &json!(NUMBER)));
    let sheet = format!("/api/v1/behaviour-batches/{}/wrong-rows.xlsx", batch["id"].as_str().unwrap());
    assert!(world.get(ADMIN, &sheet).await.content.starts_with(b"PK"));
    world.get("agri.admin", &sheet).await.expect_problem(404, "NOT_FOUND");
}

/// Whoever sends a file writes what they may write by the interface, row by row.
#[tokio::test]
async fn a_file_of_a_department_writes_its_own_rows() {
    let world = World::county().await;
    world.send_row(ADMIN, &World::check_row("JC-O1")).await.expect(200);
    let content = "检查行为编号,来源,部门编码,操作,写入时间\n\
        JC-O1,51082103,,D,\n\
        JC-O2,,51082103,I,\n\
        JC-O3,,99999999,I,\n\
        JC-O4,,,作废,\n\
        JC-O5,,,I,2099-01-01 00:00\n\
        JC-O6,,,I,2026-10-13 10:00\n";
    let import = world.import_as("agri.admin", "checks", content.as_bytes().to_vec()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(1), &json!(5)), "{import}");
    let path = format!("/api/v1/imports/{}/findings?limit=200", import["id"].as_str().unwrap());
    let findings = world.get("agri.admin", &path).await.expect(200);
    let errors = findings["items"].as_array().unwrap().iter().filter(|finding| finding["row_no"].as_i64() < Some(6));
    let mut told: Vec<_> =
        errors.map(|finding| (finding["row_no"].as_i64().unwrap(), finding["field"].clone())).collect();
    told.sort_by_key(|(row, _)| *row);
    let fields = ["来源", "部门编码", "部门编码", "操作", "写入时间"];
    let expected: Vec<_> = (1..).zip(fields.map(|field| json!(field))).collect();
    assert_eq!(told, expected);
    let there = world.get(ADMIN, "/api/v1/behaviours?code=JC-O1").await.expect(200);
    assert_eq!(there["items"][0]["status"], "ACCEPTED");
}

/// A row that has changed since its file was made is not overwritten by it; the same as is known is taken from any file.
#[tokio::test]
async fn a_file_undoes_nothing_that_came_after_it() {
    let world = World::county().await;
    let wrong =
        World::row_with(World::check_row("JC-W"), "I", "13T02:00", &[("check_form", "07"), ("check_result", "9")]);
    world.send_row(ADMIN, &wrong).await.expect(200);
    let batches = world.get(ADMIN, "/api/v1/behaviour-batches").await.expect(200);
    let (headings, mut rows) = wrong_rows(&world, &batches["items"][0]).await;
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    world.send_row(ADMIN, &World::row_with(wrong, "U", "14T02:00", &[("check_form", "02")])).await.expect(200);

    rows[0][column("检查形式")] = "01".to_owned();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in [&headings, &rows[0]] {
        writer.write_record(row).unwrap();
    }
    let content = writer.into_inner().unwrap();
    let import = world.import_as(ADMIN, "checks", content).await;
    assert_eq!((&import["rows_rejected"], &import["rows_updated"]), (&json!(1), &json!(0)), "{import}");
    let path = format!("/api/v1/imports/{}/findings", import["id"].as_str().unwrap());
    let finding = world.get(ADMIN, &path).await.expect(200)["items"][0].clone();
    assert!(finding["message_zh"].as_str().unwrap().contains("导出后已有更新"), "{finding}");
    let there = world.get(ADMIN, "/api/v1/behaviours?code=JC-W").await.expect(200);
    assert_eq!(there["items"][0]["content"]["check_form"], "02");
}

/// A workbook's cells of day and time are read with their time, true and false as 是 and 否.
#[tokio::test]
async fn a_workbook_says_when_and_whether() {
    let world = World::county().await;
    world.send_row(ADMIN, &World::row_with(World::check_row("JC-X"), "I", "13T02:00", &[])).await.expect(200);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let content = World::check_row("JC-X")["content"].clone();
    let at = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-10-13 15:00:00").unwrap();
    sheet.write_string(0, 0, "操作").unwrap();
    sheet.write_string(1, 0, "U").unwrap();
    sheet.write_string(0, 1, "写入时间").unwrap();
    sheet.write_datetime_with_format(1, 1, &at, &format).unwrap();
    for (place, (name, value)) in (2..).zip(content.as_object().unwrap()) {
        let value = if name == "check_form" { json!("02") } else { value.clone() };
        let joined = |parts: &Vec<Value>| parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
        let text = value.as_array().map_or_else(|| value.as_str().unwrap().to_owned(), joined);
        sheet.write_string(0, place, name).unwrap();
        sheet.write_string(1, place, &text).unwrap();
    }
    let import = world.import_as(ADMIN, "checks", book.save_to_buffer().unwrap()).await;
    assert_eq!(import["rows_updated"], 1, "15:00 in the county is behind 10:00: {import}");
    let there = world.get(ADMIN, "/api/v1/behaviours?code=JC-X").await.expect(200)["items"][0].clone();
    assert_eq!((&there["cd_time"], &there["content"]["check_form"]), (&json!("2026-10-13T07:00:00Z"), &json!("02")));

    let line = json!({ "punish_action_code": "CF-X", "if_hearing_witnesses": false, "major_case": true });
    world.import_as(ADMIN, "penalties", format!("{line}\n").into_bytes()).await;
    let there = world.get(ADMIN, "/api/v1/behaviours?code=CF-X").await.expect(200)["items"][0].clone();
    let content = &there["content"];
    assert_eq!((&content["if_hearing_witnesses"], &content["major_case"]), (&json!("否"), &json!("是")), "{there}");
}

/// Kinds of faults, and what is said of each.
const FAULTS: [(&str, &str, &str); 8] = [
    ("check_form", "07", "NOT_IN_CODE_TABLE"),
    ("check_result", "9", "NOT_IN_CODE_TABLE"),
    ("check_date", "2026/10/12", "DATE_INVALID"),
    ("check_date", "", "REQUIRED"),
    ("area_number", "510822", "AREA_FOREIGN"),
    ("administrative_cp_ui_code", "91510821MAR0501185", "USCC_INVALID"),
    ("supervise_item_implement_code", "31000001000009", "ITEM_UNKNOWN"),
    ("administrative_cp_ce_type", "099", "CERT_TYPE_MISMATCH"),
];

/// The server dies again and again while a file is taken; in the end each row is there once, each fault that was planted is
/// found and none other, and the figures are what the rows give.
#[tokio::test]
async fn a_file_survives_its_servers() {
    const LEASE: (&str, &str) = ("MINGJIAN__SERVER__JOB_LEASE_SECONDS", "2");
    const ROWS: usize = 3_000;
    let mut world = World::county().await;
    world.restart_with(&[LEASE]);
    let row = |at: usize| {
        let row = World::check_row(&format!("JC-{at:04}"));
        // Three in a hundred.
        let fault = (at % 100 < 3).then(|| FAULTS[at / 100 % FAULTS.len()]);
        fault.map_or_else(
            || row.clone(),
            |(column, said, _)| World::row_with(row.clone(), "I", "13T02:00", &[(column, said)]),
        )
    };
    let content = file(&(0..ROWS).map(row).collect::<Vec<_>>());
    let call = world.post(ADMIN, "/api/v1/imports?dataset=checks").raw("text/csv", content.clone());
    let job = call.send().await.expect(202);
    let import = format!("/api/v1/imports/{}", job["import_id"].as_str().unwrap());
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let mut seen = 0;
    for _ in 0..3 {
        let mut rows = seen;
        for _ in 0..4_000 {
            rows = world.get(ADMIN, &import).await.expect(200)["rows_total"].as_i64().unwrap();
            if rows > seen {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert!(rows > seen, "it goes on: {rows}");
        seen = rows;
        world.server.kill();
        world.restart_with(&[LEASE]);
    }
    for _ in 0..3_000 {
        if world.get(ADMIN, &path).await.expect(200)["status"] == "SUCCEEDED" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    let done = world.get(ADMIN, &import).await.expect(200);
    assert_eq!((&done["rows_created"], &done["rows_rejected"]), (&json!(ROWS), &json!(0)), "{done}");
    for (at, (_, _, rule)) in FAULTS.iter().enumerate() {
        let planted = (0..ROWS).filter(|row| row % 100 < 3 && FAULTS[row / 100 % FAULTS.len()].2 == *rule).count();
        let found = world.get(ADMIN, &format!("{import}/findings?rule={rule}&severity=ERROR&total=exact")).await;
        assert_eq!(found.expect(200)["page"]["total"], planted, "{at} {rule}");
    }
    let told = world.get(ADMIN, "/api/v1/quality-figures").await.expect(200)["total"].clone();
    assert_eq!((&told["rows"], &told["errors"]), (&json!(ROWS), &json!(ROWS / 100 * 3)), "{told}");
    let (status, said, _) = run(&world.database, &["verify-figures"]);
    assert_eq!(status, 0, "{said}");

    let again = world.import_as(ADMIN, "checks", content).await;
    assert_eq!(again["rows_unchanged"], json!(ROWS), "{again}");
}
