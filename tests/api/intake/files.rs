//! Files as they come, of the project's own making: what is read, what is refused and why, what a file does not say.

use super::cases::Done;
use crate::harness::World;
use crate::harness::workbook::{Cell, Sheet, workbook};
use domain::kernel::codes::uscc::check_character;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A made-up enterprise's code.
pub(super) fn uscc(serial: u32) -> String {
    let body = format!("91510821MAF{serial:06}");
    let check = check_character(body.as_bytes()).unwrap();
    format!("{body}{}", char::from(check))
}

async fn one(world: &World, path: &str) -> Value {
    let page = world.get("justice", path).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{path}: {page}");
    page["items"][0].clone()
}

pub(super) async fn object(world: &World, name: &str) -> Value {
    let page = world.get("market.lead", &format!("/api/v1/objects?name={name}")).await.expect(200);
    page["items"][0].clone()
}

#[tokio::test]
async fn a_workbook_is_read_as_people_see_it() {
    let world = World::bare().await;
    let codes: Vec<String> = (1..=3).map(uscc).collect();
    let text = |cells: &[&str]| cells.iter().map(|cell| Cell::from(*cell)).collect::<Vec<_>>();
    let register = Sheet {
        name: "台账",
        rows: vec![
            (1, text(&["旺苍县某局监管对象台账", "旺苍县某局监管对象台账"])),
            (3, text(&["*企业名称", "统一社会 信用代码", "住 所", "备 用", "标签"])),
            (4, text(&["旺苍表一店", &codes[0], "旺苍县东河镇1号"])),
            (7, text(&["旺苍表二店", &codes[1], "", "多余", "食品"])),
            (8, vec![Cell::from("旺苍表三店"), Cell::Number("915108210000000000"), Cell::from("旺苍县东河镇3号")]),
            (9, text(&["*企业名称", "统一社会 信用代码", "住 所", "备 用", "标签"])),
            (10, text(&["合 计", "3户"])),
            (11, text(&["填表人：某某", "审核人：某某"])),
            (12, text(&["以上为2026年数据"])),
        ],
        merged: vec!["A1:E1", "C4:C7", "A12:E12"],
        ..Sheet::default()
    };
    let hidden = Sheet {
        name: "代码", hidden: true, ..Sheet::of(&[&["企业名称", "统一社会信用代码"], &["假", ""]])
    };
    let further = Sheet { name: "说明", ..Sheet::of(&[&["填表说明"]]) };
    let done = Done::of(&world, "objects", workbook(&[hidden, further, register])).await;
    assert_eq!((done.counts, &done.import["encoding"]), ([2, 0, 0, 1, 4], &json!("XLSX")));

    let sheet = done.says(0, "SHEET_READ")["message_zh"].as_str().unwrap();
    assert!(sheet.contains("台账") && sheet.contains("说明") && sheet.contains("代码（隐藏）"), "{sheet}");
    assert_eq!(done.says(0, "COLUMN_IGNORED")["field"], "备 用");
    done.says(0, "ROWS_ABOVE_HEADINGS");
    let lost = done.says(5, "DIGITS_LOST");
    assert_eq!((&lost["sheet_row"], &lost["severity"]), (&json!(8), &json!("ERROR")), "the sheet's own row");
    let second = object(&world, "旺苍表二店").await;
    assert_eq!(
        (&second["registered_address"], &second["uscc"]),
        (&json!("旺苍县东河镇1号"), &json!(codes[1])),
        "merged"
    );
}

