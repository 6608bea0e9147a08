//! The life of a clue over HTTP: who may do what, and when it is due.

use crate::harness::{World, id_of};
use domain::kernel::clocks::calendar::local_date;
use entity::risks::risk_clues;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Database, EntityTrait, QueryFilter};
use serde_json::{Value, json};

pub const MARKET: Option<&str> = Some("51082103");

pub async fn object(world: &World, at: usize) -> Value {
    let page = world.get("market.lead", "/api/v1/objects?sort=name&limit=10").await.expect(200);
    page["items"][at]["id"].clone()
}

#[tokio::test]
async fn a_clue_is_worked_on_step_by_step_and_every_step_is_traced() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("coordinator", &object, None).await;
    // Nobody's yet: every department sees it, and whoever signs has it.
    for who in ["market.admin", "agri.admin"] {
        assert_eq!(world.get(who, &clue).await.expect(200)["status"], "RECEIVED");
    }
    let waiting = world.get("agri.admin", "/api/v1/worklist?kind=CLUE_TO_SIGN").await.expect(200);
    assert_eq!(waiting["items"][0]["resource_id"], id_of(&clue));
    world.act("market.admin", &clue, "sign", None).await.expect(200);
    world.get("agri.admin", &clue).await.expect_problem(404, "NOT_FOUND");
    let someone = json!({ "user_id": world.user_id("agri.admin").await });
    let problem = world.act("market.admin", &clue, "assign", Some(someone)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["code"], "NOT_OF_DEPARTMENT");
    let officer = json!({ "user_id": world.user_id("market.officer").await });
    world.get("market.officer", &clue).await.expect_problem(404, "NOT_FOUND");
    world.act("market.admin", &clue, "assign", Some(officer)).await.expect(200);
    let mine = world.get("market.officer", "/api/v1/worklist?kind=CLUE_TO_VERIFY").await.expect(200);
    assert_eq!(mine["items"][0]["resource_id"], id_of(&clue), "the officer's own worklist");
    let shown = world.get("market.officer", &clue).await.expect(200);
    assert_eq!(shown["allowed_actions"], json!(["ACCEPT"]));
    world
        .act("market.officer", &clue, "verify", Some(json!({ "verdict": "TRUE", "verification": "属实" })))
        .await
        .expect_problem(409, "STATE_CONFLICT");
    world.act("market.officer", &clue, "accept", None).await.expect(200);
    let verified = json!({ "verdict": "FALSE", "verification": "经核查不属实。" });
    world.act("market.officer", &clue, "verify", Some(verified)).await.expect(200);
    let wrong = json!({ "measures": [{ "measure": "2", "content": "拟处罚。" }] });
    world.act("market.officer", &clue, "dispose", Some(wrong)).await.expect_problem(422, "MEASURE_INVALID");
    let missing = json!({ "measures": [{
        "measure": "6", "content": "核查不属实。", "inspection_id": "01930000-0000-7000-8000-000000000000",
    }] });
    let problem =
        world.act("market.officer", &clue, "dispose", Some(missing)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/measures/0/inspection_id");
    let right = json!({ "measures": [{ "measure": "6", "content": "核查不属实。" }] });
    world.act("market.officer", &clue, "dispose", Some(right)).await.expect(200);
    world.act("market.officer", &clue, "feed-back", Some(json!({ "feedback": "经核查不属实。" }))).await.expect(200);
    // Back once, and through the second time.
    world.act("market.reviewer", &clue, "rework", Some(json!({ "reason": "补充现场笔录" }))).await.expect(200);
    let again = world.get("market.officer", &clue).await.expect(200);
    assert_eq!(
        (&again["status"], &again["rework_count"], &again["verdict"]),
        (&json!("REWORK"), &json!(1), &Value::Null)
    );
    world.act("market.officer", &clue, "accept", None).await.expect(200);
    let verified = json!({ "verdict": "PARTLY", "verification": "部分属实。" });
    world.act("market.officer", &clue, "verify", Some(verified)).await.expect(200);
    let measures = json!({ "measures": [
        { "measure": "3", "content": "责令改正。" }, { "measure": "2", "content": "立案。", "penalty_no": "旺市监罚〔2026〕1号" },
    ] });
    world.act("market.officer", &clue, "dispose", Some(measures)).await.expect(200);
    world.act("market.officer", &clue, "feed-back", Some(json!({ "feedback": "已改正。" }))).await.expect(200);
    world.act("market.reviewer", &clue, "approve", Some(json!({ "opinion": "同意" }))).await.expect(200);
    world.act("market.admin", &clue, "close", None).await.expect_problem(403, "FORBIDDEN");
    let closed = world.act("coordinator", &clue, "close", None).await.expect(200);
    assert_eq!((&closed["status"], &closed["allowed_actions"]), (&json!("CLOSED"), &json!([])));
    assert_eq!(closed["measures"].as_array().unwrap().len(), 3, "what was done before stays");
    for (action, who) in [
        ("CREATED", "coordinator"),
        ("SIGNED", "market.admin"),
        ("ASSIGNED", "market.admin"),
        ("UNDERTAKEN", "market.officer"),
        ("VERIFIED", "market.officer"),
        ("DISPOSED", "market.officer"),
        ("FED_BACK", "market.officer"),
        ("REWORKED", "market.reviewer"),
        ("APPROVED", "market.reviewer"),
        ("CLOSED", "coordinator"),
    ] {
        world.assert_audit("risk-clues", id_of(&clue), action, who).await;
    }
    let left = world.get("coordinator", "/api/v1/worklist?resource=risk-clues&limit=200").await.expect(200);
    assert_eq!(left["items"], json!([]), "nothing waits any more");
}

