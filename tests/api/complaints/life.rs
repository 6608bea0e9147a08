//! From the receipt to the end; another department sees nothing of it.

use crate::harness::{World, id_of};
use reqwest::Method;
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";
const OFFICE: &str = "coordinator";

#[tokio::test]
async fn a_complaint_goes_its_way_and_whoever_complained_is_told() {
    let world = World::county().await;
    let complaint = world.complaint("market", "COMPLAINT").await;
    world.assert_audit("complaints", id_of(&complaint), "CREATED", ADMIN).await;
    let seen = world.get(ADMIN, &complaint).await.expect(200);
    assert!(seen["code"].as_str().unwrap().starts_with("TS510821"), "{}", seen["code"]);
    assert_eq!(
        (&seen["status"], &seen["clock"], &seen["is_overdue"]),
        (&json!("RECEIVED"), &json!("ACCEPT"), &json!(false))
    );
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_DECIDE"]);
    world.get("agri.admin", &complaint).await.expect_problem(404, "NOT_FOUND");
    world.get("market.officer", &complaint).await.expect_problem(403, "FORBIDDEN");

    // Something is missing: the clock stands still until it comes.
    let asked =
        world.try_on(ADMIN, &complaint, "request-materials", json!({ "materials": "购物小票" })).await.expect(200);
    assert_eq!((&asked["due_on"], &asked["materials"]), (&Value::Null, &json!("购物小票")));
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_SUPPLY"]);
    world.act(ADMIN, &complaint, "accept", None).await.expect_problem(409, "STATE_CONFLICT");
    let supplied = world.act(ADMIN, &complaint, "supply", None).await.expect(200);
    assert_eq!(supplied["due_on"], seen["due_on"], "on the same day");

    let accepted = world.act(ADMIN, &complaint, "accept", None).await.expect(200);
    let term = &accepted["terms"][0];
    assert_eq!(
        (&term["clock"], &term["is_late"], &accepted["clock"]),
        (&json!("ACCEPT"), &json!(false), &json!("MEDIATE"))
    );
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_HANDLE"]);
    world.act(ADMIN, &complaint, "begin", None).await.expect(200);
    let reason = json!({ "reason": "送检验机构鉴定" });
    let still = world.try_on(ADMIN, &complaint, "suspend", reason.clone()).await.expect(200);
    assert_eq!((&still["is_suspended"], &still["due_on"]), (&json!(true), &Value::Null));
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_RESUME"]);
    let agreed = World::conclusion("COMPLAINT");
    world.try_on(ADMIN, &complaint, "conclude", agreed.clone()).await.expect_problem(409, "STATE_CONFLICT");
    world.act(ADMIN, &complaint, "resume", None).await.expect(200);

    // It ends as its kind can, and with a case's number where there is a case.
    let filed = World::conclusion("REPORT");
    let problem = world.try_on(ADMIN, &complaint, "conclude", filed).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/outcome");
    let concluded = world.try_on(ADMIN, &complaint, "conclude", agreed).await.expect(200);
    assert_eq!((&concluded["outcome"], &concluded["clock"]), (&json!("AGREED"), &Value::Null));
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_TELL"]);
    world.act(ADMIN, &complaint, "close", None).await.expect_problem(409, "STATE_CONFLICT");
    world.try_on(ADMIN, &complaint, "notify", json!({ "told": "寄送终止调解告知书" })).await.expect(200);
    let closed = world.act(ADMIN, &complaint, "close", None).await.expect(200);
    assert!(closed["ended_at"].is_string() && world.waits(ADMIN, &complaint).await.is_empty(), "{closed}");
    assert_eq!(closed["allowed_actions"], json!([]));
    for action in [
        "MATERIALS_REQUESTED",
        "MATERIALS_SUPPLIED",
        "ADMITTED",
        "STARTED",
        "CLOCK_STOPPED",
        "CLOCK_RESUMED",
        "CONCLUDED",
        "TOLD",
        "CLOSED",
    ] {
        world.assert_audit("complaints", id_of(&complaint), action, ADMIN).await;
    }
}