#[tokio::test]
async fn kinds_of_file_are_read_or_named() {
    let world = World::bare().await;
    let table = format!("企业名称;统一社会信用代码\n旺苍种一店;{}\n", uscc(11));
    let utf16: Vec<u8> = [b"\xff\xfe".to_vec(), table.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let done = Done::of(&world, "objects", utf16).await;
    assert_eq!((done.counts, &done.import["encoding"]), ([1, 0, 0, 0, 0], &json!("UTF-16LE")));

    // Excel on Windows gives a CSV its own type.
    let path = "/api/v1/imports?dataset=objects&filename=a.csv";
    let call = world.post("market.lead", path).raw("application/vnd.ms-excel", table.into_bytes());
    let job = world.wait_for("market.lead", &call.send().await.expect(202)).await;
    assert_eq!(job["status"], "SUCCEEDED", "{job}");

    let encrypted = [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600]].concat();
    for (content, cause) in [
        (b"<html><table><tr><td>x</td></tr></table></html>".to_vec(), "网页"),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (encrypted, "无法读取"),
        ("企业名称：统一社会信用代码\n甲：乙\n".as_bytes().to_vec(), "一列"),
        ("甲,乙,丙\n1,2,3\n".as_bytes().to_vec(), "找到的列：甲、乙、丙"),
    ] {
        let job = world.import("objects", content).await;
        let error = job["error"].as_str().unwrap_or_else(|| panic!("{cause}: {job}"));
        assert!(error.contains(cause), "{cause}: {error}");
    }
}

#[tokio::test]
async fn equal_rows_count_once_and_others_are_named_at_any_distance() {
    let world = World::bare().await;
    // More rows lie between than a transaction takes.
    let first = uscc(100_000);
    let mut file = format!("企业名称,统一社会信用代码,注册地址\n旺苍远一店,{first},旺苍县东河镇1号\n");
    for serial in 0..600 {
        let _ = writeln!(file, "旺苍远{serial}号店,{},旺苍县东河镇2号", uscc(100_001 + serial));
    }
    let _ = writeln!(file, "旺苍远一店,{first},旺苍县东河镇1号\n旺苍远一店,{first},旺苍县嘉川镇9号");
    let done = Done::of(&world, "objects", file.into_bytes()).await;
    assert_eq!(done.counts, [601, 0, 1, 1, 0]);
    assert!(done.says(603, "DUPLICATE_IN_FILE")["message_zh"].as_str().unwrap().contains("第 1 行"));

    let rows = |second: &str| {
        format!("部门编码,系统名称,事项编码,事项名称\n51082103,某系统,B-1,甲\n51082103,某系统,B-1,{second}\n")
    };
    let done = Done::of(&world, "own-system-items", rows("乙").into_bytes()).await;
    assert_eq!(done.counts, [1, 0, 0, 1, 0]);
    let done = Done::of(&world, "own-system-items", rows("甲").into_bytes()).await;
    assert_eq!(done.counts, [0, 0, 2, 0, 0], "stored as row 1 said, and the same row twice is one");

    // What was refused is not taken when it is said again, nor is it kept.
    let unknown = "姓名,部门编码,执法证号,有效期至\n人三,99999999,5108219100003,2031-12-31\n";
    let file = format!("{unknown}人三,99999999,5108219100003,2031-12-31\n人三,51082103,5108219100003,2031-12-31\n");
    let done = Done::of(&world, "personnel", file.into_bytes()).await;
    assert_eq!(done.counts, [0, 0, 0, 3, 0], "{:?}", done.findings);
    let again = done.says(2, "DUPLICATE_IN_FILE")["message_zh"].as_str().unwrap();
    let other = done.says(3, "DUPLICATE_IN_FILE")["message_zh"].as_str().unwrap();
    assert!(again.contains("该行未收") && other.contains("两行都未收"), "{again} {other}");
}

