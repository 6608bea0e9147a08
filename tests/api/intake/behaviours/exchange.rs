//! §19: I, U and D in whatever order; repeats change nothing, late rows are history, what is deleted leaves the counts.

use crate::harness::{World, rules_of};
use serde_json::{Value, json};

const ADMIN: &str = "market.admin";

#[tokio::test]
async fn rows_are_inserted_changed_and_deleted_by_their_envelopes() {
    let world = World::county().await;
    let row = World::check_row("JC-1");
    let send = async |row: &Value| world.send_row(ADMIN, row).await.expect(200);
    let told = |receipt: &Value| (receipt["effect"].clone(), rules_of(receipt));

    let created = send(&row).await;
    let known = "OBJECT_UNKNOWN".to_owned();
    assert_eq!(told(&created), (json!("CREATED"), vec![known.clone()]));
    assert_eq!(created["status"], "ACCEPTED");
    let id = created["behaviour_id"].as_str().unwrap();
    let path = format!("/api/v1/behaviours/{id}");
    world.assert_audit("behaviours", id, "CREATED", ADMIN).await;
    assert_eq!(told(&send(&row).await).0, "UNCHANGED");
    let seen = world.get(ADMIN, &path).await.expect(200);
    assert_eq!((&seen["version"], &seen["happened_on"]), (&json!(1), &json!("2026-10-12")));
    assert_eq!((&seen["cd_source"], &seen["origin"]), (&json!("51082103"), &json!("PLATFORM")));

    // Known already: taken as a change, and told of. Then a change as it should be.
    let again = send(&World::row_with(row.clone(), "I", "14T02:00", &[("check_form", "02")])).await;
    assert_eq!(told(&again), (json!("UPDATED"), vec![known.clone(), "INSERT_OF_KNOWN".to_owned()]));
    let changed = send(&World::row_with(row.clone(), "U", "15T02:00", &[("check_form", "99")])).await;
    assert_eq!(told(&changed), (json!("UPDATED"), vec![known.clone()]));
    world.assert_audit("behaviours", id, "UPDATED", ADMIN).await;

    // Late: what is known stays.
    let late = send(&World::row_with(row.clone(), "U", "14T12:00", &[("check_form", "01")])).await;
    assert_eq!(told(&late), (json!("KEPT"), vec![known, "OUT_OF_ORDER".to_owned()]));
    world.assert_audit("behaviours", id, "KEPT_AS_HISTORY", ADMIN).await;
    let seen = world.get(ADMIN, &path).await.expect(200);
    assert_eq!(seen["content"]["check_form"], "99");
    assert_eq!(world.batch_of(ADMIN, seen["cd_batch"].as_str().unwrap()).await["rows"], 1);

    let gone = send(&World::row_with(row.clone(), "D", "16T02:00", &[])).await;
    assert_eq!((&gone["effect"], &gone["status"]), (&json!("REMOVED"), &json!("REMOVED")));
    world.assert_audit("behaviours", id, "REMOVED", ADMIN).await;
    assert_eq!(world.batch_of(ADMIN, seen["cd_batch"].as_str().unwrap()).await["rows"], 0);
    let back = send(&World::row_with(row, "I", "17T02:00", &[])).await;
    assert_eq!((&back["effect"], &back["status"]), (&json!("CREATED"), &json!("ACCEPTED")));
    assert_eq!(world.batch_of(ADMIN, seen["cd_batch"].as_str().unwrap()).await["rows"], 1);
}