/// What nobody has yet, the county office gives away; what is not theirs, a department gives back.
#[tokio::test]
async fn the_county_office_says_whose_it_is() {
    let world = World::county().await;
    let object = world.some_object().await;
    let complaint = world.registered(OFFICE, &World::told("REPORT", &object)).await;
    assert_eq!(world.waits(OFFICE, &complaint).await, ["COMPLAINT_TO_DISPATCH"]);
    world.get(ADMIN, &complaint).await.expect_problem(404, "NOT_FOUND");
    let to = |code: &str| json!({ "department_id": world.departments[code] });

    world.try_on(OFFICE, &complaint, "dispatch", to("51082105")).await.expect(200);
    let again = world.try_on(OFFICE, &complaint, "dispatch", to("51082105")).await;
    assert_eq!(again.expect_problem(422, "INVALID_BODY")["errors"][0]["code"], "SAME_DEPARTMENT");
    assert_eq!(world.waits("agri.admin", &complaint).await, ["COMPLAINT_TO_DECIDE"]);
    let due = world.get("agri.admin", &complaint).await.expect(200)["due_on"].clone();
    let reason = json!({ "reason": "食品经营由市场监管部门负责" });
    world.try_on("agri.admin", &complaint, "send-back", reason).await.expect(200);
    world.get("agri.admin", &complaint).await.expect_problem(404, "NOT_FOUND");
    assert_eq!(world.waits(OFFICE, &complaint).await, ["COMPLAINT_TO_DISPATCH"]);

    // The time is the one that began when it came.
    let given = world.try_on(OFFICE, &complaint, "dispatch", to("51082103")).await.expect(200);
    assert_eq!(given["due_on"], due);
    for (action, who) in [("DISPATCHED", OFFICE), ("RETURNED", "agri.admin")] {
        world.assert_audit("complaints", id_of(&complaint), action, who).await;
    }

    // A 举报 is not refused, and nothing is asked of whoever told of it; what is another county's is transferred.
    let refusal = json!({ "ground": "NOT_OURS", "reason": "不属于本部门" });
    world.try_on(ADMIN, &complaint, "refuse", refusal.clone()).await.expect_problem(409, "STATE_CONFLICT");
    let materials = json!({ "materials": "照片" });
    world.try_on(ADMIN, &complaint, "request-materials", materials).await.expect_problem(409, "STATE_CONFLICT");
    let out = json!({ "to": "利州区市场监督管理局", "reason": "经营者在利州区" });
    let gone = world.try_on(ADMIN, &complaint, "transfer", out).await.expect(200);
    assert_eq!((&gone["status"], &gone["terms"][0]["clock"]), (&json!("TRANSFERRED"), &json!("VERIFY")));
    world.assert_audit("complaints", id_of(&complaint), "TRANSFERRED_OUT", ADMIN).await;

    let refused = world.complaint("market", "COMPLAINT").await;
    let told = world.try_on(ADMIN, &refused, "refuse", refusal).await.expect(200);
    assert_eq!(
        (&told["refusal_ground"], &told["clock"]),
        (&json!("NOT_OURS"), &json!("ACCEPT")),
        "told within the seven days"
    );
    assert_eq!(world.waits(ADMIN, &refused).await, ["COMPLAINT_TO_TELL"]);
    world.assert_audit("complaints", id_of(&refused), "ADMISSION_REFUSED", ADMIN).await;
}