#[tokio::test]
async fn nobody_gets_anothers_number_name_or_department() {
    let world = World::bare().await;
    let file = |rows: &str| format!("姓名,部门编码,身份证号,执法证号,有效期至\n{rows}").into_bytes();
    // Made-up numbers; 510899 is no region.
    let (first, second) = ("510899198802031012", "510899198802031039");
    let done = Done::of(&world, "personnel", file(&format!("人一,51082103,{first},5108219100001,2031-12-31\n"))).await;
    assert_eq!(done.counts, [1, 0, 0, 0, 0]);

    for (row, rule) in [
        (format!("人二,51082105,{second},5108219100001,2031-12-31"), "CERTIFICATE_OF_ANOTHER"),
        ("人二,51082105,,5108219100001,2031-12-31".to_owned(), "CERTIFICATE_OF_ANOTHER"),
        (format!("人二,51082105,{first},5108219100002,2031-12-31"), "CITIZEN_ID_OF_ANOTHER"),
        ("人二,51082105,,待办,2031-12-31".to_owned(), "REQUIRED"),
        ("人二,51082105,,510821****02,2031-12-31".to_owned(), "CERTIFICATE_NO_INVALID"),
        ("人二,51082105,,5108219100002,长期".to_owned(), "DATE_INVALID"),
    ] {
        let done = Done::of(&world, "personnel", file(&format!("{row}\n"))).await;
        assert_eq!((done.counts, done.rules()), ([0, 0, 0, 1, 0], vec![rule]), "{row}");
    }
    let officer = one(&world, "/api/v1/personnel?name=人一").await;
    assert_eq!(officer["department_id"], json!(world.departments["51082103"]));
    assert_eq!(world.get("justice", "/api/v1/personnel?name=人二").await.expect(200)["page"]["total"], 0);
    // The same person corrected: both numbers say so.
    let done =
        Done::of(&world, "personnel", file(&format!("人一改,51082103,{first},5108219100001,2031-12-31\n"))).await;
    assert_eq!(done.counts, [0, 1, 0, 0, 0]);
    let id = officer["id"].as_str().unwrap();
    world.assert_audit("personnel", id, "IMPORTED", "justice").await;
}

#[tokio::test]
async fn one_enterprise_is_one_and_namesakes_are_two() {
    let world = World::bare().await;
    let file = |rows: &str| format!("企业名称,统一社会信用代码,注册地址\n{rows}").into_bytes();
    let rows = "旺苍便民店,,旺苍县东河镇1号\n旺苍便民店,,旺苍县嘉川镇5号\n";
    let done = Done::of(&world, "objects", file(rows)).await;
    assert_eq!(done.counts, [2, 0, 0, 0, 0], "two townships, two shops");
    let doubt = done.says(2, "POSSIBLE_DUPLICATE");
    assert!(doubt["message_zh"].as_str().unwrap().contains("旺苍县东河镇1号"), "{doubt}");
    assert_eq!(Done::of(&world, "objects", file(rows)).await.counts, [0, 0, 2, 0, 0], "again the same");

    // One township and two addresses, or two counties, are two shops as well.
    let rows =
        "旺苍超市,,旺苍县东河镇1号\n旺苍超市,,旺苍县东河镇2号\n旺苍超市,,剑阁县下寺镇3号\n旺苍超市,,苍溪县陵江镇4号\n";
    let done = Done::of(&world, "objects", file(rows)).await;
    assert_eq!(done.counts, [4, 0, 0, 0, 0], "{:?}", done.findings);
    assert_eq!(Done::of(&world, "objects", file(rows)).await.counts, [0, 0, 4, 0, 0], "again the same");
    let open = Done::of(&world, "objects", file("旺苍超市,,\n")).await;
    assert_eq!(open.counts[1], 0, "whichever it is, none is overwritten: {:?}", open.findings);
    open.says(1, "POSSIBLE_DUPLICATE");

    // Two old numbers are two enterprises, wherever they lie.
    let with_number = |rows: &str| format!("企业名称,统一社会信用代码,注册号,注册地址\n{rows}").into_bytes();
    let first = Done::of(&world, "objects", with_number("旺苍老号店,,510821000012345,旺苍县东河镇6号\n")).await;
    assert_eq!(first.counts, [1, 0, 0, 0, 0], "{:?}", first.findings);
    let row = format!("旺苍老号店,{},510821000054321,旺苍县东河镇6号\n", uscc(34));
    let other = Done::of(&world, "objects", with_number(&row)).await;
    assert_eq!(other.counts[1], 0, "the number of the first stays: {:?}", other.findings);
    other.says(1, "POSSIBLE_DUPLICATE");

    // A trader under his own name is no remark.
    let traders = "企业名称,统一社会信用代码,法人代表\n李四川,,李四川\n".as_bytes().to_vec();
    assert_eq!(Done::of(&world, "objects", traders).await.counts, [1, 0, 0, 0, 0]);

    // Brackets of either width are one name.
    Done::of(&world, "objects", file("旺苍（东河）商店,,旺苍县东河镇8号\n")).await;
    let bracketed = Done::of(&world, "objects", file(&format!("旺苍(东河)商店,{},旺苍县东河镇8号\n", uscc(33)))).await;
    assert_eq!((bracketed.counts, bracketed.rules()), ([0, 1, 0, 0, 0], vec!["TAKEN_OVER"]));

    let code = uscc(31);
    let done = Done::of(&world, "objects", file(&format!("旺苍便民店,{code},旺苍县嘉川镇5号\n"))).await;
    assert_eq!((done.counts, done.rules()), ([0, 1, 0, 0, 0], vec!["TAKEN_OVER"]));
    let page = world.get("market.lead", "/api/v1/objects?name=旺苍便民店&sort=created_at").await.expect(200);
    let known: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|one| (&one["uscc"], &one["township_code"])).collect();
    assert_eq!(known, [(&Value::Null, &json!("510821100")), (&json!(code), &json!("510821101"))]);
    let other = Done::of(&world, "objects", file(&format!("旺苍便民店,{},旺苍县白水镇7号\n", uscc(32)))).await;
    assert_eq!((other.counts, other.rules()), ([1, 0, 0, 0, 0], vec!["POSSIBLE_DUPLICATE"]), "it may be the first");
    // A placeholder is nobody, in whichever file.
    let credit = "统一社会信用代码,分类体系,信用等级,评价批次,下发来源\n000000000000000000,2,D级,2026-10,3\n";
    let done = Done::of(&world, "credit-classifications", credit.as_bytes().to_vec()).await;
    assert_eq!((done.counts, done.rules()), ([0, 0, 0, 1, 0], vec!["USCC_INVALID"]));
    let body = json!({ "name": "占位店", "object_type": "1", "region_code": "510821", "uscc": "111111111111111111" });
    let refused = world.post("market.lead", "/api/v1/objects").json(&body).send().await;
    refused.expect_problem(422, "INVALID_BODY");
}

