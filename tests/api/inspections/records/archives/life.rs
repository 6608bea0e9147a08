//! From the list to what is left: four hands, and a trace.

use super::{ADMIN, FOUND, MARK, complete_file, line_of, stored};
use crate::harness::{World, destroyed, id_of, run, witness};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_file_whose_time_is_over_goes_by_four_hands_and_leaves_a_trace() {
    let world = World::county().await;
    let open = world.begun_inspection("market").await;
    let young = world.void_inspection("market").await;
    let (inspection, code) = complete_file(&world).await;
    world.strike();
    assert_eq!(world.get(ADMIN, "/api/v1/disposal-lists").await.expect(200)["items"], json!([]), "nothing is due");

    world.age().await;
    let year = chrono::Datelike::year(&crate::harness::today());
    // Ten years from the first of January after its end: what ended eleven years ago is due this year, ten years ago not yet.
    let ended = |years: i32| format!("{}-12-31 15:59:59+00:00", year - years);
    let moved = |path: &str, at: String| {
        let id = world.database.id(id_of(path));
        let sql = format!("UPDATE inspections SET updated_at = '{at}' WHERE id = {id}");
        let database = &world.database;
        async move { database.execute(&sql).await }
    };
    moved(&young, ended(10)).await;
    let list = world.disposal_list("market").await;
    let whole = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&whole["year"], &whole["lines"], &whole["undecided"]), (&json!(year), &json!(1), &json!(1)), "{whole}");
    let line = line_of(&world, &list, &inspection).await;
    assert_eq!((&line["closed_on"], &line["due_on"]), (&json!("2010-03-01"), &json!("2021-01-01")));
    assert_eq!(world.waits(ADMIN, &list).await, ["DISPOSAL_TO_APPRAISE"]);
    world.get("agri.admin", &list).await.expect_problem(404, "NOT_FOUND");
    let trail =
        world.get("auditor", &format!("/api/v1/audit/entries?resource_id={}&action=CREATED", id_of(&list))).await;
    assert_eq!(trail.expect(200)["items"].as_array().unwrap().len(), 1);

    // Each hand in its turn, and nobody twice.
    world.act(ADMIN, &list, "submit", None).await.expect_problem(409, "STATE_CONFLICT");
    let unsaid = world.act(ADMIN, &list, "appraise", Some(json!({ "decision": "KEEP", "reason": "仍需查考" }))).await;
    assert_eq!(unsaid.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/keep_years");
    world.act(ADMIN, &list, "appraise", Some(destroyed())).await.expect(200);
    let said = world.assert_audit("disposal-lists", id_of(&list), "APPRAISED", ADMIN).await;
    assert_eq!(said["after"]["decided"]["codes"], json!([line["code"]]));
    world.act(ADMIN, &list, "submit", None).await.expect(200);
    world.act(ADMIN, &list, "approve", None).await.expect_problem(403, "FORBIDDEN");
    assert_eq!(world.waits("market.head", &list).await, ["DISPOSAL_TO_APPROVE"]);
    let back = world.act("market.head", &list, "return", Some(json!({ "reason": "请再核对" }))).await.expect(200);
    assert_eq!((&back["status"], &back["opinion"]), (&json!("APPRAISING"), &json!("请再核对")));
    world.act(ADMIN, &list, "submit", None).await.expect(200);
    let approved = world.act("market.head", &list, "approve", None).await.expect(200);
    assert_eq!(approved["allowed_actions"], json!(["RETURN"]));
    world.assert_audit("disposal-lists", id_of(&list), "APPROVED", "market.head").await;
    assert_eq!(world.waits("justice", &list).await, ["DISPOSAL_TO_CARRY_OUT"]);
    world.get(ADMIN, &inspection).await.expect(200);

    let before = stored(&world);
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.assert_audit("disposal-lists", id_of(&list), "CARRIED_OUT", "justice").await;
    world.strike();
    let done = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&done["status"], &done["outcomes"]["destroyed"]), (&json!("DONE"), &json!(1)), "{done}");
    assert!(world.waits("justice", &list).await.is_empty());
    assert!(before >= 4 && stored(&world) == 0, "photo, small picture, PDF and DOCX are gone: {before}");

    // What is left: who could read it is told, nobody else; whoever holds the paper is told that it was issued.
    let gone = world.get(ADMIN, &inspection).await.expect_problem(410, "RECORD_DESTROYED");
    assert!(gone["detail"].as_str().unwrap().contains(whole["code"].as_str().unwrap()), "{gone}");
    world.get(ADMIN, &format!("{inspection}/history")).await.expect_problem(410, "RECORD_DESTROYED");
    world.get("agri.admin", &inspection).await.expect_problem(404, "NOT_FOUND");
    let paper = world.anonymous(Method::GET, &format!("/api/v1/public/documents/{code}")).send().await.expect(200);
    assert_eq!(paper["destroyed_on"], crate::harness::today().to_string());
    assert!(paper["number"].as_str().unwrap().contains("监检通") && paper["pdf_sha256"].as_str().unwrap().len() == 64);
    world.get(ADMIN, &open).await.expect(200);
    world.get(ADMIN, &young).await.expect(200);
    let line = line_of(&world, &list, &inspection).await;
    assert_eq!((&line["outcome"], line["sha256"].as_str().unwrap().len()), (&json!("DESTROYED"), 64));

    // The trail keeps every line, and nothing of what they said.
    let page =
        world.get("auditor", &format!("/api/v1/audit/entries?resource_id={}", id_of(&inspection))).await.expect(200);
    let said = page["items"].as_array().unwrap();
    let tombstone = said.iter().find(|line| line["action"] == "DESTROYED").unwrap();
    assert_eq!(tombstone["after"]["sha256"], line["sha256"]);
    let others: Vec<_> = said.iter().filter(|line| line["action"] != "DESTROYED").collect();
    assert!(others.iter().any(|line| line["resource"] == "inspection-results"), "{page}");
    assert!(
        others.len() > 4 && others.iter().all(|line| line["after"].is_null() && line["before"].is_null()),
        "{page}"
    );
    assert!(others.iter().any(|line| line["after_sha256"].is_string()));
    assert_eq!(tombstone["after"]["witness"], "县档案馆 李四");
    let (status, told, error) = run(&world.database, &["verify-audit"]);
    assert_eq!(status, 0, "{told} {error}");
    if crate::harness::backend() == "postgres" {
        for (name, rows) in world.database.dump().await {
            let text = String::from_utf8_lossy(&rows);
            assert!(!text.contains(MARK) && !text.contains(FOUND), "{name} still has it");
        }
    }

    // What is emptied without a line that says so is found.
    let other = world.get("auditor", "/api/v1/audit/entries?resource=inspecting-bodies&limit=1").await.expect(200);
    let entry = &other["items"][0];
    let digest = domain::oversight::log::digest(&entry["after"]);
    let id = world.database.id(entry["id"].as_str().unwrap());
    world
        .database
        .execute(&format!("UPDATE audit_entries SET after = NULL, after_sha256 = '{digest}' WHERE id = {id}"))
        .await;
    let (status, told, _) = run(&world.database, &["verify-audit"]);
    assert!(status == 1 && told.contains("EMPTIED"), "{told}");
}

