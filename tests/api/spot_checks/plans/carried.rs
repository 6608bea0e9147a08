//! Plans carried out (rules of the trade §15): which tasks carry which lines, how far each line is, and when a plan is finished.

use super::{body_of, draft, line, public, put};
use crate::harness::{World, today};
use serde_json::{Value, json};

/// Every inspection of a task, from afar, to its publication: the last one ends the task.
async fn carry_out(world: &World, task: &str) -> usize {
    let id = task.rsplit('/').next().unwrap();
    let rows = world.get("market.lead", &format!("/api/v1/inspections?task_id={id}&limit=200")).await.expect(200);
    let rows = rows["items"].as_array().unwrap().clone();
    let detail = world.get("market.lead", task).await.expect(200);
    for row in &rows {
        let path = format!("/api/v1/inspections/{}", row["id"].as_str().unwrap());
        let part = detail["departments"].as_array().unwrap();
        let part = part.iter().find(|part| part["department_id"] == row["department_id"]).unwrap();
        let points: Vec<_> = part["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| World::point(&item["spot_check_item_id"], "1"))
            .collect();
        let result = json!({
            "inspected_on": today(), "verify_ways": ["2"], "result_codes": ["1"], "points": points, "summary": "书面核查",
        });
        world.act("market.admin", &path, "start", None).await.expect(200);
        world.act("market.admin", &path, "record-result", Some(result)).await.expect(200);
        world.act("market.admin", &path, "submit", None).await.expect(200);
        world.act("market.reviewer", &path, "approve-result", Some(json!({ "opinion": "同意" }))).await.expect(200);
        world.act("market.admin", &path, "publish", None).await.expect(200);
    }
    rows.len()
}

#[tokio::test]
async fn a_plan_is_finished_when_each_line_is_done_or_was_cancelled() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan =
        draft(&world, "market.lead", "ANNUAL", vec![line("003", &items[0], "3%(2户)"), line("005", &items[1], "1户")])
            .await;
    let id = plan.rsplit('/').next().unwrap().to_owned();
    let published = world.publish_plan("market.lead", &plan).await;
    assert_eq!((&published["edition"], &published["due_on"]), (&json!(1), &json!("2026-10-31")));
    assert_eq!(published["lines"][0]["starts_on"], "2026-01-01");
    assert_eq!(published["lines"][0]["ends_on"], "2026-11-30");
    assert!(!published["allowed_actions"].as_array().unwrap().contains(&json!("FINISH")), "{published}");
    let refused = world.act("market.lead", &plan, "finish", None).await.expect_problem(409, "PLAN_LINES_OPEN");
    assert_eq!(refused["rule"]["code"], "EACH_LINE_ENDS");
    assert!(refused["detail"].as_str().unwrap().contains("003、005"), "{refused}");

    // 003 is carried out to published results.
    let mut body = world.task_body("执行003", &["51082103"]).await;
    body["plan_id"] = json!(id);
    body["departments"][0]["item_ids"] = json!([items[0]]);
    body["plan_line_ids"] = json!([published["lines"][0]["id"]]);
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    let before = world.get("market.lead", &format!("{plan}/progress")).await.expect(200);
    assert_eq!(
        (&before["lines"][0]["state"], &before["lines"][0]["reached"]["drawn"]),
        (&json!("IN_PROGRESS"), &json!(0))
    );
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let drawn = carry_out(&world, &task).await;
    assert!(drawn >= 2, "{drawn}");
    let progress = world.get("market.lead", &format!("{plan}/progress")).await.expect(200);
    let done = &progress["lines"][0];
    assert_eq!(
        (&done["line"], &done["state"], &done["late"]),
        (&json!("003"), &json!("DONE"), &json!(false)),
        "{progress}"
    );
    assert_eq!(done["reached"], json!({ "planned": 2, "drawn": drawn, "inspected": drawn, "published": drawn }));
    assert_eq!(done["task_ids"], json!([task.rsplit('/').next().unwrap()]));
    let open = &progress["lines"][1];
    assert_eq!((&open["state"], &open["reached"]["planned"]), (&json!("PLANNED"), &json!(1)));
    // Row 5: the task went through all stages; nobody was told of a visit, since nobody went there.
    let runs = world.get("coordinator", "/api/v1/indicators/5").await.expect(200);
    assert_eq!((&runs["row"], &runs["numerator"], &runs["denominator"]), (&json!("5.2"), &json!(1), &json!(1)));
    let stages = world.get("coordinator", "/api/v1/indicators/5.1").await.expect(200);
    let market = &world.departments["51082103"];
    let own =
        stages["departments"].as_array().unwrap().iter().find(|row| row["department_id"] == json!(market)).unwrap();
    assert_eq!((&own["numerator"], &own["denominator"]), (&json!(10), &json!(11)));
    let why = format!("/api/v1/indicators/5.1/explain?department_id={market}");
    let why = world.get("coordinator", &why).await.expect(200);
    assert_eq!(why["items"][0]["reason"], "本年未应用：批准和通知");
    let refused = world.act("market.lead", &plan, "finish", None).await.expect_problem(409, "PLAN_LINES_OPEN");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("005") && !detail.contains("003"), "{refused}");

    // 005 is cancelled by an amendment; until that is public, the first edition is in force.
    let amended = world.act("market.lead", &plan, "amend", Some(json!({ "reason": "无此类企业" }))).await.expect(200);
    world.assert_audit("plans", &id, "AMENDED", "market.lead").await;
    assert_eq!(amended["status"], "AMENDED");
    let mut body = body_of(&amended);
    let whole = body["lines"].clone();
    body["lines"].as_array_mut().unwrap().remove(0);
    let refused = put(&world, "market.lead", &plan, &body).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/lines"), &json!("LINE_HAS_TASKS"))
    );
    body["lines"] = whole;
    body["lines"][1]["cancelled_reason"] = json!("本县无此类企业");
    put(&world, "market.lead", &plan, &body).await.expect(200);
    let seen = public(&world, &plan).await;
    assert_eq!((&seen["edition"], &seen["lines"][1]["cancelled_reason"]), (&json!(1), &Value::Null), "{seen}");
    world.publish_plan("market.lead", &plan).await;
    let seen = public(&world, &plan).await;
    assert_eq!(
        (&seen["edition"], &seen["amend_reason"], &seen["finished"]),
        (&json!(2), &json!("无此类企业"), &json!(false))
    );
    let expected = json!([{
        "line_id": published["lines"][1]["id"], "line": "005", "kind": "CANCELLED",
        "fields": [{ "field": "取消理由", "before": null, "after": "本县无此类企业" }],
    }]);
    assert_eq!(seen["changes"], expected);

    let mut late = world.task_body("执行005", &["51082103"]).await;
    late["plan_id"] = json!(id);
    late["departments"][0]["item_ids"] = json!([items[1]]);
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&late).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_IN_PLAN", "a cancelled line is carried out no more");
    late["plan_line_ids"] = json!([published["lines"][1]["id"]]);
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&late).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINE_CANCELLED");

    let finished = world.act("market.lead", &plan, "finish", None).await.expect(200);
    world.assert_audit("plans", &id, "FINISHED", "market.lead").await;
    assert_eq!((&finished["status"], &finished["allowed_actions"]), (&json!("FINISHED"), &json!([])));
    assert_eq!(public(&world, &plan).await["finished"], true);
    let editions = world.get("market.lead", &format!("{plan}/editions")).await.expect(200);
    let numbers: Vec<_> = editions["items"].as_array().unwrap().iter().map(|row| row["edition"].clone()).collect();
    assert_eq!(numbers, [json!(2), json!(1)]);
}

