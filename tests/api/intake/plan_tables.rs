//! Plans' tables there and back: what goes in as it stands comes out equal, in its own words, and is known again.

use super::cases::Done;
use super::plans::{plans, whole};
use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

/// A table's cells, headings first.
fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let bytes = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect()).collect()
}

/// The same of a workbook's first sheet.
fn sheet(xlsx: &[u8]) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(xlsx)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// A published table goes in as it stands and comes out equal, row for row, as CSV and as XLSX; what came out is known again.
async fn there_and_back(world: &World, who: &str, name: &str, year: u32, content: Vec<u8>) -> Value {
    let table = cells(&content);
    let rows = table.len() - 1;
    let import = world.import_as(who, "plans", content).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(rows), &json!(0)), "{name}: {import}");
    let all = plans(world, who, year).await;
    let plan = all.iter().find(|plan| plan["lines"].as_array().unwrap().len() == rows).unwrap();
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let out = world.get(who, &format!("{path}/table.csv")).await;
    assert_eq!(out.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(cells(&out.content), table, "{name} as CSV");
    let out = world.get(who, &format!("{path}/table.xlsx")).await;
    let attached = format!("attachment; filename=\"{}.xlsx\"", plan["code"].as_str().unwrap());
    assert_eq!(out.header("content-disposition"), attached);
    assert_eq!(sheet(&out.content), table, "{name} as XLSX");

    let again = world.import_as(who, "plans", out.content.clone()).await;
    assert_eq!((&again["rows_unchanged"], &again["encoding"]), (&json!(rows), &json!("XLSX")), "{name}: {again}");
    assert_eq!(whole(world, who, plan).await["version"], plan["version"], "nothing changed");
    plan.clone()
}

#[tokio::test]
async fn published_tables_go_in_as_they_stand_and_come_out_equal() {
    let world = World::county().await;
    let own = std::fs::read("data/demo/plan_joint.csv").unwrap();
    let plan = there_and_back(&world, "market.lead", "joint", 2026, own.clone()).await;
    assert_eq!(plan["name"], "2026年度部门联合双随机抽查计划");
    let line = &plan["lines"][2];
    for (field, told) in [
        ("number", json!("003")),
        ("spot_type", json!("TARGETED")),
        ("lead_department_id", json!(world.departments["51082103"])),
        ("minimum_count", json!(20)),
        ("ratio_bp", json!(1_000)),
        ("starts_on", json!("2026-02-24")),
        ("ends_on", json!("2026-11-30")),
        ("mode_text", json!("实地核查")),
        ("check_modes", json!(["1"])),
    ] {
        assert_eq!(line[field], told, "{field}");
    }
    let counts: Vec<_> = line["class_rates"].as_array().unwrap().iter().map(|rate| &rate["count"]).collect();
    assert_eq!(counts, [12, 7, 1]);
    let together = plan["lines"][4]["cooperating"].as_array().unwrap();
    let named: Vec<_> = together.iter().map(|part| &part["name"]).collect();
    assert_eq!(named, ["应急管理局", "市场监督管理局"]);
    assert_eq!(together[0]["department_id"], json!(world.departments["51082106"]), "known by its short name");
    assert_eq!((&plan["lines"][0]["spot_type"], &plan["lines"][5]["spot_type"]), (&Value::Null, &json!("UNTARGETED")));

    let agriculture = std::fs::read("data/demo/plan_agriculture.csv").unwrap();
    there_and_back(&world, "agri.admin", "agriculture", 2026, agriculture).await;
    if let Some(published) = crate::harness::shared_data("plan_agriculture_2021.csv") {
        there_and_back(&world, "agri.admin", "agriculture 2021", 2021, published).await;
    }
    let world = World::county().await;
    if let Some(published) = crate::harness::shared_data("plan_joint_2026.csv") {
        there_and_back(&world, "market.lead", "joint 2026", 2026, published).await;
    }
    // And as a workbook to begin with.
    let world = World::county().await;
    let book = crate::harness::workbook::of_csv(&String::from_utf8(own.clone()).unwrap());
    let import = world.import_as("market.lead", "plans", book).await;
    assert_eq!((&import["rows_created"], &import["encoding"]), (&json!(6), &json!("XLSX")), "{import}");
    let all = plans(&world, "market.lead", 2026).await;
    let plan = all.iter().find(|plan| plan["name"] == "2026年度部门联合双随机抽查计划").unwrap();
    let out = world.get("market.lead", &format!("/api/v1/plans/{}/table.csv", plan["id"].as_str().unwrap())).await;
    assert_eq!(cells(&out.content), cells(&own));
}

#[tokio::test]
async fn a_line_whose_classes_do_not_add_up_is_refused_and_the_rest_is_taken() {
    let world = World::county().await;
    let own = std::fs::read_to_string("data/demo/plan_joint.csv").unwrap();
    let import = world.import_as("market.lead", "plans", own.replace("C 7户", "C 6户").into_bytes()).await;
    assert_eq!((&import["rows_created"], &import["rows_rejected"]), (&json!(5), &json!(1)), "{import}");
    let findings = format!("/api/v1/imports/{}/findings?severity=ERROR", import["id"].as_str().unwrap());
    let findings = world.get("market.lead", &findings).await.expect(200);
    let said = &findings["items"][0];
    assert_eq!((&said["rule"], &said["row_no"]), (&json!("CLASS_COUNTS_DIFFER"), &json!(3)));
    assert_eq!(said["message_zh"], "各信用类别户数合计 19 户，与抽查数量 20 户不符。", "{said}");

    // Mended, the file says its order too.
    let import = world.import_as("market.lead", "plans", own.clone().into_bytes()).await;
    assert_eq!((&import["rows_created"], &import["rows_unchanged"]), (&json!(1), &json!(5)), "{import}");
    let all = plans(&world, "market.lead", 2026).await;
    let plan = all.iter().find(|plan| plan["name"] == "2026年度部门联合双随机抽查计划").unwrap();
    let out = world.get("market.lead", &format!("/api/v1/plans/{}/table.csv", plan["id"].as_str().unwrap())).await;
    assert_eq!(cells(&out.content), cells(own.as_bytes()));
}

