//! Plans as counties publish them (rules of the trade §15): reviewed, filed, published in editions, amended.

use super::{body_of, draft, line, public, put};
use crate::contract::allowed::{reason, walk};
use crate::harness::World;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn an_amendment_can_be_taken_back_and_a_filing_refused() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan = draft(&world, "market.lead", "ANNUAL", vec![line("001", &items[0], "3%")]).await;
    let id = plan.rsplit('/').next().unwrap().to_owned();
    world.act("market.lead", &plan, "submit", None).await.expect(200);
    let blank = Some(json!({ "legal_opinion": " " }));
    let refused = world.act("market.reviewer", &plan, "approve", blank).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/legal_opinion");
    world.act("market.reviewer", &plan, "approve", Some(World::legal_review())).await.expect(200);
    let reason = json!({ "reason": "检查比例缺少依据" });
    let refused = world.act("justice", &plan, "refuse", Some(reason)).await.expect(200);
    world.assert_audit("plans", &id, "RETURNED", "justice").await;
    assert_eq!((&refused["status"], &refused["return_reason"]), (&json!("DRAFT"), &json!("检查比例缺少依据")));
    world.anonymous(Method::GET, &plan.replace("/v1/", "/v1/public/")).send().await.expect_problem(404, "NOT_FOUND");

    world.act("market.lead", &plan, "submit", None).await.expect(200);
    world.act("market.reviewer", &plan, "approve", Some(World::legal_review())).await.expect(200);
    let late = json!({ "filing_no": "旺司备1号", "filed_on": "2099-01-01" });
    let refused = world.act("justice", &plan, "file", Some(late)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "OUT_OF_RANGE");
    world.act("justice", &plan, "file", Some(World::filing())).await.expect(200);
    world.act("market.lead", &plan, "publish", None).await.expect(200);
    let amended = world.act("market.lead", &plan, "amend", Some(json!({ "reason": "拟提高比例" }))).await.expect(200);
    let mut body = body_of(&amended);
    body["name"] = json!("拟改的名称");
    body["lines"][0]["ratio_text"] = json!("9%");
    body["lines"].as_array_mut().unwrap().push(line("002", &items[1], "2%"));
    put(&world, "market.lead", &plan, &body).await.expect(200);
    assert_eq!(public(&world, &plan).await["lines"].as_array().unwrap().len(), 1);
    let restored = world.act("market.lead", &plan, "restore", None).await.expect(200);
    world.assert_audit("plans", &id, "RESTORED", "market.lead").await;
    assert_eq!((&restored["status"], &restored["name"]), (&json!("PUBLISHED"), &json!("测试计划")));
    assert_eq!(restored["lines"], amended["lines"]);
    assert_eq!((&restored["amend_reason"], &restored["edition"]), (&Value::Null, &json!(1)));
}

#[tokio::test]
async fn classes_add_up_and_lines_are_the_plans_own() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan = draft(&world, "market.lead", "ANNUAL", vec![line("003", &items[0], "10%(20户)")]).await;
    let mut body = body_of(&world.get("market.lead", &plan).await.expect(200));
    let rates = |key: u32| {
        json!([
            { "class": "GENERAL", "count": 12 }, { "class": "KEY", "count": key }, { "class": "DISHONEST", "count": 1 },
        ])
    };
    body["lines"][0]["class_rates"] = rates(6);
    let refused = put(&world, "market.lead", &plan, &body).await.expect_problem(422, "INVALID_BODY");
    let error = &refused["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!("/lines/0/class_rates"), &json!("CLASS_COUNTS_DIFFER")));
    assert_eq!(error["detail"], "各信用类别户数合计 19 户，与抽查数量 20 户不符。");
    body["lines"][0]["class_rates"] = rates(7);
    let saved = put(&world, "market.lead", &plan, &body).await.expect(200);
    assert_eq!(saved["lines"][0]["id"], body["lines"][0]["id"], "a line keeps its id");
    let mut wrong = body.clone();
    wrong["lines"][0]["class_rates"] = json!([{ "class": "KEY", "count": 10 }, { "class": "KEY", "count": 10 }]);
    let twice = wrong["lines"][0].clone();
    wrong["lines"].as_array_mut().unwrap().push(twice);
    wrong["lines"][1]["class_rates"] = json!([]);
    let mut strange = line("009", &items[0], "3%");
    strange["id"] = json!("01930000-0000-7000-8000-000000000001");
    strange["lead_department_id"] = strange["id"].clone();
    strange["cooperating"] = json!([{}]);
    wrong["lines"].as_array_mut().unwrap().push(strange);
    let refused = put(&world, "market.lead", &plan, &wrong).await.expect_problem(422, "INVALID_BODY");
    let mut pointers: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    pointers.sort();
    let expected =
        ["/lines/0/class_rates", "/lines/1/id", "/lines/2/cooperating/0", "/lines/2/id", "/lines/2/lead_department_id"];
    assert_eq!(pointers, expected, "{refused}");
}