#[tokio::test]
async fn whoever_worked_on_it_neither_reviews_nor_ends_it() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("market.admin", &object, MARKET).await;
    world.walk_clue(&clue, 6).await;
    // The reviewer stands in for the administrator who fed it back: the deeds of both count as one.
    let shown = world.get("market.admin", &clue).await.expect(200);
    assert_eq!(shown["allowed_actions"], json!([]));
    let now = mingjian::kernel::ctx::now();
    let body = json!({
        "to_user_id": world.user_id("market.reviewer").await, "starts_at": now, "ends_at": now + chrono::Duration::days(1),
        "reason": "出差期间代办",
    });
    world.post("market.admin", "/api/v1/me/delegations").json(&body).send().await.expect(201);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let shown = world.get("market.reviewer", &clue).await.expect(200);
    assert_eq!(shown["allowed_actions"], json!(["APPROVE", "REWORK"]), "the reviewer is another person");
    world.act("market.reviewer", &clue, "approve", Some(json!({}))).await.expect(200);
}

#[tokio::test]
async fn returning_stops_the_clock_and_a_refusal_starts_it_again() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("coordinator", &object, MARKET).await;
    world.walk_clue(&clue, 1).await;
    let bare = json!({ "reason": "不属本县" });
    let problem = world.act("market.admin", &clue, "return", Some(bare)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/evidence", "evidence is needed");
    let body = json!({ "reason": "不属本县", "evidence": ["登记机关为邻县"] });
    let asked = world.act("market.admin", &clue, "return", Some(body.clone())).await.expect(200);
    assert_eq!((&asked["status"], &asked["feed_back_due_at"]), (&json!("RETURN_PENDING"), &Value::Null));
    let deadlines = world.get("market.admin", &format!("{clue}/deadlines")).await.expect(200);
    let feed_back = deadlines["items"].as_array().unwrap().iter().find(|row| row["clock"] == "FEED_BACK").unwrap();
    let words = feed_back["explanation_zh"].as_array().unwrap();
    assert!(words.last().unwrap().as_str().unwrap().contains("停止计算，尚未恢复"), "{words:?}");
    let refused = world.act("coordinator", &clue, "refuse-return", Some(json!({ "reason": "经核实属本县" }))).await;
    let refused = refused.expect(200);
    assert_eq!(refused["status"], "SIGNED");
    assert!(refused["feed_back_due_at"].is_string());
    let deadlines = world.get("market.admin", &format!("{clue}/deadlines")).await.expect(200);
    assert!(deadlines.to_string().contains("恢复；其间不计入"), "{deadlines}");
    world.act("market.admin", &clue, "return", Some(body)).await.expect(200);
    let nowhere = world.act("coordinator", &clue, "approve-return", None).await;
    let nowhere = nowhere.expect_problem(409, "STATE_CONFLICT");
    assert!(nowhere["detail"].as_str().unwrap().contains("转办"), "a clue of the county's own has no level above");
    world.database.execute("UPDATE risk_clues SET source = 'NATIONAL'").await;
    let returned = world.act("coordinator", &clue, "approve-return", None).await.expect(200);
    assert_eq!(returned["status"], "RETURNED");
    for (action, who) in
        [("RETURN_REQUESTED", "market.admin"), ("RETURN_REFUSED", "coordinator"), ("RETURN_APPROVED", "coordinator")]
    {
        world.assert_audit("risk-clues", id_of(&clue), action, who).await;
    }
}