#[tokio::test]
async fn what_was_drawn_short_is_not_done() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan = draft(&world, "market.lead", "ANNUAL", vec![line("001", &items[0], "3%(5000户)")]).await;
    world.publish_plan("market.lead", &plan).await;
    let mut body = world.task_body("抽少了", &["51082103"]).await;
    body["plan_id"] = json!(plan.rsplit('/').next().unwrap());
    body["departments"][0]["item_ids"] = json!([items[0]]);
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    carry_out(&world, &task).await;
    let progress = world.get("market.lead", &format!("{plan}/progress")).await.expect(200);
    assert_eq!(progress["lines"][0]["state"], "IN_PROGRESS", "{progress}");
    world.act("market.lead", &plan, "finish", None).await.expect_problem(409, "PLAN_LINES_OPEN");
}

#[tokio::test]
async fn whoever_leads_a_line_of_a_joint_plan_makes_its_task() {
    let world = World::county().await;
    let emergency = world.items_of("51082106").await;
    let market = world.items_of("51082103").await;
    let mut joint = line("005", &emergency[0], "1户");
    joint["lead_department_id"] = json!(world.departments["51082106"]);
    joint["cooperating"] = json!([
        { "department_id": world.departments["51082103"], "spot_check_item_id": market[0] }, { "name": "教育部门" },
    ]);
    let plan = draft(&world, "market.lead", "ANNUAL", vec![joint]).await;
    let published = world.publish_plan("market.lead", &plan).await;
    assert_eq!(published["lines"][0]["lead_name"], "旺苍县应急管理局");
    assert_eq!(published["lines"][0]["cooperating"][0]["name"], "旺苍县市场监督管理局");
    assert_eq!(published["lines"][0]["cooperating"][1]["department_id"], Value::Null);

    let mut body = world.task_body("联合检查", &["51082106", "51082103"]).await;
    body["plan_id"] = json!(plan.rsplit('/').next().unwrap());
    body["departments"][0]["item_ids"] = json!([emergency[0]]);
    body["departments"][1]["item_ids"] = json!([market[0]]);
    let made = world.post("emergency.admin", "/api/v1/tasks").json(&body).send().await.expect(201);
    assert_eq!(made["source"], "PLAN", "its own line in another department's plan");
    let progress = world.get("market.lead", &format!("{plan}/progress")).await.expect(200);
    assert_eq!(progress["lines"][0]["task_ids"], json!([made["id"]]));
    let mut body = world.task_body("无关部门", &["51082105"]).await;
    body["plan_id"] = json!(plan.rsplit('/').next().unwrap());
    let refused =
        world.post("agri.admin", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_IN_PLAN");
    // A line is carried out whole.
    let mut body = world.task_body("参与部门发起", &["51082103"]).await;
    body["plan_id"] = json!(plan.rsplit('/').next().unwrap());
    body["departments"][0]["item_ids"] = json!([market[0]]);
    let refused =
        world.post("market.admin", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINE_NOT_WHOLE", "{refused}");
}

#[tokio::test]
async fn what_tasks_carry_out_is_held_and_said() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let lines = vec![line("001", &items[0], "3%"), line("002", &items[0], "3%"), line("003", &items[1], "3%")];
    let plan = draft(&world, "market.lead", "ANNUAL", lines).await;
    let published = world.publish_plan("market.lead", &plan).await;
    let id = |at: usize| published["lines"][at]["id"].clone();
    let mut body = world.task_body("同一事项两个条目", &["51082103"]).await;
    body["plan_id"] = json!(plan.rsplit('/').next().unwrap());
    body["departments"][0]["item_ids"] = json!([items[0]]);
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINES_AMBIGUOUS");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("001、002"), "{refused}");
    body["plan_line_ids"] = json!([id(0), id(2)]);
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINE_NOT_WHOLE", "it does not check what 003 says");
    body["plan_line_ids"] = json!([id(0), id(1)]);
    let refused =
        world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINES_SHARE_ITEM", "one item does not make two lines done");
    body["plan_line_ids"] = json!([id(0)]);
    let made = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    assert_eq!(made["plan_line_ids"], json!([id(0)]));
    let task = made["id"].as_str().unwrap();
    let entry = world.assert_audit("tasks", task, "CREATED", "market.lead").await;
    assert_eq!(entry["after"]["plan_line_ids"], json!([id(0)]), "it decides which line is done");

    // While somebody carries 001 out it is neither removed nor cancelled; once that is given up, it may be.
    let amended = world.act("market.lead", &plan, "amend", Some(json!({ "reason": "机构改革" }))).await.expect(200);
    assert_eq!((&amended["legal_opinion"], &amended["filing_no"]), (&Value::Null, &Value::Null), "said of the edition");
    let mut cancelled = body_of(&amended);
    cancelled["lines"][0]["cancelled_reason"] = json!("不再实施");
    let refused = put(&world, "market.lead", &plan, &cancelled).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINE_HAS_TASKS");
    // What is cancelled when nobody carries it out may be taken up before that is public: then it is not published.
    let mut cancelled = body_of(&amended);
    cancelled["lines"][2]["cancelled_reason"] = json!("不再实施");
    put(&world, "market.lead", &plan, &cancelled).await.expect(200);
    world.act("market.lead", &plan, "submit", None).await.expect(200);
    let mut late = body.clone();
    late["departments"][0]["item_ids"] = json!([items[1]]);
    late["plan_line_ids"] = json!([id(2)]);
    let late = world.post("market.lead", "/api/v1/tasks").json(&late).send().await.expect(201);
    world.act("market.reviewer", &plan, "approve", Some(World::legal_review())).await.expect(200);
    world.act("justice", &plan, "file", Some(World::filing())).await.expect(200);
    let refused = world.act("market.lead", &plan, "publish", None).await.expect_problem(409, "LINE_HAS_TASKS");
    assert!(refused["detail"].as_str().unwrap().contains("003"), "{refused}");
    // The filing is taken back, and the line put in again under its id; or the task is given up.
    let back = world.act("justice", &plan, "refuse", Some(json!({ "reason": "条目已有任务" }))).await.expect(200);
    assert_eq!(back["status"], "AMENDED");
    let mut without = body_of(&back);
    without["lines"].as_array_mut().unwrap().remove(1);
    without["lines"][1]["cancelled_reason"] = json!(null);
    put(&world, "market.lead", &plan, &without).await.expect(200);
    put(&world, "market.lead", &plan, &cancelled).await.expect_problem(422, "INVALID_BODY");
    let mut other = body_of(&back);
    other["lines"][2]["cancelled_reason"] = json!(null);
    other["lines"][2]["spot_check_item_id"] = items[0].clone();
    let refused = put(&world, "market.lead", &plan, &other).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "LINE_HAS_TASKS", "what a line means stays under its tasks");
    let late = format!("/api/v1/tasks/{}", late["id"].as_str().unwrap());
    let cause = json!({ "cause": "POOL_WRONG", "reason": "条目取消" });
    world.act("market.lead", &late, "cancel", Some(cause)).await.expect(200);
    put(&world, "market.lead", &plan, &cancelled).await.expect(200);
    let published = world.publish_plan("market.lead", &plan).await;
    assert_eq!((&published["edition"], &published["filing_no"]), (&json!(2), &json!("旺司备〔2026〕12号")));
}