#[tokio::test]
async fn special_plans_are_approved_above_and_few() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan = draft(&world, "market.lead", "SPECIAL", vec![line("001", &items[0], "3%")]).await;
    let refused = world.act("market.lead", &plan, "submit", None).await.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, [&json!("/discussed_on"), &json!("/approval_no")]);
    assert_eq!(refused["rule"]["code"], "SPECIAL_PLANS_ARE_FEW");
    for number in 0..5 {
        let plan = draft(&world, "market.lead", "SPECIAL", vec![line("001", &items[0], "3%")]).await;
        let mut body = body_of(&world.get("market.lead", &plan).await.expect(200));
        body["discussed_on"] = json!("2026-03-02");
        body["approval_no"] = json!("旺府函〔2026〕9号");
        put(&world, "market.lead", &plan, &body).await.expect(200);
        let submitted = world.act("market.lead", &plan, "submit", None).await;
        if number < 4 {
            submitted.expect(200);
        } else {
            submitted.expect_problem(409, "SPECIAL_PLANS_REACHED");
        }
    }
}

#[tokio::test]
async fn an_amendment_is_no_way_round() {
    let world = World::county().await;
    let items = world.items_of("51082103").await;
    let plan = draft(&world, "market.lead", "SPECIAL", vec![line("001", &items[0], "3%")]).await;
    let mut body = body_of(&world.get("market.lead", &plan).await.expect(200));
    body["discussed_on"] = json!("2026-03-02");
    body["approval_no"] = json!("旺府函〔2026〕9号");
    put(&world, "market.lead", &plan, &body).await.expect(200);
    world.publish_plan("market.lead", &plan).await;
    let amended = world.act("market.lead", &plan, "amend", Some(json!({ "reason": "调整" }))).await.expect(200);
    let mut annual = body_of(&amended);
    annual["kind"] = json!("ANNUAL");
    let refused = put(&world, "market.lead", &plan, &annual).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/kind"), &json!("IMMUTABLE"))
    );
    let mut bare = body_of(&amended);
    bare["approval_no"] = json!(null);
    put(&world, "market.lead", &plan, &bare).await.expect(200);
    let restored = world.act("market.lead", &plan, "restore", None).await.expect(200);
    assert_eq!(
        (&restored["approval_no"], &restored["discussed_on"]),
        (&json!("旺府函〔2026〕9号"), &json!("2026-03-02"))
    );
    assert_eq!(restored["legal_opinion"], World::legal_review()["legal_opinion"]);
    for query in ["name[contains]=x", "status=AMENDED", "updated_at[gte]=2026-01-01T00:00:00Z"] {
        let asked = world.anonymous(Method::GET, &format!("/api/v1/public/plans?{query}")).send().await;
        asked.expect_problem(400, "UNKNOWN_PARAMETER");
    }
}

#[tokio::test]
async fn what_a_plan_shows_is_what_is_accepted() {
    let world = World::county().await;
    let item = world.items_of("51082103").await[0].clone();
    let plan = json!({
        "year": 2026, "name": "测试计划", "kind": "ANNUAL",
        "lines": [{
            "category": "市场监管", "item_name": "登记事项检查", "targets": "企业", "item_kind": "GENERAL",
            "executing_unit": "信用股", "ratio_text": "3%", "period_text": "2026年9月", "spot_check_item_id": item,
        }],
    });
    let plan = world.post("market.lead", "/api/v1/plans").json(&plan).send().await.expect(201);
    let record = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
    let verbs = [
        ("SUBMIT", "submit", None),
        ("RETURN", "return", Some(reason())),
        ("APPROVE", "approve", Some(World::legal_review())),
        ("FILE", "file", Some(World::filing())),
        ("REFUSE", "refuse", Some(reason())),
        ("PUBLISH", "publish", None),
        ("AMEND", "amend", Some(reason())),
        ("RESTORE", "restore", None),
        ("FINISH", "finish", None),
    ];

    // Its line is not carried out, so that nobody is shown FINISH.
    let way = [
        ("market.lead", "SUBMIT"),
        ("market.reviewer", "RETURN"),
        ("market.lead", "SUBMIT"),
        ("market.reviewer", "APPROVE"),
        ("justice", "REFUSE"),
        ("market.lead", "SUBMIT"),
        ("market.reviewer", "APPROVE"),
        ("justice", "FILE"),
        ("market.lead", "PUBLISH"),
        ("market.lead", "AMEND"),
        ("market.lead", "SUBMIT"),
        ("market.reviewer", "RETURN"),
        ("market.lead", "RESTORE"),
    ];
    walk(&world, &record, &verbs, &way).await;
}