#[tokio::test]
async fn other_tables_come_out_in_their_own_words() {
    let world = World::county().await;
    let table = "检查主体,年度,年度计划名称,检查内容,计划开展时间,股室,抽查比例,抽查数量,事项类别,抽查类型,分类抽查比例,配合部门\n\
                 市场监督管理局,2025,燃气器具抽查,燃气器具标签核查,3月-6月,质量股,3%,20,一般检查事项,定向,A类：0.5%；C类30%,应急局；教育局\n\
                 旺苍县市场监督管理局,2025,计量抽查,计量器具核查,下半年,计量股,,10家,重点,不定向,按信用风险分类,\n";
    let done = Done::of(&world, "plans", table.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [2, 0, 0, 0, 0], "{:?}", done.findings);
    done.says(2, "CLASS_RATES_IN_WORDS");
    let all = plans(&world, "market.lead", 2025).await;
    let [plan] = &all[..] else { panic!("one plan: {all:?}") };
    let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let out = world.get("market.lead", &format!("{path}/table.csv")).await;
    assert_eq!(cells(&out.content), cells(table.as_bytes()));
    // What is said otherwise now is printed otherwise.
    let version = plan["version"].as_i64().unwrap();
    let mut changed = plan.clone();
    let kept = ["year", "name", "kind", "department_id"].map(|field| (field.to_owned(), changed[field].take()));
    let mut body = Value::Object(kept.into_iter().collect());
    let of_line =
        ["id", "category", "item_name", "targets", "executing_unit", "ratio_text", "period_text", "lead_name"];
    body["lines"] = changed["lines"].take();
    for line in body["lines"].as_array_mut().unwrap() {
        line.as_object_mut().unwrap().retain(|field, _| of_line.contains(&field.as_str()));
        line["item_kind"] = json!("KEY");
        line["spot_type"] = json!("UNTARGETED");
    }
    world.request(Method::PUT, "market.lead", &path).if_match(version).json(&body).send().await.expect(200);
    let out = cells(&world.get("market.lead", &format!("{path}/table.csv")).await.content);
    assert_eq!(out[1][8..], ["重点抽查", "不定向抽查", "", ""]);
    assert_eq!(out[2][8..], ["重点", "不定向", "按信用风险分类", ""]);
}

#[tokio::test]
async fn a_row_changes_the_line_that_it_numbers_and_numbers_agree() {
    let world = World::county().await;
    let own = std::fs::read_to_string("data/demo/plan_joint.csv").unwrap();
    world.import_as("market.lead", "plans", own.clone().into_bytes()).await;
    let moved = own.replace("2026年2月24日-2026年11月30日", "2026年5月-2026年11月");
    let import = world.import_as("market.lead", "plans", moved.into_bytes()).await;
    assert_eq!((&import["rows_updated"], &import["rows_unchanged"]), (&json!(1), &json!(5)), "{import}");
    let plan = |all: Vec<Value>| all.into_iter().find(|plan| plan["name"] == "2026年度部门联合双随机抽查计划").unwrap();
    let joint = plan(plans(&world, "market.lead", 2026).await);
    assert_eq!(joint["lines"].as_array().unwrap().len(), 6);
    assert_eq!(joint["lines"][2]["starts_on"], "2026-05-01");
    assert_eq!(joint["lines"][0]["executing_unit"], "生态环境局", "whoever leads it carries it out");

    // A number that the classes, told before, do not add up to.
    let row = |ratio: &str, count: &str| {
        format!(
            "抽查计划编号,任务名称,抽查对象,发起部门,参与部门,抽查比例,抽查数量,起止时间,抽查事项\n\
                 003,2026年集中用餐单位食品安全抽查,食堂,市场监督管理局,教育局,{ratio},{count},2026年5月-2026年11月,食品经营许可情况的检查\n"
        )
    };
    let import = world.import_as("market.lead", "plans", row("10%(30户)", "").into_bytes()).await;
    assert_eq!(import["rows_rejected"], 1, "{import}");
    let import = world.import_as("market.lead", "plans", row("10%(20户)", "30").into_bytes()).await;
    assert_eq!(import["rows_updated"], 1, "{import}");
    let findings = format!("/api/v1/imports/{}/findings", import["id"].as_str().unwrap());
    let findings = world.get("market.lead", &findings).await.expect(200);
    assert!(
        findings["items"].as_array().unwrap().iter().any(|found| found["rule"] == "COUNT_CONTRADICTS"),
        "{findings}"
    );
    // A file of one row does not say how the whole table looks.
    let joint = plan(plans(&world, "market.lead", 2026).await);
    let out = world.get("market.lead", &format!("/api/v1/plans/{}/table.csv", joint["id"].as_str().unwrap())).await;
    assert_eq!(cells(&out.content)[0], cells(own.as_bytes())[0]);
}