#[tokio::test]
async fn time_is_extended_once_and_says_why() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("coordinator", &object, MARKET).await;
    world.walk_clue(&clue, 1).await;
    let before = world.get("market.admin", &clue).await.expect(200)["feed_back_due_at"].clone();
    let long = json!({ "working_days": 30, "reason": "需要检验" });
    let problem = world.act("market.admin", &clue, "extend", Some(long)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/working_days");
    let body = json!({ "working_days": 5, "reason": "检验机构出具报告需要时间" });
    let extended = world.act("market.admin", &clue, "extend", Some(body.clone())).await.expect(200);
    assert!(extended["feed_back_due_at"].as_str().unwrap() > before.as_str().unwrap());
    assert!(!extended["allowed_actions"].as_array().unwrap().contains(&json!("EXTEND")));
    world.act("market.admin", &clue, "extend", Some(body)).await.expect_problem(409, "EXTENSION_USED");
    let deadlines = world.get("market.admin", &format!("{clue}/deadlines")).await.expect(200);
    assert!(deadlines.to_string().contains("批准延长 5 个工作日，共 15 个工作日"), "{deadlines}");
    world.assert_audit("risk-clues", id_of(&clue), "EXTENDED", "market.admin").await;
}

#[tokio::test]
async fn duplicates_are_found_and_merged_into_a_master() {
    let mut world = World::county().await;
    world.make_partner(&["risk-clues:write", "risk-clues:read"], "510821").await;
    let (object, other) = (object(&world, 0).await, object(&world, 1).await);
    let master = world.clue("coordinator", &object, MARKET).await;
    let body = json!({
        "name": "省平台下发线索", "domain": "80", "level": "BLUE", "source": "PROVINCIAL", "source_no": "SC-2026-1",
        "object_id": object, "content": "省平台监测发现异常。",
    });
    let clue = world.post("partner", "/api/v1/risk-clues").json(&body).send().await.expect(201);
    let clue = format!("/api/v1/risk-clues/{}", clue["id"].as_str().unwrap());
    world.post("partner", "/api/v1/risk-clues").json(&body).send().await.expect_problem(409, "DUPLICATE");
    let mut unnumbered = body.clone();
    unnumbered.as_object_mut().unwrap().remove("source_no");
    let problem = world.post("partner", "/api/v1/risk-clues").json(&unnumbered).send().await;
    assert_eq!(problem.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/source_no");
    let foreign = json!({ "source": "MODEL" });
    let mut own = body.clone();
    own["source"] = foreign["source"].clone();
    let problem = world.post("partner", "/api/v1/risk-clues").json(&own).send().await;
    assert_eq!(problem.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "SOURCE_NOT_YOURS");
    let seen = world.get("partner", "/api/v1/risk-clues?total=exact").await.expect(200);
    assert_eq!(seen["page"]["total"], 1, "a platform sees what it sent");
    let alike = world.get("coordinator", &format!("{clue}/duplicates")).await.expect(200);
    assert_eq!(alike["items"][0]["id"], id_of(&master));
    let elsewhere = world.clue("coordinator", &other, MARKET).await;
    let into = |path: &str| Some(json!({ "master_id": id_of(path), "reason": "同一主体同一问题" }));
    world.act("coordinator", &clue, "merge", into(&elsewhere)).await.expect_problem(422, "MERGE_INVALID");
    world.act("coordinator", &clue, "merge", into(&clue)).await.expect_problem(422, "MERGE_INVALID");
    let merged = world.act("coordinator", &clue, "merge", into(&master)).await.expect(200);
    assert_eq!((&merged["status"], &merged["master_id"]), (&json!("MERGED"), &json!(id_of(&master))));
    world.assert_audit("risk-clues", id_of(&clue), "MERGED", "coordinator").await;
    world.act("coordinator", &master, "merge", into(&clue)).await.expect_problem(422, "MERGE_INVALID");
    let alike = world.get("coordinator", &format!("{master}/duplicates")).await.expect(200);
    assert_eq!(alike["items"], json!([]), "what is merged is no duplicate any more");
}

#[tokio::test]
async fn an_inspection_is_opened_in_one_step_and_its_result_flows_back() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let clue = world.clue("coordinator", &object, MARKET).await;
    world.walk_clue(&clue, 3).await;
    let items: Vec<Value> = world.items_of("51082103").await.into_iter().take(1).collect();
    let team = world.team("51082103").await;
    let mut bad = json!({ "item_ids": items, "officers": team });
    bad["officers"][1]["is_leader"] = json!(true);
    world.act("market.admin", &clue, "open-inspection", Some(bad)).await.expect_problem(422, "TOO_FEW_OFFICERS");
    let body = json!({ "item_ids": items, "officers": team });
    let opened = world.act("market.admin", &clue, "open-inspection", Some(body)).await.expect(200);
    assert_eq!((&opened["status"], &opened["measures"][0]["measure"]), (&json!("VERIFYING"), &json!("1")));
    let inspection = format!("/api/v1/inspections/{}", opened["measures"][0]["inspection_id"].as_str().unwrap());
    let task = format!("/api/v1/tasks/{}", opened["measures"][0]["task_id"].as_str().unwrap());
    let task_now = world.get("market.lead", &task).await.expect(200);
    assert_eq!((&task_now["source"], &task_now["kind"]), (&json!("CLUE"), &json!("SPECIAL")));
    world.assert_audit("risk-clues", id_of(&clue), "INSPECTION_OPENED", "market.admin").await;
    world.assert_audit("inspections", id_of(&inspection), "CREATED", "market.admin").await;
    world.act("market.admin", &inspection, "start", None).await.expect(200);
    let result = json!({
        "inspected_on": local_date(mingjian::kernel::ctx::now()).to_string(), "verify_ways": ["2"], "result_codes": ["5"],
        "points": [World::point(&items[0], "2")], "summary": "发现台账缺失。",
    });
    world.act("market.admin", &inspection, "record-result", Some(result)).await.expect(200);
    world.act("market.admin", &inspection, "submit", None).await.expect(200);
    world.act("market.reviewer", &inspection, "approve-result", Some(json!({}))).await.expect(200);
    let shown = world.get("market.admin", &clue).await.expect(200);
    assert_eq!((&shown["status"], &shown["verdict"]), (&json!("DISPOSING"), &json!("TRUE")), "the result decides");
    assert!(shown["measures"][0]["outcome"].as_str().unwrap().contains("不合格检查项 1 个"));
    world.assert_audit("risk-clues", id_of(&clue), "RESULT_RECEIVED", "market.reviewer").await;
    // The public side shows the result and nothing of the clue.
    world.act("market.admin", &inspection, "publish", None).await.expect(200);
    assert_eq!(world.get("market.lead", &task).await.expect(200)["status"], "FINISHED");
    let public =
        world.anonymous(Method::GET, &inspection.replace("/inspections/", "/public/inspections/")).send().await;
    assert!(!public.expect(200).to_string().contains("线索"), "{}", public.text);
}

