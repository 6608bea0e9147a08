//! Plans as counties publish them become drafts: two shapes of table, the county's own file, and what an import leaves alone.

use super::cases::Done;
use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

/// The plans of a department.
pub(super) async fn plans(world: &World, who: &str, year: u32) -> Vec<Value> {
    let page = world.get(who, &format!("/api/v1/plans?year={year}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

pub(super) async fn whole(world: &World, who: &str, plan: &Value) -> Value {
    world.get(who, &format!("/api/v1/plans/{}", plan["id"].as_str().unwrap())).await.expect(200)
}

#[tokio::test]
async fn the_countys_own_table_becomes_a_draft_and_the_same_again_changes_nothing() {
    let world = World::county().await;
    let file = std::fs::read("data/demo/plan_agriculture.csv").unwrap();
    let before = plans(&world, "agri.admin", 2026).await.len();
    let import = world.import_as("agri.admin", "plans", file.clone()).await;
    assert_eq!((&import["rows_total"], &import["rows_created"]), (&json!(6), &json!(6)), "{import}");

    let all = plans(&world, "agri.admin", 2026).await;
    assert_eq!(all.len(), before + 1);
    let draft = all.iter().find(|plan| plan["name"] == "2026年度旺苍县农业农村局双随机抽查计划").unwrap();
    assert_eq!((&draft["status"], &draft["kind"]), (&json!("DRAFT"), &json!("ANNUAL")));
    world.assert_audit("plans", draft["id"].as_str().unwrap(), "IMPORTED", "agri.admin").await;
    let line = whole(&world, "agri.admin", draft).await["lines"][0].clone();
    for (field, told) in [
        ("category", json!("农资市场抽查")),
        ("item_name", json!("种子包装标签与经营备案核查")),
        ("targets", json!("在本县经营农作物种子的门店和企业")),
        ("item_kind", json!("GENERAL")),
        ("executing_unit", json!("农业综合行政执法大队一中队")),
        ("ratio_text", json!("5%")),
        ("ratio_bp", json!(500)),
        ("period_text", json!("2026年3月")),
    ] {
        assert_eq!(line[field], told, "{field}");
    }

    // It waits for whoever completes it.
    let work = world.get("agri.admin", "/api/v1/worklist?kind=PLAN_TO_COMPLETE&limit=100").await.expect(200);
    assert!(work["items"].as_array().unwrap().iter().any(|entry| entry["resource_id"] == draft["id"]), "{work}");

    let again = world.import_as("agri.admin", "plans", file).await;
    assert_eq!((&again["rows_unchanged"], &again["rows_created"]), (&json!(6), &json!(0)), "{again}");
    assert_eq!(whole(&world, "agri.admin", draft).await["version"], draft["version"]);
}

#[tokio::test]
async fn two_published_shapes_are_read() {
    let world = World::county().await;
    // 检查主体, share and number apart, no targets; a body of another county.
    let first = "序号,检查主体,年度计划名称,检查内容,计划开展时间,股室,抽查比例,抽查频次,抽查数量\n\
                 1,旺苍县市场监督管理局,2025年度燃气器具抽查,燃气器具标签核查,2025年3月-6月,质量股,3%,1次/年,20\n\
                 2,市场监督管理局,2025年度计量抽查,计量器具核查,2025年下半年,,,1次/年,10家\n\
                 3,上高县市场监督管理局,2025年度电梯抽查,电梯核查,2025年下半年,特设股,5%,1次/年,\n";
    let done = Done::of(&world, "plans", first.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [3, 0, 0, 0, 0], "{:?}", done.findings);
    assert_eq!(done.says(0, "COLUMN_IGNORED")["field"], "抽查频次");
    done.says(1, "TARGETS_MISSING");
    done.says(1, "ITEM_NOT_LINKED");
    assert_eq!(done.says(3, "UNKNOWN_DEPARTMENT")["severity"], "WARNING");
    let all = plans(&world, "market.lead", 2025).await;
    let [draft] = &all[..] else { panic!("one plan of one body and year: {all:?}") };
    let lines = whole(&world, "market.lead", draft).await["lines"].clone();
    assert_eq!((&lines[0]["ratio_text"], &lines[0]["minimum_count"]), (&json!("3%(20户)"), &json!(20)));
    assert_eq!(
        (&lines[1]["ratio_text"], &lines[1]["executing_unit"]),
        (&json!("10家"), &json!("旺苍县市场监督管理局"))
    );

    // The same table with a column more: its lines are completed, not doubled; and so they are where the plan was renamed.
    let path = format!("/api/v1/plans/{}", draft["id"].as_str().unwrap());
    let mut body = whole(&world, "market.lead", draft).await;
    let version = body["version"].as_i64().unwrap();
    let kept = ["year", "kind", "department_id", "lines"].map(|field| (field.to_owned(), body[field].take()));
    let mut renamed = Value::Object(kept.into_iter().collect());
    renamed["name"] = json!("改名的计划");
    let of_line = [
        "category",
        "item_name",
        "targets",
        "item_kind",
        "executing_unit",
        "ratio_text",
        "period_text",
        "spot_check_item_id",
    ];
    for line in renamed["lines"].as_array_mut().unwrap() {
        line.as_object_mut().unwrap().retain(|field, _| of_line.contains(&field.as_str()));
    }
    let call = world.request(Method::PUT, "market.lead", &path).if_match(version);
    call.json(&renamed).send().await.expect(200);
    let more = "检查主体,年度计划名称,检查内容,计划开展时间,股室,抽查比例,抽查数量,检查对象\n\
                旺苍县市场监督管理局,2025年度燃气器具抽查,燃气器具标签核查,2025年3月-6月,质量股,3%,20,燃气器具销售门店\n\
                市场监督管理局,2025年度计量抽查,计量器具核查,2025年下半年,计量股,,10家,集贸市场\n";
    let done = Done::of(&world, "plans", more.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [0, 2, 0, 0, 0], "{:?}", done.findings);
    assert_eq!(plans(&world, "market.lead", 2025).await.len(), 1);
    let lines = whole(&world, "market.lead", draft).await["lines"].clone();
    assert_eq!((lines.as_array().unwrap().len(), &lines[1]["executing_unit"]), (3, &json!("计量股")));

    // 任务名称, a level for a body, the whole under a title.
    let second = "2024年度双随机抽查工作计划,,,,,,,,\n\
                  抽查任务名称,抽查事项,发起方式,抽查主体（层级）,抽查对象,抽查基数,抽查比例,实施抽查时间段,备注\n\
                  种苗抽查,林木种子生产经营检查,定向,农业农村局（县级）,种苗企业,20,25%,2024年4月-5月,\n\
                  种苗抽查,林木种子生产经营检查,定向,农业农村局（县级）,苗圃,20,25%,2024年4月-5月,\n";
    let done = Done::of(&world, "plans", second.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [2, 0, 0, 0, 0], "{:?}", done.findings);
    done.says(1, "GENERAL_ITEM_CEILING");
    assert_eq!(plans(&world, "agri.admin", 2024).await.len(), 1);
}

#[tokio::test]
async fn a_plan_that_was_submitted_and_anothers_plan_stay() {
    let world = World::county().await;
    let row = |body: &str, item: &str, ratio: &str| {
        format!("检查主体,抽查事项,检查对象,检查时间,抽查比例\n{body},{item},门店,2026年5月,{ratio}\n").into_bytes()
    };
    let item = world.get("market.lead", "/api/v1/spot-check-items?status=PUBLISHED&limit=1").await.expect(200)["items"]
        [0]
    .clone();
    let name = item["name"].as_str().unwrap();
    let import = |content| world.import_as("market.lead", "plans", content);
    assert_eq!(import(row("", name, "1%")).await["rows_created"], 1);
    let all = plans(&world, "market.lead", 2026).await;
    let draft = all.iter().find(|plan| plan["name"] == "2026年度旺苍县市场监督管理局双随机抽查计划").unwrap();
    let plan = whole(&world, "market.lead", draft).await;
    assert_eq!(plan["lines"][0]["spot_check_item_id"], item["id"], "found by its name");

    let changed = import(row("", name, "2%")).await;
    assert_eq!(changed["rows_updated"], 1, "{changed}");
    let path = format!("/api/v1/plans/{}", draft["id"].as_str().unwrap());
    let after = world.get("market.lead", &path).await.expect(200);
    assert_eq!((&after["lines"][0]["ratio_bp"], &after["lines"][0]["id"]), (&json!(200), &plan["lines"][0]["id"]));
    world.act("market.lead", &path, "submit", None).await.expect(200);
    let submitted = world.get("market.lead", &path).await.expect(200);
    let refused = Done::of(&world, "plans", row("", name, "3%")).await;
    assert_eq!((refused.counts, refused.rules()), ([0, 0, 0, 1, 0], vec!["PLAN_NOT_DRAFT"]));
    let same = Done::of(&world, "plans", row("", name, "2%")).await;
    assert_eq!(same.counts, [0, 0, 1, 0, 0], "what it says already is no change");
    assert_eq!(world.get("market.lead", &path).await.expect(200), submitted);

    // A department writes for itself.
    let foreign = world.import_as("agri.admin", "plans", row("市场监督管理局", "别家事项", "1%")).await;
    assert_eq!((&foreign["rows_rejected"], &foreign["rows_created"]), (&json!(1), &json!(0)), "{foreign}");
}