#[tokio::test]
async fn a_clue_goes_like_an_inspection_once_nothing_waits_for_it() {
    let world = World::county().await;
    let inspection = world.void_inspection("market").await;
    let object = world.get(ADMIN, &inspection).await.expect(200)["object_id"].clone();
    let mut clues = Vec::new();
    for _ in 0..2 {
        let clue = world.clue("coordinator", &object, Some("51082103")).await;
        world.walk_clue(&clue, 7).await;
        world.act("coordinator", &clue, "close", None).await.expect(200);
        clues.push(clue);
    }
    // One led to the inspection, and is held; the other was merged into one that is open again.
    let [holds, merged] = <[_; 2]>::try_from(clues).unwrap();
    let id = |path: &str| world.database.id(id_of(path));
    let measure =
        format!("UPDATE risk_clue_measures SET inspection_id = {} WHERE clue_id = {}", id(&inspection), id(&holds));
    world.database.execute(&measure).await;
    let review_on = crate::harness::today() + chrono::Days::new(30);
    let hold = json!({ "subject": "RISK_CLUE", "record_id": id_of(&holds), "reason": "涉诉", "review_on": review_on });
    world.post("justice", "/api/v1/legal-holds").json(&hold).send().await.expect(201);
    let open = world.clue("coordinator", &object, Some("51082103")).await;
    let master = format!("UPDATE risk_clues SET master_id = {} WHERE id = {}", id(&open), id(&merged));
    world.database.execute(&master).await;
    world.age().await;

    // Said to be destroyed all the same: each is looked at again when it is done.
    let list = world.disposal_list("market").await;
    let keep = json!({
        "decision": "KEEP", "keep_years": 1, "reason": "已被保全", "line_ids": [line_of(&world, &list, &holds).await["id"]],
    });
    world.act(ADMIN, &list, "appraise", Some(keep)).await.expect(200);
    world.walk_list("market", &list, destroyed(), 4).await;
    world.strike();
    for (record, why) in [(&inspection, "HELD"), (&merged, "CLUE_OPEN")] {
        let line = line_of(&world, &list, record).await;
        assert_eq!((&line["outcome"], &line["obstacle"]), (&json!("NOT_DESTROYED"), &json!(why)), "{record}");
    }
    let said = format!("/api/v1/audit/entries?resource_id={}&action=RETAINED", id_of(&list));
    assert_eq!(world.get("auditor", &said).await.expect(200)["items"].as_array().unwrap().len(), 2);

    // With its master it goes.
    world.database.execute(&format!("UPDATE risk_clues SET master_id = NULL WHERE id = {}", id(&merged))).await;
    let next = world.disposal_list("market").await;
    let ids = [line_of(&world, &next, &merged).await["id"].clone()];
    let goes = json!({ "decision": "DESTROY", "reason": "保管期限届满", "line_ids": ids });
    world.act(ADMIN, &next, "appraise", Some(goes)).await.expect(200);
    let stays = json!({ "decision": "KEEP", "keep_years": 1, "reason": "相关线索已被保全" });
    world.walk_list("market", &next, stays, 4).await;
    world.strike();
    world.get(ADMIN, &merged).await.expect_problem(410, "RECORD_DESTROYED");
    world.get(ADMIN, &holds).await.expect(200);
    let trail =
        world.get("auditor", &format!("/api/v1/audit/entries?resource_id={}", id_of(&merged))).await.expect(200);
    let lines = trail["items"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["action"] == "DESTROYED" || line["after"].is_null()), "{trail}");
    let (status, told, error) = run(&world.database, &["verify-audit"]);
    assert_eq!(status, 0, "{told} {error}");
}