/// Makes a clue older than it is.
async fn age(world: &World, clue: &str, hours: i64) {
    let connection = Database::connect(&world.database.url).await.unwrap();
    let then = mingjian::kernel::ctx::now() - chrono::Duration::hours(hours);
    risk_clues::Entity::update_many()
        .col_expr(risk_clues::Column::CreatedAt, Expr::value(then))
        .col_expr(risk_clues::Column::ClockFrom, Expr::value(then))
        .col_expr(risk_clues::Column::NextFlagAt, Expr::value(then))
        .filter(risk_clues::Column::Id.eq(uuid::Uuid::parse_str(id_of(clue)).unwrap()))
        .exec(&connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_late_turns_red_and_goes_to_the_county_office() {
    let world = World::county().await;
    let object = object(&world, 0).await;
    let body = json!({
        "name": "红色线索", "domain": "80", "level": "RED", "source": "MANUAL", "object_id": object, "content": "重大隐患线索",
        "department_id": world.departments["51082103"],
    });
    let made = world.post("coordinator", "/api/v1/risk-clues").json(&body).send().await.expect(201);
    let clue = format!("/api/v1/risk-clues/{}", made["id"].as_str().unwrap());
    assert_eq!(made["flag"], "GREEN");
    let sweep = || {
        let (code, out, error) = crate::harness::run(&world.database, &["calendar"]);
        assert_eq!(code, 0, "{error}");
        out
    };
    age(&world, &clue, 5).await;
    assert!(sweep().contains("1 clues"), "five of four hours");
    let shown = world.get("market.admin", &clue).await.expect(200);
    assert_eq!(shown["flag"], "ESCALATED", "more than 120 %");
    let late = world.get("coordinator", "/api/v1/worklist?kind=CLUE_ESCALATED").await.expect(200);
    assert_eq!(late["items"][0]["resource_id"], id_of(&clue));
    world.assert_audit("risk-clues", id_of(&clue), "ESCALATED", "clue-clock").await;
    assert!(sweep().contains("0 clues"), "told once");
    let signed = world.act("market.admin", &clue, "sign", None).await.expect(200);
    assert_eq!(signed["signed_late"], true);
    let list = world.get("coordinator", "/api/v1/risk-clues?flag[in]=RED,ESCALATED").await.expect(200);
    assert!(list["items"].as_array().unwrap().len() <= 1);
}