#[tokio::test]
async fn what_is_cancelled_in_the_register_is_not_drawn() {
    let world = World::bare().await;
    let file = format!(
        "企业名称,统一社会信用代码,住所,登记状态,登记机关,联系电话,经营场所,是否重点监管\n旺苍销店,{},旺苍县东河镇1号,注销,旺苍县市场监督管理局,13900001111,旺苍县嘉川镇2号,是\n",
        uscc(41)
    );
    let done = Done::of(&world, "objects", file.into_bytes()).await;
    assert_eq!((done.counts, done.rules()), ([1, 0, 0, 0, 0], vec![]));
    let read = object(&world, "旺苍销店").await;
    assert_eq!((&read["registration_status"], &read["key_supervision"]), (&json!("CANCELLED"), &json!(true)));
    assert_eq!((&read["phone_masked"], &read["business_address"]), (&json!("139****1111"), &json!("旺苍县嘉川镇2号")));
    assert!(!read.to_string().contains("13900001111"));
    let coded = "企业名称,统一社会信用代码,行业代码\n旺苍业店,,5213\n旺苍词店,,科技推广和应用服务业\n";
    let done = Done::of(&world, "objects", coded.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [2, 0, 0, 0, 0], "words for a code cost the code, not the row");
    assert_eq!(object(&world, "旺苍业店").await["industry_code"], "F5213");
    assert_eq!(object(&world, "旺苍词店").await["industry_code"], Value::Null);
    done.says(2, "INDUSTRY_CODE_INVALID");

    let page = world.get("market.lead", "/api/v1/objects?registration_status=ACTIVE&name=旺苍销店").await.expect(200);
    assert_eq!(page["page"]["total"], 0);
}