/// What was said stays; what it is about the department finds. And a clue of it leads both ways.
#[tokio::test]
async fn what_it_is_about_is_found_and_leads_to_a_clue() {
    let world = World::county().await;
    let body = json!({
        "kind": "REPORT", "channel": "WEB", "title": "无证经营", "content": "东河镇一家店没有证。", "object_name": "东河镇一家店",
        "is_anonymous": true,
    });
    let complaint = world.registered(ADMIN, &body).await;
    let object = world.some_object().await;
    let put = async |body: Value| {
        let version = world.get(ADMIN, &complaint).await.expect(200)["version"].as_i64().unwrap();
        world.request(Method::PUT, ADMIN, &complaint).if_match(version).keyed().json(&body).send().await
    };
    let missing =
        put(json!({ "object_id": mingjian::kernel::ctx::new_id(), "item_id": mingjian::kernel::ctx::new_id() })).await;
    let errors = missing.expect_problem(422, "INVALID_BODY")["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 2, "{errors}");
    let found = put(json!({ "problem_type": "09", "object_id": object })).await.expect(200);
    assert_eq!((&found["object_id"], &found["content"]), (&object, &body["content"]));
    world.assert_audit("complaints", id_of(&complaint), "UPDATED", ADMIN).await;

    let with = json!({ "domain": "80", "level": "YELLOW" });
    let raised = world.try_on(ADMIN, &complaint, "raise-clue", with.clone()).await.expect(200);
    let clue = format!("/api/v1/risk-clues/{}", raised["clue_id"].as_str().unwrap());
    let seen = world.get(ADMIN, &clue).await.expect(200);
    assert_eq!((&seen["source"], &seen["source_no"]), (&json!("COMPLAINT"), &raised["code"]));
    assert_eq!(world.waits(ADMIN, &clue).await, ["CLUE_TO_SIGN"]);
    world.assert_audit("risk-clues", id_of(&clue), "CREATED", ADMIN).await;
    world.assert_audit("complaints", id_of(&complaint), "CLUE_RAISED", ADMIN).await;
    world.try_on(ADMIN, &complaint, "raise-clue", with).await.expect_problem(409, "STATE_CONFLICT");

    // Nobody can be told of it: it is closed when it is concluded.
    world.walk_complaint(&complaint, "REPORT", 3).await;
    world
        .try_on(ADMIN, &complaint, "notify", json!({ "told": "无从告知" }))
        .await
        .expect_problem(409, "STATE_CONFLICT");
    assert_eq!(world.waits(ADMIN, &complaint).await, ["COMPLAINT_TO_CLOSE"]);
    world.act(ADMIN, &complaint, "close", None).await.expect(200);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_once() {
    let world = World::county().await;
    let body = json!({
        "kind": "REPORT", "channel": "LETTER", "ticket": "ENQUIRY", "title": "某事", "content": "某事某事", "uscc": "91510821MA0000000X",
        "item_id": mingjian::kernel::ctx::new_id(), "department_id": world.departments["51082105"], "incident_on": "2099-01-01",
        "received_at": "2099-01-01T00:00:00Z", "is_anonymous": false, "reporter": { "id_number": "510821199001010010" },
    });
    let problem = world.post(ADMIN, "/api/v1/complaints").json(&body).send().await.expect_problem(422, "INVALID_BODY");
    let mut pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    pointers.sort();
    let all = [
        "/department_id",
        "/incident_on",
        "/item_id",
        "/object_name",
        "/received_at",
        "/reporter",
        "/reporter/id_number",
        "/ticket",
        "/ticket",
        "/uscc",
    ];
    assert_eq!(pointers, all);
    let object = world.some_object().await;
    let mut named = World::told("COMPLAINT", &object);
    named["is_anonymous"] = json!(true);
    let problem = world.post(ADMIN, "/api/v1/complaints").json(&named).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(problem["errors"][0]["pointer"], "/reporter");
    named["is_anonymous"] = json!(false);
    named["channel"] = json!("HOTLINE");
    let problem = world.post(ADMIN, "/api/v1/complaints").json(&named).send().await.expect_problem(422, "INVALID_BODY");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/ticket"), &json!("MISSING"))
    );
}