/// A change that comes before what it changes is set aside, and stands when that has come.
#[tokio::test]
async fn a_change_of_the_unknown_waits_for_its_base() {
    let world = World::county().await;
    let row = World::check_row("JC-2");
    let early = World::row_with(row.clone(), "U", "15T02:00", &[("check_form", "99")]);
    let early = world.send_row(ADMIN, &early).await.expect(200);
    assert_eq!(
        (&early["status"], rules_of(&early).contains(&"UPDATE_OF_UNKNOWN".to_owned())),
        (&json!("QUARANTINED"), true)
    );
    // The same again is no base of itself.
    let again = World::row_with(row.clone(), "U", "15T02:00", &[("check_form", "99")]);
    let again = world.send_row(ADMIN, &again).await.expect(200);
    assert_eq!((&again["effect"], &again["status"]), (&json!("UNCHANGED"), &json!("QUARANTINED")), "{again}");
    let base = world.send_row(ADMIN, &row).await.expect(200);
    assert_eq!((&base["effect"], &base["status"]), (&json!("KEPT"), &json!("ACCEPTED")), "{base}");
    let seen =
        world.get(ADMIN, &format!("/api/v1/behaviours/{}", base["behaviour_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&seen["content"]["check_form"], &seen["was_wrong"]), (&json!("99"), &json!(true)));

    let unknown = World::row_with(World::check_row("JC-3"), "D", "15T02:00", &[]);
    let gone = world.send_row(ADMIN, &unknown).await.expect(200);
    assert_eq!((&gone["status"], rules_of(&gone)), (&json!("REMOVED"), vec!["DELETE_OF_UNKNOWN".to_owned()]));
}

#[tokio::test]
async fn nobody_changes_another_departments_rows() {
    let world = World::county().await;
    let mut row = World::check_row("JC-4");
    row["cd_source"] = json!("510821");
    let made = world.send_row(ADMIN, &row).await.expect(200);
    let foreign = World::row_with(row.clone(), "D", "20T02:00", &[]);
    let refused = world.send_row("agri.admin", &foreign).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["code"], "NOT_OWN_DEPARTMENT");
    let path = format!("/api/v1/behaviours/{}", made["behaviour_id"].as_str().unwrap());
    world.get("agri.admin", &path).await.expect_problem(404, "NOT_FOUND");
    world.get("market.officer", &path).await.expect_problem(403, "FORBIDDEN");

    // An envelope that is wrong refuses the whole request, naming each; nothing of it is taken.
    let mut future = World::check_row("JC-5");
    future["cd_time"] = json!("2099-01-01T00:00:00Z");
    let mut theirs = World::check_row("JC-6");
    theirs["department_id"] = json!(world.departments["51082105"]);
    let body = json!({ "rows": [World::check_row("JC-7"), future, theirs] });
    let refused = world.post(ADMIN, "/api/v1/behaviours/batch").json(&body).send().await;
    let problem = refused.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, [json!("/rows/1/cd_time"), json!("/rows/2/department_id")]);
    let there = world.get(ADMIN, "/api/v1/behaviours?code=JC-7").await.expect(200);
    assert_eq!(there["items"], json!([]));
}

/// A department's code is its source: whoever took it would take its keys. And a repeated late row adds nothing to the record.
#[tokio::test]
async fn a_source_is_its_own_departments() {
    let world = World::county().await;
    let mut row = World::check_row("JC-S");
    row["cd_source"] = json!("51082105");
    let refused = world.send_row(ADMIN, &row).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/cd_source");

    let row = World::check_row("JC-S");
    world.send_row(ADMIN, &World::row_with(row.clone(), "I", "20T02:00", &[])).await.expect(200);
    let late = World::row_with(row, "U", "14T02:00", &[("check_form", "02")]);
    let first = world.send_row(ADMIN, &late).await.expect(200);
    let path = format!("/api/v1/behaviours/{}", first["behaviour_id"].as_str().unwrap());
    let version = world.get(ADMIN, &path).await.expect(200)["version"].clone();
    for _ in 0..3 {
        world.send_row(ADMIN, &late).await.expect(200);
    }
    let seen = world.get(ADMIN, &path).await.expect(200);
    let late: Vec<_> =
        seen["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "OUT_OF_ORDER").collect();
    assert_eq!((&seen["version"], late.len()), (&version, 1));
    let history = world.get(ADMIN, &format!("{path}/history?limit=200")).await.expect(200);
    assert!(history.to_string().contains("\"check_form\":\"02\""), "what it said is kept: {history}");
}

/// A department that is not there is told so where it is named, whatever the row's source says.
#[tokio::test]
async fn a_department_that_is_not_there_is_told() {
    let world = World::county().await;
    let mut unknown = World::check_row("JC-D1");
    unknown["department_id"] = json!(uuid::Uuid::from_u128(7));
    let mut sourced = unknown.clone();
    sourced["cd_source"] = json!("SYSTEM-7");
    let body = json!({ "rows": [World::check_row("JC-D2"), unknown, sourced] });
    let refused = world.post(ADMIN, "/api/v1/behaviours/batch").json(&body).send().await;
    let problem = refused.expect_problem(422, "INVALID_BODY");
    let told = problem["errors"].as_array().unwrap().iter();
    let told: Vec<_> = told.map(|error| (error["pointer"].clone(), error["code"].clone())).collect();
    let at = |row| (json!(format!("/rows/{row}/department_id")), json!("NO_SUCH_RECORD"));
    assert_eq!(told, [at(1), at(2)]);
}

/// What no column can hold is no row: it is refused in words, and nothing is taken.
#[tokio::test]
async fn what_is_no_value_is_refused() {
    let world = World::county().await;
    let mut row = World::check_row("JC-V");
    row["content"]["check_form"] = json!({ "code": "01" });
    let refused = world.send_row(ADMIN, &row).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/content/check_form");
    row["content"]["check_form"] = json!(["01", 1]);
    world.send_row(ADMIN, &row).await.expect_problem(422, "INVALID_BODY");
    row["content"]["check_form"] = json!("01");
    for at in 0..120 {
        row["content"][format!("column_{at}")] = json!("x");
    }
    world.send_row(ADMIN, &row).await.expect_problem(422, "INVALID_BODY");
}