#[tokio::test]
async fn an_import_does_not_do_what_the_api_refuses() {
    let world = World::county().await;
    let published = world.get("market.lead", "/api/v1/spot-check-items?status=PUBLISHED&limit=1").await.expect(200);
    let item = published["items"][0].clone();
    let row = |mark: &str, ratio: &str| {
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(["抽查事项名称", "抽查子项", "抽查主体", "抽查对象", "抽查比例"]).unwrap();
        let cells = ["name", "sub_item", "check_body", "targets"];
        let cells = cells.map(|field| item[field].as_str().map(|text| format!("{text}{mark}")).unwrap_or_default());
        file.write_record(cells.iter().map(String::as_str).chain([ratio])).unwrap();
        file.into_inner().unwrap()
    };
    let done = Done::of(&world, "spot-check-items", row("", "90%")).await;
    assert_eq!((done.counts, done.rules()), ([0, 0, 0, 1, 0], vec!["ITEM_DERIVED"]));
    let blank = Done::of(&world, "spot-check-items", row("\u{3000}", item["ratio_text"].as_str().unwrap())).await;
    assert_eq!(blank.counts, [0, 0, 1, 0, 0], "a blank changes no words");
    let path = format!("/api/v1/spot-check-items/{}", item["id"].as_str().unwrap());
    assert_eq!(world.get("market.lead", &path).await.expect(200), item);

    let text = |cells: [&str; 2]| cells.map(Cell::from);
    let rows = vec![
        (1, text(["抽查事项名称", "抽查对象"]).into_iter().chain([Cell::from("抽查比例")]).collect()),
        (2, text(["比例项", "企业"]).into_iter().chain([Cell::Percent("0.025")]).collect()),
    ];
    let done =
        Done::of(&world, "spot-check-items", workbook(&[Sheet { name: "清单", rows, ..Sheet::default() }])).await;
    assert_eq!((done.counts, done.rules()), ([1, 0, 0, 0, 0], vec![]));
    let item = world.get("market.lead", "/api/v1/spot-check-items?name=比例项").await.expect(200)["items"][0].clone();
    assert_eq!((&item["ratio_text"], &item["ratio_floor_bp"]), (&json!("2.5%"), &json!(250)));

    // What a file has no column for, and what it leaves blank, stays.
    let whole =
        "抽查事项名称,抽查对象,抽查比例,抽查依据,抽查频次,备注,事项类别\n某项,企业,5%,某法,每年2次,注,一般检查事项\n";
    assert_eq!(Done::of(&world, "spot-check-items", whole.as_bytes().to_vec()).await.counts, [1, 0, 0, 0, 0]);
    for silent in
        ["抽查事项名称,抽查对象,抽查比例\n某项,企业,5%\n", "抽查事项名称,抽查对象,抽查比例,备注\n某项,企业,5%,\n"]
    {
        assert_eq!(Done::of(&world, "spot-check-items", silent.as_bytes().to_vec()).await.counts, [0, 0, 1, 0, 0]);
    }
    // What is retired makes way for the same words anew.
    let one = world.get("market.lead", "/api/v1/spot-check-items?name=某项").await.expect(200)["items"][0].clone();
    let stored = format!("/api/v1/spot-check-items/{}", one["id"].as_str().unwrap());
    world.act("market.lead", &stored, "retire", Some(json!({ "reason": "清单调整" }))).await.expect(200);
    assert_eq!(Done::of(&world, "spot-check-items", whole.as_bytes().to_vec()).await.counts, [1, 0, 0, 0, 0]);
    assert_eq!(world.get("market.lead", &stored).await.expect(200)["status"], "RETIRED");

    let above = "抽查事项名称,抽查对象,抽查比例,事项类别\n另项,企业,20%,一般检查事项\n";
    let done = Done::of(&world, "spot-check-items", above.as_bytes().to_vec()).await;
    done.says(1, "GENERAL_ITEM_CEILING");
}
