//! Trainings: who holds them, who attended, and what stands in an officer's own record.

use crate::harness::World;
use serde_json::{Value, json};

#[tokio::test]
async fn attendance_is_written_down_once_for_officers_within_reach() {
    let world = World::county().await;
    let body = json!({
        "title": "执法培训", "kind": "ANNUAL", "held_on": "2026-10-15", "hours": 60,
        "department_id": world.departments["51082103"],
    });
    let training = world.post("market.admin", "/api/v1/trainings").json(&body).send().await.expect(201);
    let id = training["id"].as_str().unwrap();
    world.assert_audit("trainings", id, "CREATED", "market.admin").await;
    let officers = async |code: &str, count: u8| {
        let path = format!("/api/v1/personnel?department_id={}&limit={count}", world.departments[code]);
        let page = world.get("justice", &path).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|officer| officer["id"].clone()).collect::<Vec<_>>()
    };
    let own = officers("51082103", 2).await;
    let foreign = officers("51082105", 1).await;
    let row = |officer: &Value, score: i64| json!({ "personnel_id": officer, "score": score, "passed": score >= 60 });
    let attend = async |rows: Value| {
        let call = world.post("market.admin", &format!("/api/v1/trainings/{id}/attendances"));
        call.json(&json!({ "attendances": rows })).send().await
    };
    let nobody = json!("01930000-0000-7000-8000-000000000004");
    let refused = attend(json!([row(&own[0], 90), row(&foreign[0], 90), row(&own[0], 50), row(&nobody, 90)])).await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/attendances/1/personnel_id", "/attendances/2/personnel_id", "/attendances/3/personnel_id"]);
    let before = world.get("market.admin", &format!("/api/v1/trainings/{id}")).await.expect(200);
    assert_eq!((&before["attendances"], &before["version"]), (&json!([]), &json!(1)), "nothing is half done");
    let written = attend(json!([row(&own[0], 90), row(&own[1], 40)])).await.expect(200);
    assert_eq!(written["attendances"].as_array().unwrap().len(), 2);
    let entry = world.assert_audit("trainings", id, "RECORDED", "market.admin").await;
    assert_eq!(entry["after"]["officers"].as_array().unwrap().len(), 2);
    // Who handles the platform attends as well, officer or not.
    let account = |id: &Value, score: i64| json!({ "user_id": id, "score": score, "passed": score >= 60 });
    let (reviewer, foreign) = (world.user_id("market.reviewer").await, world.user_id("agri.admin").await);
    let both = json!({ "personnel_id": own[0], "user_id": reviewer, "passed": true });
    let refused = attend(json!([account(&foreign, 90), both, { "passed": true }])).await;
    let refused = refused.expect_problem(422, "INVALID_BODY");
    let codes: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    assert_eq!(codes, ["NO_SUCH_RECORD", "ONE_OF", "ONE_OF"]);
    let attended = attend(json!([account(&reviewer, 88)])).await.expect(200);
    assert_eq!(attended["attendances"].as_array().unwrap().len(), 3);
    assert_eq!(attended["attendances"][2]["user_id"], reviewer);
    world.assert_audit("trainings", id, "RECORDED", "market.admin").await;
    // What is written again replaces what was written before.
    attend(json!([row(&own[1], 70)])).await.expect(200);
    let path = format!("/api/v1/personnel/{}/trainings", own[1].as_str().unwrap());
    let record = world.get("market.admin", &path).await.expect(200);
    assert_eq!((&record["hours_passed"], &record["items"][0]["score"]), (&json!(60), &json!(70)));
    assert_eq!(record["items"].as_array().unwrap().len(), 1);
}
